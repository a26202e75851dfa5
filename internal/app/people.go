package app

import (
	"context"
	"strings"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/internal/secret"
)

// NewUser is a person to be added, in the command line's plain types.
type NewUser struct {
	Email, Name, Role string
	Apps              []string
	Password          string
}

// AddUser adds a person who can sign in.
func (c *Core) AddUser(ctx context.Context, n NewUser) (review.User, error) {
	return c.Accounts.AddUser(ctx, CLI, review.NewUser{
		Email: n.Email, Name: n.Name, Role: review.Role(n.Role), Apps: n.Apps, Password: n.Password,
	})
}

// AddKey makes an API key without an end; without scopes it has the usual ones.
func (c *Core) AddKey(ctx context.Context, appNamed string, scopes []string, signs bool) (string, error) {
	n := review.NewKey{App: appNamed, Scopes: review.UsualScopes(), Signs: signs}
	if len(scopes) > 0 {
		n.Scopes = nil
	}
	for _, s := range scopes {
		n.Scopes = append(n.Scopes, review.Scope(s))
	}
	key, err := c.Accounts.MintKey(ctx, CLI, n)
	return key.Secret, err
}

// KeyPrefix returns the prefix of an API key, or the text itself when it is a prefix
// already.
func KeyPrefix(keyOrPrefix string) string {
	k, err := secret.ParseAPIKey(keyOrPrefix)
	if err != nil {
		return strings.TrimSpace(keyOrPrefix)
	}
	return k.Prefix()
}

// FirstUse is what a new installation's owner needs to begin; it is shown once.
type FirstUse struct {
	Email, Password, App, Key string
}

// The names of a new installation's first admin and App.
const (
	firstAdminEmail = "admin@guardroom.local"
	DemoApp         = "demo"
)

// FirstAdmin makes the first admin, the App that a Sample is for and a key for it; nil when
// there are Apps already, so that it can be called at every start.
func (c *Core) FirstAdmin(ctx context.Context, sample *Sample) (*FirstUse, error) {
	apps, err := c.Store.Apps(ctx)
	if err != nil || len(apps) > 0 {
		return nil, err
	}
	password := newToken()[:20]
	_, err = c.AddUser(ctx, NewUser{Email: firstAdminEmail, Name: "Admin", Role: string(review.RoleAdmin), Password: password})
	if review.CodeOf(err) == review.CodeConflict { // an earlier start got no further than this
		err = c.Accounts.SetPassword(ctx, CLI, firstAdminEmail, password)
	}
	if err != nil {
		return nil, err
	}
	if err := sample.Open(ctx); err != nil {
		return nil, err
	}
	key, err := c.Accounts.AddKey(ctx, CLI, sample.App)
	if err != nil {
		return nil, err
	}
	return &FirstUse{Email: firstAdminEmail, Password: password, App: sample.App, Key: key}, nil
}
