package review

import (
	"context"
	"iter"
	"strings"
	"time"
)

// EventsPage is how many Events one page of the trail shows.
const EventsPage = 50

// TrailEvent is an Event with the names that its ids stand for.
type TrailEvent struct {
	Event
	ActorName string // e-mail of a person, name of an App, or the id
	App       string // name, "" for what belongs to no App
}

// EventFilter narrows the trail. Its zero value means everything.
type EventFilter struct {
	Actor  string    // e-mail or id
	Action string    // whole, or the part before the dot
	App    string    // name
	Object string    // id
	From   time.Time // inclusive
	Until  time.Time // exclusive
}

// Validate refuses what can match nothing, or could not be stored.
func (f EventFilter) Validate() error {
	for name, text := range map[string]string{"actor": f.Actor, "action": f.Action, "app": f.App, "object": f.Object} {
		if len(text) > 254 || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\uFFFD' }) {
			return Errorf(CodeInvalid, "the filter %s cannot be read", name)
		}
	}
	if !f.From.IsZero() && !f.Until.IsZero() && !f.From.Before(f.Until) {
		return Errorf(CodeInvalid, "the filter ends before it begins")
	}
	return nil
}

// EventQuery asks for a page of the trail, the newest first.
type EventQuery struct {
	Filter EventFilter
	Before int64 // exclusive; 0 begins at the end of the chain
	Limit  int
}

// EventSlice is what it finds.
type EventSlice struct {
	Events []TrailEvent
	// Next is what to ask Before of next time, 0 when there is nothing older. A page
	// may be short of its limit and still go on: a bounded number of Events is looked at.
	Next int64
}

// Trail shows the audit chain to who may see it.
func (s *Service) Trail(ctx context.Context, v Viewer, f EventFilter, before int64) (EventSlice, error) {
	if err := mayAudit(v, f); err != nil {
		return EventSlice{}, err
	}
	return s.Store.EventSlice(ctx, EventQuery{Filter: f, Before: before, Limit: EventsPage})
}

// WholeTrail iterates over all Events that the filter means, the oldest first.
func (s *Service) WholeTrail(ctx context.Context, v Viewer, f EventFilter) (iter.Seq2[TrailEvent, error], error) {
	if err := mayAudit(v, f); err != nil {
		return nil, err
	}
	return s.Store.EventLog(ctx, f, 0), nil
}

func mayAudit(v Viewer, f EventFilter) error {
	if !v.May(PermAudit) {
		return Errorf(CodeForbidden, "your role, %s, may not read the audit trail", v.User.Role)
	}
	return f.Validate()
}
