package main

import (
	"context"
	"errors"
	"fmt"
	stdio "io"
	"strings"

	"github.com/guardroom/guardroom/internal/app"
	"github.com/guardroom/guardroom/internal/config"
)

// withCore opens the data folder for one command.
func withCore(ctx context.Context, storage config.Storage, do func(*app.Core) error) (err error) {
	core, err := app.Open(ctx, storage)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, core.Close()) }()
	return do(core)
}

type appAddCommand struct {
	dataCommand
	Name string `arg:"" help:"The App's name: 1 to 64 of a–z, 0–9 and inner hyphens."`
}

func (c appAddCommand) Run(ctx context.Context, io streams) error {
	return withCore(ctx, c.Storage, func(core *app.Core) error {
		added, err := core.Accounts.AddApp(ctx, app.CLI, c.Name)
		if err != nil {
			return err
		}
		fmt.Fprintf(io.Err, "App %s is added. guardroom key add --app %s makes a key for it.\n", added.Name, added.Name)
		return nil
	})
}

type appOriginsCommand struct {
	dataCommand
	Name   string   `arg:"" help:"The App's name."`
	Allow  []string `sep:"none" placeholder:"ORIGIN" help:"Let pages of this origin call, such as https://app.example.org; repeat for more."`
	Forbid []string `sep:"none" placeholder:"ORIGIN" help:"Let them no longer; repeat for more."`
}

func (c appOriginsCommand) Run(ctx context.Context, io streams) error {
	return withCore(ctx, c.Storage, func(core *app.Core) error {
		origins, err := core.Accounts.ChangeOrigins(ctx, app.CLI, c.Name, c.Allow, c.Forbid)
		for _, o := range origins {
			if err == nil {
				_, err = fmt.Fprintln(io.Out, o)
			}
		}
		return err
	})
}

type keyAddCommand struct {
	dataCommand
	App    string   `required:"" placeholder:"NAME" help:"The App that the key opens."`
	Scope  []string `placeholder:"SCOPE" help:"What the key opens: submit, read, model, approve, webhook, erase; repeat for more. All but erase when none is given."`
	Signed bool     `help:"A key that signs requests (RFC 9421) and is never sent itself: docs/api.md, Keys that sign."`
}

func (c keyAddCommand) Run(ctx context.Context, io streams) error {
	return withCore(ctx, c.Storage, func(core *app.Core) error {
		key, err := core.AddKey(ctx, c.App, c.Scope, c.Signed)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(io.Out, key)
		return err
	})
}

type keyRevokeCommand struct {
	dataCommand
	Key string `arg:"" help:"The key, or its prefix as lists show it."`
}

func (c keyRevokeCommand) Run(ctx context.Context, io streams) error {
	return withCore(ctx, c.Storage, func(core *app.Core) error {
		prefix := app.KeyPrefix(c.Key)
		if err := core.Accounts.RevokeKey(ctx, app.CLI, prefix); err != nil {
			return err
		}
		fmt.Fprintf(io.Err, "Key %s is revoked.\n", prefix)
		return nil
	})
}

type userAddCommand struct {
	dataCommand
	Email         string   `required:"" help:"The address to sign in with."`
	Name          string   `help:"The name that colleagues see; the part of the address before the @ when not given."`
	Role          string   `required:"" enum:"viewer,analyst,lead,auditor,admin" help:"viewer, analyst, lead, auditor or admin."`
	App           []string `placeholder:"NAME" help:"An App that the person may see; repeat for more. Auditors and admins see all."`
	PasswordStdin bool     `name:"password-stdin" required:"" help:"Read the password from standard input, so that it stands in no process list."`
}

func (c userAddCommand) Run(ctx context.Context, io streams) error {
	password, err := readPassword(io.In)
	if err != nil {
		return err
	}
	return withCore(ctx, c.Storage, func(core *app.Core) error {
		user, err := core.AddUser(ctx, app.NewUser{Email: c.Email, Name: c.Name, Role: c.Role, Apps: c.App, Password: password})
		if err != nil {
			return err
		}
		fmt.Fprintf(io.Err, "%s can sign in as %s.\n", user.Email, user.Role)
		return nil
	})
}

type userPasswdCommand struct {
	dataCommand
	Email         string `required:"" help:"Whose password."`
	PasswordStdin bool   `name:"password-stdin" required:"" help:"Read the password from standard input."`
}

func (c userPasswdCommand) Run(ctx context.Context, io streams) error {
	password, err := readPassword(io.In)
	if err != nil {
		return err
	}
	return withCore(ctx, c.Storage, func(core *app.Core) error {
		return core.Accounts.SetPassword(ctx, app.CLI, c.Email, password)
	})
}

type userResetFactorsCommand struct {
	dataCommand
	Email string `required:"" help:"Whose second factor."`
}

func (c userResetFactorsCommand) Run(ctx context.Context, io streams) error {
	return withCore(ctx, c.Storage, func(core *app.Core) error {
		if err := core.Accounts.ResetFactorsOf(ctx, app.CLI, c.Email); err != nil {
			return err
		}
		fmt.Fprintf(io.Err, "%s signs in by password alone again.\n", c.Email)
		return nil
	})
}

// maxPasswordInput bounds what is read as a password, in bytes.
const maxPasswordInput = 4096

// readPassword reads the first line, without its end.
func readPassword(in stdio.Reader) (string, error) {
	b, err := stdio.ReadAll(stdio.LimitReader(in, maxPasswordInput))
	if err != nil {
		return "", fmt.Errorf("the password could not be read: %w", err)
	}
	line, _, _ := strings.Cut(string(b), "\n")
	return strings.TrimSuffix(line, "\r"), nil
}
