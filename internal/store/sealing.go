package store

import (
	"bytes"
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"

	"gorm.io/gorm"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/internal/secret"
)

// sealedTable declares the columns of a table that hold what people wrote. They are sealed where rows are made of what
// the application means (insert, seal) and opened where it is made of rows (opener).
type sealedTable struct {
	name    string
	record  []string // what names a row; part of the place for which its texts are sealed
	order   []string // the key by which the rows are gone through
	counted string   // the column of it that is a number, if any
	columns []string
}

// sealedTables are all that hold what people wrote. TestEveryColumnIsSealedOrSaysWhyNot knows all others.
func sealedTables() []sealedTable {
	of := func(name string, record []string, columns ...string) sealedTable {
		return sealedTable{name: name, record: record, order: record, columns: columns}
	}
	id := []string{"id"}
	policies := of("policies", []string{"app_id", "version"}, "document", "reason")
	policies.counted = "version"
	outbox := of("outbox", []string{"key"}, "payload")
	outbox.order, outbox.counted = []string{"seq"}, "seq"
	deliveries := of("deliveries", []string{"webhook_id", "message"}, "payload")
	deliveries.order, deliveries.counted = id, "id"
	return []sealedTable{
		of("interactions", id, "excerpt", "error", "context", "prompt", "response", "content"),
		of("assessments", []string{"interaction_id"}, "findings", "failures", "redactions"),
		of("items", id, "reason", "excerpt"),
		of("decisions", id, "reason", "text", "findings", "exposure"),
		of("annotations", id, "body"),
		of("interventions", id, "text", "delivered_text"),
		of("feedback", id, "document"),
		of("opinions", id, "decision"),
		of("inbox", id, "body"),
		of("skips", []string{"item_id", "user_id"}, "reason"),
		of("controls", []string{"item_id"}, "findings"),
		of("restrictions", []string{"app_id", "user_id"}, "reason"),
		of("alert_rules", id, "silence_reason"),
		of("experiments", id, "document"),
		of("saved_views", id, "query"),
		of("legal_holds", id, "reason"),
		of("erasures", id, "reason"),
		of("exports", id, "document"),
		of("api_keys", id, "signing"),
		of("policy_drafts", []string{"app_id"}, "document"),
		policies, outbox, deliveries,
	}
}

// SealedColumns are the columns of each table that hold what people wrote.
func SealedColumns() map[string][]string {
	out := map[string][]string{}
	for _, t := range sealedTables() {
		out[t.name] = t.columns
	}
	return out
}

// place is where a text is sealed for: at any other it cannot be opened.
func place(table, column, record string) string {
	return table + "\x00" + column + "\x00" + record
}

// recordID names a row by several columns. None of those before the last holds a slash.
func recordID(parts ...string) string { return strings.Join(parts, "/") }

// record is a row with texts that are sealed.
type record interface{ recordID() string }

// sealed is a text as its column holds it: sealed, or empty, or from before texts were sealed. NULL is nil.
type sealed struct {
	value []byte
	open  bool // not sealed yet: insert does that, and nothing else can write it
}

func toSeal(text []byte) sealed { return sealed{value: text, open: true} }

// Scan implements sql.Scanner.
func (s *sealed) Scan(from any) error {
	switch v := from.(type) {
	case nil:
		*s = sealed{}
	case []byte:
		*s = sealed{value: bytes.Clone(v)}
		if s.value == nil {
			s.value = []byte{}
		}
	default:
		return fmt.Errorf("store: a text cannot be read from %T", from)
	}
	return nil
}

// Value implements driver.Valuer.
func (s sealed) Value() (driver.Value, error) {
	if s.open && len(s.value) > 0 {
		return nil, errors.New("store: a text was to be written without being sealed")
	}
	if s.value == nil {
		return nil, nil
	}
	return s.value, nil
}

// KeySource returns the keys of texts as they are now; it is asked again when a key is missed, for somebody may have
// added one.
type KeySource func(context.Context) (*secret.Keyring, error)

// ring are the keys that a Store has seen. A nil ring seals nothing.
type ring struct {
	source KeySource
	logger *slog.Logger
	now    atomic.Pointer[secret.Keyring]

	mu    sync.Mutex
	older []*secret.Keyring // with keys that are no longer in the source: somebody may still be reading
}

func newRing(ctx context.Context, source KeySource, logger *slog.Logger) (*ring, error) {
	if source == nil {
		return nil, nil
	}
	r := &ring{source: source, logger: logger}
	return r, r.load(ctx)
}

func (r *ring) load(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	keys, err := r.source(ctx)
	if err != nil {
		return err
	}
	if now := r.now.Load(); now != nil {
		for _, id := range now.IDs() {
			if !keys.Has(id) {
				r.older = append(r.older, now)
				break
			}
		}
	}
	r.now.Store(keys)
	return nil
}

// with returns the keys, among which is the one asked for, if there is any such.
func (r *ring) with(ctx context.Context, id uint32) (*secret.Keyring, bool) {
	if keys := r.now.Load(); keys.Has(id) {
		return keys, true
	}
	if err := r.load(ctx); err != nil {
		r.logger.Warn("the keys of texts cannot be read again", "error", err)
	}
	if keys := r.now.Load(); keys.Has(id) {
		return keys, true
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, keys := range r.older {
		if keys.Has(id) {
			return keys, true
		}
	}
	return r.now.Load(), false
}

// open opens a value for its place; what is empty, or was written before texts were sealed, is itself. cut opens the
// beginning of a text from the beginning of a value.
func (r *ring) open(ctx context.Context, at string, value []byte, cut bool) ([]byte, error) {
	id, isSealed := secret.SealedWith(value)
	if !isSealed {
		return value, nil
	}
	if r == nil {
		return nil, review.Errorf(review.CodeInternal, "a stored text is sealed, and there is no key")
	}
	keys, _ := r.with(ctx, id)
	opening := keys.Open
	if cut {
		opening = keys.OpenHead
	}
	text, err := opening(value, at)
	if err != nil {
		return nil, review.Wrap(review.CodeInternal, err, "a stored text cannot be opened")
	}
	if text == nil {
		text = []byte{}
	}
	return text, nil
}

// opener opens the texts of rows. The first one that cannot be opened is its error, and those after it stay empty.
type opener struct {
	ctx  context.Context
	ring *ring
	err  error
}

func (o *opener) text(table, column, record string, s sealed) []byte {
	return o.take(table, column, record, s, false)
}

// head opens what is the beginning of a text, from what may be the beginning of its value.
func (o *opener) head(table, column, record string, s sealed, most int) []byte {
	text := o.take(table, column, record, s, true)
	return text[:min(len(text), most)]
}

func (o *opener) take(table, column, record string, s sealed, cut bool) []byte {
	if o.err != nil || len(s.value) == 0 {
		return s.value
	}
	text, err := o.ring.open(o.ctx, place(table, column, record), s.value, cut)
	if err != nil {
		o.err = fmt.Errorf("%s.%s of %s: %w", table, column, record, err)
		return nil
	}
	return text
}

// failed is the first of both errors.
func (o *opener) failed(err error) error {
	if err != nil {
		return err
	}
	return o.err
}

// reads is a query, and who opens what it reads.
type reads struct {
	*gorm.DB
	ring *ring
}

func (r reads) opener() *opener { return &opener{ctx: r.Statement.Context, ring: r.ring} }

// seal seals a text for its place, with the key that the database says. What is empty stays so.
func (t *tx) seal(table, column, record string, text []byte) []byte {
	if len(text) == 0 || t.ring == nil {
		return text
	}
	keys, id, err := t.sealingKey()
	if err != nil {
		_ = t.noteFailure(err)
		return nil
	}
	value, err := keys.Seal(id, text, place(table, column, record))
	if err != nil {
		_ = t.noteFailure(review.Wrap(review.CodeInternal, err, "a text cannot be sealed"))
		return nil
	}
	return value
}

// sealRow seals the texts among the values of a row.
func (t *tx) sealRow(table table, row any, values []any) error {
	for i, v := range values {
		s, is := v.(sealed)
		if !is {
			continue
		}
		named, is := row.(record)
		if !is {
			return fmt.Errorf("store: %T has texts and no name", row)
		}
		if s.value == nil {
			values[i] = nil
			continue
		}
		values[i] = t.seal(table.name, table.fields[i].DBName, named.recordID(), s.value)
	}
	return t.failed
}

// sealingKey reads with which key texts are sealed from now on. It is asked within the transaction: whoever changes the
// key knows that nobody seals with the old one after them.
func (t *tx) sealingKey() (*secret.Keyring, uint32, error) {
	if t.sealsWith != 0 {
		return t.keys, t.sealsWith, nil
	}
	var id int64
	found, err := t.first(selectSealingKey, nil, &id)
	if err != nil {
		return nil, 0, err
	}
	if !found {
		return nil, 0, review.Errorf(review.CodeInternal, "the database names no key of texts")
	}
	keys, has := t.ring.with(t.ctx, uint32(id)) //nolint:gosec // it was written from a uint32
	if !has {
		// Another server seals with a key that this one was not given. Its own still opens what it writes.
		t.ring.logger.Warn("the key of texts was changed, and this server does not have the new one", "key", id)
		id = int64(keys.Primary())
	}
	t.keys, t.sealsWith = keys, uint32(id) //nolint:gosec // as above
	return t.keys, t.sealsWith, nil
}
