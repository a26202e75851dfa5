package bias

import "math/bits"

// featureMask has a bit per feature: the cues, then the pairs.
type featureMask uint64

// featureNames lists the features in the order of their bits.
func (l *lexicon) featureNames() []string {
	var names []string
	for _, c := range l.cues {
		names = append(names, c.name)
	}
	for _, p := range l.pairs {
		names = append(names, p.name)
	}
	return names
}

// features adds to the cues of a text what they say together.
func (l *lexicon) features(cues cueMask) featureMask {
	f := featureMask(cues)
	for i, p := range l.pairs {
		two := bits.OnesCount64(uint64(cues&(p.a|p.b))) >= 2 // one cue does not meet itself
		if two && cues&p.a != 0 && cues&p.b != 0 {
			f |= 1 << (len(l.cues) + i)
		}
	}
	return f
}
