package main

import (
	"context"
	"fmt"

	"github.com/guardroom/guardroom/internal/app"
	"github.com/guardroom/guardroom/internal/config"
)

type serveCommand struct {
	config.Config `embed:""`
}

func (c serveCommand) Run(ctx context.Context, io streams) error {
	return serve(ctx, c.Config, io)
}

func serve(ctx context.Context, cfg config.Config, io streams) error {
	return app.Serve(ctx, cfg, app.NewLogger(io.Err, cfg.LogLevel), func(url string) {
		fmt.Fprintf(io.Err, "Guardroom is ready at %s\n", url)
	})
}

type migrateCommand struct {
	dataCommand
}

func (c migrateCommand) Run(ctx context.Context, io streams) error {
	version, err := app.Migrate(ctx, c.Storage)
	if err != nil {
		return err
	}
	fmt.Fprintf(io.Err, "The database is at version %d.\n", version)
	return nil
}

type versionCommand struct{}

func (versionCommand) Run(io streams) error {
	_, err := fmt.Fprintln(io.Out, app.Version())
	return err
}
