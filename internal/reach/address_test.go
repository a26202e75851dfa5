package reach_test

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/reach"
)

func TestOnlyAddressesOfTheInternetArePublic(t *testing.T) {
	public := []string{"8.8.8.8", "1.1.1.1", "172.15.255.255", "172.32.0.0", "100.63.255.255", "100.128.0.0", "198.20.0.0", "2606:4700:4700::1111", "::ffff:8.8.8.8"}
	private := []string{
		"0.0.0.0", "0.1.2.3", "10.0.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.168.1.1",
		"100.64.0.1", "192.0.0.8", "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
		"::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12:3456::1", "fec0::1", "ff02::1", "2001:db8::1", "3fff::1", "5f00::1", "100::1",
		// What carries an IPv4 address inside.
		"::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::1", "2001::1",
	}
	ran := 0
	for want, addresses := range map[bool][]string{true: public, false: private} {
		for _, text := range addresses {
			ran++
			a := netip.MustParseAddr(text)
			require.Equal(t, want, reach.Public(a), text)
			err := reach.MayDial(netip.AddrPortFrom(a, 443).String())
			require.Equal(t, want, err == nil, "%s: %v", text, err)
		}
	}
	require.Equal(t, len(public)+len(private), ran)
	for _, text := range []string{"", "example.com:443", "8.8.8.8", "8.8.8.8:", ":443"} {
		require.Error(t, reach.MayDial(text), text)
	}
	require.False(t, reach.Public(netip.Addr{}), "no address at all")
}

func TestNamedMindsNeitherCaseNorTheFinalDot(t *testing.T) {
	hosts := []string{"Hooks.Example.org", "10.0.0.7."}
	for host, want := range map[string]bool{
		"hooks.example.org": true, "HOOKS.EXAMPLE.ORG.": true, "10.0.0.7": true,
		"example.org": false, "a.hooks.example.org": false, "hooks.example.org.evil.test": false, "": false,
	} {
		require.Equal(t, want, reach.Named(hosts, host), host)
	}
	require.False(t, reach.Named(nil, "localhost"))
}

// FuzzMayDial: what is let through is a public address, whatever it looks like.
func FuzzMayDial(f *testing.F) {
	for _, seed := range []string{"8.8.8.8:443", "[::1]:80", "[::ffff:127.0.0.1]:1", "[fe80::1%lo]:1", "localhost:80", ":", "0x7f.1:80"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, address string) {
		if reach.MayDial(address) != nil {
			return
		}
		at, err := netip.ParseAddrPort(address)
		require.NoError(t, err)
		a := at.Addr().Unmap()
		require.False(t, a.IsLoopback() || a.IsPrivate() || a.IsLinkLocalUnicast() || a.IsMulticast() || a.IsUnspecified(), address)
	})
}
