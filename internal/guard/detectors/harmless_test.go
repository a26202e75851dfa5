package detectors

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

// harmless makes texts that are full of what looks like a secret and is none.
type harmless struct{ r *rand.Rand }

func (h harmless) bytes(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(h.r.Uint32())
	}
	return b
}

func (h harmless) hex(n int) string { return hex.EncodeToString(h.bytes(n)) }

func (h harmless) base64(n int) string { return base64.StdEncoding.EncodeToString(h.bytes(n)) }

func (h harmless) uuid() string {
	x := h.hex(16)
	return x[:8] + "-" + x[8:12] + "-4" + x[13:16] + "-a" + x[17:20] + "-" + x[20:]
}

func (h harmless) version() string {
	return fmt.Sprintf("%d.%d.%d", h.r.IntN(9), h.r.IntN(40), h.r.IntN(20))
}

// harmlessTexts are one maker of texts for each kind.
func (h harmless) texts() map[string]func() string {
	one := func(of ...string) string { return of[h.r.IntN(len(of))] }
	return map[string]func() string{
		"commit": func() string {
			return one("Revert commit ", "What did git show ", "bisect says ") + h.hex(20) + " is the first bad one"
		},
		"short commits": func() string {
			return h.hex(4)[:7] + " fix build\n" + h.hex(4)[:7] + " add tests\nHow do I squash these?"
		},
		"checksum": func() string {
			return "sha256: " + h.hex(32) + "  image.iso\nmd5: " + h.hex(16) + "\nIs the download intact?"
		},
		"sum file": func() string {
			return "github.com/x/y v" + h.version() + " h1:" + h.base64(32) + "\ngithub.com/x/y v" + h.version() + "/go.mod h1:" + h.base64(32)
		},
		"npm lock": func() string {
			return `"node_modules/left-pad": {"version": "` + h.version() + `", "resolved": "https://packages.example/left-pad-` + h.version() + `.tgz", "integrity": "sha512-` + h.base64(64) + `"}`
		},
		"cargo lock": func() string {
			return "[[package]]\nname = \"serde\"\nversion = \"" + h.version() + "\"\nchecksum = \"" + h.hex(32) + `"`
		},
		"poetry lock": func() string {
			return `{file = "attrs-` + h.version() + `-py3-none-any.whl", hash = "sha256:` + h.hex(32) + `"},`
		},
		"docker digest": func() string { return "FROM alpine@sha256:" + h.hex(32) + "\nRUN apk add curl" },
		"uuid":          func() string { return "Order " + h.uuid() + " has not arrived; the trace id is " + h.uuid() },
		"uuids in json": func() string {
			return `{"id":"` + h.uuid() + `","parent":"` + h.uuid() + `","session_id":"` + h.uuid() + `"}`
		},
		"image": func() string {
			return `<img alt="logo" src="data:image/png;base64,` + h.base64(300+h.r.IntN(500)) + `">`
		},
		"svg path": func() string {
			return fmt.Sprintf(`<path d="M%d.%d %d.%dc-1.1 0-2 .9-2 2v%d"/>`, h.r.IntN(99), h.r.IntN(9), h.r.IntN(99), h.r.IntN(9), h.r.IntN(99))
		},
		"etag":  func() string { return "ETag: \"" + h.hex(16) + "\"\nCache-Control: max-age=3600" },
		"trace": func() string { return "traceparent: 00-" + h.hex(16) + "-" + h.hex(8) + "-01 took 31ms" },
		"log": func() string {
			return "level=info request_id=" + h.hex(8) + " user=" + fmt.Sprint(h.r.IntN(9999)) + " key_count=3 msg=done"
		},
		"address":    func() string { return "What is at memory address 0x" + h.hex(8) + " in this core dump?" },
		"public key": func() string { return "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + h.base64(32)[:43] + " me@laptop" },
		"certificate": func() string {
			return "-----BEGIN CERTIFICATE-----\n" + h.base64(48) + "\n" + h.base64(48) + "\n-----END CERTIFICATE-----"
		},
		"fingerprint": func() string {
			return "The fingerprint is SHA256:" + strings.TrimRight(h.base64(32), "=") + ". Should I accept it?"
		},
		"placeholder": func() string {
			return one("api_key = \"YOUR_API_KEY\"", "export TOKEN=<your token here>", "password: ********", "secret_key: changeme", "OPENAI_API_KEY=sk-xxxxxxxxxxxxxxxxxxxxxxxx", "api_key=${API_KEY}", "token: process.env.GITHUB_TOKEN", `password = os.environ["DB_PASSWORD"]`, "aws_access_key_id = AKIAIOSFODNN7EXAMPLE")
		},
		"about": func() string {
			return one("How do I rotate an API key?", "What is a bearer token?", "Where should I store secrets in Kubernetes?", "Explain the difference between a password and a passphrase.", "My password does not work any more, what can I do?", "Is the secret of a good sourdough the flour?", "Write a poem about a key and a token.")
		},
		"code": func() string {
			return one("func (c *Client) SetToken(token string) { c.token = token }", "const key = items[i].primaryKey", "for key, value in cache.items(): print(key)", "token, err := jwt.Parse(raw, keyFunc)", "hash := sha256.Sum256(data)", "if (password !== confirmPassword) throw new Error('mismatch')", "SELECT secret_name FROM vault WHERE key_id = 42")
		},
		"css module": func() string { return ".button_" + h.hex(3)[:5] + "__primary { color: #" + h.hex(3) + "; }" },
		"bundle": func() string {
			return `<script src="/static/app.` + h.hex(8) + `.js" integrity="sha384-` + h.base64(48) + `"></script>`
		},
		"video": func() string {
			return "Summarise https://video.example/watch?v=" + strings.NewReplacer("+", "a", "/", "b", "=", "").Replace(h.base64(8))
		},
		"map": func() string { return "//# sourceMappingURL=data:application/json;base64," + h.base64(200) },
		"isbn": func() string {
			return fmt.Sprintf("ISBN 978-3-16-%06d-0, part no. %d-%d", h.r.IntN(1e6), h.r.IntN(1e4), h.r.IntN(1e4))
		},
		"bytes": func() string { return strings.TrimSpace(strings.Repeat("de ad be ef ", 6)) + " " + h.hex(4) },
		"array": func() string {
			return fmt.Sprintf("[%d, %d, %d, %d]", h.r.Uint32(), h.r.Uint32(), h.r.Uint32(), h.r.Uint32())
		},
		"jwt example": func() string {
			return "What does this sample token from jwt.io mean? eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c"
		},
	}
}

// TestHarmlessTextsHoldNoSecret makes some thousands of such texts, and wants none flagged.
func TestHarmlessTextsHoldNoSecret(t *testing.T) {
	p, policy := newPipeline(t)
	h := harmless{rand.New(rand.NewPCG(31, 37))}
	kinds := h.texts()
	require.GreaterOrEqual(t, len(kinds), 30)
	const each = 60
	ran, flagged := 0, map[string]int{}
	for _, name := range slices.Sorted(maps.Keys(kinds)) {
		for range each {
			text := kinds[name]()
			_, s := verdictOf(t, p, policy, promptSegment(text))
			ran++
			for _, f := range s.Findings {
				if f.Category == review.CategorySecret && f.Confidence >= policy.Detectors[f.Detector].Flag {
					if flagged[name]++; flagged[name] == 1 {
						t.Errorf("%s: %s (%.2f) in %q", name, f.Detector, f.Confidence, text)
					}
				}
			}
		}
	}
	require.Equal(t, len(kinds)*each, ran)
	require.Empty(t, flagged)
}
