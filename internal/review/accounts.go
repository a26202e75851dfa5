package review

import (
	"context"
	"errors"
	"net/mail"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// PasswordHasher turns passwords into what may be stored. Both calls are slow on
// purpose and wait their turn; ctx bounds the wait.
type PasswordHasher interface {
	// Hash refuses, with CodeUnprocessable, a password that breaks the rules or is easy to
	// guess for somebody who knows what is about its owner.
	Hash(ctx context.Context, password string, about ...string) (string, error)
	// Verify compares in constant time; against "" it takes as long and says no.
	Verify(ctx context.Context, hash, password string) (bool, error)
}

// KeyMint makes API keys and reads those that callers show.
type KeyMint interface {
	Mint() (key, prefix string, hash []byte, err error)
	// Hash returns the hash of a well-formed key.
	Hash(key string) (hash []byte, ok bool)
	// MintLink makes the secret of a link.
	MintLink() (token string, hash []byte, err error)
	// HashLink returns the hash of such a secret, whatever it is.
	HashLink(token string) []byte
}

// AccountDeps is what Accounts are made of. All fields but the last two are required.
type AccountDeps struct {
	Store         Store
	Passwords     PasswordHasher
	Keys          KeyMint
	Replays       Replays
	SecondFactors SecondFactors
	Passkeys      PasskeyMaker
	Clock         Clock
	NewID         func() string
	Specs         []DetectorSpec
	// FirstPolicy is what a new App starts with.
	FirstPolicy func([]DetectorSpec) Policy

	SSORules     SSORules // without roles nobody comes in by a provider
	PasswordsFor []string // addresses of the only administrators who sign in by password; none: everybody may
}

// Accounts is the use cases of people, Apps and keys.
type Accounts struct {
	AccountDeps
	uses *keyUses
}

// NewAccounts checks that nothing is missing.
func NewAccounts(d AccountDeps) (*Accounts, error) {
	if d.Store == nil || d.Passwords == nil || d.Keys == nil || d.Replays == nil || d.SecondFactors == nil || d.Passkeys == nil || d.Clock == nil || d.NewID == nil || d.FirstPolicy == nil {
		return nil, errors.New("review: a dependency of accounts is missing")
	}
	return &Accounts{AccountDeps: d, uses: newKeyUses()}, nil
}

func (a *Accounts) now() time.Time { return a.Clock().UTC().Truncate(time.Microsecond) }

// SignIn returns the user of an e-mail address and password. Unknown address, wrong
// password and disabled user cannot be told apart, neither by answer nor by time. Whoever
// has a second factor is not signed in before SecondStep.
func (a *Accounts) SignIn(ctx context.Context, email, password string) (u User, second bool, err error) {
	wrong := Errorf(CodeUnauthenticated, "E-mail or password is wrong.")
	u, err = a.Store.UserByEmail(ctx, normalEmail(email))
	if err != nil && CodeOf(err) != CodeNotFound {
		return User{}, false, err
	}
	known := err == nil
	ok, err := a.Passwords.Verify(ctx, u.PasswordHash, password)
	if err != nil {
		return User{}, false, err
	}
	if why := a.whyNot(u, known, ok); why != "" {
		if err := a.journal(ctx, signInActor, "user.password_refused", u.ID, refusal{why}); err != nil {
			return User{}, false, err
		}
		return User{}, false, wrong
	}
	factors, err := a.Factors(ctx, u.ID)
	if err != nil || factors.On() {
		return u, true, err
	}
	return u, false, a.journal(ctx, Actor{ActorUser, u.ID}, "user.signed_in", u.ID, how{With: "password"})
}

// signInActor stands for who tries to sign in and is nobody yet.
var signInActor = Actor{Kind: ActorSystem, ID: "sign-in"}

// refusal tells auditors, and nobody at the door, why somebody was not let in.
type refusal struct {
	Why string `json:"why"`
}

// whyNot is why a password opens nothing, "" when it does.
func (a *Accounts) whyNot(u User, known, right bool) string {
	switch {
	case !known:
		return "unknown address"
	case !right:
		return "wrong password"
	case u.DisabledAt != nil:
		return "disabled"
	case !a.mayUsePassword(u):
		return "not by password"
	}
	return ""
}

// SignedOut notes that the viewer has ended the session.
func (a *Accounts) SignedOut(ctx context.Context, v Viewer) error {
	return a.journal(ctx, v.Actor(), "user.signed_out", v.User.ID, none{})
}

// Confirm checks the viewer's own password once more.
func (a *Accounts) Confirm(ctx context.Context, v Viewer, password string) error {
	if err := a.checkPassword(ctx, v, password); err != nil {
		return err
	}
	return a.journal(ctx, v.Actor(), "user.confirmed", v.User.ID, how{With: "password"})
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
		return Caller{}, Errorf(CodeUnauthenticated, "the API key is missing, malformed, unknown, revoked or past its end")
	}
	c, err := a.Store.Caller(ctx, hash)
	if CodeOf(err) == CodeNotFound {
		return Caller{}, Errorf(CodeUnauthenticated, "the API key is missing, malformed, unknown, revoked or past its end")
	}
	if err == nil && c.Signs {
		return Caller{}, Errorf(CodeUnauthenticated, "this API key signs requests and is never sent itself: now that it was, rotate it")
	}
	if err == nil {
		a.noteUse(ctx, c)
	}
	return c, err
}

var appName = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$`)

// AddApp makes an App with the default policy.
func (a *Accounts) AddApp(ctx context.Context, by Actor, name string) (App, error) {
	if !appName.MatchString(name) {
		return App{}, Unprocessable([]FieldError{{Field: "name", Message: "an App's name has 1 to 64 of a–z, 0–9 and inner hyphens"}})
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
	u, apps, err := a.newUser(ctx, n)
	if err != nil {
		return User{}, err
	}
	if u.PasswordHash, err = a.Passwords.Hash(ctx, n.Password, u.Name, u.Email); err != nil {
		return User{}, err
	}
	err = a.Store.Write(ctx, func(tx Tx) error { return putUser(tx, by, u, apps) })
	return u, err
}

// newUser reads who is to be added; they have no password yet.
func (a *Accounts) newUser(ctx context.Context, n NewUser) (User, []App, error) {
	var wrong invalidFields
	email := normalEmail(n.Email)
	if addr, err := mail.ParseAddress(email); err != nil || addr.Address != email || len(email) > maxEmailBytes {
		wrong.addf("email", "the e-mail address cannot be read")
	}
	if !n.Role.Valid() {
		wrong.addf("role", "the role must be one of %v", Roles())
	}
	name := strings.TrimSpace(n.Name)
	if name == "" {
		name, _, _ = strings.Cut(email, "@")
	}
	if !plainName(name) {
		wrong.addf("name", "a name has at most %d characters, all of them visible", maxNameRunes)
	}
	if err := wrong.err(); err != nil {
		return User{}, nil, err
	}
	var apps []App
	for _, appNamed := range n.Apps {
		app, err := a.App(ctx, appNamed)
		if err != nil {
			return User{}, nil, err
		}
		apps = append(apps, app)
	}
	return User{ID: a.NewID(), Email: email, Name: name, Role: n.Role, CreatedAt: a.now()}, apps, nil
}

// What is kept of a person's address and name at most.
const (
	maxEmailBytes = 254 // RFC 5321, section 4.5.3.1.3, without the brackets
	maxNameRunes  = 80
)

// plainName tells whether a name has something to see, and nothing that only hides.
func plainName(s string) bool {
	return utf8.ValidString(s) && utf8.RuneCountInString(s) <= maxNameRunes && !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) })
}

func putUser(tx Tx, by Actor, u User, apps []App) error {
	if err := tx.PutUser(u); err != nil {
		return err
	}
	names := make([]string, len(apps))
	for i, app := range apps {
		names[i] = app.Name
		if err := tx.PutMembership(u.ID, app.ID); err != nil {
			return err
		}
	}
	return tx.AppendEvent(event(u.CreatedAt, by, "user.added", u.ID, "", userDetail{Role: u.Role, Apps: names}))
}

type userDetail struct {
	Role Role     `json:"role"`
	Apps []string `json:"apps"`
}

// SetPassword gives a user a new password.
func (a *Accounts) SetPassword(ctx context.Context, by Actor, email, password string) error {
	u, err := a.Store.UserByEmail(ctx, normalEmail(email))
	if err != nil {
		return err
	}
	hash, err := a.Passwords.Hash(ctx, password, u.Name, u.Email)
	if err != nil {
		return err
	}
	now := a.now()
	return a.Store.Write(ctx, func(tx Tx) error {
		if err := tx.SetPassword(u.ID, hash); err != nil {
			return err
		}
		return tx.AppendEvent(event(now, by, "user.password_changed", u.ID, "", none{}))
	})
}

func (a *Accounts) journal(ctx context.Context, by Actor, action, object string, detail any) error {
	e := event(a.now(), by, action, object, "", detail)
	return a.Store.Write(ctx, func(tx Tx) error { return tx.AppendEvent(e) })
}

func normalEmail(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// SystemViewer sees every App: the command line, which whoever holds the data folder
// may use.
func (a *Accounts) SystemViewer(ctx context.Context, name string) (Viewer, error) {
	apps, err := a.Store.Apps(ctx)
	return Viewer{User: User{ID: name, Name: name, Role: RoleAdmin}, Apps: apps}, err
}
