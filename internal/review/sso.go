package review

import (
	"context"
	"net/mail"
	"slices"
	"strings"
	"time"
)

// SSOAttempt is what has to come back from a provider: kept in the browser's session, used once.
type SSOAttempt struct {
	State, Nonce, Verifier string
}

// SSOIdentity is somebody as a provider vouches for them, after every signature was checked.
type SSOIdentity struct {
	Issuer, Subject string // together they never change
	Email           string
	EmailVerified   bool
	Name            string
	Groups          []string
}

// SSORules say who of those that a provider vouches for may come in.
type SSORules struct {
	Roles   map[string]Role // by group
	Domains []string        // of verified e-mail addresses; none: any
	// LinkEmail lets a verified address take over the account that is there already with
	// the same one. Whoever sets it trusts the provider with all accounts.
	LinkEmail bool
}

// ssoActor is who acts when a provider's word changes something.
var ssoActor = Actor{Kind: ActorSystem, ID: "sso"}

// errNotHere is the one answer to everybody whom the provider knows and we do not let in: it tells nobody who has
// an account.
var errNotHere = Errorf(CodeForbidden, "You are known to the provider, but may not sign in here. An administrator can tell why.")

// roleOf is the highest role of the groups, "" when there is none.
func (r SSORules) roleOf(groups []string) (best Role) {
	for _, g := range groups {
		if role, ok := r.Roles[g]; ok && slices.Index(Roles(), role) > slices.Index(Roles(), best) {
			best = role
		}
	}
	return best
}

func (r SSORules) admits(i SSOIdentity) bool {
	if len(r.Domains) == 0 {
		return true
	}
	_, domain, _ := strings.Cut(normalEmail(i.Email), "@")
	return i.EmailVerified && slices.ContainsFunc(r.Domains, func(d string) bool { return strings.EqualFold(d, domain) })
}

// SignInBySSO signs somebody in by a provider's word. Who comes for the first time gets an account
// when the address is verified; the role is that of the groups, each time. CodeForbidden for everybody else.
func (a *Accounts) SignInBySSO(ctx context.Context, i SSOIdentity) (u User, err error) {
	role := a.SSORules.roleOf(i.Groups)
	if i.Issuer == "" || i.Subject == "" || !a.SSORules.admits(i) || role == "" {
		return User{}, a.refusedSSO(ctx, i)
	}
	now := a.now()
	err = a.Store.Write(ctx, func(tx Tx) error {
		u, err = tx.UserBySSO(i.Issuer, i.Subject)
		if CodeOf(err) == CodeNotFound {
			u, err = a.firstSSO(tx, i, role, now)
		}
		if err != nil {
			return err
		}
		if u.DisabledAt != nil {
			return errNotHere
		}
		if u.Role, err = followRole(tx, u, role, now); err != nil {
			return err
		}
		return tx.AppendEvent(event(now, Actor{ActorUser, u.ID}, "user.signed_in", u.ID, "", how{With: "sso"}))
	})
	if CodeOf(err) == CodeForbidden {
		return User{}, a.refusedSSO(ctx, i)
	}
	return u, err
}

// refusedSSO notes who was not let in.
func (a *Accounts) refusedSSO(ctx context.Context, i SSOIdentity) error {
	known := struct {
		Issuer  string `json:"issuer"`
		Subject string `json:"subject"`
	}{i.Issuer, i.Subject}
	if err := a.journal(ctx, ssoActor, "user.sso_refused", "", known); err != nil {
		return err
	}
	return errNotHere
}

// firstSSO links an account to an identity that was not seen before, or makes one.
func (a *Accounts) firstSSO(tx Tx, i SSOIdentity, role Role, now time.Time) (User, error) {
	email := normalEmail(i.Email)
	addr, err := mail.ParseAddress(email)
	if err != nil || addr.Address != email || len(email) > maxEmailBytes || !i.EmailVerified {
		return User{}, errNotHere
	}
	u, err := tx.UserByEmail(email)
	switch {
	case err == nil && !a.SSORules.LinkEmail:
		return User{}, errNotHere
	case CodeOf(err) == CodeNotFound:
		u = User{ID: a.NewID(), Email: email, Name: ssoName(i), Role: role, CreatedAt: now}
		if err := putUser(tx, ssoActor, u, nil); err != nil {
			return User{}, err
		}
	case err != nil:
		return User{}, err
	}
	if err := tx.PutSSO(i.Issuer, i.Subject, u.ID, now); err != nil {
		return User{}, err
	}
	return u, tx.AppendEvent(event(now, ssoActor, "user.sso_linked", u.ID, "", none{}))
}

func ssoName(i SSOIdentity) string {
	if name := strings.TrimSpace(i.Name); name != "" && plainName(name) {
		return name
	}
	name, _, _ := strings.Cut(normalEmail(i.Email), "@")
	if runes := []rune(name); len(runes) > maxNameRunes {
		name = string(runes[:maxNameRunes])
	}
	return name
}

// followRole gives the person the role that the provider says. The last administrator stays one: a
// mistake in the provider's groups must not shut everybody out.
func followRole(tx Tx, u User, role Role, now time.Time) (Role, error) {
	if u.Role == role {
		return role, nil
	}
	if u.Role == RoleAdmin {
		if others, err := tx.AdminsBut(u.ID); err != nil || others == 0 {
			return u.Role, err
		}
	}
	if err := tx.SetRole(u.ID, role); err != nil {
		return u.Role, err
	}
	return role, tx.AppendEvent(event(now, ssoActor, "user.role_changed", u.ID, "", roleDetail{From: u.Role, To: role}))
}

// mayUsePassword: where passwords are switched off, a few administrators keep theirs for the day on which the
// provider does not answer.
func (a *Accounts) mayUsePassword(u User) bool {
	return len(a.PasswordsFor) == 0 || u.Role == RoleAdmin && slices.ContainsFunc(a.PasswordsFor, func(email string) bool { return normalEmail(email) == u.Email })
}
