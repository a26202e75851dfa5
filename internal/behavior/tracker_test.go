package behavior

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

func policyOf(t testing.TB) review.Policy {
	t.Helper()
	return review.DefaultPolicy(newTracker(t).Specs())
}

func newTracker(t testing.TB) *Tracker {
	t.Helper()
	tr, err := New(DefaultLimits())
	require.NoError(t, err)
	return tr
}

// alarms counts findings by detector.
func play(tr *Tracker, p review.Policy, all []review.Interaction) map[string]int {
	out := map[string]int{}
	for _, in := range all {
		for _, f := range tr.Observe(in, nil, p) {
			out[f.Detector]++
		}
	}
	return out
}

// Ordinary people must be left alone: at most one false alarm in 1,000 days of one user each. What one user does within
// an hour is one alarm, however many interactions it is told of with.
func TestOrdinaryPeopleRaiseNoAlarm(t *testing.T) {
	const users, days = 300, 10
	all := traffic(population(users, 7), days)
	tr, p := newTracker(t), policyOf(t)
	episodes := map[string]bool{}
	for _, in := range all {
		for _, f := range tr.Observe(in, nil, p) {
			episodes[fmt.Sprint(f.Detector, in.UserID, in.OccurredAt.Truncate(time.Hour))] = true
		}
	}
	t.Logf("%d interactions in %d user-days: %d alarms", len(all), users*days, len(episodes))
	require.LessOrEqual(t, len(episodes), users*days/1000, "%v", episodes)
}

// busy is a user whose rate is steady enough to be drained unseen.
func busy(from time.Time, every time.Duration, n int) []review.Interaction {
	p := newPerson(9001, rand.New(rand.NewPCG(3, 3)))
	out := make([]review.Interaction, n)
	for i := range out {
		out[i] = p.interaction(from.Add(time.Duration(i)*every+time.Duration(p.random.Int64N(int64(every)))), i+1)
	}
	return out
}

func TestSpikeIsFoundWithinThirtySeconds(t *testing.T) {
	tr, p := newTracker(t), policyOf(t)
	require.Empty(t, play(tr, p, busy(monday, 6*time.Second, 1200))) // two hours, ten a minute
	start := monday.Add(2 * time.Hour)
	spike := busy(start, 1200*time.Millisecond, 100) // five times that
	for _, in := range spike {
		for _, f := range tr.Observe(in, nil, p) {
			if f.Detector == "behavior.rate" {
				require.Less(t, in.OccurredAt.Sub(start), 30*time.Second)
				require.GreaterOrEqual(t, f.Confidence, 0.6)
				return
			}
		}
	}
	t.Fatal("not found")
}

func TestTokenDriftIsFoundWithinFiveMinutes(t *testing.T) {
	tr, p := newTracker(t), policyOf(t)
	require.Empty(t, play(tr, p, busy(monday, 10*time.Second, 720)))
	start := monday.Add(2 * time.Hour)
	for _, in := range busy(start, 10*time.Second, 60) {
		in.Usage.PromptTokens *= 3
		in.Usage.CompletionTokens *= 3
		for _, f := range tr.Observe(in, nil, p) {
			if f.Detector == "behavior.tokens" {
				require.Less(t, in.OccurredAt.Sub(start), 5*time.Minute)
				return
			}
		}
	}
	t.Fatal("not found")
}

// A stolen key: an App with people of its own is suddenly used by a program that makes up its users.
func TestStolenKeyIsFoundWithinFiftyRequests(t *testing.T) {
	tr, p := newTracker(t), policyOf(t)
	play(tr, p, traffic(population(60, 11), 6))
	start := monday.AddDate(0, 0, 6).Add(12 * time.Hour)
	thief := newPerson(666, rand.New(rand.NewPCG(6, 6)))
	for i := range 50 {
		in := thief.interaction(start.Add(time.Duration(i)*700*time.Millisecond), 1)
		in.UserID = fmt.Sprintf("x-%d", i)
		if len(tr.Observe(in, nil, p)) > 0 {
			t.Logf("found after %d requests", i+1)
			return
		}
	}
	t.Fatal("not found")
}

func TestExtraction(t *testing.T) {
	p := policyOf(t)
	tr := newTracker(t)
	score := func(in review.Interaction) float64 {
		for _, f := range tr.Observe(in, nil, p) {
			if f.Detector == "extraction.systematic" {
				return f.Confidence
			}
		}
		return 0
	}
	r := rand.New(rand.NewPCG(5, 5))
	for i := range 200 {
		theme := themes[r.IntN(len(themes))]
		in := review.Interaction{AppID: "app", UserID: "thief", Turn: 1, OccurredAt: monday.Add(time.Duration(i*3000+r.IntN(600)) * time.Millisecond),
			Content: review.Content{Prompt: fmt.Sprintf("Explain in one paragraph what a %s is and why it matters", theme[r.IntN(len(theme))]), Response: "…"}}
		if score(in) >= 0.9 {
			t.Logf("the extractor is found after %d queries", i+1)
			break
		}
		require.Less(t, i, 199, "the extractor is not found")
	}
	tr = newTracker(t)
	people := population(1000, 21)
	for i := range people {
		people[i].perDay += 6 // all of them busy enough to be looked at
	}
	caught := map[string]bool{}
	for _, in := range traffic(people, 4) {
		if score(in) >= 0.9 {
			caught[in.UserID] = true
		}
	}
	require.LessOrEqual(t, len(caught), 1)
}

func TestRepeatedFlagsAreAnAttack(t *testing.T) {
	tr := newTracker(t)
	specs := append(tr.Specs(), review.DetectorSpec{ID: "injection.override", Category: review.CategoryInjection, Default: review.Rule{Mode: review.ModeEnforce, Flag: 0.5}})
	p := review.DefaultPolicy(specs)
	flagged := []review.Finding{{Detector: "injection.override", Category: review.CategoryInjection, Confidence: 0.9}}
	who := newPerson(1, rand.New(rand.NewPCG(1, 1)))
	var last []review.Finding
	for i := range 12 {
		var found []review.Finding
		if i%2 == 0 {
			found = flagged
		}
		if out := tr.Observe(who.interaction(monday.Add(time.Duration(i)*10*time.Second), 1), found, p); len(out) > 0 {
			last = out
		}
	}
	require.Len(t, last, 1)
	require.Equal(t, "behavior.repeat_flags", last[0].Detector)
	require.Contains(t, last[0].Message, "injection")
	require.Equal(t, review.VerdictFlag, p.VerdictOn(last[0]))
}

func TestOldEventsChangeNothing(t *testing.T) {
	tr, p := newTracker(t), policyOf(t)
	play(tr, p, busy(monday, 6*time.Second, 50))
	sh := &tr.users[hash("app\x00u-9001")%shards]
	before := sh.users[userKey{"app", "u-9001"}].Window.last(windowBuckets)
	play(tr, p, busy(monday.Add(-time.Hour), time.Second, 50))
	require.Equal(t, before, sh.users[userKey{"app", "u-9001"}].Window.last(windowBuckets))
}

func TestUsersAreBounded(t *testing.T) {
	tr, err := New(Limits{Users: 640, Apps: 2, Idle: time.Hour})
	require.NoError(t, err)
	p := policyOf(t)
	for i := range 5000 {
		tr.Observe(review.Interaction{AppID: fmt.Sprint(i % 5), UserID: fmt.Sprint(i), OccurredAt: monday.Add(time.Duration(i) * time.Second)}, nil, p)
	}
	require.LessOrEqual(t, tr.Users(), 640)
	require.Len(t, tr.apps, 2)
	tr.Prune(monday.Add(24 * time.Hour))
	require.Zero(t, tr.Users())
}

func BenchmarkObserve(b *testing.B) {
	tr, p := newTracker(b), policyOf(b)
	people := population(2000, 3)
	all := traffic(people, 1)
	b.ReportAllocs()
	i, day := 0, 0
	for b.Loop() {
		in := all[i]
		in.OccurredAt = in.OccurredAt.AddDate(0, 0, day)
		tr.Observe(in, nil, p)
		if i++; i == len(all) {
			i, day = 0, day+1
		}
	}
}

// Whatever nine interactions are like, nothing is said of the user who sent them.
func TestNineInteractionsAreNoEvidence(t *testing.T) {
	specs := append(newTracker(t).Specs(), review.DetectorSpec{ID: "injection.override", Category: review.CategoryInjection, Default: review.Rule{Mode: review.ModeEnforce, Flag: 0.5}})
	p := review.DefaultPolicy(specs)
	for id, rule := range p.Detectors {
		rule.Mode = review.ModeEnforce
		p.Detectors[id] = rule
	}
	flagged := []review.Finding{{Detector: "injection.override", Category: review.CategoryInjection, Confidence: 1}}
	for seed := range uint64(20) {
		tr := newTracker(t)
		all := traffic(population(40, 7), 1)
		for _, in := range all {
			tr.Observe(in, nil, p)
		}
		at := all[len(all)-1].OccurredAt
		r := rand.New(rand.NewPCG(seed, 9))
		for i := range leastEvents - 1 {
			in := review.Interaction{AppID: "app", UserID: "stranger", Turn: 1, OccurredAt: at.Add(time.Duration(i) * time.Millisecond),
				Usage: review.Usage{PromptTokens: r.IntN(1_000_000), CompletionTokens: r.IntN(1_000_000)}, LatencyMS: int64(r.IntN(100_000)), Error: "refused",
				Content: review.Content{Prompt: strings.Repeat(fmt.Sprint("word", r.IntN(3), " "), 1+r.IntN(2_000)), Response: "I cannot help with that."}}
			for _, f := range tr.Observe(in, flagged, p) {
				require.False(t, f.OfUser, "%s speaks after %d: %s", f.Detector, i+1, f.Message)
			}
		}
	}
}

// BenchmarkCrowd is the cost of one Interaction when a hundred thousand users are known, each of whom has been there a dozen
// times, and what all of them take: the bars are 20 µs and 200 MB.
func BenchmarkCrowd(b *testing.B) {
	const users, visits = 100_000, 12
	tr, p := newTracker(b), policyOf(b)
	before := heap()
	at := func(i, n int) review.Interaction {
		words := []string{"bread", "taxes", "rivers", "engines", "poems", "planets", "recipes", "verbs"}
		return review.Interaction{
			AppID: "app", UserID: fmt.Sprint("user-", i), Turn: 1 + n, OccurredAt: monday.Add(time.Duration(n)*5*time.Minute + time.Duration(i)*3*time.Millisecond),
			Usage: review.Usage{PromptTokens: 40 + i%90, CompletionTokens: 200 + (i*7+n)%400}, LatencyMS: int64(600 + i%900),
			Content: review.Content{Prompt: fmt.Sprintf("Tell me about %s and %s, number %d", words[i%8], words[(i/8+n)%8], i%1000), Response: "Here is what there is to say about them."},
		}
	}
	for n := range visits {
		for i := range users {
			tr.Observe(at(i, n), nil, p)
		}
		tr.Drain() // a server does so every ten seconds
	}
	require.Greater(b, tr.Users(), users*99/100, "their shards are filled unevenly")
	b.ReportAllocs()
	n, spent := 0, processorTime()
	for b.Loop() {
		in := at(n%users, visits+n/users)
		tr.Observe(in, nil, p)
		if n++; n%4000 == 0 {
			tr.Drain()
		}
	}
	b.ReportMetric(float64((processorTime()-spent).Nanoseconds())/float64(b.N), "cpu-ns/op") // what a busy machine does not stretch
	tr.Drain()
	b.ReportMetric(float64(heap()-before)/1e6, "MB")
	runtime.KeepAlive(tr)
}

// processorTime is what this process has used of the processors, the collector's work with it.
func processorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// heap is how many bytes are in use.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
