package ui

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A character that shows nothing, or that changes how its neighbours are shown, can carry what a reader does not see. Each gets a
// short label that stands in its place and a name for the tooltip (Unicode 16, NamesList).
type hiddenName struct{ label, name string }

var hiddenNames = map[rune]hiddenName{
	0x00AD: {"SHY", "SOFT HYPHEN"},
	0x034F: {"CGJ", "COMBINING GRAPHEME JOINER"},
	0x061C: {"ALM", "ARABIC LETTER MARK"},
	0x115F: {"HCF", "HANGUL CHOSEONG FILLER"},
	0x1160: {"HJF", "HANGUL JUNGSEONG FILLER"},
	0x17B4: {"KIV", "KHMER VOWEL INHERENT AQ"},
	0x17B5: {"KIV", "KHMER VOWEL INHERENT AA"},
	0x180E: {"MVS", "MONGOLIAN VOWEL SEPARATOR"},
	0x200B: {"ZWSP", "ZERO WIDTH SPACE"},
	0x200C: {"ZWNJ", "ZERO WIDTH NON-JOINER"},
	0x200D: {"ZWJ", "ZERO WIDTH JOINER"},
	0x200E: {"LRM", "LEFT-TO-RIGHT MARK"},
	0x200F: {"RLM", "RIGHT-TO-LEFT MARK"},
	0x2028: {"LSEP", "LINE SEPARATOR"},
	0x2029: {"PSEP", "PARAGRAPH SEPARATOR"},
	0x202A: {"LRE", "LEFT-TO-RIGHT EMBEDDING"},
	0x202B: {"RLE", "RIGHT-TO-LEFT EMBEDDING"},
	0x202C: {"PDF", "POP DIRECTIONAL FORMATTING"},
	0x202D: {"LRO", "LEFT-TO-RIGHT OVERRIDE"},
	0x202E: {"RLO", "RIGHT-TO-LEFT OVERRIDE"},
	0x2060: {"WJ", "WORD JOINER"},
	0x2061: {"FA", "FUNCTION APPLICATION"},
	0x2062: {"IT", "INVISIBLE TIMES"},
	0x2063: {"IS", "INVISIBLE SEPARATOR"},
	0x2064: {"IP", "INVISIBLE PLUS"},
	0x2066: {"LRI", "LEFT-TO-RIGHT ISOLATE"},
	0x2067: {"RLI", "RIGHT-TO-LEFT ISOLATE"},
	0x2068: {"FSI", "FIRST STRONG ISOLATE"},
	0x2069: {"PDI", "POP DIRECTIONAL ISOLATE"},
	0x2800: {"BLANK", "BRAILLE PATTERN BLANK"},
	0x3164: {"HF", "HANGUL FILLER"},
	0xFEFF: {"BOM", "ZERO WIDTH NO-BREAK SPACE"},
	0xFFA0: {"HHF", "HALFWIDTH HANGUL FILLER"},
}

var c0Labels = [...]string{
	"NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "BEL", "BS", "TAB", "LF", "VT", "FF", "CR", "SO", "SI",
	"DLE", "DC1", "DC2", "DC3", "DC4", "NAK", "SYN", "ETB", "CAN", "EM", "SUB", "ESC", "FS", "GS", "RS", "US",
}

var c0Names = [...]string{
	"NULL", "START OF HEADING", "START OF TEXT", "END OF TEXT", "END OF TRANSMISSION", "ENQUIRY", "ACKNOWLEDGE", "BELL", "BACKSPACE",
	"CHARACTER TABULATION", "LINE FEED", "LINE TABULATION", "FORM FEED", "CARRIAGE RETURN", "SHIFT OUT", "SHIFT IN", "DATA LINK ESCAPE",
	"DEVICE CONTROL ONE", "DEVICE CONTROL TWO", "DEVICE CONTROL THREE", "DEVICE CONTROL FOUR", "NEGATIVE ACKNOWLEDGE", "SYNCHRONOUS IDLE",
	"END OF TRANSMISSION BLOCK", "CANCEL", "END OF MEDIUM", "SUBSTITUTE", "ESCAPE", "INFORMATION SEPARATOR FOUR",
	"INFORMATION SEPARATOR THREE", "INFORMATION SEPARATOR TWO", "INFORMATION SEPARATOR ONE",
}

const (
	zwnj        = 0x200C
	zwj         = 0x200D
	textStyle   = 0xFE0E // variation selectors 15 and 16 choose how an emoji is drawn
	emojiStyle  = 0xFE0F
	blackFlag   = 0x1F3F4
	tagFirst    = 0xE0000
	tagSpace    = 0xE0020
	tagCancel   = 0xE007F
	controlPics = 0x2400 // CONTROL PICTURES: one visible sign per C0 control
)

// joining scripts use the zero width joiners in plain writing.
var joining = []*unicode.RangeTable{
	unicode.Arabic, unicode.Syriac, unicode.Mongolian, unicode.Devanagari, unicode.Bengali, unicode.Gurmukhi, unicode.Gujarati,
	unicode.Oriya, unicode.Tamil, unicode.Telugu, unicode.Kannada, unicode.Malayalam, unicode.Sinhala, unicode.Khmer, unicode.Myanmar, unicode.Nko,
}

// sight decides, rune by rune, what a reader would not see. It looks at one text and remembers only the run of tags that draws a flag.
type sight struct {
	text    string
	flagEnd int // byte offset up to which tag characters belong to an emoji flag
}

// hidden tells whether the rune at text[at:at+size] is to be drawn as a label. prev is the rune before it, utf8.RuneError at the start.
func (s *sight) hidden(prev, r rune, at, size int) bool {
	switch {
	case r == utf8.RuneError && size == 1:
		return true
	case r == '\n' || r == '\t' || (r >= ' ' && r < 0x7F):
		return false
	case isTag(r):
		return at >= s.flagEnd
	case r == blackFlag:
		s.flagEnd = flagEnd(s.text, at+size)
		return false
	case r == zwj || r == zwnj:
		next, _ := utf8.DecodeRuneInString(s.text[at+size:])
		return !joins(prev, r, next)
	case r == textStyle || r == emojiStyle:
		return !pictorial(prev) && !strings.ContainsRune("0123456789#*©®‼⁉™", prev)
	case isIdeographicVariation(r):
		return !unicode.Is(unicode.Han, prev)
	case isVariation(r) || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp):
		return true
	default:
		_, named := hiddenNames[r]
		return named
	}
}

func joins(prev, joiner, next rune) bool {
	if joiner == zwj && (pictorial(prev) || prev == emojiStyle) && pictorial(next) {
		return true
	}
	return unicode.In(prev, joining...) && unicode.In(next, joining...)
}

func pictorial(r rune) bool {
	return r != utf8.RuneError && (unicode.Is(unicode.So, r) || (r >= 0x1F3FB && r <= 0x1F3FF) || unicode.Is(unicode.Sm, r) && r > 0x2190)
}

func isTag(r rune) bool { return r >= tagFirst && r <= tagCancel }
func isVariation(r rune) bool {
	return r >= 0xFE00 && r <= emojiStyle || isIdeographicVariation(r) || r >= 0x180B && r <= 0x180D
}
func isIdeographicVariation(r rune) bool { return r >= 0xE0100 && r <= 0xE01EF }

// flagEnd returns where the tag sequence that starts at offset from ends, when it is a well-formed flag (UTS #51: tags, then a cancel tag).
func flagEnd(text string, from int) int {
	for i, r := range text[from:] {
		if r == tagCancel && i > 0 {
			return from + i + utf8.RuneLen(r)
		}
		if !isTag(r) || r < tagSpace || i > 4*6 {
			return from
		}
	}
	return from
}

// nameHidden gives the label and the full name of a hidden rune.
func nameHidden(r rune) hiddenName {
	if n, ok := hiddenNames[r]; ok {
		return hiddenName{n.label, fmt.Sprintf("%s U+%04X", n.name, r)}
	}
	switch {
	case r < ' ':
		return hiddenName{string(controlPics+r) + c0Labels[r], fmt.Sprintf("%s U+%04X", c0Names[r], r)}
	case r == 0x7F:
		return hiddenName{"␡DEL", "DELETE U+007F"}
	case isTag(r):
		return hiddenName{"TAG", fmt.Sprintf("TAG CHARACTER U+%04X", r)}
	case isIdeographicVariation(r):
		return hiddenName{fmt.Sprintf("VS%d", r-0xE0100+17), fmt.Sprintf("VARIATION SELECTOR-%d U+%04X", r-0xE0100+17, r)}
	case r >= 0xFE00 && r <= emojiStyle:
		return hiddenName{fmt.Sprintf("VS%d", r-0xFE00+1), fmt.Sprintf("VARIATION SELECTOR-%d U+%04X", r-0xFE00+1, r)}
	case unicode.Is(unicode.Cc, r):
		return hiddenName{fmt.Sprintf("U+%04X", r), fmt.Sprintf("CONTROL CHARACTER U+%04X", r)}
	default:
		return hiddenName{fmt.Sprintf("U+%04X", r), fmt.Sprintf("FORMAT CHARACTER U+%04X", r)}
	}
}
