package gibberish

import (
	"unicode/utf8"
)

// piece is a run of letters of one case, of digits, of one mark or of one script: what
// a text is made of when its spelling is left out.
type piece struct {
	start, end int32 // bytes
	shape      shape
	symbol     symbol  // of its first character
	letters    int32   // how many symbols the model of letters has an opinion about
	bits       float32 // that its letters cost together
	shapeBits  float32
	hash       uint32 // of a word, small letters
	known      bool   // harmless texts have the word
	knownPair  bool   // and after the word before it
}

// shape is a piece as the model of shapes sees it.
type shape = uint8

// The shapes. Marks, scripts, pictures, gaps and blobs keep their symbols.
const (
	shapeLower   shape = 100 // and the following four, by length
	shapeCapital shape = 105 // a capital and small letters: short, long
	shapeUpper   shape = 107 // capitals: one, more
	shapeDigits  shape = 109 // one, up to four, more
	shapeRepeat  shape = 112 // the mark before it, several times
)

// minBlob is from how many bytes on an unbroken chunk can be data rather than words.
const minBlob = 20

// cut appends the pieces of a text to pieces, whose memory it reuses.
func cut(text string, pieces []piece) []piece {
	pieces = pieces[:0]
	for i := 0; i < len(text); {
		if c := text[i]; c == ' ' || c == '\t' || c == '\n' || c == '\r' {
			i, pieces = gap(text, i, pieces)
			continue
		}
		end, data := apartEnd(text, i), true
		if end == i {
			end = chunkEnd(text, i)
			data = blob(text[i:end])
		}
		if data {
			pieces = append(pieces, piece{start: int32(i), end: int32(end), shape: symBlob, symbol: symBlob})
			i = end
			continue
		}
		pieces = chunk(text, i, end, pieces)
		i = end
	}
	return pieces
}

// gap is white space: one piece, of lines if there is a line break.
func gap(text string, i int, pieces []piece) (int, []piece) {
	p := piece{start: int32(i), shape: symSpace, symbol: symSpace}
	for ; i < len(text); i++ {
		switch text[i] {
		case '\n', '\r':
			p.shape, p.symbol = symLine, symLine
		case ' ', '\t':
		default:
			p.end = int32(i)
			return i, append(pieces, p)
		}
	}
	p.end = int32(i)
	return i, append(pieces, p)
}

func chunkEnd(text string, i int) int {
	for ; i < len(text); i++ {
		if c := text[i]; c == ' ' || c == '\t' || c == '\n' || c == '\r' {
			break
		}
	}
	return i
}

// fewestApart is how many letters set apart are more than chance.
const fewestApart = 4

// apartEnd is where letters that are set apart end, i when none are: s p a c i n g is
// undone by the views of a text, and is no gibberish.
func apartEnd(text string, i int) int {
	end, at := i, i
	for n := 0; at < len(text) && asciiLetter(text[at]) && (at+1 == len(text) || text[at+1] == ' '); {
		at++
		if n++; n >= fewestApart {
			end = at
		}
		for at < len(text) && text[at] == ' ' {
			at++
		}
	}
	return end
}

func asciiLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// blob tells data and addresses: keys, hashes, base64, URLs, paths, e-mail addresses.
func blob(chunk string) bool {
	if len(chunk) < 6 {
		return false
	}
	var digits, letters, slashes, dataMarks, others, at, upper, colons int
	for i := 0; i < len(chunk); i++ {
		switch c := chunk[i]; {
		case c >= '0' && c <= '9':
			digits++
		case c >= 'a' && c <= 'z':
			letters++
		case c >= 'A' && c <= 'Z':
			letters++
			upper++
		case c == '/' || c == '\\':
			slashes++
		case c == '+' || c == '=' || c == '_' || c == '-' || c == '.' || c == '%' || c == '&' || c == '~':
			dataMarks++
		case c == '@':
			at++
		case c == ':':
			colons++
		default:
			others++
		}
	}
	switch {
	case slashes >= 2 && colons == 1 && others <= len(chunk)/12+2: // scheme://
		return true
	case slashes >= 2 && others == 0 && letters > slashes:
		return true
	case at == 1 && others == 0 && slashes == 0 && letters > 4:
		return true
	case len(chunk) < minBlob:
		return false
	case others+at > 2 || letters+digits < len(chunk)*4/5:
		return false
	default:
		return digits >= 2 || upper > 4 && upper < letters-4 && dataMarks <= 2
	}
}

// chunk cuts what stands between gaps.
func chunk(text string, i, end int, pieces []piece) []piece {
	for i < end {
		c, size := decode(text, i)
		k := classOf(c)
		switch {
		case k.symbol == symNone:
			i += size
		case k.symbol <= 26:
			i, pieces = letters(text, i, end, pieces)
		case k.symbol == symDigit:
			i, pieces = run(text, i, end, k.symbol, pieces)
			last := &pieces[len(pieces)-1]
			last.shape = shapeDigits + lengthClass(int(last.end-last.start), 2, 5)
		case k.symbol >= symMark:
			i, pieces = run(text, i, end, k.symbol, pieces)
			if last := pieces[len(pieces)-1]; int(last.end-last.start) > size {
				pieces = append(pieces, piece{start: last.end, end: last.end, shape: shapeRepeat, symbol: last.symbol})
			}
		default:
			i, pieces = run(text, i, end, k.symbol, pieces)
		}
	}
	return pieces
}

func decode(text string, i int) (rune, int) {
	if c := text[i]; c < utf8.RuneSelf {
		return rune(c), 1
	}
	return utf8.DecodeRuneInString(text[i:])
}

// lengthClass is 0 below a, 1 below b, else 2.
func lengthClass(n, a, b int) shape {
	switch {
	case n < a:
		return 0
	case n < b:
		return 1
	default:
		return 2
	}
}

// run is a piece of one symbol, marks that combine with it included.
func run(text string, i, end int, s symbol, pieces []piece) (int, []piece) {
	p := piece{start: int32(i), shape: s, symbol: s}
	for i < end {
		c, size := decode(text, i)
		if k := classOf(c).symbol; k != s && k != symNone {
			break
		}
		i += size
	}
	p.end = int32(i)
	return i, append(pieces, p)
}

// letters is a run of Latin letters: small ones, after a capital or not, or capitals.
func letters(text string, i, end int, pieces []piece) (int, []piece) {
	p := piece{start: int32(i), hash: hashOffset}
	lower, upper := 0, 0
	for i < end {
		c, size := decode(text, i)
		k := classOf(c)
		if k.symbol > 26 || k.symbol != symNone && (k.upper && lower > 0 || !k.upper && upper > 1) {
			break
		}
		i += size
		switch {
		case k.symbol == symNone:
			continue
		case k.upper:
			upper++
		default:
			lower++
		}
		if p.symbol == symNone {
			p.symbol = k.symbol
		}
		p.hash = (p.hash ^ uint32(k.symbol)) * hashPrime
	}
	p.end, p.letters = int32(i), int32(lower+upper)
	p.shape = wordShape(lower, upper)
	return i, append(pieces, p)
}

func wordShape(lower, upper int) shape {
	switch {
	case upper > 1:
		return shapeUpper + 1
	case upper == 1 && lower == 0:
		return shapeUpper
	case upper == 1:
		return shapeCapital + min(lengthClass(lower, 4, 4), 1)
	case lower > 6:
		return shapeLower + 4
	case lower > 3:
		return shapeLower + 3
	default:
		return shapeLower + lengthClass(lower, 2, 3)
	}
}

// FNV-1a.
const (
	hashOffset uint32 = 2166136261
	hashPrime  uint32 = 16777619
)
