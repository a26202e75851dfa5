package views

import (
	"maps"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views/text"
)

// The parameters of the audit trail.
const (
	paramTrailActor  = "actor"
	paramTrailAction = "action"
	paramTrailObject = "object"
	paramTrailFrom   = "from"
	paramTrailUntil  = "until"
	ParamFormat      = "format" // of the file
)

// trailTime is how a datetime-local field writes; the times are UTC.
const trailTime = "2006-01-02T15:04"

// ParseTrail reads the filter of the trail and where the page begins.
func ParseTrail(q url.Values) (f review.EventFilter, before int64, err error) {
	given := func(name string) string { return strings.TrimSpace(q.Get(name)) }
	f = review.EventFilter{Actor: given(paramTrailActor), Action: given(paramTrailAction), App: given(paramApp), Object: given(paramTrailObject)}
	if f.From, err = trailMoment(paramTrailFrom, given(paramTrailFrom)); err != nil {
		return f, 0, err
	}
	if f.Until, err = trailMoment(paramTrailUntil, given(paramTrailUntil)); err != nil {
		return f, 0, err
	}
	if at := given(ParamBefore); at != "" {
		if before, err = strconv.ParseInt(at, 10, 64); err != nil || before < 1 {
			return f, 0, review.Errorf(review.CodeInvalid, "the page of the trail cannot be read")
		}
	}
	return f, before, f.Validate()
}

func trailMoment(name, value string) (time.Time, error) {
	if value == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{trailTime, time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, value); err == nil && t.Year() >= 1970 && t.Year() < 3000 {
			return t.UTC(), nil
		}
	}
	return time.Time{}, review.Errorf(review.CodeInvalid, "the filter %s must be a day and a time", name)
}

// TrailQuery is the filter as ParseTrail reads it.
func TrailQuery(f review.EventFilter) url.Values {
	q := url.Values{}
	put := func(name, value string) {
		if value != "" {
			q.Set(name, value)
		}
	}
	put(paramTrailActor, f.Actor)
	put(paramTrailAction, f.Action)
	put(paramApp, f.App)
	put(paramTrailObject, f.Object)
	put(paramTrailFrom, trailField(f.From))
	put(paramTrailUntil, trailField(f.Until))
	return q
}

// trailField is the value of a datetime-local field.
func trailField(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(trailTime)
}

func trailPath(f review.EventFilter) string { return withQuery(PathTrail, TrailQuery(f)) }

func (p TrailPage) older() string {
	q := TrailQuery(p.Filter)
	q.Set(ParamBefore, strconv.FormatInt(p.Next, 10))
	return withQuery(PathTrail, q)
}

func (p TrailPage) export(format string) string {
	q := TrailQuery(p.Filter)
	q.Set(ParamFormat, format)
	return withQuery(PathTrailExport, q)
}

// trailObject is where what an Event happened to can be looked at, "" for what has no
// page.
func trailObject(e review.TrailEvent) string {
	family, _, _ := strings.Cut(e.Action, ".")
	switch {
	case e.Object == "":
		return ""
	case family == "item", family == "opinion" && e.Action != "opinion.revealed":
		return ItemPath(e.Object) + "?peek=1"
	case family == "policy" && e.App != "":
		return PolicyPath(e.App)
	}
	return ""
}

// shortID is enough of an id to tell it from its neighbours.
func shortID(id string) string {
	if len(id) == 36 {
		return "…" + id[24:]
	}
	return oneLine(id, 20)
}

// trailChips are the filters in force.
func trailChips(f review.EventFilter) []chip {
	q := TrailQuery(f)
	var out []chip
	for _, c := range []struct{ param, name string }{
		{paramTrailActor, text.Say("Who")}, {paramTrailAction, text.Say("What")}, {paramTrailObject, text.Say("Object")},
		{paramApp, text.Say("App")}, {paramTrailFrom, text.Say("From")}, {paramTrailUntil, text.Say("Until")},
	} {
		if value := q.Get(c.param); value != "" {
			without := maps.Clone(q)
			without.Del(c.param)
			out = append(out, chip{name: c.name, value: oneLine(value, 60), without: withQuery(PathTrail, without), clear: PathTrail})
		}
	}
	return out
}
