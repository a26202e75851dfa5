package textview

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// signals are cheap hints that a rare view may exist. A wrong hint costs time,
// never a finding; a missing one costs the view.
type signals uint32

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
	signCipher                        // letters distributed as no language has them
	signRot47                         // words of the signs that small letters become
	signBase85                        // long rows of letters, digits and signs
	signNumbers                       // numbers in rows
	signSpelled                       // words of a spelling alphabet in a row
	signBroken                        // words broken by lines, quotes or markup
	signDoubled                       // letters that stand twice
	signPig                           // words that end as those of Pig Latin
	signFromEnd                       // starts with what ends a sentence, or ends with what starts one
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
	minRot47     = 3 // words
	minDoubled   = 3 // words
	minPig       = 4 // words in a row
	minLines     = 3 // short lines in a row
	minQuads     = 3 // words in a row that could each be base64
)

// The classes of ASCII characters, as bits.
const (
	asLower uint32 = 1 << iota
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
	asPadded    // of base64 with its padding
	asRot47     // what small letters become under rot47
	asBreaker   // what can break words
	asQuote     // straight quotes
	asForeign   // set for characters beyond ASCII
	asEqual     //
	asLetter    = asLower | asUpper
	asWordBreak = asSpace | asControl
)

var asciiClass = [256]uint32(makeASCIIClass())

func makeASCIIClass() []uint32 {
	t := make([]uint32, 256)
	mark := func(bits uint32, chars string) {
		for i := 0; i < len(chars); i++ {
			t[chars[i]] |= bits
		}
	}
	for c := range 0x20 {
		t[c] = asControl
	}
	t[0x7F] = asControl
	for c := byte('a'); c <= 'z'; c++ {
		t[c] = asLower | asBlob | asPadded
		t[c-'a'+'A'] = asUpper | asBlob | asPadded
	}
	mark(asDigit|asHex|asBlob|asPadded, "0123456789")
	mark(asHex, "abcdefABCDEF")
	mark(asBlob|asPadded, "+/-_")
	mark(asEqual|asPadded, "=")
	mark(asQuote, "\"'")
	mark(asRot47, "23456789:;<=>?@ABCDEFGHIJK")
	mark(asBreaker, "<-\n\r\"'")
	mark(asMorse, ".-/|")
	mark(asBit, "01")
	mark(asLeet, "0134579@$!|+")
	mark(asEscape, "%&\\")
	mark(asSign, ".-_*~|,/+:;\\[](){}<>\"^=#")
	for c := 0x80; c < 0x100; c++ {
		t[c] = asForeign
	}
	t[' '] = asSpace
	for _, c := range "\t\n\r" {
		t[c] = asSpace | t[c]&asBreaker
	}
	return t
}

// facts are what one look at a text tells.
type facts struct {
	signals signals
	letters histogram // of where signCipher was seen
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
	or, and uint32
	chars   int

	// rows of alike tokens
	apart, bits, pairs, morse, leet int
	numbers, spelled, pig, quads    int
	same, width                     int // tokens of the same width, and that
	rot47, doubled                  int // tokens anywhere
	line, lines                     int // where the line started, and short ones before it
	additions                       int // signs between quotes
	symbols                         int // between letters

	blob       int // characters of base64 in a row
	run        int // letters in a row
	letters    int // in the block that is being weighed
	rot, turn  int // weights of the block
	plain      int // how much its letters look like writing
	block      int // where it started
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
	in := inspector{text: text, table: classes(), and: ^uint32(0)}
	in.ascii(0)
	in.endToken(len(text))
	in.endBlock(len(text))
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
		in.weigh(i, c, bits)
		if in.marks != 0 {
			in.endMarks(i)
		}
		i++
	}
}

func (in *inspector) blobbed(bits uint32) {
	if bits&asBlob == 0 {
		in.blob = 0
		return
	}
	in.blob++
	if in.blob == minBlob {
		in.facts.signals |= signBlob
	}
}

func (in *inspector) wordBreak(i int, c byte, bits uint32) {
	in.endToken(i)
	in.blob, in.run = 0, 0
	in.previous = 0
	if in.marks != 0 {
		in.endMarks(i)
	}
	if bits&asSpace != 0 {
		if c == '\n' {
			in.endLine(i)
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

// endLine counts short lines, and lines that end in a hyphen.
func (in *inspector) endLine(i int) {
	if in.depth+in.override > 0 {
		in.closeDirections(i)
	}
	if size := i - in.line; size == 0 || size > maxColumn*utf8.UTFMax {
		in.lines = 0
	} else if in.lines++; in.lines == minLines {
		in.facts.signals |= signBroken
	}
	if i > in.line && in.text[i-1] == '-' {
		in.addition()
	}
	in.line = i + 1
}

// addition counts what may stand between the parts of a broken word.
func (in *inspector) addition() {
	if in.additions++; in.additions == minRepairs {
		in.facts.signals |= signBroken
	}
}

// blockLetters is how many letters are weighed together: few enough that an encoded
// sentence inside a long text stands out.
const blockLetters = 32

// weigh adds a letter's weight for rot13 and its pair's weight for reading backwards.
func (in *inspector) weigh(i int, c byte, bits uint32) {
	if bits&asLetter == 0 {
		in.previous, in.run = 0, 0
		return
	}
	if in.run++; in.run == minRunOn {
		in.facts.signals |= signRunOn
	}
	letter := c & 31
	if in.letters == 0 {
		in.block = i
	}
	in.rot += int(rot13Weight[letter])
	in.plain += int(plainWeight[letter])
	in.turn += int(pairWeight[uint16(in.previous)<<5|uint16(letter)])
	in.previous = letter
	in.letters++
	if in.letters == blockLetters {
		in.endBlock(i + 1)
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

// A block whose letters weigh less than these, in eighths, is no writing as it stands.
const plainLimit, plainLimitShort = -2, 0

func (in *inspector) endBlock(end int) {
	if in.letters >= minBlockLetters {
		rot, turn, plain := rot13Limit, reversedLimit, plainLimit
		if len(in.text) <= shortText {
			rot, turn, plain = rot13LimitShort, reversedLimitShort, plainLimitShort
		}
		if in.plain < plain*in.letters {
			in.facts.signals |= signCipher
			in.facts.letters.count(in.text[in.block:end])
		}
		if in.rot*4 >= rot*in.letters {
			in.facts.signals |= signRot13
		}
		if in.turn*4 >= turn*in.letters {
			in.facts.signals |= signReversed
		}
	}
	in.letters, in.rot, in.turn, in.plain = 0, 0, 0, 0
}

// endToken weighs the token [in.start,i) and starts the next one.
func (in *inspector) endToken(i int) {
	if in.chars == 0 {
		in.reset()
		return
	}
	s := in.tokenSignals(i) // may set signals itself
	in.facts.signals |= s
	in.reset()
}

func (in *inspector) reset() { in.or, in.and, in.chars = 0, ^uint32(0), 0 }

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
	if in.or&asForeign != 0 && n >= minApart && capitalLast(in.text[in.start:end]) {
		s |= signReversed | signFromEnd
	}
	s |= in.digitSignals(n, end)
	s |= in.blobSignals(n)
	if in.or&asEscape != 0 || in.or&asEqual != 0 && quotedPrintable(in.text[in.start:end]) {
		s |= signEscapes
	}
	if in.and&asRot47 != 0 && n >= 3 {
		if in.rot47++; in.rot47 == minRot47 {
			s |= signRot47
		}
	}
	if in.or&(asLetter|asForeign) == 0 {
		return s
	}
	if in.or&asLetter != 0 && asciiClass[in.text[in.start]]&asForeign == 0 {
		s |= in.wordSignals(in.text[in.start:end])
	}
	if in.or&asLeet != 0 && n >= 3 && n <= maxLeetWord && leetish(in.text[in.start:end]) {
		in.leet++
		if in.leet == minLeet {
			s |= signLeet
		}
	}
	token := in.text[in.start:end]
	if in.or&asQuote != 0 && atQuote(token) {
		in.addition()
	}
	if in.or&asSign == 0 {
		return s
	}
	if n >= 2*minApart-1 && (setApart(token) || chained(token)) {
		s |= signApart
	}
	if tagInside(token) {
		in.addition()
	}
	if n >= minBase85 && in.or&asUpper != 0 && in.and&asBlob == 0 {
		s |= signBase85
	}
	return s
}

// atQuote tells whether a token starts or ends with a quote, as strings do that are added
// up or listed.
func atQuote(token string) bool {
	return (asciiClass[token[0]]|asciiClass[token[len(token)-1]])&asQuote != 0
}

// tagInside tells whether a tag stands right behind a letter.
func tagInside(token string) bool {
	i := 1 + strings.IndexByte(token[1:], '<')
	return i > 0 && wordByte(token[i-1]) && tagEnd(token, i) > 0
}

// quotedPrintable tells whether a byte is written as = and two hexadecimal digits.
func quotedPrintable(token string) bool {
	i := strings.IndexByte(token, '=')
	return i+2 < len(token) && asciiClass[token[i+1]]&asciiClass[token[i+2]]&asHex != 0
}

// wordSignals counts words that are like those of games and spelling alphabets.
func (in *inspector) wordSignals(token string) (s signals) {
	if maySpell(token) {
		if in.spelled++; in.spelled == minSpelled {
			s |= signSpelled
		}
	} else if len(token) > 1 {
		in.spelled = 0
	}
	if strings.HasSuffix(token, "ay") || strings.HasSuffix(token, "AY") {
		if in.pig++; in.pig == minPig {
			s |= signPig
		}
	} else if asciiClass[token[len(token)-1]]&asLetter != 0 {
		in.pig = 0
	}
	if len(token) >= 6 && token[0]|0x20 == token[1]|0x20 && token[2]|0x20 == token[3]|0x20 {
		if in.doubled++; in.doubled == minDoubled {
			s |= signDoubled
		}
	}
	return s
}

// blobSignals counts tokens that make up base64 only together, and long tokens of digits.
func (in *inspector) blobSignals(n int) (s signals) {
	if in.and&asPadded == 0 || n < 4 {
		in.same, in.quads = 0, 0
		return 0
	}
	if n != in.width {
		in.width, in.same = n, 0
	}
	in.same++
	if in.same >= minBlobPieces && in.same*n >= minBlob {
		s |= signBlob
	}
	if n%4 != 0 {
		in.quads = 0
	} else if in.quads++; in.quads == minQuads {
		s |= signBlob
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
	s |= in.numberSignals(n)
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

// numberSignals counts numbers in rows, and code points.
func (in *inspector) numberSignals(n int) (s signals) {
	switch {
	case in.or&(asLetter|asForeign) == 0 && in.or&asDigit != 0:
		if in.numbers++; in.numbers == minNumbers || n >= 2*minNumbers-1 && in.or&asSign != 0 {
			s |= signNumbers
		}
	case in.or&asLower == 0 && n >= 3 && n <= 8 && codePoint(in.text, in.start):
		if in.numbers++; in.numbers == minNumbers {
			s |= signNumbers
		}
	case n > 1:
		in.numbers = 0
	}
	if n >= 3*minHexPairs-1 && in.or&asForeign == 0 && hexPairs(in.text[in.start:]) {
		s |= signDigits
	}
	return s
}

// hexPairs tells hexadecimal pairs with the same sign between them.
func hexPairs(token string) bool {
	for i := 0; i < 3*minHexPairs-1; i++ {
		if i%3 == 2 && token[i] != token[2] || i%3 != 2 && asciiClass[token[i]]&asHex == 0 {
			return false
		}
	}
	return rowGap(token[2])
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
	if !c.letterLike() && morseSign(r) != 0 {
		in.or |= asMorse
		in.and &= asMorse
	} else {
		in.and = 0
	}
	if c.letterLike() || c == classOther || c == classDigit {
		if in.chars++; in.chars == 2 && c.letterLike() && in.fromEnd() {
			in.facts.signals |= signReversed | signFromEnd
		}
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
		if betweenLetters(in.table, in.text, i, size) {
			in.symbols++
		}
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

// betweenLetters tells whether the character at i has a letter on either side.
func betweenLetters(t *[0x10000]class, text string, i, size int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:i])
	after, _ := utf8.DecodeRuneInString(text[i+size:])
	return wordRune(t, before) && wordRune(t, after)
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
	if in.dots >= minApart || in.symbols >= minApart-1 {
		in.facts.signals |= signApart
	}
	if in.turned >= minTurned {
		in.facts.signals |= signTurned
	}
	return in.facts
}

// fromEnd tells whether the letter that follows the first character of a token follows
// what ends a sentence: then the text is written from its end.
func (in *inspector) fromEnd() bool {
	first, _ := utf8.DecodeRuneInString(in.text[in.start:])
	switch first {
	case '.', '!', '?', '。', '！', '？', '؟', '।', '…':
		return true
	default:
		return false
	}
}

// capitalLast tells whether a token beyond ASCII starts with a small letter and ends with
// a capital one.
func capitalLast(token string) bool {
	first, _ := utf8.DecodeRuneInString(token)
	last, _ := utf8.DecodeLastRuneInString(token)
	return first >= utf8.RuneSelf && unicode.IsLower(first) && unicode.IsUpper(last)
}
