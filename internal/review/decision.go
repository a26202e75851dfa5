package review

import "time"

// Judgement is what a person says of an Item.
type Judgement string

// The judgements. For an Intervention, approve sends it and block drops it.
const (
	JudgeApprove  Judgement = "approve"
	JudgeBlock    Judgement = "block"
	JudgeEscalate Judgement = "escalate"
)

// Judgements lists every judgement.
func Judgements() []Judgement { return []Judgement{JudgeApprove, JudgeBlock, JudgeEscalate} }

// Decision is what a person said of an Item: an append-only row. Taking it back is
// another row (Undo), never an edit.
type Decision struct {
	ID                 string
	ItemID             string
	AppID              string
	Actor              Actor
	FromState          ItemState // of the Item before; Undo goes back to it
	Judgement          Judgement
	Label              string
	Reason             string
	Text               string   // the Intervention's text as approved
	Confidence         *float64 // in [0,1], if the reviewer gave one
	PolicyVersion      int
	GuardVerdict       Verdict // at that time
	GuardRisk          float64
	Findings           []Finding // the guard's scores at that time
	Exposure           Exposure
	BlindVerdict       *Judgement // said before the guard's verdict was revealed
	FinalVerdict       Judgement
	ChangedAfterReveal bool
	FocusedMS          int64 // time with the page visible and in focus, milliseconds
	SamplingKind       string
	Propensity         float64
	BatchID            string
	Opinion            int    // 1 or 2: one of two independent ones, which settles nothing by itself
	Escalation         string // the named queue that it was escalated to
	Reverses           string // the Decision in whose place it stands
	CreatedAt          time.Time
}

// Undo takes a Decision back.
type Undo struct {
	DecisionID string
	Actor      Actor
	CreatedAt  time.Time
}

// UndoWindow is how long a Decision can be undone, and how long it is held back
// from the App's feed.
const UndoWindow = 10 * time.Second

// ClaimLease is how long a claim lasts without a heartbeat.
const ClaimLease = 5 * time.Minute

// Annotation is a note on an Item, or a labelled span of one of its texts.
type Annotation struct {
	ID        string
	ItemID    string
	AppID     string
	UserID    string
	UserName  string // filled in on reads
	Label     string // "" for a plain note
	Segment   string // "" for a note on the whole Item
	Start     int    // byte offsets into the Segment, half open
	End       int
	Body      string
	BatchID   string // "" for one that was written by itself
	CreatedAt time.Time
}

// Event is one line of the audit chain. The store adds its place in the chain and
// its hashes in the same transaction as what it tells of.
type Event struct {
	Seq      int64
	At       time.Time
	Actor    Actor
	Action   string // "interaction.submitted", "item.claimed", "decision.made" …
	Object   string // the id of what it happened to
	AppID    string // "" for what belongs to no App
	Detail   string // canonical JSON object, never raw text of an Interaction
	Origin   Origin // where it came from; the store stamps it
	PrevHash [32]byte
	Hash     [32]byte
}

// DecisionRow is one line of the export: everything about one Decision, flat.
type DecisionRow struct {
	Decision      Decision
	Item          Item
	InteractionID string
	ExternalID    string
	App           string // name
	Reviewer      string // e-mail of the reviewer, or the system's name
	Undone        bool
	Prompt        string
	Response      string
	Redactions    []Redaction // of both
}

// masked is the row with placeholders for personal data and secrets.
func (r DecisionRow) masked() DecisionRow {
	a := Assessment{Redactions: r.Redactions}
	r.Prompt, r.Response = a.Sanitized("prompt", r.Prompt), a.Sanitized("response", r.Response)
	return r
}

// Delivery is one line of the feed that an App follows.
type Delivery struct {
	Cursor  int64 // grows; pass it as after
	Payload []byte
}
