package views

import (
	"context"
	"time"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/static"
	"github.com/guardroom/guardroom/views/text"
)

// Place is where in the navigation a page stands.
type Place string

// The places. PlaceNone is for pages that the navigation does not list.
const (
	PlaceNone          Place = ""
	PlaceQueue         Place = "queue"
	PlaceEscalated     Place = "escalated"
	PlaceInterventions Place = "interventions"
	PlaceAudit         Place = "audit"
	PlaceMine          Place = "mine"
	PlaceDecisions     Place = "decisions"
	PlaceAccount       Place = "account"
	PlacePolicies      Place = "policies"
	PlaceOverview      Place = "overview"
	PlaceConduct       Place = "conduct"
	PlaceCosts         Place = "costs"
	PlaceAlerts        Place = "alerts"
	PlaceWork          Place = "work"
	PlaceHolds         Place = "holds"
	PlaceInbox         Place = "inbox"
	PlaceTrail         Place = "trail"
	PlaceExports       Place = "exports"
	PlacePeople        Place = "people"
	PlaceApps          Place = "apps"
	PlaceHooks         Place = "webhooks"
	PlaceStatus        Place = "status"
)

// Shell is what every page of a signed-in person shares.
type Shell struct {
	Assets *static.Assets
	Viewer review.Viewer
	Counts review.Counts      // over the viewer's Apps
	Desk   review.Desk        // what the viewer has to look after
	Views  []review.SavedView // the lists that the viewer has named or has from others
	Now    time.Time          // every age and countdown of the page is reckoned from it
	Notice *Notice            // what the last action did; nil when there is nothing to say
}

// Notice tells, once, what the last action did. It is announced to screen readers.
type Notice struct {
	Text string     // in English, as the catalogue knows it
	Undo *UndoOffer // nil when there is nothing to take back
}

// UndoOffer lets the viewer take a Decision back until a time.
type UndoOffer struct {
	ItemID     string
	DecisionID string
	BatchID    string // in their place: of many at once
	Until      time.Time
}

// path is where the offer is taken.
func (o UndoOffer) path() string {
	if o.BatchID != "" {
		return PathBatchUndo
	}
	return ItemStep(o.ItemID, StepUndo)
}

// Problem says why a form was not accepted: what happened, what was kept, what to do.
type Problem struct {
	Code    review.Code // CodeConflict, CodeUnprocessable …
	Message string      // safe to show
	Fields  []review.FieldError
}

// say is the message as the reader speaks.
func (p *Problem) say(ctx context.Context) string {
	if len(p.Fields) == 0 {
		return text.Word(ctx, p.Message)
	}
	first := p.Fields[0]
	return text.Field(ctx, first.Field) + ": " + text.Word(ctx, first.Message)
}

// of returns the message for one field, "" when there is none. It may be asked of nil.
func (p *Problem) of(field string) string {
	if p == nil {
		return ""
	}
	for _, f := range p.Fields {
		if f.Field == field {
			return f.Message
		}
	}
	return ""
}

// LoginPage is GET /login, and POST /login when it was refused.
type LoginPage struct {
	Assets  *static.Assets
	Email   string // as typed
	Next    string // local path to go on to, "" for the queue
	SignOn  string // the provider of single sign-on; "" when there is none
	Passkey bool   // one may stand in for everything else
	Problem *Problem
}

// QueuePage is GET /queue.
type QueuePage struct {
	Shell
	Filter    review.Filter
	Rows      []review.QueueRow
	Paged     bool             // this is not the first page
	Next      *review.Position // nil on the last page
	Short     bool             // there may be more after Next, but it was not looked for
	Since     int64            // the point in the chain that the rows stand at
	Unindexed int              // how many of the newest Items a search does not find yet
	Preview   *ItemPage        // of the first row, for who wants previews
	Holders   []review.Holder  // who holds something, for the filter
	Specs     []review.DetectorSpec
}

// ItemPage is GET /items/{id}, and what a refused POST below it answers (409, 422).
type ItemPage struct {
	Shell
	View     review.ItemView
	Specs    []review.DetectorSpec
	Decoded  []DecodedText // the views in which a Segment showed what it hid
	From     review.Filter // the queue that the viewer came from; the next Item is taken from it
	Previous string        // id of the Item before this one in that queue, "" at the start
	Next     string        // id of the one after it, "" at the end
	Draft    Draft         // what was typed into a form that was refused
	Problem  *Problem      // why it was refused
}

// NormalView is the View of a text as a reader would read it: without what nobody sees, in the order in which it is read.
const NormalView = "normalised"

// DecodedText is one view of a Segment that differs from the text as submitted.
type DecodedText struct {
	Segment string // Segment.Name
	View    string // as in Finding.View, such as "base64", or NormalView
	Text    string
}

// Draft is what a reviewer had typed into the forms of an Item; the field names of the forms are the Field constants.
type Draft struct {
	Queue      string // the named queue to escalate to
	Label      string
	Reason     string
	Body       string // the note
	To         string // the colleague to hand over to
	Text       string // the Intervention's text; "" shows the proposed one
	Confidence string
	Span       SpanDraft
}

// SpanDraft is a labelled span as typed.
type SpanDraft struct {
	Segment string
	Start   string // byte offsets, as typed
	End     string
	Label   string
	Body    string
}

// HoldsPage is GET /holds: who holds what, the longest held first.
type HoldsPage struct {
	Shell
	Holds []review.Hold
}

// InboxPage is GET /inbox: what the viewer was told, the newest first.
type InboxPage struct {
	Shell
	Entries []review.InboxEntry
	Paged   bool   // this is not the first page
	Next    string // the id to go on from, "" on the last page
}

// AlikePage is GET /items/{id}/alike, and what a POST there answers that was refused or left something out.
type AlikePage struct {
	Shell
	Cluster review.Cluster
	BatchID string        // new for each form
	From    review.Filter // the queue that the viewer came from
	Result  *review.BatchResult
	Draft   Draft
	Near    bool     // what is worded otherwise is chosen, too
	Chosen  []string // as sent with a form that was refused; nil chooses by Near
	Problem *Problem
}

// SelectionPage is what deciding chosen Items together would do, and what it did when something was left out.
type SelectionPage struct {
	Shell
	Selection review.Selection
	BatchIDs  [3]string     // new for each form: deciding, labelling, handing over
	From      review.Filter // the queue that they were chosen from
	Result    *review.BatchResult
	Done      *review.ActResult // of labelling or handing over
	Draft     Draft
	Problem   *Problem
}

// TrailPage is GET /audit: Events, newest first.
type TrailPage struct {
	Shell
	Filter  review.EventFilter
	Events  []review.TrailEvent
	Paged   bool     // this is not the first page
	Next    int64    // where older ones begin, 0 when there are none
	Formats []string // in which it leaves
}

// DecisionsPage is GET /decisions: the latest Decisions, newest first.
type DecisionsPage struct {
	Shell
	Filter review.Filter
	Rows   []review.DecisionRow
	Limit  int // how many were asked for; as many rows mean that there may be more
}

// PoliciesPage is GET /policies.
type PoliciesPage struct {
	Shell
	Policies []review.PolicyView // one for each of the viewer's Apps, by name
	Specs    []review.DetectorSpec
}

// PolicyPage is GET /policies/{app} and what the pages below it share.
type PolicyPage struct {
	Shell
	View  review.PolicyView
	Specs []review.DetectorSpec
	Texts []review.InterventionText // of the library
}

// PolicyDraftPage is GET /policies/{app}/draft, and what a refused activation or discarding answers.
type PolicyDraftPage struct {
	PolicyPage
	Reason  string // as typed
	Problem *Problem
}

// PolicyEditPage is GET /policies/{app}/draft/edit, and what a refused POST of the draft answers (409, 422).
type PolicyEditPage struct {
	PolicyPage
	Form    PolicyForm
	Problem *Problem
}

// PolicyTrialPage is GET and POST /policies/{app}/trial.
type PolicyTrialPage struct {
	PolicyPage
	Kind    review.SegmentKind
	Text    string        // as typed
	Trial   *review.Trial // nil before a text was tried
	Problem *Problem
}

// PolicyVersionPage is GET /policies/{app}/versions/{version}, and what a refused roll-back answers.
type PolicyVersionPage struct {
	PolicyPage
	Version int
	Policy  review.Policy // as it was then
	Reason  string        // as typed
	Problem *Problem
}

// AccountPage is GET /account, and what refused preferences answer.
type AccountPage struct {
	Shell
	SignedInAt  time.Time          // zero when not known
	Preferences review.Preferences // as kept, or as typed
	KeyProblems map[string]KeyProblem
	Sessions    []Session
	Session     string // the mark of the one that looks
	Problem     *Problem
}

// ErrorPage is any answer that says no.
type ErrorPage struct {
	Assets     *static.Assets
	Shell      *Shell // nil when nobody is signed in
	Status     int    // the HTTP status
	Message    string // safe to show; "" takes the page's own words
	RetryAfter time.Duration
	RequestID  string // for the log; "" when there is none
}
