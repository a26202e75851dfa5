package audit

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

func certified(t testing.TB) (Signer, []byte) {
	t.Helper()
	signer, err := NewSigner(strings.Repeat("k", 32))
	require.NoError(t, err)
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	e := review.Erasure{ID: "e1", UserHash: review.HashOfErased("e1", "u1"), Reason: "asked <for> it", CreatedAt: at, Texts: 3, Words: 2, Named: 4, Figures: 5}
	_, err = signer.Certify(e, "support")
	require.Equal(t, review.CodeConflict, review.CodeOf(err), "it is not finished")
	e.FinishedAt = &at
	c, err := signer.Certify(e, "support")
	require.NoError(t, err)
	document, err := json.Marshal(c)
	require.NoError(t, err)
	return signer, document
}

func TestACertificateSaysWhatWasErased(t *testing.T) {
	t.Parallel()
	signer, document := certified(t)
	s, err := ReadCertificate(document, signer.PublicKey())
	require.NoError(t, err)
	require.Equal(t, Erased{3, 2, 4, 5}, s.Erased)
	require.Equal(t, "asked <for> it", s.Reason)
	require.NotEmpty(t, s.Kept)
	var shown bytes.Buffer
	require.NoError(t, json.Indent(&shown, document, "", "  "))
	_, err = ReadCertificate(shown.Bytes(), signer.PublicKey())
	require.NoError(t, err, "spaces change nothing")
	other, err := NewSigner(strings.Repeat("o", 32))
	require.NoError(t, err)
	for name, changed := range map[string][]byte{
		"count": bytes.Replace(document, []byte(`texts":3`), []byte(`texts":2`), 1), "app": bytes.Replace(document, []byte("support"), []byte("another"), 1),
		"cut": document[:len(document)/2], "nothing": nil, "null": []byte("null"), "long": append(bytes.Repeat([]byte(" "), maxCertificate), document...),
	} {
		_, err := ReadCertificate(changed, signer.PublicKey())
		require.Error(t, err, name)
	}
	_, err = ReadCertificate(document, other.PublicKey())
	require.ErrorContains(t, err, "not signed with this key")
}

func FuzzReadCertificate(f *testing.F) {
	signer, document := certified(f)
	f.Add(document)
	f.Add([]byte(`{"statement":{},"signature":""}`))
	f.Fuzz(func(t *testing.T, foreign []byte) {
		s, err := ReadCertificate(foreign, signer.PublicKey())
		if err == nil && s.Erasure != "e1" {
			t.Fatal("somebody else's words count as signed")
		}
	})
}
