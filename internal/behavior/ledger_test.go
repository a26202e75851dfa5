package behavior

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/guardroom/guardroom/internal/review"
)

var noon = time.Date(2026, 5, 13, 12, 0, 0, 0, time.UTC)

func charge(key string, span time.Duration, most, amount int64) review.Charge {
	return review.Charge{Key: key, Span: span, Most: most, Amount: amount}
}

// passes takes one charge and tells whether it was counted.
func passes(t testing.TB, l review.Ledger, at time.Time, charges ...review.Charge) bool {
	t.Helper()
	_, taken, err := l.Take("app", at, charges, true)
	require.NoError(t, err)
	return taken
}

func TestNoSpanEverHoldsMoreThanTheBound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		span := rapid.SampledFrom([]time.Duration{time.Second, time.Minute, time.Hour}).Draw(t, "span")
		most := rapid.Int64Range(1, 40).Draw(t, "most")
		type entry struct {
			at     time.Time
			amount int64
		}
		var passed []entry
		ledger, now := NewLedger(), noon
		for range rapid.IntRange(1, 120).Draw(t, "n") {
			now = now.Add(time.Duration(rapid.Int64Range(0, int64(span)/8).Draw(t, "gap")))
			amount := rapid.Int64Range(1, 10).Draw(t, "amount")
			levels, taken, _ := ledger.Take("app", now, []review.Charge{charge("k", span, most, amount)}, true)
			if !taken {
				if levels[0].Reset <= 0 || levels[0].Reset > span+span/6 {
					t.Fatalf("there is room again after %v of %v", levels[0].Reset, span)
				}
				continue
			}
			passed = append(passed, entry{now, amount})
			sum := int64(0)
			for _, e := range passed {
				if now.Sub(e.at) < span {
					sum += e.amount
				}
			}
			if sum > most {
				t.Fatalf("%d within %v, where %d is the bound", sum, span, most)
			}
		}
	})
}

func TestThereIsRoomAgainWhenItSays(t *testing.T) {
	l := NewLedger()
	c := charge("k", time.Minute, 3, 1)
	for range 3 {
		require.True(t, passes(t, l, noon, c))
	}
	levels, taken, err := l.Take("app", noon, []review.Charge{c}, true)
	require.NoError(t, err)
	require.False(t, taken)
	reset := levels[0].Reset
	require.GreaterOrEqual(t, reset, time.Minute)
	require.False(t, passes(t, l, noon.Add(reset-time.Millisecond), c))
	require.True(t, passes(t, l, noon.Add(reset), c))
}

func TestAllIsCountedOrNothing(t *testing.T) {
	l := NewLedger()
	wide, narrow := charge("wide", time.Minute, 10, 1), charge("narrow", time.Minute, 1, 1)
	require.True(t, passes(t, l, noon, wide, narrow))
	for range 20 {
		require.False(t, passes(t, l, noon, wide, narrow))
	}
	for range 9 {
		require.True(t, passes(t, l, noon, wide), "what was refused was not counted")
	}
	require.False(t, passes(t, l, noon, wide))
	forced := wide
	forced.Forced = true
	levels, taken, _ := l.Take("app", noon, []review.Charge{forced}, true)
	require.True(t, taken)
	require.False(t, levels[0].Fits, "it is counted, and told")
	require.EqualValues(t, 11, levels[0].Used)
	require.True(t, func() bool { _, taken, _ := l.Take("another", noon, []review.Charge{wide}, true); return taken }(), "Apps are apart")
}

func TestMonthsBeginAtNothing(t *testing.T) {
	l := NewLedger()
	l.Spent("app", "cost", noon, 90)
	l.Spent("app", "cost", noon, 70)
	require.False(t, passes(t, l, noon, charge("cost", 0, 100, 11)), "the larger one holds")
	require.True(t, passes(t, l, noon, charge("cost", 0, 100, 10)))
	levels, _, _ := l.Take("app", noon, []review.Charge{charge("cost", 0, 100, 1)}, true)
	require.Equal(t, time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC).Sub(noon), levels[0].Reset)
	require.True(t, passes(t, l, noon.AddDate(0, 1, 0), charge("cost", 0, 100, 100)))
	require.False(t, passes(t, l, noon.AddDate(0, 1, 1), charge("cost", 0, 100, 1)))
}

func turned(c review.Charge, slot, less int64) review.Settlement {
	return review.Settlement{Charge: c, Slot: slot, Less: less}
}

func giveBack(l review.Ledger, c review.Charge, slot, amount int64) {
	l.Settle("app", noon, []review.Settlement{turned(c, slot, amount)})
}

func TestWhatIsGivenBackWasNeverThere(t *testing.T) {
	l := NewLedger()
	c := charge("k", time.Hour, 1000, 900)
	levels, taken, _ := l.Take("app", noon, []review.Charge{c}, true)
	require.True(t, taken)
	giveBack(l, c, levels[0].Slot, 850)
	require.True(t, passes(t, l, noon.Add(time.Minute), charge("k", time.Hour, 1000, 950)))
	require.False(t, passes(t, l, noon.Add(time.Minute), charge("k", time.Hour, 1000, 1)))
	giveBack(l, c, levels[0].Slot-100, 850) // long over
	require.False(t, passes(t, l, noon.Add(time.Minute), charge("k", time.Hour, 1000, 1)))
}

func TestPruneForgetsWhatIsOver(t *testing.T) {
	l := NewLedger()
	for i := range 100 {
		require.True(t, passes(t, l, noon, charge(strconv.Itoa(i), time.Minute, 1, 1)))
	}
	require.True(t, passes(t, l, noon, charge("cost", 0, 1, 1)))
	require.Zero(t, l.Prune(noon.Add(time.Minute)))
	require.Equal(t, 100, l.Prune(noon.Add(2*time.Minute)), "the month is not over")
}

// rush lets 64 goroutines try as often as they can, and returns how much passed and how many tries failed.
func rush(l review.Ledger, at time.Time, tries int, c review.Charge) (int64, int64) {
	var passed, failed atomic.Int64
	var all sync.WaitGroup
	for range 64 {
		all.Go(func() {
			for range tries {
				_, taken, err := l.Take("app", at, []review.Charge{c}, true)
				switch {
				case err != nil:
					failed.Add(1)
				case taken:
					passed.Add(c.Amount)
				}
			}
		})
	}
	all.Wait()
	return passed.Load(), failed.Load()
}

func TestNothingPassesTwiceAtOnceInMemory(t *testing.T) {
	for most := int64(1); most <= 1000; most *= 10 {
		passed, _ := rush(NewLedger(), noon, 50, charge("k", time.Minute, most, 1))
		require.Equal(t, most, passed)
	}
	passed, _ := rush(NewLedger(), noon, 50, charge("k", time.Hour, 1000, 3))
	require.EqualValues(t, 999, passed)
}

// rushEnv makes the test binary one of several processes on a Redis.
const rushEnv = "GUARDROOM_TEST_RUSH"

// rushIn is what one of those processes does.
func rushIn(t *testing.T, url string) {
	t.Helper()
	l := shared(t, url, io.Discard)
	hourly, failed := rush(l, time.Now(), 20, charge("k", time.Hour, 1000, 3))
	monthly, failedToo := rush(l, time.Now(), 20, charge("cost", 0, 500, 1))
	fmt.Println("passed", hourly, monthly, failed+failedToo)
}

func shared(t testing.TB, url string, log io.Writer) *SharedLedger {
	t.Helper()
	l, err := NewSharedLedger(url, slog.New(slog.NewTextHandler(log, nil)))
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	return l
}

// TestNothingPassesTwiceAtOnceInRedis starts itself as each of the processes.
func TestNothingPassesTwiceAtOnceInRedis(t *testing.T) {
	if url := os.Getenv(rushEnv); url != "" {
		rushIn(t, url)
		return
	}
	server := startRedis(t)
	const processes = 2
	var commands [processes]*exec.Cmd
	var outputs [processes]bytes.Buffer
	for i := range commands {
		commands[i] = exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
		commands[i].Env = append(os.Environ(), rushEnv+"="+server.url)
		commands[i].Stdout = &outputs[i]
		require.NoError(t, commands[i].Start())
	}
	var hourly, monthly, failed int64
	for i := range commands {
		require.NoError(t, commands[i].Wait(), outputs[i].String())
		_, line, found := strings.Cut(outputs[i].String(), "passed ")
		require.True(t, found, outputs[i].String())
		var a, b, c int64
		_, err := fmt.Sscan(line, &a, &b, &c)
		require.NoError(t, err)
		hourly, monthly, failed = hourly+a, monthly+b, failed+c
	}
	require.LessOrEqual(t, hourly, int64(999), "of a bound of 1,000, three at a time")
	require.LessOrEqual(t, monthly, int64(500))
	if failed == 0 { // a machine that is too busy to answer counts what nobody is told
		require.EqualValues(t, 999, hourly)
		require.EqualValues(t, 500, monthly)
	}
}

func TestRedisCountsAsMemoryDoes(t *testing.T) {
	l := shared(t, startRedis(t).url, io.Discard)
	now := time.Now()
	c := charge("k", time.Hour, 10, 4)
	levels, taken, err := l.Take("app", now, []review.Charge{c, charge("other", time.Minute, 1, 1)}, true)
	require.NoError(t, err)
	require.True(t, taken)
	require.EqualValues(t, 4, levels[0].Used)
	levels, taken, err = l.Take("app", now, []review.Charge{c, charge("other", time.Minute, 1, 1)}, true)
	require.NoError(t, err)
	require.False(t, taken, "all or nothing")
	require.True(t, levels[0].Fits)
	require.False(t, levels[1].Fits)
	require.InDelta(t, time.Minute, levels[1].Reset, float64(7*time.Second))
	require.True(t, passes(t, l, now, c))
	require.False(t, passes(t, l, now, c))
	giveBack(l, c, levels[0].Slot, 4)
	require.True(t, passes(t, l, now, c))

	l.Spent("app", "cost", now, 90)
	require.False(t, passes(t, l, now, charge("cost", 0, 100, 11)))
	require.True(t, passes(t, l, now, charge("cost", 0, 100, 10)))
	l.Spent("app", "cost", now, 95)
	require.False(t, passes(t, l, now, charge("cost", 0, 100, 1)), "what Redis knows is more")
	forced := charge("cost", 0, 100, 5)
	forced.Forced = true
	require.True(t, passes(t, l, now, forced))
}

// What turned out otherwise than it was taken for counts as it was, in memory and in Redis alike.
func TestSettlements(t *testing.T) {
	for name, l := range map[string]review.Ledger{"memory": NewLedger(), "Redis": shared(t, startRedis(t).url, io.Discard)} {
		now := time.Now()
		tokens, calls, cost := charge("tokens", time.Hour, 100, 60), charge("calls", 5*time.Minute, 1, 1), charge("cost", 0, 1000, 500)
		levels, taken, err := l.Take("app", now, []review.Charge{tokens, calls, cost}, true)
		require.NoError(t, err, name)
		require.True(t, taken, name)
		require.False(t, passes(t, l, now, calls), name)
		l.Settle("app", now, []review.Settlement{turned(tokens, levels[0].Slot, 50), turned(calls, levels[1].Slot, 1), turned(cost, levels[2].Slot, -450)})
		require.False(t, passes(t, l, now, charge("tokens", time.Hour, 100, 91)), name)
		require.True(t, passes(t, l, now, charge("tokens", time.Hour, 100, 90)), name)
		require.True(t, passes(t, l, now, calls), name)
		require.False(t, passes(t, l, now, charge("cost", 0, 1000, 51)), name)
		require.True(t, passes(t, l, now, charge("cost", 0, 1000, 50)), name)
		l.Settle("app", now, []review.Settlement{turned(charge("new", time.Minute, 10, 0), 0, -10), turned(tokens, levels[0].Slot-100, 50)})
		require.False(t, passes(t, l, now, charge("new", time.Minute, 10, 1)), name, "more than nothing")
		require.False(t, passes(t, l, now, charge("tokens", time.Hour, 100, 1)), name, "of what is long over nothing is given back")
	}
}

// roundTrips counts how often a client asks Redis something and waits.
type roundTrips struct{ n atomic.Int64 }

func (r *roundTrips) DialHook(next redis.DialHook) redis.DialHook { return next }
func (r *roundTrips) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		r.n.Add(1)
		return next(ctx, cmd)
	}
}

func (r *roundTrips) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		r.n.Add(1)
		return next(ctx, cmds)
	}
}

// TestOneRoundTrip: an Interaction waits for Redis once, whatever it is counted against, and what was seen of it is told to other servers,
// and who is held back asked, without waiting; a call of the gateway waits once more when it is over.
func TestOneRoundTrip(t *testing.T) {
	server, p := startRedis(t), policyOf(t)
	l, tr := shared(t, server.url, io.Discard), newTracker(t)
	relay, err := NewRelay(server.url, tr, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	var trips, told roundTrips
	relay.client.AddHook(&told) // nobody speaks: Run was not called
	var charges []review.Charge
	for _, key := range []string{"user", "key", "app"} {
		charges = append(charges, charge(key+"/requests", time.Minute, 1<<40, 1), charge(key+"/tokens", time.Hour, 1<<40, 100), charge(key+"/concurrent", 5*time.Minute, 1<<40, 1))
	}
	charges = append(charges, charge("cost", 0, 1<<50, 1000))
	require.True(t, passes(t, l, time.Now(), charges...), "from here on Redis knows the script")
	giveBack(l, charges[1], 0, 1)
	l.client.AddHook(&trips)
	const interactions = 50
	for i := range interactions {
		now := time.Now()
		_, held := tr.HeldBack("app", "program", now)
		require.False(t, held)
		levels, taken, err := l.Take("app", now, charges, true)
		require.NoError(t, err)
		require.True(t, taken)
		tr.Observe(exchange(i), nil, p)
		require.EqualValues(t, 2*i+1, trips.n.Load())
		settlements := make([]review.Settlement, len(charges))
		for j, c := range charges {
			settlements[j] = turned(c, levels[j].Slot, int64(j%2)*2-1)
		}
		l.Settle("app", now, settlements)
		require.EqualValues(t, 2*i+2, trips.n.Load())
	}
	tr.HoldBack("app", "program", graveFinding(), time.Now())
	require.EqualValues(t, 2*interactions, trips.n.Load())
	require.Zero(t, told.n.Load(), "nobody who serves an Interaction tells it")
	require.Len(t, relay.waiting, interactions+1)
	require.NoError(t, relay.Close())
}

func TestARedisThatIsAway(t *testing.T) {
	server := startRedis(t)
	var log bytes.Buffer
	l := shared(t, server.url, &log)
	c := charge("k", time.Hour, 2, 1)
	require.True(t, passes(t, l, time.Now(), c))
	together, away := l.Away(t.Context())
	require.True(t, together)
	require.False(t, away)
	server.stop()
	_, away = l.Away(t.Context())
	require.True(t, away)

	_, _, err := l.Take("app", time.Now(), []review.Charge{c}, true)
	require.Equal(t, review.CodeUnavailable, review.CodeOf(err), "an App that asks for it is refused")
	began := time.Now()
	for i := range 1000 {
		levels, taken, err := l.Take("app", time.Now(), []review.Charge{c}, false)
		require.NoError(t, err)
		require.Equal(t, i < 2, taken, "the others go by what this server counted")
		if i == 0 {
			giveBack(l, c, levels[0].Slot, 0)
		}
	}
	require.Less(t, time.Since(began), redisPause, "and wait for nothing")
	require.Equal(t, 1, strings.Count(log.String(), "Redis does not answer"))

	server.start(t)
	l.absence.until.Store(0) // the pause is over
	_, _, err = l.Take("app", time.Now(), []review.Charge{c}, true)
	require.NoError(t, err, "it is back")
}

func TestAURLThatIsNoneIsNotTold(t *testing.T) {
	_, err := NewSharedLedger("http://u:hunter2@cache", slog.New(slog.DiscardHandler))
	require.Error(t, err)
	require.NotContains(t, err.Error(), "hunter2")
}

// BenchmarkTake counts an Interaction against six bounds, among a hundred thousand users.
func BenchmarkTake(b *testing.B) {
	l := NewLedger()
	ids := make([]string, 100_000)
	take := func(user string, at time.Time) {
		_, _, _ = l.Take("app", at, []review.Charge{
			charge("user/requests/"+user, time.Minute, 60, 1), charge("user/tokens/"+user, time.Hour, 10_000, 500), charge("key/requests/k", time.Minute, 1<<40, 1),
			charge("key/tokens/k", time.Hour, 1<<40, 500), charge("app/requests/", time.Minute, 1<<40, 1), charge("app/cost", 0, 1<<50, 1000),
		}, true)
	}
	for i := range ids {
		ids[i] = "user-" + strconv.Itoa(i)
		take(ids[i], noon)
	}
	b.ResetTimer()
	b.ReportAllocs()
	for i := range b.N {
		take(ids[i%len(ids)], noon.Add(time.Duration(i)*time.Microsecond))
	}
}

// BenchmarkTakeRedis is the same with one round trip to a Redis on this machine.
func BenchmarkTakeRedis(b *testing.B) {
	url := os.Getenv("GUARDROOM_TEST_REDIS_URL")
	if url == "" {
		b.Skip("set GUARDROOM_TEST_REDIS_URL")
	}
	l := shared(b, url, io.Discard)
	for b.Loop() {
		_, _, _ = l.Take("app", time.Now(), []review.Charge{charge("a", time.Minute, 1<<40, 1), charge("b", time.Hour, 1<<40, 1), charge("c", 0, 1<<40, 1)}, true)
	}
}
