package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/guardroom/guardroom/internal/demo"
	"github.com/guardroom/guardroom/internal/review"
)

// demoPeople are the simulated reviewers of sample traffic. They are real users with
// passwords that nobody knows. The last one leads.
var demoPeople = []struct {
	name, email string
	role        review.Role
	accuracy    float64
}{
	{"Maya Lindqvist", "maya.lindqvist@demo.guardroom.local", review.RoleAnalyst, 0.97},
	{"Joseph Okafor", "joseph.okafor@demo.guardroom.local", review.RoleAnalyst, 0.93},
	{"Hana Sato", "hana.sato@demo.guardroom.local", review.RoleAnalyst, 0.86},
	{"Ruth Adeyemi", "ruth.adeyemi@demo.guardroom.local", review.RoleLead, 0.98},
}

// Sample is the traffic of days that lie behind, and the clock by which it was played in.
type Sample struct {
	SampleOptions

	core  *Core
	clock *demo.Clock
}

// SampleOptions say what is played.
type SampleOptions struct {
	App          string
	Interactions int
	Seed         uint64
	Decided      float64 // of what came lately, how much is decided; the rest is for whoever tries the program out
}

// Sample begins the days of sample traffic: what it makes from now on, it makes at their times.
func (c *Core) Sample(o SampleOptions) (*Sample, error) {
	if o.Interactions < 1 {
		return nil, review.Errorf(review.CodeUnprocessable, "the number of interactions must be positive")
	}
	clock := demo.NewClock(c.clock, c.clock().Add(-demo.Reach))
	core, err := c.at(clock)
	return &Sample{SampleOptions: o, core: core, clock: clock}, err
}

// at returns the same Core by another clock. It shares everything with the first one, which is the one to be closed.
func (c *Core) at(clock *demo.Clock) (*Core, error) {
	newID := func() string { return newIDAt(clock.Now()) }
	services := c.Service.Deps
	services.Clock, services.NewID = clock.Now, newID
	accounts := c.Accounts.AccountDeps
	accounts.Clock, accounts.NewID = clock.Now, newID
	other := &Core{Store: c.Store, conduct: c.conduct, clock: clock.Now}
	var err error
	if other.Service, err = review.NewService(services); err != nil {
		return nil, err
	}
	other.Accounts, err = review.NewAccounts(accounts)
	return other, err
}

// Open makes the App, with a policy in which there is something to see everywhere. An App that exists stays as it is.
func (s *Sample) Open(ctx context.Context) error {
	_, err := s.core.Accounts.AddApp(ctx, CLI, s.App)
	if review.CodeOf(err) == review.CodeConflict {
		return nil
	}
	if err != nil {
		return err
	}
	people, err := s.people(ctx)
	if err != nil {
		return err
	}
	lead := people[len(people)-1].Viewer
	view, err := s.core.Service.PolicyOf(ctx, lead, s.App)
	if err != nil {
		return err
	}
	draft, err := s.core.Service.SaveDraft(ctx, lead, s.App, "", demoPolicy(view.Live))
	if err != nil {
		return err
	}
	_, err = s.core.Service.Activate(ctx, lead, review.ActivateCommand{
		App: s.App, Revision: draft.Revision, Live: view.Live.Version,
		Reason: "Sample settings: prices and a budget, two opinions now and then, more samples and more time, and blind review by chance alone.",
	})
	return err
}

// demoPolicy is what sample traffic is screened by. Blind review goes by chance alone: by severity, too, a queue that is
// ordered by severity would begin with nothing but hidden verdicts. Simulated people rest at night, so there is time.
func demoPolicy(p review.Policy) review.Policy {
	p.Blind = review.BlindRules{Share: 0.35}
	p.AuditRate = 0.1
	p.SecondOpinion.Share = 0.12
	p.DueMinutes = map[review.Severity]int{
		review.SeverityCritical: 60, review.SeverityHigh: 6 * 60, review.SeverityMedium: 18 * 60, review.SeverityLow: 2 * 24 * 60,
	}
	p.Budget.Monthly = 2
	p.Budget.Prices = []review.Price{
		{Model: "gpt-4o-mini*", Input: 0.15, Output: 0.6}, {Model: "gpt-4.1*", Input: 2, Output: 8}, {Model: "claude-sonnet-4*", Input: 3, Output: 15},
		{Model: "llama-3.3*", Input: 0.6, Output: 0.6}, {Model: "mistral-large*", Input: 2, Output: 6}, {Model: "in-house*", Input: 0.05, Output: 0.05},
	}
	return p
}

// Play plays the traffic in through the same use cases as real traffic, at its own times, and lets simulated people
// decide a share. It returns a sentence that says what was done.
func (s *Sample) Play(ctx context.Context) (string, error) {
	if err := s.Open(ctx); err != nil {
		return "", err
	}
	people, err := s.people(ctx)
	if err != nil {
		return "", err
	}
	defer s.clock.Release()
	player, err := s.player(ctx, people)
	if err != nil {
		return "", err
	}
	begin := time.Now()
	tally, err := player.Play(ctx, s.Interactions)
	if err := errors.Join(err, s.core.recordConduct(context.WithoutCancel(ctx))); err != nil {
		return "", err
	}
	return fmt.Sprintf("Played %d interactions in, within %.1f s: %d allowed, %d flagged, %d blocked; %d interventions proposed; %d decisions of simulated people, %d items left to you.",
		tally.Submitted, time.Since(begin).Seconds(), tally.Verdicts[review.VerdictAllow], tally.Verdicts[review.VerdictFlag], tally.Verdicts[review.VerdictBlock],
		tally.Interventions, tally.Decided, tally.Left), nil
}

func (s *Sample) player(ctx context.Context, people []demo.Analyst) (*demo.Player, error) {
	app, err := s.core.Accounts.App(ctx, s.App)
	if err != nil {
		return nil, err
	}
	policy, err := s.core.Store.ActivePolicy(ctx, app.ID)
	if err != nil {
		return nil, err
	}
	generator, err := demo.New(demo.Options{Seed: s.Seed, Now: time.Now(), Interactions: s.Interactions})
	if err != nil {
		return nil, err
	}
	last := len(people) - 1
	return demo.NewPlayer(demo.Play{
		Service: s.core.Service, Generator: generator, Caller: review.Caller{App: app, PolicyVersion: policy.Version}, Policy: policy,
		Analysts: people[:last], Lead: &people[last], Decided: s.Decided, Seed: s.Seed, Clock: s.clock,
	})
}

// people are the simulated reviewers, who are added when they are missing.
func (s *Sample) people(ctx context.Context) ([]demo.Analyst, error) {
	app, err := s.core.Accounts.App(ctx, s.App)
	if err != nil {
		return nil, err
	}
	var people []demo.Analyst
	for _, p := range demoPeople {
		user, err := s.core.Store.UserByEmail(ctx, p.email)
		if review.CodeOf(err) == review.CodeNotFound {
			user, err = s.core.AddUser(ctx, NewUser{Email: p.email, Name: p.name, Role: string(p.role), Apps: []string{app.Name}, Password: newToken()})
		}
		if err != nil {
			return nil, err
		}
		people = append(people, demo.Analyst{Viewer: review.Viewer{User: user, Apps: []review.App{app}}, Accuracy: p.accuracy})
	}
	return people, nil
}
