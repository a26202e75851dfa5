package storybook

import (
	"fmt"
	"time"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views"
)

// hooks is where Apps are told, how that goes, and what a refused act says.
func (s stories) hooks() []Story {
	hook := func(n int, url string, topics ...string) review.HookView {
		return review.HookView{App: appSupport, Webhook: review.Webhook{
			ID: fmt.Sprintf("0195f200-0000-7000-8000-%012d", n), AppID: appSupport.ID, URL: url, Topics: topics, CreatedAt: now.Add(-time.Duration(n) * 50 * time.Hour),
		}}
	}
	paused, gone := now.Add(-3*time.Hour), now.Add(-80*time.Hour)
	first := hook(1, "https://hooks.example.org/a/very/long/path/that/goes/on/and/on/guardroom?key=hidden", review.WebhookTopics()...)
	first.Undelivered = review.Undelivered{Waiting: 12, Dead: 1204, Oldest: now.Add(-20 * time.Minute)}
	first.Previous, first.PreviousUntil = []byte{1}, now.Add(20*time.Hour)
	second := hook(2, "http://192.0.2.7:8080/<b>x</b>", review.TopicDecided)
	second.PausedAt = &paused
	third := hook(3, "https://old.example.org/", review.TopicReopened)
	third.EndedAt = &gone
	list := review.HookList{App: appSupport, Hooks: []review.HookView{first, second}, Ended: []review.HookView{third}}
	page := views.HookListPage{Shell: shell(s.assets, josef), List: list, Form: review.WebhookRequest{Topics: review.WebhookTopics()}}
	refused := page
	refused.Form, refused.Problem = review.WebhookRequest{URL: "http://10.0.0.1/"}, refusal("url", "is not a public address, and the operator does not mean it")
	log := views.HookPage{Shell: shell(s.assets, josef), Log: review.HookLog{Hook: first, Query: review.DeliveryQuery{WebhookID: first.ID}, Deliveries: hookDeliveries(first.ID), Next: 4}}
	added := log
	added.Secret, added.Added, added.Log.Deliveries, added.Log.Next, added.Log.Hook.Undelivered = "whsec_bm90YXNlY3JldG5vdGFzZWNyZXRub3Rhc2VjcmV0", true, nil, 0, review.Undelivered{}
	resting := log
	resting.Log.Hook, resting.Log.Query, resting.Log.Deliveries = second, review.DeliveryQuery{WebhookID: second.ID, State: review.DeliveryDead, Before: 9}, nil
	resting.Problem = refusal("topics", "choose at least one")
	rotated := log
	rotated.Secret, rotated.Log.Next = "whsec_bm90YXNlY3JldG5vdGFzZWNyZXRub3Rhc2VjcmV0", 0
	ended := log
	ended.Log.Hook, ended.Problem = third, &views.Problem{Code: review.CodeConflict, Message: "this webhook has ended"}
	one := views.DeliveryPage{Shell: shell(s.assets, josef), View: review.DeliveryView{Hook: first, Delivery: log.Log.Deliveries[1], Attempts: []review.DeliveryAttempt{
		{At: now.Add(-30 * time.Minute), Took: 15 * time.Second, Problem: "context deadline exceeded"},
		{At: now.Add(-40 * time.Minute), Took: 31 * time.Millisecond, Status: 302, Problem: "status 302: redirects are not followed"},
		{At: now.Add(-41 * time.Minute), Took: 8 * time.Millisecond, Status: 200},
	}}}
	waiting := views.DeliveryPage{Shell: shell(s.assets, josef), View: review.DeliveryView{Hook: first, Delivery: log.Log.Deliveries[0]}}
	return []Story{
		{"webhooks", views.Hooks(views.HooksPage{Shell: shell(s.assets, josef), Lists: []review.HookList{list, {App: appCheckout}}})},
		{"webhooks-none", views.Hooks(views.HooksPage{Shell: shell(s.assets, josef)})},
		{"webhooks-app", views.HookList(page)},
		{"webhooks-app-refused", views.HookList(refused)},
		{"webhooks-app-fresh", views.HookList(views.HookListPage{Shell: shell(s.assets, josef), List: review.HookList{App: appCheckout}})},
		{"webhook", views.Hook(log)},
		{"webhook-added", views.Hook(added)},
		{"webhook-rotated", views.Hook(rotated)},
		{"webhook-paused", views.Hook(resting)},
		{"webhook-ended", views.Hook(ended)},
		{"webhook-delivery", views.Delivery(one)},
		{"webhook-delivery-waiting", views.Delivery(waiting)},
	}
}

func hookDeliveries(hook string) []review.WebhookDelivery {
	tried := now.Add(-30 * time.Minute)
	payload := []byte(`{"item_id":"` + itemID(1) + `"}`)
	return []review.WebhookDelivery{
		{ID: 7, WebhookID: hook, Message: "msg_7_item_decided", Topic: review.TopicDecided, Payload: payload, State: review.DeliveryWaiting, CreatedAt: now.Add(-time.Minute), NextAt: now.Add(4 * time.Second)},
		{ID: 6, WebhookID: hook, Message: "msg_6_approval_decided", Topic: review.TopicApprovalDecided, Payload: payload, State: review.DeliveryDead, Attempts: 12, CreatedAt: now.Add(-26 * time.Hour), TriedAt: &tried, Problem: "dial tcp 192.0.2.1:443: <b>connection</b> refused"},
		{ID: 5, WebhookID: hook, Message: "msg_test_0195f300-0000-7000-8000-000000000001", Topic: review.TopicTest, Payload: []byte("{}"), State: review.DeliveryDead, Attempts: 1, CreatedAt: now.Add(-27 * time.Hour), TriedAt: &tried, Status: 500, Problem: "status 500"},
		{ID: 4, WebhookID: hook, Message: "msg_4_item_decided", Topic: review.TopicDecided, Payload: payload, State: review.DeliveryDone, Attempts: 1, CreatedAt: now.Add(-28 * time.Hour), TriedAt: &tried, Status: 204},
	}
}
