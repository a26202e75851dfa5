package textview

import "strings"

// minBase85 is how long a row of signs must be to be read as base85.
const minBase85 = 20

// The alphabets of base85: of Ascii85 and of RFC 1924, by the value of each sign plus
// one; 0 for signs that are none.
var (
	ascii85Digits = base85Digits("!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstu")
	rfc1924Digits = base85Digits("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~")
)

func base85Digits(alphabet string) (t [256]byte) {
	for i := range len(alphabet) {
		t[alphabet[i]] = byte(i) + 1
	}
	return t
}

// base85 decodes what stands in the text as base85, between white space.
func base85(v *View, limit int) *View {
	b := newBuilder(64, limit)
	for i := 0; i < len(v.Text) && !b.full; {
		if asciiClass[v.Text[i]]&asWordBreak != 0 {
			i++
			continue
		}
		end := i
		for end < len(v.Text) && asciiClass[v.Text[end]]&asWordBreak == 0 {
			end++
		}
		if end-i >= minBase85 {
			addPiece(b, i, end, string(fromBase85(v.Text[i:end])))
		}
		i = end
	}
	if len(b.text) == 0 {
		return nil
	}
	return b.view(KindBase85, v)
}

func fromBase85(token string) []byte {
	if inner, ok := strings.CutPrefix(token, "<~"); ok {
		token, _, _ = strings.Cut(inner, "~>")
	}
	for _, digits := range []*[256]byte{&ascii85Digits, &rfc1924Digits} {
		if head, ok := decode85(token[:min(len(token), 40)], digits); !ok || !plausible(head) {
			continue
		}
		if decoded, ok := decode85(token, digits); ok && readable(decoded) {
			return decoded
		}
	}
	return nil
}

// decode85 decodes groups of five signs to four bytes; a shorter last one is filled up.
func decode85(s string, digits *[256]byte) (out []byte, ok bool) {
	out = make([]byte, 0, len(s)*4/5+4)
	value, n := uint64(0), 0
	flush := func(size int) bool {
		out = append(out, byte(value>>24), byte(value>>16), byte(value>>8), byte(value))[:len(out)+size]
		fits := value <= 0xFFFFFFFF
		value, n = 0, 0
		return fits
	}
	for i := range len(s) {
		d := digits[s[i]]
		if d == 0 {
			return nil, false
		}
		value = value*85 + uint64(d-1)
		if n++; n == 5 && !flush(4) {
			return nil, false
		}
	}
	if n == 0 {
		return out, true
	}
	size := n - 1
	for ; n < 5; n++ {
		value = value*85 + 84
	}
	return out, flush(size)
}
