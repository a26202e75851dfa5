package guard

import "time"

// Memory knows what people blocked in an App. It must be safe for concurrent use.
type Memory interface {
	// Recall returns the blocked text that a folded text is nearly the same as; false
	// when there is none, or people have approved it since.
	Recall(appID, folded string) (Precedent, bool)
}

// Precedent is a decision about a text that was nearly the same.
type Precedent struct {
	DecisionID string
	Similarity float64 // estimated, in [0,1]; 1 is the same
	At         time.Time
}
