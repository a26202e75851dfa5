package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/guardroom/guardroom/internal/app"
)

type evalCommand struct {
	Family string `required:"" enum:"injection,bias,pii,moderation,grounding" help:"What the rows are labelled for: injection, bias, pii, moderation or grounding."`
	Data   string `required:"" type:"existingfile" placeholder:"FILE" help:"JSON Lines with text and label (1: what the family looks for); also source, spans in code points (pii), context, question and response (grounding)."`
	By     string `enum:"source," default:"" placeholder:"source" help:"source adds how often each source is flagged."`
	JSON   bool   `name:"json" help:"Write one JSON object instead of tables."`
	HTML   string `name:"html" placeholder:"FILE" help:"Also write a page with the ROC curve and a bar for each source."`
}

func (c evalCommand) Run(ctx context.Context, io streams) (err error) {
	scanner, err := app.NewScanner()
	if err != nil {
		return err
	}
	data, err := os.Open(c.Data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, data.Close()) }()
	report, err := scanner.Evaluate(ctx, c.Family, data)
	if err != nil {
		return err
	}
	if c.HTML != "" {
		if err := writePage(c.HTML, report); err != nil {
			return fmt.Errorf("the page could not be written: %w", err)
		}
	}
	if c.JSON {
		return report.WriteJSON(io.Out)
	}
	return report.WriteText(io.Out, c.By == "source")
}

func writePage(path string, report app.EvalReport) error {
	page, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(report.WriteHTML(page), page.Close())
}

type trainCommand struct {
	Model    string `enum:"injection.model,bias.leading_prompt,input.gibberish,output.grounding,toxicity.local" default:"injection.model" help:"The detector whose model is trained: ${enum}."`
	Family   string `enum:"injection,bias," default:"" help:"Instead of --model: injection means injection.model, bias means bias.leading_prompt."`
	Data     string `required:"" type:"existingdir" placeholder:"DIR" help:"The folder of the development data."`
	Out      string `default:"weights.bin" placeholder:"FILE" help:"Where the weights go; each model has a folder below internal from which they are built into the binary."`
	Risk     string `default:"risk.json" placeholder:"FILE" help:"Where goes how findings add up to a risk (injection.model); it is built into the binary from internal/review/risk.json."`
	Seed     uint64 `default:"1" help:"The seed of the texts that the grammar writes; the shipped weights have 1. Only injection.model needs it."`
	Validate bool   `help:"Also measure with one source at a time held out, and with harmless texts held out by near-duplicates only (injection.model)."`
}

func (c trainCommand) Run(ctx context.Context, io streams) error {
	model := c.Model
	switch c.Family {
	case "injection":
		model = "injection.model"
	case "bias":
		model = "bias.leading_prompt"
	}
	return app.Train(ctx, app.Training{Model: model, Data: c.Data, Out: c.Out, Risk: c.Risk, Seed: c.Seed, Validate: c.Validate}, io.Err)
}

type simulateCommand struct {
	Seed   uint64 `default:"1" help:"The seed: the same one gives the same table."`
	Users  int    `default:"2000" help:"Ordinary users, spread over nine Apps."`
	Days   int    `default:"28" help:"How long they are watched."`
	Trials int    `default:"100" help:"How often each fault is planted, in an App of its own."`
}

func (c simulateCommand) Run(ctx context.Context, io streams) error {
	return app.Simulate(ctx, app.Simulation{Seed: c.Seed, Users: c.Users, Days: c.Days, Trials: c.Trials}, io.Out)
}
