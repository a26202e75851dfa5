package textview

import (
	"sync"
	"unicode"
	"unicode/utf8"
)

// class is what the ladder needs to know of a character.
type class uint8

const (
	classOther       class = iota
	classLetter            // a letter of a script of no further interest
	classLatin             // beyond ASCII
	classCyrillic          //
	classGreek             //
	classJoining           // letters and marks of scripts in which joiners are spelling
	classIdeograph         // may be followed by a variation selector
	classEmoji             // and other symbols that may be followed by selectors and joiners
	classDiacritic         // combining marks that people pile up
	classDigit             // decimal digits beyond ASCII
	classSpace             // spaces beyond ASCII
	classInvisible         // zero width and not spelling anywhere: dropped
	classJoiner            // ZWNJ and ZWJ: spelling in some places
	classSoftHyphen        //
	classBidiMark          // LRM, RLM, ALM: ordinary in right-to-left text
	classBidiIsolate       // embeddings and isolates: ordinary when they are closed
	classOverride          // LRO and RLO
	classSelector          // variation selectors
	classTag               // U+E0000–E007F
	classControl           // C1
	classReplaced          // U+FFFD
	classNonchar           //
)

// letterLike classes make up words.
func (c class) letterLike() bool { return c >= classLetter && c <= classIdeograph }

const (
	runeZWNJ = 0x200C
	runeZWJ  = 0x200D
	runeBOM  = 0xFEFF
	runeRLO  = 0x202E
	runePDF  = 0x202C
)

// classes holds the class of every character of the basic plane.
var classes = sync.OnceValue(buildClasses)

func buildClasses() *[0x10000]class {
	t := new([0x10000]class)
	fill := func(c class, tables ...*unicode.RangeTable) {
		for _, table := range tables {
			for _, r := range table.R16 {
				for x := uint32(r.Lo); x <= uint32(r.Hi); x += uint32(r.Stride) {
					t[x] = c
				}
			}
		}
	}
	fill(classLetter, unicode.L, unicode.M)
	fill(classEmoji, unicode.So, unicode.Sk)
	fill(classLatin, unicode.Latin)
	fill(classCyrillic, unicode.Cyrillic)
	fill(classGreek, unicode.Greek)
	fill(classJoining, unicode.Arabic, unicode.Syriac, unicode.Nko, unicode.Mongolian, unicode.Thaana,
		unicode.Devanagari, unicode.Bengali, unicode.Gurmukhi, unicode.Gujarati, unicode.Oriya, unicode.Tamil,
		unicode.Telugu, unicode.Kannada, unicode.Malayalam, unicode.Sinhala, unicode.Tibetan, unicode.Myanmar,
		unicode.Khmer, unicode.Lao, unicode.Thai, unicode.Balinese, unicode.Javanese)
	fill(classIdeograph, unicode.Han)
	fill(classDigit, unicode.Nd)
	fill(classSpace, unicode.Zs, unicode.Zl, unicode.Zp)
	for _, r := range "€£¥¢" { // letters inside of words only: see judge
		t[r] = classLetter
	}
	span := func(c class, lo, hi rune) {
		for r := lo; r <= hi; r++ {
			t[r] = c
		}
	}
	span(classDiacritic, 0x0300, 0x036F)
	span(classDiacritic, 0x1AB0, 0x1AFF)
	span(classDiacritic, 0x1DC0, 0x1DFF)
	span(classDiacritic, 0x20D0, 0x20FF)
	span(classDiacritic, 0xFE20, 0xFE2F)
	span(classControl, 0x80, 0x9F)
	span(classInvisible, 0x2060, 0x2064)
	span(classInvisible, 0x206A, 0x206F)
	span(classBidiIsolate, 0x2066, 0x2069)
	span(classBidiIsolate, 0x202A, 0x202C)
	span(classOverride, 0x202D, 0x202E)
	span(classSelector, 0xFE00, 0xFE0F)
	span(classNonchar, 0xFDD0, 0xFDEF)
	span(classNonchar, 0xFFFE, 0xFFFF)
	span(classEmoji, 0x2190, 0x21FF)
	for _, r := range []rune{0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0x200B, 0x3164, 0xFFA0, runeBOM} {
		t[r] = classInvisible
	}
	for _, r := range []rune{0x200E, 0x200F, 0x061C} {
		t[r] = classBidiMark
	}
	t[runeZWNJ], t[runeZWJ] = classJoiner, classJoiner
	t[0xAD] = classSoftHyphen
	t[utf8.RuneError] = classReplaced
	t[0x20E3] = classEmoji // the keycap that encloses a digit
	return t
}

// classOf returns the class of a character beyond ASCII.
func classOf(t *[0x10000]class, r rune) class {
	if r < 0x10000 {
		return t[r]
	}
	return astralClass(r)
}

func astralClass(r rune) class {
	switch {
	case r >= 0x1F000 && r <= 0x1FAFF:
		return classEmoji
	case r >= 0x20000 && r <= 0x323AF:
		return classIdeograph
	case r >= 0xE0000 && r <= 0xE007F:
		return classTag
	case r >= 0xE0100 && r <= 0xE01EF:
		return classSelector
	case r >= 0x1D400 && r <= 0x1D7FF:
		return classLatin
	case r&0xFFFE == 0xFFFE:
		return classNonchar
	case unicode.IsLetter(r):
		return classLetter
	default:
		return classOther
	}
}
