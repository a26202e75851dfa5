package quality

// Verdicts are what the guard said of an item, what a person said before they saw that, what they said after, and what
// is true. Each is true for a violation.
type Verdicts struct{ Guard, Initial, Final, Truth bool }

// Reliance is how somebody deals with a guard that is right or wrong (Schemmer et al. 2023): appropriate reliance is to
// follow it where it is right and to stay with oneself where it is wrong.
type Reliance struct {
	Over  Proportion // final = guard, of those where the guard is wrong
	Under Proportion // final ≠ guard, of those where the guard is right

	RAIR Proportion // relative AI reliance: corrected, of those where one was wrong and the guard right
	RSR  Proportion // relative self-reliance: stayed, of those where one was right and the guard wrong

	Switch         Proportion // went over to the guard, of those where one differed
	NegativeSwitch Proportion // ended wrong, of those where one was right and the guard wrong
}

// RelianceFloor is how many cases of a kind there must be before one of its shares is shown.
const RelianceFloor = 20

// NewReliance counts.
func NewReliance(seen []Verdicts) Reliance {
	var over, under, rair, rsr, switched, negative counter
	for _, v := range seen {
		guardRight, initialRight := v.Guard == v.Truth, v.Initial == v.Truth
		if guardRight {
			under.add(v.Final != v.Guard)
		} else {
			over.add(v.Final == v.Guard)
		}
		if !initialRight && guardRight {
			rair.add(v.Final == v.Guard)
		}
		if initialRight && !guardRight {
			rsr.add(v.Final == v.Initial)
			negative.add(v.Final != v.Truth)
		}
		if v.Initial != v.Guard {
			switched.add(v.Final == v.Guard)
		}
	}
	return Reliance{over.share(), under.share(), rair.share(), rsr.share(), switched.share(), negative.share()}
}

// counter is k of n.
type counter struct{ k, n int }

func (c *counter) add(yes bool) {
	c.n++
	if yes {
		c.k++
	}
}

func (c counter) share() Proportion { return NewProportion(c.k, c.n) }
