package storybook

import (
	"time"

	"github.com/guardroom/guardroom/internal/quality"
	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views"
)

// insight is the pages about work: with enough behind every figure, and with next to nothing.
func (s stories) insight() []Story {
	work, told := worked()
	full := views.OverviewPage{Shell: shell(s.assets, josef), Specs: specs, People: quality.People(work, told), Data: review.Overview{
		Backlog: review.Backlog{Waiting: 128, DueSoon: 61, Overdue: 4, Oldest: map[review.Severity]time.Time{
			review.SeverityHigh: now.Add(-26 * time.Minute), review.SeverityMedium: now.Add(-7 * time.Hour), review.SeverityLow: now.Add(-3 * 24 * time.Hour),
		}},
		Hours: flow(), Work: work, Telling: told,
		Tallies: []review.DetectorTally{
			{Detector: "injection.override", Interactions: 310, Items: 301, Approved: 22, Blocked: 214, Overturned: 22},
			{Detector: "pii.card", Interactions: 41, Items: 40, Approved: 9, Blocked: 3, Overturned: 9},
		},
	}}
	empty := views.OverviewPage{Shell: shell(s.assets, josef), Specs: specs, People: []quality.Person{}}
	mine := views.WorkPage{Shell: shell(s.assets, anna), Data: review.OwnWork{Hours: ofUser(work, anna.ID), Telling: told}}
	mine.Me = quality.People(mine.Data.Hours, told)[0]
	tired := mine
	tired.Data.Hours = append(tired.Data.Hours[:len(tired.Data.Hours):len(tired.Data.Hours)], review.WorkTally{UserID: anna.ID, UserName: anna.Name, Hour: now.Truncate(time.Hour), Decisions: 300, Timed: 300, Focused: 100 * time.Minute})
	fresh := views.WorkPage{Shell: shell(s.assets, anna)}
	proof := views.ProofPage{PolicyPage: views.PolicyPage{Shell: shell(s.assets, josef), View: policyView(), Specs: ruled}, Hidden: 4310, Proofs: []quality.Proof{
		{Detector: "injection.override", Labels: 4310, Positive: 212, BlockWhy: quality.NothingHolds,
			Flag: &quality.Suggestion{Threshold: 0.62, FalsePositives: 27, Harmless: 4098, Bound: 0.0091, Recall: quality.Interval{Value: 0.81, Lower: 0.75, Upper: 0.87}}},
		{Detector: "topic.highrisk", Labels: 4310, Positive: 12, FlagWhy: quality.TooFewKinds, BlockWhy: quality.TooFewKinds},
	}}
	unproved := views.ProofPage{PolicyPage: proof.PolicyPage}
	return []Story{
		{"overview", views.Overview(full)},
		{"overview-empty", views.Overview(empty)},
		{"my-work", views.Work(mine)},
		{"my-work-break", views.Work(tired)},
		{"my-work-fresh", views.Work(fresh)},
		{"policy-proof", views.PolicyProof(proof)},
		{"policy-proof-none", views.PolicyProof(unproved)},
	}
}

// flow is two days of arrivals and decisions.
func flow() (out []review.HourTally) {
	for h := range 48 {
		busy := 4 + 9*(h%24)*(24-h%24)/36
		out = append(out, review.HourTally{Hour: now.Truncate(time.Hour).Add(time.Duration(h-47) * time.Hour), Arrived: busy + h%5, Decided: busy, Stopped: busy, Overturned: busy / 9})
	}
	return out
}

// worked is what two people did: one much, one little.
func worked() (work []review.WorkTally, told []review.Telling) {
	for d := range 12 {
		work = append(work, review.WorkTally{UserID: anna.ID, UserName: anna.Name, Hour: now.Truncate(time.Hour).AddDate(0, 0, d-12), Decisions: 40 + 3*d, Timed: 39 + 3*d, Focused: time.Duration(8+d%4) * 40 * time.Second})
	}
	work = append(work, review.WorkTally{UserID: josef.ID, UserName: josef.Name, Hour: now.Truncate(time.Hour).AddDate(0, 0, -1), Decisions: 7, Timed: 7, Focused: time.Minute})
	judgements := []review.Judgement{review.JudgeApprove, review.JudgeBlock}
	for i := range 80 {
		own, gold, blind := judgements[i%2], judgements[i%2], judgements[(i/3)%2]
		if i%9 == 0 {
			own = judgements[(i+1)%2]
		}
		told = append(told,
			review.Telling{UserID: anna.ID, ItemID: itemID(i), Opinion: 1, Final: own},
			review.Telling{UserID: josef.ID, ItemID: itemID(i), Opinion: 2, Final: gold},
			review.Telling{UserID: anna.ID, ItemID: itemID(100 + i), Final: own, Gold: &gold, Blind: &blind, Guard: review.VerdictFlag, Sampling: "control"})
	}
	return work, told
}

func ofUser(work []review.WorkTally, id string) (out []review.WorkTally) {
	for _, w := range work {
		if w.UserID == id {
			out = append(out, w)
		}
	}
	return out
}
