package behavior

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/fxamacker/cbor/v2"
	"github.com/redis/go-redis/v9"
	"golang.org/x/time/rate"

	"github.com/guardroom/guardroom/internal/review"
)

const (
	relayStream = "guardroom:conduct"
	relayOrigin = "from"
	relayEvent  = "event"
	relayHold   = "hold"

	// relayKept bounds the stream: for longer than this nothing says anything about now.
	relayKept   = windowBuckets*bucketSpan + time.Minute
	relayEvents = 200_000 // some 60 MB

	relayBatch   = 256             // events in one round trip
	relayWaiting = 16 * 1024       // events that wait for one
	relayBlock   = 2 * time.Second // how long Redis is asked to wait for news

	// relaySkew is how far the clocks of two servers may be apart: a hold from further ahead is none of now.
	relaySkew = time.Minute
)

// Relay lets servers that share a Redis see people and Apps together: each tells the others what its Interactions told of
// conduct, in figures and hashes, and hears what theirs did. Nobody waits for it. While Redis is away each server sees what it
// serves itself; what could not be told meanwhile is not told later, what was not heard is heard when Redis is back. Who is held
// back is told at once, and again when Redis is back: saying it twice does no harm.
type Relay struct {
	client  *redis.Client
	tracker *Tracker
	origin  string
	waiting chan said
	log     *slog.Logger
	pause   time.Duration // after Redis did not answer
	away    rate.Sometimes
	unread  rate.Sometimes

	told, heard, lost atomic.Int64
	owed              atomic.Bool // others may not know all who are held back
}

// said is what is told: one of the two.
type said struct {
	event *event
	hold  *heldUser
}

// NewRelay connects a Tracker to those of other servers as soon as Run is called.
func NewRelay(url string, tracker *Tracker, log *slog.Logger) (*Relay, error) {
	options, err := redisOptions(url)
	if err != nil {
		return nil, err
	}
	options.ReadTimeout = relayBlock + redisTimeout
	r := &Relay{
		client: redis.NewClient(options), tracker: tracker, origin: rand.Text(), log: log, pause: redisPause,
		waiting: make(chan said, relayWaiting), away: rate.Sometimes{First: 1, Interval: time.Minute}, unread: rate.Sometimes{First: 1, Interval: time.Minute},
	}
	tracker.tell = func(e event) { r.tell(said{event: &e}) }
	tracker.tellHold = func(u heldUser) { r.tell(said{hold: &u}) }
	return r, nil
}

// Figures counts events told to other servers, heard from them, and lost because Redis was away or slow.
func (r *Relay) Figures() (told, heard, lost int64) {
	return r.told.Load(), r.heard.Load(), r.lost.Load()
}

// tell keeps something for the others, and nothing when too much waits.
func (r *Relay) tell(s said) {
	select {
	case r.waiting <- s:
	default:
		r.lose([]said{s})
	}
}

// lose counts events that nobody hears of. Holds are owed.
func (r *Relay) lose(all []said) {
	for _, s := range all {
		if s.hold != nil {
			r.owed.Store(true)
			continue
		}
		r.lost.Add(1)
	}
}

// Run tells and hears until ctx ends, and begins with what was told since then, as far as it is kept: what this server, or the
// one before it, has seen itself before that must be known to its Tracker already.
func (r *Relay) Run(ctx context.Context, since time.Time) {
	var both sync.WaitGroup
	both.Go(func() { r.speak(ctx) })
	both.Go(func() { r.listen(ctx, strconv.FormatInt(max(0, since.UnixMilli()), 10)) })
	both.Wait()
}

// Close ends the connections; Run must have returned.
func (r *Relay) Close() error { return r.client.Close() }

func (r *Relay) speak(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			r.add(r.gather(nil)) // the last words of this server
			r.settle()
			return
		case s := <-r.waiting:
			if !r.add(r.gather([]said{s})) {
				rest(ctx, r.pause)
			}
		case <-r.later():
		}
		r.settle()
	}
}

// later is when to try again what is owed; never when nothing is.
func (r *Relay) later() <-chan time.Time {
	if !r.owed.Load() {
		return nil
	}
	return time.After(r.pause)
}

// settle tells who is held back when others may not know: all, whoever said it, for a Redis that was away may have forgotten them.
func (r *Relay) settle() {
	if !r.owed.Swap(false) {
		return
	}
	for some := range slices.Chunk(r.tracker.holds.all(), relayBatch) {
		batch := make([]said, len(some))
		for i := range some {
			batch[i].hold = &some[i]
		}
		if !r.add(batch) { // they are owed again
			return
		}
	}
}

// gather takes what waits.
func (r *Relay) gather(batch []said) []said {
	for len(batch) < relayBatch {
		select {
		case s := <-r.waiting:
			batch = append(batch, s)
		default:
			return batch
		}
	}
	return batch
}

// add tells in one round trip, and trims the stream. Events of which that fails are not told again: some may have arrived.
func (r *Relay) add(batch []said) bool {
	if len(batch) == 0 {
		return true
	}
	ctx, cancel := context.WithTimeout(context.Background(), redisTimeout)
	defer cancel()
	_, err := r.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		for _, s := range batch {
			field, b, err := s.encode()
			if err != nil {
				return err
			}
			p.XAdd(ctx, &redis.XAddArgs{Stream: relayStream, MaxLen: relayEvents, Approx: true, Values: []any{relayOrigin, r.origin, field, b}})
		}
		p.XTrimMinID(ctx, relayStream, strconv.FormatInt(time.Now().Add(-relayKept).UnixMilli(), 10))
		p.Expire(ctx, relayStream, relayKept)
		return nil
	})
	if err != nil {
		r.lose(batch)
		r.complain(err)
		return false
	}
	r.told.Add(int64(len(batch)))
	return true
}

func (s said) encode() (field string, b []byte, err error) {
	if s.hold != nil {
		b, err = encodeHold(*s.hold)
		return relayHold, b, err
	}
	b, err = encodeEvent(s.event)
	return relayEvent, b, err
}

// listen hears what comes after the last that was heard.
func (r *Relay) listen(ctx context.Context, last string) {
	for ctx.Err() == nil {
		answer, err := r.client.XRead(ctx, &redis.XReadArgs{Streams: []string{relayStream}, ID: last, Count: relayBatch, Block: relayBlock}).Result()
		switch {
		case errors.Is(err, redis.Nil) || ctx.Err() != nil:
			continue
		case err != nil:
			r.complain(err)
			rest(ctx, r.pause)
			continue
		}
		for _, message := range answer[0].Messages {
			r.hear(message.Values)
			last = message.ID
		}
	}
}

// hear shows the Tracker what another server saw. It says nothing about it: that server does.
func (r *Relay) hear(values map[string]any) {
	if values[relayOrigin] == r.origin {
		return
	}
	if err := r.take(values); err != nil {
		r.unread.Do(func() { r.log.Warn("what another server told of conduct cannot be read", "error", err) })
		return
	}
	r.heard.Add(1)
}

func (r *Relay) take(values map[string]any) error {
	if text, ok := values[relayHold].(string); ok {
		u, err := decodeHold([]byte(text))
		if err == nil && u.Hold.At.Before(time.Now().Add(relaySkew)) {
			r.tracker.holds.put(u)
		}
		return err
	}
	text, _ := values[relayEvent].(string)
	e, err := decodeEvent([]byte(text))
	if err == nil {
		r.tracker.follow(&e)
	}
	return err
}

func (r *Relay) complain(err error) {
	r.away.Do(func() {
		r.log.Warn("servers do not see conduct together now: each sees what it serves itself", "error", err)
	})
}

func rest(ctx context.Context, pause time.Duration) {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// relayed is how events are written: CBOR (RFC 8949), arrays without names.
var (
	relayed = must(cbor.EncOptions{Time: cbor.TimeUnixMicro}.EncMode())
	heardAs = must(cbor.DecOptions{MaxArrayElements: maxTools, MaxNestedLevels: 8, MaxMapPairs: 16, IndefLength: cbor.IndefLengthForbidden, TagsMd: cbor.TagsForbidden}.DecMode())
)

// must is for options that are right or never were.
func must[T any](mode T, err error) T {
	if err != nil {
		panic(err)
	}
	return mode
}

func encodeEvent(e *event) ([]byte, error) { return relayed.Marshal(e) }

var errUnsound = errors.New("behavior: no event")

// decodeEvent reads what another server wrote, or somebody who got at Redis: nothing in it may do harm.
func decodeEvent(b []byte) (e event, err error) {
	if err := heardAs.Unmarshal(b, &e); err != nil {
		return e, fmt.Errorf("%w: %w", errUnsound, err)
	}
	if !e.sound() {
		return e, errUnsound
	}
	return e, nil
}

// toldHold is how a hold is written. Its times are whole microseconds: which of two was said later must not change on the way.
type toldHold struct {
	_          struct{} `cbor:",toarray"`
	App, User  string
	At, Until  int64
	Detector   string // none of one that is over
	Category   review.Category
	Severity   review.Severity
	Confidence float64
	Message    string
}

func encodeHold(u heldUser) ([]byte, error) {
	f := u.Hold.Finding
	return relayed.Marshal(toldHold{App: u.Key.App, User: u.Key.User, At: u.Hold.At.UnixMicro(), Until: u.Hold.Until.UnixMicro(),
		Detector: f.Detector, Category: f.Category, Severity: f.Severity, Confidence: f.Confidence, Message: f.Message})
}

// decodeHold is as careful as decodeEvent.
func decodeHold(b []byte) (heldUser, error) {
	var h toldHold
	if err := heardAs.Unmarshal(b, &h); err != nil {
		return heldUser{}, fmt.Errorf("%w: %w", errUnsound, err)
	}
	u := heldUser{userKey{h.App, h.User}, hold{time.UnixMicro(h.At).UTC(), time.UnixMicro(h.Until).UTC(), review.Finding{
		Detector: h.Detector, Category: h.Category, Severity: h.Severity, Confidence: h.Confidence, Message: h.Message, OfUser: h.Detector != "",
	}}}
	if !u.sound() {
		return heldUser{}, errUnsound
	}
	return u, nil
}

// sound tells whether an event can be one of eventOf's.
func (e *event) sound() bool {
	if e.App == "" || len(e.App) > maxName || len(e.User) > maxName || len(e.Categories) > len(categories) ||
		len(e.Tools) > maxTools || e.ToolFailures < 0 || e.ToolFailures > len(e.Tools) {
		return false
	}
	for _, x := range e.Values {
		if x < 0 || x > maxLogarithm {
			return false
		}
	}
	for _, t := range e.Tools {
		if len(t.Arguments) > maxArguments {
			return false
		}
	}
	return e.At.Year() >= 1970 && e.At.Year() < 3000
}

const (
	maxName      = 1024 // bytes of an id
	maxLogarithm = 64
)
