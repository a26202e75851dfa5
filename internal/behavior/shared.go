package behavior

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/guardroom/guardroom/internal/review"
)

//go:embed ledger.lua
var takeSource string

//go:embed settle.lua
var settleSource string

// spentSource makes the month's count at least this.
const spentSource = `local n = tonumber(redis.call('HGET', KEYS[1], ARGV[1])) or 0
if n < tonumber(ARGV[2]) then redis.call('HSET', KEYS[1], ARGV[1], ARGV[2]) end
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 0`

// SharedLedger counts Charges in Redis, by Redis's clock, so that any number of servers count together: one round trip
// takes all Charges of an Interaction, another one settles what it was not known to need. While Redis is away each server counts alone, or refuses, as is asked. It is a
// review.Ledger.
type SharedLedger struct {
	client  *redis.Client
	take    *redis.Script
	settle  *redis.Script
	spent   *redis.Script
	alone   *Ledger
	absence absence
}

// NewSharedLedger makes a Ledger on the Redis at a URL. It does not wait for it: a Redis that is away may come back.
func NewSharedLedger(url string, log *slog.Logger) (*SharedLedger, error) {
	options, err := redisOptions(url)
	if err != nil {
		return nil, err
	}
	return &SharedLedger{
		client: redis.NewClient(options), alone: NewLedger(),
		absence: absence{log: log, means: "quotas are counted by each server alone, or refused where a policy says so"},
		take:    redis.NewScript(takeSource), settle: redis.NewScript(settleSource), spent: redis.NewScript(spentSource),
	}, nil
}

// Close ends the connections.
func (l *SharedLedger) Close() error { return l.client.Close() }

// Away tells that the ledger is shared, and whether Redis does not answer.
func (l *SharedLedger) Away(ctx context.Context) (shared, away bool) {
	ctx, cancel := context.WithTimeout(ctx, redisTimeout)
	defer cancel()
	return true, l.client.Ping(ctx).Err() != nil
}

// Prune forgets what was counted alone and no longer counts.
func (l *SharedLedger) Prune(now time.Time) int { return l.alone.Prune(now) }

// Take implements review.Ledger.
func (l *SharedLedger) Take(appID string, now time.Time, charges []review.Charge, shared bool) ([]review.Level, bool, error) {
	if !l.absence.now() {
		levels, taken, err := l.takeTogether(appID, now, charges)
		if err == nil {
			return levels, taken, nil
		}
		l.absence.begin(err)
	}
	if shared {
		return nil, false, review.Unavailable(errors.New("behavior: Redis is away"), "the servers cannot count together now, and this App asks for it", retryAlone)
	}
	levels, taken, err := l.alone.Take(appID, now, charges, false)
	for i := range levels {
		levels[i].Slot = ^levels[i].Slot // negative: Settle sees where it was counted
	}
	return levels, taken, err
}

func (l *SharedLedger) takeTogether(appID string, now time.Time, charges []review.Charge) ([]review.Level, bool, error) {
	keys := make([]string, len(charges))
	args := make([]any, 0, 5*len(charges)+2)
	for i, c := range charges {
		keys[i] = keyOf(appID, c.Key)
		width, forced := int64(0), 0
		if c.Span > 0 {
			width = slotMillis(c.Span)
		}
		if c.Forced {
			forced = 1
		}
		args = append(args, width, counted(c.Span), c.Most, c.Amount, forced)
	}
	month := slotAt(now, 0)
	args = append(args, month, untilOver(month, now, 0).Milliseconds()+1)
	ctx, cancel := context.WithTimeout(context.Background(), redisTimeout)
	defer cancel()
	answer, err := l.take.Run(ctx, l.client, keys, args...).Int64Slice()
	if err != nil {
		return nil, false, err
	}
	return readLevels(answer, charges)
}

// readLevels reads the script's answer.
func readLevels(answer []int64, charges []review.Charge) ([]review.Level, bool, error) {
	if len(answer) != 2+4*len(charges) {
		return nil, false, fmt.Errorf("behavior: Redis answered %d numbers for %d charges", len(answer), len(charges))
	}
	taken, now := answer[0] == 1, time.UnixMilli(answer[1])
	levels := make([]review.Level, len(charges))
	for i, c := range charges {
		a := answer[2+4*i:]
		levels[i] = review.Level{Slot: a[0], Used: a[1], Fits: a[2] == 1}
		if !levels[i].Fits {
			levels[i].Reset = untilOver(a[3], now, c.Span)
		}
		if taken {
			levels[i].Used += c.Amount
		}
	}
	return levels, taken, nil
}

// Settle implements review.Ledger. What was counted alone is settled there, and so is what turned out to be more while Redis is away.
func (l *SharedLedger) Settle(appID string, now time.Time, settlements []review.Settlement) {
	var here, there []review.Settlement
	away := l.absence.now()
	for _, s := range settlements {
		switch {
		case s.Slot < 0:
			s.Slot = ^s.Slot
			here = append(here, s)
		case !away:
			there = append(there, s)
		case s.Less < 0:
			here = append(here, s)
		}
	}
	if len(here) > 0 {
		l.alone.Settle(appID, now, here)
	}
	if len(there) > 0 {
		l.settleTogether(appID, now, there)
	}
}

func (l *SharedLedger) settleTogether(appID string, now time.Time, settlements []review.Settlement) {
	keys := make([]string, len(settlements))
	args := make([]any, 0, 4*len(settlements)+2)
	for i, s := range settlements {
		keys[i] = keyOf(appID, s.Key)
		width := int64(0)
		if s.Span > 0 {
			width = slotMillis(s.Span)
		}
		args = append(args, s.Slot, s.Less, width, counted(s.Span))
	}
	month := slotAt(now, 0)
	l.run(l.settle, keys, append(args, month, untilOver(month, now, 0).Milliseconds()+1)...)
}

// Spent implements review.Ledger.
func (l *SharedLedger) Spent(appID, key string, month time.Time, amount int64) {
	l.alone.Spent(appID, key, month, amount)
	if !l.absence.now() {
		slot := slotAt(month, 0)
		left := max(1, untilOver(slot, time.Now(), 0).Milliseconds())
		l.run(l.spent, []string{keyOf(appID, key)}, strconv.FormatInt(slot, 10), amount, left)
	}
}

func (l *SharedLedger) run(script *redis.Script, keys []string, args ...any) {
	ctx, cancel := context.WithTimeout(context.Background(), redisTimeout)
	defer cancel()
	if err := script.Run(ctx, l.client, keys, args...).Err(); err != nil {
		l.absence.begin(err)
	}
}
