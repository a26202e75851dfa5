package review

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// Conduct sees people and Apps over time.
type Conduct interface {
	// Specs lists the detectors, sorted by id.
	Specs() []DetectorSpec
	// Observe adds an Interaction, with what the guard found in it, to what is known of its user and its App, and
	// returns what is unusual about their conduct.
	Observe(Interaction, []Finding, Policy) []Finding
	// Denied counts what was refused before anybody looked at it.
	Denied(appID, userID string, at time.Time)
	// HoldBack remembers that a user is held back for ConductHold, and for what, on every server that shares what it knows.
	HoldBack(appID, userID string, f Finding, now time.Time)
	// Release ends that, there too.
	Release(appID, userID string, now time.Time)
	// HeldBack returns what was remembered, while it holds.
	HeldBack(appID, userID string, now time.Time) (Held, bool)
}

// Held is that a user is held back for their conduct: until when, and for what.
type Held struct {
	Until   time.Time
	Finding Finding
}

// ConductHour counts what one user of an App did within an hour; without a user, what all of them did.
type ConductHour struct {
	AppID     string
	UserID    string    // "" for the App
	Hour      time.Time // its start, UTC
	Requests  int
	Flagged   int // Interactions in which the guard found what the policy flags or blocks
	Alarms    int // Findings about conduct
	Errors    int // failed calls of the model
	Refusals  int
	TokensIn  int
	TokensOut int
	Denied    int           // refused beyond a quota or a budget; not among the Requests
	Cost      int64         // in millionths of the policy's currency
	Timed     int           // Interactions of which the latency is known
	Latency   time.Duration // of the timed ones together
}

// Add counts another hour in.
func (h *ConductHour) Add(o ConductHour) {
	h.Requests += o.Requests
	h.Flagged += o.Flagged
	h.Alarms += o.Alarms
	h.Errors += o.Errors
	h.Refusals += o.Refusals
	h.TokensIn += o.TokensIn
	h.TokensOut += o.TokensOut
	h.Denied += o.Denied
	h.Cost += o.Cost
	h.Timed += o.Timed
	h.Latency += o.Latency
}

// Standing says that somebody decided how a user is treated for a while, whatever their conduct.
type Standing string

// The standings.
const (
	StandingAllow Standing = "allow" // what is unusual about their conduct is recorded and decides nothing
	StandingLimit Standing = "limit" // they may send less than the policy's quotas let them
	StandingBlock Standing = "block" // everything that they send is blocked
)

// Standings lists every standing.
func Standings() []Standing { return []Standing{StandingAllow, StandingLimit, StandingBlock} }

// Restriction is a Standing of one user of an App, until a time.
type Restriction struct {
	AppID     string
	UserID    string
	Standing  Standing
	Limit     Quota // of StandingLimit: the requests and tokens that are left
	Until     time.Time
	Reason    string
	Actor     Actor
	ActorName string // filled in on reads
	CreatedAt time.Time
}

// RestrictedUser is the id of the detector that speaks for restrictions.
const RestrictedUser = "behavior.restricted_user"

func restrictionSpec() DetectorSpec {
	return DetectorSpec{
		ID: RestrictedUser, Title: "Restricted user", Category: CategoryBehavior, OWASP: "LLM10:2025",
		Description: "Blocks everything that a user sends whom somebody has blocked for a while, and what goes beyond the limit of one whom somebody " +
			"has limited. It looks at nothing: a person has.",
		Examples: []string{"A lead has blocked the user until tomorrow, because a key was stolen.", "A lead has limited the user to five interactions in a minute."},
		Default:  Rule{Mode: ModeEnforce, Block: 1},
	}
}

// conductSpecs are the detectors of conduct, the one that speaks for people with them, sorted by id.
func conductSpecs(c Conduct) []DetectorSpec {
	specs := append(append(c.Specs(), restrictionSpec()), quotaSpecs()...)
	slices.SortFunc(specs, func(a, b DetectorSpec) int { return strings.Compare(a.ID, b.ID) })
	return specs
}

type restrictedUser struct{ appID, userID string }

// restrictions are those in force, in memory: every Interaction asks.
type restrictions struct {
	all atomic.Pointer[map[restrictedUser]Restriction]
}

func (r *restrictions) of(appID, userID string, now time.Time) (Restriction, bool) {
	all := r.all.Load()
	if all == nil || userID == "" {
		return Restriction{}, false
	}
	found, ok := (*all)[restrictedUser{appID, userID}]
	return found, ok && now.Before(found.Until)
}

// LoadRestrictions reads the restrictions that are in force. Whoever runs several servers on one database calls it
// again and again; the server on which one is made knows it at once.
func (s *Service) LoadRestrictions(ctx context.Context) error {
	list, err := s.Store.Restrictions(ctx, s.now())
	if err != nil {
		return err
	}
	all := make(map[restrictedUser]Restriction, len(list))
	for _, r := range list {
		all[restrictedUser{r.AppID, r.UserID}] = r
	}
	s.restrictions.all.Store(&all)
	return nil
}

// Barred returns the Error for a user whom somebody has blocked, or whose conduct the policy blocks, with when that ends; nil
// for all others. Whoever calls a model for a user asks before.
func (s *Service) Barred(appID, userID string) error {
	now := s.now()
	standing, restricted := s.restrictions.of(appID, userID, now)
	if restricted && standing.Standing == StandingBlock {
		return &Error{Code: CodeRateLimited, Message: "this user is blocked for a while", RetryAfter: standing.Until.Sub(now),
			cause: errors.New("review: a blocked user")}
	}
	if restricted && standing.Standing == StandingAllow {
		return nil
	}
	return s.heldBack(appID, userID, now)
}

// heldBack returns the Error for a user whose conduct was blocked a moment ago. What is refused is counted.
func (s *Service) heldBack(appID, userID string, now time.Time) error {
	held, ok := s.Conduct.HeldBack(appID, userID, now)
	if !ok {
		return nil
	}
	s.Conduct.Denied(appID, userID, now)
	s.Meter.Denied(held.Finding.Detector)
	return &Error{Code: CodeRateLimited, Message: held.Finding.Message, RetryAfter: held.Until.Sub(now), Findings: []Finding{held.Finding},
		cause: errors.New("review: a user held back for their conduct")}
}

// ConductHold is how long a user is held back after conduct that the policy blocks: what was unusual no longer counts then.
const ConductHold = 5 * time.Minute

// holdBack holds a user back when the policy blocks what is unusual about their own conduct now. What is a record of the past
// says nothing about that.
func (s *Service) holdBack(in Interaction, policy Policy, unusual []Finding) {
	now := s.now()
	if in.UserID == "" || now.Sub(in.OccurredAt) > ConductHold {
		return
	}
	for _, f := range unusual {
		if f.OfUser && policy.VerdictOn(f) == VerdictBlock {
			s.Conduct.HoldBack(in.AppID, in.UserID, f, now)
			return
		}
	}
}

// watch assesses a Screening together with what is unusual about the conduct of user and App, and with what was remarked
// when it was admitted.
func (s *Service) watch(in Interaction, policy Policy, screening Screening, remarked []Finding) Assessment {
	a := assess(screening, policy)
	unusual := s.Conduct.Observe(in, a.Findings, policy)
	standing, restricted := s.restrictions.of(in.AppID, in.UserID, in.CreatedAt)
	if !restricted || standing.Standing != StandingAllow {
		s.holdBack(in, policy, unusual)
	}
	unusual = append(unusual, remarked...)
	if restricted && standing.Standing == StandingBlock {
		unusual = append(unusual, Finding{Detector: RestrictedUser, Category: CategoryBehavior, Severity: SeverityHigh,
			Confidence: 1, Message: "This user is blocked until " + standing.Until.UTC().Format("2 January 15:04") + " UTC."})
	}
	if len(unusual) == 0 {
		return a
	}
	a.Findings = append(a.Findings[:len(a.Findings):len(a.Findings)], unusual...)
	if restricted && standing.Standing == StandingAllow {
		return a
	}
	screening.Findings = a.Findings
	a.Verdict, a.Risk = policy.Judge(screening)
	return a
}

const (
	maxRestriction = 366 * 24 * time.Hour
	// ConductWindow is how far back the pages about conduct look.
	ConductWindow = 7 * 24 * time.Hour
	// BusiestUsers is how many users the page of an App lists.
	BusiestUsers = 50
)

// RestrictCommand decides how a user is treated for a while.
type RestrictCommand struct {
	App      string // name
	UserID   string
	Standing Standing // "" lifts what there is
	Limit    Quota    // of StandingLimit
	For      time.Duration
	Reason   string
}

func (cmd RestrictCommand) validate() error {
	var bad invalidFields
	if cmd.UserID == "" || len(cmd.UserID) > maxIDBytes {
		bad.addf("user", "must have 1 to %d bytes", maxIDBytes)
	}
	if cmd.Standing != "" && !slices.Contains(Standings(), cmd.Standing) {
		bad.addf("standing", "must be one of %v", Standings())
	}
	if cmd.Standing == StandingLimit {
		cmd.validateLimit(&bad)
	}
	if cmd.Standing != "" && (cmd.For < time.Minute || cmd.For > maxRestriction) {
		bad.addf("hours", "must be between a minute and a year")
	}
	return bad.err()
}

func (cmd RestrictCommand) validateLimit(bad *invalidFields) {
	bad.between("requests", cmd.Limit.Requests, 0, maxQuota)
	bad.between("tokens", cmd.Limit.Tokens, 0, maxQuota)
	if cmd.Limit.Requests == 0 && cmd.Limit.Tokens == 0 {
		bad.addf("requests", "must be at least 1, or tokens must: a limit of nothing is a block")
	}
}

// Restrict puts a user's Standing in the place of the one before, in effect at once.
func (s *Service) Restrict(ctx context.Context, v Viewer, cmd RestrictCommand) error {
	if !v.May(PermOversee) {
		return Errorf(CodeForbidden, "your role may not restrict users")
	}
	app, err := v.AppNamed(cmd.App)
	if err != nil {
		return err
	}
	if err := cmd.validate(); err != nil {
		return err
	}
	reason, err := policyReason(cmd.Reason)
	if err != nil {
		return err
	}
	now := s.now()
	r := Restriction{AppID: app.ID, UserID: cmd.UserID, Standing: cmd.Standing, Until: now.Add(cmd.For), Reason: reason, Actor: v.Actor(), CreatedAt: now}
	if cmd.Standing == StandingLimit {
		r.Limit = Quota{Requests: cmd.Limit.Requests, Tokens: cmd.Limit.Tokens}
	}
	err = s.Store.Write(ctx, func(tx Tx) error {
		if cmd.Standing == "" {
			r.Until = now
		}
		if err := tx.PutRestriction(r); err != nil {
			return err
		}
		return tx.AppendEvent(event(now, v.Actor(), "user.restricted", cmd.UserID, app.ID, restrictedDetail{
			Standing: cmd.Standing, Until: r.Until, Requests: r.Limit.Requests, Tokens: r.Limit.Tokens,
		}))
	})
	if err != nil {
		return err
	}
	s.Conduct.Release(app.ID, cmd.UserID, now) // a person has decided
	return s.LoadRestrictions(ctx)
}

// restrictedDetail leaves the reason where it is sealed: the trail is open, and goes elsewhere.
type restrictedDetail struct {
	Standing Standing  `json:"standing,omitempty"`
	Until    time.Time `json:"until"`
	Requests int       `json:"requests,omitempty"` // of a limit, in any minute
	Tokens   int       `json:"tokens,omitempty"`   // in any hour
}

// ConductSummary is what one App did in the last day.
type ConductSummary struct {
	App App
	Day ConductHour
}

// ConductView is how an App, or one of its users, behaved over the ConductWindow.
type ConductView struct {
	App         App
	UserID      string        // "" for the App
	Hours       []ConductHour // oldest first, without hours in which nothing happened
	Users       []ConductHour // the busiest ones of the last day, each in sum; for an App
	Tallies     []DetectorTally
	Restriction *Restriction // of the user
	Held        *Held        // of the user, who is held back now for their conduct
	Budget      *BudgetState // of the App, when it has one
	Since       time.Time
}

// ConductOverview lists the viewer's Apps with their last day.
func (s *Service) ConductOverview(ctx context.Context, v Viewer) ([]ConductSummary, error) {
	if !v.May(PermConduct) {
		return nil, Errorf(CodeForbidden, "your role may not see conduct")
	}
	since := s.now().Add(-24 * time.Hour)
	out := make([]ConductSummary, len(v.Apps))
	for i, app := range v.Apps {
		hours, err := s.Store.ConductHours(ctx, app.ID, "", since)
		if err != nil {
			return nil, err
		}
		out[i] = ConductSummary{App: app}
		for _, h := range hours {
			out[i].Day.Add(h)
		}
	}
	return out, nil
}

// ConductOf returns how an App of the viewer's, or one of its users, behaved.
func (s *Service) ConductOf(ctx context.Context, v Viewer, appName, userID string) (ConductView, error) {
	if !v.May(PermConduct) {
		return ConductView{}, Errorf(CodeForbidden, "your role may not see conduct")
	}
	app, err := v.AppNamed(appName)
	if err != nil {
		return ConductView{}, err
	}
	now := s.now()
	view := ConductView{App: app, UserID: userID, Since: now.Add(-ConductWindow)}
	if view.Hours, err = s.Store.ConductHours(ctx, app.ID, userID, view.Since); err != nil {
		return view, err
	}
	if userID == "" {
		if view.Users, err = s.Store.BusiestUsers(ctx, app.ID, now.Add(-24*time.Hour), BusiestUsers); err != nil {
			return view, err
		}
		if view.Budget, err = s.budgetIfAny(ctx, app, now); err != nil {
			return view, err
		}
	} else {
		view.Restriction, view.Held = s.standingOf(app.ID, userID, now)
	}
	tallies, err := s.Store.DetectorTallies(ctx, app.ID, tallySince(now))
	for _, t := range tallies {
		if strings.HasPrefix(t.Detector, "behavior.") {
			view.Tallies = append(view.Tallies, t)
		}
	}
	return view, err
}

// standingOf is what somebody decided about a user, and whether they are held back all the same.
func (s *Service) standingOf(appID, userID string, now time.Time) (restriction *Restriction, held *Held) {
	if h, ok := s.Conduct.HeldBack(appID, userID, now); ok {
		held = &h
	}
	if r, ok := s.restrictions.of(appID, userID, now); ok {
		restriction = &r
	}
	return restriction, held
}

// budgetIfAny is how an App stands with its budget; nil when it has none.
func (s *Service) budgetIfAny(ctx context.Context, app App, now time.Time) (*BudgetState, error) {
	policy, err := s.Store.ActivePolicy(ctx, app.ID)
	if err != nil || policy.Budget.Monthly <= 0 {
		return nil, err
	}
	state, err := budgetOf(ctx, s.Store, app.ID, policy.WithDefaults(s.specs), now)
	return &state, err
}

// Counted is what was counted since the last time, and is to be kept.
type Counted struct {
	Hours []ConductHour
	Costs []CostDay
}

// RecordConduct keeps what was counted since the last call.
func (s *Service) RecordConduct(ctx context.Context, counted Counted) error {
	if len(counted.Hours)+len(counted.Costs) == 0 {
		return nil
	}
	return s.Store.Write(ctx, func(tx Tx) error {
		if err := tx.AddConduct(counted.Hours); err != nil {
			return err
		}
		return tx.AddCosts(counted.Costs)
	})
}
