package store

import (
	"context"
	"crypto/sha256"
	"strings"
	"time"

	"github.com/guardroom/guardroom/internal/review"
)

// heldBy is true of what a LegalHold keeps; %app%, %user% and %items% say of what.
const heldBy = `EXISTS (SELECT 1 FROM legal_holds h WHERE h.app_id = %app% AND h.lifted_at IS NULL
    AND (h.kind = 'app' OR h.kind = 'user' AND h.subject = %user% OR h.kind = 'item' AND h.subject IN (%items%)))`

func heldOf(app, user, items string) string {
	return strings.NewReplacer("%app%", app, "%user%", user, "%items%", items).Replace(heldBy)
}

const itemsOfInteraction = "SELECT i.id FROM items i WHERE i.interaction_id = interactions.id"

// selectWithTexts reads the partial index in its order.
const selectWithTexts = `SELECT n.id, n.created_at,
    CASE WHEN s.verdict = 'allow' AND NOT EXISTS (SELECT 1 FROM items i WHERE i.interaction_id = n.id) THEN 'allowed' ELSE 'flagged' END AS kind
FROM interactions n JOIN assessments s ON s.interaction_id = n.id
WHERE n.app_id = ? AND n.removed_at IS NULL AND n.created_at < ? AND (n.created_at, n.id) > (?, ?)
ORDER BY n.created_at, n.id LIMIT ?`

// WithTexts implements review.Reader.
func (s *Store) WithTexts(ctx context.Context, q review.ExpiryQuery) ([]review.Expiring, error) {
	var rows []struct {
		ID        string
		CreatedAt instant
		Kind      review.RemovalKind
	}
	err := s.read(ctx).Raw(selectWithTexts, q.AppID, at(q.Before), at(q.AfterAt), q.AfterID, q.Limit).Scan(&rows).Error
	out := make([]review.Expiring, len(rows))
	for i, r := range rows {
		out[i] = review.Expiring{ID: r.ID, CreatedAt: r.CreatedAt.time(), Kind: r.Kind}
	}
	return out, s.fault(err)
}

// selectWords reads the partial index in its order.
func selectWords(table, column string) string {
	return "SELECT d.id FROM " + table + " d JOIN items i ON i.id = d.item_id WHERE d.app_id = ? AND LENGTH(d." + column +
		") > 0 AND d.created_at < ? AND NOT " + heldOf("d.app_id", "i.user_id", "d.item_id") + " ORDER BY d.created_at, d.id LIMIT ?"
}

// WithWords implements review.Reader.
func (s *Store) WithWords(ctx context.Context, q review.ExpiryQuery) ([]string, error) {
	var out []string
	for _, query := range []string{selectWords("decisions", "reason"), selectWords("annotations", "body")} {
		var ids []string
		if err := s.read(ctx).Raw(query, q.AppID, at(q.Before), q.Limit).Scan(&ids).Error; err != nil {
			return nil, s.fault(err)
		}
		out = append(out, ids...)
	}
	return out, nil
}

// Removals implements review.Reader. What costs time is done here, before the one writer is asked for any.
func (s *Store) Removals(ctx context.Context, interactionIDs []string) ([]review.Removal, error) {
	tokens, err := s.tokensOf(ctx, interactionIDs)
	if err != nil {
		return nil, err
	}
	out := make([]review.Removal, len(interactionIDs))
	for i, id := range interactionIDs {
		if out[i], err = s.removal(ctx, id); err != nil {
			return nil, err
		}
		out[i].Tokens, out[i].Weight = tokens[id], 10
		for _, of := range tokens[id] {
			out[i].Weight += 10 + len(of)
		}
	}
	return out, nil
}

func (s *Store) removal(ctx context.Context, id string) (review.Removal, error) {
	db := s.read(ctx)
	in, err := findInteraction(db, id)
	if err != nil {
		return review.Removal{}, s.fault(err)
	}
	a, err := findAssessment(db, id)
	if err != nil {
		return review.Removal{}, s.fault(err)
	}
	r := review.Removal{
		InteractionID: id, ContentHash: in.ContentHash, InputHash: sha256.Sum256([]byte(in.Content.Prompt)),
		OutputHash: sha256.Sum256([]byte(in.Content.Response)), Findings: review.Blank(a.Findings),
	}
	r.Feedback, err = findFeedback(db, id)
	return r, s.fault(err)
}

const selectTextsOf = `SELECT i.number, i.app_id, i.interaction_id, COALESCE(i.intervention_id, '') AS intervention_id, n.prompt, n.response, s.redactions, v.text
FROM items i JOIN interactions n ON n.id = i.interaction_id LEFT JOIN assessments s ON s.interaction_id = n.id
LEFT JOIN interventions v ON v.id = i.intervention_id WHERE i.interaction_id IN ?`

// tokensOf is what Items of Interactions are found by, by their numbers.
func (s *Store) tokensOf(ctx context.Context, interactionIDs []string) (map[string]map[int64][]int64, error) {
	if len(s.searchKey) == 0 {
		return nil, nil
	}
	var texts []itemText
	if err := s.read(ctx).Raw(selectTextsOf, interactionIDs).Scan(&texts).Error; err != nil {
		return nil, s.fault(err)
	}
	out := map[string]map[int64][]int64{}
	o := s.opener(ctx)
	for _, text := range texts {
		tokens, err := s.searchKey.tokens(text, o)
		if err != nil {
			return nil, err
		}
		if out[text.InteractionID] == nil {
			out[text.InteractionID] = map[int64][]int64{}
		}
		out[text.InteractionID][text.Number] = tokens
	}
	return out, nil
}

// removeText leaves alone what is held, what waits for a person or for the other opinion, and what the index has not
// come to yet: whoever indexes it may have read it already.
var (
	removeText    = removeTextUnless("i.state <> 'decided'")
	removeWaiting = removeTextUnless("i.state = 'settling'")
)

func removeTextUnless(waits string) string {
	return `UPDATE interactions SET removed_at = ?, input_hash = ?, output_hash = ?, excerpt = ?, error = ?, context = NULL,
    prompt = ?, response = ?, content = NULL
WHERE id = ? AND removed_at IS NULL AND NOT ` + heldOf("interactions.app_id", "interactions.user_id", itemsOfInteraction) + `
    AND NOT EXISTS (SELECT 1 FROM items i WHERE i.interaction_id = interactions.id AND ` + waits + `)
    AND NOT EXISTS (SELECT 1 FROM items i JOIN opinions o ON o.item_id = i.id WHERE i.interaction_id = interactions.id)
    AND NOT EXISTS (SELECT 1 FROM items i JOIN item_tokens_state s ON s.id = 1 WHERE i.interaction_id = interactions.id AND i.number > s.indexed)`
}

const itemsOf = "(SELECT i.id FROM items i WHERE i.interaction_id = ?)"

// RemoveText implements review.Tx.
func (t *tx) RemoveText(r review.Removal, when time.Time, waiting bool) (bool, error) {
	query := removeText
	if waiting {
		query = removeWaiting
	}
	empty := []byte{}
	n, err := t.affect(query, at(when), r.InputHash[:], r.OutputHash[:], empty, empty, empty, empty, r.InteractionID)
	if err != nil || n == 0 {
		return false, err
	}
	findings, err := encodeList(r.Findings)
	if err != nil {
		return false, err
	}
	if err := t.exec("UPDATE assessments SET findings = ?, redactions = NULL WHERE interaction_id = ?",
		t.seal("assessments", "findings", r.InteractionID, findings), r.InteractionID); err != nil {
		return false, err
	}
	if err := t.removeFeedback(r); err != nil {
		return false, err
	}
	if err := t.exec("UPDATE interventions SET text = ?, delivered_text = ? WHERE interaction_id = ?", empty, empty, r.InteractionID); err != nil {
		return false, err
	}
	if err := t.removeOfItems(r); err != nil {
		return false, err
	}
	return true, nil
}

// removeFeedback keeps what the user did, and nothing that they wrote.
func (t *tx) removeFeedback(r review.Removal) error {
	if r.Feedback == nil {
		return nil
	}
	document, err := encode(review.Feedback{Action: r.Feedback.Action})
	if err != nil {
		return err
	}
	var id string
	if _, err := t.first("SELECT id FROM feedback WHERE interaction_id = ?", []any{r.InteractionID}, &id); err != nil {
		return err
	}
	return t.exec("UPDATE feedback SET document = ? WHERE id = ?", t.seal("feedback", "document", id, document), id)
}

// removeOfItems: an Item is alike to none any more, so its fingerprint is its own.
func (t *tx) removeOfItems(r review.Removal) error {
	n, err := t.affect("UPDATE items SET excerpt = ?, fingerprint = id WHERE interaction_id = ?", []byte{}, r.InteractionID)
	if err != nil || n == 0 {
		return err
	}
	for _, statement := range []string{
		"UPDATE decisions SET text = ?, findings = NULL WHERE item_id IN " + itemsOf,
		"UPDATE inbox SET body = ? WHERE item_id IN " + itemsOf,
		"UPDATE skips SET reason = ? WHERE item_id IN " + itemsOf,
	} {
		if err := t.exec(statement, []byte{}, r.InteractionID); err != nil {
			return err
		}
	}
	if err := t.exec("UPDATE controls SET findings = NULL WHERE item_id IN "+itemsOf, r.InteractionID); err != nil {
		return err
	}
	for number, tokens := range r.Tokens {
		if err := t.removeTokens(number, tokens); err != nil {
			return err
		}
	}
	return nil
}

// removeTokens uses statements of few lengths, for each is prepared once and kept.
func (t *tx) removeTokens(number int64, tokens []int64) error {
	for len(tokens) > 0 {
		size := 1
		for _, s := range []int{256, 32} {
			if len(tokens) >= s {
				size = s
				break
			}
		}
		args := make([]any, 0, size+1)
		args = append(args, number)
		for _, token := range tokens[:size] {
			args = append(args, token)
		}
		places := strings.TrimSuffix(strings.Repeat("?, ", size), ", ")
		if err := t.exec("DELETE FROM item_tokens WHERE number = ? AND token IN ("+places+")", args...); err != nil {
			return err
		}
		tokens = tokens[size:]
	}
	return nil
}

var (
	removeReason = "UPDATE decisions SET reason = ? WHERE id = ? AND app_id = ? AND LENGTH(reason) > 0 AND NOT " +
		heldOf("decisions.app_id", "(SELECT i.user_id FROM items i WHERE i.id = decisions.item_id)", "decisions.item_id")
	removeNote = "UPDATE annotations SET body = ? WHERE id = ? AND app_id = ? AND LENGTH(body) > 0 AND NOT " +
		heldOf("annotations.app_id", "(SELECT i.user_id FROM items i WHERE i.id = annotations.item_id)", "annotations.item_id")
)

// RemoveWords implements review.Tx.
func (t *tx) RemoveWords(appID, id string) (bool, error) {
	for _, statement := range []string{removeReason, removeNote} {
		n, err := t.affect(statement, []byte{}, id, appID)
		if err != nil {
			return false, err
		}
		if n > 0 {
			return true, t.removePublished(appID, id)
		}
	}
	return false, nil
}

// removePublished deletes what was told of a Decision, which has its reason, when everybody who was to be told has been.
func (t *tx) removePublished(appID, decisionID string) error {
	var seq int64
	found, err := t.first(`SELECT seq FROM outbox WHERE key = ? AND NOT EXISTS
    (SELECT 1 FROM webhooks w WHERE w.app_id = outbox.app_id AND w.ended_at IS NULL AND w.seen < outbox.seq)`, []any{decisionID}, &seq)
	if err != nil || !found {
		return err
	}
	for _, topic := range review.WebhookTopics() {
		err := t.exec("DELETE FROM deliveries WHERE message = ? AND state <> 'waiting' AND webhook_id IN (SELECT id FROM webhooks WHERE app_id = ?)",
			messageID(seq, topic), appID)
		if err != nil {
			return err
		}
	}
	return t.exec("DELETE FROM outbox WHERE key = ?", decisionID)
}

// CountRemovals implements review.Tx.
func (t *tx) CountRemovals(appID string, kind review.RemovalKind, when time.Time, n int) error {
	return t.exec(`INSERT INTO removals (app_id, day, kind, n) VALUES (?, ?, ?, ?)
ON CONFLICT (app_id, day, kind) DO UPDATE SET n = removals.n + excluded.n`, appID, dayOf(when), string(kind), n)
}

// RemovalTallies implements review.Reader.
func (s *Store) RemovalTallies(ctx context.Context, appID string, since time.Time) ([]review.RemovalTally, error) {
	var rows []struct {
		Day  int64
		Kind review.RemovalKind
		N    int
	}
	err := s.read(ctx).Raw("SELECT day, kind, n FROM removals WHERE app_id = ? AND day >= ? ORDER BY day DESC, kind", appID, dayOf(since)).Scan(&rows).Error
	out := make([]review.RemovalTally, len(rows))
	for i, r := range rows {
		out[i] = review.RemovalTally{Day: dayTime(r.Day), Kind: r.Kind, N: r.N}
	}
	return out, s.fault(err)
}

// PutLegalHold implements review.Tx.
func (t *tx) PutLegalHold(h review.LegalHold) error {
	err := t.exec("INSERT INTO legal_holds (id, app_id, kind, subject, reason, actor_kind, actor_id, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		h.ID, h.AppID, string(h.Kind), h.Subject, t.seal("legal_holds", "reason", h.ID, []byte(h.Reason)), string(h.Actor.Kind), h.Actor.ID, at(h.CreatedAt))
	return said(err, review.CodeConflict, "this is held already")
}

// LiftLegalHold implements review.Tx.
func (t *tx) LiftLegalHold(appID, id string, by review.Actor, when time.Time) (review.LegalHold, error) {
	h := review.LegalHold{ID: id, AppID: appID}
	var kind string
	found, err := t.first("SELECT kind, subject FROM legal_holds WHERE app_id = ? AND id = ? AND lifted_at IS NULL", []any{appID, id}, &kind, &h.Subject)
	if err != nil {
		return h, err
	}
	if !found {
		return h, absent("hold")
	}
	h.Kind = review.HoldKind(kind)
	return h, t.exec("UPDATE legal_holds SET lifted_at = ?, lifted_by = ? WHERE id = ?", at(when), by.ID, id)
}

const selectLegalHolds = `SELECT h.*, COALESCE(u.name, h.actor_id) AS actor_name
FROM legal_holds h LEFT JOIN users u ON h.actor_kind = 'user' AND u.id = h.actor_id
WHERE h.app_id = ? AND h.lifted_at IS NULL ORDER BY h.created_at DESC, h.id DESC LIMIT ?`

// LegalHolds implements review.Reader.
func (s *Store) LegalHolds(ctx context.Context, appID string) ([]review.LegalHold, error) {
	var rows []struct {
		ID        string
		Kind      review.HoldKind
		Subject   string
		Reason    sealed
		ActorKind review.ActorKind
		ActorID   string
		ActorName string
		CreatedAt instant
	}
	err := s.read(ctx).Raw(selectLegalHolds, appID, review.MaxLegalHolds).Scan(&rows).Error
	out := make([]review.LegalHold, len(rows))
	o := s.opener(ctx)
	for i, r := range rows {
		out[i] = review.LegalHold{ID: r.ID, AppID: appID, Kind: r.Kind, Subject: r.Subject, Reason: string(o.text("legal_holds", "reason", r.ID, r.Reason)),
			Actor: review.Actor{Kind: r.ActorKind, ID: r.ActorID}, ActorName: r.ActorName, CreatedAt: r.CreatedAt.time()}
	}
	return out, s.fault(o.failed(err))
}
