package config

import (
	"net"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSize(t *testing.T) {
	for text, want := range map[string]Size{
		"0": 0, "65536": 64 * KiB, "1B": 1, "512KiB": 512 * KiB, "4MiB": 4 * MiB, " 1 GiB ": GiB,
	} {
		var got Size
		require.NoError(t, got.UnmarshalText([]byte(text)), text)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{"", "B", "4MB", "1.5MiB", "1e3", "99999999999999999999", "0x10"} {
		require.Error(t, new(Size).UnmarshalText([]byte(text)), text)
	}
	require.Equal(t, "4MiB", (4 * MiB).String())
	require.Equal(t, "1025B", Size(1025).String())
	require.Equal(t, "0B", Size(0).String())
}

func TestNetwork(t *testing.T) {
	for text, want := range map[string]string{
		"10.0.0.0/8": "10.0.0.0/8", "192.0.2.7": "192.0.2.7/32", "2001:db8::/32": "2001:db8::/32", "::1": "::1/128",
		"::ffff:192.0.2.7": "192.0.2.7/32",
	} {
		var got Network
		require.NoError(t, got.UnmarshalText([]byte(text)), text)
		require.Equal(t, want, got.String())
		require.Equal(t, want, got.IPNet().String())
	}
	for _, text := range []string{"", "10.0.0.0/33", "fe80::1%eth0", "10.0.0.1/8"} {
		require.Error(t, new(Network).UnmarshalText([]byte(text)), text)
	}
}

func TestPublicURLOrListening(t *testing.T) {
	listening := func(text string) net.Addr {
		address, err := net.ResolveTCPAddr("tcp", text)
		require.NoError(t, err)
		return address
	}
	require.Equal(t, "https://guard.example", PublicURL("https://guard.example").Or(listening("127.0.0.1:80")))
	require.Equal(t, "http://127.0.0.1:8080", PublicURL("").Or(listening("127.0.0.1:8080")))
	require.Equal(t, "http://localhost:8080", PublicURL("").Or(listening("0.0.0.0:8080")))
	require.Equal(t, "http://localhost:8080", PublicURL("").Or(listening("[::]:8080")))
	require.Equal(t, "http://[::1]:8080", PublicURL("").Or(listening("[::1]:8080")))
}

func FuzzValues(f *testing.F) {
	for _, seed := range []string{"4MiB", "10.0.0.0/8", "https://example.org/", "postgres://u:p@h/d", "http://[::1]:80", "//", "\x00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var size Size
		if size.UnmarshalText([]byte(text)) == nil {
			var again Size
			require.NoError(t, again.UnmarshalText([]byte(size.String())))
			require.Equal(t, size, again)
			require.GreaterOrEqual(t, size, Size(0))
		}
		var network Network
		if network.UnmarshalText([]byte(text)) == nil {
			require.True(t, network.IsValid())
			require.NotNil(t, network.IPNet().IP)
		}
		var origin PublicURL
		if origin.UnmarshalText([]byte(text)) == nil && origin != "" {
			require.False(t, strings.HasSuffix(string(origin), "/"))
			require.Equal(t, 2, strings.Count(string(origin), "/"))
		}
	})
}

func FuzzDatabaseURLErrorsKeepTheSecret(f *testing.F) {
	f.Add("postgres://u:", "@db/x")
	f.Add("mysql://u:", "@[::")
	f.Fuzz(func(t *testing.T, before, after string) {
		const password = "hunter2-hunter2"
		var given DatabaseURL
		require.NoError(t, given.UnmarshalText([]byte(before+password+after)))
		// A password before the colon of the scheme is the scheme.
		if scheme, _, found := strings.Cut(before+password+after, ":"); found && strings.Contains(strings.ToLower(scheme), password) {
			return
		}
		if err := given.validate(); err != nil {
			require.NotContains(t, strings.ToLower(err.Error()), password)
		}
	})
}

func FuzzEnvFile(f *testing.F) {
	f.Add("OPENAI_API_KEY=sk-1\nexport GUARDROOM_ADDR=':1' # comment\n")
	f.Add("A=\"${B}\nC\"\n")
	f.Add("=\n")
	f.Fuzz(func(t *testing.T, text string) {
		folder := t.TempDir()
		writeEnv(t, folder, text)
		_, _ = Load(Environment{LookupEnv: noVariables, WorkDir: folder})
	})
}
