package views

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/guardroom/guardroom/internal/quality"
	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views/text"
)

// series is a chart and the table behind it.
type series struct {
	id, title string
	daily     bool
	share     bool     // in percent: the axis ends at 100
	about     string   // the anchor of what it means; "" for what needs no words
	says      string   // what can be read from it, in a sentence; "" for nothing
	names     []string // of the columns after the first
	limit     bool     // the last column is a line that is not to be crossed
	points    []point
}

// known tells whether there is a number in it.
func (s series) known() bool {
	return slices.ContainsFunc(s.points, func(p point) bool {
		return slices.ContainsFunc(p.values, func(c cell) bool { return c.known })
	})
}

type point struct {
	at     time.Time
	values []cell
}

// cell is one number of a chart, or why there is none.
type cell struct {
	known     bool
	value     float64
	ranged    bool
	low, high float64
	words     string // as the table says it
}

// exactly writes a number for the script.
func exactly(x float64) string { return strconv.FormatFloat(x, 'g', 6, 64) }

func counted(n int) cell { return cell{known: true, value: float64(n), words: count(n)} }

func absent(why string) cell { return cell{words: why} }

// shared is a share in percent with its interval, where there is enough behind it.
func shared(ctx context.Context, k, n, floor int) cell {
	if n < floor {
		return absent(notEnough(ctx, n, floor))
	}
	p := quality.NewProportion(k, n)
	return cell{known: true, value: 100 * p.Value, ranged: true, low: 100 * p.Lower, high: 100 * p.Upper, words: percent(p.Value) + " (" + shareRange(p) + ")"}
}

// overviewCharts are the small multiples of the overview.
func overviewCharts(ctx context.Context, p OverviewPage) []series {
	return []series{hourly(ctx, p), categoriesByDay(ctx, p), latencyByDay(ctx, p), agreementByDay(ctx, p), driftByDay(ctx, p)}
}

// hourly is what came against what was decided, hour by hour.
func hourly(ctx context.Context, p OverviewPage) series {
	out := series{id: "flow", title: text.T(ctx, "Arrivals and decisions by the hour, 7 days"), names: []string{text.T(ctx, "arrived"), text.T(ctx, "decided")}}
	for _, h := range everyHour(lately(p), p.Now) {
		out.points = append(out.points, point{h.Hour, []cell{counted(h.Arrived), counted(h.Decided)}})
	}
	return out
}

// everyHour adds the hours in which nothing happened: a line that leaves them out goes on as if it had.
func everyHour(known []review.HourTally, now time.Time) (out []review.HourTally) {
	for i, h := range known {
		until := now
		if i+1 < len(known) {
			until = known[i+1].Hour
		}
		out = append(out, h)
		for quiet := h.Hour.Add(time.Hour); quiet.Before(until); quiet = quiet.Add(time.Hour) {
			out = append(out, review.HourTally{Hour: quiet})
		}
	}
	return out
}

// lately are the hours of the ChartWindow.
func lately(p OverviewPage) []review.HourTally {
	from := p.Now.Add(-review.ChartWindow)
	at := slices.IndexFunc(p.Data.Hours, func(h review.HourTally) bool { return !h.Hour.Before(from) })
	if at < 0 {
		return nil
	}
	return p.Data.Hours[at:]
}

// categoriesDrawn is how many lines a chart of categories has before the rest is one: more cannot be told apart.
const categoriesDrawn = 4

// categoriesByDay is how often the detectors of each category found something.
func categoriesByDay(ctx context.Context, p OverviewPage) series {
	category := map[string]review.Category{}
	for _, s := range p.Specs {
		category[s.ID] = s.Category
	}
	of := func(detector string) review.Category {
		if c, known := category[detector]; known {
			return c
		}
		before, _, _ := strings.Cut(detector, ".")
		return review.Category(before)
	}
	totals := map[review.Category]int{}
	for _, d := range p.Data.Found {
		totals[of(d.Detector)] += d.Interactions
	}
	drawn := mostFrequent(totals)
	out := series{id: "categories", daily: true, about: "findings", title: text.T(ctx, "Findings by category, 30 days")}
	for _, c := range drawn {
		out.names = append(out.names, text.T(ctx, categoryWord(c)))
	}
	rest := len(totals) > len(drawn)
	if rest {
		out.names = append(out.names, text.T(ctx, "other"))
	}
	var sums []int
	for i, d := range p.Data.Found {
		if i == 0 || !p.Data.Found[i-1].Day.Equal(d.Day) {
			sums = make([]int, len(out.names))
		}
		at := slices.Index(drawn, of(d.Detector))
		if at < 0 {
			at = len(drawn)
		}
		sums[at] += d.Interactions
		if i+1 == len(p.Data.Found) || !p.Data.Found[i+1].Day.Equal(d.Day) {
			cells := make([]cell, len(sums))
			for j, n := range sums {
				cells[j] = counted(n)
			}
			out.points = append(out.points, point{d.Day, cells})
		}
	}
	return out
}

// mostFrequent are the categories that get a line of their own. One that would be the only rest gets one, too.
func mostFrequent(totals map[review.Category]int) []review.Category {
	all := make([]review.Category, 0, len(totals))
	for c := range totals {
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b review.Category) int {
		if totals[a] != totals[b] {
			return totals[b] - totals[a]
		}
		return strings.Compare(string(a), string(b))
	})
	if len(all) > categoriesDrawn+1 {
		all = all[:categoriesDrawn]
	}
	return all
}

// latencyByDay is how long the guard takes.
func latencyByDay(ctx context.Context, p OverviewPage) series {
	out := series{id: "latency", daily: true, about: "latency", title: text.T(ctx, "Time of a screening, ms, 30 days"), names: []string{text.T(ctx, "half are within"), text.T(ctx, "99 %% are within")}}
	for _, s := range p.Data.Screens {
		out.points = append(out.points, point{s.Day, []cell{milliseconds(ctx, s.Latencies, 0.5), milliseconds(ctx, s.Latencies, 0.99)}})
	}
	return out
}

func milliseconds(ctx context.Context, l review.Latencies, share float64) cell {
	q := quality.Quantile(l, share)
	if q == nil {
		have := 0
		for _, n := range l {
			have += n
		}
		return absent(notEnough(ctx, have, quality.QuantileFloor(share)))
	}
	return cell{known: true, value: q.Value, ranged: true, low: q.Lower, high: q.Upper, words: intervalWord(*q, 2)}
}

// byDay adds hours up.
func byDay(hours []review.HourTally) (out []review.HourTally) {
	for _, h := range hours {
		day := h.Hour.Truncate(24 * time.Hour)
		if n := len(out); n == 0 || !out[n-1].Hour.Equal(day) {
			out = append(out, review.HourTally{Hour: day})
		}
		sum := &out[len(out)-1]
		sum.Arrived, sum.Decided = sum.Arrived+h.Arrived, sum.Decided+h.Decided
		sum.Stopped, sum.Overturned = sum.Stopped+h.Stopped, sum.Overturned+h.Overturned
	}
	return out
}

// agreementByDay is how much of what the guard stopped people stopped, too.
func agreementByDay(ctx context.Context, p OverviewPage) series {
	out := series{id: "agreement", daily: true, share: true, about: "agreement", title: text.T(ctx, "Agreement with the guard, %%, 30 days"), names: []string{text.T(ctx, "stopped by people, too")}}
	for _, d := range byDay(p.Data.Hours) {
		out.points = append(out.points, point{d.Hour, []cell{shared(ctx, d.Stopped-d.Overturned, d.Stopped, review.TallyFloor)}})
	}
	return out
}

// driftByDay is whether wrong flags pile up, compared with the weeks before.
func driftByDay(ctx context.Context, p OverviewPage) series {
	out := series{id: "drift", daily: true, about: "drift", limit: true, title: text.T(ctx, "Drift: wrong flags beyond the usual, 7 days"), names: []string{text.T(ctx, "more than usual"), text.T(ctx, "alarm")}}
	from := p.Now.Add(-review.ChartWindow).Truncate(24 * time.Hour)
	drift, have := quality.NewGuardDrift(p.Data.Hours, from)
	if drift == nil {
		out.says = text.T(ctx, "What is usual is not known yet: %d of %d decisions from more than 7 days ago.", have, quality.DriftBaseline)
		return out
	}
	out.says = text.T(ctx, "Usual is %s (%s). No more than chance would bring.", percent(drift.Usual.Value), shareRange(drift.Usual))
	if drift.Since != nil {
		out.says = text.T(ctx, "Usual is %s (%s). More than that since %s: look at the detectors below.", percent(drift.Usual.Value), shareRange(drift.Usual), pointTime(*drift.Since, true))
	}
	for _, d := range drift.Days {
		out.points = append(out.points, point{d.Day, []cell{measured1(d.Sum), measured1(drift.Alarm)}})
	}
	return out
}

func measured1(x float64) cell {
	return cell{known: true, value: x, words: strconv.FormatFloat(x, 'f', 1, 64)}
}

// workload is how many decisions people made, day by day.
func workload(hours []review.WorkTally, title, name string) series {
	out := series{id: "work", daily: true, title: title, names: []string{name}}
	sum := 0
	for i, h := range hours {
		day := h.Hour.Truncate(24 * time.Hour)
		if i == 0 || !hours[i-1].Hour.Truncate(24*time.Hour).Equal(day) {
			sum = 0
			out.points = append(out.points, point{at: day})
		}
		sum += h.Decisions
		out.points[len(out.points)-1].values = []cell{counted(sum)}
	}
	return out
}

// measure is a figure about how people judge, in words.
type measure struct{ label, about, value string }

// teamMeasures are those of a Team, or of one person: the words fit both.
func teamMeasures(ctx context.Context, t quality.Team) []measure {
	out := []measure{{text.T(ctx, "One block after another"), "sequence", sequenceWord(ctx, t)}}
	out = append(out, relianceMeasures(ctx, t)...)
	return append(out, measure{text.T(ctx, "How sure, how right"), "sureness", surenessOfWord(ctx, t)})
}

func alphaWord(ctx context.Context, t quality.Team) string {
	if t.Alpha == nil {
		return notEnough(ctx, t.Opinions, quality.AgreementFloor)
	}
	return text.T(ctx, "α %s over %d items", intervalWord(*t.Alpha, 2), t.Opinions)
}

func sequenceWord(ctx context.Context, t quality.Team) string {
	switch {
	case t.Sequence == nil:
		return notEnough(ctx, t.Steps, quality.SequenceFloor)
	case !t.Sequence.Alarming():
		return text.T(ctx, "no effect to speak of: odds × %s", intervalWord(*t.Sequence, 2))
	case t.Sequence.Value > 1:
		return text.T(ctx, "after a block the next is blocked more readily: odds × %s", intervalWord(*t.Sequence, 2))
	}
	return text.T(ctx, "after a block the next is blocked less readily: odds × %s", intervalWord(*t.Sequence, 2))
}

func relianceMeasures(ctx context.Context, t quality.Team) []measure {
	r := quality.Reliance{}
	if t.Reliance != nil {
		r = *t.Reliance
	}
	all := []struct {
		label string
		share quality.Proportion
	}{
		{text.T(ctx, "Followed the guard where it was wrong"), r.Over},
		{text.T(ctx, "Went against the guard where it was right"), r.Under},
		{text.T(ctx, "Corrected by the guard, having been wrong"), r.RAIR},
		{text.T(ctx, "Stayed right although the guard was wrong"), r.RSR},
	}
	out := make([]measure, len(all))
	for i, m := range all {
		out[i] = measure{m.label, "reliance", relianceWord(ctx, t, m.share)}
	}
	return out
}

// relianceWord: each share has its own number of cases, and its own floor.
func relianceWord(ctx context.Context, t quality.Team, p quality.Proportion) string {
	switch {
	case t.Reliance == nil:
		return text.T(ctx, "not enough yet: %d of %d controls judged blind first", t.Known, quality.ControlFloor)
	case p.N < quality.RelianceFloor:
		return notEnough(ctx, p.N, quality.RelianceFloor)
	}
	return text.T(ctx, "%d of %d, %s", p.K, p.N, shareRange(p))
}

func surenessOfWord(ctx context.Context, t quality.Team) string {
	if t.Sureness == nil {
		return notEnough(ctx, t.Sure, quality.ConfidenceFloor)
	}
	s := t.Sureness
	return text.T(ctx, "said %s sure, were right in %d of %d (%s); apart by %s points", percent(s.Said), s.Right.K, s.Right.N, shareRange(s.Right),
		intervalWord(quality.Interval{Value: 100 * s.Error.Value, Lower: 100 * s.Error.Lower, Upper: 100 * s.Error.Upper}, 0))
}

// mistakesWord says whether errors on controls pile up.
func mistakesWord(ctx context.Context, told []review.Telling, seen int) string {
	m := quality.MistakesOf(told)
	switch {
	case m == nil:
		return notEnough(ctx, seen, quality.ControlFloor)
	case m.Piling:
		return text.T(ctx, "%d of %d wrong, %s; lately more than that", m.Wrong.K, m.Wrong.N, shareRange(m.Wrong))
	}
	return text.T(ctx, "%d of %d wrong, %s; lately as usual", m.Wrong.K, m.Wrong.N, shareRange(m.Wrong))
}

// meaning explains a figure to whoever does not know its name.
type meaning struct{ id, name, words string }

// meaningsOf explains the figures with these ids, in the order of the page.
func meaningsOf(ctx context.Context, ids ...string) []meaning {
	all := []meaning{
		{"findings", text.T(ctx, "Findings by category"), text.T(ctx, "In how many exchanges the detectors of a category found something, whether or not it was stopped. Two detectors that find something in the same exchange count as two.")},
		{"latency", text.T(ctx, "Time of a screening"), text.T(ctx, "How long the guard takes before a verdict leaves. Half of all are done within the first figure, all but one in a hundred within the second; durations are counted in steps of 9 %%.")},
		{"agreement", text.T(ctx, "Agreement with the guard"), text.T(ctx, "Of what the guard flagged or blocked and people then decided, the share that they blocked as well. Where people saw the verdict first they may have followed it; the thresholds from decisions count only those who did not.")},
		{"drift", text.T(ctx, "Drift"), text.T(ctx, "Each wrong flag adds one, and each decision takes away what is usual and a little more (a CUSUM). Chance keeps the sum near zero; when it crosses the alarm, what arrives or the guard has changed. By chance alone that happens once in 20,000 decisions.")},
		{"alpha", text.T(ctx, "Opinions agree"), text.T(ctx, "Krippendorff’s α: how far two independent opinions agree beyond chance. 1 is always, 0 no better than chance; from 0.8 on they can be relied upon, below 0.67 the labels or the guidance need work.")},
		{"sequence", text.T(ctx, "One block after another"), text.T(ctx, "Whether what was decided just before sways the next decision, which should not matter. The odds of a block after a block against those after an approval, everybody compared with themselves on items that the guard suspects alike; 1 means no effect.")},
		{"reliance", text.T(ctx, "Following the guard"), text.T(ctx, "From controls, whose answer is known and which were judged blind first: whether people follow the guard where it is right, and themselves where it is wrong.")},
		{"sureness", text.T(ctx, "How sure, how right"), text.T(ctx, "How sure people said they were on controls against how often they were right, and how far the two are apart on average (the expected calibration error).")},
		{"mistakes", text.T(ctx, "Mistakes lately"), text.T(ctx, "Whether mistakes on controls pile up compared with one’s own usual share: a sign of being tired, and the reason for which a break is suggested.")},
	}
	return slices.DeleteFunc(all, func(m meaning) bool { return !slices.Contains(ids, m.id) })
}
