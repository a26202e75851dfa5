package simulation

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/guardroom/guardroom/internal/behavior"
	"github.com/guardroom/guardroom/internal/review"
)

// Options say how much is simulated.
type Options struct {
	Seed   uint64
	Users  int // ordinary ones
	Days   int // that each of them is watched
	Trials int // of each fault
}

// guardDetector stands for the guard: what it finds in prompts.
const guardDetector = "injection.override"

// specs are those of conduct and of the guard's stand-in.
func policy(t *behavior.Tracker) review.Policy {
	return review.DefaultPolicy(append(t.Specs(), review.DetectorSpec{
		ID: guardDetector, Category: review.CategoryInjection, Default: review.Rule{Mode: review.ModeEnforce, Flag: 0.5},
	}))
}

// watcher is a Tracker with the policy that it works for.
type watcher struct {
	tracker *behavior.Tracker
	policy  review.Policy
}

func newWatcher() (watcher, error) {
	t, err := behavior.New(behavior.DefaultLimits())
	if err != nil {
		return watcher{}, err
	}
	return watcher{t, policy(t)}, nil
}

func (w watcher) observe(a act) []review.Finding {
	var found []review.Finding
	if a.flagged {
		found = []review.Finding{{Detector: guardDetector, Category: review.CategoryInjection, Confidence: 0.9}}
	}
	return w.tracker.Observe(a.in, found, w.policy)
}

// Run simulates ordinary people first, each App for itself, and then plants each fault Trials times, in a world of its own
// each time. It uses every processor.
func Run(ctx context.Context, o Options) (Report, error) {
	if o.Users < len(appShares) || o.Days < 1 || o.Trials < 1 {
		return Report{}, fmt.Errorf("simulation: at least %d users, 1 day and 1 trial", len(appShares))
	}
	return run(ctx, o, faults)
}

func run(ctx context.Context, o Options, faults []fault) (Report, error) {
	report := Report{Options: o, Faults: make([]FaultResult, len(faults))}
	var jobs []func() error
	calm := make([]calmResult, len(appShares))
	for i, share := range appShares {
		jobs = append(jobs, func() (err error) {
			calm[i], err = runCalm(ctx, max(1, int(share*float64(o.Users))), o.Days, rand.New(rand.NewPCG(o.Seed, uint64(i))))
			return err
		})
	}
	for i := range faults {
		report.Faults[i] = FaultResult{fault: &faults[i], Trials: make([]Trial, o.Trials)}
		for n := range o.Trials {
			jobs = append(jobs, func() (err error) {
				random := rand.New(rand.NewPCG(o.Seed, uint64(1000*(i+1)+n)))
				report.Faults[i].Trials[n], err = runFault(ctx, &faults[i], random)
				return err
			})
		}
	}
	if err := inParallel(jobs); err != nil {
		return Report{}, err
	}
	report.addCalm(calm)
	return report, nil
}

func inParallel(jobs []func() error) error {
	next := make(chan func() error)
	var mu sync.Mutex
	var failed error
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for job := range next {
				if err := job(); err != nil {
					mu.Lock()
					failed = errors.Join(failed, err)
					mu.Unlock()
				}
			}
		})
	}
	for _, job := range jobs {
		next <- job
	}
	close(next)
	workers.Wait()
	return failed
}

// appShares is how the ordinary users are spread over Apps: one large one and many small ones.
var appShares = []float64{0.4, 0.2, 0.15, 0.1, 0.05, 0.04, 0.03, 0.02, 0.01}

// calmResult is what was said of ordinary people.
type calmResult struct {
	users, days, acts int
	episodes          map[episode]bool // and whether the default policy would have acted
	swept             map[string]bool  // users whom extraction.systematic would flag
}

// episode is an alarm about one user, or about their App, within one hour, however many Interactions it is told with.
type episode struct {
	detector, subject string
	hour              int64
}

func runCalm(ctx context.Context, users, days int, r *rand.Rand) (calmResult, error) {
	w, err := newWatcher()
	if err != nil {
		return calmResult{}, err
	}
	out := calmResult{users: users, days: days, episodes: map[episode]bool{}, swept: map[string]bool{}}
	clients := newCrowd(users, r, r.IntN(2) == 0).with(r)
	for d := range days {
		if ctx.Err() != nil {
			return out, ctx.Err()
		}
		for _, a := range dayOf(clients, monday.AddDate(0, 0, d)) {
			out.acts++
			for _, f := range w.observe(a) {
				out.add(a, f, w.policy)
			}
		}
	}
	return out, nil
}

func (c *calmResult) add(a act, f review.Finding, p review.Policy) {
	e := episode{f.Detector, a.in.UserID, a.in.OccurredAt.Unix() / 3600}
	if ofApp(f) {
		e.subject = ""
	}
	acts := p.VerdictOn(f) > review.VerdictAllow
	c.episodes[e] = c.episodes[e] || acts
	if f.Detector == sweepID && f.Confidence >= sweepFlag {
		c.swept[a.in.UserID] = true
	}
}

// ofApp tells a Finding about a whole App, which comes with whoever's Interaction is next.
func ofApp(f review.Finding) bool { return strings.HasPrefix(f.Message, "This App") }

// sweepFlag is the score from which extraction.systematic counts as having flagged somebody.
const sweepFlag = 0.9

// Trial is one planted fault.
type Trial struct {
	Found    bool
	After    time.Duration // from the first planted Interaction to the one that it was found with
	Requests int           // planted ones, the last included
	Detector string
}

func runFault(ctx context.Context, f *fault, r *rand.Rand) (Trial, error) {
	if ctx.Err() != nil {
		return Trial{}, ctx.Err()
	}
	w, err := newWatcher()
	if err != nil {
		return Trial{}, err
	}
	first := r.IntN(3)
	world := &world{random: r, crowd: newCrowd(f.people, r, f.tools || r.IntN(2) == 0)}
	for d := range f.days {
		for _, a := range dayOf(world.crowd.clients(), monday.AddDate(0, 0, first+d)) {
			w.observe(a)
		}
	}
	today := nextWorkingDay(monday.AddDate(0, 0, first+f.days))
	start := today.Add(time.Duration((10 + 6*r.Float64()) * float64(time.Hour)))
	all := dayOf(world.crowd.clients(), today)
	world.before = slices.DeleteFunc(slices.Clone(all), func(a act) bool { return !a.in.OccurredAt.Before(start) })
	world.after = slices.DeleteFunc(all, func(a act) bool { return a.in.OccurredAt.Before(start) || a.in.OccurredAt.After(start.Add(time.Hour)) })
	bad := f.plant(world, start)
	if len(bad) == 0 {
		return Trial{}, errors.New("simulation: nothing was planted")
	}
	inOrder(world.before)
	for _, a := range world.before {
		w.observe(a)
	}
	mixed := append(slices.Clone(world.after), bad...)
	inOrder(mixed)
	return w.look(f, mixed, bad[0].in.OccurredAt), nil
}

// nextWorkingDay is the day itself, or the Monday after.
func nextWorkingDay(day time.Time) time.Time {
	for day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
		day = day.AddDate(0, 0, 1)
	}
	return day
}

// look plays the fault among what else goes on until it is found, or over.
func (w watcher) look(f *fault, all []act, start time.Time) Trial {
	var t Trial
	for _, a := range all {
		findings := w.observe(a)
		if a.planted {
			t.Requests++
		}
		for _, found := range findings {
			if f.counts(found) && (a.planted || ofApp(found)) {
				return Trial{Found: true, After: a.in.OccurredAt.Sub(start), Requests: t.Requests, Detector: found.Detector}
			}
		}
	}
	return t
}

func (f *fault) counts(found review.Finding) bool {
	if found.Detector == sweepID && found.Confidence < sweepFlag {
		return false
	}
	return len(f.found) == 0 || slices.Contains(f.found, found.Detector)
}
