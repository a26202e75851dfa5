package storybook

import (
	"encoding/json"
	"time"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views"
)

// exports are what people asked to have made, in every state.
func (s stories) exports() []Story {
	none := views.ExportsPage{Shell: shell(s.assets, anna)}
	large := none
	large.Ask = &review.ExportAsk{Kind: review.ExportDecisions, Format: "csv", Filter: review.Filter{App: "support-bot", Text: "<b>x</b> \u202e"}}
	full := views.ExportsPage{Shell: shell(s.assets, anna), Exports: allExports()}
	admin := josef
	admin.Role = review.RoleAdmin
	refused := views.ExportsPage{Shell: shell(s.assets, admin), Exports: allExports()[:2], Problem: &views.Problem{
		Code: review.CodeConflict, Message: "there is nothing left of this export to delete",
	}}
	return []Story{
		{"exports", views.Exports(full)},
		{"exports-none", views.Exports(none)},
		{"exports-large", views.Exports(large)},
		{"exports-refused", views.Exports(refused)},
	}
}

func allExports() []review.Export {
	trail := review.ExportAsk{Kind: review.ExportTrail, Format: "ocsf", Events: review.EventFilter{Action: "policy"}}
	decisions := review.ExportAsk{Kind: review.ExportDecisions, Format: "csv", Filter: review.Filter{App: "support-bot"}}
	var out []review.Export
	add := func(state review.ExportState, ask review.ExportAsk, change func(*review.Export)) {
		n := len(out)
		at := now.Add(-time.Duration(n) * 3 * time.Hour)
		e := review.Export{
			ID: itemID(400 + n), By: review.Actor{Kind: review.ActorUser, ID: anna.ID}, Name: anna.Email, Role: anna.Role, Ask: ask, State: state,
			File: string(ask.Kind) + "-" + at.Format("20060102-150405") + "." + ask.Format, AskedAt: at,
		}
		change(&e)
		out = append(out, e)
	}
	whole := func(e *review.Export) {
		e.Rows, e.Bytes, e.Manifest, e.ExpiresAt = 128_412, 96_204_113, json.RawMessage("{}"), now.Add(review.ExportLife)
	}
	add(review.ExportWaiting, decisions, func(*review.Export) {})
	add(review.ExportRunning, decisions, func(e *review.Export) { e.Rows, e.Expected = 41_216, 128_412 })
	add(review.ExportRunning, trail, func(e *review.Export) { e.Rows = 7_040 })
	add(review.ExportDone, decisions, whole)
	add(review.ExportFailed, decisions, func(e *review.Export) { e.Reason = "the disk is full" })
	add(review.ExportExpired, trail, func(e *review.Export) { whole(e); e.Bytes = 812 })
	add(review.ExportDeleted, decisions, whole)
	add(review.ExportSent, decisions, func(e *review.Export) { e.Rows, e.Bytes, e.Manifest = 312, 48_120, json.RawMessage("{}") })
	add(review.ExportSending, trail, func(*review.Export) {})
	return out
}
