package textview

import "strings"

// spellingWords are the words of the NATO alphabet, in both spellings, and of those that
// were used before it.
const spellingWords = "alfa alpha bravo charlie delta echo foxtrot golf hotel india juliett juliet kilo lima mike november oscar papa quebec romeo sierra tango uniform victor whiskey whisky xray x-ray yankee zulu " +
	"able baker dog easy fox george how item jig king love nan oboe peter queen roger sugar tare uncle zebra"

var spelling = newLexicon(spellingWords)

// spellingSizes says, by the first letter, as bits how long spelling words are.
var spellingSizes = func() (t [32]uint16) {
	for w := range strings.FieldsSeq(spellingWords) {
		t[w[0]&31] |= 1 << len(w)
	}
	return t
}()

// minSpelled is how many spelling words make a row.
const minSpelled = 6

// maySpell tells tokens that could be spelling words from others, cheaply.
func maySpell(token string) bool {
	return len(token) < 16 && spellingSizes[token[0]&31]&(1<<len(token)) != 0
}

// spelled reads rows of spelling words by their first letters. What else stands between
// them stands between words. Nil when no words come out.
func spelled(v *View, limit int) *View {
	b := newBuilder(64, limit)
	for i := 0; i < len(v.Text) && !b.full; {
		row := newBuilder(32, limit)
		start := i
		if i = spelledRow(row, v.Text, i); len(row.text) < minSpelled {
			continue
		}
		if len(b.text) > 0 {
			b.put(start, start, "\n")
		}
		spread(b, row)
	}
	if !wordsIn(string(b.text)) {
		return nil
	}
	return b.view(KindSpelled, v)
}

// spelledRow reads the row that starts at i and returns where the next can start.
func spelledRow(row *builder, text string, i int) int {
	last := -1
	for i < len(text) {
		end := i
		for end < len(text) && (asciiClass[text[end]]&asLower != 0 || text[end] == '-' && end > i) {
			end++
		}
		if end == i {
			i++
			continue
		}
		if !spelling.has(strings.TrimRight(text[i:end], "-")) {
			return end
		}
		if last >= 0 && strings.Trim(text[last:i], " -,\t") != "" {
			row.put(last, i, " ")
		}
		row.put(i, end, text[i:i+1])
		i, last = end, end
	}
	return i
}
