package audit

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"github.com/guardroom/guardroom/internal/review"
)

// certificateContext is what a signature is about, as checkpointContext.
const certificateContext = "guardroom.erasure.v1"

// maxCertificate bounds what is read as a Certificate, in bytes.
const maxCertificate = 64 << 10

// Statement is what a Certificate says of an erasure.
type Statement struct {
	Type        string    `json:"type"` // certificateContext
	Erasure     string    `json:"erasure"`
	App         string    `json:"app"`
	UserHash    string    `json:"user_hash"` // hex SHA-256 over the erasure's id, a line feed and the user's id
	RequestedAt time.Time `json:"requested_at"`
	FinishedAt  time.Time `json:"finished_at"`
	By          string    `json:"by"`
	Reason      string    `json:"reason"`
	Erased      Erased    `json:"erased"`
	Kept        []Kept    `json:"kept"`
}

// Erased counts what was removed.
type Erased struct {
	Texts        int `json:"interactions_without_texts"`
	Words        int `json:"reasons_and_notes"`
	Interactions int `json:"interactions_without_user"`
	Figures      int `json:"rows_of_figures_by_user"`
}

// Kept is something that an erasure leaves, and why.
type Kept struct {
	What string `json:"what"`
	Why  string `json:"why"`
}

// kept is what every erasure leaves.
func kept() []Kept {
	return []Kept{
		{"verdicts, labels, scores, token counts and times of the interactions, without the user", "figures about the guard stay true, and name nobody"},
		{"SHA-256 of prompts, responses and submissions", "who has a text can prove that it was this one"},
		{"events of the audit trail, append-only; those about a restriction of the user or a hold on them name the user", "legal accountability: a chain that can be changed proves nothing"},
		{"counts of quotas", "they end by themselves within an hour"},
		{"backups made before", "they are the operator's, and expire by their rules"},
	}
}

// Certificate is a signed Statement. Signature is over the bytes of Statement as they stand.
type Certificate struct {
	Statement json.RawMessage `json:"statement"`
	Key       string          `json:"key"`       // base64, like the next
	Signature []byte          `json:"signature"` // Ed25519
}

// Certify signs what a finished erasure did. The same erasure always gives the same Certificate.
func (s Signer) Certify(e review.Erasure, app string) (Certificate, error) {
	if e.FinishedAt == nil {
		return Certificate{}, review.Errorf(review.CodeConflict, "this erasure is still under way")
	}
	statement, err := json.Marshal(Statement{
		Type: certificateContext, Erasure: e.ID, App: app, UserHash: hex.EncodeToString(e.UserHash[:]), RequestedAt: e.CreatedAt, FinishedAt: *e.FinishedAt,
		By: e.Actor.ID, Reason: e.Reason, Erased: Erased{e.Texts, e.Words, e.Named, e.Figures}, Kept: kept(),
	})
	if err != nil {
		return Certificate{}, err
	}
	return Certificate{Statement: statement, Key: EncodeKey(s.PublicKey()), Signature: ed25519.Sign(s.key, certificateMessage(statement))}, nil
}

func certificateMessage(statement []byte) []byte {
	return append(appendText(nil, certificateContext), statement...)
}

// ReadCertificate reads one and tells what it says, when the key signed it. The key that stands in it says only which one
// to look for.
func ReadCertificate(document []byte, key ed25519.PublicKey) (Statement, error) {
	var c Certificate
	var s Statement
	if len(document) > maxCertificate {
		return s, errors.New("not a certificate: it is too long")
	}
	if err := json.Unmarshal(document, &c); err != nil {
		return s, errors.New("not a certificate: it is no JSON")
	}
	var compact bytes.Buffer // whoever shows JSON may have put spaces into it
	if err := json.Compact(&compact, c.Statement); err != nil {
		return s, errors.New("not a certificate: it says nothing")
	}
	if len(key) != ed25519.PublicKeySize || !ed25519.Verify(key, certificateMessage(compact.Bytes()), c.Signature) {
		return s, errors.New("the certificate is not signed with this key, or was changed")
	}
	if err := json.Unmarshal(compact.Bytes(), &s); err != nil || s.Type != certificateContext {
		return s, errors.New("not a certificate of an erasure")
	}
	return s, nil
}
