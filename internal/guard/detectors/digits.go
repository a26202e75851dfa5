package detectors

import "iter"

// digitGroup is a run of digits and the sign that sets it apart from the group before,
// 0 when it is the first of its row.
type digitGroup struct {
	start, end int
	gap        byte
}

func (g digitGroup) size() int { return g.end - g.start }

// digitRows goes through the rows of digit groups of a text: groups that at most one
// space, dash or dot sets apart. No row has letters at its ends.
func digitRows(text string) iter.Seq[[]digitGroup] {
	return func(yield func([]digitGroup) bool) {
		var row []digitGroup
		for i := 0; i < len(text); i++ {
			if !digit(text[i]) {
				continue
			}
			var end int
			row, end = digitRow(text, i, row[:0])
			if len(row) > 0 && !yield(row) {
				return
			}
			i = end
		}
	}
}

// digitRow reads the row that starts at i and says where it ends.
func digitRow(text string, i int, row []digitGroup) ([]digitGroup, int) {
	glued := i > 0 && plainWord(text[i-1])
	gap := byte(0)
	for {
		start := i
		for i < len(text) && digit(text[i]) {
			i++
		}
		if i < len(text) && plainWord(text[i]) {
			return row, i
		}
		if !glued {
			row = append(row, digitGroup{start, i, gap})
		}
		glued = false
		if i+1 >= len(text) || !digitGap(text[i]) || !digit(text[i+1]) {
			return row, i
		}
		gap = text[i]
		i++
	}
}

func digitGap(c byte) bool { return c == ' ' || c == '-' || c == '.' }

// apart tells whether groups [from,to) of a row stand by themselves: nothing but a
// space, or the end of the row, beside them.
func apart(row []digitGroup, from, to int) bool {
	return (row[from].gap == 0 || row[from].gap == ' ') && (to == len(row) || row[to].gap == ' ')
}

// oneGap tells whether the same sign stands between all groups [from,to) of a row.
func oneGap(row []digitGroup, from, to int) bool {
	for i := from + 2; i < to; i++ {
		if row[i].gap != row[from+1].gap {
			return false
		}
	}
	return true
}

// join writes the digits of groups without what stands between them.
func join(text string, groups []digitGroup) string {
	if len(groups) == 1 {
		return text[groups[0].start:groups[0].end]
	}
	out := make([]byte, 0, 20)
	for _, g := range groups {
		out = append(out, text[g.start:g.end]...)
	}
	return string(out)
}
