package textview

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// act says what folding does with a character.
type act uint8

const (
	actKeep act = iota
	actMap
	actDrop
	actCompose
	actLookalike
)

type pair struct{ first, second rune }

// foldingTable says how the characters of the basic plane fold.
type foldingTable struct {
	act        [0x10000]act
	index      [0x10000]uint16 // into texts, for actMap and actLookalike
	texts      []string
	lookalikes [0x10000]byte // the Latin letter that one of another script can pass for
	pairs      map[pair]rune // canonical compositions
}

var foldTable = sync.OnceValue(buildFoldTable)

// text is what a mapped character becomes.
func (t *foldingTable) text(r rune) string { return t.texts[t.index[r]] }

// fold folds one character on its own.
func (t *foldingTable) fold(r rune) string {
	if r < 0x10000 && t.act[r] == actMap {
		return t.text(r)
	}
	return string(r)
}

func buildFoldTable() *foldingTable {
	t := &foldingTable{pairs: map[pair]rune{}}
	for r, latin := range lookalikeLetters() {
		t.lookalikes[r] = latin[0]
	}
	indexes := map[string]uint16{}
	intern := func(s string) uint16 {
		i, ok := indexes[s]
		if !ok {
			i = uint16(len(t.texts))
			t.texts = append(t.texts, s)
			indexes[s] = i
		}
		return i
	}
	plain := plainForms()
	for r := rune(0x80); r < 0x10000; r++ {
		if !foldable(r) {
			continue
		}
		t.learnPair(r)
		s := foldedForm(r, plain)
		t.index[r] = intern(s)
		switch {
		case s == "":
			t.act[r] = actDrop
		case t.lookalikes[r] != 0:
			t.act[r] = actLookalike
		case s != string(r):
			t.act[r] = actMap
		}
	}
	for p := range t.pairs {
		if t.act[p.second] == actKeep {
			t.act[p.second] = actCompose
		}
	}
	t.act[runeZWJ] = actDrop // spells nothing that words are told by
	for r := rune(0x1161); r < 0x11C3; r++ {
		t.act[r] = actCompose
	}
	for r, c := range classes() {
		if c == classDiacritic && t.act[r] == actKeep {
			t.act[r] = actCompose
		}
	}
	return t
}

// foldable leaves out the large blocks whose characters fold to themselves.
func foldable(r rune) bool {
	switch {
	case r >= 0x3400 && r <= 0x9FFF, r >= 0xAC00 && r <= 0xD7A3, r >= 0xD800 && r <= 0xF8FF:
		return false
	default:
		return true
	}
}

// learnPair notes the canonical composition of r out of two characters.
func (t *foldingTable) learnPair(r rune) {
	s := string(r)
	if norm.NFC.String(s) != s {
		return // composition excluded
	}
	d := norm.NFC.PropertiesString(s).Decomposition()
	if d == nil {
		return
	}
	if first, _ := utf8.DecodeRune(d); unicode.Is(unicode.Cyrillic, first) && strings.ContainsAny(string(d), "\u0300\u0301") {
		return // in most languages the mark of a stress
	}
	// Long decompositions compose step by step: all but the last mark, then that.
	last, size := utf8.DecodeLastRune(d)
	first := norm.NFC.String(string(d[:len(d)-size]))
	if utf8.RuneCountInString(first) != 1 {
		return
	}
	f, _ := utf8.DecodeRuneInString(first)
	t.pairs[pair{f, last}] = r
	if lower := unicode.ToLower(f); lower != f {
		t.pairs[pair{lower, last}] = unicode.ToLower(r)
	}
}

// foldedForm folds a character; look-alikes fold to their own lower case.
func foldedForm(r rune, plain substitutions) string {
	if s, ok := plain[r]; ok {
		return s
	}
	if optional(r) {
		return ""
	}
	if unicode.Is(unicode.M, r) {
		return string(r) // composed or left out where it stands
	}
	if unicode.Is(unicode.Nd, r) {
		return string(digitOf(r))
	}
	if unicode.Is(unicode.Z, r) {
		return plainSpace(r)
	}
	decomposed := norm.NFKD.String(string(r))
	first, _ := utf8.DecodeRuneInString(decomposed)
	if !unaccented(first) {
		return refold(strings.ToLower(norm.NFKC.String(string(r))), plain)
	}
	var b strings.Builder
	for _, d := range decomposed {
		if !unicode.Is(unicode.Mn, d) {
			b.WriteString(strings.ToLower(string(d)))
		}
	}
	return refold(b.String(), plain)
}

// refold puts plain forms in for what a decomposition brought to light.
func refold(s string, plain substitutions) string {
	var b strings.Builder
	for _, r := range s {
		if p, ok := plain[r]; ok {
			b.WriteString(p)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// unaccented tells whether the accents on the letter are left out.
func unaccented(r rune) bool {
	return unicode.Is(unicode.Latin, r) || unicode.Is(unicode.Greek, r) || !unicode.IsLetter(r)
}

// optional marks are left out in most writing: Arabic vowel signs and the stretched
// connection, Hebrew points.
func optional(r rune) bool {
	switch {
	case r >= 0x064B && r <= 0x065F, r == 0x0670, r == 0x0640, r >= 0x0610 && r <= 0x061A, r >= 0x06D6 && r <= 0x06DC:
		return true
	case r >= 0x0591 && r <= 0x05C7:
		return unicode.Is(unicode.Mn, r)
	default:
		return false
	}
}

// substitutions says what stands in for a character.
type substitutions map[rune]string

// each pairs the characters of two rows.
func (t substitutions) each(from, to string) {
	f, s := []rune(from), []rune(to)
	if len(f) != len(s) {
		panic("textview: rows of different length: " + from + " " + to)
	}
	for i, r := range f {
		t[r] = string(s[i])
	}
}

// plainForms are the characters that fold otherwise than NFKC says.
func plainForms() substitutions {
	t := substitutions{}
	t.each("ıłŁøØđĐðÐħĦŧŦĸŋŊ", "illoodddd"+"hhttknn")
	t.each("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnoprstuvwyz")
	t.each("ɑɓƈɗɛƒɠɡɦɨɩʝƙɭɱɲɵƥʠɾʂƭʉƴȥ", "abcdefgghiijklmnopqrstuyz")
	t.each("‘’‚‛“”„‟«»‹›′″", `''''""""""''`+`'"`)
	t.each("‐‑‒–—―−⁃﹘", "---------")
	t.each("⁄∕∣", "//|")
	t.each("·•∙・⋅", ".....")
	t.each("ёЁ", "ее")
	t.each("⠁⠃⠉⠙⠑⠋⠛⠓⠊⠚⠅⠇⠍⠝⠕⠏⠟⠗⠎⠞⠥⠧⠺⠭⠽⠵⠀⠲⠂⠖⠦", "abcdefghijklmnopqrstuvwxyz .,!?")
	for r := rune('a'); r <= 'z'; r++ {
		t[0x249C+r-'a'] = string(r)
	}
	t.each("أإآٱىیک", "اااايي"+"ك")
	for from, to := range map[rune]string{'ß': "ss", 'ẞ': "ss", 'æ': "ae", 'Æ': "ae", 'œ': "oe", 'Œ': "oe", 'þ': "th", 'Þ': "th", 'İ': "i"} {
		t[from] = to
	}
	return t
}

// lookalikeLetters are letters of other scripts that can pass for Latin ones, as
// they stand in capitals and in small letters.
func lookalikeLetters() substitutions {
	t := substitutions{}
	t.each("АВЕЅІЈКМНОРСТУХЬҮԀԚԜӀҺѴ", "abesijkmhopctyxbydqwlhv")
	t.each("авеѕіјкмнорстухьүԁԛԝӏһѵгпиґӧӓ", "abesijkmhopctyxbydqwlhvrnuroa")
	t.each("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹ", "abezhikmnoptyxc")
	t.each("ϲ€£¥¢", "celyc")
	t.each("αβγεηικμνορτυχωςΐάέήίόύ", "abyenikuvoptuxwciaenio"+"u")
	t.each("ՕՏՍԼՈ", "osuln")
	t.each("օոսհռցգզղյ", "onuhngqqnj")
	t.each("ᎠᎡᎢᎥᎪᎫᎬᎳᎷᎻᏀᏃᏏᏒᏔᏚᏙᏞᏟᏢᏦᏴᎩᏆ", "drtiajewmhgzbrwsvlcpkbyi")
	t.each("ꓐꓑꓓꓔꓖꓗꓙꓚꓜꓝꓟꓠꓡꓢꓣꓦꓧꓪꓫꓬꓮꓰꓲꓳꓴ", "bpdtgkjczfmnlsrvhwxyaeiou")
	return t
}
