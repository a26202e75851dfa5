package views

import (
	"context"
	"math"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views/text"
	"github.com/guardroom/guardroom/views/ui"
)

// ConductsPage is GET /behavior.
type ConductsPage struct {
	Shell
	Apps []review.ConductSummary
}

// ConductPage is GET /behavior/{app}, of the App or of one of its users.
type ConductPage struct {
	Shell
	View    review.ConductView
	Form    RestrictionForm
	Problem *Problem
}

// ConductPath is where the conduct of an App is read, or that of one of its users.
func ConductPath(app, user string) string {
	q := url.Values{}
	if user != "" {
		q.Set(ParamUser, user)
	}
	return withQuery(PathConduct+"/"+url.PathEscape(app), q)
}

// RestrictionPath is where a user of an App is restricted.
func RestrictionPath(app string) string {
	return PathConduct + "/" + url.PathEscape(app) + "/" + StepRestriction
}

// usualHours is how many hours before an hour say what is usual for it, and usualLeast how many it takes.
const (
	usualHours = 24
	usualLeast = 6
)

// usualMost is three standard deviations over the mean of the day before: what comes above it is unusual; 0 where there
// is too little before to say.
func usualMost(before []review.ConductHour, at time.Time) int {
	sum, squares, n := 0.0, 0.0, 0
	for _, h := range before {
		if at.Sub(h.Hour) <= usualHours*time.Hour {
			x := float64(h.Requests)
			sum, squares, n = sum+x, squares+x*x, n+1
		}
	}
	if n < usualLeast {
		return 0
	}
	mean := sum / usualHours // hours in which nothing happened are hours
	return int(math.Ceil(mean + 3*math.Sqrt(max(mean, squares/usualHours-mean*mean))))
}

// requestsByHour is what came against what was usual.
func requestsByHour(ctx context.Context, v review.ConductView) series {
	out := series{id: "requests", title: text.T(ctx, "Interactions by the hour, 7 days"),
		names: []string{text.T(ctx, "interactions"), text.T(ctx, "usual at most")}}
	for i, h := range v.Hours {
		out.points = append(out.points, point{h.Hour, []cell{counted(h.Requests), counted(usualMost(v.Hours[:i], h.Hour))}})
	}
	return out
}

// alarmsByHour is what the guard found, and what was unusual.
func alarmsByHour(ctx context.Context, v review.ConductView) series {
	out := series{id: "alarms", title: text.T(ctx, "Flagged and unusual by the hour, 7 days"),
		names: []string{text.T(ctx, "flagged"), text.T(ctx, "unusual")}}
	for _, h := range v.Hours {
		out.points = append(out.points, point{h.Hour, []cell{counted(h.Flagged), counted(h.Alarms)}})
	}
	return out
}

// tokensByHour is what was read and written.
func tokensByHour(ctx context.Context, v review.ConductView) series {
	out := series{id: "tokens", title: text.T(ctx, "Tokens by the hour, 7 days"),
		names: []string{text.T(ctx, "read"), text.T(ctx, "written")}}
	for _, h := range v.Hours {
		out.points = append(out.points, point{h.Hour, []cell{counted(h.TokensIn), counted(h.TokensOut)}})
	}
	return out
}

// conductFigures sum up the last day.
func conductFigures(ctx context.Context, now time.Time, hours []review.ConductHour) []figure {
	var day review.ConductHour
	for _, h := range hours {
		if now.Sub(h.Hour) < 24*time.Hour {
			day.Add(h)
		}
	}
	latency := figure{text.T(ctx, "Latency"), "–", text.T(ctx, "nothing was timed")}
	if day.Timed > 0 {
		mean := day.Latency / time.Duration(day.Timed)
		latency.value, latency.note = seconds(mean.Milliseconds()), text.T(ctx, "on average, 24 hours")
	}
	return []figure{
		{text.T(ctx, "Interactions"), count(day.Requests), text.T(ctx, "24 hours")},
		{text.T(ctx, "Flagged"), count(day.Flagged), text.T(ctx, "by the guard, 24 hours")},
		{text.T(ctx, "Unusual"), count(day.Alarms), text.T(ctx, "findings about conduct, 24 hours")},
		{text.T(ctx, "Tokens"), count(day.TokensIn + day.TokensOut), text.T(ctx, "%s read, %s written", count(day.TokensIn), count(day.TokensOut))},
		{text.T(ctx, "Errors"), count(day.Errors), text.T(ctx, "%s refusals", count(day.Refusals))},
		latency,
	}
}

// restrictionHours are for how long a user can be restricted.
func restrictionHours(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, h := range []int{1, 8, 24, 7 * 24, 30 * 24} {
		out = append(out, ui.Option{Value: strconv.Itoa(h), Text: minutesWord(ctx, 60*h)})
	}
	return out
}

// standingWord says how a user is treated.
func standingWord(ctx context.Context, r review.Restriction) string {
	switch r.Standing {
	case review.StandingBlock:
		return text.T(ctx, "Everything that this user sends is blocked")
	case review.StandingLimit:
		return text.T(ctx, "This user is limited to %s", limitWord(ctx, r.Limit))
	default:
		return text.T(ctx, "What is unusual about this user decides nothing")
	}
}

// limitWord says what a user may still send.
func limitWord(ctx context.Context, q review.Quota) string {
	requests, tokens := text.T(ctx, "%s interactions in a minute", count(q.Requests)), text.T(ctx, "%s tokens in an hour", count(q.Tokens))
	switch {
	case q.Tokens == 0:
		return requests
	case q.Requests == 0:
		return tokens
	default:
		return requests + ", " + tokens
	}
}

// RestrictionForm is how somebody is to be treated, as typed.
type RestrictionForm struct{ Reason, Requests, Tokens, Hours string }

// ParseRestriction reads how somebody is to be treated. What is no number is none that is allowed.
func ParseRestriction(app string, values url.Values) (review.RestrictCommand, RestrictionForm) {
	f := RestrictionForm{values.Get(FieldReason), strings.TrimSpace(values.Get(fieldRequests)), strings.TrimSpace(values.Get(fieldTokens)), values.Get(FieldHours)}
	hours, _ := strconv.Atoi(values.Get(FieldHours)) // what is no number is no time
	return review.RestrictCommand{
		App: app, UserID: values.Get(ParamUser), Standing: review.Standing(values.Get(FieldStanding)), Reason: f.Reason,
		Limit: review.Quota{Requests: atMost(f.Requests), Tokens: atMost(f.Tokens)}, For: time.Duration(min(max(hours, 0), 24*400)) * time.Hour,
	}, f
}

// atMost reads a bound: nothing bounds nothing, and what is no number is refused as less than nothing.
func atMost(s string) int {
	if s == "" {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		return -1
	}
	return n
}

const (
	fieldRequests = "requests"
	fieldTokens   = "tokens"
)

// conductTitle names whose conduct it is.
func conductTitle(v review.ConductView) string {
	if v.UserID != "" {
		return v.UserID
	}
	return v.App.Name
}
