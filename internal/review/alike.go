package review

import "time"

// Alike is another Item of the App whose prompt differs only in case, spacing,
// punctuation or numbers.
type Alike struct {
	ItemID    string
	Excerpt   string
	State     ItemState
	CreatedAt time.Time
}

// Precedent is how an Item that is alike was decided.
type Precedent struct {
	ItemID    string
	Judgement Judgement
	Label     string
	Reason    string
	Reviewer  string
	CreatedAt time.Time
}

// The most that a page reads of what is alike.
const (
	AlikeLimit      = 8
	AlikeCountLimit = 1_000 // more are not counted
	PrecedentsLimit = 50
)

// EventView is an Event with who acted, by name.
type EventView struct {
	Event
	ActorName string
}
