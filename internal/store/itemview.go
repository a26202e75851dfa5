package store

import (
	"context"
	"slices"

	"github.com/guardroom/guardroom/internal/review"
)

// historyLength is how many earlier Interactions of the end user an Item shows.
const historyLength = 10

// ItemView implements review.Reader: a fixed number of queries on one state of the
// database, however long the Item's story is.
func (s *Store) ItemView(ctx context.Context, appIDs []string, itemID, viewer string) (review.ItemView, error) {
	var v review.ItemView
	err := s.snapshot(ctx, func(db reads) (err error) {
		if v.Item, err = findItem(db, itemID); err != nil {
			return err
		}
		if !slices.Contains(appIDs, v.Item.AppID) {
			return absent("item")
		}
		if err := fillControl(db, &v, viewer); err != nil {
			return err
		}
		if err := fillSight(db, &v, viewer); err != nil {
			return err
		}
		if err := fillView(db, &v); err != nil {
			return err
		}
		return fillHistory(db, &v, viewer)
	})
	if err != nil {
		return review.ItemView{}, err
	}
	return v, nil
}

func fillView(db reads, v *review.ItemView) error {
	for _, fill := range []func(reads, *review.ItemView) error{fillExchange, fillIntervention, fillReview, fillEvents, fillAlike} {
		if err := fill(db, v); err != nil {
			return err
		}
	}
	return nil
}

func fillExchange(db reads, v *review.ItemView) (err error) {
	var apps []appRow
	err = db.Where("id = ?", v.Item.AppID).Find(&apps).Error
	app, err := found(apps, err, "App")
	if err != nil {
		return err
	}
	v.App = app.app()
	if v.Interaction, err = findInteraction(db, v.Item.InteractionID); err != nil {
		return err
	}
	if v.Assessment, err = findAssessment(db, v.Item.InteractionID); err != nil {
		return err
	}
	v.Feedback, err = findFeedback(db, v.Item.InteractionID)
	return err
}

func fillIntervention(db reads, v *review.ItemView) error {
	if v.Item.InterventionID == "" {
		return nil
	}
	iv, err := findIntervention(db, v.Item.InterventionID)
	v.Intervention = &iv
	return err
}

func fillReview(db reads, v *review.ItemView) (err error) {
	if v.Claim, err = findClaim(db, v.Item.ID); err != nil {
		return err
	}
	if v.Decisions, err = findDecisions(db, "d.item_id = ? ORDER BY d.created_at, d.id", v.Item.ID); err != nil {
		return err
	}
	if v.Annotations, err = findAnnotations(db, v.Item.ID); err != nil {
		return err
	}
	if v.Opinions, err = findOpinions(db, "item_id = ?", v.Item.ID); err != nil {
		return err
	}
	if v.Colleagues, err = findColleagues(db, v.Item.AppID); err != nil {
		return err
	}
	v.Policy, err = findActivePolicy(db, v.Item.AppID)
	return err
}

type historyRow struct {
	InteractionID string
	ItemID        *string
	Excerpt       sealed
	Verdict       string
	Risk          float64
	Judgement     *string
	Blind         bool
	Created       instant `gorm:"column:created_at"`
}

// selectHistory finds the Item that stands for each Interaction, rather the one
// about the exchange than one about an Intervention, and its standing Decision.
const selectHistory = `SELECT h.*, EXISTS (SELECT 1 FROM items i WHERE i.id = h.item_id AND i.blind AND i.state = 'open' AND NOT ` + judgedBlind + `) AS blind, (
    SELECT d.judgement FROM decisions d WHERE d.item_id = h.item_id AND d.opinion = 0
    AND NOT EXISTS (SELECT 1 FROM undos x WHERE x.decision_id = d.id)
    ORDER BY d.created_at DESC, d.id DESC LIMIT 1) AS judgement
FROM (
    SELECT n.id AS interaction_id, n.excerpt, n.created_at, s.verdict, s.risk, (
        SELECT i.id FROM items i WHERE i.interaction_id = n.id AND i.kind <> 'control'
        ORDER BY CASE i.kind WHEN 'intervention' THEN 1 ELSE 0 END, i.id LIMIT 1) AS item_id
    FROM interactions n JOIN assessments s ON s.interaction_id = n.id
    WHERE n.app_id = ? AND n.user_id = ? AND n.user_id <> '' AND n.id <> ?
    ORDER BY n.created_at DESC, n.id DESC LIMIT ?) h
ORDER BY h.created_at DESC, h.interaction_id DESC`

func fillHistory(db reads, v *review.ItemView, viewer string) error {
	if v.Interaction.UserID == "" {
		return nil
	}
	var rows []historyRow
	err := db.Raw(selectHistory, viewer, v.Interaction.AppID, v.Interaction.UserID, v.Interaction.ID, historyLength).Scan(&rows).Error
	if err != nil {
		return err
	}
	o := db.opener()
	for _, row := range rows {
		verdict, err := review.ParseVerdict(row.Verdict)
		if err != nil {
			return err
		}
		v.History = append(v.History, review.HistoryRow{
			InteractionID: row.InteractionID, ItemID: deref(row.ItemID), Verdict: verdict,
			Excerpt: string(o.text("interactions", "excerpt", row.InteractionID, row.Excerpt)),
			Risk:    row.Risk, Judgement: review.Judgement(deref(row.Judgement)), Blind: row.Blind, CreatedAt: row.Created.time(),
		})
	}
	return o.err
}

// HeldItem implements review.Reader.
func (s *Store) HeldItem(ctx context.Context, appID, itemID string) (item review.Item, decisions []review.DecisionView, err error) {
	err = s.snapshot(ctx, func(db reads) error {
		if item, err = findItem(db, itemID); err != nil {
			return err
		}
		if item.AppID != appID || !item.Held() {
			return absent("item")
		}
		decisions, err = findDecisions(db, "d.item_id = ? AND d.opinion = 0 ORDER BY d.created_at, d.id", itemID)
		return err
	})
	return item, decisions, err
}
