package behavior

import (
	"context"
	"crypto/sha256"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/guardroom/guardroom/internal/review"
)

// MaxReplays is how many words a server remembers at most: those of five minutes at 3,000 requests a second. At the bound
// it refuses rather than forget.
const MaxReplays = 1 << 20

// replaySlot is the grain in which words are forgotten.
const replaySlot = time.Minute

// wordOf is what is remembered of a word; what two words have in common by chance is beyond reach.
type wordOf [16]byte

func digestOfWord(appID, word string) (d wordOf) {
	sum := sha256.Sum256([]byte(appID + "\x00" + word))
	copy(d[:], sum[:])
	return d
}

// Replays remember what came once, in memory. It is a review.Replays.
type Replays struct {
	most int

	mu    sync.Mutex
	n     int
	slots map[int64]map[wordOf]struct{} // by when they end: a word that comes again ends when it did the first time
}

// NewReplays remembers so many words at most.
func NewReplays(most int) *Replays {
	return &Replays{most: most, slots: map[int64]map[wordOf]struct{}{}}
}

// First implements review.Replays.
func (r *Replays) First(_ context.Context, appID, word string, now, until time.Time) (bool, error) {
	d, slot := digestOfWord(appID, word), slotOfEnd(until)
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, came := r.slots[slot][d]; came {
		return false, nil
	}
	if r.n >= r.most {
		r.forget(now)
	}
	if r.n >= r.most {
		return false, &review.Error{Code: review.CodeRateLimited, RetryAfter: replaySlot,
			Message: "more signed requests came than can be remembered, and none is taken that could be a repetition"}
	}
	if r.slots[slot] == nil {
		r.forget(now)
		r.slots[slot] = map[wordOf]struct{}{}
	}
	r.slots[slot][d] = struct{}{}
	r.n++
	return true, nil
}

func slotOfEnd(until time.Time) int64 { return until.Unix() / int64(replaySlot/time.Second) }

// forget drops what is over.
func (r *Replays) forget(now time.Time) {
	for slot, words := range r.slots {
		if slot < slotOfEnd(now) {
			r.n -= len(words)
			delete(r.slots, slot)
		}
	}
}

// Close implements the same as SharedReplays.
func (*Replays) Close() error { return nil }

// SharedReplays remember in Redis, so that what one server took no other takes again. While Redis is away nothing is
// taken: nobody could tell. It is a review.Replays.
type SharedReplays struct {
	client  *redis.Client
	absence absence
}

// NewSharedReplays remembers in the Redis at a URL. It does not wait for it: a Redis that is away may come back.
func NewSharedReplays(url string, log *slog.Logger) (*SharedReplays, error) {
	options, err := redisOptions(url)
	if err != nil {
		return nil, err
	}
	return &SharedReplays{
		client:  redis.NewClient(options),
		absence: absence{log: log, means: "signed requests are refused, for nobody can tell whether they came before"},
	}, nil
}

// Close ends the connections.
func (r *SharedReplays) Close() error { return r.client.Close() }

// First implements review.Replays.
func (r *SharedReplays) First(ctx context.Context, appID, word string, now, until time.Time) (bool, error) {
	if r.absence.now() {
		return false, unremembered(errors.New("behavior: Redis is away"))
	}
	ctx, cancel := context.WithTimeout(ctx, redisTimeout)
	defer cancel()
	d := digestOfWord(appID, word)
	status, err := r.client.SetArgs(ctx, keyOf(appID, "nonce:"+string(d[:])), 1, redis.SetArgs{Mode: "NX", TTL: max(until.Sub(now), 0) + time.Second}).Result()
	if errors.Is(err, redis.Nil) {
		return false, nil
	}
	if err != nil {
		if !errors.Is(err, context.Canceled) { // then the caller went away, not Redis
			r.absence.begin(err)
		}
		return false, unremembered(err)
	}
	return status == "OK", nil
}

func unremembered(err error) error {
	return review.Unavailable(err, "whether this signed request came before cannot be told now", retryAlone)
}
