package guard

import (
	"context"
	"errors"
	"strconv"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/guard/textview"
	"github.com/guardroom/guardroom/internal/review"
)

// ask lets a function stand for a Remote.
type ask func(context.Context, review.Segment) ([]review.Finding, error)

func (a ask) Ask(ctx context.Context, s review.Segment) ([]review.Finding, error) { return a(ctx, s) }

var testReach = Reach{
	Segments: []review.SegmentKind{review.SegmentPrompt}, Concurrency: 2, Deadline: time.Second, Failures: 3, Pause: time.Minute,
}

func remoteSpec(id string, reach Reach, a ask) Spec {
	s := spec(id, review.CategoryInput, nil)
	s.New, s.NewRemote, s.Reach = nil, func() (Remote, error) { return a, nil }, reach
	return s
}

// after waits, by the clock of the test, unless ctx ends first.
func after(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func sure(context.Context, review.Segment) ([]review.Finding, error) {
	return []review.Finding{{Severity: review.SeverityHigh, Confidence: 0.8, Message: "the service is sure"}}, nil
}

func numbered(n int) []review.Segment {
	out := make([]review.Segment, n)
	for i := range out {
		out[i] = prompt("a")
		out[i].Name = "messages[" + strconv.Itoa(i) + "]"
	}
	return out
}

func TestRemotesAreAskedWhileLocalsLook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		called := make(chan struct{})
		p := pipeline(t,
			spec("test.local", review.CategoryInput, func(ctx context.Context, in *Input) ([]review.Finding, error) {
				<-called // would wait for ever if the remote one came later
				return word("a", 0.6)(ctx, in)
			}),
			remoteSpec("test.remote", testReach, func(ctx context.Context, s review.Segment) ([]review.Finding, error) {
				close(called)
				return sure(ctx, s)
			}),
		)
		require.Equal(t, []string{"test.local", "test.remote"}, []string{p.Specs()[0].ID, p.Specs()[1].ID})
		segments := []review.Segment{{Name: "response", Kind: review.SegmentResponse, Text: "a"}, prompt("a")}
		got := p.Screen(context.Background(), segments, policyOf(p))
		require.Empty(t, got.Failures)
		var order []string
		for _, f := range got.Findings {
			order = append(order, f.Detector+" "+f.Segment)
		}
		require.Equal(t, []string{"test.local response", "test.remote prompt", "test.local prompt"}, order, "only asked about prompts")
	})
}

func TestARemoteThatFails(t *testing.T) {
	once := []string{"test.remote"}
	for _, c := range []struct {
		name   string
		ask    ask
		reason string
		took   time.Duration
		told   []string
	}{
		{"error", func(context.Context, review.Segment) ([]review.Finding, error) { return nil, errors.New("no") }, reasonError, 0, once},
		{"panic", func(context.Context, review.Segment) ([]review.Finding, error) { panic("no") }, reasonPanic, 0, nil},
		{"slow", func(ctx context.Context, s review.Segment) ([]review.Finding, error) {
			return nil, after(ctx, time.Hour)
		}, reasonDeadline, time.Second, once},
		{"slow, and quiet about it", func(ctx context.Context, s review.Segment) ([]review.Finding, error) {
			_ = after(ctx, time.Hour)
			return nil, nil
		}, reasonDeadline, time.Second, once},
		{"deaf", func(context.Context, review.Segment) ([]review.Finding, error) {
			return nil, after(context.Background(), time.Hour)
		}, reasonDeadline, 2 * time.Second, once},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var told []string
				p, err := NewPipeline(NewRegistry(spec("test.local", review.CategoryInput, word("a", 0.1)), remoteSpec("test.remote", testReach, c.ask)),
					Options{Limits: textview.DefaultLimits(), Failed: func(detector string, err error) { told = append(told, detector) }})
				require.NoError(t, err)
				policy := policyOf(p)
				ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
				defer cancel()
				start := time.Now()
				got := p.Screen(ctx, []review.Segment{prompt("a")}, policy)
				require.Equal(t, c.took, time.Since(start))
				require.Equal(t, []review.Failure{{Detector: "test.remote", Segment: "prompt", Reason: c.reason}}, got.Failures)
				require.Len(t, got.Findings, 1, "what others see stands")
				verdict, _ := policy.Decide(got.Findings, got.Failures)
				require.Equal(t, review.VerdictFlag, verdict, "a failure is never an allow")
				policy.FailOpen = true
				verdict, _ = policy.Decide(got.Findings, got.Failures)
				require.Equal(t, review.VerdictAllow, verdict, "unless the policy says so")
				require.NoError(t, after(context.Background(), 2*time.Hour)) // even the deaf one comes home
				synctest.Wait()
				require.Equal(t, c.told, told, "the log learns of it")
			})
		})
	}
}

func TestThePolicysDeadlineIsTheLast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := pipeline(t, remoteSpec("test.remote", testReach, func(ctx context.Context, s review.Segment) ([]review.Finding, error) {
			return nil, after(ctx, time.Hour)
		}))
		ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
		defer cancel()
		start := time.Now()
		got := p.Screen(ctx, numbered(5), policyOf(p))
		require.Equal(t, 100*time.Millisecond, time.Since(start))
		require.Equal(t, []review.Failure{{Detector: "test.remote", Segment: "messages[0]", Reason: reasonDeadline}}, got.Failures)
		synctest.Wait() // whoever is still on the way comes home
	})
}

func TestTheBreaker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		down, asked := true, 0
		p := pipeline(t, remoteSpec("test.remote", testReach, func(ctx context.Context, s review.Segment) ([]review.Finding, error) {
			asked++
			if down {
				return nil, errors.New("refused")
			}
			return sure(ctx, s)
		}))
		policy := policyOf(p)
		screen := func() review.Screening { return p.Screen(context.Background(), numbered(1), policy) }
		standing := func() review.Breaker {
			all := p.Remotes()
			require.Len(t, all, 1)
			require.Equal(t, "test.remote", all[0].ID)
			return all[0].Breaker
		}
		require.Equal(t, review.Breaker{}, standing(), "nothing was asked yet")
		for range testReach.Failures {
			require.Equal(t, reasonError, screen().Failures[0].Reason)
		}
		opened := time.Now()
		require.Equal(t, opened, standing().Since)
		require.True(t, standing().Open)
		for range 10 {
			require.Equal(t, reasonUnavailable, screen().Failures[0].Reason)
		}
		require.Equal(t, testReach.Failures, asked, "it is left alone")

		require.NoError(t, after(context.Background(), testReach.Pause+time.Second))
		require.True(t, standing().Probing)
		require.Equal(t, reasonError, screen().Failures[0].Reason, "one call finds out")
		require.Equal(t, opened, standing().Since, "in vain: it has been down since then")
		require.Equal(t, reasonUnavailable, screen().Failures[0].Reason)

		down = false
		require.NoError(t, after(context.Background(), testReach.Pause+time.Second))
		for range 3 {
			got := screen()
			require.Empty(t, got.Failures)
			require.Len(t, got.Findings, 1)
		}
		require.False(t, standing().Open)
		require.True(t, standing().Asked)
		require.Zero(t, standing().Since)
	})
}

func TestAnAppThatHangsUpDoesNotOpenTheBreaker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := pipeline(t, remoteSpec("test.remote", testReach, func(ctx context.Context, s review.Segment) ([]review.Finding, error) {
			if s.Text == "slow" {
				return nil, after(ctx, time.Hour)
			}
			return sure(ctx, s)
		}))
		policy := policyOf(p)
		for range 3 * testReach.Failures {
			ctx, cancel := context.WithCancel(context.Background())
			time.AfterFunc(time.Millisecond, cancel)
			require.Len(t, p.Screen(ctx, []review.Segment{prompt("slow")}, policy).Failures, 1)
			synctest.Wait()
		}
		require.Empty(t, p.Screen(context.Background(), numbered(1), policy).Failures)
	})
}

func TestConcurrencyIsBoundedOverAllScreenings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var now, most, calls atomic.Int32
		p := pipeline(t, remoteSpec("test.remote", testReach, func(ctx context.Context, s review.Segment) ([]review.Finding, error) {
			calls.Add(1)
			n := now.Add(1)
			defer now.Add(-1)
			for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
			}
			return nil, after(ctx, time.Millisecond)
		}))
		policy := policyOf(p)
		done := make(chan review.Screening)
		for range 4 {
			go func() { done <- p.Screen(context.Background(), numbered(10), policy) }()
		}
		for range 4 {
			require.Empty(t, (<-done).Failures)
		}
		require.EqualValues(t, 40, calls.Load())
		require.EqualValues(t, testReach.Concurrency, most.Load())
	})
}

func TestARemoteThatIsOffIsNotAsked(t *testing.T) {
	p := pipeline(t, remoteSpec("test.remote", testReach, func(context.Context, review.Segment) ([]review.Finding, error) { panic("asked") }))
	policy := policyOf(p)
	policy.Detectors["test.remote"] = review.Rule{Mode: review.ModeOff}
	require.Empty(t, p.Screen(context.Background(), numbered(1), policy).Failures)
}

func TestRemoteSpecsAreComplete(t *testing.T) {
	for name, change := range map[string]func(*Spec){
		"both constructors": func(s *Spec) { s.New = func() (Detector, error) { return word("a", 1), nil } },
		"no constructor":    func(s *Spec) { s.NewRemote = nil },
		"no segments":       func(s *Spec) { s.Reach.Segments = nil },
		"no deadline":       func(s *Spec) { s.Reach.Deadline = 0 },
		"no concurrency":    func(s *Spec) { s.Reach.Concurrency = 0 },
		"no breaker":        func(s *Spec) { s.Reach.Failures = 0 },
		"no pause":          func(s *Spec) { s.Reach.Pause = 0 },
	} {
		t.Run(name, func(t *testing.T) {
			s := remoteSpec("test.remote", testReach, sure)
			change(&s)
			require.Error(t, s.check())
		})
	}
	broken := remoteSpec("test.remote", testReach, sure)
	broken.NewRemote = func() (Remote, error) { return nil, errors.New("no address") }
	_, err := NewPipeline(NewRegistry(broken), Options{Limits: textview.DefaultLimits()})
	require.ErrorContains(t, err, "test.remote: no address")
}
