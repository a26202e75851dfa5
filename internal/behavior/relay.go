package behavior

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/fxamacker/cbor/v2"
	"github.com/redis/go-redis/v9"
	"golang.org/x/time/rate"
)

const (
	relayStream = "guardroom:conduct"
	relayOrigin = "from"
	relayEvent  = "event"

	// relayKept bounds the stream: for longer than this nothing says anything about now.
	relayKept   = windowBuckets*bucketSpan + time.Minute
	relayEvents = 200_000 // some 60 MB

	relayBatch   = 256             // events in one round trip
	relayWaiting = 16 * 1024       // events that wait for one
	relayBlock   = 2 * time.Second // how long Redis is asked to wait for news
)

// Relay lets servers that share a Redis see people and Apps together: each tells the others what its Interactions told of
// conduct, in figures and hashes, and hears what theirs did. Nobody waits for it. While Redis is away each server sees what it
// serves itself; what could not be told meanwhile is not told later, what was not heard is heard when Redis is back.
type Relay struct {
	client  *redis.Client
	tracker *Tracker
	origin  string
	waiting chan event
	log     *slog.Logger
	pause   time.Duration // after Redis did not answer
	away    rate.Sometimes
	unread  rate.Sometimes

	told, heard, lost atomic.Int64
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
		waiting: make(chan event, relayWaiting), away: rate.Sometimes{First: 1, Interval: time.Minute}, unread: rate.Sometimes{First: 1, Interval: time.Minute},
	}
	tracker.tell = r.tell
	return r, nil
}

// Figures counts events told to other servers, heard from them, and lost because Redis was away or slow.
func (r *Relay) Figures() (told, heard, lost int64) {
	return r.told.Load(), r.heard.Load(), r.lost.Load()
}

// tell keeps an event for the others, and none when too many wait.
func (r *Relay) tell(e event) {
	select {
	case r.waiting <- e:
	default:
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
			return
		case e := <-r.waiting:
			if !r.add(r.gather([]event{e})) {
				rest(ctx, r.pause)
			}
		}
	}
}

// gather takes what waits.
func (r *Relay) gather(events []event) []event {
	for len(events) < relayBatch {
		select {
		case e := <-r.waiting:
			events = append(events, e)
		default:
			return events
		}
	}
	return events
}

// add tells events in one round trip, and trims the stream. What fails is not tried again: some of it may have arrived.
func (r *Relay) add(events []event) bool {
	if len(events) == 0 {
		return true
	}
	ctx, cancel := context.WithTimeout(context.Background(), redisTimeout)
	defer cancel()
	_, err := r.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i := range events {
			b, err := encodeEvent(&events[i])
			if err != nil {
				return err
			}
			p.XAdd(ctx, &redis.XAddArgs{Stream: relayStream, MaxLen: relayEvents, Approx: true, Values: []any{relayOrigin, r.origin, relayEvent, b}})
		}
		p.XTrimMinID(ctx, relayStream, strconv.FormatInt(time.Now().Add(-relayKept).UnixMilli(), 10))
		p.Expire(ctx, relayStream, relayKept)
		return nil
	})
	if err != nil {
		r.lost.Add(int64(len(events)))
		r.complain(err)
		return false
	}
	r.told.Add(int64(len(events)))
	return true
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
	text, _ := values[relayEvent].(string)
	e, err := decodeEvent([]byte(text))
	if err != nil {
		r.unread.Do(func() { r.log.Warn("what another server told of conduct cannot be read", "error", err) })
		return
	}
	r.tracker.follow(&e)
	r.heard.Add(1)
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
