package detectors

// labelled finds numbers that nothing but the words before them tells: so many letters and
// digits, among them digits enough, right behind a label.
type labelled struct {
	message     string
	labels      wordset
	between     wordset // words that may stand between label and number
	least, most int     // letters and digits
	digits      int     // of them at least
	letters     int     // of them at least
	groups      int     // set apart by one space, dash or dot, at most
	check       func(value string) bool
	confidence  float64
	digitGroups bool // each group has a digit
}

// usual are words that stand between a label and a number in many languages.
func usual() wordset {
	return newWordset("number|numbers|no|nr|num|id|is|was|are|the|my|his|her|our|their|code|card|for|of|s|it's|new|old|following|please|"+
		"nummer|lautet|ist|meine|mein|numero|n|est|le|mon|es|mi|el|e|il|mio|meu|minha|o|номер|мой|это", "是|号码|番号|は|번호|رقم|号")
}

func (l labelled) find(text string) []sighting {
	var out []sighting
	for i := 0; i < len(text); {
		if !plainWord(text[i]) || text[i] == '_' {
			i++
			continue
		}
		start := i
		for i < len(text) && plainWord(text[i]) {
			i++
		}
		if !hasDigit(text[start:i]) && !l.mayStart(text[start:i]) {
			continue
		}
		if end := l.valueAt(text, start); end > 0 && l.labels.leadsTo(text, start, l.between) {
			out = append(out, sighting{start, end, l.confidence, l.message})
			i = end
		}
	}
	return out
}

// maxPrefix is how many letters may stand before the first digit as a group.
const maxPrefix = 3

// mayStart tells whether letters alone may start a number.
func (l labelled) mayStart(word string) bool {
	if l.digits == 0 {
		return true
	}
	return !l.digitGroups && len(word) <= maxPrefix && !l.between.in(word)
}

func hasDigit(s string) bool {
	for i := range len(s) {
		if digit(s[i]) {
			return true
		}
	}
	return false
}

// valueAt returns the end of the longest number that starts at i; 0 when there is none.
func (l labelled) valueAt(text string, i int) (end int) {
	value := make([]byte, 0, l.most)
	digits, letters := 0, 0
	for at, groups := i, 0; at < len(text) && groups < l.groups; groups++ {
		start := at
		for at < len(text) && plainWord(text[at]) && text[at] != '_' && len(value) < l.most {
			value = append(value, text[at])
			if digit(text[at]) {
				digits++
			} else {
				letters++
			}
			at++
		}
		if at == start || at < len(text) && plainWord(text[at]) {
			break
		}
		if l.digitGroups && !hasDigit(text[start:at]) {
			break
		}
		if len(value) >= l.least && digits >= l.digits && letters >= l.letters && (l.check == nil || l.check(string(value))) {
			end = at
		}
		if at+1 >= len(text) || !digitGap(text[at]) || !plainWord(text[at+1]) {
			break
		}
		at++
	}
	return end
}

// behindLabels puts finders of labelled numbers together. A text without any of the labels
// costs one pass.
func behindLabels(all ...labelled) finder {
	var sets []wordset
	var finders []finder
	for _, l := range all {
		sets, finders = append(sets, l.labels), append(finders, l.find)
	}
	labels, find := anyWord(sets...), allOf(finders...)
	return func(text string) []sighting {
		if !labels.has(text) {
			return nil
		}
		return find(text)
	}
}

// allOf puts finders together; what overlaps is what the earlier one says.
func allOf(finders ...finder) finder {
	return func(text string) []sighting {
		var out []sighting
		for _, find := range finders {
			out = merged(out, without(find(text), out))
		}
		return out
	}
}

// merged joins two lists in the order of the text.
func merged(a, b []sighting) []sighting {
	if len(a) == 0 {
		return b
	}
	out := make([]sighting, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if a[0].start <= b[0].start {
			out, a = append(out, a[0]), a[1:]
			continue
		}
		out, b = append(out, b[0]), b[1:]
	}
	return append(append(out, a...), b...)
}
