package storybook

import (
	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views"
)

// blinded is a view as the use case gives it to somebody who is to judge blind.
func blinded(v review.ItemView) review.ItemView {
	v.Blind = true
	v.Item.Severity, v.Item.Priority, v.Item.Detector, v.Item.Category, v.Item.Reason = "", 0, "", "", ""
	v.Item.Verdict, v.Item.Risk, v.Item.SamplingKind, v.Item.Propensity = review.VerdictAllow, 0, "", 0
	v.Assessment = review.Assessment{PolicyVersion: v.Assessment.PolicyVersion}
	v.Decisions, v.Annotations = nil, nil
	history := make([]review.HistoryRow, len(v.History))
	for i, h := range v.History {
		h.Blind, h.Verdict, h.Risk, h.Judgement = true, review.VerdictAllow, 0, ""
		history[i] = h
	}
	v.History = history
	return v
}

// blindly are the states of an Item around a verdict that is given blind.
func (s stories) blindly() []Story {
	page := func(v review.ItemView) views.ItemPage {
		return views.ItemPage{Shell: shell(s.assets, anna), View: v, Specs: specs, Previous: itemID(1), Next: itemID(3)}
	}
	sure := 0.8
	otherwise, same := page(attack()), page(attack())
	otherwise.View.BlindVerdict = &review.BlindVerdict{UserID: anna.ID, Judgement: review.JudgeApprove, Confidence: &sure}
	same.View.BlindVerdict = &review.BlindVerdict{UserID: anna.ID, Judgement: review.JudgeBlock}
	masked, unmasked := page(attack()), page(attack())
	masked.View.Masked = true
	unmasked.View.Unmasked = true
	rows := queueRows(5)
	for i := range rows[:3] {
		rows[i].Blind, rows[i].Item = true, blinded(review.ItemView{Item: rows[i].Item}).Item
	}
	return []Story{
		{"item-blind", views.Item(page(blinded(attack())))},
		{"item-revealed", views.Item(otherwise)},
		{"item-revealed-same", views.Item(same)},
		{"item-masked", views.Item(masked)},
		{"item-unmasked", views.Item(unmasked)},
		{"queue-blind", views.Queue(views.QueuePage{Shell: shell(s.assets, anna), Rows: rows, Specs: specs})},
	}
}
