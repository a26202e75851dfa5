package gibberish

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// symbol is a letter or a mark as the model of letters sees it.
type symbol = uint8

// The symbols beside the 26 letters, which are 1 to 26, and the ASCII marks.
const (
	symNone    symbol = 0
	symSpace   symbol = 27
	symLine    symbol = 28
	symDigit   symbol = 29
	symScript  symbol = 30 // and the following, one per group of scripts
	symPicture symbol = symScript + scriptGroups
	symMark    symbol = symPicture + 1 // and the following, one per ASCII mark
	symBlob    symbol = symMark + 33
	symCount          = int(symBlob) + 1
)

// The groups of scripts other than Latin.
const (
	scriptCyrillic = iota
	scriptGreek
	scriptSemitic
	scriptIndic
	scriptEastAsian
	scriptOther
	scriptGroups
)

// class says of a character what it is and, if a Latin letter, whether a capital.
type class struct {
	symbol symbol
	upper  bool
}

// latinEnd is where Latin letters with marks of their own end.
const latinEnd = 0x250

// classes are those of the characters below latinEnd.
var classes = func() (table [latinEnd]class) {
	marks := symMark
	for c := rune(0); c < latinEnd; c++ {
		switch base := baseLetter(c); {
		case base != 0:
			table[c] = class{symbol(base-'a') + 1, unicode.IsUpper(c)}
		case c == '\n' || c == '\r':
			table[c].symbol = symLine
		case unicode.IsSpace(c) || c < ' ':
			table[c].symbol = symSpace
		case c >= '0' && c <= '9':
			table[c].symbol = symDigit
		case c < utf8.RuneSelf:
			table[c].symbol = marks
			marks++
		case unicode.IsLetter(c):
			table[c].symbol = symScript + scriptOther
		default:
			table[c].symbol = symPicture
		}
	}
	return table
}()

// baseLetter is the small letter a to z under the marks of a Latin letter, or 0.
func baseLetter(c rune) rune {
	switch c {
	case 'ß':
		return 's'
	case 'ø', 'Ø':
		return 'o'
	case 'ł', 'Ł':
		return 'l'
	case 'đ', 'Đ', 'ð', 'Ð':
		return 'd'
	case 'ı':
		return 'i'
	case 'æ', 'Æ':
		return 'a'
	case 'œ', 'Œ':
		return 'o'
	case 'þ', 'Þ':
		return 't'
	case 'ħ', 'Ħ':
		return 'h'
	}
	if !unicode.IsLetter(c) {
		return 0
	}
	base, _ := utf8.DecodeRuneInString(norm.NFD.String(string(c)))
	if base = unicode.ToLower(base); base >= 'a' && base <= 'z' {
		return base
	}
	return 0
}

// classOf classifies any character.
func classOf(c rune) class {
	switch {
	case c < latinEnd:
		return classes[c]
	case c >= 0x1E00 && c < 0x1F00: // Latin letters with further marks
		return class{symbol(baseLetter(c)-'a') + 1, unicode.IsUpper(c)}.orOther()
	case c >= 0x0300 && c < 0x0370, joins(c): // part of the character before
		return class{}
	case c >= 0x2018 && c <= 0x2019:
		return classes['\'']
	case c >= 0x201C && c <= 0x201E:
		return classes['"']
	case c >= 0x2010 && c <= 0x2015:
		return classes['-']
	case c == 0x2026:
		return classes['.']
	case unicode.IsSpace(c):
		return class{symbol: symSpace}
	default:
		return class{symbol: foreign(c)}
	}
}

// joins tells what only changes the character before it: joiners, variation selectors, skin tones and the tags of flags.
func joins(c rune) bool {
	return c >= 0x200B && c <= 0x200D || c >= 0xFE00 && c <= 0xFE0F || c >= 0x1F3FB && c <= 0x1F3FF || c >= 0xE0020 && c <= 0xE01EF
}

func (c class) orOther() class {
	if c.symbol < 1 || c.symbol > 26 {
		return class{symbol: symScript + scriptOther}
	}
	return c
}

// foreign is the group of scripts of a character that is not Latin.
func foreign(c rune) symbol {
	switch {
	case c >= 0x0370 && c < 0x0400, c >= 0x1F00 && c < 0x2000:
		return symScript + scriptGreek
	case c >= 0x0400 && c < 0x0530, c >= 0x1C80 && c < 0x1C90, c >= 0x2DE0 && c < 0x2E00, c >= 0xA640 && c < 0xA6A0:
		return symScript + scriptCyrillic
	case c >= 0x0590 && c < 0x08FF, c >= 0xFB1D && c < 0xFE00, c >= 0xFE70 && c < 0xFEFF:
		return symScript + scriptSemitic
	case c >= 0x0900 && c < 0x0E00:
		return symScript + scriptIndic
	case c >= 0x1100 && c < 0x1200, c >= 0x2E80 && c < 0xD7FF, c >= 0xF900 && c < 0xFB00, c >= 0xFF00 && c < 0xFFF0, c >= 0x20000 && c < 0x32000:
		return symScript + scriptEastAsian
	case unicode.IsLetter(c), unicode.IsMark(c):
		return symScript + scriptOther
	default:
		return symPicture
	}
}
