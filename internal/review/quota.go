package review

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"
)

// QuotaRules bound how much may come. The zero value bounds nothing. The rules of the detectors quota.requests, quota.tokens
// and quota.concurrent say what happens to what goes beyond: enforce refuses it, monitor lets it pass with a Finding.
type QuotaRules struct {
	User  Quota            `json:"user,omitzero"`   // of each end user; Interactions that name none have none
	Key   Quota            `json:"key,omitzero"`    // of each API key
	App   Quota            `json:"app,omitzero"`    // of the App as a whole
	Roles map[string]Quota `json:"roles,omitempty"` // of users whose Interaction has "role" in its context, in the place of User

	// RefusePosts refuses Interactions, too, that an App posts before it calls a model itself. Without it a post is a record: it
	// is counted and never refused. What the gateway is asked is refused either way.
	RefusePosts bool `json:"refuse_posts,omitempty"`
	// RefuseAlone refuses everything that is bounded while the servers cannot count together; else each one counts alone.
	RefuseAlone bool `json:"refuse_alone,omitempty"`
}

// Quota is how much may come from one side. 0 bounds nothing.
type Quota struct {
	Requests   int `json:"requests,omitempty"`   // in any minute
	Tokens     int `json:"tokens,omitempty"`     // in any hour
	Concurrent int `json:"concurrent,omitempty"` // under way at once
}

// DefaultQuotaRules are those that a new App starts with: of people. A key or an App speaks for any number of them.
func DefaultQuotaRules() QuotaRules { return QuotaRules{User: Quota{Requests: 60, Tokens: 10_000}} }

const (
	maxQuota      = 1_000_000_000
	maxQuotaRoles = 64
)

func (r QuotaRules) validate(bad *invalidFields) {
	r.User.validate(bad, "quotas.user")
	r.Key.validate(bad, "quotas.key")
	r.App.validate(bad, "quotas.app")
	if len(r.Roles) > maxQuotaRoles {
		bad.addf("quotas.roles", "must be at most %d", maxQuotaRoles)
	}
	for _, role := range slices.Sorted(maps.Keys(r.Roles)) {
		if !plainRole(role) {
			bad.addf("quotas.roles", "must have names of letters, digits, - and _, of 1 to %d bytes", maxNameBytes)
		}
		r.Roles[role].validate(bad, "quotas.roles."+role)
	}
}

func plainRole(name string) bool {
	for _, c := range name {
		if c != '-' && c != '_' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return name != "" && len(name) <= maxNameBytes
}

func (q Quota) validate(bad *invalidFields, at string) {
	bad.between(at+".requests", q.Requests, 0, maxQuota)
	bad.between(at+".tokens", q.Tokens, 0, maxQuota)
	bad.between(at+".concurrent", q.Concurrent, 0, maxQuota)
}

func (r QuotaRules) fields() []policyField {
	out := slices.Concat(r.User.fields("quotas.user"), r.Key.fields("quotas.key"), r.App.fields("quotas.app"))
	for _, role := range slices.Sorted(maps.Keys(r.Roles)) {
		out = append(out, r.Roles[role].fields("quotas.roles."+role)...)
	}
	return append(out, policyField{"quotas.refuse_posts", strconv.FormatBool(r.RefusePosts)}, policyField{"quotas.refuse_alone", strconv.FormatBool(r.RefuseAlone)})
}

func (q Quota) fields(at string) []policyField {
	return []policyField{
		{at + ".requests", strconv.Itoa(q.Requests)}, {at + ".tokens", strconv.Itoa(q.Tokens)}, {at + ".concurrent", strconv.Itoa(q.Concurrent)},
	}
}

// ofUser is the Quota of the user of an Interaction.
func (r QuotaRules) ofUser(context json.RawMessage) Quota {
	if len(r.Roles) == 0 || len(context) == 0 {
		return r.User
	}
	var said struct {
		Role string `json:"role"`
	}
	if json.Unmarshal(context, &said) != nil { // a role that is no text is none
		return r.User
	}
	if q, ok := r.Roles[said.Role]; ok {
		return q
	}
	return r.User
}

// The ids of the detectors that speak for quotas and budgets.
const (
	QuotaRequests   = "quota.requests"
	QuotaTokens     = "quota.tokens"
	QuotaConcurrent = "quota.concurrent"
	BudgetCost      = "budget.cost"
)

// quotaSpecs are the detectors of quotas and budgets.
func quotaSpecs() []DetectorSpec {
	return []DetectorSpec{
		{
			ID: BudgetCost, Title: "Budget", Category: CategoryBehavior, OWASP: "LLM10:2025",
			Description: "Adds up what an App’s interactions cost in a month (UTC), by the policy’s prices. Speaks once at the warning and once at the " +
				"end of the budget; from there on the policy’s budget refuses, or asks for a cheaper model.",
			Examples: []string{"An App with 500 € a month has spent 400."},
			Default:  Rule{Mode: ModeEnforce},
		},
		{
			ID: QuotaConcurrent, Title: "Too many at once", Category: CategoryBehavior, OWASP: "LLM10:2025",
			Description: "Counts the calls of a user, a key or an App that are under way. Enforced, it refuses those beyond the policy’s quota with 429.",
			Examples:    []string{"A user starts a ninth conversation while eight are being answered."},
			Default:     Rule{Mode: ModeEnforce},
		},
		{
			ID: QuotaRequests, Title: "Too many requests", Category: CategoryBehavior, OWASP: "LLM10:2025",
			Description: "Counts the interactions of a user, a key or an App in any minute. Enforced, it refuses those beyond the policy’s quota with 429 " +
				"and says when to come again.",
			Examples: []string{"A user’s sixty-first interaction within a minute."},
			Default:  Rule{Mode: ModeEnforce},
		},
		{
			ID: QuotaTokens, Title: "Too many tokens", Category: CategoryBehavior, OWASP: "LLM10:2025",
			Description: "Counts the tokens of a user, a key or an App in any hour. Monitored at first, for an App that names one user for everybody " +
				"would stop after a dozen long answers; enforced, it refuses what goes beyond the policy’s quota with 429.",
			Examples: []string{"A user has had 9,900 tokens within an hour and asks for 500 more."},
			Default:  Rule{Mode: ModeMonitor},
		},
	}
}

// Charge is one amount that is to be counted against one bound.
type Charge struct {
	Key    string        // what is counted, unique within the App
	Span   time.Duration // of time; 0 is the month (UTC)
	Most   int64         // that may be counted within any Span
	Amount int64
	Forced bool // is counted whether it fits or not
}

// Level is what there is of a Charge.
type Level struct {
	Used  int64 // with the Charge, when it was counted
	Fits  bool
	Reset time.Duration // until there is room again; 0 when there is
	Slot  int64         // where it was counted, for Settle
}

// Settlement is how a Charge turned out.
type Settlement struct {
	Charge
	Slot int64 // Level.Slot
	Less int64 // how much less than Amount it was; below 0 how much more, which is counted now whether it fits or not
}

// Ledger counts Charges. It is safe for concurrent use, and atomic: whatever comes at once, no bound that is not Forced is
// ever exceeded.
type Ledger interface {
	// Take counts all Charges of an App, or none when one that is not Forced does not fit. shared asks that the servers count
	// together: CodeUnavailable when they cannot.
	Take(appID string, now time.Time, charges []Charge, shared bool) (levels []Level, taken bool, err error)
	// Settle corrects Charges that were counted, together. It never fails: what cannot be given back expires.
	Settle(appID string, now time.Time, settlements []Settlement)
	// Spent makes the month's count of a key at least this.
	Spent(appID, key string, month time.Time, amount int64)
}

// Allowance is how a caller stands with one bound, as the RateLimit fields of HTTP say it.
type Allowance struct {
	Name      string // such as user-requests
	Detector  string
	Most      int64
	Remaining int64
	Span      time.Duration // 0 for the month
	Reset     time.Duration // until there is room again
	Violated  bool          // it is why something was refused
}

// bound is a Charge with what people call it.
type bound struct {
	Charge
	name     string
	detector string
	who      string
	until    time.Time // of a limit that a person set; zero for the policy's
}

// limited tells whether a person set the bound.
func (b bound) limited() bool { return !b.until.IsZero() }

// concurrentSpan is when a call that never ended is taken for over.
const concurrentSpan = 5 * time.Minute

// recordedAfter is how long after an Interaction it is no longer a call that a user makes.
const recordedAfter = time.Hour

// stricter is the lower of two bounds, of which 0 is none; mine tells whether it is the second one.
func stricter(quota, limit int) (most int, mine bool) {
	if limit > 0 && (quota == 0 || limit < quota) {
		return limit, true
	}
	return quota, false
}

// bounds lists what an Interaction is counted against. A limit that a person set on the user holds where it is lower than the
// quota, whatever the policy does about quotas.
func (p Policy) bounds(caller Caller, d Demand, now time.Time, tokens int64, limit Restriction) []bound {
	at := d.OccurredAt
	if at.IsZero() {
		at = now
	}
	var out []bound
	add := func(side, who, id string, q, limited Quota) {
		for _, b := range []struct {
			detector, unit string
			span           time.Duration
			most, limit    int
			amount         int64
		}{
			{QuotaRequests, "requests", time.Minute, q.Requests, limited.Requests, 1},
			{QuotaTokens, "tokens", time.Hour, q.Tokens, limited.Tokens, tokens},
			{QuotaConcurrent, "concurrent", concurrentSpan, q.Concurrent, limited.Concurrent, 1},
		} {
			mode := p.Mode(b.detector)
			if mode == ModeOff {
				b.most = 0
			}
			most, mine := stricter(b.most, b.limit)
			if most == 0 {
				continue
			}
			next := bound{
				Charge: Charge{Key: side + "/" + b.unit + "/" + id, Span: b.span, Most: int64(most), Amount: b.amount, Forced: mode != ModeEnforce || d.Over},
				name:   side + "-" + b.unit, detector: b.detector, who: who,
			}
			if mine {
				next.Forced, next.until = d.Over, limit.Until
			}
			out = append(out, next)
		}
	}
	if d.UserID != "" && now.Sub(at) < recordedAfter {
		add("user", "This user", d.UserID, p.Quotas.ofUser(d.Context), limit.Limit)
	}
	add("key", "This key", caller.KeyID, p.Quotas.Key, Quota{})
	add("app", "This App", "", p.Quotas.App, Quota{})
	if mode := p.Mode(BudgetCost); p.Budget.Monthly > 0 && mode != ModeOff && monthOf(at).Equal(monthOf(now)) {
		out = append(out, bound{
			Charge: Charge{Key: budgetKey, Most: p.Budget.micros(), Amount: p.Budget.Cost(d.Model, d.Usage), Forced: mode == ModeMonitor || d.Over || p.Budget.Degrade != ""},
			name:   "app-budget", detector: BudgetCost, who: "This App",
		})
	}
	return out
}

func (b bound) allowance(l Level) Allowance {
	return Allowance{Name: b.name, Detector: b.detector, Most: b.Most, Remaining: max(0, b.Most-l.Used), Span: b.Span, Reset: l.Reset, Violated: !l.Fits && !b.Forced}
}

// message says in words what was exceeded, and who says so.
func (b bound) message(budget BudgetRules) string {
	said := b.bounds(budget)
	if b.limited() {
		said += " Somebody limited them until " + b.until.UTC().Format("2 January 15:04") + " UTC."
	}
	return said
}

func (b bound) bounds(budget BudgetRules) string {
	switch b.detector {
	case QuotaRequests:
		return fmt.Sprintf("%s may have %d interactions in a minute.", b.who, b.Most)
	case QuotaTokens:
		return fmt.Sprintf("%s may have %d tokens in an hour; this interaction has %d.", b.who, b.Most, b.Amount)
	case QuotaConcurrent:
		return fmt.Sprintf("%s may have %d calls under way at once.", b.who, b.Most)
	default:
		return fmt.Sprintf("%s has spent its %s for this month.", b.who, budget.money(b.Most))
	}
}

func (b bound) finding(severity Severity, message string) Finding {
	return Finding{Detector: b.detector, Category: CategoryBehavior, Severity: severity, Confidence: 1, Message: message}
}
