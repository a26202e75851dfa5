package main

import (
	"context"

	"github.com/guardroom/guardroom/internal/app"
	"github.com/guardroom/guardroom/internal/config"
)

type healthCommand struct {
	config.Listen `embed:"" group:"Server"`
}

func (c healthCommand) Run(ctx context.Context) error { return app.Healthy(ctx, c.Listen) }
