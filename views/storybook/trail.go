package storybook

import (
	"time"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views"
)

// trail is the audit trail as an auditor sees it.
func (s stories) trail() []Story {
	auditor := josef
	auditor.Role = review.RoleAuditor
	page := func() views.TrailPage {
		return views.TrailPage{Shell: shell(s.assets, auditor), Formats: []string{"jsonl", "cef", "ocsf"}}
	}
	full := page()
	full.Events, full.Next = trailEvents(), 1
	none := page()
	none.Filter, none.Paged = review.EventFilter{Actor: "nobody@example.com", From: now.Add(-time.Hour), Until: now}, true
	further := page()
	further.Filter, further.Next = review.EventFilter{Action: "policy"}, 4_000
	return []Story{
		{"trail", views.Trail(full)},
		{"trail-none", views.Trail(none)},
		{"trail-further", views.Trail(further)},
	}
}

func trailEvents() []review.TrailEvent {
	desk := review.Origin{Address: "192.0.2.14", Session: "5e55104aa1b2c3d4", Request: "0195aa00-0000-7000-8000-00000000beef", Role: anna.Role}
	app := review.Origin{Address: "2001:db8::1:7", Request: "r-1"}
	seq := int64(9)
	event := func(actor review.Actor, name, action, object, appID, appName, detail string, from review.Origin) review.TrailEvent {
		seq--
		return review.TrailEvent{ActorName: name, App: appName, Event: review.Event{
			Seq: seq, At: now.Add(time.Duration(seq-8) * 7 * time.Minute), Actor: actor, Action: action, Object: object, AppID: appID, Detail: detail, Origin: from,
		}}
	}
	person := review.Actor{Kind: review.ActorUser, ID: anna.ID}
	client := review.Actor{Kind: review.ActorApp, ID: "a-1"}
	return []review.TrailEvent{
		event(person, anna.Email, "audit.exported", "", "", "", `{"rows":812,"format":"ocsf","filter":{}}`, desk),
		event(person, anna.Email, "decision.made", "0195aa00-0000-7000-8000-0000000000d1", "a-1", "support-bot", `{"item_id":"`+itemID(1)+`","decision":"block"}`, desk),
		event(person, anna.Email, "item.unmasked", itemID(1), "a-1", "support-bot", "{}", desk),
		event(client, "support-bot", "interaction.submitted", "0195aa00-0000-7000-8000-0000000000e1", "a-1", "support-bot", `{"verdict":"flag"}`, app),
		event(person, "\u202egnp.exe@example.com <script>", "policy.activated", "a-1", "a-1", "support-bot", `{"version":4,"note":"=HYPERLINK(\"x\")"}`, desk),
		event(review.Actor{Kind: review.ActorSystem, ID: "cli"}, "cli", "key.added", "0195aa00-0000-7000-8000-0000000000f1", "a-1", "support-bot", `{"name":"gr_abc"}`, review.Origin{}),
		event(review.Actor{Kind: review.ActorSystem, ID: "guard"}, "guard", "item.opened", itemID(1), "a-1", "support-bot", `{"kind":"interaction"}`, review.Origin{}),
	}
}
