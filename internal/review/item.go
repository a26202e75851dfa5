package review

import "time"

// ItemKind says what is to be reviewed.
type ItemKind string

// The kinds of Item.
const (
	KindInteraction  ItemKind = "interaction"  // flagged or blocked
	KindIntervention ItemKind = "intervention" // a proposed Intervention
	KindAudit        ItemKind = "audit"        // a random sample of what was allowed
	KindControl      ItemKind = "control"      // the answer is known
)

// ItemKinds lists every kind in the order in which pages show them.
func ItemKinds() []ItemKind {
	return []ItemKind{KindInteraction, KindIntervention, KindAudit, KindControl}
}

// ItemState is where an Item stands.
type ItemState string

// The states of an Item.
const (
	StateOpen      ItemState = "open"
	StateEscalated ItemState = "escalated" // waits for a lead
	StateDecided   ItemState = "decided"
	StateSnoozed   ItemState = "snoozed"  // out of the queue until a time
	StateSettling  ItemState = "settling" // both opinions are in, and can still be taken back
)

// ItemStates lists every state.
func ItemStates() []ItemState {
	return []ItemState{StateOpen, StateEscalated, StateDecided, StateSnoozed, StateSettling}
}

// Item is one unit of review.
type Item struct {
	ID             string
	Number         int64 // in the order in which Items were opened; the store gives it
	AppID          string
	InteractionID  string
	InterventionID string // for KindIntervention
	Kind           ItemKind
	State          ItemState
	Severity       Severity
	Priority       float64 // severity weight × confidence, in [0,1]
	Rank           int64   // the order of the queue, smaller first: see rank
	DueAt          time.Time
	PolicyVersion  int    // that screened the Interaction
	Version        int    // grows with every change of state; a form that shows an older one is stale
	Fingerprint    string // equal for Interactions whose prompts are alike
	Detector       string // of the leading Finding, "" for audit Items without one
	Category       Category
	Reason         string // why it is here, one sentence
	Verdict        Verdict
	Risk           float64
	UserID         string
	Model          string
	Excerpt        string  // start of the redacted prompt, or of the Intervention's text
	SamplingKind   string  // flagged, proposed, audit, control
	Propensity     float64 // the chance with which it was selected, in (0,1]
	CreatedAt      time.Time

	Blind           bool      // judged before the guard's verdict is shown
	BlindPropensity float64   // the chance with which that was drawn
	Opinions        int       // independent judgements that it wants: 1 or 2
	Escalation      string    // the named queue that it was escalated to, "" for any lead
	SnoozedUntil    time.Time // of the last snooze; zero when there was none
}

// Claim is a reviewer's lease on an Item.
type Claim struct {
	ItemID    string
	UserID    string
	UserName  string    // filled in on reads
	Token     string    // the holder's proof
	TakenAt   time.Time // when the lease began, however often it was renewed; queue rows leave it out
	BeatAt    time.Time // the last sign of life; zero for claims from before
	KeptUntil time.Time // kept without signs of life until then; zero for an ordinary lease
	ExpiresAt time.Time
	BatchID   string // that handed the Item over, until its holder has renewed the lease
	Version   int    // of the Item, when ClaimItem or Heartbeat answered; not stored
}

// Live tells whether the lease still holds.
func (c *Claim) Live(now time.Time) bool { return c != nil && now.Before(c.ExpiresAt) }

// HeldBy tells whether the user holds the lease now.
func (c *Claim) HeldBy(userID string, now time.Time) bool { return c.Live(now) && c.UserID == userID }

// QueueHorizon is the longest head start that priority gives over age.
const QueueHorizon = 24 * time.Hour

// rank orders the queue by a virtual deadline in Unix microseconds: an Item of the
// highest priority counts from its creation, one of the lowest is put back by the
// horizon. Every Item ages at the same speed, so the order never has to be
// recomputed, and nothing waits for ever behind newer, graver Items.
func rank(createdAt time.Time, priority float64) int64 {
	return createdAt.Add(time.Duration((1 - priority) * float64(QueueHorizon))).UnixMicro()
}
