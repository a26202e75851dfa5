package textview

import "sort"

// run says that the bytes of a view from at on, up to the next run, stand for the
// bytes [from,to) of its parent, evenly spread. from > to means that the view runs
// through [to,from) backwards.
type run struct{ at, from, to int32 }

// offsets maps a view's bytes to its parent's. No runs: they are the same.
type offsets struct {
	runs      []run
	scrambled bool // runs are not in the order of the parent
}

// outward maps [start,end) of a view of n bytes to the parent.
func (o offsets) outward(start, end, n int) (int, int) {
	start = min(max(start, 0), n)
	end = min(max(end, start), n)
	if len(o.runs) == 0 {
		return start, end
	}
	first := o.find(start)
	if start == end {
		lo, _ := o.piece(first, start, start, n)
		return lo, lo
	}
	last := o.find(end - 1)
	lo, hi := o.piece(first, start, end, n)
	if last == first {
		return lo, hi
	}
	if !o.scrambled {
		_, hi = o.piece(last, start, end, n)
		return lo, hi
	}
	for i := first + 1; i <= last; i++ {
		l, h := o.piece(i, start, end, n)
		lo, hi = min(lo, l), max(hi, h)
	}
	return lo, hi
}

// find returns the run that holds the view's byte at.
func (o offsets) find(at int) int {
	i := sort.Search(len(o.runs), func(i int) bool { return int(o.runs[i].at) > at })
	return max(i-1, 0)
}

// piece maps the part of [start,end) that lies in run i.
func (o offsets) piece(i, start, end, n int) (int, int) {
	r := o.runs[i]
	viewFrom, viewTo := int(r.at), n
	if i+1 < len(o.runs) {
		viewTo = int(o.runs[i+1].at)
	}
	start, end = min(max(start, viewFrom), viewTo), min(max(end, viewFrom), viewTo)
	size := max(viewTo-viewFrom, 1)
	if r.from > r.to {
		span := int(r.from - r.to)
		return int(r.to) + (viewTo-end)*span/size, int(r.to) + ceilDiv((viewTo-start)*span, size)
	}
	span := int(r.to - r.from)
	return int(r.from) + (start-viewFrom)*span/size, int(r.from) + ceilDiv((end-viewFrom)*span, size)
}

func ceilDiv(a, b int) int { return (a + b - 1) / b }

// builder writes a view's text together with its offsets and stops at a limit.
type builder struct {
	text      []byte
	runs      []run
	limit     int
	full      bool
	scrambled bool
}

func newBuilder(size, limit int) *builder {
	return &builder{text: make([]byte, 0, min(size, limit)), limit: limit}
}

// keep appends s, which stands at from in the parent.
func (b *builder) keep(from int, s string) { b.put(from, from+len(s), s) }

// put appends s for the parent's bytes [from,to). What does not fit is left out as
// a whole, and so is everything after it.
func (b *builder) put(from, to int, s string) {
	if s == "" || b.full {
		return
	}
	if len(b.text)+len(s) > b.limit {
		s = s[:wholeRunes(s, b.limit-len(b.text), to-from)]
		b.full = true
		if s == "" {
			return
		}
		to = from + len(s)
	}
	b.runs = appendRun(b.runs, len(b.text), len(s), from, to)
	b.text = append(b.text, s...)
}

// wholeRunes says how much of a text of which only room bytes fit is kept: whole
// characters of a text that stands for as many bytes, nothing of any other.
func wholeRunes(s string, room, span int) int {
	if span != len(s) {
		return 0
	}
	for room > 0 && s[room]&0xC0 == 0x80 {
		room--
	}
	return room
}

// appendRun adds a piece of size bytes at the end, joined to the run before it when
// that has the same slope and ends where this one starts.
func appendRun(runs []run, at, size, from, to int) []run {
	if n := len(runs); n > 0 {
		last := &runs[n-1]
		lastSize, lastSpan := at-int(last.at), int(last.to-last.from)
		if int(last.to) == from && lastSpan >= 0 && lastSpan*size == (to-from)*lastSize {
			last.to = int32(to)
			return runs
		}
	}
	return append(runs, run{int32(at), int32(from), int32(to)})
}

// backwards appends s for the parent's bytes [from,to) in reverse order.
func (b *builder) backwards(from, to int, s string) {
	if s == "" || b.full {
		return
	}
	if len(b.text)+len(s) > b.limit {
		b.full = true
		return
	}
	b.scrambled = true
	b.runs = append(b.runs, run{int32(len(b.text)), int32(to), int32(from)})
	b.text = append(b.text, s...)
}

// undo takes back everything from the view's byte size on, which stands for the
// parent's bytes from on.
func (b *builder) undo(size, from int) {
	b.text = b.text[:size]
	for len(b.runs) > 0 && int(b.runs[len(b.runs)-1].at) >= size {
		b.runs = b.runs[:len(b.runs)-1]
	}
	if n := len(b.runs); n > 0 {
		b.runs[n-1].to = int32(from)
	}
}

// view finishes the text.
func (b *builder) view(kind Kind, parent *View) *View {
	v := &View{Kind: kind, Text: string(b.text), Parent: parent, Truncated: b.full}
	if parent != nil {
		v.source = parent.source
	}
	v.offsets = offsets{runs: b.runs, scrambled: b.scrambled}
	if len(b.runs) == 1 && b.runs[0] == (run{0, 0, int32(len(b.text))}) {
		v.offsets.runs = nil
	}
	if len(b.text) > 0 && len(b.runs) == 0 {
		v.offsets.runs = nil
	}
	return v
}
