package web

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/guardroom/guardroom/internal/review"
)

// Watched is what WatchParts asks when it is asked.
type Watched struct {
	Parts       func() review.Parts // without asking anybody
	Counter     func(context.Context) review.CounterPart
	Undelivered func(context.Context) (review.Undelivered, error)
	Clock       review.Clock
}

// WatchParts tells of remote detectors, background work and webhooks when it is asked.
func (m *Metrics) WatchParts(w Watched) error {
	return m.registry.Register(partGauges{
		Watched: w,
		detectors: prometheus.NewDesc("remote_detector_breakers_open",
			"1 while a remote detector is not asked because it has failed too often, by detector.", []string{"detector"}, nil),
		workers: prometheus.NewDesc("background_failing", "1 while the last round of a background worker failed, by worker.", []string{"worker"}, nil),
		deliveries: prometheus.NewDesc("webhook_deliveries",
			"Deliveries to webhooks that were not made: waiting, or dead until a person has them tried again.", []string{"state"}, nil),
		redis:  prometheus.NewDesc("redis_away", "1 while Redis does not answer and servers cannot count quotas together; not there without Redis.", nil, nil),
		oldest: prometheus.NewDesc("webhook_oldest_waiting_seconds", "Age of the oldest delivery that waits; 0 when none does.", nil, nil),
	})
}

// partGauges are read when they are asked for. When the database does not answer they say nothing of webhooks.
type partGauges struct {
	Watched
	detectors, workers, deliveries, oldest, redis *prometheus.Desc
}

// Describe implements prometheus.Collector.
func (g partGauges) Describe(out chan<- *prometheus.Desc) {
	out <- g.detectors
	out <- g.workers
	out <- g.deliveries
	out <- g.oldest
	out <- g.redis
}

// Collect implements prometheus.Collector.
func (g partGauges) Collect(out chan<- prometheus.Metric) {
	yes := func(d *prometheus.Desc, on bool, label ...string) {
		value := 0.0
		if on {
			value = 1
		}
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, label...)
	}
	parts := g.Parts()
	for _, d := range parts.Detectors {
		yes(g.detectors, d.Open, d.ID)
	}
	for _, w := range parts.Workers {
		yes(g.workers, !w.FailingSince.IsZero(), w.Name)
	}
	ctx, cancel := context.WithTimeout(context.Background(), scrapeTimeout)
	defer cancel()
	if counter := g.Counter(ctx); counter.Shared {
		yes(g.redis, counter.Away)
	}
	u, err := g.Undelivered(ctx)
	if err != nil {
		return
	}
	out <- prometheus.MustNewConstMetric(g.deliveries, prometheus.GaugeValue, float64(u.Waiting), string(review.DeliveryWaiting))
	out <- prometheus.MustNewConstMetric(g.deliveries, prometheus.GaugeValue, float64(u.Dead), string(review.DeliveryDead))
	age := 0.0
	if !u.Oldest.IsZero() {
		age = max(0, g.Clock().Sub(u.Oldest).Seconds())
	}
	out <- prometheus.MustNewConstMetric(g.oldest, prometheus.GaugeValue, age)
}
