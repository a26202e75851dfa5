package review

import "time"

// FeedbackAction is what the end user did with a response.
type FeedbackAction string

// The actions that an App can report.
const (
	FeedbackAccepted              FeedbackAction = "accepted"
	FeedbackAcceptedWithoutReview FeedbackAction = "accepted_without_review"
	FeedbackEdited                FeedbackAction = "edited"
	FeedbackCriticallyEvaluated   FeedbackAction = "critically_evaluated"
	FeedbackRejected              FeedbackAction = "rejected"
	FeedbackAlternativeRequested  FeedbackAction = "alternative_requested"
)

// FeedbackActions lists every action.
func FeedbackActions() []FeedbackAction {
	return []FeedbackAction{FeedbackAccepted, FeedbackAcceptedWithoutReview, FeedbackEdited,
		FeedbackCriticallyEvaluated, FeedbackRejected, FeedbackAlternativeRequested}
}

// Feedback is evidence of how an end user dealt with a response. What was not
// observed is nil: missing is not false.
type Feedback struct {
	Action            FeedbackAction `json:"action"`
	ShownAt           *time.Time     `json:"shown_at,omitempty"`
	DecidedAt         *time.Time     `json:"decided_at,omitempty"`
	FocusedMS         *int64         `json:"focused_ms,omitempty"` // time with the response in view and in focus, milliseconds
	EditRatio         *float64       `json:"edit_ratio,omitempty"` // Levenshtein(response, final) ÷ longer length, in [0,1]
	Verification      *Verification  `json:"verification,omitempty"`
	InitialAnswer     *string        `json:"initial_answer,omitempty"`     // the user's, before the response was seen
	AIAnswer          *string        `json:"ai_answer,omitempty"`          // the response's, as short as the user's
	FinalAnswer       *string        `json:"final_answer,omitempty"`       // the user's, afterwards
	Scale             *float64       `json:"scale,omitempty"`              // of numeric answers: from the least to the greatest possible
	InitialConfidence *float64       `json:"initial_confidence,omitempty"` // in [0,1]
	AIConfidence      *float64       `json:"ai_confidence,omitempty"`      // in [0,1], as shown to the user
	RiskClass         string         `json:"risk_class,omitempty"`         // low, medium or high
	AITruth           string         `json:"ai_truth,omitempty"`           // right, wrong or unknown
	Seeded            *bool          `json:"seeded,omitempty"`             // a planted error
	Arm               string         `json:"arm,omitempty"`                // experiment arm, and
	Propensity        *float64       `json:"propensity,omitempty"`         // the chance with which it was assigned
}

// quotes tells whether the Feedback holds words of the exchange.
func (f *Feedback) quotes() bool {
	return f != nil && (f.InitialAnswer != nil || f.AIAnswer != nil || f.FinalAnswer != nil)
}

// Verification lists the checks that an end user made of a response.
type Verification struct {
	SourceOpened         bool `json:"source_opened"`
	TestRun              bool `json:"test_run"`
	CounterQuestion      bool `json:"counter_question"`
	AlternativeRequested bool `json:"alternative_requested"`
}

// Any tells whether the user verified in any way.
func (v Verification) Any() bool {
	return v.SourceOpened || v.TestRun || v.CounterQuestion || v.AlternativeRequested
}

// Observation is what one Interaction tells a bias detector about one user.
type Observation struct {
	Detector  string  // "bias.uncritical_acceptance"
	X         float64 // in [0,1]: 1 speaks for the bias
	RiskClass string  // low, medium, high or "" when the App did not say
	KnownBad  bool    // a seeded or known error was accepted
	Contrast  bool    // observed where the bias would not show, for detectors that compare
	Segment   string  // the text that it was read from, "" when it was conduct

	// Finding is set when this one text shows the bias by itself, whoever wrote it.
	// It is recorded also when there is no user whose habits could be followed.
	Finding *Finding
}

// BiasState is a detector's running belief about one user of one App.
type BiasState struct {
	AppID    string
	UserID   string
	Detector string
	Alpha    float64 // Beta parameters after forgetting
	Beta     float64
	Weight   float64 // effective number of observations

	// The same where the bias would not show, for detectors that compare; 0 for others.
	OtherAlpha  float64
	OtherBeta   float64
	OtherWeight float64

	Firing    bool       // hysteresis: fired and not cleared yet
	FiredAt   *time.Time // start of the cooldown
	UpdatedAt time.Time
}

// Proposal is a bias Finding together with the Intervention that could help.
type Proposal struct {
	Finding  Finding
	Strategy string // text, answer_first, delayed_reveal, rewrite_as_question, accuracy_prompt, counter_evidence
	Text     string
}

// InterventionText is what can be said to a user of one bias in one way.
type InterventionText struct {
	Bias     string // the detector
	Strategy string
	Text     string
}

// InterventionState is where an Intervention stands.
type InterventionState string

// The states of an Intervention.
const (
	InterventionProposed InterventionState = "proposed"
	InterventionApproved InterventionState = "approved"
	InterventionDropped  InterventionState = "dropped"
)

// Intervention is a metacognitive prompt proposed for an end user.
type Intervention struct {
	ID            string
	AppID         string
	InteractionID string
	UserID        string
	Bias          string // the detector
	Strategy      string
	Text          string // as proposed; never changed
	DeliveredText string // as approved, perhaps edited; "" until then
	Confidence    float64
	Severity      Severity
	State         InterventionState
	ExperimentID  string // "" outside of experiments
	Arm           int    // index
	Outcome       InterventionOutcome
	OutcomeAt     *time.Time
	CreatedAt     time.Time
}
