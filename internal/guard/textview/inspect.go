package textview

import (
	"unicode/utf8"
)

// signals are cheap hints that a rare view may exist. A wrong hint costs time,
// never a finding; a missing one costs the view.
type signals uint16

const (
	signUnseen    signals = 1 << iota // characters that the clean view leaves out or moves
	signForeign                       // anything beyond ASCII
	signLeet                          // digits and signs inside words
	signApart                         // letters set apart
	signRunOn                         // words of sixteen letters and more
	signTags                          //
	signSelectors                     //
	signEscapes                       // % & or backslash
	signBlob                          // sixteen characters of base64 in a row
	signDigits                        // groups of bits or of hexadecimal pairs
	signMorse                         //
	signRot13                         // letters distributed as if moved by thirteen
	signReversed                      // pairs of letters the wrong way round
	signTurned                        // upside-down letters
)

// What each signal needs.
const (
	minApart     = 4  // single letters in a row
	minRunOn     = 16 // letters
	minBlob      = 16 // characters
	minBitGroups = 4
	minHexPairs  = 6
	minMorse     = 4 // groups
	minLeet      = 1 // words
	minSelectors = 4
	minTurned    = 4
)

// The classes of ASCII characters, as bits.
const (
	asLower uint16 = 1 << iota
	asUpper
	asDigit
	asHex
	asBlob
	asMorse
	asBit
	asSpace
	asControl
	asLeet
	asEscape
	asSign      // what stands between letters set apart
	asForeign   // set for characters beyond ASCII
	asLetter    = asLower | asUpper
	asWordBreak = asSpace | asControl
)

var asciiClass = [256]uint16(makeASCIIClass())

func makeASCIIClass() []uint16 {
	t := make([]uint16, 256)
	mark := func(bits uint16, chars string) {
		for i := 0; i < len(chars); i++ {
			t[chars[i]] |= bits
		}
	}
	for c := range 0x20 {
		t[c] = asControl
	}
	t[0x7F] = asControl
	for c := byte('a'); c <= 'z'; c++ {
		t[c] = asLower | asBlob
		t[c-'a'+'A'] = asUpper | asBlob
	}
	mark(asDigit|asHex|asBlob, "0123456789")
	mark(asHex, "abcdefABCDEF")
	mark(asBlob, "+/-_")
	mark(asMorse, ".-/|")
	mark(asBit, "01")
	mark(asLeet, "0134579@$!|+")
	mark(asEscape, "%&\\")
	mark(asSign, ".-_*~|,/+:;\\")
	for c := 0x80; c < 0x100; c++ {
		t[c] = asForeign
	}
	t[' '] = asSpace
	for _, c := range "\t\n\r" {
		t[c] = asSpace
	}
	return t
}

// facts are what one look at a text tells.
type facts struct {
	signals signals
	odd     anomalies
}

func (f *facts) has(s signals) bool { return f.signals&s != 0 }

// inspector walks a text once and gathers its facts.
type inspector struct {
	text  string
	table *[0x10000]class
	facts facts

	// the token that is being read
	start   int
	or, and uint16
	chars   int

	// rows of alike tokens
	apart, bits, pairs, morse, leet int

	blob       int // characters of base64 in a row
	run        int // letters in a row
	letters    int // in the block that is being weighed
	rot, turn  int // weights of the block
	previous   byte
	selectors  int
	turned     int
	dots       int // in the middle of the line
	tags       bool
	flag       bool // inside an emoji flag made of tags
	marks      int  // combining marks in a row
	marksStart int
	depth      int // of open bidirectional embeddings
	opened     [4]int
	override   int // where the open override starts, plus one
}

func inspect(text string) facts {
	in := inspector{text: text, table: classes(), and: ^uint16(0)}
	in.ascii(0)
	in.endToken(len(text))
	in.endBlock()
	in.closeDirections(len(text))
	if in.marks >= minPile {
		in.facts.odd.add(OddPile, in.marksStart, len(text), in.marks)
	}
	return in.conclude()
}

// ascii reads from i on; characters beyond ASCII are handed to foreign.
func (in *inspector) ascii(i int) {
	text := in.text
	for i < len(text) {
		c := text[i]
		bits := asciiClass[c]
		if bits&asForeign != 0 {
			i += in.foreign(i)
			continue
		}
		if bits&asWordBreak != 0 {
			in.wordBreak(i, c, bits)
			i++
			in.start = i
			continue
		}
		in.or |= bits
		in.and &= bits
		in.chars++
		in.blobbed(bits)
		in.weigh(c, bits)
		if in.marks != 0 {
			in.endMarks(i)
		}
		i++
	}
}

func (in *inspector) blobbed(bits uint16) {
	if bits&asBlob == 0 {
		in.blob = 0
		return
	}
	in.blob++
	if in.blob == minBlob {
		in.facts.signals |= signBlob
	}
}

func (in *inspector) wordBreak(i int, c byte, bits uint16) {
	in.endToken(i)
	in.blob, in.run = 0, 0
	in.previous = 0
	if in.marks != 0 {
		in.endMarks(i)
	}
	if bits&asSpace != 0 {
		if c == '\n' && in.depth+in.override > 0 {
			in.closeDirections(i)
		}
		return
	}
	in.facts.signals |= signUnseen
	if c == 0 {
		in.facts.odd.add(OddNUL, i, i+1, 1)
		return
	}
	in.facts.odd.add(OddControl, i, i+1, 1)
}

// blockLetters is how many letters are weighed together: few enough that an encoded
// sentence inside a long text stands out.
const blockLetters = 32

// weigh adds a letter's weight for rot13 and its pair's weight for reading backwards.
func (in *inspector) weigh(c byte, bits uint16) {
	if bits&asLetter == 0 {
		in.previous, in.run = 0, 0
		return
	}
	if in.run++; in.run == minRunOn {
		in.facts.signals |= signRunOn
	}
	letter := c & 31
	in.rot += int(rot13Weight[letter])
	in.turn += int(pairWeight[uint16(in.previous)<<5|uint16(letter)])
	in.previous = letter
	in.letters++
	if in.letters == blockLetters {
		in.endBlock()
	}
}

// A block is suspicious when its weight per letter is above these, in quarters. In a
// short text, where looking is cheap and a block is small, less is enough.
const (
	rot13Limit, rot13LimitShort       = 2, -2
	reversedLimit, reversedLimitShort = 1, 0
	shortText                         = 256
	minBlockLetters                   = 12
)

func (in *inspector) endBlock() {
	if in.letters >= minBlockLetters {
		rot, turn := rot13Limit, reversedLimit
		if len(in.text) <= shortText {
			rot, turn = rot13LimitShort, reversedLimitShort
		}
		if in.rot*4 >= rot*in.letters {
			in.facts.signals |= signRot13
		}
		if in.turn*4 >= turn*in.letters {
			in.facts.signals |= signReversed
		}
	}
	in.letters, in.rot, in.turn = 0, 0, 0
}

// endToken weighs the token [in.start,i) and starts the next one.
func (in *inspector) endToken(i int) {
	if in.chars == 0 {
		in.reset()
		return
	}
	in.facts.signals |= in.tokenSignals(i)
	in.reset()
}

func (in *inspector) reset() { in.or, in.and, in.chars = 0, ^uint16(0), 0 }

func (in *inspector) tokenSignals(end int) (s signals) {
	n := in.chars
	if n == 1 && in.or&(asLetter|asForeign) != 0 {
		in.apart++
		if in.apart == minApart {
			s |= signApart
		}
	} else {
		in.apart = 0
	}
	s |= in.digitSignals(n, end)
	if in.or&asEscape != 0 {
		s |= signEscapes
	}
	if in.or&asLetter == 0 {
		return s
	}
	if in.or&asLeet != 0 && n >= 3 && n <= maxLeetWord && leetish(in.text[in.start:end]) {
		in.leet++
		if in.leet == minLeet {
			s |= signLeet
		}
	}
	if token := in.text[in.start:end]; in.or&asSign != 0 && n >= 2*minApart-1 && (setApart(token) || chained(token)) {
		s |= signApart
	}
	return s
}

// digitSignals counts rows of bit groups, hexadecimal pairs and Morse groups.
func (in *inspector) digitSignals(n, end int) (s signals) {
	if in.and&asBit != 0 && n >= 7 {
		in.bits += max(n/8, 1)
		if in.bits >= minBitGroups {
			s |= signDigits
		}
	} else {
		in.bits = 0
	}
	if (n == 2 && in.and&asHex != 0) || (n <= 5 && n >= 4 && hexLiteral(in.text[in.start:end])) {
		in.pairs++
		if in.pairs == minHexPairs {
			s |= signDigits
		}
	} else {
		in.pairs = 0
	}
	if in.and&asMorse != 0 && n <= maxMorse {
		in.morse++
		if in.morse == minMorse {
			s |= signMorse
		}
	} else {
		in.morse = 0
	}
	return s
}

// hexLiteral tells 0x41 and 0x41, from other tokens.
func hexLiteral(token string) bool {
	return token[0] == '0' && token[1]|0x20 == 'x' &&
		asciiClass[token[2]]&asHex != 0 && asciiClass[token[3]]&asHex != 0
}

// setApart tells whether single letters alternate with one and the same sign.
func setApart(token string) bool {
	letters := 0
	for i := 0; i < len(token); {
		_, size := utf8.DecodeRuneInString(token[i:])
		if asciiClass[token[i]]&(asLetter|asForeign|asDigit) == 0 {
			letters = 0
			i++
			continue
		}
		next := i + size
		letters++
		if letters >= minApart {
			return true
		}
		if next >= len(token) || asciiClass[token[next]]&asSign == 0 {
			letters = 0
		}
		i = next
		for i < len(token) && asciiClass[token[i]]&asSign != 0 {
			i++
		}
	}
	return false
}

// minLinks is how many words a chain must have.
const minLinks = 4

// chained tells whether a token is words with signs in place of spaces.
func chained(token string) bool {
	_, links := chain(token)
	return links >= minLinks
}

// chain returns the end of a row of words, of two to maxLink letters, with one and the
// same sign between them, and how many words there are.
func chain(text string) (end, links int) {
	var sign byte
	for at := 0; ; {
		word := at
		for word < len(text) && asciiClass[text[word]]&asLetter != 0 {
			word++
		}
		if size := word - at; size < 2 || size > maxLink {
			return end, links
		}
		end = word
		links++
		if word == len(text) || asciiClass[text[word]]&asSign == 0 || sign != 0 && text[word] != sign {
			return end, links
		}
		sign = text[word]
		at = word + 1
	}
}

const maxLink = 20

// foreign reads one character beyond ASCII and returns its size.
func (in *inspector) foreign(i int) int {
	r, size := utf8.DecodeRuneInString(in.text[i:])
	in.facts.signals |= signForeign
	in.previous = 0
	in.blob, in.run = 0, 0
	c := classOf(in.table, r)
	if in.marks != 0 && c != classDiacritic {
		in.endMarks(i)
	}
	if c == classSpace {
		in.space(i, size, r)
		return size
	}
	in.or |= asForeign
	in.and = 0
	if c.letterLike() || c == classOther || c == classDigit {
		in.chars++
		if middleDot(r) {
			in.dots++
		}
		if c == classLatin && turnedLetter(r) != 0 && r != 'ı' { // Turkish has that one
			in.turned++
		}
		return size
	}
	in.unusual(i, size, r, c)
	return size
}

func (in *inspector) space(i, size int, r rune) {
	in.endToken(i)
	in.start = i + size
	switch r {
	case 0xA0, 0x202F, 0x3000, 0x2009:
		// ordinary typography; the folded view makes them plain
	default:
		in.facts.signals |= signUnseen
		in.facts.odd.add(OddSpace, i, i+size, 1)
	}
}

// middleDot tells dots in the middle of the line, which fold to full stops.
func middleDot(r rune) bool { return r == '·' || r == '•' || r == '∙' || r == '・' || r == '⋅' }

func (in *inspector) unusual(i, size int, r rune, c class) {
	odd := &in.facts.odd
	switch c {
	case classEmoji:
		in.chars++
		in.flag = r == 0x1F3F4
		return
	case classDiacritic:
		if in.marks == 0 {
			in.marksStart = i
		}
		in.marks++
		return
	case classInvisible:
		if r == runeBOM && i == 0 {
			break
		}
		odd.add(invisible(in.text, i, size), i, i+size, 1)
	case classJoiner:
		if spells(in.text, i, size) {
			return
		}
		odd.add(invisible(in.text, i, size), i, i+size, 1)
	case classSoftHyphen:
		odd.add(OddSoftHyphen, i, i+size, 1)
	case classBidiMark, classBidiIsolate, classOverride:
		in.direction(i, size, r, c)
	case classSelector:
		in.selector(i, size, r)
		return
	case classTag:
		in.tag(i, size)
		return
	case classControl:
		odd.add(OddControl, i, i+size, 1)
	case classReplaced:
		odd.add(OddReplaced, i, i+size, 1)
		return
	case classNonchar:
		odd.add(OddNonchar, i, i+size, 1)
	}
	in.facts.signals |= signUnseen
}

// direction keeps count of embeddings and overrides.
func (in *inspector) direction(i, size int, r rune, c class) {
	switch {
	case c == classBidiMark:
	case c == classOverride:
		in.facts.odd.add(OddOverride, i, i+size, 1)
		in.override = i + 1
	case r == runePDF && in.override > 0:
		in.override = 0
	case r == runePDF || r == 0x2069:
		if in.depth == 0 {
			in.facts.odd.add(OddUnclosed, i, i+size, 1)
			return
		}
		in.depth--
	default:
		if in.depth < len(in.opened) {
			in.opened[in.depth] = i
		}
		in.depth++
	}
}

// closeDirections ends a paragraph: what is still open was never closed.
func (in *inspector) closeDirections(int) {
	for d := range min(in.depth, len(in.opened)) {
		in.facts.odd.add(OddUnclosed, in.opened[d], in.opened[d]+3, 1)
	}
	in.depth, in.override = 0, 0
}

// selector tells variation selectors that select something from those that carry
// something.
func (in *inspector) selector(i, size int, r rune) {
	if !selects(in.text[:i], r) {
		in.facts.odd.add(OddSelector, i, i+size, 1)
		in.facts.signals |= signUnseen
		in.selectors++
	}
}

// selects tells whether the variation selector r changes the character before it.
func selects(before string, r rune) bool {
	prev, size := utf8.DecodeLastRuneInString(before)
	if size == 0 {
		return false
	}
	c := classOf(classes(), prev)
	if r >= 0xE0100 {
		return c == classIdeograph
	}
	switch {
	case prev < utf8.RuneSelf:
		return (r == 0xFE0F || r == 0xFE0E) && (asciiClass[prev]&asDigit != 0 || prev == '#' || prev == '*')
	default:
		return c != classSelector && c != classLatin && c != classCyrillic && c != classInvisible
	}
}

func (in *inspector) tag(i, size int) {
	if in.flag {
		return
	}
	in.facts.signals |= signUnseen
	in.facts.odd.add(OddTag, i, i+size, 1)
	in.tags = true
}

const minPile = 3

func (in *inspector) endMarks(i int) {
	if in.marks >= minPile {
		in.facts.odd.add(OddPile, in.marksStart, i, in.marks)
		in.facts.signals |= signUnseen
	}
	in.marks = 0
}

// spells tells whether a joiner belongs to the spelling: between letters of a script
// that uses it, or inside an emoji.
func spells(text string, i, size int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:i])
	after, _ := utf8.DecodeRuneInString(text[i+size:])
	return joins(before) && (joins(after) || asciiOrEnd(after))
}

// invisible tells invisible characters that come with text from web pages from those
// that split words or make rows.
func invisible(text string, i, size int) Oddity {
	t := classes()
	before, _ := utf8.DecodeLastRuneInString(text[:i])
	after, _ := utf8.DecodeRuneInString(text[i+size:])
	if wordRune(t, before) && wordRune(t, after) {
		return OddSplit
	}
	if c := classOf(t, before); before >= utf8.RuneSelf && (c == classInvisible || c == classJoiner) {
		return OddSplit
	}
	return OddInvisible
}

func joins(r rune) bool {
	if r < utf8.RuneSelf {
		return false
	}
	switch classOf(classes(), r) {
	case classJoining, classEmoji, classSelector, classLetter:
		return true
	default:
		return false
	}
}

// asciiOrEnd: a suffix may be set apart from a number or a sign by a ZWNJ, and a
// joiner may end a word.
func asciiOrEnd(r rune) bool {
	return r == utf8.RuneError || r < utf8.RuneSelf && asciiClass[r]&asLetter == 0
}

func (in *inspector) conclude() facts {
	if in.tags {
		in.facts.signals |= signTags
	}
	if in.selectors >= minSelectors {
		in.facts.signals |= signSelectors
	}
	if in.dots >= minApart {
		in.facts.signals |= signApart
	}
	if in.turned >= minTurned {
		in.facts.signals |= signTurned
	}
	return in.facts
}
