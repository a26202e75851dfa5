package store

import (
	"context"
	"iter"
	"strings"

	"github.com/guardroom/guardroom/internal/review"
)

// trailReach is how many Events a page looks at. There are no indexes for its filters:
// each would cost every write.
const trailReach = 50_000

const trailFrom = `SELECT ` + eventColumns + `, COALESCE(u.email, c.name, e.actor_id), COALESCE(a.name, '')
FROM events e LEFT JOIN users u ON e.actor_kind = 'user' AND u.id = e.actor_id
LEFT JOIN apps c ON e.actor_kind = 'app' AND c.id = e.actor_id LEFT JOIN apps a ON a.id = e.app_id WHERE `

// trailWhere is what a filter asks for.
func trailWhere(f review.EventFilter) (string, []any) {
	var conditions strings.Builder
	var args []any
	and := func(condition string, values ...any) {
		conditions.WriteString(" AND " + condition)
		args = append(args, values...)
	}
	if f.Actor != "" {
		and("(e.actor_id = ? OR u.email = ? OR c.name = ?)", f.Actor, strings.ToLower(f.Actor), f.Actor)
	}
	if f.Action != "" {
		family := f.Action + "."
		and("(e.action = ? OR SUBSTR(e.action, 1, ?) = ?)", f.Action, len(family), family)
	}
	if f.App != "" {
		and("a.name = ?", f.App)
	}
	if f.Object != "" {
		and("e.object = ?", f.Object)
	}
	if !f.From.IsZero() {
		and("e.at >= ?", at(f.From))
	}
	if !f.Until.IsZero() {
		and("e.at < ?", at(f.Until))
	}
	return conditions.String(), args
}

// trail runs one query of the trail.
func (s *Store) trail(ctx context.Context, query string, args []any, hand func(review.TrailEvent) bool) error {
	rows, err := s.readers.QueryContext(ctx, s.dialect.bind(query), args...)
	if err != nil {
		return s.fault(err)
	}
	defer rows.Close()
	var row eventRow
	var view review.TrailEvent
	targets := append(row.targets(), &view.ActorName, &view.App)
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return s.fault(err)
		}
		view.Event = row.event()
		if !hand(view) {
			return nil
		}
	}
	return s.fault(rows.Err())
}

// EventSlice implements review.Reader.
func (s *Store) EventSlice(ctx context.Context, q review.EventQuery) (review.EventSlice, error) {
	if q.Before == 0 {
		end, err := s.HistoryEnd(ctx)
		if err != nil {
			return review.EventSlice{}, err
		}
		q.Before = end + 1
	}
	floor := max(q.Before-trailReach, 1)
	where, args := trailWhere(q.Filter)
	args = append(append([]any{q.Before, floor}, args...), q.Limit)
	var slice review.EventSlice
	err := s.trail(ctx, trailFrom+"e.seq < ? AND e.seq >= ?"+where+" ORDER BY e.seq DESC LIMIT ?", args, func(e review.TrailEvent) bool {
		slice.Events = append(slice.Events, e)
		return true
	})
	switch {
	case len(slice.Events) == q.Limit && slice.Events[q.Limit-1].Seq > 1:
		slice.Next = slice.Events[q.Limit-1].Seq
	case len(slice.Events) < q.Limit && floor > 1:
		slice.Next = floor
	}
	return slice, err
}

// EventLog implements review.Reader.
func (s *Store) EventLog(ctx context.Context, f review.EventFilter, after int64) iter.Seq2[review.TrailEvent, error] {
	return func(yield func(review.TrailEvent, error) bool) {
		end, err := s.HistoryEnd(ctx)
		if err != nil {
			yield(review.TrailEvent{}, err)
			return
		}
		where, conditions := trailWhere(f)
		query := trailFrom + "e.seq > ? AND e.seq <= ?" + where + " ORDER BY e.seq"
		wanted := true
		for ; wanted && after < end; after += eventsPage {
			args := append([]any{after, min(after+eventsPage, end)}, conditions...)
			err := s.trail(ctx, query, args, func(e review.TrailEvent) bool {
				wanted = yield(e, nil)
				return wanted
			})
			if err != nil {
				yield(review.TrailEvent{}, err)
				return
			}
		}
	}
}

// FollowedTo is the last Event that a follower confirmed, 0 when it is new.
func (s *Store) FollowedTo(ctx context.Context, follower string) (seq int64, err error) {
	err = s.read(ctx).Raw("SELECT seq FROM event_followers WHERE name = ?", follower).Scan(&seq).Error
	return seq, s.fault(err)
}

// Followed notes how far a follower has come. It never goes back.
func (s *Store) Followed(ctx context.Context, follower string, seq int64) error {
	return s.writer.do(ctx, func(t *tx) error {
		return t.exec(`INSERT INTO event_followers (name, seq) VALUES (?, ?)
ON CONFLICT (name) DO UPDATE SET seq = excluded.seq WHERE event_followers.seq < excluded.seq`, follower, seq)
	})
}
