package storetest

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

// raceScenarios: many at once, also from two handles on one database, as two
// processes have them.
func raceScenarios() []scenario {
	return []scenario{
		{"one external id submitted by a hundred is one interaction", oneExternalIDByMany},
		{"nobody gets what somebody holds", claimsNeverDouble},
		{"two processes write into one chain", twoProcessesOneChain},
		{"a change that met nothing holds up no other process", aChangeThatMetNothing},
	}
}

func oneExternalIDByMany(t *testing.T, f *fixture) {
	const racers = 100
	other, _ := f.over(t, f.open(t))
	var group sync.WaitGroup
	receipts := make([]review.Receipt, racers)
	errs := make([]error, racers)
	for i := range racers {
		service := f.service
		if i%2 == 1 {
			service = other
		}
		group.Go(func() {
			receipts[i], errs[i] = service.Submit(t.Context(), f.caller, review.Submission{ExternalID: "one", Prompt: "suspicious", UserID: "u1"})
		})
	}
	group.Wait()
	fresh := 0
	for i := range racers {
		require.NoError(t, errs[i])
		require.Equal(t, receipts[0].ID, receipts[i].ID)
		require.Equal(t, receipts[0].Item.ID, receipts[i].Item.ID)
		if !receipts[i].Repeated {
			fresh++
		}
	}
	require.Equal(t, 1, fresh)
	for _, table := range []string{"interactions", "assessments", "items"} {
		require.Equal(t, 1, f.count(t, "SELECT COUNT(*) FROM "+table), table)
	}
	f.verifyChain(t)
}

func claimsNeverDouble(t *testing.T, f *fixture) {
	const reviewers, items = 50, 100
	for i := range items {
		f.flagged(t, fmt.Sprint(i))
	}
	other, _ := f.over(t, f.open(t))
	var group sync.WaitGroup
	var holders sync.Map // item id → the one who holds it now
	var doubles, decided atomic.Int64
	for r := range reviewers {
		v := f.addViewer(t, fmt.Sprintf("r%d@example.com", r), review.RoleAnalyst, f.caller.App)
		service := f.service
		if r%2 == 1 {
			service = other
		}
		group.Go(func() {
			for {
				id, err := service.ClaimNext(t.Context(), v, review.Filter{})
				if err != nil {
					return // nothing waits, or others were always faster
				}
				if _, held := holders.LoadOrStore(id, v.User.ID); held {
					doubles.Add(1)
				}
				claim, err := service.ClaimItem(t.Context(), v, id)
				if err != nil {
					doubles.Add(1)
					return
				}
				_, err = service.Decide(t.Context(), v, review.DecideCommand{ItemID: id, Token: claim.Token, Version: 1, Judgement: review.JudgeBlock})
				if err == nil {
					decided.Add(1)
				}
			}
		})
	}
	group.Wait()
	require.Zero(t, doubles.Load())
	require.Positive(t, decided.Load())
	require.EqualValues(t, decided.Load(), f.count(t, "SELECT COUNT(DISTINCT item_id) FROM decisions"))
	require.EqualValues(t, decided.Load(), f.count(t, "SELECT COUNT(*) FROM decisions"))
	counts, err := f.Counts(t.Context(), []string{f.caller.App.ID})
	require.NoError(t, err)
	require.EqualValues(t, decided.Load(), counts.Of(review.StateDecided))
	f.verifyChain(t)
}

func twoProcessesOneChain(t *testing.T, f *fixture) {
	before := f.verifyChain(t)
	const producers, each = 8, 25
	var group sync.WaitGroup
	var failed atomic.Int64
	for _, s := range []review.Store{f.Store, f.open(t)} {
		for p := range producers {
			group.Go(func() {
				for i := range each {
					err := s.Write(t.Context(), func(tx review.Tx) error {
						if err := putEvent(tx, fmt.Sprintf("%d-%d", p, i)); err != nil {
							return err
						}
						if i%5 == 4 {
							return fmt.Errorf("every fifth fails after it wrote")
						}
						return nil
					})
					if (err != nil) != (i%5 == 4) {
						failed.Add(1)
					}
				}
			})
		}
	}
	group.Wait()
	require.Zero(t, failed.Load())
	require.Equal(t, before+2*producers*each*4/5, f.verifyChain(t))
}

func aChangeThatMetNothing(t *testing.T, f *fixture) {
	other, _ := f.over(t, f.open(t))
	require.NoError(t, f.Write(t.Context(), func(tx review.Tx) error { return tx.DeleteExport("nowhere") }))
	_, err := other.Submit(t.Context(), f.caller, review.Submission{ExternalID: "one", Prompt: "suspicious", UserID: "u1"})
	require.NoError(t, err)
}
