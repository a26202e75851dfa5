package review

import (
	"context"
	"slices"
	"time"
)

// InsightWindow is how far back the pages about work look; ChartWindow how much of it charts show by the hour.
const (
	InsightWindow = 30 * 24 * time.Hour
	ChartWindow   = 7 * 24 * time.Hour
)

// HourTally counts what came and what was decided within an hour.
type HourTally struct {
	Hour    time.Time // its start, UTC
	Arrived int
	Decided int

	Stopped    int // approved or blocked after the guard had flagged or blocked
	Overturned int // and approved
}

// WorkTally counts what one person did within an hour. Decisions that they took back are work, too.
type WorkTally struct {
	UserID    string
	UserName  string
	Hour      time.Time
	Decisions int
	Timed     int           // of which it is known how long was looked
	Focused   time.Duration // of the timed ones together
}

// Telling is a Decision that says something about whoever made it: one of two independent ones, one that was made blind
// first, or one on a control.
type Telling struct {
	UserID   string
	ItemID   string
	At       time.Time
	Opinion  int // 1 or 2; 0 for none
	Blind    *Judgement
	Final    Judgement
	Guard    Verdict
	Risk     float64
	Gold     *Judgement // of a control
	Sampling string
	Undone   bool

	Confidence *float64 // in [0,1], if one was given
}

// TellingLimit is how many of them are read at most, the newest.
const TellingLimit = 5000

// DetectorDay is in how many Interactions of a day a Detector found something.
type DetectorDay struct {
	Day          time.Time // its start, UTC
	Detector     string
	Interactions int
}

// Step is one Decision in the row of somebody's. What was decided at once with others is no step.
type Step struct {
	UserID string
	At     time.Time
	Final  Judgement
	Risk   float64
	Gold   *Judgement // of a control
}

// StepLimit is how many of them are read at most, the newest.
const StepLimit = 5000

// Backlog is what waits.
type Backlog struct {
	Waiting int
	Since   time.Time              // creation of the oldest open Item of any kind; zero when none is open
	Oldest  map[Severity]time.Time // the same by severity; without those of which none is open
	DueSoon int                    // open Items that are overdue, or due within a day; DueLimit at most
	Overdue int                    // among them, already; DueLimit at most
}

// DueLimit is how far due Items are counted.
const DueLimit = 10_000

// Overview is what a lead sees of their Apps.
type Overview struct {
	Backlog Backlog
	Hours   []HourTally // of the InsightWindow, without hours in which nothing happened
	Work    []WorkTally // of the InsightWindow
	Telling []Telling
	Steps   []Step          // the newest
	Tallies []DetectorTally // of the last seven days, over the Apps
	Found   []DetectorDay   // of the InsightWindow, oldest first
	Screens []Screened      // of the InsightWindow, oldest first
	Since   time.Time
}

// Overview returns what there is to see of the viewer's Apps.
func (s *Service) Overview(ctx context.Context, v Viewer) (Overview, error) {
	now := s.now()
	out := Overview{Since: now.Add(-InsightWindow)}
	apps := v.AppIDs()
	var err error
	if out.Backlog, err = s.backlog(ctx, v, now); err != nil {
		return Overview{}, err
	}
	if out.Hours, err = s.Store.Hours(ctx, apps, out.Since); err != nil {
		return Overview{}, err
	}
	if out.Found, err = s.Store.DetectorDays(ctx, apps, out.Since); err != nil {
		return Overview{}, err
	}
	if out.Screens, err = s.Store.Screenings(ctx, apps, out.Since); err != nil {
		return Overview{}, err
	}
	if out.Steps, err = s.Store.Steps(ctx, apps, "", out.Since); err != nil {
		return Overview{}, err
	}
	if out.Work, err = s.Store.Work(ctx, apps, "", out.Since); err != nil {
		return Overview{}, err
	}
	if out.Telling, err = s.Store.Telling(ctx, apps, "", out.Since); err != nil {
		return Overview{}, err
	}
	out.Tallies, err = s.talliesOver(ctx, apps, now)
	return out, err
}

// backlog asks for the counters and for the ends of a few lists.
func (s *Service) backlog(ctx context.Context, v Viewer, now time.Time) (Backlog, error) {
	counts, err := s.Store.Counts(ctx, v.AppIDs())
	if err != nil {
		return Backlog{}, err
	}
	b := Backlog{Waiting: counts.Of(StateOpen), Oldest: map[Severity]time.Time{}}
	for _, severity := range Severities() {
		oldest, err := s.Store.OldestOpen(ctx, v.AppIDs(), severity)
		if err != nil {
			return Backlog{}, err
		}
		if !oldest.IsZero() {
			b.Oldest[severity] = oldest
		}
	}
	if b.Since, err = s.Store.OldestOpen(ctx, v.AppIDs(), ""); err != nil {
		return Backlog{}, err
	}
	if b.DueSoon, err = s.Store.DueBefore(ctx, v.AppIDs(), now.Add(24*time.Hour), DueLimit); err != nil {
		return Backlog{}, err
	}
	b.Overdue, err = s.Store.DueBefore(ctx, v.AppIDs(), now, DueLimit)
	return b, err
}

// talliesOver adds up what detectors found over Apps.
func (s *Service) talliesOver(ctx context.Context, appIDs []string, now time.Time) ([]DetectorTally, error) {
	sums := map[string]DetectorTally{}
	for _, app := range appIDs {
		tallies, err := s.Store.DetectorTallies(ctx, app, tallySince(now))
		if err != nil {
			return nil, err
		}
		for _, t := range tallies {
			sum := sums[t.Detector]
			sum.Detector = t.Detector
			sum.Interactions += t.Interactions
			sum.Items += t.Items
			sum.Approved += t.Approved
			sum.Blocked += t.Blocked
			sum.Overturned += t.Overturned
			sums[t.Detector] = sum
		}
	}
	out := make([]DetectorTally, 0, len(sums))
	for _, t := range sums {
		out = append(out, t)
	}
	slices.SortFunc(out, func(a, b DetectorTally) int {
		if a.Decided() != b.Decided() {
			return b.Decided() - a.Decided()
		}
		if a.Detector < b.Detector {
			return -1
		}
		return 1
	})
	return out, nil
}

// Hidden is a Decision that was made without seeing the guard's scores: what it says of them is no echo.
type Hidden struct {
	At         time.Time
	Judgement  Judgement // what was said before anything was revealed
	Findings   []Finding // the guard's
	Risk       float64   // the guard's, in [0,1]
	Propensity float64   // the chance with which the Item was selected, in (0,1]
}

// HiddenLimit is how many of them are read at most, the newest.
const HiddenLimit = 5000

// HiddenDecisions returns what can prove a threshold of one of the viewer's Apps.
func (s *Service) HiddenDecisions(ctx context.Context, v Viewer, appName string) ([]Hidden, error) {
	app, err := v.AppNamed(appName)
	if err != nil {
		return nil, err
	}
	return s.Store.HiddenDecisions(ctx, app.ID, HiddenLimit)
}

// OwnWork is what somebody sees of their own work.
type OwnWork struct {
	Hours   []WorkTally // of the InsightWindow
	Telling []Telling   // their own, and the opinions of others on the same Items
	Steps   []Step      // their own
	Since   time.Time
}

// OwnWork returns what the viewer did. Nobody else is shown this.
func (s *Service) OwnWork(ctx context.Context, v Viewer) (OwnWork, error) {
	out := OwnWork{Since: s.now().Add(-InsightWindow)}
	var err error
	if out.Hours, err = s.Store.Work(ctx, v.AppIDs(), v.User.ID, out.Since); err != nil {
		return OwnWork{}, err
	}
	if out.Telling, err = s.Store.Telling(ctx, v.AppIDs(), v.User.ID, out.Since); err != nil {
		return OwnWork{}, err
	}
	out.Steps, err = s.Store.Steps(ctx, v.AppIDs(), v.User.ID, out.Since)
	return out, err
}
