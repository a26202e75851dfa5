package review

import (
	"cmp"
	"slices"
	"time"
)

// Alike is another Item of the App whose prompt differs only in case, spacing,
// punctuation or numbers.
type Alike struct {
	ItemID    string
	Excerpt   string
	State     ItemState
	CreatedAt time.Time
}

// Near is an Item whose prompt differs a little more than that.
type Near struct {
	Alike
	Likeness float64 // the share of pieces of text that both have, in [nearFrom,1]
}

// nearFrom is the likeness from which two exchanges are taken for nearly the same.
const nearFrom = 0.6

// nearlySame compares what a store found with an exchange.
func nearlySame(of Content, found []ClusterMember) []Near {
	own := shinglesOf(Content{Prompt: of.Prompt})
	var out []Near
	for _, m := range found {
		if likeness := jaccard(own, shinglesOf(Content{Prompt: m.Content.Prompt})); likeness >= nearFrom {
			out = append(out, Near{Alike{ItemID: m.Item.ID, Excerpt: m.Item.Excerpt, State: m.Item.State, CreatedAt: m.Item.CreatedAt}, likeness})
		}
	}
	slices.SortStableFunc(out, func(a, b Near) int { return cmp.Compare(b.Likeness, a.Likeness) })
	return out[:min(len(out), NearLimit)]
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
	NearLimit       = 8
	AlikeCountLimit = 1_000 // more are not counted
	PrecedentsLimit = 50
)

// EventView is an Event with who acted, by name.
type EventView struct {
	Event
	ActorName string
}
