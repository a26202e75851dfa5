package simulation

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"
	"time"
)

// The bars.
const (
	falsePerThousand = 1.0   // false alarms in 1,000 user-days, at most
	sweptShare       = 0.001 // of ordinary users flagged as extractors, at most
	foundShare       = 0.95  // of planted faults found in time, at least
)

// Report is what a simulation measured.
type Report struct {
	Options
	Interactions int
	UserDays     int
	Alarms       int // episodes: a detector speaks of a user, or an App, within an hour
	Acting       int // of these, those that the default policy flags or blocks
	ByDetector   map[string]int
	Swept        int // ordinary users flagged as extractors
	Faults       []FaultResult
}

// FaultResult is every trial of one fault.
type FaultResult struct {
	fault  *fault
	Trials []Trial
}

func (r *Report) addCalm(all []calmResult) {
	r.ByDetector = map[string]int{}
	for _, c := range all {
		r.Interactions += c.acts
		r.UserDays += c.users * c.days
		r.Alarms += len(c.episodes)
		r.Swept += len(c.swept)
		for e, acts := range c.episodes {
			r.ByDetector[e.detector]++
			if acts {
				r.Acting++
			}
		}
	}
}

// perThousand is false alarms in 1,000 user-days.
func (r Report) perThousand() float64 { return 1000 * float64(r.Alarms) / float64(max(1, r.UserDays)) }

func (r Report) sweptShare() float64 { return float64(r.Swept) / float64(max(1, r.users())) }

func (r Report) users() int { return r.UserDays / max(1, r.Days) }

// inTime counts the trials that were found within the bound.
func (f FaultResult) inTime() (n int) {
	for _, t := range f.Trials {
		late := f.fault.requests > 0 && t.Requests > f.fault.requests || f.fault.within > 0 && t.After > f.fault.within
		if t.Found && !late {
			n++
		}
	}
	return n
}

func (f FaultResult) share() float64 { return float64(f.inTime()) / float64(max(1, len(f.Trials))) }

// Missed lists the bars that do not hold.
func (r Report) Missed() (out []string) {
	if r.perThousand() > falsePerThousand {
		out = append(out, fmt.Sprintf("%.2f false alarms in 1,000 user-days, not %.0f", r.perThousand(), falsePerThousand))
	}
	if r.sweptShare() > sweptShare {
		out = append(out, fmt.Sprintf("%.2f %% of ordinary users flagged as extractors, not %.1f %%", 100*r.sweptShare(), 100*sweptShare))
	}
	for _, f := range r.Faults {
		if f.fault.bar && f.share() < foundShare {
			out = append(out, fmt.Sprintf("%s: %d of %d found in time", f.fault.name, f.inTime(), len(f.Trials)))
		}
	}
	return out
}

// WriteText writes the table.
func (r Report) WriteText(w io.Writer) error {
	fmt.Fprintf(w, "Ordinary people: %d users, %d days, %d interactions (seed %d)\n\n", r.users(), r.Days, r.Interactions, r.Seed)
	table := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(table, "false alarms\tmeasured\tbar\t")
	fmt.Fprintf(table, "in 1,000 user-days, everything that is said\t%.2f (%d)\t≤ %.0f\t%s\n", r.perThousand(), r.Alarms, falsePerThousand, held(r.perThousand() <= falsePerThousand))
	fmt.Fprintf(table, "of these, what the default policy acts on\t%.2f (%d)\t\t\n", 1000*float64(r.Acting)/float64(max(1, r.UserDays)), r.Acting)
	fmt.Fprintf(table, "users flagged as extractors\t%.3f %% (%d)\t≤ %.1f %%\t%s\n", 100*r.sweptShare(), r.Swept, 100*sweptShare, held(r.sweptShare() <= sweptShare))
	for _, id := range slices.SortedFunc(maps.Keys(r.ByDetector), func(a, b string) int { return cmp.Compare(r.ByDetector[b], r.ByDetector[a]) }) {
		fmt.Fprintf(table, "  %s\t%d\t\t\n", id, r.ByDetector[id])
	}
	fmt.Fprintf(table, "\t\t\t\nplanted fault (%d trials each)\tfound in time\tmedian\t95 %%\tbar\t\n", r.Options.Trials)
	for _, f := range r.Faults {
		fmt.Fprintf(table, "%s\t%.1f %%\t%s\t%s\t%s\t%s\n", f.fault.name, 100*f.share(), f.quantile(0.5), f.quantile(0.95), f.fault.limit(), f.verdict())
	}
	return table.Flush()
}

func (f FaultResult) verdict() string {
	if !f.fault.bar {
		return ""
	}
	return held(f.share() >= foundShare)
}

func held(ok bool) string {
	if ok {
		return "holds"
	}
	return "MISSED"
}

func (f *fault) limit() string {
	if f.requests > 0 {
		return fmt.Sprintf("%d requests", f.requests)
	}
	return fmt.Sprintf("%.0f s", f.within.Seconds())
}

// quantile is after how long, or how many requests, that share of trials was found.
func (f FaultResult) quantile(q float64) string {
	times := make([]time.Duration, 0, len(f.Trials))
	for _, t := range f.Trials {
		switch {
		case !t.Found:
			times = append(times, 1<<62)
		case f.fault.requests > 0:
			times = append(times, time.Duration(t.Requests))
		default:
			times = append(times, t.After)
		}
	}
	slices.Sort(times)
	at := times[min(int(q*float64(len(times))), len(times)-1)]
	switch {
	case at == 1<<62:
		return "not found"
	case f.fault.requests > 0:
		return fmt.Sprintf("%d requests", at)
	default:
		return fmt.Sprintf("%.0f s", at.Seconds())
	}
}
