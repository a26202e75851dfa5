package app

import (
	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/internal/secret"
)

// passkeys lets review use secret for passkeys.
type passkeys struct{}

func passkeysAt(origin string) (secret.Passkeys, error) {
	p, err := secret.NewPasskeys(origin)
	if err != nil {
		return p, review.Wrap(review.CodeConflict, err, "Passkeys need HTTPS and a host name here.")
	}
	return p, nil
}

func ownerOf(u review.User, have []review.Passkey) secret.PasskeyOwner {
	o := secret.PasskeyOwner{ID: u.ID, Name: u.Email, Display: u.Name}
	for _, p := range have {
		o.Documents = append(o.Documents, p.Document)
	}
	return o
}

func (passkeys) BeginAdding(origin string, u review.User, have []review.Passkey) (ask, remember []byte, err error) {
	p, err := passkeysAt(origin)
	if err != nil {
		return nil, nil, err
	}
	return p.BeginAdding(ownerOf(u, have))
}

func (passkeys) FinishAdding(origin string, u review.User, have []review.Passkey, remember, answer []byte) (credentialID, document []byte, err error) {
	p, err := passkeysAt(origin)
	if err != nil {
		return nil, nil, err
	}
	credentialID, document, err = p.FinishAdding(ownerOf(u, have), remember, answer)
	return credentialID, document, unproved(err)
}

func (passkeys) BeginProving(origin string) (ask, remember []byte, err error) {
	p, err := passkeysAt(origin)
	if err != nil {
		return nil, nil, err
	}
	return p.BeginProving()
}

func (passkeys) FinishProving(origin string, remember, answer []byte, find func(userID string) (review.User, []review.Passkey, error)) (review.PasskeyProof, error) {
	p, err := passkeysAt(origin)
	if err != nil {
		return review.PasskeyProof{}, err
	}
	proof, err := p.FinishProving(remember, answer, func(id string) (secret.PasskeyOwner, error) {
		u, have, err := find(id)
		return ownerOf(u, have), err
	})
	return review.PasskeyProof{UserID: proof.Owner, CredentialID: proof.Credential, Document: proof.Document, Cloned: proof.Cloned}, unproved(err)
}

// unproved keeps what review said, and says of everything else that it proves nothing.
func unproved(err error) error {
	if err == nil || review.CodeOf(err) != review.CodeInternal {
		return err
	}
	return review.Wrap(review.CodeUnprocessable, err, "The answer of the authenticator proves nothing. Try again.")
}
