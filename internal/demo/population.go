package demo

import (
	"fmt"
	"math/rand/v2"
)

// Nature is what an exchange really is: the truth that simulated analysts know more or less of.
type Nature string

// The natures.
const (
	Harmless Nature = "harmless"
	Attack   Nature = "attack"
	Personal Nature = "personal" // personal data where it does not belong
	Risky    Nature = "risky"    // a medical, legal, financial or safety topic
	Leading  Nature = "leading"  // the prompt suggests its answer
)

// habit is how a user deals with an assistant.
type habit int

const (
	ordinary   habit = iota
	careful          // reads, opens sources, edits
	trusting         // takes everything over at once
	suggestive       // asks for agreement
	hostile          // attacks
)

// person is an end user.
type person struct {
	id       string
	language string
	habit    habit
	client   string // what they use: web, ios, android, api
}

// populationSize is how many end users there are; a few of them write most.
const populationSize = 700

// languages with how many in a hundred users speak them.
var languages = []weighted{
	{"en", 52}, {"de", 8}, {"es", 8}, {"fr", 7}, {"pt", 5}, {"it", 3}, {"nl", 2}, {"pl", 2}, {"tr", 2}, {"ru", 3}, {"ar", 3}, {"zh", 3}, {"ja", 2},
}

// newPopulation makes the users, the busiest first. Habits repeat by rank, so that each habit has busy people.
func newPopulation(r *rand.Rand) []person {
	people := make([]person, populationSize)
	for i := range people {
		people[i] = person{
			id:       fmt.Sprintf("u-%05x", r.IntN(1<<20)),
			language: choose(r, languages),
			client:   pick(r, []string{"web", "web", "ios", "android", "api"}),
			habit:    habitOfRank(i),
		}
		if people[i].habit == suggestive || people[i].habit == hostile {
			people[i].language = choose(r, []weighted{{"en", 70}, {"de", 10}, {"es", 10}, {"fr", 10}})
		}
	}
	return people
}

func habitOfRank(rank int) habit {
	switch {
	case rank%9 == 2:
		return trusting
	case rank%37 == 6:
		return suggestive
	case rank%41 == 9:
		return hostile
	case rank%4 == 1:
		return careful
	default:
		return ordinary
	}
}

// weighted is something with its share.
type weighted struct {
	name   string
	weight int
}

func choose(r *rand.Rand, list []weighted) string {
	total := 0
	for _, w := range list {
		total += w.weight
	}
	n := r.IntN(total)
	for _, w := range list {
		if n -= w.weight; n < 0 {
			return w.name
		}
	}
	return list[0].name
}
