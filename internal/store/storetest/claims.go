package storetest

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

// RunClaims lets 50 reviewers on two handles, as two processes have them, take and give
// back the same few Items until there were so many claims, and wants no Item to have
// had two holders at any moment.
func RunClaims(t *testing.T, database Database, claims int) {
	const reviewers, items = 50, 120
	f := newFixture(t, database, false)
	other, _ := f.over(t, f.open(t))
	ids := make([]string, items)
	for i := range ids {
		ids[i] = f.flagged(t, fmt.Sprint(i))
	}
	holders := make([]atomic.Int64, items) // 0, or the number of who holds it
	var made, refused, doubles atomic.Int64
	var group sync.WaitGroup
	for n := range reviewers {
		r := claimant{
			number: int64(n + 1), viewer: f.addViewer(t, fmt.Sprintf("r%d@example.com", n), review.RoleAnalyst, f.caller.App),
			service: []*review.Service{f.service, other}[n%2], ids: ids, holders: holders,
			choose: rand.New(rand.NewPCG(1, uint64(n))), made: &made, refused: &refused, doubles: &doubles,
		}
		group.Go(func() {
			for made.Load() < int64(claims) {
				if err := r.claimOne(t); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
	require.Zero(t, doubles.Load())
	require.GreaterOrEqual(t, made.Load(), int64(claims))
	require.Positive(t, refused.Load(), "nobody ever wanted what another held")
	require.Zero(t, f.count(t, "SELECT COUNT(*) FROM claims"))
	f.verifyChain(t)
	t.Logf("%d claims by %d reviewers, %d refused, %d doubles", made.Load(), reviewers, refused.Load(), doubles.Load())
}

// claimant is one of the reviewers.
type claimant struct {
	number  int64
	viewer  review.Viewer
	service *review.Service
	ids     []string
	holders []atomic.Int64
	choose  *rand.Rand

	made, refused, doubles *atomic.Int64
}

// claimOne tries to take one of the Items, and gives it back.
func (c *claimant) claimOne(t *testing.T) error {
	item := c.choose.IntN(len(c.ids))
	claim, err := c.service.ClaimItem(t.Context(), c.viewer, c.ids[item])
	if review.CodeOf(err) == review.CodeConflict {
		c.refused.Add(1)
		return nil
	}
	if err != nil {
		return err
	}
	c.made.Add(1)
	if !c.holders[item].CompareAndSwap(0, c.number) {
		c.doubles.Add(1)
	}
	c.holders[item].Store(0) // before it is given back: from then on another may have it
	return c.service.Release(t.Context(), c.viewer, c.ids[item], claim.Token, false)
}
