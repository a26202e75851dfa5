package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"iter"

	"github.com/guardroom/guardroom/internal/audit"
	"github.com/guardroom/guardroom/internal/review"
)

// eventsPage is how many Events one query reads.
const eventsPage = 5_000

// eventColumns are those of eventTargets, in its order.
const eventColumns = "e.seq, e.at, e.actor_kind, e.actor_id, e.action, e.object, e.app_id, e.detail, e.origin, e.prev_hash, e.hash"

type eventRow struct {
	Seq       int64
	At        instant
	ActorKind string
	ActorID   string
	Action    string
	Object    string
	AppID     string
	Detail    []byte
	Origin    []byte
	PrevHash  []byte
	Hash      []byte
}

func (r *eventRow) targets() []any {
	return []any{&r.Seq, &r.At, &r.ActorKind, &r.ActorID, &r.Action, &r.Object, &r.AppID, &r.Detail, &r.Origin, &r.PrevHash, &r.Hash}
}

// event: an origin that cannot be read was changed. It is kept as an address, so that
// the hash tells.
func (r *eventRow) event() review.Event {
	e := review.Event{
		Seq: r.Seq, At: r.At.time(), Actor: review.Actor{Kind: review.ActorKind(r.ActorKind), ID: r.ActorID}, Action: r.Action,
		Object: r.Object, AppID: r.AppID, Detail: string(r.Detail), PrevHash: hashOf(r.PrevHash), Hash: hashOf(r.Hash),
	}
	if len(r.Origin) > 0 && json.Unmarshal(r.Origin, &e.Origin) != nil {
		e.Origin = review.Origin{Address: string(r.Origin)}
	}
	return e
}

// originColumn is empty for what came from nowhere.
func originColumn(o review.Origin) ([]byte, error) {
	if o == (review.Origin{}) {
		return []byte{}, nil
	}
	return json.Marshal(o)
}

// AppendEvent implements review.Tx. The head of the chain is read once per group:
// nobody else can append while the group's transaction lasts.
func (t *tx) AppendEvent(e review.Event) error {
	head, err := t.chainHead()
	if err != nil {
		return err
	}
	e.Origin = t.origin
	origin, err := originColumn(e.Origin)
	if err != nil {
		return err
	}
	e, next := head.Append(e)
	err = t.exec(`INSERT INTO events (seq, at, actor_kind, actor_id, action, object, app_id, detail, origin, prev_hash, hash)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, e.Seq, at(e.At), string(e.Actor.Kind), e.Actor.ID, e.Action, e.Object, e.AppID,
		[]byte(e.Detail), origin, e.PrevHash[:], e.Hash[:])
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
		for more := true; more; {
			var err error
			more, err = s.eventsPage(ctx, after, func(e review.Event) bool {
				after = e.Seq
				return yield(e, nil)
			})
			if err != nil {
				yield(review.Event{}, err)
			}
		}
	}
}

// eventsPage hands over one page, and tells whether there may be another and somebody
// wants it. A page at a time keeps no snapshot open for as long as a chain is read.
func (s *Store) eventsPage(ctx context.Context, after int64, hand func(review.Event) bool) (bool, error) {
	rows, err := s.readers.QueryContext(ctx, s.dialect.bind("SELECT "+eventColumns+" FROM events e WHERE seq > ? ORDER BY seq LIMIT ?"), after, eventsPage)
	if err != nil {
		return false, s.fault(err)
	}
	defer rows.Close()
	var row eventRow
	targets := row.targets()
	n := 0
	for ; rows.Next(); n++ {
		if err := rows.Scan(targets...); err != nil {
			return false, s.fault(err)
		}
		if !hand(row.event()) {
			return false, nil
		}
	}
	return n == eventsPage, s.fault(rows.Err())
}

// VerifyChain reads the whole audit chain and reports the first Event that is not
// what was written, or not what a Checkpoint says.
func (s *Store) VerifyChain(ctx context.Context, checkpoints ...audit.Checkpoint) (audit.Report, error) {
	return audit.Verify(s.Events(ctx, 0), checkpoints...)
}

// ChainHead is the end of the audit chain, the zero Head when it is empty.
func (s *Store) ChainHead(ctx context.Context) (audit.Head, error) {
	var head audit.Head
	var hash []byte
	err := s.readers.QueryRowContext(ctx, "SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1").Scan(&head.Seq, &hash)
	if errors.Is(err, sql.ErrNoRows) {
		return audit.Head{}, nil
	}
	head.Hash = hashOf(hash)
	return head, s.fault(err)
}
