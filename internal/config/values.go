package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Secret is a setting that never prints: not by fmt, slog, JSON or in an error. Reveal is the one way to its text.
type Secret struct{ text string }

// NewSecret wraps a text.
func NewSecret(text string) Secret { return Secret{text} }

// Reveal returns the text.
func (s Secret) Reveal() string { return s.text }

// IsSet says whether there is one.
func (s Secret) IsSet() bool { return s.text != "" }

// String returns "***", or nothing when there is no secret.
func (s Secret) String() string {
	if s.text == "" {
		return ""
	}
	return "***"
}

// GoString keeps %#v from printing the text.
func (s Secret) GoString() string { return s.String() }

// LogValue keeps slog from printing the text.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText keeps encoders from printing the text.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the text and never fails: an error of the parser would print what it was given.
func (s *Secret) UnmarshalText(text []byte) error {
	s.text = strings.TrimSpace(string(text))
	return nil
}

// DatabaseURL is a PostgreSQL URL, which may hold a password, or the SQLite file when it is not set.
type DatabaseURL struct{ Secret }

// UnmarshalText reads a URL, or "sqlite" for the file in the data folder. It never fails, as Secret's does not.
func (d *DatabaseURL) UnmarshalText(text []byte) error {
	d.Secret = NewSecret(strings.TrimSpace(string(text)))
	if d.text == "sqlite" {
		d.Secret = Secret{}
	}
	return nil
}

func (d DatabaseURL) validate() error {
	if !d.IsSet() {
		return nil
	}
	return checkScheme("--database-url", d.text, "is for another database; Guardroom wants postgres://… or, for the SQLite file in the data folder, sqlite", "postgres", "postgresql")
}

// RedisURL is a Redis URL, which may hold a password.
type RedisURL struct{ Secret }

// UnmarshalText reads a URL, or "none" for no Redis. It never fails, as Secret's does not.
func (r *RedisURL) UnmarshalText(text []byte) error {
	r.Secret = NewSecret(strings.TrimSpace(string(text)))
	if r.text == "none" {
		r.Secret = Secret{}
	}
	return nil
}

func (r RedisURL) validate() error {
	if !r.IsSet() {
		return nil
	}
	return checkScheme("--redis-url", r.text, "is not for Redis; Guardroom wants redis://…, rediss://…, unix://… or none", "redis", "rediss", "unix")
}

// checkScheme names no more of the URL than its scheme: the rest may hold a password.
func checkScheme(flag, text, complaint string, schemes ...string) error {
	parsed, err := url.Parse(text)
	if err != nil {
		return fmt.Errorf("%s: is not a URL; a password in it must be percent-encoded", flag)
	}
	if parsed.Scheme == "" {
		return fmt.Errorf("%s: is not a URL: it has no scheme", flag)
	}
	if !slices.Contains(schemes, parsed.Scheme) {
		return fmt.Errorf("%s: %s:// %s", flag, parsed.Scheme, complaint)
	}
	return nil
}

// HTTPURL is an http or https URL without a trailing slash, a query, a fragment or a password.
type HTTPURL string

// UnmarshalText reads a URL. An empty text is no URL and no error.
func (u *HTTPURL) UnmarshalText(text []byte) error {
	trimmed := strings.TrimRight(strings.TrimSpace(string(text)), "/")
	if trimmed == "" {
		*u = ""
		return nil
	}
	parsed, err := url.Parse(trimmed)
	if err != nil {
		return errors.New("is not a URL")
	}
	if parsed.Scheme != "http" && parsed.Scheme != "https" || parsed.Hostname() == "" {
		return errors.New("must begin with http:// or https:// and a host")
	}
	if parsed.User != nil {
		return errors.New("must not hold a user name or a password")
	}
	if parsed.RawQuery != "" || parsed.ForceQuery || parsed.Fragment != "" {
		return errors.New("must have neither a query nor a fragment")
	}
	*u = HTTPURL(trimmed)
	return nil
}

// PublicURL is the origin that browsers use: scheme, host and port.
type PublicURL string

// UnmarshalText reads a URL. An empty text is no URL and no error.
func (u *PublicURL) UnmarshalText(text []byte) error {
	var parsed HTTPURL
	if err := parsed.UnmarshalText(text); err != nil {
		return err
	}
	_, afterScheme, _ := strings.Cut(string(parsed), "://")
	if strings.Contains(afterScheme, "/") {
		return errors.New("must have no path: Guardroom lives at the root of its host")
	}
	*u = PublicURL(parsed)
	return nil
}

// IsHTTPS says whether browsers come by TLS.
func (u PublicURL) IsHTTPS() bool { return strings.HasPrefix(string(u), "https://") }

// Or returns the URL, or the one of the address that the server listens on. A wildcard address becomes localhost.
func (u PublicURL) Or(listening net.Addr) string {
	if u != "" {
		return string(u)
	}
	host, port, err := net.SplitHostPort(listening.String())
	if err != nil {
		return "http://" + listening.String()
	}
	if address, err := netip.ParseAddr(host); err == nil && address.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// Network is an IP network; a single address counts as one.
type Network struct{ netip.Prefix }

// UnmarshalText reads 10.0.0.0/8, 10.1.2.3 or their IPv6 kin.
func (n *Network) UnmarshalText(text []byte) error {
	trimmed := strings.TrimSpace(string(text))
	if address, err := netip.ParseAddr(trimmed); err == nil && address.Zone() == "" {
		n.Prefix = netip.PrefixFrom(address.Unmap(), address.Unmap().BitLen())
		return nil
	}
	prefix, err := netip.ParsePrefix(trimmed)
	if err != nil {
		return fmt.Errorf("%q is no network, such as 10.0.0.0/8 or 2001:db8::/32", trimmed)
	}
	// 10.1.2.3/8 is more often a slip than a wish.
	if prefix != prefix.Masked() {
		return fmt.Errorf("%q has bits after its mask; %s is the network", trimmed, prefix.Masked())
	}
	n.Prefix = prefix
	return nil
}

// IPNet returns the network in the older form that Echo's IP extractors want.
func (n Network) IPNet() *net.IPNet {
	return &net.IPNet{IP: n.Addr().AsSlice(), Mask: net.CIDRMask(n.Bits(), n.Addr().BitLen())}
}

// Size is a number of bytes.
type Size int64

// Units of Size.
const (
	Byte Size = 1
	KiB       = 1024 * Byte
	MiB       = 1024 * KiB
	GiB       = 1024 * MiB
)

var sizeUnits = []struct {
	name string
	unit Size
}{{"GiB", GiB}, {"MiB", MiB}, {"KiB", KiB}, {"B", Byte}}

// UnmarshalText reads a whole number of bytes with a unit: 512KiB, 4MiB, 1GiB, 65536B or 65536.
func (s *Size) UnmarshalText(text []byte) error {
	trimmed := strings.TrimSpace(string(text))
	digits, factor := trimmed, Byte
	for _, candidate := range sizeUnits {
		if number, found := strings.CutSuffix(trimmed, candidate.name); found {
			digits, factor = strings.TrimSpace(number), candidate.unit
			break
		}
	}
	number, err := strconv.ParseUint(digits, 10, 32)
	if err != nil || int64(number) > int64(1<<62)/int64(factor) {
		return fmt.Errorf("%q is no size, such as 512KiB or 4MiB", trimmed)
	}
	*s = Size(number) * factor
	return nil
}

// String returns the size in the largest unit that divides it.
func (s Size) String() string {
	for _, candidate := range sizeUnits {
		if s != 0 && s%candidate.unit == 0 {
			return strconv.FormatInt(int64(s/candidate.unit), 10) + candidate.name
		}
	}
	return "0B"
}

func checkAddress(address string) error {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("--addr: %q is not HOST:PORT", address)
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return fmt.Errorf("--addr: %q is not a port, 0 to 65535", port)
	}
	return nil
}

func checkRange(flag string, value, minimum, maximum time.Duration) error {
	if value < minimum || value > maximum {
		return fmt.Errorf("%s: %v is not between %v and %v", flag, value, minimum, maximum)
	}
	return nil
}
