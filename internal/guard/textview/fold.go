package textview

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Fold returns s as folded views hold it: lower case, compatibility forms plain
// (NFKC), accents of Latin and Greek letters and the optional marks of Arabic and
// Hebrew left out, decimal digits ASCII, and letters that only look Latin made Latin
// where they stand among Latin letters.
func Fold(s string) string {
	return fold(&View{Text: strings.ToValidUTF8(s, "\uFFFD")}, foldGrowth*len(s)+foldGrowth).Text
}

// foldGrowth is how many times longer a folded text can get: NFKC makes 33 bytes of
// the three of U+FDFA.
const foldGrowth = 11

// fold makes the folded view of v.
func fold(v *View, limit int) *View {
	if isASCII(v.Text) {
		return foldASCII(v, limit)
	}
	f := folder{builder: newBuilder(len(v.Text)+len(v.Text)/8, limit), text: v.Text, table: foldTable(), classes: classes()}
	for i := 0; i < len(f.text) && !f.full; {
		if f.text[i] < utf8.RuneSelf {
			i = f.ascii(i)
			continue
		}
		i = f.foreign(i)
	}
	return f.view(KindFolded, v)
}

func foldASCII(v *View, limit int) *View {
	text := v.Text
	if len(text) > limit {
		text = text[:limit]
	}
	return &View{
		Kind: KindFolded, Text: strings.ToLower(text), Parent: v, Truncated: len(text) < len(v.Text), source: v.source,
	}
}

func isASCII(s string) bool {
	for ; len(s) >= 8; s = s[8:] {
		if (s[0]|s[1]|s[2]|s[3]|s[4]|s[5]|s[6]|s[7])&0x80 != 0 {
			return false
		}
	}
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

type folder struct {
	*builder
	text    string
	table   *foldingTable
	classes *[0x10000]class

	wordEnd   int  // of the word whose look-alikes were judged last
	wordLatin bool // whether it is Latin in disguise
	latinLast bool // the last word with letters was Latin
}

func (f *folder) ascii(i int) int {
	start := i
	for i < len(f.text) && f.text[i] < utf8.RuneSelf {
		i++
	}
	at := len(f.builder.text)
	f.keep(start, f.text[start:i])
	lowered := f.builder.text[at:]
	for j, c := range lowered {
		if c >= 'A' && c <= 'Z' {
			lowered[j] = c + ('a' - 'A')
		}
		if asciiClass[c]&asLetter != 0 {
			f.latinLast = true
		}
	}
	return i
}

func (f *folder) foreign(i int) int {
	r, size := utf8.DecodeRuneInString(f.text[i:])
	next := i + size
	if r >= 0x10000 {
		f.put(i, next, foldAstral(r))
		return next
	}
	if r == 0xFF9E || r == 0xFF9F { // the voicing marks of half-width kana
		f.compose(i, next, r-0xFF9E+0x3099)
		return next
	}
	switch f.table.act[r] {
	case actKeep:
		f.keep(i, f.text[i:next])
	case actMap:
		f.put(i, next, f.table.text(r))
	case actDrop:
	case actCompose:
		f.compose(i, next, r)
	case actLookalike:
		f.lookalike(i, next, r)
	}
	return next
}

// compose joins a combining mark with the letter before it, or leaves it out.
func (f *folder) compose(i, next int, mark rune) {
	prev, size := utf8.DecodeLastRune(f.builder.text)
	whole, ok := composed(f.table, prev, mark)
	switch {
	case ok && !f.full:
		out := len(f.builder.text) - size
		from := f.startOf(out)
		f.undo(out, from)
		f.put(from, next, f.table.fold(whole))
	case classOf(f.classes, mark) != classDiacritic:
		f.keep(i, f.text[i:next])
	}
}

// startOf maps the view's byte at to the parent.
func (f *folder) startOf(at int) int {
	start, _ := offsets{runs: f.runs}.outward(at, at, len(f.builder.text))
	return start
}

func composed(t *foldingTable, prev, mark rune) (rune, bool) {
	const l, v, tail, s = 0x1100, 0x1161, 0x11A7, 0xAC00
	switch {
	case prev >= l && prev < l+19 && mark >= v && mark < v+21:
		return s + ((prev-l)*21+(mark-v))*28, true
	case prev >= s && prev < s+11172 && (prev-s)%28 == 0 && mark > tail && mark < tail+28:
		return prev + (mark - tail), true
	}
	whole, ok := t.pairs[pair{prev, mark}]
	return whole, ok
}

// lookalike writes a letter that looks like a Latin one as that, when its word is
// Latin otherwise, and as itself when it is not.
func (f *folder) lookalike(i, next int, r rune) {
	if i >= f.wordEnd {
		f.judge(i)
	}
	if f.wordLatin {
		f.put(i, next, string(rune(f.table.lookalikes[r])))
		return
	}
	if s := f.table.text(r); s != f.text[i:next] {
		f.put(i, next, s)
		return
	}
	f.keep(i, f.text[i:next])
}

// maxJudged bounds how far a word is read to judge it, in bytes to each side.
const maxJudged = 96

// judge reads the word around i: Latin in disguise when it has Latin letters and no
// letter of another script that looks like none, or when it has look-alikes only and
// stands among Latin words.
func (f *folder) judge(i int) {
	start, end := i, i
	for start > 0 && i-start < maxJudged {
		r, size := utf8.DecodeLastRuneInString(f.text[:start])
		if !wordRune(f.classes, r) {
			break
		}
		start -= size
	}
	latin, lookalikes, strange := 0, 0, 0
	for end = start; end < len(f.text) && end-i < maxJudged; {
		r, size := utf8.DecodeRuneInString(f.text[end:])
		if !wordRune(f.classes, r) {
			break
		}
		switch {
		case currency(r):
		case r < 0x10000 && f.table.lookalikes[r] != 0:
			lookalikes++
		case r < utf8.RuneSelf || classOf(f.classes, r) == classLatin:
			latin++
		case classOf(f.classes, r) != classDiacritic:
			strange++
		}
		end += size
	}
	f.wordEnd = end
	if latin == 0 && lookalikes == 1 {
		f.wordLatin = false // of one letter nobody can tell
		return
	}
	f.wordLatin = strange == 0 && (latin > 0 || lookalikes > 0 && f.latinLast || lookalikes >= minSeldom && seldom(f.text[i:]))
	f.latinLast = f.wordLatin
}

// minSeldom is how many look-alikes of a script that is seldom written make a Latin word.
const minSeldom = 3

// seldom tells whether a text starts with a letter of the Cherokee or Lisu script, whose
// words have others than look-alikes.
func seldom(text string) bool {
	r, _ := utf8.DecodeRuneInString(text)
	return r >= 0x13A0 && r <= 0x13FF || r >= 0xA4D0 && r <= 0xA4FF
}

// currency signs stand for letters only inside of words.
func currency(r rune) bool { return r == '€' || r == '£' || r == '¥' || r == '¢' }

func wordRune(t *[0x10000]class, r rune) bool {
	if r < utf8.RuneSelf {
		return asciiClass[r]&asLetter != 0
	}
	c := classOf(t, r)
	return r != utf8.RuneError && (c.letterLike() || c == classDiacritic)
}

// foldAstral folds a character beyond the basic plane.
func foldAstral(r rune) string {
	switch {
	case r >= 0x1D400 && r <= 0x1D7FF, r >= 0x1F100 && r <= 0x1F10A:
		return strings.ToLower(norm.NFKC.String(string(r)))
	case r >= 0x1F110 && r <= 0x1F189: // parenthesised, squared, negative circled, negative squared
		if n := (r - 0x1F110) % 32; n < 26 {
			return string('a' + n)
		}
	case r >= 0x1F1E6 && r <= 0x1F1FF:
		return string('a' + r - 0x1F1E6)
	case unicode.Is(unicode.Nd, r):
		return string(digitOf(r))
	}
	return string(unicode.ToLower(r))
}

// digitOf returns the ASCII digit of a decimal digit: they come in rows of ten.
func digitOf(r rune) rune {
	d := rune(0)
	for d < 9 && unicode.Is(unicode.Nd, r-d-1) {
		d++
	}
	// Rows may touch (mathematical digits): those are folded by NFKC already.
	return '0' + d
}
