package behavior

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/guardroom/guardroom/internal/review"
)

// A simulated population: people who come in sessions with bursts, pauses and heavy tails, more by day than by night.

var monday = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

var themes = [][]string{
	strings.Fields("invoice payment refund card order delivery parcel address customer account receipt discount shipping return warranty"),
	strings.Fields("python function error list loop class import module exception test variable string server database query index"),
	strings.Fields("recipe flour butter oven soup salad garlic onion dinner bake sugar lemon spice noodle cheese tomato"),
	strings.Fields("contract clause party notice term liability court lawyer agreement rights tenant deposit law signature appeal"),
	strings.Fields("muscle training sleep diet protein stretch running knee doctor pain blood pressure vitamin headache rest"),
}

var glue = strings.Fields("how do i the a my with for what is can you please why does it when and explain write help me about best way to fix")

// person is one simulated user.
type person struct {
	id      string
	random  *rand.Rand
	pace    float64 // mean seconds between prompts of a session
	perDay  float64 // sessions
	tokens  float64 // logarithm
	theme   []string
	flagged float64 // share of prompts that the guard flags
}

func newPerson(i int, r *rand.Rand) person {
	return person{
		id: fmt.Sprintf("u-%d", i), random: rand.New(rand.NewPCG(uint64(i), r.Uint64())),
		pace: 20 * math.Exp(r.NormFloat64()*0.6), perDay: 1 + r.ExpFloat64()*3,
		tokens: 5.5 + r.NormFloat64()*0.6, theme: themes[r.IntN(len(themes))], flagged: 0.01,
	}
}

// day makes the person's interactions of one day.
func (p *person) day(start time.Time) []review.Interaction {
	var out []review.Interaction
	for range poisson(p.random, p.perDay) {
		at := start.Add(time.Duration(p.hour() * float64(time.Hour)))
		turns := 1 + int(math.Exp(1.2+p.random.NormFloat64()))
		for turn := range min(turns, 60) {
			out = append(out, p.interaction(at, turn+1))
			at = at.Add(time.Duration(p.pace * math.Exp(p.random.NormFloat64()*1.1) * float64(time.Second)))
		}
	}
	return out
}

// hour is mostly a working one.
func (p *person) hour() float64 {
	if p.random.Float64() < 0.15 {
		return 24 * p.random.Float64()
	}
	return math.Mod(24+13+3*p.random.NormFloat64(), 24)
}

func (p *person) interaction(at time.Time, turn int) review.Interaction {
	n := int(math.Exp(p.tokens + p.random.NormFloat64()*0.7))
	return review.Interaction{
		AppID: "app", UserID: p.id, OccurredAt: at, Turn: turn, Usage: review.Usage{PromptTokens: n / 3, CompletionTokens: n - n/3},
		LatencyMS: int64(math.Exp(6.8 + p.random.NormFloat64()*0.4)), Content: review.Content{Prompt: p.prompt(), Response: "…"},
	}
}

func (p *person) prompt() string {
	words := make([]string, 6+p.random.IntN(14))
	for i := range words {
		if p.random.IntN(3) == 0 {
			words[i] = p.theme[p.random.IntN(len(p.theme))]
		} else {
			words[i] = glue[p.random.IntN(len(glue))]
		}
	}
	return strings.Join(words, " ")
}

func poisson(r *rand.Rand, mean float64) int {
	limit, p, n := math.Exp(-mean), 1.0, 0
	for {
		if p *= r.Float64(); p < limit {
			return n
		}
		n++
	}
}

// traffic is the interactions of many people over some days, in order of time.
func traffic(people []person, days int) []review.Interaction {
	var all []review.Interaction
	for d := range days {
		for i := range people {
			all = append(all, people[i].day(monday.AddDate(0, 0, d))...)
		}
	}
	slices.SortStableFunc(all, func(a, b review.Interaction) int { return a.OccurredAt.Compare(b.OccurredAt) })
	return all
}

func population(n int, seed uint64) []person {
	r := rand.New(rand.NewPCG(seed, 1))
	people := make([]person, n)
	for i := range people {
		people[i] = newPerson(i, r)
	}
	return people
}
