package review

import "context"

// ChangePassword gives the viewer, who has just confirmed that it is them, the password
// that they chose, and ends all that was signed in before, the viewer's own session too.
func (a *Accounts) ChangePassword(ctx context.Context, v Viewer, next string) (User, error) {
	hash, err := a.Passwords.Hash(ctx, next, v.User.Name, v.User.Email)
	if err != nil {
		return User{}, onField("new_password", err)
	}
	now := a.now()
	err = a.Store.Write(ctx, func(tx Tx) error {
		if err := tx.SetPassword(v.User.ID, hash); err != nil {
			return err
		}
		if _, err := tx.EndSessions(v.User.ID, ""); err != nil {
			return err
		}
		return tx.AppendEvent(event(now, v.Actor(), "user.password_changed", v.User.ID, "", none{}))
	})
	u := v.User
	u.PasswordHash = hash
	return u, err
}

// checkPassword refuses what is not the viewer's password.
func (a *Accounts) checkPassword(ctx context.Context, v Viewer, password string) error {
	ok, err := a.Passwords.Verify(ctx, v.User.PasswordHash, password)
	if err != nil || ok {
		return err
	}
	if err := a.journal(ctx, v.Actor(), "user.password_refused", v.User.ID, refusal{"wrong password"}); err != nil {
		return err
	}
	return Unprocessable([]FieldError{{Field: "password", Message: "The password is wrong."}})
}
