package store

import (
	"context"
	"strings"
	"time"

	"github.com/guardroom/guardroom/internal/review"
)

// conditions gathers what a row must be.
type conditions struct {
	dialect dialect
	sql     []string
	args    []any
}

func (c *conditions) and(sql string, args ...any) {
	c.sql, c.args = append(c.sql, sql), append(c.args, args...)
}

func (c *conditions) String() string { return strings.Join(c.sql, "\n  AND ") }

// inApps narrows to Apps. With one App its own index can serve; with several the
// order comes from the index of all, which the planner must not trade for sorting.
func (c *conditions) inApps(column string, appIDs []string) {
	if len(appIDs) == 1 {
		c.and(column+" = ?", appIDs[0])
		return
	}
	c.and(c.dialect.unordered(column)+" IN ?", appIDs)
}

// items adds the filters that are about the Item, as i.
func (c *conditions) items(f review.Filter) {
	if f.Kind != "" {
		c.and("i.kind = ?", f.Kind)
	}
	if f.Severity != "" {
		c.and("i.severity = ?", f.Severity)
	}
	if f.UserID != "" {
		c.and("i.user_id = ?", f.UserID)
	}
	if f.Detector != "" {
		c.and("EXISTS (SELECT 1 FROM item_findings f WHERE f.item_id = i.id AND f.detector = ?)", f.Detector)
	}
	if f.Category != "" {
		c.and("EXISTS (SELECT 1 FROM item_findings f WHERE f.item_id = i.id AND f.category = ?)", f.Category)
	}
}

// decidedBy: the user has a standing Decision on the Item.
const decidedBy = `EXISTS (SELECT 1 FROM decisions d WHERE d.item_id = i.id AND d.actor_kind = 'user' AND d.actor_id = ?
    AND NOT EXISTS (SELECT 1 FROM undos x WHERE x.decision_id = d.id))`

// Controls show to the one whom they are for.
const ownControl = `(i.kind <> 'control' OR EXISTS (SELECT 1 FROM controls k WHERE k.item_id = i.id AND k.user_id = ?))`

// judgedBlind: the user has said what they think of the Item.
const judgedBlind = `EXISTS (SELECT 1 FROM blind_verdicts b WHERE b.item_id = i.id AND b.user_id = ?)`

// unseen: the Item is blind to the user, who may come to judge it.
const unseen = `(i.blind AND i.state = 'open' AND NOT ` + judgedBlind + `)`

// ofKind narrows to a kind as pages show it: a control is what its verdict makes it look
// like, and a sample that is blind to the viewer does not say that it is one.
func (c *conditions) ofKind(q review.QueueQuery) {
	switch kind := q.Filter.Kind; {
	case kind == "":
	case kind == review.KindAudit && q.Judges:
		c.and("(i.kind = 'audit' OR i.kind = 'control' AND i.verdict = 'allow') AND NOT "+unseen, q.Viewer)
	case kind == review.KindAudit:
		c.and("(i.kind = 'audit' OR i.kind = 'control' AND i.verdict = 'allow')")
	case kind == review.KindInteraction && q.Judges:
		c.and("(i.kind = 'interaction' OR i.kind = 'control' AND i.verdict <> 'allow' OR i.kind IN ('audit', 'control') AND "+unseen+")", q.Viewer)
	case kind == review.KindInteraction:
		c.and("(i.kind = 'interaction' OR i.kind = 'control' AND i.verdict <> 'allow')")
	default:
		c.and("i.kind = ? AND i.kind <> 'control'", kind)
	}
}

// openly leaves out what is blind to the viewer, where the query asks for something that
// is kept from them: that it comes up would tell.
func (c *conditions) openly(q review.QueueQuery) {
	if q.Judges && (q.Filter.Detector != "" || q.Filter.Category != "") {
		c.and("NOT "+unseen, q.Viewer)
	}
}

func queueConditions(d dialect, q review.QueueQuery) *conditions {
	c := &conditions{dialect: d}
	state := q.Filter.State
	if state == "" {
		state = review.StateOpen
	}
	c.and("i.state = ?", state)
	c.inApps("i.app_id", q.AppIDs)
	c.and(ownControl, q.Viewer)
	c.openly(q)
	c.ofKind(q)
	q.Filter.Kind = ""
	c.items(q.Filter)
	if q.Filter.Overdue {
		c.and("i.due_at < ? AND i.state <> ?", at(q.Now), review.StateDecided)
	}
	if q.Filter.Mine {
		c.and("(c.user_id = ? OR "+decidedBy+")", q.Viewer, q.Viewer)
	}
	if q.Free {
		c.and("NOT EXISTS (SELECT 1 FROM claims h WHERE h.item_id = i.id AND h.expires_at > ? AND h.user_id <> ?)", at(q.Now), q.Viewer)
		c.and("NOT EXISTS (SELECT 1 FROM skips s WHERE s.item_id = i.id AND s.user_id = ?)", q.Viewer)
	}
	if q.After != nil {
		c.and("(i.rank, i.id) > (?, ?)", q.After.Rank, q.After.ID)
	}
	if q.Before != nil {
		c.and("(i.rank, i.id) < (?, ?)", q.Before.Rank, q.Before.ID)
	}
	return c
}

type queueRow struct {
	Item        itemRow `gorm:"embedded"`
	App         string
	HolderID    *string
	HolderName  *string
	HolderToken *string
	HeldUntil   *instant
	Judged      bool
}

func (r queueRow) row() (review.QueueRow, error) {
	item, err := r.Item.item()
	row := review.QueueRow{Item: item, App: r.App, Blind: item.Blind && item.State == review.StateOpen && !r.Judged}
	if r.HolderID != nil {
		row.Claim = &review.Claim{ItemID: item.ID, UserID: *r.HolderID, UserName: deref(r.HolderName),
			Token: deref(r.HolderToken), ExpiresAt: r.HeldUntil.time()}
	}
	return row, err
}

// The outer joins keep items outermost, in the order of their index.
const selectQueue = `SELECT i.*, a.name AS app, c.user_id AS holder_id, u.name AS holder_name, c.token AS holder_token, c.expires_at AS held_until,
` + judgedBlind + ` AS judged
FROM items i
LEFT JOIN apps a ON a.id = i.app_id
LEFT JOIN claims c ON c.item_id = i.id AND c.expires_at > ?
LEFT JOIN users u ON u.id = c.user_id
WHERE `

// queueSQL returns the query of a page of the queue and its arguments.
func queueSQL(d dialect, q review.QueueQuery) (string, []any) {
	c := queueConditions(d, q)
	args := append([]any{q.Viewer, at(q.Now)}, c.args...)
	order := "i.rank, i.id"
	if q.Before != nil {
		order = "i.rank DESC, i.id DESC"
	}
	return selectQueue + c.String() + "\nORDER BY " + order + " LIMIT ?", append(args, q.Limit)
}

// Queue implements review.Reader.
func (s *Store) Queue(ctx context.Context, q review.QueueQuery) ([]review.QueueRow, error) {
	if len(q.AppIDs) == 0 {
		return nil, nil
	}
	query, args := queueSQL(s.dialect, q)
	var rows []queueRow
	if err := s.read(ctx).Raw(query, args...).Scan(&rows).Error; err != nil {
		return nil, s.fault(err)
	}
	out := make([]review.QueueRow, len(rows))
	for i, row := range rows {
		var err error
		if out[i], err = row.row(); err != nil {
			return nil, err
		}
		out[i].Blind = out[i].Blind && q.Judges
	}
	return out, nil
}

// Counts implements review.Reader.
func (s *Store) Counts(ctx context.Context, appIDs []string) (review.Counts, error) {
	if len(appIDs) == 0 {
		return nil, nil
	}
	var counts review.Counts
	err := s.read(ctx).Raw(`SELECT kind, state, CAST(SUM(n) AS BIGINT) AS n FROM counters WHERE app_id IN ? AND n > 0
GROUP BY kind, state ORDER BY kind, state`, appIDs).Scan(&counts).Error
	return counts, s.fault(err)
}

const selectQueueAge = "SELECT created_at FROM items WHERE state = 'open' AND kind <> 'control' ORDER BY created_at LIMIT 1"

// QueueAge implements review.Reader.
func (s *Store) QueueAge(ctx context.Context) (time.Time, error) {
	var oldest []instant
	if err := s.read(ctx).Raw(selectQueueAge).Scan(&oldest).Error; err != nil || len(oldest) == 0 {
		return time.Time{}, s.fault(err)
	}
	return oldest[0].time(), nil
}
