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
		Backlog: review.Backlog{Waiting: 128, DueSoon: 61, Overdue: 4, Since: now.Add(-3*24*time.Hour - 2*time.Hour), Oldest: map[review.Severity]time.Time{
			review.SeverityHigh: now.Add(-26 * time.Minute), review.SeverityMedium: now.Add(-7 * time.Hour), review.SeverityLow: now.Add(-3 * 24 * time.Hour),
		}},
		Hours: flow(), Work: work, Telling: told, Steps: steps(), Found: foundByDay(), Screens: screened(),
		Tallies: []review.DetectorTally{
			{Detector: "injection.override", Interactions: 310, Items: 301, Approved: 22, Blocked: 214, Overturned: 22},
			{Detector: "pii.card", Interactions: 41, Items: 40, Approved: 9, Blocked: 3, Overturned: 9},
		},
	}}
	full.Team = quality.NewTeam(told, full.Data.Steps)
	empty := views.OverviewPage{Shell: shell(s.assets, josef), Specs: specs, People: []quality.Person{}}
	mine := views.WorkPage{Shell: shell(s.assets, anna), Data: review.OwnWork{Hours: ofUser(work, anna.ID), Telling: told}}
	mine.Me = quality.People(mine.Data.Hours, told)[0]
	mine.Team = quality.NewTeam(told, full.Data.Steps[:200])
	tired := mine
	tired.Data.Hours = append(tired.Data.Hours[:len(tired.Data.Hours):len(tired.Data.Hours)], review.WorkTally{UserID: anna.ID, UserName: anna.Name, Hour: now.Truncate(time.Hour), Decisions: 300, Timed: 300, Focused: 100 * time.Minute})
	fresh := views.WorkPage{Shell: shell(s.assets, anna)}
	proof := views.ProofPage{PolicyPage: views.PolicyPage{Shell: shell(s.assets, josef), View: policyView(), Specs: ruled}, Hidden: 4310, Proofs: []quality.Proof{
		{Detector: "injection.override", Labels: 4310, Positive: 212, BlockWhy: quality.NothingHolds,
			Flag: &quality.Suggestion{Threshold: 0.62, FalsePositives: 27, Harmless: 4098, Bound: 0.0091, Recall: quality.Interval{Value: 0.81, Lower: 0.75, Upper: 0.87}}},
		{Detector: "topic.highrisk", Labels: 4310, Positive: 12, FlagWhy: quality.TooFewKinds, BlockWhy: quality.TooFewKinds},
	}}
	proof.Risk = quality.Proof{Labels: 4310, Positive: 212, BlockWhy: quality.NothingHolds, Flag: proof.Proofs[0].Flag}
	proof.Calibration, proof.Uncalibrated = quality.Calibrate(hiddenOnes())
	unproved := views.ProofPage{PolicyPage: proof.PolicyPage, Uncalibrated: quality.TooFewLabels, Risk: quality.Proof{FlagWhy: quality.TooFewLabels, BlockWhy: quality.TooFewLabels}}
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

// flow is a month of arrivals and decisions, in which wrong flags become more at the end.
func flow() (out []review.HourTally) {
	const hours = 30 * 24
	for h := range hours {
		busy := 4 + 9*(h%24)*(24-h%24)/36
		wrong := busy / 9
		if h > hours-36 {
			wrong = busy / 2
		}
		out = append(out, review.HourTally{Hour: now.Truncate(time.Hour).Add(time.Duration(h+1-hours) * time.Hour), Arrived: busy + h%5, Decided: busy, Stopped: busy, Overturned: wrong})
	}
	return out
}

// hiddenOnes are decisions about texts whose risk says too much.
func hiddenOnes() (out []review.Hidden) {
	for i := range 900 {
		h := review.Hidden{At: now.Add(time.Duration(i) * time.Minute), Risk: float64(i*37%100) / 100, Judgement: review.JudgeApprove, Propensity: 0.2}
		if float64(i*61%97)/97 < h.Risk*h.Risk*h.Risk {
			h.Judgement = review.JudgeBlock
		}
		out = append(out, h)
	}
	return out
}

func days(n int) (out []time.Time) {
	for d := range n {
		out = append(out, now.Truncate(24*time.Hour).AddDate(0, 0, d+1-n))
	}
	return out
}

// foundByDay is a month of findings in more categories than a chart has lines.
func foundByDay() (out []review.DetectorDay) {
	for d, day := range days(30) {
		for i, detector := range []string{"injection.override", "pii.card", "secret.token", "topic.highrisk", "bias.leading_prompt", "toxicity.local", "of.old"} {
			out = append(out, review.DetectorDay{Day: day, Detector: detector, Interactions: (7-i)*(20+d%7*3) + d*i})
		}
	}
	return out
}

// screened is a month of screenings, of which one day has too few.
func screened() (out []review.Screened) {
	for d, day := range days(30) {
		l := review.Latencies{}
		for i := range 4000 {
			l[review.LatencyBucket(int64(180+i%97*3+d*4))]++
		}
		l[review.LatencyBucket(2600)] += 90
		if d == 11 {
			l = review.Latencies{60: 400}
		}
		out = append(out, review.Screened{Day: day, Latencies: l})
	}
	return out
}

// steps is a row of decisions of two people, newest first.
func steps() (out []review.Step) {
	for i := range 640 {
		s := review.Step{UserID: anna.ID, At: now.Add(time.Duration(-i) * time.Minute), Final: review.JudgeApprove, Risk: 0.7}
		if i%2 == 1 {
			s.UserID = josef.ID
		}
		if (i/7)%3 == 0 {
			s.Final = review.JudgeBlock
		}
		out = append(out, s)
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
	sure := 0.8
	for i := range 80 {
		own, gold, blind := judgements[i%2], judgements[i%2], judgements[(i/3)%2]
		if i%9 == 0 {
			own = judgements[(i+1)%2]
		}
		told = append(told,
			review.Telling{UserID: anna.ID, ItemID: itemID(i), Opinion: 1, Final: own},
			review.Telling{UserID: josef.ID, ItemID: itemID(i), Opinion: 2, Final: gold},
			review.Telling{UserID: anna.ID, ItemID: itemID(100 + i), Final: own, Gold: &gold, Blind: &blind, Guard: review.VerdictFlag, Sampling: "control", Confidence: &sure})
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
