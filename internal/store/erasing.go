package store

import (
	"context"
	"time"

	"github.com/guardroom/guardroom/internal/review"
)

type erasureRow struct {
	ID         string
	AppID      string
	UserID     string
	UserHash   []byte
	Reason     sealed
	ActorKind  review.ActorKind
	ActorID    string
	ActorName  string
	CreatedAt  instant
	FinishedAt *instant
	Texts      int
	Words      int
	Named      int
	Figures    int
}

func (r erasureRow) erasure(o *opener) review.Erasure {
	return review.Erasure{
		ID: r.ID, AppID: r.AppID, UserID: r.UserID, UserHash: hashOf(r.UserHash), Reason: string(o.text("erasures", "reason", r.ID, r.Reason)),
		Actor: review.Actor{Kind: r.ActorKind, ID: r.ActorID}, ActorName: r.ActorName,
		CreatedAt: r.CreatedAt.time(), FinishedAt: r.FinishedAt.timeOrNil(), Texts: r.Texts, Words: r.Words, Named: r.Named, Figures: r.Figures,
	}
}

const selectErasures = `SELECT e.*, COALESCE(u.name, a.name, e.actor_id) AS actor_name
FROM erasures e LEFT JOIN users u ON e.actor_kind = 'user' AND u.id = e.actor_id
LEFT JOIN apps a ON e.actor_kind = 'app' AND a.id = e.actor_id WHERE `

func (s *Store) erasures(ctx context.Context, where string, args ...any) ([]review.Erasure, error) {
	var rows []erasureRow
	if err := s.read(ctx).Raw(selectErasures+where, args...).Scan(&rows).Error; err != nil {
		return nil, s.fault(err)
	}
	out := make([]review.Erasure, len(rows))
	o := s.opener(ctx)
	for i, r := range rows {
		out[i] = r.erasure(o)
	}
	return out, s.fault(o.failed(nil))
}

// Erasures implements review.Reader.
func (s *Store) Erasures(ctx context.Context, appID string, limit int) ([]review.Erasure, error) {
	return s.erasures(ctx, "e.app_id = ? ORDER BY e.created_at DESC, e.id DESC LIMIT ?", appID, limit)
}

// RunningErasures implements review.Reader.
func (s *Store) RunningErasures(ctx context.Context) ([]review.Erasure, error) {
	return s.erasures(ctx, "e.finished_at IS NULL ORDER BY e.created_at, e.id")
}

// Erasure implements review.Reader.
func (s *Store) Erasure(ctx context.Context, appID, id string) (review.Erasure, error) {
	all, err := s.erasures(ctx, "e.app_id = ? AND e.id = ?", appID, id)
	if err == nil && len(all) == 0 {
		err = absent("erasure")
	}
	if err != nil {
		return review.Erasure{}, err
	}
	return all[0], nil
}

// figuresByUser are the tables that keep figures by user, those of a user's part in an Experiment apart.
func figuresByUser() []string {
	return []string{"bias_states", "conduct_hours", "conduct_costs", "cost_days", "cost_months", "restrictions", "alerts"}
}

// partsInExperiments keep a user's part in an Experiment, which goes on without their name.
func partsInExperiments() []string { return []string{"enrolments", "outcomes"} }

const ofExperiments = " WHERE user_id = ? AND experiment_id IN (SELECT id FROM experiments WHERE app_id = ?)"

// ErasurePreview implements review.Reader.
func (s *Store) ErasurePreview(ctx context.Context, appID, userID string) (review.ErasurePreview, error) {
	p := review.ErasurePreview{UserID: userID}
	count := func(into *int, query string, args ...any) error {
		var n int
		err := s.read(ctx).Raw(query, args...).Scan(&n).Error
		*into += n
		return s.fault(err)
	}
	const of = " FROM interactions n WHERE n.app_id = ? AND n.user_id = ?"
	const items = " FROM interactions n JOIN items i ON i.interaction_id = n.id WHERE n.app_id = ? AND n.user_id = ?"
	queries := []struct {
		into  *int
		query string
		args  []any
	}{
		{&p.Interactions, "SELECT COUNT(*)" + of, []any{appID, userID}},
		{&p.WithTexts, "SELECT COUNT(*)" + of + " AND n.removed_at IS NULL", []any{appID, userID}},
		{&p.Waiting, "SELECT COUNT(*)" + items + " AND i.state <> 'decided'", []any{appID, userID}},
		{&p.Held, "SELECT COUNT(*) FROM legal_holds h WHERE h.app_id = ? AND h.lifted_at IS NULL AND (h.kind = 'app' OR h.kind = 'user' AND h.subject = ?" +
			" OR h.kind = 'item' AND h.subject IN (SELECT i.id" + items + "))", []any{appID, userID, appID, userID}},
	}
	for _, table := range figuresByUser() {
		queries = append(queries, struct {
			into  *int
			query string
			args  []any
		}{&p.Figures, "SELECT COUNT(*) FROM " + table + " WHERE app_id = ? AND user_id = ?", []any{appID, userID}})
	}
	for _, q := range queries {
		if err := count(q.into, q.query, q.args...); err != nil {
			return p, err
		}
	}
	return p, nil
}

// TextsOfUser implements review.Reader.
func (s *Store) TextsOfUser(ctx context.Context, e review.Erasure, after string, limit int) ([]string, error) {
	var ids []string
	err := s.read(ctx).Raw(`SELECT n.id FROM interactions n WHERE n.app_id = ? AND n.user_id = ? AND n.created_at <= ? AND n.removed_at IS NULL AND n.id > ?
ORDER BY n.id LIMIT ?`, e.AppID, e.UserID, at(e.CreatedAt), after, limit).Scan(&ids).Error
	return ids, s.fault(err)
}

func selectWordsOfUser(table, column string) string {
	return "SELECT d.id FROM interactions n JOIN items i ON i.interaction_id = n.id JOIN " + table +
		" d ON d.item_id = i.id WHERE n.app_id = ? AND n.user_id = ? AND n.created_at <= ? AND LENGTH(d." + column + ") > 0 AND NOT " +
		heldOf("n.app_id", "n.user_id", "d.item_id") + " ORDER BY d.id LIMIT ?"
}

// WordsOfUser implements review.Reader.
func (s *Store) WordsOfUser(ctx context.Context, e review.Erasure, limit int) ([]string, error) {
	var out []string
	for _, query := range []string{selectWordsOfUser("decisions", "reason"), selectWordsOfUser("annotations", "body")} {
		var ids []string
		if err := s.read(ctx).Raw(query, e.AppID, e.UserID, at(e.CreatedAt), limit).Scan(&ids).Error; err != nil {
			return nil, s.fault(err)
		}
		out = append(out, ids...)
	}
	return out, nil
}

// PutErasure implements review.Tx.
func (t *tx) PutErasure(e review.Erasure) error {
	err := t.exec("INSERT INTO erasures (id, app_id, user_id, user_hash, reason, actor_kind, actor_id, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		e.ID, e.AppID, e.UserID, e.UserHash[:], t.seal("erasures", "reason", e.ID, []byte(e.Reason)), string(e.Actor.Kind), e.Actor.ID, at(e.CreatedAt))
	return said(err, review.CodeConflict, "this user is being erased already")
}

// CountErased implements review.Tx.
func (t *tx) CountErased(erasureID string, kind review.RemovalKind, n int) error {
	column := "texts"
	if kind == review.RemovedWords {
		column = "words"
	}
	return t.exec("UPDATE erasures SET "+column+" = "+column+" + ? WHERE id = ?", n, erasureID)
}

var selectNamed = "SELECT id FROM interactions WHERE app_id = ? AND user_id = ? AND created_at <= ? AND removed_at IS NOT NULL AND NOT " +
	heldOf("interactions.app_id", "interactions.user_id", itemsOfInteraction) + " ORDER BY created_at LIMIT ?"

// Unname implements review.Tx.
func (t *tx) Unname(e review.Erasure, most int) (bool, error) {
	var ids []string
	if err := t.orm().Raw(selectNamed, e.AppID, e.UserID, at(e.CreatedAt), most).Scan(&ids).Error; err != nil {
		return false, t.note(err)
	}
	for _, id := range ids {
		if err := t.unname(id); err != nil {
			return false, err
		}
	}
	if len(ids) == 0 {
		return false, nil
	}
	return len(ids) == most, t.exec("UPDATE erasures SET named = named + ? WHERE id = ?", len(ids), e.ID)
}

// unname takes a user's id from an Interaction and from what hangs on it.
func (t *tx) unname(id string) error {
	var items []string
	if err := t.orm().Raw("SELECT id FROM items WHERE interaction_id = ? AND user_id <> ''", id).Scan(&items).Error; err != nil {
		return t.note(err)
	}
	for _, item := range items {
		if err := t.unnameItem(item); err != nil {
			return err
		}
	}
	if err := t.exec("UPDATE interventions SET user_id = '' WHERE interaction_id = ?", id); err != nil {
		return err
	}
	return t.exec("UPDATE interactions SET user_id = '', session_id = '', conversation_id = '', external_id = '' WHERE id = ?", id)
}

// unnameItem takes an Item off the lists by the user.
func (t *tx) unnameItem(id string) error {
	item, err := t.Item(id)
	if err != nil {
		return err
	}
	lines, err := t.linesOf(item)
	if err != nil {
		return err
	}
	if err := t.takeOffLists(lines); err != nil {
		return err
	}
	if err := t.exec("UPDATE items SET user_id = '' WHERE id = ?", id); err != nil {
		return err
	}
	return t.listItem(id)
}

// FinishErasure implements review.Tx.
func (t *tx) FinishErasure(e review.Erasure, when time.Time) (review.Erasure, bool, error) {
	var left int
	_, err := t.first(`SELECT (SELECT COUNT(*) FROM interactions WHERE app_id = ? AND user_id = ? AND created_at <= ?)
+ (SELECT COUNT(*) FROM legal_holds WHERE app_id = ? AND lifted_at IS NULL AND (kind = 'app' OR kind = 'user' AND subject = ?))`,
		[]any{e.AppID, e.UserID, at(e.CreatedAt), e.AppID, e.UserID}, &left)
	if err != nil || left > 0 {
		return e, false, err
	}
	figures, err := t.eraseFigures(e)
	if err != nil {
		return e, false, err
	}
	n, err := t.affect("UPDATE erasures SET finished_at = ?, user_id = '', figures = figures + ? WHERE id = ? AND finished_at IS NULL", at(when), figures, e.ID)
	if err != nil || n == 0 {
		return e, false, err
	}
	_, err = t.first("SELECT texts, words, named, figures FROM erasures WHERE id = ?", []any{e.ID}, &e.Texts, &e.Words, &e.Named, &e.Figures)
	return e, true, err
}

// eraseFigures deletes figures by user. Experiments count somebody, and do not say whom.
func (t *tx) eraseFigures(e review.Erasure) (total int64, err error) {
	for _, table := range figuresByUser() {
		n, err := t.affect("DELETE FROM "+table+" WHERE app_id = ? AND user_id = ?", e.AppID, e.UserID)
		if err != nil {
			return total, err
		}
		total += n
	}
	for _, table := range partsInExperiments() {
		n, err := t.affect("UPDATE "+table+" SET user_id = ?"+ofExperiments, "erased-"+e.ID, e.UserID, e.AppID)
		if err != nil {
			return total, err
		}
		total += n
	}
	return total, nil
}
