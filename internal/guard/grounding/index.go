package grounding

// Bounds of what is looked at, in bytes of all documents and of the answer, and of how
// many places of one word are kept.
const (
	maxDocuments = 512 << 10
	maxAnswer    = 64 << 10
	maxPlaces    = 12
)

// Index holds the words of documents and of what was asked.
type Index struct {
	places   map[uint32][]place
	asked    map[uint32]bool
	pairs    map[uint64]bool // neighbours
	triples  map[uint64]bool
	negated  []bool // by sentence
	contents []int  // content words of a sentence
}

// place is where a word stands.
type place struct{ sentence, token int32 }

// NewIndex reads documents, in time linear to their length; what is beyond the bounds
// is left out. The question's words are known, but prove nothing.
func NewIndex(documents []string, question string) *Index {
	x := &Index{places: map[uint32][]place{}, asked: map[uint32]bool{}, pairs: map[uint64]bool{}, triples: map[uint64]bool{}}
	left, at := maxDocuments, int32(0)
	for _, d := range documents {
		d = d[:min(len(d), left)]
		left -= len(d)
		at = x.document(d, at)
	}
	asked, _ := tokenize(question[:min(len(question), maxAnswer)])
	for _, t := range asked {
		x.asked[t.hash] = true
	}
	return x
}

// document adds one; at is the place of its first token.
func (x *Index) document(text string, at int32) int32 {
	tokens, sentences := tokenize(text)
	for _, s := range sentences {
		id, negated, contents := int32(len(x.negated)), false, 0
		for i := s.from; i < s.to; i++ {
			t := &tokens[i]
			negated = negated || t.negates
			if t.kind == content {
				contents++
			}
			if known := x.places[t.hash]; len(known) < maxPlaces {
				x.places[t.hash] = append(known, place{id, at + int32(i)})
			}
			if i > 0 {
				x.pairs[pairOf(tokens[i-1].hash, t.hash)] = true
			}
			if i > 1 {
				x.triples[tripleOf(tokens[i-2].hash, tokens[i-1].hash, t.hash)] = true
			}
		}
		x.negated, x.contents = append(x.negated, negated), append(x.contents, contents)
	}
	return at + int32(len(tokens)) + 1
}

func pairOf(a, b uint32) uint64 { return uint64(a)<<32 | uint64(b) }

func tripleOf(a, b, c uint32) uint64 {
	return (uint64(a)*0x9E3779B97F4A7C15^uint64(b))*0xBF58476D1CE4E5B9 ^ uint64(c)
}
