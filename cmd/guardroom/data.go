package main

import (
	"context"
	"fmt"

	"github.com/guardroom/guardroom/internal/app"
	"github.com/guardroom/guardroom/internal/config"
)

type exportDecisionsCommand struct {
	dataCommand
	Format string `enum:"csv,jsonl" default:"csv" help:"csv (RFC 4180) or jsonl (JSON Lines)."`
	App    string `placeholder:"NAME" help:"Only this App's."`
	manifestFlag
}

type manifestFlag struct {
	Manifest string `type:"path" placeholder:"FILE" help:"Write the signed manifest of the export into this new file; 'export manifest' prints it later, too."`
}

// keep writes the manifest where it is wanted, and says which export it was.
func (f manifestFlag) keep(io streams, m app.Manifest, err error) error {
	if err != nil {
		return err
	}
	if f.Manifest != "" {
		return app.WriteManifest(f.Manifest, m)
	}
	_, err = fmt.Fprintf(io.Err, "export %s: %d rows, sha256 %s\n", m.Export, m.Rows, m.SHA256)
	return err
}

func (c exportDecisionsCommand) Run(ctx context.Context, io streams) error {
	return withCore(ctx, c.Storage, func(core *app.Core) error {
		m, err := core.ExportDecisions(ctx, io.Out, c.Format, c.App)
		return c.keep(io, m, err)
	})
}

type exportManifestCommand struct {
	dataCommand
	ID string `arg:"" help:"The id of the export."`
}

func (c exportManifestCommand) Run(ctx context.Context, io streams) error {
	return withCore(ctx, c.Storage, func(core *app.Core) error {
		text, err := core.ExportManifest(ctx, c.ID)
		if err != nil {
			return err
		}
		_, err = io.Out.Write(text)
		return err
	})
}

type exportVerifyCommand struct {
	dataCommand
	File      string `arg:"" type:"path" help:"What was exported."`
	Manifest  string `arg:"" type:"path" help:"Its manifest."`
	PublicKey string `name:"public-key" placeholder:"KEY" help:"The key, in base64, that must have signed it; the data folder's own when not given."`
}

func (c exportVerifyCommand) Run(ctx context.Context, io streams) error {
	if c.PublicKey != "" {
		key, err := app.PublicKey(c.PublicKey)
		if err != nil {
			return err
		}
		return app.CheckExport(io.Out, c.File, c.Manifest, key)
	}
	return withCore(ctx, c.Storage, func(core *app.Core) error {
		key, err := core.ExportKey()
		if err != nil {
			return err
		}
		return app.CheckExport(io.Out, c.File, c.Manifest, key)
	})
}

type exportWhoseCommand struct {
	dataCommand
	File string `arg:"" type:"path" help:"An exported file, or some lines of one."`
}

func (c exportWhoseCommand) Run(ctx context.Context, io streams) error {
	return withCore(ctx, c.Storage, func(core *app.Core) error { return core.Whose(ctx, io.Out, c.File) })
}

type scanCommand struct{}

func (scanCommand) Run(ctx context.Context, io streams) error {
	scanner, err := app.NewScanner()
	if err != nil {
		return err
	}
	return scanner.Scan(ctx, io.In, io.Out)
}

type demoCommand struct {
	dataCommand
	App          string  `default:"demo" placeholder:"NAME" help:"The App to play for; it is added when there is none of that name."`
	Interactions int     `default:"2000" help:"How many Interactions."`
	Seed         uint64  `default:"1" help:"The same seed plays the same traffic."`
	Decided      float64 `default:"0.15" help:"How much of what came within the last hour simulated people have decided, from 0 to 1; the older it is the more, and of what is older than two days nearly all. 0 leaves everything open."`
}

func (c demoCommand) Run(ctx context.Context, io streams) error {
	return withCore(ctx, c.Storage, func(core *app.Core) error {
		sample, err := core.Sample(app.SampleOptions{App: c.App, Interactions: c.Interactions, Seed: c.Seed, Decided: c.Decided})
		if err != nil {
			return err
		}
		return play(ctx, sample, io)
	})
}

func play(ctx context.Context, sample *app.Sample, io streams) error {
	report, err := sample.Play(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintln(io.Err, report)
	return nil
}

// sampleDecided is how much of what came last is decided when somebody begins to look around.
const sampleDecided = 0.15

type quickstartCommand struct {
	config.Config `embed:""`
	Interactions  int    `default:"2000" help:"How many Interactions of sample traffic an empty data folder gets."`
	Seed          uint64 `default:"1" help:"The seed of the sample traffic."`
}

func (c quickstartCommand) Run(ctx context.Context, io streams) error {
	err := withCore(ctx, c.Storage, func(core *app.Core) error {
		sample, err := core.Sample(app.SampleOptions{App: app.DemoApp, Interactions: c.Interactions, Seed: c.Seed, Decided: sampleDecided})
		if err != nil {
			return err
		}
		first, err := core.FirstAdmin(ctx, sample)
		if err != nil || first == nil {
			return err
		}
		fmt.Fprintf(io.Err, "\n  Sign in as  %s\n  Password    %s\n  API key     %s  (App %s)\n  Keep them: they are shown this once.\n\n",
			first.Email, first.Password, first.Key, first.App)
		return play(ctx, sample, io)
	})
	if err != nil {
		return err
	}
	return serve(ctx, c.Config, io)
}
