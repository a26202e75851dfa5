package memory

import "slices"

const (
	bands = 16 // of a sketch; texts with a whole band in common are compared
	rows  = bins / bands
	// maxCompared bounds how many texts one is compared with, the newest first.
	maxCompared = 128
	// maxVotes bounds the decisions that are kept of one text: only the newest can be
	// undone, and only the newest counts.
	maxVotes = 8
	nobody   = -1
)

// vote is one decision about a text.
type vote struct {
	decision string
	at       int64 // Unix microseconds
	blocked  bool
}

// entry is a text that was decided on.
type entry struct {
	sketch       sketch
	votes        []vote // never none while the entry is linked
	after        [bands]int32
	before       [bands]int32 // in the chain of the band
	older, newer int32
}

// newest returns the newest block and the newest approval, which may have no decision.
func (e *entry) newest() (block, approval vote) {
	for _, v := range e.votes {
		switch {
		case v.blocked && v.at >= block.at:
			block = v
		case !v.blocked && v.at >= approval.at:
			approval = v
		}
	}
	return block, approval
}

// index holds the texts of one App, the least recently decided out first.
type index struct {
	limit          int
	entries        []entry
	free           []int32
	oldest, newest int32
	used           int
	heads          [bands][]int32 // chains by key; a power of two of them
}

func newIndex(limit int) *index {
	x := &index{limit: limit, oldest: nobody, newest: nobody}
	x.grow(64)
	return x
}

// grow makes room for more chains and puts every entry into its new ones.
func (x *index) grow(size int) {
	for b := range x.heads {
		x.heads[b] = slices.Repeat([]int32{nobody}, size)
	}
	for id := x.oldest; id != nobody; id = x.entries[id].newer {
		x.chain(id)
	}
}

// head is where the chain of a sketch's band begins.
func (x *index) head(band int, s *sketch) *int32 {
	h := uint64(band)
	for _, n := range s.numbers[band*rows : (band+1)*rows] {
		h = mix(h<<16 | uint64(n))
	}
	return &x.heads[band][h&uint64(len(x.heads[band])-1)]
}

func (x *index) chain(id int32) {
	e := &x.entries[id]
	for b := range bands {
		head := x.head(b, &e.sketch)
		e.before[b], e.after[b] = nobody, *head
		if *head != nobody {
			x.entries[*head].before[b] = id
		}
		*head = id
	}
}

func (x *index) unchain(id int32) {
	e := &x.entries[id]
	for b := range bands {
		if e.before[b] == nobody {
			*x.head(b, &e.sketch) = e.after[b]
		} else {
			x.entries[e.before[b]].after[b] = e.after[b]
		}
		if e.after[b] != nobody {
			x.entries[e.after[b]].before[b] = e.before[b]
		}
	}
}

// add counts a vote for a text. The same decision counts once.
func (x *index) add(s *sketch, v vote) {
	id := x.find(s)
	if id == nobody {
		id = x.make(s)
	} else {
		x.unlink(id)
	}
	e := &x.entries[id]
	if !slices.ContainsFunc(e.votes, func(o vote) bool { return o.decision == v.decision }) {
		if len(e.votes) == maxVotes {
			e.votes = slices.Delete(e.votes, 0, 1)
		}
		e.votes = append(e.votes, v)
	}
	x.link(id)
}

// find returns the entry with exactly this sketch.
func (x *index) find(s *sketch) int32 {
	for id := *x.head(0, s); id != nobody; id = x.entries[id].after[0] {
		if x.entries[id].sketch == *s {
			return id
		}
	}
	return nobody
}

func (x *index) make(s *sketch) int32 {
	if x.used == x.limit {
		x.remove(x.oldest)
	}
	var id int32
	if n := len(x.free); n > 0 {
		id, x.free = x.free[n-1], x.free[:n-1]
		x.entries[id] = entry{sketch: *s}
	} else {
		id = int32(len(x.entries))
		x.entries = append(x.entries, entry{sketch: *s})
	}
	x.used++
	if x.used > len(x.heads[0]) {
		x.grow(2 * len(x.heads[0]))
	}
	x.chain(id)
	return id
}

// link puts an entry at the new end.
func (x *index) link(id int32) {
	e := &x.entries[id]
	e.older, e.newer = x.newest, nobody
	if x.newest != nobody {
		x.entries[x.newest].newer = id
	} else {
		x.oldest = id
	}
	x.newest = id
}

func (x *index) unlink(id int32) {
	e := &x.entries[id]
	if e.older != nobody {
		x.entries[e.older].newer = e.newer
	} else {
		x.oldest = e.newer
	}
	if e.newer != nobody {
		x.entries[e.newer].older = e.older
	} else {
		x.newest = e.older
	}
}

func (x *index) remove(id int32) {
	x.unchain(id)
	x.unlink(id)
	x.entries[id] = entry{}
	x.free = append(x.free, id)
	x.used--
}

// forget takes the votes of a decision away, and the texts that have no other.
func (x *index) forget(decision string) {
	for id := x.newest; id != nobody; {
		e := &x.entries[id]
		older := e.older
		e.votes = slices.DeleteFunc(e.votes, func(v vote) bool { return v.decision == decision })
		if len(e.votes) == 0 {
			x.remove(id)
		}
		id = older
	}
}

// neighbour is an entry that a text is near.
type neighbour struct {
	similarity      float64
	block, approval vote
}

// neighbours returns what a text is near. At most maxCompared entries are looked at.
func (x *index) neighbours(s *sketch) []neighbour {
	var out []neighbour
	var looked [maxCompared]int32
	n := 0
	for b := range bands {
		for id := *x.head(b, s); id != nobody; id = x.entries[id].after[b] {
			if slices.Contains(looked[:n], id) {
				continue
			}
			if n == maxCompared {
				return out
			}
			looked[n] = id
			n++
			e := &x.entries[id]
			if like := s.similarity(&e.sketch); like >= max(s.near(), e.sketch.near()) {
				block, approval := e.newest()
				out = append(out, neighbour{like, block, approval})
			}
		}
	}
	return out
}

func (n neighbour) blocked() bool { return n.block.decision != "" }

// slack is how much farther from a text an approval may be than a block that it
// clears, unless the text is the very one that was blocked.
const slack = 0.1

// clears tells whether the approval of o is newer than the block of n and about as
// near, or nearer.
func (n neighbour) clears(o neighbour) bool {
	if n.approval.at <= o.block.at {
		return false
	}
	if o.similarity == 1 {
		return n.similarity == 1
	}
	return n.similarity >= o.similarity-slack
}

// precedent returns the block that speaks most against a text, leaving out those that
// approvals have cleared.
func precedent(near []neighbour) (best neighbour, ok bool) {
	for _, n := range near {
		if !n.blocked() || ok && n.similarity <= best.similarity {
			continue
		}
		if !slices.ContainsFunc(near, func(o neighbour) bool { return o.clears(n) }) {
			best, ok = n, true
		}
	}
	return best, ok
}
