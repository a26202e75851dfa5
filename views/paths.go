package views

import (
	"net/url"
	"strconv"

	"github.com/guardroom/guardroom/internal/review"
)

// The paths that pages link and post to. Routes are made from the same names.
const (
	PathLogin             = "/login"
	PathLogout            = "/logout"
	PathQueue             = "/queue"
	PathItems             = "/items"
	PathDecisions         = "/decisions"
	PathAccount           = "/account"
	PathExportCSV         = "/export/decisions.csv"
	PathPolicies          = "/policies"
	PathExports           = "/exports"      // GET: what one asked to have made; POST: asks
	PathTrail             = "/audit"        // GET: the audit trail
	PathTrailExport       = "/audit/export" // GET: the same as a file
	PathHolds             = "/holds"
	PathOverview          = "/overview"
	PathConduct           = "/behavior"
	PathCosts             = "/costs"
	PathAlerts            = "/alerts"
	PathWork              = "/my-work"
	PathInbox             = "/inbox"
	PathInboxRead         = "/inbox/read"
	PathBatchUndo         = "/batches/undo"
	PathSelection         = "/queue/selection"          // POST: what deciding the chosen Items together would do
	PathPreview           = "/queue/preview"            // POST: shows it beside the list, or not, from now on
	PathLive              = "/queue/events"             // GET: what changes of a list, as server-sent events
	PathSelectionDecision = "/queue/selection/decision" // POST: does it
	PathSelectionLabel    = "/queue/selection/label"    // POST: labels them, and decides nothing
	PathSelectionHandOver = "/queue/selection/handover" // POST: gives them to a colleague
	PathNext              = "/queue/next"               // POST: leases the next Item of a queue and goes there
)

// The last step of the paths below /items/{id} that are posted to.
const (
	StepClaim       = "claim"       // takes the Item
	StepHeartbeat   = "heartbeat"   // renews the Claim: asked by the script, answered with JSON
	StepRelease     = "release"     // gives it back
	StepDecision    = "decision"    // approve, block, escalate
	StepSkip        = "skip"        // not for me
	StepAnnotations = "annotations" // a note, or a labelled span
	StepUndo        = "undo"        // takes a Decision back
	StepBlind       = "blind"       // the verdict of somebody who has not seen the guard's
	StepPersonal    = "personal"    // shows personal data and secrets
	StepVeil        = "veil"        // blurs the texts, or shows them, from now on
	StepKeep        = "keep"        // holds it while its page is closed
	StepHandOver    = "handover"    // gives it to a colleague
	StepSnooze      = "snooze"      // lets it leave the queue until a time
	StepWake        = "wake"        // brings it back before that
	StepOpinion     = "opinion"     // asks for a second opinion
	StepReversal    = "reversal"    // puts another Decision in the place of the standing one
	StepAlike       = "alike"       // GET: what is alike; POST: decides it as one batch
	StepPreview     = "preview"     // GET: to be read, and nothing else
	StepHold        = "hold"        // POST: ends a colleague's Claim
)

// The last steps of the paths below /exports/{id}.
const (
	StepFile     = "file"     // GET: the file
	StepManifest = "manifest" // GET: the signed statement about it
	StepDeletion = "deletion" // POST: stops it, or removes its file
)

// StepCostFile below /costs/{app}: GET its costs as a file.
const StepCostFile = "costs.csv"

// The steps below /alerts/{app}.
const (
	StepRules      = "rules"      // GET: the form of a new rule; POST: adds it; below it each rule, to be changed
	StepSilence    = "silence"    // POST below a rule: tells nobody for a while
	StepChannels   = "channels"   // POST: adds one
	StepTest       = "test"       // POST below a channel or a webhook: sends a message that says that it is a test
	StepDeliveries = "deliveries" // POST below a channel: tries one again that was given up; below a webhook each delivery
)

// StepRestriction below /behavior/{app}: POST restricts a user.
const StepRestriction = "restriction"

// The last steps of the paths below /policies/{app}.
const (
	StepDraft       = "draft"            // GET: what it would change; POST: saves it
	StepEdit        = "draft/edit"       // GET: its form
	StepActivate    = "draft/activation" // POST: puts it into force
	StepDiscard     = "draft/discard"    // POST: throws it away
	StepTrial       = "trial"            // GET and POST: tries a text
	StepExperiments = "experiments"      // GET: tests of interventions; POST: plans one
	StepProof       = "proof"            // GET: thresholds that decisions prove; POST: takes one over into the draft
	StepVersions    = "versions"         // GET: the history; below it each version
	StepStart       = "start"            // POST below an experiment: lets it begin
	StepEnd         = "end"              // POST below an experiment: ends it
	StepRollBack    = "rollback"         // POST below a version: brings it back
)

// The fields of the forms. They are named as in the field errors of the use cases, so that a problem finds its field.
const (
	FieldEmail      = "email"
	FieldPassword   = "password"
	FieldNext       = "next"
	FieldToken      = "token"       // the Claim's
	FieldVersion    = "version"     // the Item's, as shown
	FieldJudgement  = "decision"    // the button: approve, block or escalate
	FieldLabel      = "label"       // of the Decision, or of a labelled span
	FieldReason     = "reason"      // of the Decision
	FieldBody       = "body"        // a note; when a Decision is sent with one, both are stored
	FieldText       = "text"        // the Intervention's
	FieldFocusedMS  = "focused_ms"  // measured by the script, "" without it
	FieldShown      = "shown"       // of the preview: 1, or "" from now on
	FieldFrom       = "from"        // the queue's query, so that the next Item comes from it
	FieldDecisionID = "decision_id" // for undo
	FieldConfidence = "confidence"  // how sure the reviewer is, in [0,1]
	FieldVeil       = "veil"        // VeilOff, VeilAlways or VeilDisturbing
	FieldMasked     = "masked"      // of a labelled span: its offsets are those of the text with placeholders
	FieldSegment    = "segment"     // of a labelled span; an annotation without one is a note on the Item, whatever its label
	FieldStart      = "start"       // byte offsets into the Segment, half open
	FieldEnd        = "end"
	FieldStanding   = "standing" // how a user is treated: the button
	FieldRevision   = "revision" // the policy draft's, as shown
	FieldDetector   = "detector" // whose proved thresholds go into the draft
	FieldLive       = "live"     // the policy version that was compared with
	FieldKind       = "kind"     // as what a text is tried
	FieldLeaving    = "leaving"  // sent when a page is only left
	FieldSkipCode   = "skip_code"
	FieldSkipReason = "skip_reason" // typed, or the chosen one
	FieldHours      = "hours"       // to keep; 0 ends it
	FieldTo         = "to"          // the colleague's id
	FieldFor        = "for"         // to snooze: minutes, or "" for FieldUntil
	FieldUntil      = "until"       // UTC, as a datetime-local field sends it
	FieldQueue      = "queue"       // the named queue to escalate to
	FieldBatch      = "batch"       // the id that came with the form
	ParamNear       = "near"        // what is worded otherwise is chosen, too, when it is "1"
	FieldItem       = "item"        // of a batch: BatchItemValue, many times
	FieldEntry      = "entry"       // of the inbox; "" means all
	ParamBefore     = "before"      // of the inbox: the last entry shown
)

// ItemPath is where an Item is read.
func ItemPath(id string) string { return PathItems + "/" + url.PathEscape(id) }

// itemLink is ItemPath with the queue that it was reached from.
func itemLink(id string, from review.Filter) string {
	q := FilterQuery(from).Encode()
	if q == "" {
		return ItemPath(id)
	}
	return ItemPath(id) + "?" + url.Values{FieldFrom: {q}}.Encode()
}

// previewLink is where an Item is only read; it says so, because it spends no notice.
func previewLink(id string, from review.Filter) string {
	q := url.Values{"peek": {"1"}}
	if query := FilterQuery(from).Encode(); query != "" {
		q.Set(FieldFrom, query)
	}
	return withQuery(ItemStep(id, StepPreview), q)
}

// ItemStep is where one of the steps is posted.
func ItemStep(id, step string) string { return ItemPath(id) + "/" + step }

// PolicyPath is where the policy of an App is read.
func PolicyPath(app string) string { return PathPolicies + "/" + url.PathEscape(app) }

// PolicyStep is one of the steps below it.
func PolicyStep(app, step string) string { return PolicyPath(app) + "/" + step }

// PolicyVersionPath is where one version is read.
func PolicyVersionPath(app string, version int) string {
	return PolicyStep(app, StepVersions) + "/" + strconv.Itoa(version)
}

// QueuePath is the queue narrowed by a filter, from a position on.
func QueuePath(f review.Filter, after *review.Position) string {
	q := FilterQuery(f)
	if after != nil {
		q.Set(ParamAfter, after.String())
	}
	return withQuery(PathQueue, q)
}

// DecisionsPath is the list of Decisions narrowed by a filter.
func DecisionsPath(f review.Filter) string { return withQuery(PathDecisions, FilterQuery(f)) }

// ExportPath is the CSV of the Decisions that the filter means.
func ExportPath(f review.Filter) string { return withQuery(PathExportCSV, FilterQuery(f)) }

// ExportStep is one of the steps below an Export.
func ExportStep(id, step string) string { return PathExports + "/" + url.PathEscape(id) + "/" + step }

func withQuery(path string, q url.Values) string {
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}
