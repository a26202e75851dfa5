package storybook

import (
	"time"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views"
)

// hostile is a name that somebody gave themselves.
const hostile = "<b>\u202eEve\u2066 \"x\"</b>"

// holding shows what is held, handed over, snoozed and told.
func (s stories) holding() []Story {
	row := queueRows(3)
	holds := []review.Hold{
		{Item: row[0].Item, App: appSupport.Name, Claim: review.Claim{UserID: anna.ID, UserName: anna.Name, Token: "t", TakenAt: now.Add(-3 * time.Hour), BeatAt: now.Add(-2 * time.Hour), KeptUntil: now.Add(5 * time.Hour), ExpiresAt: now.Add(5 * time.Hour)}},
		{Item: row[1].Item, App: appCheckout.Name, Claim: review.Claim{UserID: "u-9", UserName: hostile, TakenAt: now.Add(-2 * time.Minute), BeatAt: now.Add(-time.Minute), ExpiresAt: now.Add(4 * time.Minute)}},
		{Item: row[2].Item, App: appSupport.Name, Claim: review.Claim{UserID: josef.ID, UserName: josef.Name, Token: "t", ExpiresAt: now.Add(time.Minute)}},
	}
	all := views.HoldsPage{Shell: shell(s.assets, josef), Holds: holds}
	all.Desk = review.Desk{Held: 1, Unread: 3}
	own := views.HoldsPage{Shell: shell(s.assets, anna), Holds: holds[:1]}
	entry := func(id string, kind review.InboxKind, by, body string, age time.Duration) review.InboxEntry {
		return review.InboxEntry{ID: id, AppID: appSupport.ID, App: appSupport.Name, ItemID: itemID(1), Kind: kind, ActorName: by, Body: body, CreatedAt: now.Add(-age)}
	}
	read := now.Add(-time.Hour)
	told := views.InboxPage{Shell: shell(s.assets, anna), Next: "e-4", Entries: []review.InboxEntry{
		entry("e-1", review.InboxMention, josef.Name, "@a.weber is this one of yours? مرحبا <script>alert(1)</script>", time.Minute),
		entry("e-2", review.InboxHandOver, hostile, "Off for lunch.", 20*time.Minute),
		entry("e-3", review.InboxReleased, josef.Name, "", 2*time.Hour),
		entry("e-4", review.InboxOpinion, "second-opinion", "", 26*time.Hour),
		entry("e-5", review.InboxReversed, josef.Name, "", 50*time.Hour),
	}}
	told.Entries[3].ReadAt, told.Entries[4].ReadAt = &read, &read
	told.Desk = review.Desk{Held: 1, Unread: 3}
	return []Story{
		{"holds", views.Holds(all)},
		{"holds-own", views.Holds(own)},
		{"holds-none", views.Holds(views.HoldsPage{Shell: shell(s.assets, anna)})},
		{"inbox", views.Inbox(told)},
		{"inbox-empty", views.Inbox(views.InboxPage{Shell: shell(s.assets, viewer)})},
	}
}

// deciding shows the ways to a Decision that take more than one person or one Item.
func (s stories) deciding() []Story {
	page := func(u review.User, v review.ItemView) views.ItemPage {
		return views.ItemPage{Shell: shell(s.assets, u), View: v, Specs: specs, Previous: itemID(1), Next: itemID(3)}
	}
	ruled := page(anna, attack())
	ruled.View.Policy.Escalations = []review.EscalationQueue{{ID: "legal", Title: "Legal"}, {ID: "safety", Title: "Safety <team>", Roles: []review.Role{review.RoleAnalyst}}}
	ruled.View.Policy.RequiredReason = review.ReasonRules{Judgements: []review.Judgement{review.JudgeApprove, review.JudgeBlock}}
	ruled.View.Claim.KeptUntil, ruled.View.Claim.ExpiresAt = now.Add(3*time.Hour), now.Add(3*time.Hour)
	ruled.View.Colleagues = []review.User{anna, josef, viewer, {ID: "u-9", Name: hostile, Role: review.RoleAnalyst}}
	ruled.Draft.Queue = "safety"
	ruled.View.AlikeCount = 37

	first := page(anna, attack())
	first.View.Item.Opinions = 2
	second := page(anna, attack())
	second.View.Item.Opinions, second.View.OpinionsIn = 2, 1
	opinion := review.Decision{ID: "o-1", Actor: review.Actor{Kind: review.ActorUser, ID: anna.ID}, Opinion: 1, Judgement: review.JudgeBlock, CreatedAt: now.Add(-4 * time.Second)}
	given := page(anna, attack())
	given.View.Claim, given.View.Item.Opinions, given.View.Opinions, given.View.OpinionsIn = nil, 2, []review.Decision{opinion}, 1
	settling := page(josef, attack())
	settling.View.Claim, settling.View.Item.Opinions, settling.View.Item.State, settling.View.OpinionsIn = nil, 2, review.StateSettling, 2

	differ := page(josef, attack())
	differ.View.Item.State, differ.View.Item.Opinions = review.StateEscalated, 2
	differ.View.Claim = &review.Claim{ItemID: differ.View.Item.ID, UserID: josef.ID, UserName: josef.Name, Token: "t", ExpiresAt: now.Add(5 * time.Minute)}
	sure := 0.9
	differ.View.Decisions = []review.DecisionView{
		{Decision: review.Decision{ID: "o-1", Actor: opinion.Actor, Opinion: 1, Judgement: review.JudgeBlock, Label: "injection", Reason: "Plain override.", Confidence: &sure, CreatedAt: now.Add(-time.Hour)}, Reviewer: anna.Name},
		{Decision: review.Decision{ID: "o-2", Actor: review.Actor{Kind: review.ActorUser, ID: "u-9"}, Opinion: 2, Judgement: review.JudgeApprove, Label: "false_alarm", CreatedAt: now.Add(-30 * time.Minute)}, Reviewer: hostile},
	}
	reversed := page(josef, decided(anna, 3*time.Hour))
	old := reversed.View.Decisions[0]
	turn := old
	turn.ID, turn.Reverses, turn.Judgement, turn.Reason, turn.Reviewer, turn.CreatedAt = "d-rev", old.ID, review.JudgeApprove, "The user quoted a blog post.", josef.Name, now.Add(-time.Hour)
	reversed.View.Decisions = append(reversed.View.Decisions, turn)
	unreasoned := page(josef, decided(anna, 3*time.Hour))
	unreasoned.Problem = &views.Problem{Code: review.CodeUnprocessable, Message: "reason: is required: somebody was told otherwise", Fields: []review.FieldError{{Field: "reason", Message: "is required: somebody was told otherwise"}}}
	snoozed := page(anna, attack())
	snoozed.View.Claim, snoozed.View.Item.State, snoozed.View.Item.SnoozedUntil = nil, review.StateSnoozed, now.Add(2*time.Hour)

	return []Story{
		{"item-ruled", views.Item(ruled)},
		{"item-opinion-first", views.Item(first)},
		{"item-opinion-second", views.Item(second)},
		{"item-opinion-given", views.Item(given)},
		{"item-opinion-settling", views.Item(settling)},
		{"item-opinions-differ", views.Item(differ)},
		{"item-reversed", views.Item(reversed)},
		{"item-reversal-unreasoned", views.Item(unreasoned)},
		{"item-snoozed", views.Item(snoozed)},
		{"alike", views.Alike(s.alikePage())},
		{"alike-left", views.Alike(s.alikeLeft())},
		{"alike-none", views.Alike(views.AlikePage{Shell: shell(s.assets, anna), Cluster: review.Cluster{Item: review.Item{ID: itemID(1), State: review.StateDecided}, App: appSupport, Policy: policy()}})},
	}
}

func (s stories) alikePage() views.AlikePage {
	var rows []review.ClusterRow
	for i, r := range queueRows(6)[1:] {
		rows = append(rows, review.ClusterRow{Item: r.Item, Likeness: 0.41 + 0.1*float64(i), Near: i < 2})
	}
	rows[1].Holder = hostile
	rows[2].Alone = "wants two independent opinions"
	return views.AlikePage{Shell: shell(s.assets, anna), BatchID: "b-1", Cluster: review.Cluster{
		Item: queueRows(1)[0].Item, App: appSupport, Policy: policy(), Rows: rows, More: true,
	}}
}

func (s stories) alikeLeft() views.AlikePage {
	p := s.alikePage()
	p.Result = &review.BatchResult{ID: "b-1", Decided: []review.Decision{{ID: "d-1"}}, Left: []review.LeftOut{
		{ItemID: itemID(2), Why: hostile + " holds this item"}, {ItemID: itemID(3), Why: "this item has changed since you saw it"},
	}}
	p.Notice = &views.Notice{Text: "Blocked.", Undo: &views.UndoOffer{BatchID: "b-1", Until: now.Add(9 * time.Second)}}
	return p
}
