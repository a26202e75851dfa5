package textview

import (
	"strings"
	"unicode/utf8"
)

// minTelling is how many different words of the vocabulary a rearranged text must
// have, more than before, to be kept.
const minTelling = 2

// unrotated undoes rot13 on a folded text. Nil when it does not read better.
func unrotated(v *View, limit int) *View {
	if len(v.Text) > limit {
		return nil
	}
	out := []byte(v.Text)
	for i, c := range out {
		out[i] = rot13(c)
	}
	return rearranged(v, KindRot13, string(out))
}

// rearranged is the view of a text that a cipher was taken off, letter by letter, read
// from its end if need be. Nil when it does not read better.
func rearranged(v *View, kind Kind, text string) *View {
	if words.telling(text, minTelling) >= minTelling {
		return &View{Kind: kind, Text: text, Parent: v, source: v.source}
	}
	text = reversed(text)
	if words.telling(text, minTelling) < minTelling {
		return nil
	}
	return &View{
		Kind: kind, Text: text, Parent: v, source: v.source,
		offsets: offsets{runs: []run{{0, int32(len(text)), 0}}, scrambled: true},
	}
}

// backwards reads a folded text from its end, and each of its words from its end.
// What does not read better is left out, unless it is known to start at its end.
func backwards(v *View, known bool, limit int) (out []*View) {
	if 2*len(v.Text) > limit {
		return nil
	}
	whole := reversed(v.Text)
	if !known && words.telling(whole, minTelling) < minTelling {
		return nil
	}
	n := int32(len(whole))
	out = append(out, &View{
		Kind: KindReversed, Text: whole, Parent: v, source: v.source,
		offsets: offsets{runs: []run{{0, n, 0}}, scrambled: true},
	})
	b := newBuilder(len(v.Text), limit-len(whole))
	for i := 0; i < len(v.Text); {
		end := i
		for end < len(v.Text) && asciiClass[v.Text[end]]&asWordBreak == 0 {
			end++
		}
		b.backwards(i, end, reversed(v.Text[i:end]))
		if end < len(v.Text) {
			b.keep(end, v.Text[end:end+1])
			end++
		}
		i = end
	}
	return append(out, b.view(KindReversed, v))
}

func reversed(s string) string {
	out := make([]byte, len(s))
	for i := 0; i < len(s); {
		if s[i] < utf8.RuneSelf {
			out[len(s)-i-1] = s[i]
			i++
			continue
		}
		_, size := utf8.DecodeRuneInString(s[i:])
		copy(out[len(s)-i-size:], s[i:i+size])
		i += size
	}
	return string(out)
}

// turnedLetters pairs letters with those they look like upside down.
var turnedLetters = func() map[rune]byte {
	t := map[rune]byte{}
	from := []rune("ɐɔǝɟƃɓɥıᴉɾʞʅןɯɹʇʌʍʎ∀ᗺƆᗡƎℲ⅁ſ⅃ꓶԀᴚ┴∩Λ⅄")
	for i, c := range []byte("acefgghiijkllmrtvwyabcdefgjllprtuvy") {
		t[from[i]] = c
	}
	return t
}()

// turnedLetter returns the letter that r is upside down, 0 when it is none.
func turnedLetter(r rune) byte {
	if r < 0x0180 && r != 'ı' && r != 'ſ' {
		return 0
	}
	return turnedLetters[r]
}

// turned reads upside-down letters, from the end as they are written. Nil when it does
// not read as text.
func turned(v *View, limit int) *View {
	b := newBuilder(len(v.Text), limit)
	for at := len(v.Text); at > 0; {
		r, size := utf8.DecodeLastRuneInString(v.Text[:at])
		b.backwards(at-size, at, upright(r))
		at -= size
	}
	if words.telling(strings.ToLower(string(b.text)), minTelling) < minTelling {
		return nil
	}
	return b.view(KindUpsideDown, v)
}

// upright turns a character round; letters that are others upside down are those.
func upright(r rune) string {
	if c := turnedLetter(r); c != 0 {
		return string(rune(c))
	}
	switch r {
	case 'u':
		return "n"
	case 'n':
		return "u"
	case 'b':
		return "q"
	case 'q':
		return "b"
	case 'd':
		return "p"
	case 'p':
		return "d"
	case '˙':
		return "."
	case '¡':
		return "!"
	case '¿':
		return "?"
	default:
		return string(r)
	}
}
