package app

import (
	"context"
	"errors"
	"io"
	"strings"

	"github.com/guardroom/guardroom/internal/export"
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

// KeyPrefix returns the prefix of an API key, or the text itself when it is a prefix
// already.
func KeyPrefix(keyOrPrefix string) string {
	k, err := secret.ParseAPIKey(keyOrPrefix)
	if err != nil {
		return strings.TrimSpace(keyOrPrefix)
	}
	return k.Prefix()
}

// ExportDecisions writes every Decision, or those of one App, as csv or jsonl, and
// notes in the audit chain that it was done.
func (c *Core) ExportDecisions(ctx context.Context, out io.Writer, format, appName string) error {
	viewer, err := c.Accounts.SystemViewer(ctx, CLI.ID)
	if err != nil {
		return err
	}
	if appName != "" && !viewer.HasApp(appName) {
		return review.Errorf(review.CodeNotFound, "there is no App named %q", appName)
	}
	rows, err := c.Service.Decisions(ctx, viewer, review.Filter{App: appName})
	if err != nil {
		return err
	}
	write := export.CSV
	if format == "jsonl" {
		write = export.JSONL
	}
	n, err := write(out, rows)
	return errors.Join(err, c.Service.RecordExport(ctx, CLI, n, format))
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

// FirstAdmin makes the first admin, the demo App and a key for it; nil when there are
// Apps already, so that it can be called at every start.
func (c *Core) FirstAdmin(ctx context.Context) (*FirstUse, error) {
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
	if _, err := c.Accounts.AddApp(ctx, CLI, DemoApp); err != nil {
		return nil, err
	}
	key, err := c.Accounts.AddKey(ctx, CLI, DemoApp)
	if err != nil {
		return nil, err
	}
	return &FirstUse{Email: firstAdminEmail, Password: password, App: DemoApp, Key: key}, nil
}
