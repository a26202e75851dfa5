package app

import (
	"context"
	"errors"
	"time"

	"github.com/guardroom/guardroom/internal/bias/experiment"
)

// watchEvery is how often running experiments are looked at; being valid under peeking, they may be.
const watchEvery = time.Minute

// watchExperiments stops every arm that was shown to harm. An experiment whose arms are not filled as drawn shows nothing,
// harm neither.
func (c *Core) watchExperiments(ctx context.Context) error {
	running, err := c.Service.RunningExperiments(ctx)
	if err != nil {
		return err
	}
	var errs []error
	for _, e := range running {
		report := experiment.Of(e)
		if report.Broken() {
			continue
		}
		for _, h := range report.Harms {
			errs = append(errs, c.Service.StopArm(ctx, e.ID, h.Arm, h.Why()))
		}
	}
	return errors.Join(errs...)
}
