package store

import (
	"context"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/internal/secret"
)

// alike are the Items of the same App and fingerprint that are about other
// Interactions; neither controls, which are nobody's, nor Interventions, which are
// about habits.
const alike = `i.app_id = ? AND i.fingerprint = ? AND i.interaction_id <> ? AND i.kind IN ('interaction', 'audit')`

const selectAlike = `SELECT i.id AS item_id, i.excerpt, i.state, i.created_at FROM items i WHERE ` + alike + `
ORDER BY i.created_at DESC, i.id DESC LIMIT ?`

const countAlike = `SELECT COUNT(*) FROM (SELECT 1 FROM items i WHERE ` + alike + ` LIMIT ?) n`

// selectPrecedents finds the Decisions that stand on the newest Items that are alike.
const selectPrecedents = `SELECT p.id AS item_id, d.id, d.judgement, d.label, d.reason, COALESCE(u.name, d.actor_id) AS reviewer, d.created_at
FROM (SELECT i.id FROM items i WHERE ` + alike + ` AND i.state = 'decided' ORDER BY i.created_at DESC, i.id DESC LIMIT ?) p
JOIN decisions d ON d.item_id = p.id AND d.judgement <> 'escalate' AND d.opinion = 0 AND NOT EXISTS (SELECT 1 FROM undos x WHERE x.decision_id = d.id)
LEFT JOIN users u ON d.actor_kind = 'user' AND u.id = d.actor_id
ORDER BY d.created_at DESC, d.id DESC LIMIT ?`

type alikeRow struct {
	ItemID  string
	Excerpt sealed
	State   review.ItemState
	Created instant `gorm:"column:created_at"`
}

type precedentRow struct {
	ItemID    string
	ID        string // of the Decision
	Judgement review.Judgement
	Label     string
	Reason    sealed
	Reviewer  string
	Created   instant `gorm:"column:created_at"`
}

// fillAlike reads what is alike. Without a prompt there is nothing to be alike in.
func fillAlike(db reads, v *review.ItemView) error {
	if v.Interaction.Content.Prompt == "" {
		return nil
	}
	of := []any{v.Item.AppID, v.Item.Fingerprint, v.Item.InteractionID}
	if err := db.Raw(countAlike, append(of[:3:3], review.AlikeCountLimit+1)...).Scan(&v.AlikeCount).Error; err != nil || v.AlikeCount == 0 {
		return err
	}
	var rows []alikeRow
	if err := db.Raw(selectAlike, append(of[:3:3], review.AlikeLimit)...).Scan(&rows).Error; err != nil {
		return err
	}
	o := db.opener()
	for _, r := range rows {
		v.Alike = append(v.Alike, review.Alike{ItemID: r.ItemID, Excerpt: string(o.text("items", "excerpt", r.ItemID, r.Excerpt)), State: r.State, CreatedAt: r.Created.time()})
	}
	var decided []precedentRow
	if err := db.Raw(selectPrecedents, append(of[:3:3], review.PrecedentsLimit, review.PrecedentsLimit)...).Scan(&decided).Error; err != nil {
		return err
	}
	for _, r := range decided {
		v.Precedents = append(v.Precedents, review.Precedent{ItemID: r.ItemID, Judgement: r.Judgement, Label: r.Label,
			Reason: string(o.text("decisions", "reason", r.ID, r.Reason)), Reviewer: r.Reviewer, CreatedAt: r.Created.time()})
	}
	return o.err
}

const selectHasPrecedents = `SELECT EXISTS (SELECT 1 FROM items i WHERE ` + alike + ` AND i.state = 'decided')
AND EXISTS (SELECT 1 FROM interactions n WHERE n.id = ? AND octet_length(n.prompt) > 0)`

// HasPrecedents implements review.Tx.
func (t *tx) HasPrecedents(i review.Item) (has bool, err error) {
	_, err = t.first(selectHasPrecedents, []any{i.AppID, i.Fingerprint, i.InteractionID, i.InteractionID}, &has)
	return has, err
}

type eventViewRow struct {
	Event     eventRow `gorm:"embedded"`
	ActorName string
}

// selectItemEvents reads what happened to an Item and to its Decisions, the newest if
// there is more than a page shows.
const selectItemEvents = `SELECT e.*, COALESCE(u.name, e.actor_id) AS actor_name FROM (
    SELECT * FROM events WHERE object = ?
    UNION ALL SELECT e.* FROM decisions d JOIN events e ON e.object = d.id WHERE d.item_id = ?
) e LEFT JOIN users u ON e.actor_kind = 'user' AND u.id = e.actor_id ORDER BY e.seq DESC LIMIT ?`

// maxItemEvents bounds the timeline.
const maxItemEvents = 200

func fillEvents(db reads, v *review.ItemView) error {
	var rows []eventViewRow
	if err := db.Raw(selectItemEvents, v.Item.ID, v.Item.ID, maxItemEvents).Scan(&rows).Error; err != nil {
		return err
	}
	for i := len(rows) - 1; i >= 0; i-- {
		v.Events = append(v.Events, review.EventView{Event: rows[i].Event.event(), ActorName: rows[i].ActorName})
	}
	return nil
}

const (
	// comparedBytes is how much of each text is compared, and comparedValue how much of what is stored is read for it.
	comparedBytes = secret.SealedHead
	comparedValue = secret.SealedHeadBytes
)

const selectCluster = `SELECT i.*, substr(n.prompt, 1, ?) AS prompt, substr(n.response, 1, ?) AS response,
CASE WHEN octet_length(n.content) <= ? THEN n.content END AS content,
c.user_id AS holder_id, u.name AS holder_name, c.expires_at AS held_until, ` + judgedBlind + ` AS judged
FROM items i JOIN interactions n ON n.id = i.interaction_id
LEFT JOIN claims c ON c.item_id = i.id
LEFT JOIN users u ON u.id = c.user_id
WHERE ` + alike + ` AND i.state = 'open' AND i.kind = ? ORDER BY i.created_at DESC, i.id DESC LIMIT ?`

// clusterRow is an Item that is alike, with what it is about and who holds it.
type clusterRow struct {
	Item       itemRow `gorm:"embedded"`
	Prompt     sealed
	Response   sealed
	Content    sealed
	HolderID   *string
	HolderName *string
	HeldUntil  *instant
	Judged     bool
}

func (r clusterRow) member(o *opener) (review.ClusterMember, error) {
	item, err := r.Item.item(o)
	if err != nil {
		return review.ClusterMember{}, err
	}
	m := review.ClusterMember{Item: item, Judged: r.Judged}
	if r.HolderID != nil {
		m.Claim = &review.Claim{ItemID: item.ID, UserID: *r.HolderID, UserName: deref(r.HolderName), ExpiresAt: r.HeldUntil.time()}
	}
	id := r.Item.InteractionID
	m.Content, err = contentOf(o.head("interactions", "prompt", id, r.Prompt, comparedBytes), o.head("interactions", "response", id, r.Response, comparedBytes),
		o.text("interactions", "content", id, r.Content), o)
	return m, err
}

// AlikeItems implements review.Reader. What it reads is bounded, whatever people wrote.
func (s *Store) AlikeItems(ctx context.Context, of review.Item, viewer string, limit int) ([]review.ClusterMember, error) {
	return s.clusterMembers(ctx, selectCluster, []any{comparedValue, comparedValue, comparedValue, viewer, of.AppID, of.Fingerprint, of.InteractionID, of.Kind, limit})
}

func (s *Store) clusterMembers(ctx context.Context, query string, args []any) ([]review.ClusterMember, error) {
	var rows []clusterRow
	if err := s.read(ctx).Raw(query, args...).Scan(&rows).Error; err != nil {
		return nil, s.fault(err)
	}
	out := make([]review.ClusterMember, len(rows))
	o := s.opener(ctx)
	for i, row := range rows {
		var err error
		if out[i], err = row.member(o); err != nil {
			return nil, err
		}
	}
	return out, nil
}
