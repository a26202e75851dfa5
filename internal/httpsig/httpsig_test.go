package httpsig

import (
	"bytes"
	"crypto/sha512"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const (
	nonce  = "0123456789abcdef"
	secret = "gr_abcdefgh_secret"
)

var now = time.Date(2026, 5, 13, 12, 0, 0, 0, time.UTC)

func request(method, target, body string) *http.Request {
	return httptest.NewRequest(method, target, strings.NewReader(body))
}

func signed(t testing.TB, method, target, body string) *http.Request {
	t.Helper()
	r := request(method, target, body)
	require.NoError(t, Sign(r, []byte(body), "abcdefgh", []byte(secret), nonce, now))
	return r
}

// TestAgainstTheRFC holds the signature base and the MAC to RFC 9421, B.2.5: the same key, parts and parameters.
func TestAgainstTheRFC(t *testing.T) {
	t.Parallel()
	r := request("POST", "https://example.com/foo?param=Value&Pet=dog", `{"hello": "world"}`)
	r.Header.Set("Date", "Tue, 20 Apr 2021 02:07:55 GMT")
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set(fieldInput, `sig-b25=("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"`)
	_, input, err := inputOf(tagged(r.Header))
	require.NoError(t, err)
	input.Params.Del("tag")
	base, params, err := baseOf(r, []string{"date", "@authority", "content-type"}, input)
	require.NoError(t, err)
	require.Equal(t, `("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"`, params)
	require.Equal(t, `"date": Tue, 20 Apr 2021 02:07:55 GMT
"@authority": example.com
"content-type": application/json
"@signature-params": `+params, string(base))
	key, err := base64.StdEncoding.DecodeString("uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==")
	require.NoError(t, err)
	require.Equal(t, "pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=", base64.StdEncoding.EncodeToString(macOf(key, base)))
}

func tagged(h http.Header) http.Header {
	h = h.Clone()
	h.Set(fieldInput, h.Get(fieldInput)+`;tag="`+Tag+`"`)
	return h
}

func TestWhatIsSignedIsRead(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ method, target, body string }{
		{"GET", "/api/v1/decisions?after=1&limit=2", ""},
		{"GET", "/", ""},
		{"POST", "/api/v1/interactions", `{"prompt":"Grüße"}`},
		{"DELETE", "/api/v1/webhooks/a%2Fb", ""},
	} {
		s, err := Read(signed(t, c.method, c.target, c.body), c.body != "")
		require.NoError(t, err, c)
		require.Equal(t, "abcdefgh", s.KeyID)
		require.Equal(t, nonce, s.Nonce)
		require.Equal(t, now, s.Created)
		require.True(t, s.Verify([]byte(secret)))
		require.False(t, s.Verify([]byte("another")))
		require.True(t, s.Matches([]byte(c.body)))
		require.False(t, s.Matches([]byte(c.body+" ")))
	}
	s, err := Read(request("POST", "/", "x"), true)
	require.NoError(t, err)
	require.Nil(t, s, "who signs nothing is nobody yet")
}

// TestNothingCanBeChanged changes one thing of a signed request at a time.
func TestNothingCanBeChanged(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*http.Request){
		"method": func(r *http.Request) { r.Method = "PUT" },
		"path":   func(r *http.Request) { r.URL.Path = "/api/v1/webhooks" },
		"query":  func(r *http.Request) { r.URL.RawQuery = "redactions=map" },
		"digest": func(r *http.Request) {
			r.Header.Set(fieldDigest, signed(t, "POST", "/", "other").Header.Get(fieldDigest))
		},
		"created": func(r *http.Request) { replace(r, fieldInput, "created=1778673600", "created=1778673601") },
		"keyid":   func(r *http.Request) { replace(r, fieldInput, `keyid="abcdefgh"`, `keyid="hgfedcba"`) },
		"nonce":   func(r *http.Request) { replace(r, fieldInput, nonce, "f"+nonce) },
		"order":   func(r *http.Request) { replace(r, fieldInput, `"@method" "@path"`, `"@path" "@method"`) },
		"more":    func(r *http.Request) { replace(r, fieldInput, `"@method"`, `"@method" "@authority"`) },
		"expires": func(r *http.Request) { replace(r, fieldInput, `;alg=`, `;expires=1999999999;alg=`) },
		"no alg":  func(r *http.Request) { replace(r, fieldInput, `;alg="hmac-sha256"`, ``) },
		"mac":     func(r *http.Request) { r.Header.Set(fieldSignature, `guardroom=:AAAA:`) },
	} {
		r := signed(t, "POST", "/api/v1/interactions?redactions=", "{}")
		change(r)
		s, err := Read(r, true)
		require.NoError(t, err, name)
		require.False(t, s.Verify([]byte(secret)), name)
	}
}

func replace(r *http.Request, field, old, with string) {
	r.Header.Set(field, strings.Replace(r.Header.Get(field), old, with, 1))
}

func TestWhatBreaksTheProfile(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		change func(*http.Request)
		says   string
	}{
		"no dictionary":     {func(r *http.Request) { r.Header.Set(fieldInput, "((((") }, "not a dictionary"},
		"no list":           {func(r *http.Request) { r.Header.Set(fieldInput, "a=1") }, "not a list"},
		"too long":          {func(r *http.Request) { r.Header.Set(fieldInput, "a=()"+strings.Repeat(" ", maxFieldBytes)) }, "longer than"},
		"two for us":        {func(r *http.Request) { r.Header.Add(fieldInput, `b=();tag="guardroom"`) }, "two signatures"},
		"no method":         {func(r *http.Request) { replace(r, fieldInput, `"@method" `, ``) }, `cover "@method"`},
		"no query":          {func(r *http.Request) { replace(r, fieldInput, `"@query" `, ``) }, `cover "@query"`},
		"no digest":         {func(r *http.Request) { replace(r, fieldInput, ` "content-digest"`, ``) }, `covers "content-digest"`},
		"twice":             {func(r *http.Request) { replace(r, fieldInput, `"@method"`, `"@method" "@method"`) }, "stands twice"},
		"part with a param": {func(r *http.Request) { replace(r, fieldInput, `"@method"`, `"@method";req`) }, "has parameters"},
		"capital letters":   {func(r *http.Request) { replace(r, fieldInput, `"@method"`, `"@method" "Date"`) }, "small letters"},
		"a part not there":  {func(r *http.Request) { replace(r, fieldInput, `"@method"`, `"@method" "date"`) }, "not in the request"},
		"an unknown @part":  {func(r *http.Request) { replace(r, fieldInput, `"@method"`, `"@method" "@status"`) }, "cannot be covered"},
		"many parts":        {func(r *http.Request) { replace(r, fieldInput, `"@method"`, `"@method"`+strings.Repeat(` "a"`, 20)) }, "more than"},
		"no created":        {func(r *http.Request) { replace(r, fieldInput, `;created=1778673600`, ``) }, "when it was created"},
		"created is text":   {func(r *http.Request) { replace(r, fieldInput, `created=1778673600`, `created="now"`) }, `"created"`},
		"created long ago":  {func(r *http.Request) { replace(r, fieldInput, `created=1778673600`, `created=-1`) }, `"created"`},
		"no keyid":          {func(r *http.Request) { replace(r, fieldInput, `;keyid="abcdefgh"`, ``) }, "no keyid"},
		"no nonce":          {func(r *http.Request) { replace(r, fieldInput, `;nonce="`+nonce+`"`, ``) }, "no nonce"},
		"a short nonce":     {func(r *http.Request) { replace(r, fieldInput, nonce, "short") }, `"nonce"`},
		"another algorithm": {func(r *http.Request) { replace(r, fieldInput, "hmac-sha256", "ed25519") }, `"alg"`},
		"an unknown param":  {func(r *http.Request) { replace(r, fieldInput, ";alg", ";q=1;alg") }, `"q"`},
		"no signature":      {func(r *http.Request) { r.Header.Del(fieldSignature) }, "are missing"},
		"signature is text": {func(r *http.Request) { r.Header.Set(fieldSignature, `guardroom="x"`) }, "are missing"},
		"digest is text":    {func(r *http.Request) { r.Header.Set(fieldDigest, `sha-256="x"`) }, "not a byte sequence"},
		"digest by md5":     {func(r *http.Request) { r.Header.Set(fieldDigest, `md5=:AAAA:`) }, "is needed"},
	}
	for name, c := range cases {
		r := signed(t, "POST", "/", "{}")
		c.change(r)
		s, err := Read(r, true)
		var m *Malformed
		require.ErrorAs(t, err, &m, name)
		require.Contains(t, m.Message, c.says, name)
		require.Nil(t, s, name)
	}
}

func TestSignaturesOfOthersAreNotOurs(t *testing.T) {
	t.Parallel()
	r := signed(t, "POST", "/", "{}")
	r.Header.Set(fieldInput, `proxy=("date";req);created=1, `+r.Header.Get(fieldInput))
	r.Header.Set(fieldSignature, `proxy=:AAAA:, `+r.Header.Get(fieldSignature))
	s, err := Read(r, true)
	require.NoError(t, err)
	require.True(t, s.Verify([]byte(secret)))
	r.Header.Set(fieldInput, `proxy=("date");created=1`)
	s, err = Read(r, true)
	require.NoError(t, err)
	require.Nil(t, s)
}

func TestEveryDigestThatIsNamedCounts(t *testing.T) {
	t.Parallel()
	body := []byte("{}")
	long := sha512.Sum512(body)
	for value, fits := range map[string]bool{
		"sha-512=:" + base64.StdEncoding.EncodeToString(long[:]) + ":":                     true,
		"md5=:AAAA:, sha-512=:" + base64.StdEncoding.EncodeToString(long[:]) + ":":         true,
		"sha-256=:AAAA:, sha-512=:" + base64.StdEncoding.EncodeToString(long[:]) + ":":     false,
		"sha-512=:" + base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{1}, 64)) + ":": false,
		"sha-512=::": false,
	} {
		h := http.Header{fieldDigest: {value}}
		d, err := readDigest(h)
		require.NoError(t, err, value)
		require.Equal(t, fits, (&Signature{digest: d}).Matches(body), value)
	}
}

func FuzzRead(f *testing.F) {
	r := httptest.NewRequest("POST", "/a?b", strings.NewReader("{}"))
	if err := Sign(r, []byte("{}"), "abcdefgh", []byte(secret), nonce, now); err != nil {
		f.Fatal(err)
	}
	f.Add(r.Header.Get(fieldInput), r.Header.Get(fieldSignature), r.Header.Get(fieldDigest))
	f.Add(`a=("@method" "@path" "@query");created=1;keyid="k";nonce="0123456789abcdef";tag="guardroom"`, `a=:AAAA:`, ``)
	f.Add(`a=("date";sf "@query-param";name="x");tag=guardroom`, `a=?1`, `sha-256=(:AA==:);x`)
	f.Add("((", ",,", "=")
	f.Fuzz(func(t *testing.T, input, signature, digest string) {
		r := httptest.NewRequest("POST", "/a?b", strings.NewReader("{}"))
		r.Header = http.Header{fieldInput: {input}, fieldSignature: {signature}, fieldDigest: {digest}}
		s, err := Read(r, true)
		if err != nil || s == nil {
			if err != nil && len(err.Error()) > 400 {
				t.Errorf("the answer grows with what was sent: %d bytes", len(err.Error()))
			}
			return
		}
		if s.KeyID == "" || len(s.Nonce) < minNonceBytes || s.Created.IsZero() || s.digest == nil {
			t.Errorf("incomplete: %+v", s)
		}
		if s.Verify([]byte("a secret that nobody signed with")) {
			t.Error("verified by a secret that did not sign")
		}
		again, err := Read(r, true)
		if err != nil || !bytes.Equal(again.base, s.base) {
			t.Error("the same request reads in two ways")
		}
	})
}
