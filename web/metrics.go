package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/guardroom/guardroom/internal/llm"
	"github.com/guardroom/guardroom/internal/review"
)

// Metrics counts what happens, in a registry of its own. It is the review.Meter of
// the use cases. Every label has a bounded set of values.
type Metrics struct {
	registry  *prometheus.Registry
	handler   http.Handler
	requests  *prometheus.CounterVec
	latency   *prometheus.HistogramVec
	blocks    *prometheus.CounterVec
	findings  *prometheus.CounterVec
	failures  *prometheus.CounterVec
	verdicts  *prometheus.CounterVec
	decisions *prometheus.CounterVec
	denials   *prometheus.CounterVec
	screening prometheus.Histogram
	guarded   *prometheus.CounterVec
	waited    *prometheus.HistogramVec
	asked     *prometheus.CounterVec
	tried     *prometheus.CounterVec
	alerts    *prometheus.CounterVec
}

var _ review.Meter = (*Metrics)(nil)

// NewMetrics makes the registry with the process's own figures in it.
func NewMetrics() (*Metrics, error) {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "api_requests_total", Help: "Requests answered, by route and HTTP status.",
		}, []string{"endpoint", "status"}),
		latency: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "api_latency_seconds", Help: "Time from a request to its answer, by route.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5},
		}, []string{"endpoint"}),
		blocks: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "security_blocks_total", Help: "What was kept out: interactions by the detector that weighed most, requests by the check that refused them.",
		}, []string{"reason"}),
		findings: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "findings_total", Help: "Findings, by detector and by the verdict on their interaction.",
		}, []string{"detector", "verdict"}),
		failures: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "detector_failures_total", Help: "Detectors that could not answer, by detector.",
		}, []string{"detector"}),
		verdicts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "interactions_total", Help: "Interactions screened and stored, by verdict.",
		}, []string{"verdict"}),
		decisions: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "decisions_total", Help: "Decisions of people.",
		}, []string{"decision"}),
		screening: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "screening_seconds", Help: "Time that the guard took for one interaction.",
			Buckets: []float64{.00005, .0001, .0002, .0005, .001, .002, .005, .01, .02, .05, .1, .2, .5, 1},
		}),
	}
	m.denials = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "quota_denials_total", Help: "Interactions and calls refused beyond a quota or a budget, by what speaks for it.",
	}, []string{"detector"})
	m.guarded = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "gateway_calls_total", Help: "Calls of models through the gateway, by endpoint and what became of them.",
	}, []string{"endpoint", "outcome"})
	m.waited = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "gateway_upstream_seconds", Help: "Time that the model's service took for a call, all attempts together.",
		Buckets: []float64{.01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60},
	}, []string{"endpoint"})
	m.asked = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "upstream_attempts_total", Help: "Attempts to reach a model's service, by service and outcome: ok, refused, failed, open, canceled, outrun by a second attempt.",
	}, []string{"upstream", "outcome"})
	m.tried = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "deliveries_total", Help: "Attempts to deliver to webhooks and channels, by kind and what became of them: delivered, waiting for another attempt, dead.",
	}, []string{"kind", "outcome"})
	m.alerts = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "alerts_raised_total", Help: "Alerts that this server raised, by severity.",
	}, []string{"severity"})
	m.handler = promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry})
	for _, c := range []prometheus.Collector{
		m.requests, m.latency, m.blocks, m.findings, m.failures, m.verdicts, m.decisions, m.denials, m.screening, m.guarded, m.waited, m.asked, m.tried, m.alerts,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	} {
		if err := m.registry.Register(c); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// Registry lets other parts of the program add figures of their own.
func (m *Metrics) Registry() prometheus.Registerer { return m.registry }

// Screened counts one screening.
func (m *Metrics) Screened(a review.Assessment) {
	verdict := a.Verdict.String()
	m.verdicts.WithLabelValues(verdict).Inc()
	m.screening.Observe(float64(a.ScreeningUS) / 1e6)
	for _, f := range a.Findings {
		m.findings.WithLabelValues(f.Detector, verdict).Inc()
	}
	for _, f := range a.Failures {
		m.failures.WithLabelValues(f.Detector).Inc()
	}
	if a.Verdict == review.VerdictBlock {
		m.blocked(weightiest(a.Findings))
	}
}

// weightiest is the detector of the Finding with the most expected harm.
func weightiest(findings []review.Finding) string {
	detector, most := "none", -1.0
	for _, f := range findings {
		if w := f.Severity.Weight() * f.Confidence; w > most {
			detector, most = f.Detector, w
		}
	}
	return detector
}

// Decided counts one Decision.
func (m *Metrics) Decided(j review.Judgement) { m.decisions.WithLabelValues(string(j)).Inc() }

// Denied counts what was refused beyond a quota.
func (m *Metrics) Denied(detector string) { m.denials.WithLabelValues(detector).Inc() }

// Tried counts an attempt to deliver.
func (m *Metrics) Tried(kind review.ChannelKind, outcome review.DeliveryState) {
	m.tried.WithLabelValues(string(kind), string(outcome)).Inc()
}

// Alerted counts an alert.
func (m *Metrics) Alerted(severity review.Severity) { m.alerts.WithLabelValues(string(severity)).Inc() }

// Guarded implements gateway.Meter.
func (m *Metrics) Guarded(endpoint, outcome string, upstream time.Duration) {
	m.guarded.WithLabelValues(endpoint, outcome).Inc()
	if upstream > 0 {
		m.waited.WithLabelValues(endpoint).Observe(upstream.Seconds())
	}
}

// Asked counts one attempt to reach a model's service.
func (m *Metrics) Asked(a llm.Attempt) { m.asked.WithLabelValues(a.Upstream, a.Outcome).Inc() }

// WatchUpstreams tells of the models' services when it is asked.
func (m *Metrics) WatchUpstreams(standings func() []llm.Standing) error {
	return m.registry.Register(upstreamGauge{standings, prometheus.NewDesc("upstream_breakers_open",
		"Models that a service is not asked about now because it has failed too often, by service.", []string{"upstream"}, nil)})
}

// WatchRelay tells how servers see conduct together when it is asked.
func (m *Metrics) WatchRelay(figures func() (told, heard, lost int64)) error {
	outcomes := map[string]func() float64{
		"told":  func() float64 { n, _, _ := figures(); return float64(n) },
		"heard": func() float64 { _, n, _ := figures(); return float64(n) },
		"lost":  func() float64 { _, _, n := figures(); return float64(n) },
	}
	var failed error
	for outcome, read := range outcomes {
		failed = errors.Join(failed, m.registry.Register(prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "conduct_events_total", ConstLabels: prometheus.Labels{"outcome": outcome},
			Help: "Events of conduct told to other servers, heard from them, and not told because Redis was away or slow.",
		}, read)))
	}
	return failed
}

// WatchSealing tells how far texts are sealed with the key that is used when it is asked.
func (m *Metrics) WatchSealing(rows func(context.Context) (done, total int, err error)) error {
	return m.registry.Register(sealingGauge{rows, prometheus.NewDesc("sealing_rows",
		"Rows with texts when sealing them with the key that is used began, and how many of them are done.", []string{"state"}, nil)})
}

// sealingGauge is read when it is asked for, too. When the database does not answer it says nothing.
type sealingGauge struct {
	rows func(context.Context) (done, total int, err error)
	desc *prometheus.Desc
}

// Describe implements prometheus.Collector.
func (g sealingGauge) Describe(out chan<- *prometheus.Desc) { out <- g.desc }

// Collect implements prometheus.Collector.
func (g sealingGauge) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), sealingPatience)
	defer cancel()
	done, total, err := g.rows(ctx)
	if err != nil {
		return
	}
	out <- prometheus.MustNewConstMetric(g.desc, prometheus.GaugeValue, float64(done), "done")
	out <- prometheus.MustNewConstMetric(g.desc, prometheus.GaugeValue, float64(total), "total")
}

// sealingPatience is how long a scrape waits for the database.
const sealingPatience = 2 * time.Second

// upstreamGauge is read when it is asked for. It counts models and does not name them: callers do.
type upstreamGauge struct {
	standings func() []llm.Standing
	open      *prometheus.Desc
}

// Describe implements prometheus.Collector.
func (u upstreamGauge) Describe(out chan<- *prometheus.Desc) { out <- u.open }

// Collect implements prometheus.Collector.
func (u upstreamGauge) Collect(out chan<- prometheus.Metric) {
	open := map[string]float64{}
	for _, s := range u.standings() {
		n := 0.0
		if s.Open {
			n = 1
		}
		open[s.Upstream] += n
	}
	for upstream, n := range open {
		out <- prometheus.MustNewConstMetric(u.open, prometheus.GaugeValue, n, upstream)
	}
}

func (m *Metrics) blocked(reason string) { m.blocks.WithLabelValues(reason).Inc() }

func (m *Metrics) request(endpoint string, status int, took time.Duration) {
	m.requests.WithLabelValues(endpoint, strconv.Itoa(status)).Inc()
	m.latency.WithLabelValues(endpoint).Observe(took.Seconds())
}

// backlog asks for the counters over all Apps and the oldest open Item.
type backlog func(context.Context) (review.Counts, time.Time, error)

// queueGauges are read when they are asked for: two small reads for each scrape.
type queueGauges struct {
	backlog backlog
	clock   review.Clock
	depth   *prometheus.Desc
	age     *prometheus.Desc
}

// scrapeTimeout bounds what a scrape may wait for the store.
const scrapeTimeout = 2 * time.Second

func (m *Metrics) watchQueue(b backlog, clock review.Clock) error {
	return m.registry.Register(&queueGauges{
		backlog: b, clock: clock,
		depth: prometheus.NewDesc("queue_depth", "Items, by kind and state.", []string{"kind", "state"}, nil),
		age:   prometheus.NewDesc("queue_oldest_age_seconds", "Age of the oldest open item; 0 when none is open.", nil, nil),
	})
}

// Describe implements prometheus.Collector.
func (q *queueGauges) Describe(out chan<- *prometheus.Desc) { out <- q.depth; out <- q.age }

// Collect implements prometheus.Collector.
func (q *queueGauges) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeTimeout)
	defer cancel()
	counts, oldest, err := q.backlog(ctx)
	if err != nil {
		out <- prometheus.NewInvalidMetric(q.depth, err)
		return
	}
	for _, kind := range review.ItemKinds() {
		for _, state := range review.ItemStates() {
			out <- prometheus.MustNewConstMetric(q.depth, prometheus.GaugeValue, float64(counts.Of(state, kind)), string(kind), string(state))
		}
	}
	age := 0.0
	if !oldest.IsZero() {
		age = max(0, q.clock().Sub(oldest).Seconds())
	}
	out <- prometheus.MustNewConstMetric(q.age, prometheus.GaugeValue, age)
}
