package textview

import "math"

// plainWeight weighs a letter (c&31) by the eighths of a binary logarithm of how much
// more frequent it is in Latin writing than one letter in twenty-six.
var plainWeight = func() (t [32]int16) {
	// Per mille of the letters of English, German, Spanish, French and Italian texts.
	frequencies := [26]float64{83, 16, 33, 40, 140, 12, 17, 25, 78, 3, 6, 50, 28, 76, 67, 26, 6, 67, 68, 71, 38, 13, 9, 2, 9, 7}
	for i, f := range frequencies {
		t[i+1] = int16(math.Round(8 * math.Log2(f*26/1000)))
	}
	return t
}()

// histogram counts the letters a to z.
type histogram [26]int32

// count adds the letters of a text.
func (h *histogram) count(text string) {
	for i := 0; i < len(text); i++ {
		if asciiClass[text[i]]&asLetter != 0 {
			h[text[i]&31-1]++
		}
	}
}

// alphabetCipher puts one letter in place of each: moved on by a number of places, after
// the alphabet was turned round or not.
type alphabetCipher struct {
	shift  byte
	turned bool
}

// plain says which letter stands for 'a'+i.
func (c alphabetCipher) plain(i byte) byte {
	if c.turned {
		i = 25 - i
	}
	return (i + c.shift) % 26
}

// weigh tells how much the letters look like writing once the cipher is undone.
func (c alphabetCipher) weigh(h *histogram) (sum int) {
	for i, n := range h {
		sum += int(n) * int(plainWeight[c.plain(byte(i))+1])
	}
	return sum
}

// maxCiphers is how many of the likeliest ciphers are tried on a text.
const maxCiphers = 3

// plainLeast is what a letter of writing weighs at least, on the average of a few dozen;
// letters by chance weigh less.
const plainLeast = -4

// likeliest ranks all ways to move the alphabet, and to turn it round and move it, that
// make the letters look like writing.
func likeliest(h *histogram) []alphabetCipher {
	var best [maxCiphers]alphabetCipher
	weights, found, least := [maxCiphers]int{}, 0, 0
	for _, n := range h {
		least += int(n) * plainLeast
	}
	for n := range byte(51) {
		c := alphabetCipher{shift: n%26 + 1, turned: n >= 25}
		weight := c.weigh(h)
		if weight < least {
			continue
		}
		for k := range best {
			if k >= found || weight > weights[k] {
				copy(best[k+1:], best[k:])
				copy(weights[k+1:], weights[k:])
				best[k], weights[k] = c, weight
				found = min(found+1, maxCiphers)
				break
			}
		}
	}
	return best[:found]
}

// deciphered undoes the alphabet cipher that the letters h of a folded text hint at. Nil
// when it does not read better for it.
func deciphered(v *View, h *histogram, limit int) *View {
	if len(v.Text) > limit {
		return nil
	}
	out := make([]byte, len(v.Text))
	for _, cipher := range likeliest(h) {
		for i := range out {
			out[i] = v.Text[i]
			if asciiClass[out[i]]&asLower != 0 {
				out[i] = 'a' + cipher.plain(out[i]-'a')
			}
		}
		if better := rearranged(v, KindCipher, string(out)); better != nil {
			return better
		}
	}
	return nil
}

// rot47 undoes the rotation of all printable signs by half. Nil when no words come out.
func rot47(v *View, limit int) *View {
	if len(v.Text) > limit {
		return nil
	}
	out := []byte(v.Text)
	for i, c := range out {
		if c > ' ' && c < 0x7F {
			out[i] = '!' + (c-'!'+47)%94
		}
	}
	if words.telling(lowered(out), minTelling) < minTelling {
		return nil
	}
	return &View{Kind: KindRot47, Text: string(out), Parent: v, source: v.source}
}

func lowered(text []byte) string {
	out := make([]byte, len(text))
	for i, c := range text {
		out[i] = c
		if asciiClass[c]&asUpper != 0 {
			out[i] |= 0x20
		}
	}
	return string(out)
}
