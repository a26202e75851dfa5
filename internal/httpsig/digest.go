package httpsig

import (
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"net/http"

	"github.com/dunglas/httpsfv"
)

// digest is what a request says that its body hashes to; nil for an algorithm that it does not name.
type digest struct{ sha256, sha512 []byte }

// readDigest reads Content-Digest (RFC 9530). Algorithms that are not known are passed over, as the RFC says; one that
// is must be there.
func readDigest(h http.Header) (*digest, error) {
	members, err := dictionary(h.Values(fieldDigest), fieldDigest)
	if err != nil {
		return nil, err
	}
	d := &digest{}
	for name, sum := range map[string]*[]byte{"sha-256": &d.sha256, "sha-512": &d.sha512} {
		member, named := members.Get(name)
		if !named {
			continue
		}
		item, _ := member.(httpsfv.Item)
		if *sum, named = item.Value.([]byte); !named {
			return nil, malformed("%s: %s is not a byte sequence", fieldDigest, name)
		}
	}
	if d.sha256 == nil && d.sha512 == nil {
		return nil, malformed("%s: sha-256 or sha-512 is needed", fieldDigest)
	}
	return d, nil
}

// Matches tells whether a body is the one that was signed.
func (s *Signature) Matches(body []byte) bool {
	if s.digest == nil {
		return len(body) == 0
	}
	fits := true
	if want := s.digest.sha256; want != nil {
		sum := sha256.Sum256(body)
		fits = subtle.ConstantTimeCompare(want, sum[:]) == 1
	}
	if want := s.digest.sha512; want != nil {
		sum := sha512.Sum512(body)
		fits = fits && subtle.ConstantTimeCompare(want, sum[:]) == 1
	}
	return fits
}
