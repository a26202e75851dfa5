package grounding

// The measures of a sentence. All are shares or yes (1) and no (0): length must not
// carry the score.
const (
	newWords     = iota // content words that neither documents nor question have
	unproven            // and that no document has, whatever the question says
	newNames            // names, of all names
	anyNewName          //
	newNumbers          // numbers, of all numbers
	anyNewNumber        //
	newPairs            // neighbours that are none in the documents
	newTriples          //
	scattered           // of the words that documents have, those not in the one best sentence
	apart               // content words that the best sentence lacks
	negation1           // a not that the best sentence does not have
	negation2           // and the other way round, where the two are nearly the same
	personalShare
	opinionShare
	asking
	exclaiming
	echoed    // content words that only the question has
	strangers // neighbours of content words that documents have both, but never in one sentence
	measureCount
)

// Names of the measures, as the weights are written under.
var measureNames = [measureCount]string{
	"new_words", "unproven_words", "new_names", "any_new_name", "new_numbers", "any_new_number", "new_pairs", "new_triples",
	"scattered", "apart", "negation_added", "negation_lost", "personal", "opinion", "asking", "exclaiming", "echoed", "strangers",
}

type measures [measureCount]float64

// measure holds a sentence against the index, in time linear to its length.
func (x *Index) measure(tokens []token, s sentence) (m measures, said bool) {
	var c counted
	inSentence := map[int32]int{}
	for i := s.from; i < s.to; i++ {
		c.count(x, tokens, i, s.from, inSentence)
	}
	if c.contents+c.numbers == 0 {
		return m, false
	}
	best, most := int32(-1), 0
	for id, n := range inSentence {
		if n > most || n == most && id < best {
			best, most = id, n
		}
	}
	meaning := c.contents + c.numbers
	m[newWords], m[unproven] = share(c.newWords, c.contents), share(c.unproven, c.contents)
	m[newNames], m[anyNewName] = share(c.newNames, c.names), yes(c.newNames > 0)
	m[newNumbers], m[anyNewNumber] = share(c.newNumbers, c.numbers), yes(c.newNumbers > 0)
	m[newPairs], m[newTriples] = share(c.newPairs, s.to-s.from-1), share(c.newTriples, s.to-s.from-2)
	m[scattered] = share(c.proven-most, c.proven)
	m[apart] = share(meaning-most, meaning)
	if best >= 0 {
		m[negation1] = yes(c.negated && !x.negated[best])
		m[negation2] = yes(!c.negated && x.negated[best] && 10*most >= 7*max(meaning, x.contents[best]))
	}
	m[personalShare], m[opinionShare] = share(c.personal, s.to-s.from), share(c.opinions, s.to-s.from)
	m[asking], m[exclaiming] = yes(s.asks), yes(s.exclaims)
	m[echoed] = share(c.echoed, meaning)
	m[strangers] = share(c.strangers, c.neighbours)
	return m, true
}

func share(part, whole int) float64 {
	if whole <= 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

func yes(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// counted is what is counted in a sentence.
type counted struct {
	contents, names, numbers, proven, personal, opinions                   int
	newWords, unproven, newNames, newNumbers, newPairs, newTriples, echoed int
	neighbours, strangers                                                  int
	negated                                                                bool
	last                                                                   []place // of the last word that carries meaning
}

func (c *counted) count(x *Index, tokens []token, i, from int, inSentence map[int32]int) {
	t := &tokens[i]
	c.negated = c.negated || t.negates
	c.personal += int(yes(t.personal))
	c.opinions += int(yes(t.opines))
	if i > from && !x.pairs[pairOf(tokens[i-1].hash, t.hash)] {
		c.newPairs++
	}
	if i > from+1 && !x.triples[tripleOf(tokens[i-2].hash, tokens[i-1].hash, t.hash)] {
		c.newTriples++
	}
	if t.kind == function {
		return
	}
	places := x.places[t.hash]
	c.meaning(t, len(places) > 0, x.asked[t.hash])
	if len(places) == 0 {
		c.last = nil
		return
	}
	c.proven++
	seen := int32(-1)
	for _, p := range places {
		if p.sentence != seen {
			seen = p.sentence
			inSentence[seen]++
		}
	}
	if c.last != nil {
		c.neighbours++
		if !meet(c.last, places) {
			c.strangers++
		}
	}
	c.last = places
}

// meaning counts a word that carries meaning.
func (c *counted) meaning(t *token, proven, asked bool) {
	if t.kind == number {
		c.numbers++
		if !proven {
			c.newNumbers++
		}
		return
	}
	c.contents++
	if t.name {
		c.names++
	}
	if proven {
		return
	}
	c.unproven++
	if asked {
		c.echoed++
		return
	}
	c.newWords++
	if t.name {
		c.newNames++
	}
}

// meet tells whether two words stand in one sentence anywhere; places are in order.
func meet(a, b []place) bool {
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i].sentence == b[j].sentence:
			return true
		case a[i].sentence < b[j].sentence:
			i++
		default:
			j++
		}
	}
	return false
}
