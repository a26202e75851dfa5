package storybook

import (
	"time"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views"
)

// status is how the parts do: when much is down, and when there is hardly anything.
func (s stories) status() []Story {
	since := now.Add(-4 * time.Minute)
	down := views.StatusPage{
		Shell: shell(s.assets, josef),
		Parts: review.Parts{
			Upstreams: []review.UpstreamPart{
				{Name: "openai", Host: "api.openai.com", Model: "gpt-4.1-mini", Breaker: review.Breaker{Asked: true}},
				{Name: "openai", Host: "api.openai.com", Model: "<b>own</b> \u202e", Breaker: review.Breaker{Asked: true, Open: true, Failures: 5, Since: since}},
				{Name: "second", Host: "models.example.org:8443", Model: "gpt-4.1", Breaker: review.Breaker{Asked: true, Open: true, Probing: true, Failures: 5, Since: since}},
				{Name: "third", Host: "models.example.net"},
			},
			Detectors: []review.DetectorPart{
				{ID: "moderation.openai", Title: "Moderation endpoint", Breaker: review.Breaker{Asked: true, Failures: 2}},
				{ID: "remote.topics", Title: "Topics of our own", Breaker: review.Breaker{Asked: true, Open: true, Failures: 5, Since: since}},
			},
			Database: review.DatabasePart{Kind: "PostgreSQL", Took: 1_400 * time.Microsecond}, Counter: review.CounterPart{Shared: true, Away: true},
			Workers: []review.WorkerPart{
				{Name: "webhooks", Every: 500 * time.Millisecond, At: now.Add(-time.Second)}, {Name: "exports", Every: time.Second, At: now.Add(-time.Second), FailingSince: since},
				{Name: "checkpoints", Every: time.Hour}, {Name: "index", Every: time.Second, At: now}, {Name: "retention", Every: 10 * time.Minute, At: now},
			},
		},
		Hooks: []review.HookList{{App: appSupport, Hooks: []review.HookView{{App: appSupport, Undelivered: review.Undelivered{Waiting: 3, Dead: 1204, Oldest: since}}}}, {App: appCheckout}},
		Failings: []review.Failing{
			{App: appSupport, Version: 4, FailOpen: true, Enforced: []string{"moderation.openai"}, Fallbacks: []string{"gpt-4.1", "<i>other</i>"}, Expiry: review.ExpireAnswer},
			{App: appCheckout, Version: 1, Refuse: true, Together: true, Expiry: review.ExpireRefuse},
		},
	}
	quiet := views.StatusPage{Shell: shell(s.assets, josef), Parts: review.Parts{Database: review.DatabasePart{Kind: "SQLite", Took: 90 * time.Microsecond}}}
	return []Story{{"status", views.Status(down)}, {"status-quiet", views.Status(quiet)}}
}
