package detectors

import (
	"regexp"
	"slices"
	"strings"

	"github.com/guardroom/guardroom/internal/guard"
	"github.com/guardroom/guardroom/internal/review"
)

// secretPrivateKey finds private keys.
func secretPrivateKey() guard.Spec {
	return guard.Spec{
		DetectorSpec: review.DetectorSpec{
			ID: "secret.private_key", Title: "Private key", Category: review.CategorySecret, OWASP: "LLM02:2025",
			Description: "Finds private keys with their content: PEM (RFC 7468) of every kind, OpenSSH, PGP and PuTTY files, JSON Web Keys with their private part (RFC 7517), and WireGuard's. " +
				"A header without a key under it, as manuals have it, is none; nor is a public key or a certificate.",
			Examples: []string{
				"-----BEGIN PRIVATE" + " KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF\n-----END PRIVATE" + " KEY-----",
				`{"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"}`,
			},
			Default: review.Rule{Mode: review.ModeEnforce, Flag: 0.6},
		},
		Placeholder: "PRIVATE_KEY",
		New:         func() (guard.Detector, error) { return newSecret("secret.private_key", review.SeverityCritical) },
	}
}

const (
	// keyHeader stands before every armoured key, keyReach is how long its line may go on.
	keyHeader, keyReach = "-----BEGIN ", 64
	// minKey is the shortest content of a key: 32 bytes in base64, and some for its form.
	minKey = 56
	// maxKey is where a key has ended, if nobody says that it has; in bytes.
	maxKey = 16 << 10
	// keyForm is the confidence that a key's form alone deserves.
	keyForm = 0.97
)

// privateKeyFinder finds keys that have no armour.
type privateKeyFinder struct {
	jwk, wireguard *regexp.Regexp
}

func privateKeys() (finder, error) {
	f := privateKeyFinder{}
	var err error
	if f.jwk, err = regexp.Compile(`"d"\s{0,4}:\s{0,4}"([A-Za-z0-9_-]{40,})"`); err != nil {
		return nil, err
	}
	if f.wireguard, err = regexp.Compile(`(?i)\bPrivate-?Key\s{0,4}[=:]\s{0,4}["']?([A-Za-z0-9+/]{43}=)`); err != nil {
		return nil, err
	}
	return f.find, nil
}

func (f privateKeyFinder) find(text string) (out []sighting) {
	for at := 0; ; {
		i := strings.Index(text[at:], keyHeader)
		if i < 0 {
			break
		}
		s, end := armoured(text, at+i)
		if s.end > 0 {
			out = append(out, s)
		}
		at = end
	}
	if strings.Contains(text, `"kty"`) {
		out = append(out, groupOne(text, f.jwk, "The private part of a JSON Web Key")...)
	}
	if strings.Contains(text, "PuTTY-User-Key-File") {
		out = append(out, putty(text)...)
	}
	if strings.Contains(text, "rivate") {
		out = append(out, groupOne(text, f.wireguard, "A private key of WireGuard")...)
	}
	return inOrder(out)
}

func groupOne(text string, form *regexp.Regexp, message string) (out []sighting) {
	for _, m := range form.FindAllStringSubmatchIndex(text, maxPerView) {
		if value := text[m[2]:m[3]]; !invented(value) {
			out = append(out, sighting{m[2], m[3], keyForm, message})
		}
	}
	return out
}

// armoured reads the key whose header stands at start, and says where to go on. A key
// that breaks off is one, if there is enough of it.
func armoured(text string, start int) (s sighting, next int) {
	next = start + len(keyHeader)
	line := text[next:min(next+keyReach, len(text))]
	kind, _, ok := strings.Cut(line, "-----")
	if !ok || !strings.Contains(kind, "PRIVATE KEY") {
		return s, next
	}
	body := next + len(kind) + len("-----")
	end, size := keyBody(text, body)
	if size < minKey || strings.Contains(text[body:end], "...") || varied(text[body:end]) < 20 {
		return s, end
	}
	if rest := text[end:min(end+keyReach, len(text))]; strings.HasPrefix(rest, "-----END") {
		if i := strings.Index(rest[5:], "-----"); i >= 0 {
			end += 5 + i + 5
		}
	}
	return sighting{start, end, keyForm, "A private key"}, end
}

// keyBody reads base64 in lines, and what quotes, comments and headers put between
// them; size counts the base64 alone. The next row of dashes ends it.
func keyBody(text string, at int) (end, size int) {
	most := min(at+maxKey, len(text))
	for end = at; end < most; end++ {
		c := text[end]
		switch {
		case c == '-' && strings.HasPrefix(text[end:], "-----"):
			return end, size
		case c|0x20 >= 'a' && c|0x20 <= 'z', digit(c), c == '+', c == '/':
			size++
		}
	}
	return end, size
}

// putty reads the private lines of PuTTY's files.
func putty(text string) []sighting {
	const head = "Private-Lines:"
	i := strings.Index(text, head)
	if i < 0 {
		return nil
	}
	start := i + len(head)
	end := min(start+maxKey, len(text))
	if j := strings.Index(text[start:end], "Private-MAC"); j >= 0 {
		end = start + j
	}
	value := strings.TrimRight(text[start:end], " \r\n")
	if len(value) < minKey || varied(value) < 20 {
		return nil
	}
	return slices.Clip([]sighting{{i, start + len(value), keyForm, "A private key of PuTTY"}})
}
