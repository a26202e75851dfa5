package store

import (
	"context"
	"iter"

	"github.com/guardroom/guardroom/internal/review"
)

var _ review.History = (*Store)(nil)

// taughtRow is a Decision with what it was about.
type taughtRow struct {
	ID        string
	AppID     string
	Judgement review.Judgement
	Kind      review.ItemKind
	Undone    bool
	Reverses  *string
	Findings  sealed
	Prompt    sealed
	Response  sealed
	Content   sealed
	Created   instant `gorm:"column:created_at"`

	InteractionID string
}

func (r taughtRow) taught(o *opener) (review.Taught, error) {
	t := review.Taught{DecisionID: r.ID, AppID: r.AppID, Undone: r.Undone}
	if r.Undone {
		return t, nil
	}
	t.Judgement, t.Kind, t.At = r.Judgement, r.Kind, r.Created.time()
	if err := decode(o.text("decisions", "findings", r.ID, r.Findings), &t.Findings); err != nil {
		return review.Taught{}, err
	}
	content, err := interactionRow{ID: r.InteractionID, Prompt: r.Prompt, Response: r.Response, Content: r.Content}.contents(o)
	t.Content = content
	return t, err
}

const selectTaught = `SELECT d.id, d.app_id, d.judgement, d.findings, d.created_at, i.kind,
d.reverses, (x.decision_id IS NOT NULL OR EXISTS (SELECT 1 FROM decisions r WHERE r.reverses = d.id
    AND NOT EXISTS (SELECT 1 FROM undos y WHERE y.decision_id = r.id))) AS undone, n.id AS interaction_id, n.prompt, n.response, n.content
FROM decisions d JOIN items i ON i.id = d.item_id JOIN interactions n ON n.id = i.interaction_id
LEFT JOIN undos x ON x.decision_id = d.id WHERE `

// HistoryEnd implements review.History: Events are numbered in the order in which they
// become durable, so the chain is the cursor.
func (s *Store) HistoryEnd(ctx context.Context) (int64, error) {
	end, err := lastEvent(s.read(ctx))
	return end, s.fault(err)
}

func lastEvent(db reads) (seq int64, err error) {
	return seq, db.Raw("SELECT COALESCE(MAX(seq), 0) FROM events").Scan(&seq).Error
}

// taughtPage is how many Decisions are read together with their texts.
const taughtPage = 32

// LatestTaught implements review.History. No query is open while the caller works.
func (s *Store) LatestTaught(ctx context.Context, appID string, limit int) iter.Seq2[review.Taught, error] {
	return func(yield func(review.Taught, error) bool) {
		if err := s.eachTaught(ctx, appID, limit, yield); err != nil {
			yield(review.Taught{}, s.fault(err))
		}
	}
}

const (
	// selectTaughtStart finds where the newest Decisions begin; nothing when there are
	// fewer.
	selectTaughtStart = `SELECT created_at, id FROM decisions WHERE app_id = ?
ORDER BY created_at DESC, id DESC LIMIT 1 OFFSET ?`
	// taughtFrom names the App twice, so that both planners take its own index.
	taughtFrom = `d.app_id = ? AND d.opinion = 0 AND (d.app_id, d.created_at, d.id) > (?, ?, ?) ORDER BY d.app_id, d.created_at, d.id LIMIT ?`
)

func (s *Store) eachTaught(ctx context.Context, appID string, limit int, yield func(review.Taught, error) bool) error {
	var start []decisionRow
	if err := s.read(ctx).Raw(selectTaughtStart, appID, limit).Scan(&start).Error; err != nil {
		return err
	}
	from, id := instant(0), ""
	if len(start) > 0 {
		from, id = start[0].Created, start[0].ID
	}
	for {
		var rows []taughtRow
		if err := s.read(ctx).Raw(selectTaught+taughtFrom, appID, appID, from, id, taughtPage).Scan(&rows).Error; err != nil {
			return err
		}
		o := s.opener(ctx)
		for _, row := range rows {
			t, err := row.taught(o)
			if err != nil {
				return err
			}
			if !t.Undone && !yield(t, nil) {
				return nil
			}
		}
		if len(rows) < taughtPage {
			return nil
		}
		from, id = rows[len(rows)-1].Created, rows[len(rows)-1].ID
	}
}

// step is an Event that teaches something.
type step struct {
	Seq    int64
	Object string // the Decision
}

const selectSteps = `SELECT seq, object FROM events WHERE seq > ? AND seq <= ?
AND action IN ('decision.made', 'decision.undone') ORDER BY seq LIMIT ?`

// TaughtAfter implements review.History.
func (s *Store) TaughtAfter(ctx context.Context, after int64, limit int) (taught []review.Taught, next int64, err error) {
	err = s.snapshot(ctx, func(db reads) error {
		end, err := lastEvent(db)
		if err != nil || end <= after {
			next = after
			return err
		}
		var steps []step
		if err := db.Raw(selectSteps, after, end, limit).Scan(&steps).Error; err != nil {
			return err
		}
		// What comes between is no step: the next look need not go through it again.
		if next = end; len(steps) == limit {
			next = steps[limit-1].Seq
		}
		taught, err = taughtBy(db, steps)
		return err
	})
	return taught, next, err
}

func taughtBy(db reads, steps []step) ([]review.Taught, error) {
	if len(steps) == 0 {
		return nil, nil
	}
	ids := make([]string, len(steps))
	for i, st := range steps {
		ids[i] = st.Object
	}
	var rows []taughtRow
	if err := db.Raw(selectTaught+"d.id IN ? OR d.id IN (SELECT r.reverses FROM decisions r WHERE r.id IN ?)", ids, ids).Scan(&rows).Error; err != nil {
		return nil, err
	}
	byID := make(map[string]review.Taught, len(rows))
	reverses := map[string]string{}
	o := db.opener()
	for _, row := range rows {
		t, err := row.taught(o)
		if err != nil {
			return nil, err
		}
		byID[row.ID] = t
		reverses[row.ID] = deref(row.Reverses)
	}
	var out []review.Taught
	for _, st := range steps {
		if before := reverses[st.Object]; before != "" { // what it stands for is taught no longer, or again
			out = append(out, byID[before])
		}
		out = append(out, byID[st.Object])
	}
	return out, nil
}
