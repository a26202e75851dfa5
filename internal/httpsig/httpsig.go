// Package httpsig signs and reads HTTP requests that a shared secret vouches for: HTTP Message Signatures (RFC 9421) with
// HMAC-SHA256, and the digest of the body (RFC 9530).
//
// It knows one profile of the standard, which docs/api.md describes for callers. It does not know whose a key is, which
// time it is, or what was seen before: that is for who asks.
package httpsig

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
	"time"

	"github.com/dunglas/httpsfv"
)

// What a signature for Guardroom says of itself. The tag tells it from signatures that others put on the same request.
const (
	Tag       = "guardroom"
	Algorithm = "hmac-sha256"
)

// The fields that carry a signature.
const (
	fieldInput     = "Signature-Input"
	fieldSignature = "Signature"
	fieldDigest    = "Content-Digest"
)

// The parts of a request that are covered: the first three always, the digest when there is a body.
const (
	partMethod    = "@method"
	partPath      = "@path"
	partQuery     = "@query"
	partAuthority = "@authority"
	partDigest    = "content-digest"
)

// What a signature may take.
const (
	maxFieldBytes = 4 << 10 // of Signature-Input, and of Signature
	maxParts      = 16
	maxKeyBytes   = 64
	minNonceBytes = 16
	maxNonceBytes = 128
)

// Signature is what a request says of who sends it. Nothing of it is known to be true before Verify.
type Signature struct {
	KeyID   string
	Nonce   string // of the sender's choosing, once for each request
	Created time.Time
	Expires time.Time // zero: the sender sets no end

	base   []byte // what is signed
	mac    []byte
	digest *digest // nil: there is no body
}

// Verify tells whether the secret made the signature. It takes as long whichever is wrong.
func (s *Signature) Verify(secret []byte) bool { return hmac.Equal(s.mac, macOf(secret, s.base)) }

func macOf(secret, base []byte) []byte {
	h := hmac.New(sha256.New, secret)
	h.Write(base)
	return h.Sum(nil)
}

// Sign puts a signature on a request, which has this body. Nonce is a text of 16 visible characters or more that is
// never used again.
func Sign(r *http.Request, body []byte, keyID string, secret []byte, nonce string, now time.Time) error {
	parts := []string{partMethod, partPath, partQuery}
	if len(body) > 0 {
		sum := sha256.Sum256(body)
		r.Header.Set(fieldDigest, "sha-256=:"+base64.StdEncoding.EncodeToString(sum[:])+":")
		parts = append(parts, partDigest)
	}
	input := httpsfv.InnerList{Params: httpsfv.NewParams()}
	for _, p := range parts {
		input.Items = append(input.Items, httpsfv.NewItem(p))
	}
	input.Params.Add("created", now.Unix())
	input.Params.Add("keyid", keyID)
	input.Params.Add("nonce", nonce)
	input.Params.Add("alg", Algorithm)
	input.Params.Add("tag", Tag)
	base, params, err := baseOf(r, parts, input)
	if err != nil {
		return err
	}
	r.Header.Set(fieldInput, Tag+"="+params)
	r.Header.Set(fieldSignature, Tag+"=:"+base64.StdEncoding.EncodeToString(macOf(secret, base))+":")
	return nil
}

// baseOf is the signature base of a request (RFC 9421, section 2.5), and the parameters as they are written in it.
func baseOf(r *http.Request, parts []string, input httpsfv.InnerList) (base []byte, params string, err error) {
	if params, err = httpsfv.Marshal(input); err != nil {
		return nil, "", malformed("the parameters of the signature cannot be written")
	}
	var b strings.Builder
	for _, p := range parts {
		value, err := valueOf(r, p)
		if err != nil {
			return nil, "", err
		}
		b.WriteString(`"` + p + `": ` + value + "\n")
	}
	b.WriteString(`"@signature-params": ` + params)
	return []byte(b.String()), params, nil
}

// valueOf is the value of a part of a request (RFC 9421, section 2).
func valueOf(r *http.Request, part string) (string, error) {
	switch part {
	case partMethod:
		return r.Method, nil
	case partPath:
		if path := r.URL.EscapedPath(); path != "" {
			return path, nil
		}
		return "/", nil
	case partQuery:
		return "?" + r.URL.RawQuery, nil
	case partAuthority:
		return authorityOf(r), nil
	}
	values := r.Header.Values(part)
	if len(values) == 0 || strings.HasPrefix(part, "@") || part == "host" {
		return "", malformed("the signature covers %q, which is not in the request or cannot be covered", part)
	}
	trimmed := make([]string, len(values))
	for i, v := range values {
		trimmed[i] = strings.TrimSpace(v)
	}
	return strings.Join(trimmed, ", "), nil
}

func authorityOf(r *http.Request) string {
	if r.Host != "" {
		return strings.ToLower(r.Host)
	}
	return strings.ToLower(r.URL.Host)
}
