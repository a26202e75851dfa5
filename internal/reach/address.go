// Package reach tells which addresses a request that somebody else named may go to: public ones, unless the operator means another.
package reach

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// reserved are networks beyond those that netip tells of to which nobody outside has
// an address: shared, benchmarking, documentation and future ones, and the ways to
// carry an IPv4 address inside an IPv6 one (IANA special-purpose registries, RFC 6890).
var reserved = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"),
	netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"),
	netip.MustParsePrefix("192.88.99.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("198.51.100.0/24"),
	netip.MustParsePrefix("203.0.113.0/24"),
	netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("::/96"),
	netip.MustParsePrefix("64:ff9b::/96"),
	netip.MustParsePrefix("64:ff9b:1::/48"),
	netip.MustParsePrefix("100::/64"),
	netip.MustParsePrefix("2001::/23"),
	netip.MustParsePrefix("2001:db8::/32"),
	netip.MustParsePrefix("2002::/16"),
	netip.MustParsePrefix("3fff::/20"),
	netip.MustParsePrefix("5f00::/16"),
	netip.MustParsePrefix("fec0::/10"),
}

// Public tells whether an address is one of the Internet.
func Public(a netip.Addr) bool {
	a = a.Unmap()
	if !a.IsGlobalUnicast() || a.IsPrivate() {
		return false
	}
	return !slices.ContainsFunc(reserved, func(p netip.Prefix) bool { return p.Contains(a.WithZone("")) })
}

// MayDial checks where a connection is about to go: the address itself, after names
// were resolved, so that no answer of a name server comes in between.
func MayDial(address string) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("reach: %q is no address", address)
	}
	if !Public(at.Addr()) {
		return fmt.Errorf("reach: %s is not a public address, and the operator does not mean it", at.Addr())
	}
	return nil
}

// Named tells whether a host is in a list, whatever the case; a final dot is none.
func Named(hosts []string, host string) bool {
	return slices.ContainsFunc(hosts, func(h string) bool {
		return strings.EqualFold(strings.TrimSuffix(h, "."), strings.TrimSuffix(host, "."))
	})
}
