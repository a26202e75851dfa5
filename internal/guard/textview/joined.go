package textview

import (
	"strings"
	"unicode/utf8"
)

// joined puts letters together that stand apart ("i g n o r e", "i.g.n.o.r.e",
// "[i][g][n]") and takes words apart that were run together ("ignoreallrules",
// "ignore_all_rules"). Nil when too few letters found a word.
func joined(v *View, limit int) *View {
	j := joiner{builder: newBuilder(len(v.Text)+len(v.Text)/8, limit), text: v.Text, classes: classes()}
	for i := 0; i < len(j.text) && !j.full; {
		if end, letters := j.rowEnd(i); letters >= minApart {
			j.row(i, end)
			i = end
			continue
		}
		if end := j.chainEnd(i); end > i {
			j.unchain(i, end)
			i = end
			continue
		}
		i = j.word(i)
	}
	if j.gained < minGained && !j.telling {
		return nil
	}
	return j.view(KindJoined, v)
}

// minGained is how many letters must have found their words, in rows as long as that or by
// being taken apart, for the view to be kept.
const minGained = 8

type joiner struct {
	*builder
	text    string
	classes *[0x10000]class
	gained  int
	telling bool // a row of letters became a word of the vocabulary
	splits  int  // letters that were tried to take apart
}

// split takes a run apart while the text has not cost too much.
func (j *joiner) split(run string) []int {
	if j.splits >= maxSplits {
		return nil
	}
	j.splits += len(run)
	return words.split(run)
}

// maxRow bounds how many letters are put together at a time, maxSplits how many letters
// of a text the vocabulary is asked to take apart.
const (
	maxRow    = 512
	maxSplits = 8 << 10
)

// rowEnd finds the end of a row of single letters that starts at i. Digits may be among
// them, as long as they are the fewer.
func (j *joiner) rowEnd(i int) (end, letters int) {
	if i > 0 && wordByte(j.text[i-1]) || asciiClass[j.text[i]]&asDigit != 0 && !j.letterSoon(i) {
		return i, 0
	}
	end = i
	digits, lines := 0, false
	for at := i; at < len(j.text) && letters+digits < maxRow; {
		r, size := utf8.DecodeRuneInString(j.text[at:])
		number := asciiClass[j.text[at]]&asDigit != 0
		if !number && !wordRune(j.classes, r) {
			break
		}
		next := at + size
		if next < len(j.text) && wordByte(j.text[next]) && !j.symbol(next) {
			break // more than one letter: a word
		}
		if number {
			digits++
		} else {
			letters++
		}
		end = next
		gap := j.gap(next)
		if gap == "" {
			break
		}
		ends := hasLine(gap)
		if letters+digits == 1 {
			lines = ends
		}
		if ends && !lines {
			break
		}
		at = next + len(gap)
	}
	if digits > letters {
		return end, 0
	}
	return end, letters
}

// letterSoon tells whether a letter is the next or the one after it, so that numbers in
// rows start none.
func (j *joiner) letterSoon(i int) bool {
	for n, at := 0, i; n < 2; n++ {
		if at++; at >= len(j.text) {
			return false
		}
		at += len(j.gap(at))
		if at < len(j.text) && asciiClass[j.text[at]]&(asLower|asForeign) != 0 {
			return true
		}
	}
	return false
}

// maxGap is how far letters may stand apart, in bytes.
const maxGap = 8

// gap returns what stands from at on between two letters: signs, spaces and symbols.
func (j *joiner) gap(at int) string {
	end := at
	for end < len(j.text) && end-at < maxGap {
		if asciiClass[j.text[end]]&(asSign|asSpace) != 0 {
			end++
			continue
		}
		if !j.symbol(end) {
			break
		}
		_, size := utf8.DecodeRuneInString(j.text[end:])
		end += size
	}
	return j.text[at:end]
}

// symbol tells an emoji or another sign beyond ASCII that is no letter at at.
func (j *joiner) symbol(at int) bool {
	if j.text[at] < utf8.RuneSelf {
		return false
	}
	r, _ := utf8.DecodeRuneInString(j.text[at:])
	switch classOf(j.classes, r) {
	case classEmoji, classOther, classSelector, classJoiner:
		return true
	default:
		return false
	}
}

func wordByte(c byte) bool { return asciiClass[c]&(asLetter|asForeign|asDigit) != 0 }

func hasLine(gap string) bool {
	return hasClass(gap, func(c byte) bool { return c == '\n' || c == '\r' })
}

func hasSpace(gap string) bool {
	return hasClass(gap, func(c byte) bool { return asciiClass[c]&asSpace != 0 })
}

func hasClass(gap string, is func(byte) bool) bool {
	for i := range len(gap) {
		if is(gap[i]) {
			return true
		}
	}
	return false
}

// row writes the letters of a row. A gap that is longer than the one after the first
// letter, or has a space where that has none, stands between words; without such gaps the
// vocabulary finds the words.
func (j *joiner) row(i, end int) {
	_, first := utf8.DecodeRuneInString(j.text[i:])
	usual := j.gap(i + first)
	letters := newBuilder(end-i, end-i)
	wide := false
	for at := i; at < end; {
		_, size := utf8.DecodeRuneInString(j.text[at:])
		letters.keep(at, j.text[at:at+size])
		at += size
		gap := j.gap(at)
		if at+len(gap) < end && (len(gap) > len(usual) || hasSpace(gap) && !hasSpace(usual)) {
			letters.put(at, at+len(gap), " ")
			wide = true
		}
		at += len(gap)
	}
	if n := utf8.RuneCount(letters.text); n >= minGained {
		j.gained += n
	}
	j.copyRow(letters, wide)
}

// copyRow appends a row that was put together.
func (j *joiner) copyRow(row *builder, wide bool) {
	o := offsets{runs: row.runs}
	text := string(row.text)
	j.telling = j.telling || words.telling(text, 1) > 0
	ends := j.wordEnds(text, wide)
	start := 0
	for k, end := range ends {
		if k > 0 && text[start-1] != ' ' {
			at, _ := o.outward(start, start, len(text))
			j.put(at, at, " ")
		}
		for start < end {
			_, size := utf8.DecodeRuneInString(text[start:])
			from, to := o.outward(start, start+size, len(text))
			j.put(from, to, text[start:start+size])
			start += size
		}
	}
}

// wordEnds finds the ends of the words of a row, in which spaces stand already when it is wide.
func (j *joiner) wordEnds(text string, wide bool) (ends []int) {
	start := 0
	for start < len(text) {
		end := len(text)
		if i := strings.IndexByte(text[start:], ' '); i >= 0 {
			end = start + i + 1
		}
		if run := strings.TrimRight(text[start:end], " "); !wide || len(run) >= minRunOn {
			for _, e := range j.split(run) {
				ends = append(ends, start+e)
			}
		}
		if len(ends) == 0 || ends[len(ends)-1] < end {
			ends = append(ends, end)
		}
		start = end
	}
	return ends
}

// chainEnd returns the end of a chain of words that starts at i and has words of the
// vocabulary; i when there is none.
func (j *joiner) chainEnd(i int) int {
	if i > 0 && wordByte(j.text[i-1]) || asciiClass[j.text[i]]&asLower == 0 {
		return i
	}
	size, links := chain(j.text[i:])
	if links < minLinks || words.telling(j.text[i:i+size], minTelling) < minTelling {
		return i
	}
	return i + size
}

// unchain writes a chain of words with spaces between them.
func (j *joiner) unchain(i, end int) {
	j.gained += end - i
	for at := i; at < end; at++ {
		if asciiClass[j.text[at]]&asSign != 0 {
			j.put(at, at+1, " ")
			continue
		}
		j.keep(at, j.text[at:at+1])
	}
}

// word copies what stands at i up to the next word, and takes long runs apart.
func (j *joiner) word(i int) int {
	end := i
	for end < len(j.text) && asciiClass[j.text[end]]&asLower != 0 {
		end++
	}
	if end == i {
		for end < len(j.text) && asciiClass[j.text[end]]&asLower == 0 && !j.rowMayStart(end, i) {
			end++
		}
		j.keep(i, j.text[i:end])
		return end
	}
	run := j.text[i:end]
	var ends []int
	if len(run) >= minRunOn {
		ends = j.split(run)
	}
	if ends == nil {
		j.keep(i, run)
		return end
	}
	j.gained += len(run)
	start := 0
	for k, e := range ends {
		if k > 0 {
			j.put(i+start, i+start, " ")
		}
		j.keep(i+start, run[start:e])
		start = e
	}
	return end
}

// rowMayStart tells whether a row of letters beyond ASCII, or of digits in place of
// letters, could start at at, so that what is copied from i on stops before it.
func (j *joiner) rowMayStart(at, i int) bool {
	return at > i && asciiClass[j.text[at]]&(asForeign|asDigit) != 0 && !wordByte(j.text[at-1])
}
