package textview

import "unicode/utf8"

// joined puts letters together that stand apart ("i g n o r e", "i.g.n.o.r.e") and
// takes words apart that were run together ("ignoreallrules", "ignore_all_rules"). Nil when too few letters
// found a word.
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

// minGained is how many letters must have found their words for the view to be kept.
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

// rowEnd finds the end of a row of single letters that starts at i.
func (j *joiner) rowEnd(i int) (end, letters int) {
	if i > 0 && wordByte(j.text[i-1]) {
		return i, 0
	}
	end = i
	for at := i; at < len(j.text) && letters < maxRow; {
		r, size := utf8.DecodeRuneInString(j.text[at:])
		if !wordRune(j.classes, r) {
			break
		}
		next := at + size
		if next < len(j.text) && wordByte(j.text[next]) {
			break // more than one letter: a word
		}
		letters++
		end = next
		at = next
		for at < len(j.text) && at-next < maxGap && gapByte(j.text[at]) {
			at++
		}
		if at == next {
			break
		}
	}
	return end, letters
}

// maxGap is how far letters may stand apart, in bytes.
const maxGap = 4

func gapByte(c byte) bool { return asciiClass[c]&(asSign|asSpace) != 0 && c != '\n' }

func wordByte(c byte) bool { return asciiClass[c]&(asLetter|asForeign|asDigit) != 0 }

// row writes the letters of a row. A gap that is longer than the one after the first
// letter stands between words; without such gaps the vocabulary finds the words.
func (j *joiner) row(i, end int) {
	usual := j.gapAt(i)
	wide := false
	letters := newBuilder(end-i, end-i)
	for at := i; at < end; {
		_, size := utf8.DecodeRuneInString(j.text[at:])
		letters.keep(at, j.text[at:at+size])
		gap := 0
		for at+size+gap < end && gapByte(j.text[at+size+gap]) {
			gap++
		}
		if gap > usual && at+size+gap < end {
			letters.put(at+size, at+size+gap, " ")
			wide = true
		}
		at += size + gap
	}
	j.gained += utf8.RuneCount(letters.text)
	j.copyRow(letters, wide)
}

func (j *joiner) gapAt(i int) int {
	_, size := utf8.DecodeRuneInString(j.text[i:])
	gap := 0
	for at := i + size; at < len(j.text) && gapByte(j.text[at]); at++ {
		gap++
	}
	return gap
}

// copyRow appends a row that was put together.
func (j *joiner) copyRow(row *builder, wide bool) {
	o := offsets{runs: row.runs}
	text := string(row.text)
	j.telling = j.telling || words.telling(text, 1) > 0
	var ends []int
	if !wide {
		ends = j.split(text)
	}
	if ends == nil {
		ends = []int{len(text)}
	}
	start := 0
	for k, end := range ends {
		if k > 0 {
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

// rowMayStart tells whether a row of letters beyond ASCII could start at at, so that
// what is copied from i on stops before it.
func (j *joiner) rowMayStart(at, i int) bool {
	return at > i && asciiClass[j.text[at]]&asForeign != 0 && !wordByte(j.text[at-1])
}
