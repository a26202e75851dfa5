package store

import (
	"context"
	"iter"
	"math"

	"github.com/guardroom/guardroom/internal/review"
)

// Decisions are read in pages of so many rows, and the texts of a page in chunks of
// so many rows or bytes: memory stays bounded whatever people wrote. No query is
// open while the caller works, so that a slow reader of an export holds nothing up.
const (
	decisionsPage  = 2_000
	textsChunk     = 250
	textChunkBytes = 4 << 20
)

// exportRow is one line of the export without its texts.
type exportRow struct {
	decision   decisionRow
	item       itemRow
	externalID string
	app        string
	reviewer   string
	undone     bool
	textBytes  int
}

func (r exportRow) row(t texts, o *opener) (review.DecisionRow, error) {
	d, err := r.decision.decision(o)
	if err != nil {
		return review.DecisionRow{}, err
	}
	item, err := r.item.item(o)
	if err != nil {
		return review.DecisionRow{}, err
	}
	row := review.DecisionRow{
		Decision: d, Item: item, InteractionID: item.InteractionID, ExternalID: r.externalID, App: r.app,
		Reviewer: r.reviewer, Undone: r.undone,
		Prompt:   string(o.text("interactions", "prompt", t.ID, t.Prompt)),
		Response: string(o.text("interactions", "response", t.ID, t.Response)),
	}
	return row, o.failed(decode(o.text("assessments", "redactions", t.ID, t.Redactions), &row.Redactions))
}

// texts are what an export shows of an Interaction.
type texts struct {
	ID         string
	Prompt     sealed
	Response   sealed
	Redactions sealed // JSON
}

const selectTexts = `SELECT n.id, n.prompt, n.response, s.redactions FROM interactions n
LEFT JOIN assessments s ON s.interaction_id = n.id WHERE n.id IN ?`

// Decisions implements review.Reader.
func (s *Store) Decisions(ctx context.Context, q review.DecisionQuery) iter.Seq2[review.DecisionRow, error] {
	return func(yield func(review.DecisionRow, error) bool) {
		if err := s.eachDecision(ctx, q, yield); err != nil {
			yield(review.DecisionRow{}, s.fault(err))
		}
	}
}

func (s *Store) eachDecision(ctx context.Context, q review.DecisionQuery, yield func(review.DecisionRow, error) bool) error {
	left := q.Limit
	if left == 0 {
		left = math.MaxInt
	}
	var last *decisionRow
	for left > 0 && len(q.AppIDs) > 0 {
		limit := min(left, decisionsPage)
		page, err := s.decisionsPage(ctx, q, last, limit)
		if err != nil {
			return err
		}
		if more, err := s.yieldPage(ctx, page, yield); err != nil || !more {
			return err
		}
		if len(page) < limit {
			return nil
		}
		left -= limit
		last = &page[len(page)-1].decision
	}
	return nil
}

// yieldPage adds the texts to a page, chunk by chunk; more is false when the caller
// has had enough.
func (s *Store) yieldPage(ctx context.Context, page []exportRow, yield func(review.DecisionRow, error) bool) (more bool, err error) {
	for len(page) > 0 {
		n := chunk(page)
		byID, err := s.texts(ctx, page[:n])
		if err != nil {
			return false, err
		}
		o := s.opener(ctx)
		for _, r := range page[:n] {
			row, err := r.row(byID[r.item.InteractionID], o)
			if err != nil {
				return false, err
			}
			if !yield(row, nil) {
				return false, nil
			}
		}
		page = page[n:]
	}
	return true, nil
}

// chunk is how many rows of the page have texts that can be held at once; at least
// one.
func chunk(page []exportRow) int {
	bytes := 0
	for n, r := range page {
		if bytes += r.textBytes; n > 0 && (n == textsChunk || bytes > textChunkBytes) {
			return n
		}
	}
	return len(page)
}

func (s *Store) texts(ctx context.Context, rows []exportRow) (map[string]texts, error) {
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.item.InteractionID
	}
	var found []texts
	if err := s.read(ctx).Raw(selectTexts, ids).Scan(&found).Error; err != nil {
		return nil, err
	}
	byID := make(map[string]texts, len(found))
	for _, t := range found {
		byID[t.ID] = t
	}
	return byID, nil
}

// decisionsQuery returns the query of one page. Cross joins keep the tables in this
// order, so that the index gives the order of time.
func decisionsQuery(dialect dialect, q review.DecisionQuery, columns string, last *decisionRow, limit int) (string, []any) {
	c := &conditions{dialect: dialect}
	c.and("i.id = d.item_id AND n.id = i.interaction_id AND a.id = d.app_id")
	c.inApps("d.app_id", q.AppIDs)
	if q.Shown {
		c.and(ownControl, q.Viewer)
	} else {
		c.and("i.kind <> 'control'")
	}
	c.items(q.Filter, q.Now)
	if q.Filter.Kind != "" {
		c.and("i.kind = ?", q.Filter.Kind)
	}
	if q.Filter.Label != "" {
		c.and("d.label = ?", q.Filter.Label)
	}
	if q.Filter.State != "" {
		c.and("i.state = ?", q.Filter.State)
	}
	if q.Filter.Overdue {
		c.and("d.created_at > i.due_at")
	}
	if q.Filter.Mine {
		c.and("d.actor_kind = 'user' AND d.actor_id = ?", q.Viewer)
	}
	order, after := "d.created_at, d.id", "(d.created_at, d.id) > (?, ?)"
	if q.Newest {
		order, after = "d.created_at DESC, d.id DESC", "(d.created_at, d.id) < (?, ?)"
	}
	if last != nil {
		c.and(after, last.Created, last.ID)
	}
	return "SELECT " + columns + `,
n.external_id, a.name, COALESCE(u.email, d.actor_id), x.decision_id IS NOT NULL, octet_length(n.prompt) + octet_length(n.response)
FROM decisions d CROSS JOIN items i CROSS JOIN interactions n CROSS JOIN apps a
LEFT JOIN users u ON d.actor_kind = 'user' AND u.id = d.actor_id
LEFT JOIN undos x ON x.decision_id = d.id
WHERE ` + c.String() + "\nORDER BY " + order + " LIMIT ?", append(c.args, limit)
}

func (s *Store) decisionsPage(ctx context.Context, q review.DecisionQuery, last *decisionRow, limit int) ([]exportRow, error) {
	decisions, items := s.decisions, s.items
	query, args := decisionsQuery(s.dialect, q, decisions.columns("d.")+",\n"+items.columns("i."), last, limit)
	rows, err := s.read(ctx).Raw(query, args...).Rows()
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var page []exportRow
	for rows.Next() {
		var r exportRow
		targets := append(decisions.targets(&r.decision), items.targets(&r.item)...)
		targets = append(targets, &r.externalID, &r.app, &r.reviewer, &r.undone, &r.textBytes)
		if err := rows.Scan(targets...); err != nil {
			return nil, err
		}
		page = append(page, r)
	}
	return page, rows.Err()
}
