package review

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"time"
)

// MaxPasskeys is how many one person may have.
const MaxPasskeys = 20

// Passkey is an authenticator with which somebody signs in (WebAuthn). It proves that its owner is there, so that it stands
// for a password and a second factor at once.
type Passkey struct {
	ID           string
	UserID       string
	CredentialID []byte
	Name         string // the owner's own word for it
	Document     []byte // public key, flags, and counter of signatures, as whoever checks them wants it
	CreatedAt    time.Time
	UsedAt       *time.Time // nil: never
}

// PasskeyProof is what an authenticator showed.
type PasskeyProof struct {
	UserID       string
	CredentialID []byte
	Document     []byte // in the place of the one before
	Cloned       bool   // its counter did not go on: there may be two of it
}

// PasskeyMaker asks authenticators to sign for an origin and checks what they sign. What it asks, and what has to be
// remembered until the answer, are JSON. CodeConflict where passkeys cannot be used, CodeUnprocessable for an answer that
// proves nothing.
type PasskeyMaker interface {
	BeginAdding(origin string, u User, have []Passkey) (ask, remember []byte, err error)
	FinishAdding(origin string, u User, have []Passkey, remember, answer []byte) (credentialID, document []byte, err error)
	BeginProving(origin string) (ask, remember []byte, err error)
	FinishProving(origin string, remember, answer []byte, find func(userID string) (User, []Passkey, error)) (PasskeyProof, error)
}

// errWrongPasskey is the one answer to every passkey that opens nothing.
var errWrongPasskey = Errorf(CodeUnauthenticated, "This passkey does not sign you in here.")

// BeginPasskey asks the viewer's browser for a new one.
func (a *Accounts) BeginPasskey(ctx context.Context, v Viewer, origin string) (ask, remember []byte, err error) {
	have, err := a.Store.Passkeys(ctx, v.User.ID)
	if err != nil {
		return nil, nil, err
	}
	return a.Passkeys.BeginAdding(origin, v.User, have)
}

// AddPasskey keeps the viewer's new one. From then on a password alone is not enough. With the first factor come recovery
// codes, which nobody can show again, and all sessions end, the viewer's own too.
func (a *Accounts) AddPasskey(ctx context.Context, v Viewer, origin, name string, remember, answer []byte) (codes []string, err error) {
	if name = strings.TrimSpace(name); name == "" || !plainName(name) {
		return nil, Unprocessable([]FieldError{{Field: "name", Message: "name it, so that you know it again: 80 visible characters at most"}})
	}
	have, err := a.Store.Passkeys(ctx, v.User.ID)
	if err != nil {
		return nil, err
	}
	p := Passkey{ID: a.NewID(), UserID: v.User.ID, Name: name, CreatedAt: a.now()}
	if p.CredentialID, p.Document, err = a.Passkeys.FinishAdding(origin, v.User, have, remember, answer); err != nil {
		return nil, err
	}
	codes, hashes, err := a.newCodes()
	if err != nil {
		return nil, err
	}
	err = a.Store.Write(ctx, func(tx Tx) error {
		first, err := roomForPasskey(tx, v.User.ID)
		if err != nil {
			return err
		}
		if err := tx.PutPasskey(p); err != nil {
			return err
		}
		if !first {
			codes = nil
		} else if err := beginFactors(tx, v.User.ID, hashes); err != nil {
			return err
		}
		return tx.AppendEvent(event(p.CreatedAt, v.Actor(), "user.passkey_added", v.User.ID, "", passkeyDetail{p.ID}))
	})
	return codes, err
}

type passkeyDetail struct {
	Passkey string `json:"passkey"`
}

// roomForPasskey tells whether it would be the person's first factor.
func roomForPasskey(tx Tx, userID string) (first bool, err error) {
	have, err := tx.Passkeys(userID)
	if err != nil {
		return false, err
	}
	if len(have) >= MaxPasskeys {
		return false, Errorf(CodeConflict, "there are 20 passkeys already: remove one first")
	}
	f, err := tx.TOTP(userID)
	return len(have) == 0 && (f == nil || f.ConfirmedAt == nil), err
}

func beginFactors(tx Tx, userID string, hashes [][]byte) error {
	if err := tx.PutRecoveryCodes(userID, hashes); err != nil {
		return err
	}
	_, err := tx.EndSessions(userID, "")
	return err
}

// RemovePasskey takes one of the viewer's away; one that is not there is no error. With the last factor go the recovery codes.
func (a *Accounts) RemovePasskey(ctx context.Context, v Viewer, id string) error {
	if id == "" {
		return Unprocessable([]FieldError{{Field: "passkey", Message: "say which one"}})
	}
	return a.Store.Write(ctx, func(tx Tx) error {
		n, err := tx.DeletePasskeys(v.User.ID, id)
		if err != nil || n == 0 {
			return err
		}
		left, err := tx.Passkeys(v.User.ID)
		if err != nil {
			return err
		}
		f, err := tx.TOTP(v.User.ID)
		if err != nil {
			return err
		}
		if len(left) == 0 && (f == nil || f.ConfirmedAt == nil) {
			if err := tx.PutRecoveryCodes(v.User.ID, nil); err != nil {
				return err
			}
		}
		return tx.AppendEvent(event(a.now(), v.Actor(), "user.passkey_removed", v.User.ID, "", passkeyDetail{id}))
	})
}

// BeginPasskeySignIn asks whatever browser it is for a passkey. The question is the same for everybody.
func (a *Accounts) BeginPasskeySignIn(origin string) (ask, remember []byte, err error) {
	return a.Passkeys.BeginProving(origin)
}

// TakesPasskeys tells whether passkeys can be used at an origin.
func (a *Accounts) TakesPasskeys(origin string) bool {
	_, _, err := a.Passkeys.BeginProving(origin)
	return err == nil
}

// SignInByPasskey signs in whoever holds one. Unknown, removed and disabled cannot be told apart.
func (a *Accounts) SignInByPasskey(ctx context.Context, origin string, remember, answer []byte) (User, error) {
	return a.provePasskey(ctx, origin, remember, answer, "user.signed_in", func(u User) bool { return a.mayUsePassword(u) })
}

// ConfirmByPasskey is Confirm with a passkey of the viewer's in the place of the password.
func (a *Accounts) ConfirmByPasskey(ctx context.Context, v Viewer, origin string, remember, answer []byte) error {
	_, err := a.provePasskey(ctx, origin, remember, answer, "user.confirmed", func(u User) bool { return u.ID == v.User.ID })
	if CodeOf(err) == CodeUnauthenticated {
		return Errorf(CodeUnprocessable, "This passkey is not one of yours.")
	}
	return err
}

func (a *Accounts) provePasskey(ctx context.Context, origin string, remember, answer []byte, action string, may func(User) bool) (u User, err error) {
	var have []Passkey
	proof, err := a.Passkeys.FinishProving(origin, remember, answer, func(userID string) (User, []Passkey, error) {
		if u, err = a.Store.User(ctx, userID); err != nil {
			return u, nil, err
		}
		have, err = a.Store.Passkeys(ctx, userID)
		return u, have, err
	})
	switch CodeOf(err) {
	case "":
	case CodeNotFound, CodeUnprocessable:
		return User{}, errWrongPasskey
	default:
		return User{}, err
	}
	at := slices.IndexFunc(have, func(p Passkey) bool { return bytes.Equal(p.CredentialID, proof.CredentialID) })
	if at < 0 || proof.UserID != u.ID || u.DisabledAt != nil || !may(u) {
		return User{}, errWrongPasskey
	}
	return u, a.takePasskey(ctx, u, have[at], proof, action)
}

// takePasskey keeps that it was used. One whose counter did not go on is refused, and that is an event.
func (a *Accounts) takePasskey(ctx context.Context, u User, p Passkey, proof PasskeyProof, action string) error {
	now, actor := a.now(), Actor{ActorUser, u.ID}
	if proof.Cloned {
		if err := a.journal(ctx, actor, "user.passkey_refused", u.ID, passkeyDetail{p.ID}); err != nil {
			return err
		}
		return errWrongPasskey
	}
	return a.Store.Write(ctx, func(tx Tx) error {
		if err := tx.SetPasskeyUse(p.ID, proof.Document, now); err != nil {
			return err
		}
		return tx.AppendEvent(event(now, actor, action, u.ID, "", how{With: "passkey"}))
	})
}
