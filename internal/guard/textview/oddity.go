package textview

// Oddity is something about the characters of a text that ordinary writing does
// not have.
type Oddity uint8

// The oddities.
const (
	OddInvalidUTF8 Oddity = iota // bytes that are not UTF-8
	OddReplaced                  // U+FFFD: something was lost before, such as a lone surrogate
	OddNUL                       //
	OddControl                   // C0 but tab, line feed and carriage return; DEL; C1
	OddInvisible                 // zero-width characters, and joiners where they spell nothing
	OddSplit                     // the same inside of words, or in rows
	OddSoftHyphen                //
	OddOverride                  // bidirectional overrides
	OddUnclosed                  // bidirectional embeddings and isolates that are not closed, or close nothing
	OddSpace                     // spaces beyond ASCII and the no-break ones
	OddTag                       // tag characters outside of flags
	OddSelector                  // variation selectors that select nothing
	OddPile                      // three or more combining marks in a row
	OddNonchar                   // code points that are no characters
	oddities                     // how many there are
)

// maxSpans bounds what is kept of one Oddity: enough to show, whatever the text.
const maxSpans = 16

// Span is a part of the original text, in bytes, half open.
type Span struct{ Start, End int }

// Anomaly is how often an Oddity was seen, in characters (invalid UTF-8: in bytes),
// and where: its first spans, neighbours joined.
type Anomaly struct {
	Count int
	Spans []Span
}

type anomalies [oddities]Anomaly

func (a *anomalies) add(o Oddity, start, end, count int) {
	x := &a[o]
	x.Count += count
	if n := len(x.Spans); n > 0 && x.Spans[n-1].End == start {
		x.Spans[n-1].End = end
		return
	}
	if len(x.Spans) < maxSpans {
		x.Spans = append(x.Spans, Span{start, end})
	}
}

// shift moves all spans to where they are in the original.
func (a *anomalies) shift(v *View) {
	for i := range a {
		for j, s := range a[i].Spans {
			a[i].Spans[j].Start, a[i].Spans[j].End = v.Original(s.Start, s.End)
		}
	}
}
