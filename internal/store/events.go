package store

import (
	"context"
	"iter"

	"github.com/guardroom/guardroom/internal/audit"
	"github.com/guardroom/guardroom/internal/review"
)

// eventsPage is how many Events one query reads.
const eventsPage = 5_000

type eventRow struct {
	Seq       int64
	At        instant
	ActorKind review.ActorKind
	ActorID   string
	Action    string
	Object    string
	AppID     string
	Detail    []byte
	PrevHash  []byte
	Hash      []byte
}

func (eventRow) TableName() string { return "events" }

func (r eventRow) event() review.Event {
	return review.Event{
		Seq: r.Seq, At: r.At.time(), Actor: review.Actor{Kind: r.ActorKind, ID: r.ActorID}, Action: r.Action,
		Object: r.Object, AppID: r.AppID, Detail: string(r.Detail), PrevHash: hashOf(r.PrevHash), Hash: hashOf(r.Hash),
	}
}

// AppendEvent implements review.Tx. The head of the chain is read once per group:
// nobody else can append while the group's transaction lasts.
func (t *tx) AppendEvent(e review.Event) error {
	head, err := t.chainHead()
	if err != nil {
		return err
	}
	e, next := head.Append(e)
	err = t.exec(`INSERT INTO events (seq, at, actor_kind, actor_id, action, object, app_id, detail, prev_hash, hash)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, e.Seq, at(e.At), string(e.Actor.Kind), e.Actor.ID, e.Action, e.Object, e.AppID,
		[]byte(e.Detail), e.PrevHash[:], e.Hash[:])
	if err != nil {
		return err
	}
	t.head = &next
	return nil
}

func (t *tx) chainHead() (audit.Head, error) {
	if t.head != nil {
		return *t.head, nil
	}
	var head audit.Head
	var hash []byte
	_, err := t.first("SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1", nil, &head.Seq, &hash)
	head.Hash = hashOf(hash)
	return head, err
}

// Events iterates over the audit chain from after on, in its order.
func (s *Store) Events(ctx context.Context, after int64) iter.Seq2[review.Event, error] {
	return func(yield func(review.Event, error) bool) {
		for {
			var rows []eventRow
			if err := s.read(ctx).Where("seq > ?", after).Order("seq").Limit(eventsPage).Find(&rows).Error; err != nil {
				yield(review.Event{}, s.fault(err))
				return
			}
			for _, row := range rows {
				if !yield(row.event(), nil) {
					return
				}
				after = row.Seq
			}
			if len(rows) < eventsPage {
				return
			}
		}
	}
}

// VerifyChain reads the whole audit chain and reports the first Event that is not
// what was written.
func (s *Store) VerifyChain(ctx context.Context) (audit.Report, error) {
	return audit.Verify(s.Events(ctx, 0))
}
