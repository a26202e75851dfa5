package main

import (
	"context"
	"fmt"

	"github.com/guardroom/guardroom/internal/app"
	"github.com/guardroom/guardroom/internal/config"
)

type approveWaitCommand struct {
	Action    string        `arg:"" help:"What is to be done, such as deploy."`
	Arguments string        `placeholder:"JSON" help:"With what, as JSON or as a text."`
	Reason    string        `help:"Why, for the person who decides."`
	User      string        `placeholder:"ID" help:"The end user on whose behalf."`
	URL       string        `name:"url" default:"http://127.0.0.1:8080" env:"GUARDROOM_URL" help:"The server."`
	Key       config.Secret `placeholder:"KEY" env:"GUARDROOM_KEY" help:"The App's key. As a variable it shows in no list of processes."`
}

// Run ends with 0 when it may be done, with 6 when it may not, and otherwise as commands do.
func (c approveWaitCommand) Run(ctx context.Context, io streams) error {
	state, err := app.AskAndWait(ctx, app.Asking{
		URL: c.URL, Key: c.Key.Reveal(), Action: c.Action, Arguments: c.Arguments, Reason: c.Reason, UserID: c.User,
	}, func(itemURL string) { fmt.Fprintf(io.Err, "Waiting for a person: %s\n", itemURL) })
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(io.Out, state)
	return err
}
