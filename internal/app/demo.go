package app

import (
	"context"
	"fmt"
	"time"

	"github.com/guardroom/guardroom/internal/demo"
	"github.com/guardroom/guardroom/internal/review"
)

// demoAnalysts are the simulated reviewers of sample traffic. They are real users with
// passwords that nobody knows.
var demoAnalysts = []struct {
	name, email string
	accuracy    float64
}{
	{"Maya Lindqvist", "maya.lindqvist@demo.guardroom.local", 0.97},
	{"Joseph Okafor", "joseph.okafor@demo.guardroom.local", 0.93},
	{"Hana Sato", "hana.sato@demo.guardroom.local", 0.86},
}

// demoDecided is the share of the queue that they decide; the rest is for whoever tries
// the program out.
const demoDecided = 0.6

// Demo plays sample traffic in through the same service as real traffic, under an App
// that it makes when there is none of that name, and lets simulated analysts decide a
// share. It returns a sentence that says what was done.
func (c *Core) Demo(ctx context.Context, appName string, interactions int, seed uint64) (string, error) {
	if interactions < 1 {
		return "", review.Errorf(review.CodeUnprocessable, "the number of interactions must be positive")
	}
	caller, policy, err := c.demoCaller(ctx, appName)
	if err != nil {
		return "", err
	}
	analysts, err := c.demoAnalysts(ctx, caller.App)
	if err != nil {
		return "", err
	}
	generator, err := demo.New(demo.Options{Seed: seed, Now: time.Now(), Interactions: interactions})
	if err != nil {
		return "", err
	}
	player, err := demo.NewPlayer(demo.Play{
		Service: c.Service, Generator: generator, Caller: caller, Policy: policy,
		Analysts: analysts, Decided: demoDecided, Seed: seed,
	})
	if err != nil {
		return "", err
	}
	begin := time.Now()
	tally, err := player.Play(ctx, interactions)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("Played %d interactions in, within %.1f s: %d allowed, %d flagged, %d blocked; %d interventions proposed; %d items decided by simulated analysts.",
		tally.Submitted, time.Since(begin).Seconds(), tally.Verdicts[review.VerdictAllow], tally.Verdicts[review.VerdictFlag], tally.Verdicts[review.VerdictBlock],
		tally.Interventions, tally.Decided), nil
}

// demoCaller is the App as if it had shown a key.
func (c *Core) demoCaller(ctx context.Context, appName string) (review.Caller, review.Policy, error) {
	_, err := c.Accounts.AddApp(ctx, CLI, appName)
	if err != nil && review.CodeOf(err) != review.CodeConflict {
		return review.Caller{}, review.Policy{}, err
	}
	app, err := c.Accounts.App(ctx, appName)
	if err != nil {
		return review.Caller{}, review.Policy{}, err
	}
	policy, err := c.Store.ActivePolicy(ctx, app.ID)
	return review.Caller{App: app, PolicyVersion: policy.Version}, policy, err
}

func (c *Core) demoAnalysts(ctx context.Context, app review.App) ([]demo.Analyst, error) {
	var analysts []demo.Analyst
	for _, a := range demoAnalysts {
		_, err := c.AddUser(ctx, NewUser{
			Email: a.email, Name: a.name, Role: string(review.RoleAnalyst), Apps: []string{app.Name}, Password: newToken(),
		})
		if err != nil && review.CodeOf(err) != review.CodeConflict {
			return nil, err
		}
		user, err := c.Store.UserByEmail(ctx, a.email)
		if err != nil {
			return nil, err
		}
		analysts = append(analysts, demo.Analyst{Viewer: review.Viewer{User: user, Apps: []review.App{app}}, Accuracy: a.accuracy})
	}
	return analysts, nil
}
