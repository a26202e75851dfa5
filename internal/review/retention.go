package review

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"time"
)

// RetentionRules say for how many days texts and words are kept. 0 keeps them for good. Verdicts, labels, figures and the
// hashes of what went in and came out always stay.
type RetentionRules struct {
	Allowed   int `json:"allowed_days,omitempty"`  // texts that were let pass and that nobody was asked to review
	Flagged   int `json:"flagged_days,omitempty"`  // texts of everything else, once it is decided
	Decisions int `json:"decision_days,omitempty"` // reasons and notes of people
}

// DefaultRetentionRules are those that a new App starts with. An App from before keeps everything until somebody says
// otherwise: an upgrade must not remove what nobody asked it to.
func DefaultRetentionRules() RetentionRules {
	return RetentionRules{Allowed: 30, Flagged: 365, Decisions: 3 * 365}
}

// MaxRetentionDays is the longest time that a rule can name; 0 is longer.
const MaxRetentionDays = 100 * 365

func (r RetentionRules) validate(bad *invalidFields) {
	bad.between("retention.allowed_days", r.Allowed, 0, MaxRetentionDays)
	bad.between("retention.flagged_days", r.Flagged, 0, MaxRetentionDays)
	bad.between("retention.decision_days", r.Decisions, 0, MaxRetentionDays)
}

func (r RetentionRules) fields() []policyField {
	return []policyField{
		{"retention.allowed_days", strconv.Itoa(r.Allowed)}, {"retention.flagged_days", strconv.Itoa(r.Flagged)},
		{"retention.decision_days", strconv.Itoa(r.Decisions)},
	}
}

// keptSince is from when on things are kept; the zero time is for good.
func keptSince(days int, now time.Time) time.Time {
	if days == 0 {
		return time.Time{}
	}
	return now.AddDate(0, 0, -days)
}

// RemovalKind says what was removed.
type RemovalKind string

// The kinds of what is removed.
const (
	RemovedAllowed RemovalKind = "allowed" // texts that were let pass
	RemovedFlagged RemovalKind = "flagged" // texts of what was reviewed, or could have been
	RemovedWords   RemovalKind = "words"   // reasons and notes
	RemovedErased  RemovalKind = "erased"  // texts of a person whose data was erased
)

// Expiring is an Interaction that still has its texts.
type Expiring struct {
	ID        string
	CreatedAt time.Time
	Kind      RemovalKind // allowed or flagged
}

// ExpiryQuery asks for a stretch of an App's Interactions or Decisions, oldest first.
type ExpiryQuery struct {
	AppID   string
	Before  time.Time // exclusive
	AfterAt time.Time // where the stretch before it ended
	AfterID string
	Limit   int
}

// Removal is all that is needed to remove the texts of an Interaction: what there is of them elsewhere, and what stays.
type Removal struct {
	InteractionID string
	ContentHash   [32]byte
	InputHash     [32]byte // SHA-256 of the prompt
	OutputHash    [32]byte // SHA-256 of the response
	Findings      []Finding
	Feedback      *Feedback
	Tokens        map[int64][]int64 // by the number of an Item: what it is found by
	Weight        int               // how much there is to write
}

// blank is a Finding without what it says of the text.
func (f Finding) blank() Finding {
	f.Evidence, f.Start, f.End = "", 0, 0
	return f
}

// Blank returns the Findings without what they say of the text.
func Blank(findings []Finding) []Finding {
	out := make([]Finding, len(findings))
	for i, f := range findings {
		out[i] = f.blank()
	}
	return out
}

// RemovalTally is how many were removed on a day (UTC).
type RemovalTally struct {
	Day  time.Time
	Kind RemovalKind
	N    int
}

// Pace is asked to wait between two batches, and told how long the last one took.
type Pace func(ctx context.Context, took time.Duration) error

// retainer is who removes what is over.
var retainer = Actor{ActorSystem, "retention"}

const (
	expiryStretch = 500  // rows that are looked at together
	removedAtOnce = 24   // Interactions that are removed in one transaction,
	removedWeight = 1500 // and how much is written in it
	wordsAtOnce   = 50
)

// Expire goes once through all Apps and removes what their policies no longer keep. Each batch is a short transaction of
// its own. Several servers may do so at once, and one that is killed leaves nothing half removed.
func (s *Service) Expire(ctx context.Context, pace Pace) (int, error) {
	apps, err := s.Store.Apps(ctx)
	if err != nil {
		return 0, err
	}
	total := 0
	for _, app := range apps {
		n, err := s.expireApp(ctx, app, pace)
		total += n
		if err != nil {
			return total, err
		}
	}
	return total, nil
}

func (s *Service) expireApp(ctx context.Context, app App, pace Pace) (int, error) {
	policy, err := s.Store.ActivePolicy(ctx, app.ID)
	if err != nil {
		return 0, err
	}
	texts, err := s.expireTexts(ctx, app, policy.Retention, pace)
	if err != nil {
		return texts, err
	}
	words, err := s.expireWords(ctx, app, policy.Retention, pace)
	return texts + words, err
}

func (s *Service) expireTexts(ctx context.Context, app App, rules RetentionRules, pace Pace) (int, error) {
	now := s.now()
	kept := map[RemovalKind]time.Time{RemovedAllowed: keptSince(rules.Allowed, now), RemovedFlagged: keptSince(rules.Flagged, now)}
	q := ExpiryQuery{AppID: app.ID, Before: later(kept[RemovedAllowed], kept[RemovedFlagged]), Limit: expiryStretch}
	total := 0
	for !q.Before.IsZero() {
		found, err := s.Store.WithTexts(ctx, q)
		if err != nil {
			return total, err
		}
		due := map[RemovalKind][]string{}
		for _, x := range found {
			if x.CreatedAt.Before(kept[x.Kind]) {
				due[x.Kind] = append(due[x.Kind], x.ID)
			}
		}
		for _, kind := range []RemovalKind{RemovedAllowed, RemovedFlagged} {
			n, err := s.removeTexts(ctx, retention{appID: app.ID, kind: kind, by: retainer}, due[kind], pace)
			total += n
			if err != nil {
				return total, err
			}
		}
		if len(found) < q.Limit {
			break
		}
		last := found[len(found)-1]
		q.AfterAt, q.AfterID = last.CreatedAt, last.ID
	}
	return total, nil
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// retention is why texts are removed, and from what.
type retention struct {
	appID   string
	kind    RemovalKind
	by      Actor
	object  string // of the Event: the App, or what asked for it
	waiting bool   // what waits for a decision goes, too
}

// removeTexts removes the texts of Interactions in short transactions.
func (s *Service) removeTexts(ctx context.Context, r retention, ids []string, pace Pace) (int, error) {
	total := 0
	for len(ids) > 0 {
		part := ids[:min(len(ids), removedAtOnce)]
		ids = ids[len(part):]
		all, err := s.Store.Removals(ctx, part)
		if err != nil {
			return total, err
		}
		for len(all) > 0 {
			batch := lightest(all)
			all = all[len(batch):]
			began := time.Now()
			n, err := s.removeBatch(ctx, r, batch)
			total += n
			if err == nil {
				err = pace(ctx, time.Since(began))
			}
			if err != nil {
				return total, err
			}
		}
	}
	return total, nil
}

// lightest is as many of the first as one transaction may write, but one at least.
func lightest(all []Removal) []Removal {
	weight := 0
	for i, r := range all {
		if weight += r.Weight; weight > removedWeight && i > 0 {
			return all[:i]
		}
	}
	return all
}

func (s *Service) removeBatch(ctx context.Context, r retention, batch []Removal) (n int, err error) {
	now := s.now()
	err = s.Store.Write(ctx, func(tx Tx) error {
		n = 0
		digest := sha256.New()
		for _, x := range batch {
			gone, err := tx.RemoveText(x, now, r.waiting)
			if err != nil {
				return err
			}
			if gone {
				n++
				digest.Write([]byte(x.InteractionID))
				digest.Write(x.ContentHash[:])
				digest.Write(x.InputHash[:])
				digest.Write(x.OutputHash[:])
			}
		}
		return recordRemoval(tx, r, n, digest.Sum(nil), now)
	})
	return n, err
}

type removedDetail struct {
	Kind   RemovalKind `json:"kind"`
	N      int         `json:"n"`
	Digest string      `json:"digest"` // SHA-256 over id, content hash, input hash and output hash of each
}

// recordRemoval counts what is removed, and keeps it provable without its content.
func recordRemoval(tx Tx, r retention, n int, digest []byte, now time.Time) error {
	if n == 0 {
		return nil
	}
	if err := tx.CountRemovals(r.appID, r.kind, now, n); err != nil {
		return err
	}
	object := r.object
	if object == "" {
		object = r.appID
	} else if err := tx.CountErased(object, r.kind, n); err != nil {
		return err
	}
	return tx.AppendEvent(event(now, r.by, "texts.removed", object, r.appID, removedDetail{Kind: r.kind, N: n, Digest: hex.EncodeToString(digest)}))
}

// expireWords removes reasons and notes.
func (s *Service) expireWords(ctx context.Context, app App, rules RetentionRules, pace Pace) (int, error) {
	total := 0
	q := ExpiryQuery{AppID: app.ID, Before: keptSince(rules.Decisions, s.now()), Limit: wordsAtOnce}
	for !q.Before.IsZero() {
		ids, err := s.Store.WithWords(ctx, q)
		if err != nil || len(ids) == 0 {
			return total, err
		}
		began := time.Now()
		n, err := s.removeWords(ctx, retention{appID: app.ID, kind: RemovedWords, by: retainer}, ids)
		total += n
		if err == nil {
			err = pace(ctx, time.Since(began))
		}
		if err != nil || n == 0 {
			return total, err
		}
	}
	return total, nil
}

func (s *Service) removeWords(ctx context.Context, r retention, ids []string) (n int, err error) {
	now := s.now()
	err = s.Store.Write(ctx, func(tx Tx) error {
		n = 0
		digest := sha256.New()
		for _, id := range ids {
			gone, err := tx.RemoveWords(r.appID, id)
			if err != nil {
				return err
			}
			if gone {
				n++
				digest.Write([]byte(id))
			}
		}
		return recordRemoval(tx, r, n, digest.Sum(nil), now)
	})
	return n, err
}
