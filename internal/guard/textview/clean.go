package textview

import "unicode/utf8"

// clean leaves out what nobody sees, makes spaces plain and puts overridden text
// into the order in which it is read.
func clean(v *View, limit int) *View {
	c := cleaner{builder: newBuilder(len(v.Text), limit), text: v.Text}
	for i := 0; i < len(c.text) && !c.full; {
		if c.text[i] < utf8.RuneSelf {
			i = c.ascii(i)
			continue
		}
		i = c.foreign(i)
	}
	return c.view(KindClean, v)
}

type cleaner struct {
	*builder
	text  string
	marks int  // combining marks in a row
	flag  bool // inside an emoji flag made of tags
}

func (c *cleaner) ascii(i int) int {
	start := i
	for i < len(c.text) && c.text[i] < utf8.RuneSelf && asciiClass[c.text[i]]&asControl == 0 {
		i++
	}
	c.keep(start, c.text[start:i])
	if i > start {
		c.marks, c.flag = 0, false
		return i
	}
	return i + 1
}

func (c *cleaner) foreign(i int) int {
	r, size := utf8.DecodeRuneInString(c.text[i:])
	k := classOf(classes(), r)
	next := i + size
	if k == classDiacritic {
		c.marks++
		if c.marks < minPile && !c.piles(next) {
			c.keep(i, c.text[i:next])
		}
		return next
	}
	c.marks = 0
	switch k {
	case classSpace:
		c.put(i, next, plainSpace(r))
	case classInvisible, classSoftHyphen, classBidiMark, classBidiIsolate, classControl, classNonchar:
	case classJoiner:
		if spells(c.text, i, size) {
			c.keep(i, c.text[i:next])
		}
	case classSelector:
		if selects(c.text[:i], r) {
			c.keep(i, c.text[i:next])
		}
	case classTag:
		if c.flag {
			c.keep(i, c.text[i:next])
		}
	case classOverride:
		if r == runeRLO {
			return c.reverse(next)
		}
	default:
		c.flag = r == 0x1F3F4
		c.keep(i, c.text[i:next])
	}
	return next
}

// piles tells whether the marks that go on at i make a pile, so that the first ones
// of a pile go as well.
func (c *cleaner) piles(i int) bool {
	marks := c.marks
	for marks < minPile {
		r, size := utf8.DecodeRuneInString(c.text[i:])
		if r < utf8.RuneSelf || classOf(classes(), r) != classDiacritic {
			return false
		}
		marks++
		i += size
	}
	return true
}

func plainSpace(r rune) string {
	if r == 0x2028 || r == 0x2029 {
		return "\n"
	}
	return " "
}

// reverse writes the text from i to the end of the override, or of the line, from
// its end.
func (c *cleaner) reverse(i int) int {
	end := i
	for end < len(c.text) {
		r, size := utf8.DecodeRuneInString(c.text[end:])
		if r == runePDF || r == '\n' || r == runeRLO {
			break
		}
		end += size
	}
	for at := end; at > i; {
		r, size := utf8.DecodeLastRuneInString(c.text[i:at])
		if k := classOf(classes(), r); r < utf8.RuneSelf || k.letterLike() || k == classSpace || k == classOther || k == classDigit {
			c.backwards(at-size, at, c.text[at-size:at])
		}
		at -= size
	}
	return end
}
