package textview

// Repetition is measured in windows of RepeatWindow bytes; one in which less than
// RepeatShare is new says the same over and over.
const (
	RepeatWindow = 2 << 10
	RepeatShare  = 0.2

	repeatLeast = 512     // bytes that are no space, less tell nothing
	repeatGram  = 12      // bytes
	repeatBits  = 1 << 14 // of the table that tells new from seen
	repeatPrime = 0x01000193
)

// FreshShare is the share of twelve-byte sequences of a window, spaces left out, that
// were not seen in it before; 1 when there are too few to tell.
func FreshShare(window string) float64 {
	var seen [repeatBits / 64]uint64
	var last [repeatGram]byte
	outgoing := uint32(1) // the weight of the byte that leaves the sequence
	for range repeatGram {
		outgoing *= repeatPrime
	}
	hash, n, fresh := uint32(0), 0, 0
	for i := 0; i < len(window); i++ {
		c := window[i]
		if c <= ' ' {
			continue
		}
		slot := n % repeatGram
		hash = hash*repeatPrime + uint32(c) + 1 - outgoing*(uint32(last[slot]))
		last[slot] = c + 1
		if n++; n < repeatGram {
			continue
		}
		bit := (hash ^ hash>>15) * 0x2C1B3C6D >> 18
		if seen[bit/64]&(1<<(bit%64)) == 0 {
			seen[bit/64] |= 1 << (bit % 64)
			fresh++
		}
	}
	if n < repeatLeast {
		return 1
	}
	return float64(fresh) / float64(n-repeatGram+1)
}

// Of a flood, a text that says the same over and over for longer than floodBytes, no more
// than that is looked at. It is one when, of floodProbes windows spread over it, no more
// than floodSpared have floodShare or more that is new: one sentence again and again has
// less, a handful of them in changing order more.
const (
	floodBytes  = 128 << 10
	floodShare  = RepeatShare / 2
	floodProbes = 48
	floodSpared = 4
)

// flood tells a text of which the rest is not worth the time that it would take.
func flood(text string) bool {
	if len(text) <= floodBytes {
		return false
	}
	spared := 0
	for i := range floodProbes {
		at := (len(text) - RepeatWindow) / (floodProbes - 1) * i
		if FreshShare(text[at:at+RepeatWindow]) >= floodShare {
			if spared++; spared > floodSpared {
				return false
			}
		}
	}
	return true
}
