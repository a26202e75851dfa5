package web

import (
	"bytes"
	"errors"
	"io"
	"net/http"

	"github.com/guardroom/guardroom/internal/httpsig"
	"github.com/guardroom/guardroom/internal/review"
)

// signer returns the App whose key signed the request; signed is false when nobody signed it. The body is read here, for
// nothing of it may be believed before all of it is known to be what was signed.
func (s *Server) signer(c *call) (caller review.Caller, signed bool, err error) {
	r := c.Request()
	signature, err := httpsig.Read(r, r.ContentLength != 0)
	if err != nil {
		return review.Caller{}, true, unsigned(err)
	}
	if signature == nil {
		return review.Caller{}, false, nil
	}
	caller, err = s.Accounts.CallerBySignature(r.Context(), review.SignedRequest{
		KeyPrefix: signature.KeyID, Nonce: signature.Nonce, Created: signature.Created, Expires: signature.Expires, Verify: signature.Verify,
	})
	if err != nil {
		return review.Caller{}, true, err
	}
	body, err := io.ReadAll(http.MaxBytesReader(c.Response().Writer, r.Body, s.Options.MaxBatchBody))
	if err != nil {
		return review.Caller{}, true, readError(err, s.Options.MaxBatchBody)
	}
	if !signature.Matches(body) {
		return review.Caller{}, true, review.Errorf(review.CodeUnauthenticated, "the body is not the one of which the signed Content-Digest tells")
	}
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return caller, true, nil
}

// unsigned tells a caller what is wrong with a signature that cannot be read.
func unsigned(err error) error {
	var m *httpsig.Malformed
	if errors.As(err, &m) {
		return review.Errorf(review.CodeUnauthenticated, "%s", m.Message)
	}
	return err
}
