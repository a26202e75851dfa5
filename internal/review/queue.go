package review

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Filter says which Items or Decisions are meant, and in which order Items come. Zero
// fields do not filter; the Apps are always those that the viewer sees, narrowed by App.
type Filter struct {
	App         string // name
	Kind        ItemKind
	State       ItemState // "" means open for the queue, and any for exports
	Severity    Severity
	Category    Category
	Detector    string
	UserID      string // the end user
	Model       string
	Label       string        // of a standing Decision
	Policy      int           // version that screened the Interaction
	RiskFrom    int           // hundredths, inclusive
	RiskTo      int           // hundredths, inclusive; 0 means no bound
	OlderThan   time.Duration // since the Item was opened
	YoungerThan time.Duration
	Holder      string // HeldBySomebody, HeldByNobody, or the id of a colleague
	Escalation  string // the named queue that it was escalated to
	Mine        bool   // decided by the viewer, or held by them
	Overdue     bool
	Text        string // words that the prompt, the response or the Intervention has, all of them
	Sort        Sort   // of the queue; exports are in the order of time
}

// The holders who are no particular person.
const (
	HeldBySomebody = "anyone"
	HeldByNobody   = "nobody"
)

// Narrows tells whether the filter leaves anything out.
func (f Filter) Narrows() bool {
	f.Sort = SortPriority
	return f != Filter{}
}

// Sort is an order of the queue.
type Sort string

// The orders.
const (
	SortPriority Sort = ""       // the most pressing first: see rank
	SortOldest   Sort = "oldest" // by when the Item was opened
	SortNewest   Sort = "newest"
	SortRisk     Sort = "risk" // the highest first

	// SortFound is that of everything that is searched for: the last opened first.
	SortFound Sort = "found"
)

// Sorts lists every order in which pages offer them.
func Sorts() []Sort { return []Sort{SortPriority, SortOldest, SortNewest, SortRisk} }

// Position is a place in a list of Items; a page begins after it. It is the place of
// an Item, whether that is still there or not, and counts in one order alone.
type Position struct {
	Sort   Sort
	Key    int64 // by which the order sorts
	Number int64 // of the Item; orders those with one key
}

// Position is where the Item stands in an order of the queue.
func (i Item) Position(s Sort) *Position {
	p := &Position{Sort: s, Key: i.Rank, Number: i.Number}
	switch s {
	case SortOldest, SortNewest:
		p.Key = i.CreatedAt.UnixMicro()
	case SortRisk:
		p.Key = RiskKey(i.Risk)
	case SortFound:
		p.Key = i.Number
	}
	return p
}

// Compare orders two places of one list, as its keys grow.
func (p Position) Compare(q Position) int {
	return cmp.Or(cmp.Compare(p.Key, q.Key), cmp.Compare(p.Number, q.Number))
}

// RiskKey is a risk as orders compare it and pages show it: in hundredths. Of equal
// ones the later Item comes first.
func RiskKey(risk float64) int64 { return int64(float64(risk*100) + 0.5) }

// String encodes the position for a URL.
func (p Position) String() string { return fmt.Sprintf("%s.%d.%d", p.Sort, p.Key, p.Number) }

// ParsePosition reads what String wrote; "" is nil, the first page. A position of
// another order than the one wanted is none.
func ParsePosition(s string, sort Sort) (*Position, error) {
	if s == "" {
		return nil, nil
	}
	parts := strings.Split(s, ".")
	if len(parts) != 3 || parts[0] != string(sort) {
		return nil, Errorf(CodeInvalid, "the page cursor cannot be read")
	}
	key, err1 := strconv.ParseInt(parts[1], 10, 64)
	number, err2 := strconv.ParseInt(parts[2], 10, 64)
	if err1 != nil || err2 != nil {
		return nil, Errorf(CodeInvalid, "the page cursor cannot be read")
	}
	return &Position{Sort: sort, Key: key, Number: number}, nil
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
	Rows  []QueueRow
	Next  *Position // nil on the last page
	Short bool      // looking ended before the page was full; there may be more after Next
}

// QueueSlice is what a store found of a QueueQuery.
type QueueSlice struct {
	Rows    []QueueRow
	Stopped *Position // where looking ended before the limit was reached; nil when there is no more
}

// Holder is a colleague who holds Items.
type Holder struct {
	UserID string
	Name   string
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
	Cost         *CallCost    // of the call; nil for who may not see costs, and while the viewer is to judge blind

	Events     []EventView // what happened to the Item and its Decisions, in order
	Alike      []Alike     // the newest first, AlikeLimit at most
	AlikeCount int         // AlikeCountLimit+1 when there are more
	Near       []Near      // prompts that differ a little, the likest first, NearLimit at most; empty before a first verdict on the Item
	Precedents []Precedent // the newest first, PrecedentsLimit at most; empty before a first verdict on the Item

	BlindVerdict *BlindVerdict // the viewer's; nil when they gave none
	Blind        bool          // the viewer is to judge before they see what the guard and colleagues say; nothing of it is in the view
	Unmasked     bool          // the viewer has asked for personal data and secrets
	Masked       bool          // personal data and secrets are placeholders
	Opinions     []Decision    // those of the viewer that wait for a colleague's; stores fill in everybody's
	OpinionsIn   int           // how many wait, whosever they are
	Colleagues   []User        // who sees the App
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
