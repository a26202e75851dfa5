package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/pgtest"
	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/internal/store"
)

// BenchmarkSubmitGroup stores 2.5 KB exchanges with their Events from many producers
// at once. One producer alone has a transaction for each: the figure to compare with,
// in the same run.
func BenchmarkSubmitGroup(b *testing.B) {
	for _, database := range []struct {
		name    string
		options func(testing.TB) store.Options
	}{
		{"SQLite", func(t testing.TB) store.Options { return store.Options{Dir: t.TempDir()} }},
		{"Postgres", func(t testing.TB) store.Options { return store.Options{DatabaseURL: pgtest.Start(t)} }},
	} {
		for _, producers := range []int{1, 64, 256} {
			b.Run(fmt.Sprintf("%s/producers=%d", database.name, producers), func(b *testing.B) {
				s := openWithApp(b, database.options(b))
				b.ResetTimer()
				share(b, int64(b.N), producers, func(i int64) error {
					return put(context.Background(), s, fmt.Sprint(i), 2_500)
				})
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "writes/s")
			})
		}
	}
}

// share divides n calls among goroutines.
func share(b *testing.B, n int64, producers int, call func(i int64) error) {
	var next atomic.Int64
	var group sync.WaitGroup
	for range producers {
		group.Go(func() {
			for i := next.Add(1); i <= n; i = next.Add(1) {
				if err := call(i); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
}

// BenchmarkQueuePage reads the first page of a queue of 100,000 Items as an analyst
// sees it.
func BenchmarkQueuePage(b *testing.B) {
	s := openWithApp(b, store.Options{Dir: b.TempDir()})
	const items = 100_000
	for done := 0; done < items; done += 1_000 {
		require.NoError(b, s.Write(b.Context(), func(tx review.Tx) error {
			for i := range 1_000 {
				n := done + i
				id := fmt.Sprintf("%08d", n)
				in := review.Interaction{ID: id, AppID: anApp.ID, Content: review.Content{Prompt: "suspicious"}}
				item := review.Item{ID: id, AppID: anApp.ID, InteractionID: id, Kind: review.KindInteraction, State: review.StateOpen,
					Rank: int64(n * 7919 % items), Version: 1, Excerpt: "suspicious"}
				if err := tx.PutInteraction(in, review.Assessment{}); err != nil {
					return err
				}
				if err := tx.PutItem(item, []review.Finding{{Detector: "d", Category: review.CategoryInjection}}); err != nil {
					return err
				}
			}
			return nil
		}))
	}
	for _, q := range []struct {
		name  string
		query review.QueueQuery
	}{
		{"first", review.QueueQuery{}},
		{"middle", review.QueueQuery{After: &review.Position{Key: items / 2}}},
		{"free", review.QueueQuery{Free: true}},
		{"filter that nothing passes", review.QueueQuery{Filter: review.Filter{Detector: "none"}}},
	} {
		b.Run(q.name, func(b *testing.B) {
			q.query.AppIDs, q.query.Limit, q.query.Viewer = []string{anApp.ID}, review.QueuePageSize+1, "ann"
			for b.Loop() {
				if _, err := s.Queue(b.Context(), q.query); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkExport reads Decisions with their texts, in the order of time.
func BenchmarkExport(b *testing.B) {
	s := openWithApp(b, store.Options{Dir: b.TempDir()})
	const decisions, each = 50_000, 1_000
	for done := 0; done < decisions; done += each {
		require.NoError(b, s.Write(b.Context(), func(tx review.Tx) error {
			for i := range each {
				if err := putDecided(tx, fmt.Sprintf("%08d", done+i)); err != nil {
					return err
				}
			}
			return nil
		}))
	}
	for b.Loop() {
		n := 0
		for _, err := range s.Decisions(b.Context(), review.DecisionQuery{AppIDs: []string{anApp.ID}}) {
			require.NoError(b, err)
			n++
		}
		require.Equal(b, decisions, n)
	}
	b.ReportMetric(float64(b.N)*decisions/b.Elapsed().Seconds(), "rows/s")
}

func putDecided(tx review.Tx, id string) error {
	in := review.Interaction{ID: id, AppID: anApp.ID, Content: review.Content{Prompt: strings.Repeat("p", 1_000), Response: strings.Repeat("r", 1_500)}}
	findings := []review.Finding{{Detector: "injection.override", Category: review.CategoryInjection, Confidence: 0.9, Segment: "prompt", End: 9, Message: "m"}}
	item := review.Item{ID: id, AppID: anApp.ID, InteractionID: id, Kind: review.KindInteraction, State: review.StateDecided, Version: 2}
	return errors.Join(tx.PutInteraction(in, review.Assessment{Findings: findings}), tx.PutItem(item, findings),
		tx.PutDecision(review.Decision{ID: id, ItemID: id, AppID: anApp.ID, Actor: review.Actor{Kind: review.ActorSystem, ID: "demo"},
			Judgement: review.JudgeBlock, Findings: findings}))
}

// BenchmarkItemsAndDecisions opens Items with two Findings and decides each, a
// thousand in one Write.
func BenchmarkItemsAndDecisions(b *testing.B) {
	findings := []review.Finding{{Detector: "injection.override", Category: review.CategoryInjection}, {Detector: "pii.email", Category: review.CategoryPII}}
	for _, decided := range []bool{false, true} {
		b.Run(fmt.Sprintf("decided=%v", decided), func(b *testing.B) {
			s := openWithApp(b, store.Options{Dir: b.TempDir()})
			const each = 1_000
			n := 0
			for b.Loop() {
				require.NoError(b, s.Write(b.Context(), func(tx review.Tx) error {
					for i := range each {
						if err := openAndDecide(tx, n*each+i, findings, decided); err != nil {
							return err
						}
					}
					return nil
				}))
				n++
			}
			b.ReportMetric(float64(b.N)*each/b.Elapsed().Seconds(), "items/s")
		})
	}
}

func openAndDecide(tx review.Tx, n int, findings []review.Finding, decided bool) error {
	in := review.Interaction{ID: fmt.Sprintf("%012d", n), AppID: anApp.ID, UserID: fmt.Sprintf("u-%d", n%5_000), Model: "m", Content: review.Content{Prompt: "suspicious"}}
	item := review.Item{ID: in.ID, AppID: anApp.ID, InteractionID: in.ID, Kind: review.KindInteraction, State: review.StateOpen, Severity: review.SeverityHigh,
		Rank: int64(n * 7919 % 1_000_000), Risk: float64(n*31%1000) / 1000, UserID: in.UserID, Model: in.Model, Version: 1, CreatedAt: time.UnixMicro(int64(n))}
	if err := errors.Join(tx.PutInteraction(in, review.Assessment{}), tx.PutItem(item, findings)); err != nil || !decided {
		return err
	}
	if _, err := tx.SetItemState(item.ID, 1, review.StateDecided); err != nil {
		return err
	}
	return tx.PutDecision(review.Decision{ID: in.ID, ItemID: item.ID, AppID: anApp.ID, Actor: review.Actor{Kind: review.ActorSystem, ID: "demo"},
		Judgement: review.JudgeBlock, Findings: findings})
}

// BenchmarkVerifyChain reads and recomputes a chain of b.N Events: -benchtime=1000000x
// is the audit chain of half a million exchanges.
func BenchmarkVerifyChain(b *testing.B) {
	s := openWithApp(b, store.Options{Dir: b.TempDir()})
	ctx := review.WithOrigin(context.Background(), review.Origin{Address: "192.0.2.7", Request: "0195aa00-0000-7000-8000-00000000beef"})
	for done := 0; done < b.N; done += 2_000 {
		require.NoError(b, s.Write(ctx, func(tx review.Tx) error {
			for i := range min(2_000, b.N-done) {
				err := tx.AppendEvent(review.Event{At: time.UnixMicro(int64(done + i)), Actor: review.Actor{Kind: review.ActorApp, ID: "01900000-0000-7000-8000-000000000001"},
					Action: "interaction.submitted", Object: fmt.Sprintf("01900000-0000-7000-8000-%012d", done+i), Detail: `{"verdict":"allow","policy_version":1}`})
				if err != nil {
					return err
				}
			}
			return nil
		}))
	}
	before := processorTime(b)
	b.ResetTimer()
	report, err := s.VerifyChain(context.Background())
	b.StopTimer()
	b.ReportMetric((processorTime(b) - before).Seconds(), "processor-s")
	require.NoError(b, err)
	require.True(b, report.OK())
}

// processorTime is what this process has used: on a machine with others the time that passes says little.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &used))
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
