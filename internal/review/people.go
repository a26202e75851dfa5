package review

import (
	"context"
	"time"
)

// PeoplePage is how many people one page lists.
const PeoplePage = 100

// InvitationLife is how long a link waits for the person to choose a password.
const InvitationLife = 72 * time.Hour

// Person is somebody as administrators see them.
type Person struct {
	User
	Member  []App      // memberships, by name
	Invited *time.Time // until when a link waits; nil when there is none
	SSO     bool       // signs in by a provider
}

// Invitation lets a person choose a password, once.
type Invitation struct {
	TokenHash []byte
	UserID    string
	ExpiresAt time.Time
}

// AppAdmin is an App as administrators see it.
type AppAdmin struct {
	App     App
	Keys    []APIKey
	Members []User
}

func (a *Accounts) mayAdminister(v Viewer) error {
	if !v.May(PermAdminister) {
		return Errorf(CodeForbidden, "only administrators may do this")
	}
	return nil
}

// administered finds an App that the viewer administers.
func (a *Accounts) administered(v Viewer, name string) (App, error) {
	if err := a.mayAdminister(v); err != nil {
		return App{}, err
	}
	for _, app := range v.Apps {
		if app.Name == name {
			return app, nil
		}
	}
	return App{}, Errorf(CodeNotFound, "there is no App named %q", name)
}

// People lists a page of everybody; next is where the following page begins, "" at the end.
func (a *Accounts) People(ctx context.Context, v Viewer, from string) (people []Person, next string, err error) {
	if err := a.mayAdminister(v); err != nil {
		return nil, "", err
	}
	people, err = a.Store.People(ctx, normalEmail(from), PeoplePage+1)
	if err != nil || len(people) <= PeoplePage {
		return people, "", err
	}
	people = people[:PeoplePage]
	return people, people[PeoplePage-1].Email, nil
}

// Person returns one of them.
func (a *Accounts) Person(ctx context.Context, v Viewer, id string) (Person, error) {
	if err := a.mayAdminister(v); err != nil {
		return Person{}, err
	}
	return a.Store.Person(ctx, id)
}

// Invite adds a person without a password and returns the secret of the link by which
// they choose one.
func (a *Accounts) Invite(ctx context.Context, v Viewer, n NewUser) (User, string, error) {
	if err := a.mayAdminister(v); err != nil {
		return User{}, "", err
	}
	u, apps, err := a.newUser(ctx, n)
	if err != nil {
		return User{}, "", err
	}
	token, link, err := a.link(u.ID)
	if err != nil {
		return User{}, "", err
	}
	err = a.Store.Write(ctx, func(tx Tx) error {
		if err := putUser(tx, v.Actor(), u, apps); err != nil {
			return err
		}
		return putLink(tx, v.Actor(), link, u.CreatedAt)
	})
	return u, token, err
}

// Link makes a new link for somebody whose link has expired or whose password is lost;
// the one before ends.
func (a *Accounts) Link(ctx context.Context, v Viewer, id string) (string, error) {
	if err := a.mayAdminister(v); err != nil {
		return "", err
	}
	token, link, err := a.link(id)
	if err != nil {
		return "", err
	}
	err = a.Store.Write(ctx, func(tx Tx) error {
		u, err := tx.User(id)
		if err != nil {
			return err
		}
		if u.DisabledAt != nil {
			return Errorf(CodeConflict, "this person may not sign in: let them in again first")
		}
		return putLink(tx, v.Actor(), link, a.now())
	})
	return token, err
}

func (a *Accounts) link(userID string) (string, Invitation, error) {
	token, hash, err := a.Keys.MintLink()
	if err != nil {
		return "", Invitation{}, Wrap(CodeInternal, err, "no link could be made")
	}
	return token, Invitation{TokenHash: hash, UserID: userID, ExpiresAt: a.now().Add(InvitationLife)}, nil
}

func putLink(tx Tx, by Actor, i Invitation, at time.Time) error {
	if err := tx.PutInvitation(i); err != nil {
		return err
	}
	return tx.AppendEvent(event(at, by, "user.invited", i.UserID, "", until{i.ExpiresAt}))
}

type until struct {
	Until time.Time `json:"until"`
}

// errSpent is the one answer to every link that opens nothing.
var errSpent = Errorf(CodeUnprocessable, "This link has been used or has expired. An administrator can make a new one.")

// Invited returns whose link it is.
func (a *Accounts) Invited(ctx context.Context, token string) (User, error) {
	i, err := a.Store.Invitation(ctx, a.Keys.HashLink(token), a.now())
	if CodeOf(err) == CodeNotFound {
		return User{}, errSpent
	}
	if err != nil {
		return User{}, err
	}
	u, err := a.Store.User(ctx, i.UserID)
	if err == nil && u.DisabledAt != nil {
		return User{}, errSpent
	}
	return u, err
}

// Accept gives the person of a link the password that they chose, ends the link and
// whatever was signed in with the password before, and returns them.
func (a *Accounts) Accept(ctx context.Context, token, password string) (User, error) {
	u, err := a.Invited(ctx, token)
	if err != nil {
		return User{}, err
	}
	if !a.mayUsePassword(u) {
		return User{}, Errorf(CodeForbidden, "Passwords are switched off here: sign in by single sign-on.")
	}
	hash, err := a.Passwords.Hash(ctx, password, u.Name, u.Email)
	if err != nil {
		return User{}, onField("password", err)
	}
	now := a.now()
	err = a.Store.Write(ctx, func(tx Tx) error {
		if _, err := tx.TakeInvitation(a.Keys.HashLink(token), now); err != nil {
			return err
		}
		if err := tx.SetPassword(u.ID, hash); err != nil {
			return err
		}
		if _, err := tx.EndSessions(u.ID, ""); err != nil {
			return err
		}
		return tx.AppendEvent(event(now, Actor{ActorUser, u.ID}, "user.invitation_accepted", u.ID, "", none{}))
	})
	if CodeOf(err) == CodeNotFound { // taken by another request between
		return User{}, errSpent
	}
	u.PasswordHash = hash
	return u, err
}

// onField says of a refused value which field it stood in.
func onField(field string, err error) error {
	if CodeOf(err) != CodeUnprocessable {
		return err
	}
	return Unprocessable([]FieldError{{Field: field, Message: err.Error()}})
}

// SetRole gives a person another role. Nobody changes their own, so that there is always
// an admin left.
func (a *Accounts) SetRole(ctx context.Context, v Viewer, id string, role Role) error {
	if !role.Valid() {
		return Unprocessable([]FieldError{{Field: "role", Message: "choose a role"}})
	}
	return a.change(ctx, v, id, func(tx Tx, u User, now time.Time) error {
		if u.Role == role {
			return nil
		}
		if err := tx.SetRole(id, role); err != nil {
			return err
		}
		return tx.AppendEvent(event(now, v.Actor(), "user.role_changed", id, "", roleDetail{From: u.Role, To: role}))
	})
}

type roleDetail struct {
	From Role `json:"from"`
	To   Role `json:"to"`
}

// Disable keeps a person from signing in and ends their sessions.
func (a *Accounts) Disable(ctx context.Context, v Viewer, id string) error {
	return a.change(ctx, v, id, func(tx Tx, u User, now time.Time) error {
		if u.DisabledAt != nil {
			return nil
		}
		if err := tx.SetDisabled(id, &now); err != nil {
			return err
		}
		n, err := tx.EndSessions(id, "")
		if err != nil {
			return err
		}
		return tx.AppendEvent(event(now, v.Actor(), "user.disabled", id, "", ended{n}))
	})
}

// Enable lets a disabled person sign in again.
func (a *Accounts) Enable(ctx context.Context, v Viewer, id string) error {
	return a.change(ctx, v, id, func(tx Tx, u User, now time.Time) error {
		if u.DisabledAt == nil {
			return nil
		}
		if err := tx.SetDisabled(id, nil); err != nil {
			return err
		}
		return tx.AppendEvent(event(now, v.Actor(), "user.enabled", id, "", none{}))
	})
}

type ended struct {
	Sessions int `json:"sessions"`
}

// change does something to another person. Two admins who take each other's role at the
// same time would leave nobody: the one who comes second is refused.
func (a *Accounts) change(ctx context.Context, v Viewer, id string, do func(Tx, User, time.Time) error) error {
	if err := a.mayAdminister(v); err != nil {
		return err
	}
	if id == v.User.ID {
		return Errorf(CodeConflict, "nobody changes their own role or access; another administrator can")
	}
	now := a.now()
	return a.Store.Write(ctx, func(tx Tx) error {
		u, err := tx.User(id)
		if err != nil {
			return err
		}
		others, err := tx.AdminsBut(id)
		if err != nil {
			return err
		}
		if others == 0 {
			return Errorf(CodeConflict, "this is the last administrator who can sign in")
		}
		return do(tx, u, now)
	})
}

// SignOut ends a person's sessions, all of them or the one with the mark. Everybody may
// end their own; administrators may end anybody's.
func (a *Accounts) SignOut(ctx context.Context, v Viewer, id, mark string) error {
	if id != v.User.ID {
		if err := a.mayAdminister(v); err != nil {
			return err
		}
	}
	now := a.now()
	return a.Store.Write(ctx, func(tx Tx) error {
		if _, err := tx.User(id); err != nil {
			return err
		}
		n, err := tx.EndSessions(id, mark)
		if err != nil || n == 0 {
			return err
		}
		return tx.AppendEvent(event(now, v.Actor(), "user.sessions_ended", id, "", ended{n}))
	})
}

// Join makes a person a member of an App.
func (a *Accounts) Join(ctx context.Context, v Viewer, id, appNamed string) error {
	return a.membership(ctx, v, id, appNamed, "user.joined", Tx.PutMembership)
}

// Leave ends a membership.
func (a *Accounts) Leave(ctx context.Context, v Viewer, id, appNamed string) error {
	return a.membership(ctx, v, id, appNamed, "user.left", Tx.DeleteMembership)
}

func (a *Accounts) membership(ctx context.Context, v Viewer, id, appNamed, action string, set func(tx Tx, userID, appID string) error) error {
	app, err := a.administered(v, appNamed)
	if err != nil {
		return err
	}
	now := a.now()
	return a.Store.Write(ctx, func(tx Tx) error {
		if _, err := tx.User(id); err != nil {
			return err
		}
		if err := set(tx, id, app.ID); err != nil {
			return err
		}
		return tx.AppendEvent(event(now, v.Actor(), action, id, app.ID, named{app.Name}))
	})
}

// AppAdmin returns an App with its keys and members.
func (a *Accounts) AppAdmin(ctx context.Context, v Viewer, name string) (AppAdmin, error) {
	app, err := a.administered(v, name)
	if err != nil {
		return AppAdmin{}, err
	}
	keys, err := a.Store.APIKeys(ctx, app.ID)
	if err != nil {
		return AppAdmin{}, err
	}
	members, err := a.Store.Members(ctx, app.ID)
	return AppAdmin{App: app, Keys: keys, Members: members}, err
}
