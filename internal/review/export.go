package review

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"time"
)

// ExportKind says what an Export takes out.
type ExportKind string

// The kinds.
const (
	ExportDecisions ExportKind = "decisions"
	ExportTrail     ExportKind = "audit"
	ExportCosts     ExportKind = "costs"
)

// ExportAsk is what somebody wants to take out.
type ExportAsk struct {
	Kind   ExportKind  `json:"kind"`
	Format string      `json:"format"`
	Filter Filter      `json:"filter,omitzero"` // of Decisions
	Events EventFilter `json:"events,omitzero"` // of the audit trail
	Costs  CostFilter  `json:"costs,omitzero"`  // of the costs of Filter.App
}

// Permission is what one needs for it.
func (a ExportAsk) Permission() Permission {
	switch a.Kind {
	case ExportTrail:
		return PermAudit
	case ExportCosts:
		return PermInsight
	}
	return PermExport
}

// Narrows lists what the filters leave in, by the names that problems and docs use.
func (a ExportAsk) Narrows() map[string]string {
	out := map[string]string{}
	put := func(name, value string) {
		if value != "" {
			out[name] = value
		}
	}
	number := func(n int) string {
		if n == 0 {
			return ""
		}
		return strconv.Itoa(n)
	}
	span := func(d time.Duration) string {
		if d == 0 {
			return ""
		}
		return d.String()
	}
	moment := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.UTC().Format(time.RFC3339)
	}
	flag := func(on bool) string {
		if !on {
			return ""
		}
		return "true"
	}
	f, e := a.Filter, a.Events
	put("app", cmp.Or(f.App, e.App))
	put("kind", string(f.Kind))
	put("state", string(f.State))
	put("severity", string(f.Severity))
	put("category", string(f.Category))
	put("detector", f.Detector)
	put("user_id", f.UserID)
	put("model", f.Model)
	put("label", f.Label)
	put("policy", number(f.Policy))
	put("risk_from", number(f.RiskFrom))
	put("risk_to", number(f.RiskTo))
	put("older_than", span(f.OlderThan))
	put("younger_than", span(f.YoungerThan))
	put("holder", f.Holder)
	put("escalation", f.Escalation)
	put("mine", flag(f.Mine))
	put("overdue", flag(f.Overdue))
	put("text", f.Text)
	put("actor", e.Actor)
	put("action", e.Action)
	put("object", e.Object)
	put("from", moment(e.From))
	put("until", moment(e.Until))
	if a.Kind == ExportCosts {
		put("month", MonthText(a.Costs.Month))
		put("user_id", a.Costs.UserID)
		put("model", a.Costs.Model)
	}
	return out
}

// ExportState is how far an Export has come.
type ExportState string

// The states.
const (
	ExportWaiting ExportState = "waiting" // to be made in the background
	ExportRunning ExportState = "running" // is being made
	ExportDone    ExportState = "done"    // its file can be fetched
	ExportFailed  ExportState = "failed"  // Reason says why; there is no file
	ExportExpired ExportState = "expired" // its file was removed
	ExportDeleted ExportState = "deleted" // somebody removed the file
	ExportSending ExportState = "sending" // goes out at once, without a file
	ExportSent    ExportState = "sent"    // went out at once
)

// Export is one file that leaves, or left, with texts of other people in it. What says
// what was in it stays after the file is gone.
type Export struct {
	ID       string          `json:"id"`
	Mark     string          `json:"mark"` // 16 hexadecimal digits; the lines of a CSV carry them
	By       Actor           `json:"by"`
	Name     string          `json:"name"` // of who asked: e-mail address, or what acted
	Role     Role            `json:"role"` // at that time
	Ask      ExportAsk       `json:"ask"`
	State    ExportState     `json:"state"`
	AppIDs   []string        `json:"app_ids"`  // whose data may be in it
	Personal bool            `json:"personal"` // personal data stands in it as submitted
	File     string          `json:"file"`     // the name that it is offered by
	Rows     int             `json:"rows"`
	Expected int             `json:"expected"` // rows, 0 when nobody counted
	Bytes    int64           `json:"bytes"`
	SHA256   string          `json:"sha256"` // hexadecimal
	Reason   string          `json:"reason"` // why it failed, safe to show
	Tries    int             `json:"tries"`
	Manifest json.RawMessage `json:"manifest,omitempty"` // signed
	AskedAt  time.Time       `json:"asked_at"`
	// TouchedAt is the last sign of life of who makes it.
	TouchedAt time.Time `json:"touched_at"`
	EndedAt   time.Time `json:"ended_at"`   // zero until it is done, sent or failed
	ExpiresAt time.Time `json:"expires_at"` // of the file, zero without one
}

// The bounds of exports.
const (
	ExportLife     = 7 * 24 * time.Hour // of a file
	ExportQuiet    = 30 * time.Second   // without a sign of life, an Export is taken over
	ExportTries    = 3                  // then it has failed: something in it ends whoever makes it
	MaxOpenExports = 5                  // of one person, waiting or running
	ExportsShown   = 100
)

// exportMark tells exports apart by what fits into a few lines of a file.
func exportMark(id string) string {
	sum := sha256.Sum256([]byte("guardroom.export.mark.v1\n" + id))
	return hex.EncodeToString(sum[:8])
}

// Fetchable tells whether there is a file to fetch at a time.
func (e Export) Fetchable(now time.Time) bool {
	return e.State == ExportDone && now.Before(e.ExpiresAt)
}

// Open tells whether it is still to be made.
func (e Export) Open() bool { return e.State == ExportWaiting || e.State == ExportRunning }

// Deletable tells whether there is something to remove, or to stop.
func (e Export) Deletable() bool { return e.Open() || e.State == ExportDone }

// As is the Export with the rights that the viewer has now.
func (e Export) As(v Viewer) Export {
	e.Role = v.User.Role
	switch e.Ask.Kind {
	case ExportCosts:
		e.AppIDs = v.appsNamed(e.Ask.Filter.App)
	case ExportDecisions:
		e.AppIDs, e.Personal = v.appsNamed(e.Ask.Filter.App), v.May(PermPersonal)
	}
	return e
}

// of tells whether the viewer may see the Export: who asked for it, and admins.
func (e Export) of(v Viewer) bool { return e.By == v.Actor() || v.May(PermAdminister) }

// readableBy tells whether the viewer may still read what is in the file: roles and
// memberships change after it was made.
func (e Export) readableBy(v Viewer) bool {
	if !v.May(e.Ask.Permission()) || e.Personal && !v.May(PermPersonal) {
		return false
	}
	return !slices.ContainsFunc(e.AppIDs, func(id string) bool { return !v.Sees(id) })
}
