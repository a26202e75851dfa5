package app

import (
	"context"
	"time"

	"github.com/guardroom/guardroom/internal/review"
)

// partPatience is how long a part may take to say how it does.
const partPatience = 2 * time.Second

// parts tells how everything does that this server depends on.
func (c *Core) parts(ctx context.Context) review.Parts {
	ctx, cancel := context.WithTimeout(ctx, partPatience)
	defer cancel()
	p := c.quickParts()
	p.Database = review.DatabasePart{Kind: c.Store.Kind()}
	began := time.Now()
	p.Database.Away = c.Store.Ping(ctx) != nil
	p.Database.Took = time.Since(began)
	p.Counter = c.counter(ctx)
	return p
}

func (c *Core) counter(ctx context.Context) (p review.CounterPart) {
	p.Shared, p.Away = c.ledger.Away(ctx)
	return p
}

// quickParts are those that are known without asking anybody.
func (c *Core) quickParts() (p review.Parts) {
	if c.models != nil {
		for _, s := range c.models.Standings() {
			p.Upstreams = append(p.Upstreams, review.UpstreamPart{
				Name: s.Upstream, Host: s.Host, Model: s.Model,
				Breaker: review.Breaker{Asked: s.Asked, Open: s.Open, Probing: s.Probing, Failures: s.Failures, Since: s.Since},
			})
		}
	}
	for _, r := range c.pipeline.Remotes() {
		p.Detectors = append(p.Detectors, review.DetectorPart{ID: r.ID, Title: r.Title, Breaker: r.Breaker})
	}
	p.Workers = c.quickChores()
	return p
}

func (c *Core) quickChores() (out []review.WorkerPart) {
	for _, h := range c.chores {
		out = append(out, h.part())
	}
	return out
}
