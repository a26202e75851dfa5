package detectors

import (
	"net/netip"
	"strings"

	"github.com/guardroom/guardroom/internal/guard"
	"github.com/guardroom/guardroom/internal/review"
)

// piiIP finds IP addresses that may lead to a person.
func piiIP() guard.Spec {
	return guard.Spec{
		DetectorSpec: review.DetectorSpec{
			ID: "pii.ip", Title: "IP address", Category: review.CategoryPII, OWASP: "LLM02:2025",
			Description: "Finds IPv4 and IPv6 addresses of the public Internet. Version numbers, networks (10.0.0.0/8), public resolvers and addresses that name no host (loopback, multicast) are left out; " +
				"private ones and those of documentation are reported beside words that tie them to somebody, such as client or login.",
			Examples: []string{"The user signed in from 86.121.97.248.", "client 2a02:8071:2ac0:9a00::1f"},
			// Logs are full of addresses: they are taken out of the text, but are no reason
			// to call a person.
			Default: review.Rule{Mode: review.ModeMonitor, Flag: 0.9},
		},
		Placeholder: "IP",
		New:         func() (guard.Detector, error) { return newPersonal("pii.ip", review.SeverityLow), nil },
	}
}

// ipFinder finds addresses.
type ipFinder struct {
	addresses wordset // words that speak of addresses
	somebody  wordset // words that tie an address to somebody
	versions  wordset // words that speak of versions and chapters
	reserved  []netip.Prefix
	resolvers []netip.Addr
}

func ipAddresses() finder {
	f := ipFinder{
		addresses: newWordset("ip|ips|ipv4|ipv6|address|addresses|addr|server|host|hosts|ping|dns|subnet|gateway|adresse|direccion|indirizzo|endereço|adres|адрес|хост", "地址|アドレス|주소"),
		somebody: newWordset("user|users|client|clients|customer|visitor|login|logins|logged|signed|signin|session|my ip|his ip|her ip|their ip|your ip|from|caller|subscriber|remote|"+
			"nutzer|benutzer|kunde|utilisateur|client|usuario|cliente|utente|użytkownik|пользователь|клиент", "用户|客户|ユーザー|사용자"),
		versions: newWordset("v|ver|version|versions|release|released|build|firmware|update|upgrade|patch|section|sections|chapter|clause|article|paragraph|chrome|firefox|safari|edge|"+
			"abschnitt|kapitel|versione|versión|versao|wersja|версия|версии|oid|snmp|windows|driver|sdk|kernel", "版本|バージョン|버전"),
	}
	for _, p := range []string{
		"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", // this network, private, carriers
		"192.0.0.0/24", "192.0.2.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", // protocols, documentation, benchmarks
		"fc00::/7", "2001:db8::/32", "3fff::/20", // private, documentation
	} {
		f.reserved = append(f.reserved, netip.MustParsePrefix(p))
	}
	for _, a := range []string{"1.1.1.1", "1.0.0.1", "8.8.8.8", "8.8.4.4", "9.9.9.9", "2001:4860:4860::8888", "2606:4700:4700::1111"} {
		f.resolvers = append(f.resolvers, netip.MustParseAddr(a))
	}
	return f.find
}

func (f ipFinder) find(text string) []sighting {
	var out []sighting
	for i := 0; i < len(text); i++ {
		if !digit(text[i]) && text[i] != ':' {
			continue
		}
		start, end, addr := addressAt(text, i)
		if addr.IsValid() {
			if c := f.confidence(text, start, end, addr); c > 0 {
				out = append(out, sighting{start, end, c, "An IP address"})
			}
		}
		i = max(i, end-1)
	}
	return out
}

// maxAddress is the longest an address gets: an IPv4 one inside an IPv6 one.
const maxAddress = 45

// addressAt reads the address around the digit or colon at i. What is none has no valid
// address; end says how far the reading went.
func addressAt(text string, i int) (start, end int, addr netip.Addr) {
	start, end = i, i
	for start > 0 && i-start < 4 && hexByte(text[start-1]) {
		start--
	}
	dots, colons := 0, 0
	for end < len(text) && (hexByte(text[end]) || text[end] == '.' || text[end] == ':') {
		switch text[end] {
		case '.':
			dots++
		case ':':
			colons++
		}
		end++
	}
	last := end
	for last > i && (text[last-1] == '.' || text[last-1] == ':' && (last < 2 || text[last-2] != ':')) {
		last--
	}
	switch {
	case last-start > maxAddress || last < len(text) && plainWord(text[last]):
		return start, end, addr
	case colons >= 2 && borders(text, start, "."):
		addr, _ = netip.ParseAddr(text[start:last])
	}
	if !addr.IsValid() && dots >= 3 {
		start, last = quad(text, i, last)
		if !borders(text, start, ".-") || start == last {
			return i, end, addr
		}
		addr, _ = netip.ParseAddr(text[start:last])
	}
	return start, max(last, i+1), addr
}

// quad narrows [start,end) to the digits and dots that start there, so that a port after
// a colon does not count.
func quad(text string, start, end int) (int, int) {
	at := start
	for at < end && (digit(text[at]) || text[at] == '.') {
		at++
	}
	if at < end && text[at] != ':' {
		return start, start
	}
	for at > start && text[at-1] == '.' {
		at--
	}
	return start, at
}

// borders tells whether nothing that goes on stands before at: no letter, digit or one of
// signs.
func borders(text string, at int, signs string) bool {
	return at == 0 || !plainWord(text[at-1]) && strings.IndexByte(signs, text[at-1]) < 0
}

func hexByte(c byte) bool { return digit(c) || c >= 'a' && c <= 'f' }

func (f ipFinder) confidence(text string, start, end int, addr netip.Addr) float64 {
	if !hostAddress(addr) || network(text, end) || f.resolves(addr) {
		return 0
	}
	if addr.Is4() && f.versions.before(text, start, reachRight) && !f.addresses.before(text, start, reachRight) {
		return 0
	}
	somebody := f.somebody.beside(text, start, end)
	switch {
	case f.isReserved(addr):
		if somebody {
			return 0.5
		}
		return 0
	case somebody || f.addresses.beside(text, start, end):
		return 0.95
	case addr.Is4() && smallNumbers(addr):
		return 0
	default:
		return 0.85
	}
}

// hostAddress tells whether a host on the Internet or in a house can have the address.
func hostAddress(addr netip.Addr) bool {
	if addr.Is4() {
		return addr.IsGlobalUnicast() && addr.As4()[0] < 224
	}
	first := addr.As16()[0]
	return first>>5 == 1 || first&0xFE == 0xFC // 2000::/3, fc00::/7
}

// network tells whether the address that ends at end is that of a network: /24.
func network(text string, end int) bool {
	if end+1 >= len(text) || text[end] != '/' || !digit(text[end+1]) {
		return false
	}
	size := text[end+1 : min(end+4, len(text))]
	return !strings.HasPrefix(size, "32") && !strings.HasPrefix(size, "128")
}

func (f ipFinder) resolves(addr netip.Addr) bool {
	for _, r := range f.resolvers {
		if r == addr {
			return true
		}
	}
	return false
}

func (f ipFinder) isReserved(addr netip.Addr) bool {
	for _, p := range f.reserved {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}

// smallNumbers tells whether the address reads like a version: 1.2.3.4, 10.4.0.2.
func smallNumbers(addr netip.Addr) bool {
	for _, n := range addr.As4() {
		if n > 30 {
			return false
		}
	}
	return true
}
