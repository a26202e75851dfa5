package main

import (
	"context"
	"errors"

	"github.com/guardroom/guardroom/internal/app"
	"github.com/guardroom/guardroom/internal/config"
)

// withTextKeys opens the keys of texts for one command.
func withTextKeys(ctx context.Context, storage config.Storage, do func(*app.TextKeys) error) (err error) {
	keys, err := app.OpenTextKeys(ctx, storage)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, keys.Close()) }()
	return do(keys)
}

type keysStatusCommand struct{ dataCommand }

func (c keysStatusCommand) Run(ctx context.Context, io streams) error {
	return withTextKeys(ctx, c.Storage, func(keys *app.TextKeys) error { return keys.Status(ctx, io.Out) })
}

type keysAddCommand struct{ dataCommand }

func (c keysAddCommand) Run(ctx context.Context, io streams) error {
	return withTextKeys(ctx, c.Storage, func(keys *app.TextKeys) error { return keys.Add(ctx, io.Out, io.Err) })
}

type keysRotateCommand struct{ dataCommand }

func (c keysRotateCommand) Run(ctx context.Context, io streams) error {
	return withTextKeys(ctx, c.Storage, func(keys *app.TextKeys) error { return keys.Rotate(ctx, io.Out, io.Err) })
}
