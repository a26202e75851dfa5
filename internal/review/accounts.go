package review

import (
	"context"
	"errors"
	"net/mail"
	"regexp"
	"strings"
	"time"
)

// PasswordHasher turns passwords into what may be stored. Both calls are slow on
// purpose and wait their turn; ctx bounds the wait.
type PasswordHasher interface {
	// Hash refuses, with CodeUnprocessable, a password that breaks the rules.
	Hash(ctx context.Context, password string) (string, error)
	// Verify compares in constant time; against "" it takes as long and says no.
	Verify(ctx context.Context, hash, password string) (bool, error)
}

// KeyMint makes API keys and reads those that callers show.
type KeyMint interface {
	Mint() (key, prefix string, hash []byte, err error)
	// Hash returns the hash of a well-formed key.
	Hash(key string) (hash []byte, ok bool)
}

// AccountDeps is what Accounts are made of. All fields are required.
type AccountDeps struct {
	Store     Store
	Passwords PasswordHasher
	Keys      KeyMint
	Clock     Clock
	NewID     func() string
	Specs     []DetectorSpec
	// FirstPolicy is what a new App starts with.
	FirstPolicy func([]DetectorSpec) Policy
}

// Accounts is the use cases of people, Apps and keys.
type Accounts struct{ AccountDeps }

// NewAccounts checks that nothing is missing.
func NewAccounts(d AccountDeps) (*Accounts, error) {
	if d.Store == nil || d.Passwords == nil || d.Keys == nil || d.Clock == nil || d.NewID == nil || d.FirstPolicy == nil {
		return nil, errors.New("review: a dependency of accounts is missing")
	}
	return &Accounts{d}, nil
}

func (a *Accounts) now() time.Time { return a.Clock().UTC().Truncate(time.Microsecond) }

// SignIn returns the user of an e-mail address and password. Unknown address, wrong
// password and disabled user cannot be told apart, neither by answer nor by time.
func (a *Accounts) SignIn(ctx context.Context, email, password string) (User, error) {
	wrong := Errorf(CodeUnauthenticated, "E-mail or password is wrong.")
	u, err := a.Store.UserByEmail(ctx, normalEmail(email))
	if err != nil && CodeOf(err) != CodeNotFound {
		return User{}, err
	}
	known := err == nil
	ok, err := a.Passwords.Verify(ctx, u.PasswordHash, password)
	if err != nil {
		return User{}, err
	}
	if !known || !ok || u.DisabledAt != nil {
		return User{}, wrong
	}
	return u, a.journal(ctx, Actor{ActorUser, u.ID}, "user.signed_in", u.ID, "")
}

// Viewer returns the signed-in user with their Apps; CodeUnauthenticated when the
// user is gone or disabled.
func (a *Accounts) Viewer(ctx context.Context, userID string) (Viewer, error) {
	u, err := a.Store.User(ctx, userID)
	if CodeOf(err) == CodeNotFound || (err == nil && u.DisabledAt != nil) {
		return Viewer{}, Errorf(CodeUnauthenticated, "sign in again")
	}
	if err != nil {
		return Viewer{}, err
	}
	apps, err := a.appsOf(ctx, u)
	return Viewer{User: u, Apps: apps}, err
}

func (a *Accounts) appsOf(ctx context.Context, u User) ([]App, error) {
	if u.Role.seesAllApps() {
		return a.Store.Apps(ctx)
	}
	return a.Store.AppsOf(ctx, u.ID)
}

// Caller returns the App of an API key; CodeUnauthenticated for any key that does
// not open the door, whatever the reason.
func (a *Accounts) Caller(ctx context.Context, key string) (Caller, error) {
	hash, ok := a.Keys.Hash(key)
	if !ok {
		return Caller{}, Errorf(CodeUnauthenticated, "the API key is missing, malformed, unknown or revoked")
	}
	c, err := a.Store.Caller(ctx, hash)
	if CodeOf(err) == CodeNotFound {
		return Caller{}, Errorf(CodeUnauthenticated, "the API key is missing, malformed, unknown or revoked")
	}
	return c, err
}

var appName = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$`)

// AddApp makes an App with the default policy.
func (a *Accounts) AddApp(ctx context.Context, by Actor, name string) (App, error) {
	if !appName.MatchString(name) {
		return App{}, Errorf(CodeUnprocessable, "an App's name has 1 to 64 of a–z, 0–9 and inner hyphens")
	}
	app := App{ID: a.NewID(), Name: name, CreatedAt: a.now()}
	policy := a.FirstPolicy(a.Specs)
	policy.AppID, policy.Version = app.ID, 1
	err := a.Store.Write(ctx, func(tx Tx) error {
		if err := tx.PutApp(app); err != nil {
			return err
		}
		if err := tx.PutPolicy(policy, by, "default policy", app.CreatedAt); err != nil {
			return err
		}
		return tx.AppendEvent(event(app.CreatedAt, by, "app.added", app.ID, app.ID, named{name}))
	})
	return app, err
}

type named struct {
	Name string `json:"name"`
}

// AddKey makes an API key and returns it; it cannot be shown again.
func (a *Accounts) AddKey(ctx context.Context, by Actor, appNamed string) (string, error) {
	app, err := a.App(ctx, appNamed)
	if err != nil {
		return "", err
	}
	key, prefix, hash, err := a.Keys.Mint()
	if err != nil {
		return "", Wrap(CodeInternal, err, "no key could be made")
	}
	k := APIKey{ID: a.NewID(), AppID: app.ID, Prefix: prefix, Hash: hash, CreatedAt: a.now()}
	err = a.Store.Write(ctx, func(tx Tx) error {
		if err := tx.PutAPIKey(k); err != nil {
			return err
		}
		return tx.AppendEvent(event(k.CreatedAt, by, "key.added", k.ID, app.ID, named{prefix}))
	})
	return key, err
}

// RevokeKey ends a key by its prefix, at once.
func (a *Accounts) RevokeKey(ctx context.Context, by Actor, prefix string) error {
	now := a.now()
	return a.Store.Write(ctx, func(tx Tx) error {
		k, err := tx.RevokeAPIKey(prefix, now)
		if err != nil {
			return err
		}
		return tx.AppendEvent(event(now, by, "key.revoked", k.ID, k.AppID, named{prefix}))
	})
}

// App finds an App by name.
func (a *Accounts) App(ctx context.Context, name string) (App, error) {
	apps, err := a.Store.Apps(ctx)
	if err != nil {
		return App{}, err
	}
	for _, app := range apps {
		if app.Name == name {
			return app, nil
		}
	}
	return App{}, Errorf(CodeNotFound, "there is no App named %q", name)
}

// NewUser is a person to be added.
type NewUser struct {
	Email    string
	Name     string // "" takes the part of the address before the @
	Role     Role
	Apps     []string // names
	Password string
}

// AddUser makes a person who can sign in.
func (a *Accounts) AddUser(ctx context.Context, by Actor, n NewUser) (User, error) {
	email := normalEmail(n.Email)
	if addr, err := mail.ParseAddress(email); err != nil || addr.Address != email || len(email) > 254 {
		return User{}, Errorf(CodeUnprocessable, "the e-mail address cannot be read")
	}
	if !n.Role.Valid() {
		return User{}, Errorf(CodeUnprocessable, "the role must be one of %v", Roles())
	}
	var apps []App
	for _, name := range n.Apps {
		app, err := a.App(ctx, name)
		if err != nil {
			return User{}, err
		}
		apps = append(apps, app)
	}
	hash, err := a.Passwords.Hash(ctx, n.Password)
	if err != nil {
		return User{}, err
	}
	name := n.Name
	if name == "" {
		name, _, _ = strings.Cut(email, "@")
	}
	u := User{ID: a.NewID(), Email: email, Name: name, Role: n.Role, PasswordHash: hash, CreatedAt: a.now()}
	err = a.Store.Write(ctx, func(tx Tx) error {
		if err := tx.PutUser(u); err != nil {
			return err
		}
		for _, app := range apps {
			if err := tx.PutMembership(u.ID, app.ID); err != nil {
				return err
			}
		}
		return tx.AppendEvent(event(u.CreatedAt, by, "user.added", u.ID, "", userDetail{Role: u.Role, Apps: n.Apps}))
	})
	return u, err
}

type userDetail struct {
	Role Role     `json:"role"`
	Apps []string `json:"apps"`
}

// SetPassword gives a user a new password.
func (a *Accounts) SetPassword(ctx context.Context, by Actor, email, password string) error {
	hash, err := a.Passwords.Hash(ctx, password)
	if err != nil {
		return err
	}
	now := a.now()
	return a.Store.Write(ctx, func(tx Tx) error {
		u, err := tx.UserByEmail(normalEmail(email))
		if err != nil {
			return err
		}
		if err := tx.SetPassword(u.ID, hash); err != nil {
			return err
		}
		return tx.AppendEvent(event(now, by, "user.password_changed", u.ID, "", none{}))
	})
}

func (a *Accounts) journal(ctx context.Context, by Actor, action, object, appID string) error {
	e := event(a.now(), by, action, object, appID, none{})
	return a.Store.Write(ctx, func(tx Tx) error { return tx.AppendEvent(e) })
}

func normalEmail(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// SystemViewer sees every App: the command line, which whoever holds the data folder
// may use.
func (a *Accounts) SystemViewer(ctx context.Context, name string) (Viewer, error) {
	apps, err := a.Store.Apps(ctx)
	return Viewer{User: User{ID: name, Name: name, Role: RoleAdmin}, Apps: apps}, err
}
