package samples

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Scored is a sample and what a model that was trained without its source says of it.
type Scored struct {
	Sample
	Score float64 // in [0,1]
}

// AUROC is the chance that a positive sample scores above another, ties counting half
// (Hanley and McNeil 1982); NaN when one kind is missing.
func AUROC(scored []Scored) float64 {
	sorted := slices.Clone(scored)
	slices.SortStableFunc(sorted, func(a, b Scored) int { return cmp.Compare(a.Score, b.Score) })
	below, area, positives := 0.0, 0.0, 0.0
	for i := 0; i < len(sorted); {
		p, n := 0.0, 0.0
		j := i
		for ; j < len(sorted) && sorted[j].Score == sorted[i].Score; j++ {
			if sorted[j].Positive {
				p++
				continue
			}
			n++
		}
		area += p * (below + n/2)
		below, positives = below+n, positives+p
		i = j
	}
	if below == 0 || positives == 0 {
		return math.NaN()
	}
	return area / below / positives
}

// ThresholdAt is the lowest threshold at which at most the share fpr of the samples
// that are not positive scores as high or higher.
func ThresholdAt(scored []Scored, fpr float64) float64 {
	var others []float64
	for _, s := range scored {
		if !s.Positive {
			others = append(others, s.Score)
		}
	}
	slices.Sort(others)
	allowed := int(fpr * float64(len(others)))
	if allowed >= len(others) {
		return 0
	}
	return math.Nextafter(others[len(others)-1-allowed], 2)
}

// Flagged counts the positive and the other samples that score at least the threshold.
func Flagged(scored []Scored, threshold float64) (positive, other int) {
	for _, s := range scored {
		switch {
		case s.Score < threshold:
		case s.Positive:
			positive++
		default:
			other++
		}
	}
	return positive, other
}

// Groups splits samples by a name, sorted.
func Groups(scored []Scored, name func(Scored) string) (names []string, groups map[string][]Scored) {
	groups = map[string][]Scored{}
	for _, s := range scored {
		groups[name(s)] = append(groups[name(s)], s)
	}
	for n := range groups {
		names = append(names, n)
	}
	slices.Sort(names)
	return names, groups
}

// Table is a Markdown table by source: how many samples, how well their scores rank,
// and the shares that score at least the threshold.
func Table(scored []Scored, threshold float64) string {
	var b strings.Builder
	fmt.Fprintf(&b, "| source | positive | other | AUROC | positive ≥ %.2f | other ≥ %.2f |\n|---|---|---|---|---|---|\n", threshold, threshold)
	names, groups := Groups(scored, func(s Scored) string { return s.Source })
	for _, n := range append(names, "all") {
		group := groups[n]
		if n == "all" {
			group = scored
		}
		positives := 0
		for _, s := range group {
			if s.Positive {
				positives++
			}
		}
		hits, alarms := Flagged(group, threshold)
		fmt.Fprintf(&b, "| %s | %d | %d | %s | %s | %s |\n", n, positives, len(group)-positives,
			number(AUROC(group)), share(hits, positives), share(alarms, len(group)-positives))
	}
	return b.String()
}

func number(v float64) string {
	if math.IsNaN(v) {
		return "–"
	}
	return fmt.Sprintf("%.3f", v)
}

func share(n, of int) string {
	if of == 0 {
		return "–"
	}
	return fmt.Sprintf("%.1f %%", 100*float64(n)/float64(of))
}
