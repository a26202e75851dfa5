package review

import (
	"context"
	"time"
)

// RecoveryCodes is how many somebody gets at once.
const RecoveryCodes = 10

// TOTP is the authenticator app of a person (RFC 6238).
type TOTP struct {
	UserID      string
	Sealed      []byte // the shared secret
	CreatedAt   time.Time
	ConfirmedAt *time.Time // nil until the first code was right: it counts for nothing yet
	LastStep    int64      // of the last code that was taken
}

// TOTPSetup is what somebody's app has to be told; it is shown until the first code was right.
type TOTPSetup struct {
	Secret  string // base32
	Picture string // a QR code, as a data URL
}

// SecondFactors makes and checks what people prove themselves with beside a password.
type SecondFactors interface {
	NewTOTP(userID string) (sealed []byte, err error)
	ShowTOTP(sealed []byte, u User) (TOTPSetup, error)
	// CheckTOTP returns the time step of a code that is right and later than the last one.
	CheckTOTP(sealed []byte, userID, code string, now time.Time, last int64) (step int64, ok bool, err error)
	NewRecoveryCodes() (codes []string, hashes [][]byte, err error)
	// HashRecoveryCode returns nil for what cannot be one.
	HashRecoveryCode(code string) []byte
}

// FactorState is how somebody's second factor stands.
type FactorState struct {
	TOTP     *TOTP // nil when there is none
	Passkeys []Passkey
	Recovery int // codes that are left
}

// On tells whether a password alone signs nobody in.
func (f FactorState) On() bool { return f.App() || len(f.Passkeys) > 0 }

// App tells whether there is an authenticator app.
func (f FactorState) App() bool { return f.TOTP != nil && f.TOTP.ConfirmedAt != nil }

// Factors returns how somebody's second factor stands.
func (a *Accounts) Factors(ctx context.Context, userID string) (f FactorState, err error) {
	if f.TOTP, err = a.Store.TOTP(ctx, userID); err != nil {
		return f, err
	}
	if f.Passkeys, err = a.Store.Passkeys(ctx, userID); err != nil || !f.On() {
		return f, err
	}
	f.Recovery, err = a.Store.RecoveryCodes(ctx, userID)
	return f, err
}

// errFactorOn: whoever sits before an open browser must not put their phone in the place of the owner's.
var errFactorOn = Errorf(CodeConflict, "there is an authenticator app already: remove it first")

// BeginTOTP makes a secret for the viewer's app, in the place of one that was never confirmed.
func (a *Accounts) BeginTOTP(ctx context.Context, v Viewer) error {
	sealed, err := a.SecondFactors.NewTOTP(v.User.ID)
	if err != nil {
		return Wrap(CodeInternal, err, "no secret could be made")
	}
	return a.Store.Write(ctx, func(tx Tx) error {
		had, err := tx.TOTP(v.User.ID)
		if err != nil {
			return err
		}
		if had != nil && had.ConfirmedAt != nil {
			return errFactorOn
		}
		return tx.PutTOTP(TOTP{UserID: v.User.ID, Sealed: sealed, CreatedAt: a.now()})
	})
}

// TOTPSetup shows what the viewer's app has to be told; CodeNotFound when none waits for its first code.
func (a *Accounts) TOTPSetup(ctx context.Context, v Viewer) (TOTPSetup, error) {
	f, err := a.Store.TOTP(ctx, v.User.ID)
	if err != nil {
		return TOTPSetup{}, err
	}
	if f == nil || f.ConfirmedAt != nil {
		return TOTPSetup{}, Errorf(CodeNotFound, "no authenticator app is being set up")
	}
	setup, err := a.SecondFactors.ShowTOTP(f.Sealed, v.User)
	if err != nil {
		return TOTPSetup{}, Wrap(CodeInternal, err, "the secret cannot be read: it was sealed with another key")
	}
	return setup, nil
}

// ConfirmTOTP takes the first code of the viewer's app. From now on signing in asks for one; all
// sessions end, the viewer's own too. It returns recovery codes, which nobody can show again.
func (a *Accounts) ConfirmTOTP(ctx context.Context, v Viewer, code string) ([]string, error) {
	codes, hashes, err := a.newCodes()
	if err != nil {
		return nil, err
	}
	now := a.now()
	err = a.Store.Write(ctx, func(tx Tx) error {
		f, err := tx.TOTP(v.User.ID)
		if err != nil {
			return err
		}
		if f == nil || f.ConfirmedAt != nil {
			return Errorf(CodeConflict, "no authenticator app is being set up")
		}
		step, ok, err := a.SecondFactors.CheckTOTP(f.Sealed, v.User.ID, code, now, f.LastStep)
		if err != nil {
			return Wrap(CodeInternal, err, "the secret cannot be read: it was sealed with another key")
		}
		if !ok {
			return Unprocessable([]FieldError{{Field: "code", Message: "The code is wrong or too old. Does the clock of the phone show the right time?"}})
		}
		f.ConfirmedAt, f.LastStep = &now, step
		if err := tx.PutTOTP(*f); err != nil {
			return err
		}
		if err := tx.PutRecoveryCodes(v.User.ID, hashes); err != nil {
			return err
		}
		if _, err := tx.EndSessions(v.User.ID, ""); err != nil {
			return err
		}
		return tx.AppendEvent(event(now, v.Actor(), "user.factor_added", v.User.ID, "", factor{"totp"}))
	})
	return codes, err
}

type factor struct {
	Factor string `json:"factor"`
}

func (a *Accounts) newCodes() ([]string, [][]byte, error) {
	codes, hashes, err := a.SecondFactors.NewRecoveryCodes()
	if err != nil {
		return nil, nil, Wrap(CodeInternal, err, "no codes could be made")
	}
	return codes, hashes, nil
}

// RenewRecoveryCodes returns new ones; those before open nothing any more.
func (a *Accounts) RenewRecoveryCodes(ctx context.Context, v Viewer) ([]string, error) {
	codes, hashes, err := a.newCodes()
	if err != nil {
		return nil, err
	}
	err = a.Store.Write(ctx, func(tx Tx) error {
		f, err := tx.TOTP(v.User.ID)
		if err != nil {
			return err
		}
		keys, err := tx.Passkeys(v.User.ID)
		if err != nil {
			return err
		}
		if len(keys) == 0 && (f == nil || f.ConfirmedAt == nil) {
			return Errorf(CodeConflict, "recovery codes stand in for a second factor, and there is none")
		}
		if err := tx.PutRecoveryCodes(v.User.ID, hashes); err != nil {
			return err
		}
		return tx.AppendEvent(event(a.now(), v.Actor(), "user.recovery_codes_renewed", v.User.ID, "", none{}))
	})
	return codes, err
}

// RemoveTOTP lets the viewer sign in without a code again.
func (a *Accounts) RemoveTOTP(ctx context.Context, v Viewer) error {
	return a.Store.Write(ctx, func(tx Tx) error {
		f, err := tx.TOTP(v.User.ID)
		if err != nil || f == nil {
			return err
		}
		if err := tx.DeleteTOTP(v.User.ID); err != nil || f.ConfirmedAt == nil {
			return err
		}
		return tx.AppendEvent(event(a.now(), v.Actor(), "user.factor_removed", v.User.ID, "", factor{"totp"}))
	})
}

// ResetFactors removes the second factor of somebody who has lost it, and ends their sessions.
// Whoever asks has made sure that it is them.
func (a *Accounts) ResetFactors(ctx context.Context, v Viewer, id string) error {
	return a.change(ctx, v, id, func(tx Tx, u User, now time.Time) error { return resetFactors(tx, v.Actor(), u, now) })
}

// ResetFactorsOf is ResetFactors for whoever holds the data folder.
func (a *Accounts) ResetFactorsOf(ctx context.Context, by Actor, email string) error {
	now := a.now()
	return a.Store.Write(ctx, func(tx Tx) error {
		u, err := tx.UserByEmail(normalEmail(email))
		if err != nil {
			return err
		}
		return resetFactors(tx, by, u, now)
	})
}

func resetFactors(tx Tx, by Actor, u User, now time.Time) error {
	if err := tx.DeleteTOTP(u.ID); err != nil {
		return err
	}
	if _, err := tx.DeletePasskeys(u.ID, ""); err != nil {
		return err
	}
	n, err := tx.EndSessions(u.ID, "")
	if err != nil {
		return err
	}
	return tx.AppendEvent(event(now, by, "user.factors_reset", u.ID, "", ended{n}))
}

// errWrongCode is the one answer to every code that is not taken.
var errWrongCode = Errorf(CodeUnauthenticated, "The code is wrong, too old, or was used before.")

// SecondStep signs somebody in whose password was right, by a code of their app or a recovery
// code. CodeUnauthenticated for a code that is not taken; that, too, is an event.
func (a *Accounts) SecondStep(ctx context.Context, userID, code string) (User, error) {
	u, err := a.Store.User(ctx, userID)
	if CodeOf(err) == CodeNotFound || err == nil && u.DisabledAt != nil {
		return User{}, errWrongCode
	}
	if err != nil {
		return User{}, err
	}
	return u, a.takeCode(ctx, u, code, "user.signed_in", how{"password", ""})
}

// ConfirmByCode is Confirm with a code in the place of the password.
func (a *Accounts) ConfirmByCode(ctx context.Context, v Viewer, code string) error {
	err := a.takeCode(ctx, v.User, code, "user.confirmed", how{})
	if CodeOf(err) == CodeUnauthenticated {
		return Unprocessable([]FieldError{{Field: "code", Message: errWrongCode.Error()}})
	}
	return err
}

// how tells by what somebody proved that it is them.
type how struct {
	With   string `json:"with,omitempty"`
	Second string `json:"second,omitempty"`
}

// takeCode takes a code that counts, once, and notes what was done with it.
func (a *Accounts) takeCode(ctx context.Context, u User, code, action string, by how) error {
	now, taken, actor := a.now(), false, Actor{ActorUser, u.ID}
	err := a.Store.Write(ctx, func(tx Tx) (err error) {
		if by.Second, err = a.countedCode(tx, u.ID, code, now); err != nil {
			return err
		}
		if taken = by.Second != ""; taken {
			return tx.AppendEvent(event(now, actor, action, u.ID, "", by))
		}
		return tx.AppendEvent(event(now, actor, "user.code_refused", u.ID, "", none{}))
	})
	if err == nil && !taken {
		return errWrongCode
	}
	return err
}

// countedCode uses a code up and says what it was, "" when it does not count.
func (a *Accounts) countedCode(tx Tx, userID, code string, now time.Time) (string, error) {
	if hash := a.SecondFactors.HashRecoveryCode(code); hash != nil {
		ok, err := tx.TakeRecoveryCode(userID, hash)
		if err != nil || !ok {
			return "", err
		}
		return "recovery", nil
	}
	f, err := tx.TOTP(userID)
	if err != nil || f == nil || f.ConfirmedAt == nil {
		return "", err
	}
	step, ok, err := a.SecondFactors.CheckTOTP(f.Sealed, userID, code, now, f.LastStep)
	if err != nil {
		return "", Wrap(CodeInternal, err, "the secret cannot be read: it was sealed with another key")
	}
	if !ok {
		return "", nil
	}
	f.LastStep = step
	return "totp", tx.PutTOTP(*f)
}
