package textview

import (
	"unicode/utf8"
)

// tags reads Unicode tag characters outside of flags as the ASCII that they shadow.
// Nil when they say nothing.
func tags(v *View, limit int) *View {
	b := newBuilder(64, limit)
	flag, last := false, 0
	for i := 0; i < len(v.Text) && !b.full; {
		r, size := utf8.DecodeRuneInString(v.Text[i:])
		if r < 0xE0000 || r > 0xE007F {
			flag = r == 0x1F3F4
			i += size
			continue
		}
		if c := r - 0xE0000; !flag && (c >= 0x20 && c < 0x7F || c == '\n' || c == '\t') {
			if len(b.text) > 0 && last != i {
				b.put(last, i, "\n")
			}
			b.put(i, i+size, string(c))
			last = i + size
		}
		i += size
	}
	if !says(b.text) {
		return nil
	}
	return b.view(KindTags, v)
}

// selectorBytes reads variation selectors as bytes: FE00–FE0F are 0 to 15,
// E0100–E01EF 16 to 255. Those that select something, and stand alone, are left out.
// Nil when they make no text.
func selectorBytes(v *View, limit int) *View {
	b := newBuilder(64, limit)
	for i := 0; i < len(v.Text) && !b.full; {
		r, size := utf8.DecodeRuneInString(v.Text[i:])
		value, ok := selectorValue(r)
		if !ok || selects(v.Text[:i], r) && !selectorAt(v.Text, i+size) {
			i += size
			continue
		}
		b.put(i, i+size, string([]byte{value}))
		i += size
	}
	if !readable(b.text) {
		return nil
	}
	return b.view(KindSelectors, v)
}

func selectorValue(r rune) (byte, bool) {
	switch {
	case r >= 0xFE00 && r <= 0xFE0F:
		return byte(r - 0xFE00), true
	case r >= 0xE0100 && r <= 0xE01EF:
		return byte(r - 0xE0100 + 16), true
	default:
		return 0, false
	}
}

func selectorAt(text string, i int) bool {
	r, _ := utf8.DecodeRuneInString(text[i:])
	_, ok := selectorValue(r)
	return ok
}
