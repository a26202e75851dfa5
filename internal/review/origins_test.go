package review

import (
	"strings"
	"testing"
)

func TestParseOrigin(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"https://app.example.org":                      true,
		"https://app.example.org:8443":                 true,
		"http://localhost:3000":                        true,
		"http://127.0.0.1":                             true,
		"https://[2001:db8::1]:8443":                   true,
		"https://xn--bcher-kva.example":                true,
		"":                                             false,
		"*":                                            false,
		"null":                                         false,
		"https://*":                                    false,
		"https://*.example.org":                        false,
		"https://app.example.org/":                     false,
		"https://app.example.org/x":                    false,
		"https://app.example.org?x":                    false,
		"https://app.example.org#x":                    false,
		"https://u:p@app.example.org":                  false,
		"https://App.example.org":                      false,
		"HTTPS://app.example.org":                      false,
		"https://bücher.example":                       false,
		"https://app.example.org:443":                  false,
		"http://app.example.org:80":                    false,
		"https://app.example.org:":                     false,
		"https://":                                     false,
		"ftp://app.example.org":                        false,
		"chrome-extension://abcdefgh":                  false,
		"app.example.org":                              false,
		"//app.example.org":                            false,
		" https://app.example.org":                     false,
		"https://a b":                                  false,
		"https://a\r\nb":                               false,
		"https://a,https://b":                          false,
		"https://" + strings.Repeat("a", 300) + ".org": false,
	} {
		if got, ok := ParseOrigin(text); ok != want || ok && got != text {
			t.Errorf("ParseOrigin(%q) = %q, %v", text, got, ok)
		}
	}
}

func FuzzParseOrigin(f *testing.F) {
	for _, s := range []string{"https://app.example.org", "http://[::1]:80", "https://*", "null", "https://a:65536", "https://%61"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		origin, ok := ParseOrigin(text)
		if !ok {
			return
		}
		if origin != text || strings.ContainsAny(origin, "*@ \t\r\n\"',;<>\\?#%") || strings.Count(origin, "/") != 2 {
			t.Errorf("%q is no origin", origin)
		}
	})
}
