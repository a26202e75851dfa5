package review

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"time"
)

// ShareWhole is what the shares of an Experiment's arms sum to: hundredths of a percent.
const ShareWhole = 10_000

// The bounds of an Experiment.
const (
	MaxArms          = 5
	maxQuestionBytes = 500
	maxArmTextBytes  = 2_000
)

// ExperimentState is where an Experiment stands.
type ExperimentState string

// The states of an Experiment; it never goes back.
const (
	ExperimentDraft   ExperimentState = "draft"
	ExperimentRunning ExperimentState = "running"
	ExperimentEnded   ExperimentState = "ended"
)

// Experiment is an A/B test of what is said to the users of one App when a bias detector fires. Its unit is the user.
type Experiment struct {
	ID        string
	AppID     string
	Bias      string // the detector
	State     ExperimentState
	Plan      ExperimentPlan
	CreatedAt time.Time
}

// ExperimentPlan is the document of an Experiment.
type ExperimentPlan struct {
	Name      string          `json:"name"`
	Question  string          `json:"question,omitempty"` // what it is to find out
	Salt      string          `json:"salt"`               // of the assignment; never shown
	Arms      []ExperimentArm `json:"arms"`               // the first one is the control
	CreatedBy Actor           `json:"created_by"`
	StartedAt *time.Time      `json:"started_at,omitempty"`
	EndedAt   *time.Time      `json:"ended_at,omitempty"`
	Why       string          `json:"why,omitempty"` // it ended
}

// ExperimentArm is one way of treating a user.
type ExperimentArm struct {
	Name      string     `json:"name"`
	Share     int        `json:"share"`              // of ShareWhole, at least 1
	Strategy  string     `json:"strategy,omitempty"` // "" says nothing to the user
	Text      string     `json:"text,omitempty"`     // "" is the policy's, or the detector's own
	StoppedAt *time.Time `json:"stopped_at,omitempty"`
	Why       string     `json:"why,omitempty"` // it was stopped
}

// Propensity is the chance with which a user is assigned to the arm, in (0,1].
func (a ExperimentArm) Propensity() float64 { return float64(a.Share) / ShareWhole }

// Assign returns the index of a user's arm: always the same one, and independent between Experiments.
func (e Experiment) Assign(userID string) int {
	sum := sha256.Sum256([]byte(e.Plan.Salt + "\x1f" + e.ID + "\x1f" + userID))
	bucket := int(binary.BigEndian.Uint64(sum[:8]) % ShareWhole)
	for i, a := range e.Plan.Arms {
		if bucket < a.Share {
			return i
		}
		bucket -= a.Share
	}
	return 0
}

// Treating lists the indexes of the arms other than the control that are not stopped.
func (e Experiment) Treating() []int {
	var out []int
	for i, a := range e.Plan.Arms {
		if i > 0 && a.StoppedAt == nil {
			out = append(out, i)
		}
	}
	return out
}

// validate names every field of a plan that is out of its bounds.
func (p ExperimentPlan) validate(bad *invalidFields) {
	if p.Name == "" || len(p.Name) > maxTitleBytes {
		bad.addf("name", "must have 1 to %d bytes", maxTitleBytes)
	}
	if len(p.Question) > maxQuestionBytes {
		bad.addf("question", "must be at most %d bytes", maxQuestionBytes)
	}
	bad.between("arms", len(p.Arms), 2, MaxArms)
	total, names := 0, map[string]bool{}
	for i, a := range p.Arms {
		at := fmt.Sprintf("arms[%d].", i)
		if a.Name == "" || len(a.Name) > maxNameBytes || names[a.Name] {
			bad.addf(at+"name", "must be unique and have 1 to %d bytes", maxNameBytes)
		}
		names[a.Name] = true
		bad.between(at+"share", a.Share, 1, ShareWhole-1)
		total += a.Share
		if a.Strategy != "" && !slices.Contains(Strategies(), a.Strategy) {
			bad.addf(at+"strategy", "must be one of %v", Strategies())
		}
		if len(a.Text) > maxArmTextBytes {
			bad.addf(at+"text", "must be at most %d bytes", maxArmTextBytes)
		}
		if a.Text != "" && a.Strategy == "" {
			bad.addf(at+"text", "is never said without a strategy")
		}
	}
	if total != ShareWhole {
		bad.addf("arms", "must have shares that sum to 100 %%")
	}
}

// Enrolment says that a user would have been prompted, in whatever arm, for the first time: from then on they are part of
// the Experiment.
type Enrolment struct {
	ExperimentID  string
	UserID        string
	Arm           int
	InteractionID string
	At            time.Time
}

// The measures of an Experiment. A user counts once for each: with the first exchange after the enrolment that shows it.
const (
	MeasureOverReliance  = "over_reliance"  // 1 if an answer known to be wrong was taken over: the primary one
	MeasureVerification  = "verification"   // 1 if an answer was checked in any way
	MeasureUnderReliance = "under_reliance" // 1 if an answer known to be right was not taken over
	MeasureTime          = "time"           // ln of the focused seconds that an answer took
)

// Measures lists every measure, the primary one first.
func Measures() []string {
	return []string{MeasureOverReliance, MeasureVerification, MeasureUnderReliance, MeasureTime}
}

// Outcome is what one user showed of one measure.
type Outcome struct {
	ExperimentID  string
	Measure       string
	UserID        string
	Arm           int
	Value         float64
	InteractionID string
	At            time.Time
}

// Shown is one measure of one exchange.
type Shown struct {
	Measure string
	Value   float64
}
