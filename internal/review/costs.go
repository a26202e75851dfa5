package review

import (
	"context"
	"strings"
	"time"
)

// CostDay is what the calls of one user of an App took of one model in a day. Without user or model it is of all of them,
// or of those that named none.
type CostDay struct {
	AppID     string
	UserID    string
	Model     string    // that answered
	Day       time.Time // its start, UTC; of a sum over a month the month's
	Calls     int
	TokensIn  int
	TokensOut int
	Cost      int64 // in millionths of the policy's currency
}

// Add counts another one in.
func (d *CostDay) Add(o CostDay) {
	d.Calls += o.Calls
	d.TokensIn += o.TokensIn
	d.TokensOut += o.TokensOut
	d.Cost += o.Cost
}

// CostFilter says which costs are meant: of a month, and of a user or a model when it names one.
type CostFilter struct {
	Month  time.Time `json:"month,omitzero"` // its start, UTC; zero is the current one
	UserID string    `json:"user_id,omitempty"`
	Model  string    `json:"model,omitempty"`
}

// In is the filter with its month, of which now is the current one.
func (f CostFilter) In(now time.Time) CostFilter {
	if f.Month.IsZero() {
		f.Month = now
	}
	f.Month = monthOf(f.Month)
	return f
}

// CostListLimit is how many users and how many models a page lists at most. The file has all of them.
const CostListLimit = 50

// ParseMonth reads "2026-11"; "" is the zero time.
func ParseMonth(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse("2006-01", s)
	if err != nil || t.Year() < 2000 || t.Year() > 2100 {
		return time.Time{}, Errorf(CodeInvalid, "the month must be a year and a month, such as 2026-11")
	}
	return t, nil
}

func (f CostFilter) validate() error {
	var bad invalidFields
	for name, value := range map[string]string{"user": f.UserID, "model": f.Model} {
		if len(value) > maxIDBytes || strings.ContainsRune(value, 0) {
			bad.addf(name, "must have at most %d bytes", maxIDBytes)
		}
	}
	return bad.err()
}

// CostView is what an App cost in a month.
type CostView struct {
	App    App
	Filter CostFilter
	Rules  BudgetRules  // of the policy in force: its currency and prices
	Budget *BudgetState // of the running month, when nothing is filtered
	Total  CostDay
	Days   []CostDay // oldest first, without days on which nothing happened
	Models []CostDay // the dearest first, CostListLimit at most; of a user when one is meant
	Users  []CostDay // the same; of a model when one is meant
}

// CostOverview is what each of the viewer's Apps cost in a month.
type CostOverview struct {
	Month time.Time
	Apps  []CostView
}

// CostsOverview returns what the viewer's Apps cost in a month.
func (s *Service) CostsOverview(ctx context.Context, v Viewer, month time.Time) (CostOverview, error) {
	if !v.May(PermInsight) {
		return CostOverview{}, errNoCosts
	}
	out := CostOverview{Month: CostFilter{Month: month}.In(s.now()).Month}
	for _, app := range v.Apps {
		view, err := s.costs(ctx, app, CostFilter{Month: out.Month})
		if err != nil {
			return out, err
		}
		out.Apps = append(out.Apps, view)
	}
	return out, nil
}

var errNoCosts = Errorf(CodeForbidden, "your role may not see costs")

// costs is the days of a view, with their sum.
func (s *Service) costs(ctx context.Context, app App, f CostFilter) (CostView, error) {
	view := CostView{App: app, Filter: f}
	policy, err := s.Store.ActivePolicy(ctx, app.ID)
	if err != nil {
		return view, err
	}
	view.Rules = policy.Budget
	if view.Days, err = s.Store.CostDays(ctx, app.ID, f); err != nil {
		return view, err
	}
	for _, d := range view.Days {
		view.Total.Add(d)
	}
	return view, nil
}

// CostsOf returns what one of the viewer's Apps cost.
func (s *Service) CostsOf(ctx context.Context, v Viewer, appName string, f CostFilter) (CostView, error) {
	app, f, err := s.costFilter(v, appName, f)
	if err != nil {
		return CostView{}, err
	}
	view, err := s.costs(ctx, app, f)
	if err != nil {
		return view, err
	}
	if now := s.now(); f.UserID == "" && f.Model == "" && f.Month.Equal(monthOf(now)) {
		if view.Budget, err = s.budgetIfAny(ctx, app, now); err != nil {
			return view, err
		}
	}
	if f.Model == "" {
		if view.Models, err = s.Store.CostModels(ctx, app.ID, f, CostListLimit); err != nil {
			return view, err
		}
	}
	if f.UserID == "" {
		view.Users, err = s.Store.CostUsers(ctx, app.ID, f, CostListLimit)
	}
	return view, err
}

func (s *Service) costFilter(v Viewer, appName string, f CostFilter) (App, CostFilter, error) {
	if !v.May(PermInsight) {
		return App{}, f, errNoCosts
	}
	app, err := v.AppNamed(appName)
	if err != nil {
		return App{}, f, err
	}
	f = f.In(s.now())
	return app, f, f.validate()
}

// CostRows is the costs of an App in a month, by user and model, to be written to a file.
type CostRows struct {
	App      App
	Month    time.Time
	Currency string
	Each     func(yield func(CostDay) error) error
}

// CostRows returns what one of the viewer's Apps cost.
func (s *Service) CostRows(ctx context.Context, v Viewer, appName string, f CostFilter) (CostRows, error) {
	app, f, err := s.costFilter(v, appName, f)
	if err != nil {
		return CostRows{}, err
	}
	policy, err := s.Store.ActivePolicy(ctx, app.ID)
	if err != nil {
		return CostRows{}, err
	}
	return CostRows{App: app, Month: f.Month, Currency: policy.Budget.Currency, Each: func(yield func(CostDay) error) error {
		return s.Store.EachCost(ctx, app.ID, f, yield)
	}}, nil
}

// MonthText writes a month as ParseMonth reads it.
func MonthText(t time.Time) string { return t.Format("2006-01") }
