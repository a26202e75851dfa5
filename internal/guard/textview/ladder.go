package textview

import (
	"strings"
	"unicode/utf8"
)

// Limits bound what the views of one text may cost.
type Limits struct {
	Input  int // bytes of the text that are looked at
	Output int // bytes of all views together but the raw one
	Depth  int // how many encodings are undone one after the other
}

// DefaultLimits are enough for what a request may hold.
func DefaultLimits() Limits { return Limits{Input: 1 << 20, Output: 3 << 20, Depth: 3} }

// What all views of a text may hold beside the raw one, in bytes: so much, and a multiple
// of its length. The views cost what they are long, so this is what keeps the cost of a
// text in proportion to it.
const freeOutput, maxGrowth = 64 << 10, 6

// Views are the views of one text. They are immutable.
type Views struct {
	source    string
	all       []*View
	anomalies anomalies
	truncated bool
}

// New makes the views of a text, the raw one first, each after its parent.
func New(text string, limits Limits) *Views {
	v := &Views{source: text}
	raw := v.raw(limits)
	f := inspect(raw.Text)
	v.anomalies.merge(&f.odd, raw)
	l := ladder{limits: limits, left: min(limits.Output, freeOutput+maxGrowth*len(text))}
	l.all = append(l.all, raw)
	l.climb(raw, f, 0)
	v.all = l.all
	v.truncated = l.truncated || raw.Truncated
	return v
}

// Raw is the text itself, with U+FFFD for bytes that are not UTF-8.
func (v *Views) Raw() *View { return v.all[0] }

// All lists the views, each after the one it was made from.
func (v *Views) All() []*View { return v.all }

// Folded lists the views to look for words in: lower case, one spelling.
func (v *Views) Folded() []*View { return v.where((*View).folded) }

// Plain lists the folded view of the text and of each decoded text, without those
// that take digits for letters: the views to look for numbers and addresses in.
func (v *Views) Plain() []*View {
	return v.where(func(w *View) bool { return w.Kind == KindFolded })
}

// Literal lists the text and each decoded text as they are written, cleaned where that
// changed something: the views to look in for what is told by its case.
func (v *Views) Literal() []*View {
	cleaned := map[*View]bool{}
	for _, w := range v.all {
		if w.Kind == KindClean {
			cleaned[w.Parent] = true
		}
	}
	return v.where(func(w *View) bool { return !w.folded() && !cleaned[w] })
}

func (v *Views) where(wanted func(*View) bool) []*View {
	out := make([]*View, 0, len(v.all))
	for _, w := range v.all {
		if wanted(w) {
			out = append(out, w)
		}
	}
	return out
}

// Anomaly tells how often an Oddity stands in the text and where.
func (v *Views) Anomaly(o Oddity) Anomaly { return v.anomalies[o] }

// Truncated tells whether a limit cut the text or one of its views: something may
// have gone unseen.
func (v *Views) Truncated() bool { return v.truncated }

// raw makes the first view and notes invalid bytes.
func (v *Views) raw(limits Limits) *View {
	text := v.source
	looked := limits.Input
	if flood(text) {
		looked = min(looked, floodBytes)
	}
	cut := len(text) > looked
	if cut {
		text = text[:looked]
		for len(text) > 0 && !validEnd(text) {
			text = text[:len(text)-1]
		}
	}
	if utf8.ValidString(text) {
		return &View{Kind: KindRaw, Text: text, Truncated: cut, source: v.source}
	}
	b := newBuilder(len(text)+len(text)/8, 3*len(text))
	for i := 0; i < len(text); {
		start := i
		for i < len(text) {
			r, size := utf8.DecodeRuneInString(text[i:])
			if r == utf8.RuneError && size == 1 {
				break
			}
			i += size
		}
		b.keep(start, text[start:i])
		if i < len(text) {
			b.put(i, i+1, "\uFFFD")
			v.anomalies.add(OddInvalidUTF8, i, i+1, 1)
			i++
		}
	}
	raw := b.view(KindRaw, nil)
	raw.source, raw.Truncated = v.source, cut
	return raw
}

// validEnd tells whether s does not end inside a character.
func validEnd(s string) bool {
	r, size := utf8.DecodeLastRuneInString(s)
	return r != utf8.RuneError || size != 1
}

// merge takes over what was seen in the raw view. U+FFFD that stand for invalid bytes
// are not lost characters.
func (a *anomalies) merge(seen *anomalies, raw *View) {
	invalid := a[OddInvalidUTF8]
	*a = *seen
	a.shift(raw)
	a[OddInvalidUTF8] = invalid
	if invalid.Count == 0 {
		return
	}
	replaced := &a[OddReplaced]
	replaced.Count = strings.Count(raw.source, "\uFFFD")
	kept := replaced.Spans[:0]
	for _, s := range replaced.Spans {
		if at := strings.Index(raw.source[s.Start:s.End], "\uFFFD"); at >= 0 {
			kept = append(kept, Span{s.Start + at, s.Start + at + len("\uFFFD")})
		}
	}
	replaced.Spans = kept
}

// ladder makes views until the output is used up.
type ladder struct {
	limits    Limits
	left      int
	all       []*View
	truncated bool
}

// climb makes all views of v, which depth encodings were undone to get to.
func (l *ladder) climb(v *View, f facts, depth int) {
	plain := v
	if f.has(signUnseen) {
		if c := l.take(clean(v, l.left)); c != nil {
			plain = c
		}
	}
	l.words(plain, f)
	if depth == l.limits.Depth {
		l.truncated = l.truncated || goesOn(v, plain, f)
		return
	}
	for _, d := range l.decoded(v, plain, f) {
		l.climb(d, inspect(d.Text), depth+1)
	}
}

// goesOn tells whether there is another encoding to undo.
func goesOn(v, plain *View, f facts) bool {
	probe := ladder{left: 1 << 12}
	return len(probe.decoded(v, plain, f)) > 0
}

// words makes the folded view of a text and what is made from that.
func (l *ladder) words(plain *View, f facts) {
	folded := l.take(fold(plain, l.left))
	if folded == nil {
		return
	}
	if f.has(signForeign) {
		// Disguises may lie on top of each other: digits among look-alikes.
		f.signals |= wordSignals(folded.Text)
	}
	if f.has(signLeet) {
		l.take(leet(folded, l.left))
	}
	if f.has(signApart | signRunOn) {
		if j := l.take(joined(folded, l.left)); j != nil && wordSignals(j.Text)&signLeet != 0 {
			l.take(leet(j, l.left))
		}
	}
	if f.has(signRot13) {
		l.take(unrotated(folded, l.left))
	}
	if f.has(signCipher) {
		l.take(deciphered(folded, &f.letters, l.left))
	}
	if f.has(signReversed) {
		for _, b := range backwards(folded, f.has(signFromEnd), l.left) {
			l.take(b)
		}
	}
	if f.has(signSpelled) {
		l.take(spelled(folded, l.left))
	}
	if f.has(signDoubled) {
		l.take(undoubled(folded, l.left))
	}
	if f.has(signPig) {
		l.take(unpigged(folded, l.left))
	}
}

// wordSignals are the signs of a folded text that letters are not what they seem.
func wordSignals(folded string) signals {
	f := inspect(folded)
	return f.signals & (signLeet | signApart | signRunOn | signRot13 | signReversed | signDoubled | signPig | signSpelled)
}

// decoded makes the views of hidden channels and encodings that the signs hint at.
func (l *ladder) decoded(v, plain *View, f facts) (out []*View) {
	add := func(views ...*View) {
		for _, d := range views {
			if d = l.take(d); d != nil {
				out = append(out, d)
			}
		}
	}
	add(wordsTurned(plain, l.left))
	if f.has(signTags) {
		add(tags(v, l.left))
	}
	if f.has(signSelectors) {
		add(selectorBytes(v, l.left))
	}
	if f.has(signEscapes) {
		add(escapes(plain, l.left))
	}
	if f.has(signBlob) {
		add(blobs(plain, l.left)...)
	}
	if f.has(signDigits) {
		add(digitRows(plain, l.left)...)
	}
	if f.has(signNumbers) {
		add(numberRows(plain, l.left))
	}
	if f.has(signBase85) {
		add(base85(plain, l.left))
	}
	if f.has(signRot47) && v.Kind != KindRot47 {
		add(rot47(plain, l.left))
	}
	if f.has(signBroken) {
		add(mended(plain, l.left))
	}
	if f.has(signMorse) {
		add(morse(plain, l.left))
	}
	if f.has(signTurned) {
		add(turned(plain, l.left))
	}
	return out
}

// take keeps a view and pays for it. Views without text are dropped.
func (l *ladder) take(v *View) *View {
	if v == nil {
		return nil
	}
	l.truncated = l.truncated || v.Truncated
	if v.Text == "" || len(v.Text) > l.left {
		return nil
	}
	l.left -= len(v.Text)
	l.all = append(l.all, v)
	return v
}
