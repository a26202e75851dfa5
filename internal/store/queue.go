package store

import (
	"context"
	"slices"
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
func (c *conditions) items(f review.Filter, now time.Time) {
	equal := func(column, value string) {
		if value != "" {
			c.and(column+" = ?", value)
		}
	}
	equal("i.severity", string(f.Severity))
	equal("i.user_id", f.UserID)
	equal("i.model", f.Model)
	if f.Policy != 0 {
		c.and("i.policy_version = ?", f.Policy)
	}
	if f.Detector != "" {
		c.and("EXISTS (SELECT 1 FROM item_findings f WHERE f.item_id = i.id AND f.detector = ?)", f.Detector)
	}
	if f.Category != "" {
		c.and("EXISTS (SELECT 1 FROM item_findings f WHERE f.item_id = i.id AND f.category = ?)", f.Category)
	}
	c.measures("i", f, now)
}

// measures adds the filters that have no lists: ranges of numbers, and the named queue of
// what was escalated, which is never much.
func (c *conditions) measures(alias string, f review.Filter, now time.Time) {
	if f.Escalation != "" {
		c.and(alias+".escalation = ?", f.Escalation)
	}
	if f.RiskFrom > 0 {
		c.and(alias+".risk >= ?", (float64(f.RiskFrom)-0.5)/100)
	}
	if f.RiskTo > 0 {
		c.and(alias+".risk < ?", (float64(f.RiskTo)+0.5)/100)
	}
	if f.OlderThan > 0 {
		c.and(alias+".created_at <= ?", at(now.Add(-f.OlderThan)))
	}
	if f.YoungerThan > 0 {
		c.and(alias+".created_at >= ?", at(now.Add(-f.YoungerThan)))
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
	if q.Judges && telling(q.Filter) {
		c.and("NOT "+unseen, q.Viewer)
	}
}

// telling tells whether the filter or its order asks for what the guard or colleagues say.
func telling(f review.Filter) bool {
	return f.Detector != "" || f.Category != "" || f.Severity != "" || f.Label != "" || f.Kind == review.KindAudit ||
		f.RiskFrom > 0 || f.RiskTo > 0 || f.Sort == review.SortRisk
}

// labelled: a standing Decision on the Item has the label.
const labelled = `EXISTS (SELECT 1 FROM decisions d WHERE d.item_id = i.id AND d.label = ?
    AND NOT EXISTS (SELECT 1 FROM undos x WHERE x.decision_id = d.id))`

type queueRow struct {
	Item        itemRow `gorm:"embedded"`
	App         string
	HolderID    *string
	HolderName  *string
	HolderToken *string
	HeldUntil   *instant
	Judged      bool
}

func (r queueRow) row(o *opener) (review.QueueRow, error) {
	item, err := r.Item.item(o)
	row := review.QueueRow{Item: item, App: r.App, Blind: item.KeptBlind() && !r.Judged}
	if r.HolderID != nil {
		row.Claim = &review.Claim{ItemID: item.ID, UserID: *r.HolderID, UserName: deref(r.HolderName),
			Token: deref(r.HolderToken), ExpiresAt: r.HeldUntil.time()}
	}
	return row, err
}

// appsAtOnce is how many Apps' lists one query puts together.
const appsAtOnce = 100

// Queue implements review.Reader.
func (s *Store) Queue(ctx context.Context, q review.QueueQuery) (review.QueueSlice, error) {
	var all review.QueueSlice
	for apps := range slices.Chunk(q.AppIDs, appsAtOnce) {
		part := q
		part.AppIDs = apps
		found, err := s.queuePart(ctx, part)
		if err != nil {
			return review.QueueSlice{}, err
		}
		all = merged(q, all, found)
	}
	return all, nil
}

// merged puts the answers for some Apps and for others together, as far as both looked.
func merged(q review.QueueQuery, a, b review.QueueSlice) review.QueueSlice {
	_, descending := orderOf(q.Filter.Sort)
	descending = descending != (q.Before != nil)
	before := func(x, y *review.Position) bool {
		return x.Compare(*y) < 0 != descending && x.Compare(*y) != 0
	}
	place := func(r review.QueueRow) *review.Position { return r.Item.Position(q.Filter.Sort) }
	if a.Stopped == nil || b.Stopped != nil && before(b.Stopped, a.Stopped) {
		a.Stopped = b.Stopped
	}
	a.Rows = append(a.Rows, b.Rows...)
	slices.SortFunc(a.Rows, func(x, y review.QueueRow) int {
		if before(place(x), place(y)) {
			return -1
		}
		return 1
	})
	if a.Stopped != nil {
		a.Rows = slices.DeleteFunc(a.Rows, func(r review.QueueRow) bool { return before(a.Stopped, place(r)) })
	}
	if len(a.Rows) >= q.Limit {
		a.Rows, a.Stopped = a.Rows[:q.Limit], nil
	}
	return a
}

// queuePart answers for as many Apps as fit into one query.
func (s *Store) queuePart(ctx context.Context, q review.QueueQuery) (review.QueueSlice, error) {
	look, err := s.lookFor(ctx, q)
	if look == nil || err != nil {
		return review.QueueSlice{}, s.fault(err)
	}
	found := review.QueueSlice{}
	if found.Rows, err = s.rowsOf(ctx, look); err == nil && len(found.Rows) < q.Limit {
		found.Stopped = look.end
	}
	return found, err
}

// rowsOf reads the rows that a look leads to.
func (s *Store) rowsOf(ctx context.Context, l *look) ([]review.QueueRow, error) {
	query, args := l.sql()
	var rows []queueRow
	if err := s.read(ctx).Raw(query, args...).Scan(&rows).Error; err != nil {
		return nil, s.fault(err)
	}
	out := make([]review.QueueRow, len(rows))
	o := s.opener(ctx)
	for i, row := range rows {
		var err error
		if out[i], err = row.row(o); err != nil {
			return nil, err
		}
		out[i].Blind = out[i].Blind && l.q.Judges
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

// maxHolders bounds the list of those who hold something.
const maxHolders = 200

// Holders implements review.Reader.
func (s *Store) Holders(ctx context.Context, appIDs []string, now time.Time) ([]review.Holder, error) {
	if len(appIDs) == 0 {
		return nil, nil
	}
	var holders []review.Holder
	query := `SELECT DISTINCT u.id AS user_id, u.name FROM claims c CROSS JOIN items i CROSS JOIN users u
WHERE i.id = c.item_id AND u.id = c.user_id AND c.expires_at > ? AND ` + s.dialect.unordered("i.app_id") + ` IN ? ORDER BY u.name, u.id LIMIT ?`
	err := s.read(ctx).Raw(query, at(now), appIDs, maxHolders).Scan(&holders).Error
	return holders, s.fault(err)
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
