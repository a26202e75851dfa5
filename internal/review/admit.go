package review

import (
	"context"
	"encoding/json"
	"errors"
	"time"
)

// Demand is what somebody wants to be admitted with.
type Demand struct {
	UserID  string
	Context json.RawMessage
	Model   string
	Usage   Usage // at most, before the call; as it was, after it

	// OccurredAt is when it was; zero is now. What was over an hour ago is a record: no user's quota could have stopped it.
	OccurredAt time.Time
	// Over says that nothing can be stopped any more: it is counted whether it fits or not, for what has happened must not get lost.
	Over bool
}

// Grant is what was admitted. It is reckoned up when the call is over.
type Grant struct {
	Allowances []Allowance
	Findings   []Finding // of what went beyond and passed all the same
	Degrade    string    // the model to ask instead, "" for the one that was asked for

	appID  string
	bounds []bound
	levels []Level
}

// Admit counts a call before anything is done for it. The Error of one that may not go on is CodeRateLimited, with when to
// come again and how the caller stands.
func (s *Service) Admit(ctx context.Context, caller Caller, policy Policy, d Demand) (*Grant, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	g := &Grant{appID: caller.App.ID}
	tokens := int64(d.Usage.PromptTokens) + int64(d.Usage.CompletionTokens)
	g.bounds = policy.bounds(caller, d, s.Clock(), tokens, s.limitOf(g.appID, d.UserID))
	if len(g.bounds) == 0 {
		return g, nil
	}
	charges := make([]Charge, len(g.bounds))
	for i, b := range g.bounds {
		charges[i] = b.Charge
	}
	var taken bool
	var err error
	if g.levels, taken, err = s.Ledger.Take(g.appID, s.Clock(), charges, policy.Quotas.RefuseAlone); err != nil {
		return nil, err
	}
	for i, b := range g.bounds {
		g.Allowances = append(g.Allowances, b.allowance(g.levels[i]))
	}
	if !taken {
		s.Conduct.Denied(g.appID, d.UserID, s.now())
		return nil, s.deny(g, policy)
	}
	g.remark(policy)
	return g, nil
}

// limitOf is what somebody limited a user to; the zero value when nobody did.
func (s *Service) limitOf(appID, userID string) Restriction {
	standing, restricted := s.restrictions.of(appID, userID, s.now())
	if !restricted || standing.Standing != StandingLimit {
		return Restriction{}
	}
	return standing
}

// deny makes the Error of what does not fit.
func (s *Service) deny(g *Grant, policy Policy) error {
	denied := &Error{Code: CodeRateLimited, Allowances: g.Allowances, cause: errors.New("review: beyond the quota")}
	for i, b := range g.bounds {
		if g.levels[i].Fits || b.Forced {
			continue
		}
		message := b.message(policy.Budget)
		denied.Findings = append(denied.Findings, b.finding(SeverityMedium, message))
		if denied.Message == "" {
			denied.Message = message
		}
		denied.RetryAfter = max(denied.RetryAfter, g.levels[i].Reset)
		s.Meter.Denied(b.detector)
	}
	return denied
}

// remark finds what is to be told of an admitted call: what is beyond a bound that is only watched, and the budget at the
// moment at which it passes its warning or its end.
func (g *Grant) remark(policy Policy) {
	for i, b := range g.bounds {
		l := g.levels[i]
		if b.detector == BudgetCost {
			g.remarkBudget(policy.Budget, b, l)
			continue
		}
		switch {
		case l.Fits:
		case b.limited(): // a record cannot be refused; what goes beyond the limit is blocked
			f := b.finding(SeverityHigh, b.message(policy.Budget))
			f.Detector = RestrictedUser
			g.Findings = append(g.Findings, f)
		default:
			g.Findings = append(g.Findings, b.finding(SeverityLow, b.message(policy.Budget)))
		}
	}
}

func (g *Grant) remarkBudget(budget BudgetRules, b bound, l Level) {
	before, warn := l.Used-b.Amount, int64(budget.Warn*float64(b.Most))
	if !l.Fits || before >= b.Most {
		g.Degrade = budget.Degrade
	}
	switch {
	case before <= b.Most && l.Used > b.Most:
		g.Findings = append(g.Findings, b.finding(SeverityHigh, b.message(budget)))
	case warn > 0 && before < warn && l.Used >= warn:
		g.Findings = append(g.Findings, b.finding(SeverityLow, budget.warning(l.Used)))
	}
}

// reckon ends a call: it is no longer under way, and what it did not need is given back. What it needed beyond its demand
// was spent, and is counted whether it fits or not.
func (s *Service) reckon(g *Grant, needed, cost int64) {
	var settlements []Settlement
	for i, b := range g.bounds {
		less := int64(0)
		switch b.detector {
		case QuotaConcurrent:
			less = b.Amount
		case QuotaTokens:
			less = b.Amount - needed
		case BudgetCost:
			less = b.Amount - cost
		}
		if less != 0 {
			settlements = append(settlements, Settlement{b.Charge, g.levels[i].Slot, less})
		}
	}
	if len(settlements) > 0 {
		s.Ledger.Settle(g.appID, s.Clock(), settlements)
	}
}

// Forgo ends a call that is not recorded.
func (s *Service) Forgo(g *Grant) {
	if g != nil {
		s.reckon(g, 0, 0)
	}
}

// grant is the Grant of what is recorded: the one that it came with, or a new one.
func (s *Service) grant(ctx context.Context, caller Caller, policy Policy, in Interaction, rec Recording) (*Grant, error) {
	if rec.ID != "" { // a guarded call was admitted, or refused, before it was made
		if rec.Grant == nil {
			return &Grant{}, nil
		}
		return rec.Grant, nil
	}
	model := in.Model
	if policy.Budget.Cost(in.ModelVersion, Usage{PromptTokens: 1e6, CompletionTokens: 1e6}) > 0 {
		model = in.ModelVersion
	}
	over := !policy.Quotas.RefusePosts || rec.Bulk || in.Content.Response != "" || in.Error != ""
	if !over {
		if err := s.mayAsk(in); err != nil {
			return nil, err
		}
	}
	return s.Admit(ctx, caller, policy, Demand{UserID: in.UserID, Context: in.Context, Model: model, Usage: in.Tokens(), OccurredAt: in.OccurredAt, Over: over})
}

// mayAsk refuses who is held back and asks before a call. Whom a person has blocked is answered with a verdict, and recorded.
func (s *Service) mayAsk(in Interaction) error {
	now := s.now()
	standing, restricted := s.restrictions.of(in.AppID, in.UserID, now)
	if restricted && standing.Standing != StandingLimit {
		return nil
	}
	return s.heldBack(in.AppID, in.UserID, now)
}

// settled ends what was recorded, or could not be.
func (s *Service) settled(g *Grant, policy Policy, in Interaction, recorded bool) {
	if !recorded {
		s.Forgo(g)
		return
	}
	used := in.Tokens()
	s.reckon(g, int64(used.PromptTokens)+int64(used.CompletionTokens), policy.Cost(in))
}

// LoadBudgets tells the Ledger what Apps have spent this month, as far as it was kept. Whoever starts a server calls it.
func (s *Service) LoadBudgets(ctx context.Context) error {
	month := monthOf(s.now())
	spent, err := s.Store.CostSince(ctx, month)
	if err != nil {
		return err
	}
	for appID, amount := range spent {
		s.Ledger.Spent(appID, budgetKey, month, amount)
	}
	return nil
}

// Budget returns how an App stands with its budget.
func (s *Service) Budget(ctx context.Context, v Viewer, appName string) (BudgetState, error) {
	if !v.May(PermDecide) && !v.May(PermInsight) {
		return BudgetState{}, Errorf(CodeForbidden, "your role may not see budgets")
	}
	app, err := v.AppNamed(appName)
	if err != nil {
		return BudgetState{}, err
	}
	policy, err := s.Store.ActivePolicy(ctx, app.ID)
	if err != nil {
		return BudgetState{}, err
	}
	return budgetOf(ctx, s.Store, app.ID, policy.WithDefaults(s.specs), s.now())
}

// budgetOf reads how an App stands with its budget.
func budgetOf(ctx context.Context, store Reader, appID string, policy Policy, now time.Time) (BudgetState, error) {
	since := monthOf(now)
	if week := now.Add(-7 * 24 * time.Hour); week.Before(since) {
		since = week
	}
	hours, err := store.ConductHours(ctx, appID, "", since)
	if err != nil {
		return BudgetState{}, err
	}
	return budgetState(policy, hours, now), nil
}
