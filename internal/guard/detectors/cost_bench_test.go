package detectors

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// costSizes are the lengths of the texts, in bytes.
var costSizes = []int{512, 1 << 10, 10 << 10, 100 << 10, 1 << 20}

// figure is what one text of one length cost.
type figure struct {
	best, bare time.Duration // of a screening and of an automaton's pass over the same text
	cut        bool          // a finding says that not all of it was looked at
}

// BenchmarkCost screens every text of the table in every length, each beside a bare pass
// of an Aho-Corasick automaton over the same text, which is what the time should be
// compared with: it is the same machine at the same time. With GUARDROOM_FIGURES=FILE it
// writes the table that docs/guard-figures.md is (make figures).
func BenchmarkCost(b *testing.B) {
	held := heldBytes(b)
	p, policy := newPipeline(b)
	words := ruleFamilies(b)["injection.override"].words
	figures := map[string][]figure{}
	for _, c := range costTexts() {
		for _, size := range costSizes {
			text := c.make(size)
			segments := promptSegment(text)
			b.Run(fmt.Sprintf("%s/%s", c.name, sizeName(size)), func(b *testing.B) {
				b.SetBytes(int64(len(text)))
				cut := tooMuchToSee(p.Screen(context.Background(), segments, policy).Findings)
				var screens, passes []time.Duration
				for b.Loop() {
					start := time.Now()
					p.Screen(context.Background(), segments, policy)
					screened := time.Now()
					words.scan(text, func(int32, int) {})
					screens, passes = append(screens, screened.Sub(start)), append(passes, time.Since(screened))
				}
				slices.Sort(screens)
				slices.Sort(passes)
				b.ReportMetric(micros(screens[len(screens)/2]), "p50-µs")
				b.ReportMetric(micros(screens[len(screens)*99/100]), "p99-µs")
				f := figure{screens[0], passes[0], cut}
				b.ReportMetric(f.ratio(), "x-automaton")
				figures[c.name] = append(figures[c.name], f)
			})
		}
	}
	if file := os.Getenv("GUARDROOM_FIGURES"); file != "" {
		require.NoError(b, os.WriteFile(file, []byte(figurePage(held, figures)), 0o644))
	}
}

func (f figure) ratio() float64 { return float64(f.best) / float64(max(f.bare, 1)) }

func micros(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e3 }

func sizeName(size int) string {
	switch {
	case size >= 1<<20:
		return fmt.Sprintf("%d MB", size>>20)
	case size >= 1<<10:
		return fmt.Sprintf("%d KB", size>>10)
	default:
		return fmt.Sprintf("%.1f KB", float64(size)/1024)
	}
}

// figurePage writes the table. A text that -bench left out is left out.
func figurePage(held int64, figures map[string][]figure) string {
	var page strings.Builder
	fmt.Fprintf(&page, "# What the guard costs\n\nMade by `make figures` (%s/%s, %s, GOMAXPROCS %d); do not edit.\n\n", runtime.GOOS, runtime.GOARCH, runtime.Version(), runtime.GOMAXPROCS(0))
	page.WriteString("The time of one screening by all local detectors under the default policy, and in brackets how many times longer than a bare pass of an " +
		"Aho–Corasick automaton with the words of `injection.override` it took over the same text in the same run. Both are the fastest of the run, which other work on the machine changes least; " +
		"`make bench PACKAGES=./internal/guard/detectors` prints medians and 99th percentiles. " +
		"Where it says *cut*, a finding of `input.length` or of a rule family says that not everything was looked at, and the text is at least flagged.\n")
	page.WriteString(loadRemark())
	for _, hostile := range []bool{false, true} {
		page.WriteString(map[bool]string{false: "\n## Ordinary texts\n\n", true: "\n## Hostile texts\n\n"}[hostile])
		page.WriteString("| text |")
		for _, size := range costSizes {
			fmt.Fprintf(&page, " %s |", sizeName(size))
		}
		page.WriteString("\n|---|" + strings.Repeat("--:|", len(costSizes)) + "\n")
		for _, c := range costTexts() {
			row := figures[c.name]
			if c.hostile != hostile || len(row) != len(costSizes) {
				continue
			}
			fmt.Fprintf(&page, "| %s |", c.name)
			for _, f := range row {
				fmt.Fprintf(&page, " %s (%.0f×)%s |", shortTime(f.best), f.ratio(), map[bool]string{true: " *cut*"}[f.cut])
			}
			page.WriteString("\n")
		}
	}
	fmt.Fprintf(&page, "\nThe loaded guard holds %.1f MB of memory (`go test ./internal/guard/detectors -run TheGuardIsSmall -v`).\n", float64(held)/(1<<20))
	return page.String()
}

// loadRemark says how busy the machine is where that can be read: on one with more to do
// than processors, what takes longer than a few milliseconds includes waiting.
func loadRemark() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return ""
	}
	load, _, _ := strings.Cut(string(text), " ")
	return fmt.Sprintf("The load of the machine was %s for %d processors; above one for each, times beyond a few milliseconds include waiting.\n", load, runtime.NumCPU())
}

// shortTime writes microseconds below ten milliseconds, with two figures that count.
func shortTime(d time.Duration) string {
	if d < 10*time.Millisecond {
		return fmt.Sprintf("%d µs", d.Round(10*time.Microsecond).Microseconds())
	}
	return fmt.Sprintf("%d ms", d.Round(time.Millisecond).Milliseconds())
}

// heldBytes is how much memory a guard holds once it is loaded and has seen what could be
// a secret. What is loaded once for all guards counts only the first time in a process.
func heldBytes(t testing.TB) int64 {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	p, policy := newPipeline(t)
	p.Screen(context.Background(), promptSegment(madeUpSecrets(200)), policy)
	runtime.GC()
	runtime.ReadMemStats(&after)
	runtime.KeepAlive(p)
	return int64(after.HeapAlloc) - int64(before.HeapAlloc)
}
