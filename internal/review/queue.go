package review

import (
	"encoding/base64"
	"encoding/json"
	"time"
)

// Filter says which Items or Decisions are meant. Zero fields do not filter; the
// Apps are always those that the viewer sees, narrowed by App.
type Filter struct {
	App      string // name
	Kind     ItemKind
	State    ItemState // "" means open for the queue, and any for exports
	Severity Severity
	Category Category
	Detector string
	UserID   string // the end user
	Mine     bool   // decided by the viewer, or held by them
	Overdue  bool
}

// Position is the place of an Item in a keyset-ordered list; a page begins after it.
type Position struct {
	Rank int64  `json:"r"`
	ID   string `json:"i"`
}

// position is where the Item stands in the queue.
func (i Item) position() *Position { return &Position{Rank: i.Rank, ID: i.ID} }

// String encodes the position for a URL.
func (p Position) String() string {
	b, _ := json.Marshal(p) // two plain fields cannot fail
	return base64.RawURLEncoding.EncodeToString(b)
}

// ParsePosition reads what String wrote; "" is nil, the first page.
func ParsePosition(s string) (*Position, error) {
	if s == "" {
		return nil, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(s) > 256 {
		return nil, Errorf(CodeInvalid, "the page cursor cannot be read")
	}
	var p Position
	if err := json.Unmarshal(b, &p); err != nil {
		return nil, Errorf(CodeInvalid, "the page cursor cannot be read")
	}
	return &p, nil
}

// QueueRow is one line of the queue.
type QueueRow struct {
	Item  Item   // of a blind one, without what the guard says: no severity, detector, risk, verdict, reason
	Blind bool   // the viewer is to judge it before they see what the guard says
	App   string // name
	Claim *Claim // live, or nil
}

// QueuePage is one page of the queue.
type QueuePage struct {
	Rows []QueueRow
	Next *Position // nil on the last page
}

// Count is how many Items of a kind stand in a state.
type Count struct {
	Kind  ItemKind
	State ItemState
	N     int
}

// Counts are the maintained counters over the viewer's Apps.
type Counts []Count

// Of sums the counters of a state over the kinds given, or over all kinds.
func (c Counts) Of(state ItemState, kinds ...ItemKind) int {
	n := 0
	for _, x := range c {
		if x.State != state {
			continue
		}
		if len(kinds) == 0 {
			n += x.N
		}
		for _, k := range kinds {
			if k == x.Kind {
				n += x.N
			}
		}
	}
	return n
}

// ItemView is everything that one item page shows.
type ItemView struct {
	Item         Item
	App          App
	Interaction  Interaction
	Assessment   Assessment
	Intervention *Intervention
	Feedback     *Feedback
	Claim        *Claim // live, or nil
	Decisions    []DecisionView
	Annotations  []Annotation
	History      []HistoryRow // this user's latest Interactions in this App, newest first
	Policy       Policy       // the one in force now: labels

	Events     []EventView // what happened to the Item and its Decisions, in order
	Alike      []Alike     // the newest first, AlikeLimit at most
	AlikeCount int         // AlikeCountLimit+1 when there are more
	Precedents []Precedent // the newest first, PrecedentsLimit at most; empty before a first verdict on the Item

	BlindVerdict *BlindVerdict // the viewer's; nil when they gave none
	Blind        bool          // the viewer is to judge before they see what the guard and colleagues say; nothing of it is in the view
	Unmasked     bool          // the viewer has asked for personal data and secrets
	Masked       bool          // personal data and secrets are placeholders
	Control      *Control      // set by stores alone, of an Item that is a control
}

// DecisionView is a Decision with what a page says about it.
type DecisionView struct {
	Decision
	Reviewer string
	Undone   *Undo
}

// Undoable tells whether the user may still take the Decision back.
func (d DecisionView) Undoable(userID string, now time.Time) bool {
	return d.Undone == nil && d.Actor == (Actor{Kind: ActorUser, ID: userID}) && now.Before(d.CreatedAt.Add(UndoWindow))
}

// HistoryRow is one earlier Interaction of the same end user.
type HistoryRow struct {
	InteractionID string
	ItemID        string // "" when nothing was reviewed
	Excerpt       string
	Verdict       Verdict
	Risk          float64
	Judgement     Judgement // the standing Decision, "" when there is none
	Blind         bool      // the viewer is to judge its Item blind: no verdict, risk or judgement
	CreatedAt     time.Time
}
