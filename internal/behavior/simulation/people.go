package simulation

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/guardroom/guardroom/internal/review"
)

// monday is when every simulation begins.
var monday = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

const appID = "app"

// act is one Interaction and whether the guard found something in it.
type act struct {
	in      review.Interaction
	flagged bool
	planted bool
}

// person is one ordinary user of an App.
type person struct {
	id       string
	random   *rand.Rand
	pace     float64 // median seconds between two prompts of a session
	perDay   float64 // sessions on a working day
	peak     float64 // hour
	weekends float64 // share of a working day's sessions
	tokens   float64 // logarithm of the median
	themes   [2][]string
	flagged  float64 // share of prompts that the guard flags
	tools    bool
}

// newPerson makes somebody up: how much people use a model has a heavy tail, and how fast they are varies by a factor of
// six around a median of twenty seconds.
func newPerson(id string, r *rand.Rand, tools bool) *person {
	p := &person{
		id: id, random: rand.New(rand.NewPCG(r.Uint64(), r.Uint64())), pace: 20 * math.Exp(0.6*r.NormFloat64()),
		perDay: min(0.8*math.Pow(1-r.Float64(), -1/1.6), 30), peak: 13 + 2.5*r.NormFloat64(), weekends: 0.3 * r.Float64(),
		tokens: 5.5 + 0.6*r.NormFloat64(), flagged: 0.005, tools: tools,
	}
	p.themes = [2][]string{pick(r, themes), pick(r, themes)}
	if r.IntN(50) == 0 {
		p.flagged = 0.05 // somebody whose work looks suspicious
	}
	return p
}

// day makes what the person does on one day.
func (p *person) day(start time.Time) (out []act) {
	sessions := p.perDay
	if w := start.Weekday(); w == time.Saturday || w == time.Sunday {
		sessions *= p.weekends
	}
	for range poisson(p.random, sessions) {
		out = append(out, p.session(start.Add(time.Duration(p.hour()*float64(time.Hour))))...)
	}
	return out
}

// hour is mostly near the person's peak.
func (p *person) hour() float64 {
	if p.random.Float64() < 0.15 {
		return 24 * p.random.Float64()
	}
	return math.Mod(48+p.peak+3*p.random.NormFloat64(), 24)
}

// session is a conversation on one theme, with hasty repetitions here and there.
func (p *person) session(at time.Time) (out []act) {
	theme := p.themes[0]
	if p.random.IntN(4) == 0 {
		theme = p.themes[1]
	}
	turns := min(1+int(math.Exp(1.2+p.random.NormFloat64())), 80)
	for turn := 1; turn <= turns; turn++ {
		a := p.act(at, turn, theme)
		out = append(out, a)
		if p.random.IntN(40) == 0 { // the answer was no good: the same again, at once
			for range 1 + p.random.IntN(4) {
				at = at.Add(time.Duration(1500+p.random.IntN(3000)) * time.Millisecond)
				a.in.OccurredAt = at
				out = append(out, a)
			}
		}
		at = at.Add(time.Duration(p.pace * math.Exp(1.1*p.random.NormFloat64()) * float64(time.Second)))
	}
	return out
}

func (p *person) act(at time.Time, turn int, theme []string) act {
	r := p.random
	size := p.tokens + 0.7*r.NormFloat64()
	if r.IntN(50) == 0 {
		size += math.Log(6) // something was pasted
	}
	n := int(math.Exp(size))
	in := review.Interaction{
		AppID: appID, UserID: p.id, OccurredAt: at, Turn: turn, Usage: review.Usage{PromptTokens: n / 3, CompletionTokens: n - n/3},
		LatencyMS: int64(math.Exp(5.5 + 0.25*size + 0.35*r.NormFloat64())),
		Content:   review.Content{Prompt: sentence(r, theme, 6+r.IntN(14)), Response: answer[:min(len(answer), 2*n)]},
	}
	if r.IntN(100) == 0 {
		in.Error = "overloaded"
	}
	if p.tools && r.IntN(3) > 0 {
		in.Content.ToolCalls = usualCalls(r)
	}
	return act{in: in, flagged: r.Float64() < p.flagged}
}

// answer is what answers are cut from: only their length is looked at.
var answer = string(make([]byte, 1<<15))

// usualCalls is how the agent of an App works: it searches, reads some of what it found, and sometimes writes.
func usualCalls(r *rand.Rand) []review.ToolCall {
	region := pick(r, []string{"eu", "us", "apac"})
	calls := []review.ToolCall{call(r, "search_orders", `{"region":%q,"query":%q}`, region, pick(r, pick(r, themes)))}
	for range r.IntN(3) {
		calls = append(calls, call(r, "read_order", `{"id":%q,"region":%q}`, fmt.Sprint(r.IntN(1_000_000)), region))
	}
	if r.IntN(4) == 0 {
		calls = append(calls, call(r, "update_ticket", `{"status":%q,"id":%q}`, pick(r, []string{"open", "solved"}), fmt.Sprint(r.IntN(100_000))))
	}
	return calls
}

func call(r *rand.Rand, name, arguments string, values ...any) review.ToolCall {
	c := review.ToolCall{Name: name, Arguments: fmt.Appendf(nil, arguments, values...)}
	if r.IntN(100) == 0 {
		c.Error = "timeout"
	}
	return c
}

// program is a steady client: it works through documents, at intervals that vary as chance does.
type program struct {
	person
	every time.Duration
}

func newProgram(id string, r *rand.Rand, every time.Duration) *program {
	return &program{person: *newPerson(id, r, false), every: every}
}

// work makes what the program does from one time to another.
func (p *program) work(from, to time.Time) (out []act) {
	for at := from; at.Before(to); at = at.Add(time.Duration(p.random.ExpFloat64() * float64(p.every))) {
		out = append(out, p.act(at, 2, p.themes[0]))
	}
	return out
}

// day is three hours of work, some days a little faster than others.
func (p *program) day(start time.Time) []act {
	usual := p.every
	defer func() { p.every = usual }()
	p.every = time.Duration(float64(usual) * math.Exp(0.15*p.random.NormFloat64()))
	at := start.Add(time.Duration((8 + 2*p.random.Float64()) * float64(time.Hour)))
	return p.work(at, at.Add(3*time.Hour))
}

// client is whoever uses an App day by day.
type client interface{ day(start time.Time) []act }

// crowd is the people of one App.
type crowd []*person

// with adds programs, one to each hundred people and one at least, to what uses an App.
func (c crowd) with(r *rand.Rand) []client {
	all := c.clients()
	for i := range max(1, len(c)/100) {
		all = append(all, newProgram(fmt.Sprintf("program-%d", i), r, time.Duration(4+r.IntN(12))*time.Second))
	}
	return all
}

func newCrowd(n int, r *rand.Rand, tools bool) crowd {
	out := make(crowd, n)
	for i := range out {
		out[i] = newPerson(fmt.Sprintf("u-%d", i), r, tools)
	}
	return out
}

func (c crowd) clients() (all []client) {
	for _, p := range c {
		all = append(all, p)
	}
	return all
}

// dayOf makes what all clients do on one day, in order of time. Sessions that go on after midnight belong to the day on
// which they began and are cut there, so that time never goes back.
func dayOf(clients []client, start time.Time) (all []act) {
	for _, c := range clients {
		all = append(all, c.day(start)...)
	}
	all = slices.DeleteFunc(all, func(a act) bool { return !a.in.OccurredAt.Before(start.AddDate(0, 0, 1)) })
	inOrder(all)
	return all
}

func inOrder(all []act) {
	slices.SortStableFunc(all, func(a, b act) int { return a.in.OccurredAt.Compare(b.in.OccurredAt) })
}

// poisson draws a count, by Knuth's multiplication; the mean is small.
func poisson(r *rand.Rand, mean float64) int {
	limit, p := math.Exp(-mean), 1.0
	for n := 0; ; n++ {
		if p *= r.Float64(); p < limit {
			return n
		}
	}
}
