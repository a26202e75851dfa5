package app

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/guardroom/guardroom/internal/behavior/simulation"
)

// Simulation says how much is simulated.
type Simulation = simulation.Options

// Simulate measures the detectors of conduct on made-up people and planted faults, and fails when a bar is missed.
func Simulate(ctx context.Context, o Simulation, out io.Writer) error {
	report, err := simulation.Run(ctx, o)
	if err != nil {
		return err
	}
	if err := report.WriteText(out); err != nil {
		return err
	}
	if missed := report.Missed(); len(missed) > 0 {
		return fmt.Errorf("bars are missed: %s", strings.Join(missed, "; "))
	}
	return nil
}
