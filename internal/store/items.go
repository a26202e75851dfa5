package store

import (
	"time"

	"github.com/guardroom/guardroom/internal/review"
)

type itemRow struct {
	ID             string
	Number         int64
	AppID          string
	InteractionID  string
	InterventionID *string
	Kind           review.ItemKind
	State          review.ItemState
	Severity       review.Severity
	Priority       float64
	Rank           int64
	Due            instant `gorm:"column:due_at"`
	PolicyVersion  int
	Version        int
	Fingerprint    string
	Detector       string
	Category       review.Category
	Verdict        string
	Risk           float64
	UserID         string
	Model          string
	SamplingKind   string
	Propensity     float64
	Created        instant `gorm:"column:created_at"`
	Reason         sealed
	Excerpt        sealed

	Blind           bool
	BlindPropensity float64

	Opinions   int
	Escalation string
	Snoozed    instant `gorm:"column:snoozed_until"`
}

func (itemRow) TableName() string  { return "items" }
func (r itemRow) recordID() string { return r.ID }

func (r itemRow) item(o *opener) (review.Item, error) {
	verdict, err := review.ParseVerdict(r.Verdict)
	item := review.Item{
		ID: r.ID, Number: r.Number, AppID: r.AppID, InteractionID: r.InteractionID, InterventionID: deref(r.InterventionID),
		Kind: r.Kind, State: r.State, Severity: r.Severity, Priority: r.Priority, Rank: r.Rank, DueAt: r.Due.time(),
		PolicyVersion: r.PolicyVersion, Version: r.Version, Fingerprint: r.Fingerprint, Detector: r.Detector, Category: r.Category,
		Reason: string(o.text("items", "reason", r.ID, r.Reason)), Verdict: verdict, Risk: r.Risk, UserID: r.UserID, Model: r.Model,
		Excerpt:      string(o.text("items", "excerpt", r.ID, r.Excerpt)),
		SamplingKind: r.SamplingKind, Propensity: r.Propensity, CreatedAt: r.Created.time(),
		Blind: r.Blind, BlindPropensity: r.BlindPropensity,
		Opinions: r.Opinions, Escalation: r.Escalation, SnoozedUntil: r.Snoozed.orZero(),
	}
	return item, o.failed(err)
}

// PutItem implements review.Tx.
func (t *tx) PutItem(i review.Item, findings []review.Finding) error {
	number, err := t.nextNumber()
	if err != nil {
		return err
	}
	err = t.insert(&itemRow{
		ID: i.ID, Number: number, AppID: i.AppID, InteractionID: i.InteractionID, InterventionID: nullable(i.InterventionID),
		Kind: i.Kind, State: i.State, Severity: i.Severity, Priority: i.Priority, Rank: i.Rank, Due: at(i.DueAt),
		PolicyVersion: i.PolicyVersion, Version: i.Version, Fingerprint: i.Fingerprint, Detector: i.Detector, Category: i.Category,
		Verdict: i.Verdict.String(), Risk: i.Risk, UserID: i.UserID, Model: i.Model,
		SamplingKind: i.SamplingKind, Propensity: i.Propensity, Created: at(i.CreatedAt),
		Reason: toSeal([]byte(i.Reason)), Excerpt: toSeal([]byte(i.Excerpt)), Blind: i.Blind, BlindPropensity: i.BlindPropensity,
		Opinions: i.Opinions, Escalation: i.Escalation, Snoozed: orNever(i.SnoozedUntil),
	})
	for _, f := range findings {
		if err != nil {
			return err
		}
		err = t.exec("INSERT INTO item_findings (item_id, detector, category) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
			i.ID, f.Detector, string(f.Category))
	}
	if err != nil || i.Kind == review.KindControl { // which nobody's guard found
		return err
	}
	i.Number = number
	if err := t.putOnLists(listLines(i, scopesOf(i, "", nil), itemTerms(i, findingTerms(findings)))); err != nil {
		return err
	}
	return t.tallyFindings(i.AppID, i.CreatedAt, i.Kind, outcomeItem, findings)
}

// Item implements review.Tx.
func (t *tx) Item(id string) (review.Item, error) {
	i, err := findItem(t.orm(), id)
	return i, t.note(err)
}

func findItem(db reads, id string) (review.Item, error) {
	var rows []itemRow
	err := db.Where("id = ?", id).Find(&rows).Error
	row, err := found(rows, err, "item")
	if err != nil {
		return review.Item{}, err
	}
	return row.item(db.opener())
}

// SetItemState implements review.Tx.
func (t *tx) SetItemState(id string, version int, state review.ItemState) (bool, error) {
	item, err := t.Item(id)
	if err != nil || item.Version != version {
		return false, err
	}
	if err := t.exec("UPDATE items SET state = ?, version = version + 1 WHERE id = ?", string(state), id); err != nil {
		return false, err
	}
	return true, t.moveOnLists(item, state)
}

// claimRow is a claim as it is read, with its holder's name.
type claimRow struct {
	ItemID   string
	UserID   string
	UserName string
	Token    string
	Taken    instant `gorm:"column:taken_at"`
	Beat     instant `gorm:"column:beat_at"`
	Kept     instant `gorm:"column:kept_until"`
	Expires  instant `gorm:"column:expires_at"`
}

func (r claimRow) claim() review.Claim {
	return review.Claim{
		ItemID: r.ItemID, UserID: r.UserID, UserName: r.UserName, Token: r.Token,
		TakenAt: r.Taken.orZero(), BeatAt: r.Beat.orZero(), KeptUntil: r.Kept.orZero(), ExpiresAt: r.Expires.time(),
	}
}

const selectClaims = `SELECT c.item_id, c.user_id, u.name AS user_name, c.token, c.taken_at, c.beat_at, c.kept_until, c.expires_at
FROM claims c JOIN users u ON u.id = c.user_id WHERE `

// Claim implements review.Tx.
func (t *tx) Claim(itemID string) (*review.Claim, error) {
	c, err := findClaim(t.orm(), itemID)
	return c, t.note(err)
}

func findClaim(db reads, itemID string) (*review.Claim, error) {
	var rows []claimRow
	if err := db.Raw(selectClaims+"c.item_id = ?", itemID).Scan(&rows).Error; err != nil || len(rows) == 0 {
		return nil, err
	}
	c := rows[0].claim()
	return &c, nil
}

// ClaimsOf implements review.Tx.
func (t *tx) ClaimsOf(userID string) ([]review.Claim, error) {
	var rows []claimRow
	if err := t.orm().Raw(selectClaims+"c.user_id = ? ORDER BY c.item_id", userID).Scan(&rows).Error; err != nil {
		return nil, t.note(err)
	}
	var out []review.Claim
	for _, row := range rows {
		out = append(out, row.claim())
	}
	return out, nil
}

// PutClaim implements review.Tx.
func (t *tx) PutClaim(c review.Claim) error {
	return t.exec(`INSERT INTO claims (item_id, user_id, token, taken_at, beat_at, kept_until, expires_at, batch_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (item_id) DO UPDATE SET user_id = excluded.user_id, token = excluded.token, taken_at = excluded.taken_at,
beat_at = excluded.beat_at, kept_until = excluded.kept_until, expires_at = excluded.expires_at, batch_id = excluded.batch_id`,
		c.ItemID, c.UserID, c.Token, orNever(c.TakenAt), orNever(c.BeatAt), orNever(c.KeptUntil), at(c.ExpiresAt), c.BatchID)
}

// DeleteClaim implements review.Tx.
func (t *tx) DeleteClaim(itemID string) error {
	return t.exec("DELETE FROM claims WHERE item_id = ?", itemID)
}

// PutSkip implements review.Tx.
func (t *tx) PutSkip(itemID, userID, reason string, when time.Time) error {
	return t.exec(`INSERT INTO skips (item_id, user_id, reason, created_at) VALUES (?, ?, ?, ?)
ON CONFLICT (item_id, user_id) DO UPDATE SET reason = excluded.reason, created_at = excluded.created_at`,
		itemID, userID, t.seal("skips", "reason", recordID(itemID, userID), []byte(reason)), at(when))
}
