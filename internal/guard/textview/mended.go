package textview

import (
	"strings"
	"unicode/utf8"
)

// What a text needs for its words to be put together.
const (
	minRepairs  = 2    // places near each other where a word was broken
	minListed   = 4    // where it is a list that was broken up
	maxRepairs  = 4096 // of one text
	maxApart    = 48   // bytes between two of them
	minColumn   = 3    // lines of the same width
	maxColumn   = 40   // characters in them
	maxTag      = 40   // bytes
	maxAddition = 8    // bytes between two quotes
)

// mended puts words together that were broken: by lines of a fixed width, by hyphens at
// the ends of lines, by markup between letters, by quotes that are added up or listed.
// Only the parts of the text where that happens make up the view; nil when there are none.
func mended(v *View, limit int) *View {
	m := mender{builder: newBuilder(64, limit), text: v.Text}
	m.markup = m.broken()
	for i := 0; i < len(m.text) && len(m.repairs) < maxRepairs; {
		if asciiClass[m.text[i]]&asBreaker == 0 {
			i++
			continue
		}
		end, instead := m.breakAt(i)
		if end > i {
			m.repairs = append(m.repairs, repair{i, end, instead})
		}
		i = max(end, i+1)
	}
	m.write()
	if len(m.builder.text) == 0 {
		return nil
	}
	return m.view(KindMended, v)
}

type mender struct {
	*builder
	text    string
	markup  bool // tags stand inside of words
	column  int  // up to where lines have the same width
	checked int  // up to where that is known
	repairs []repair
}

// repair says that nothing, or something else, stands in place of [start,end).
type repair struct {
	start, end int
	instead    string
}

// write writes each part of the text that has enough repairs near each other.
func (m *mender) write() {
	for from := 0; from < len(m.repairs) && !m.full; {
		to := from + 1
		for to < len(m.repairs) && m.repairs[to].start-m.repairs[to-1].end <= maxApart {
			to++
		}
		if to-from >= minListed || to-from >= minRepairs && m.repairs[from].instead == "" {
			m.part(m.repairs[from:to])
		}
		from = to
	}
}

// part writes what is repaired, from a little before the first repair to a little after
// the last.
func (m *mender) part(repairs []repair) {
	at := partStart(m.text, repairs[0].start)
	if len(m.builder.text) > 0 {
		m.put(at, at, ".\n\n")
	}
	for _, r := range repairs {
		if r.start > at {
			m.keep(at, m.text[at:r.start])
		}
		m.put(r.start, r.end, r.instead)
		at = r.end
	}
	m.keep(at, m.text[at:partEnd(m.text, at)])
}

func partStart(text string, i int) int {
	start := max(i-maxApart, 0)
	for start > 0 && start < i && !utf8.RuneStart(text[start]) {
		start++
	}
	return start
}

func partEnd(text string, i int) int {
	end := min(i+maxApart, len(text))
	for end > i && end < len(text) && !utf8.RuneStart(text[end]) {
		end--
	}
	return end
}

// broken tells whether tags stand inside of words.
func (m *mender) broken() bool {
	inside := 0
	for i := strings.IndexByte(m.text, '<'); i >= 0 && inside < minRepairs; {
		end := tagEnd(m.text, i)
		if end > 0 && i > 0 && end < len(m.text) && wordByte(m.text[i-1]) && (wordByte(m.text[end]) || m.text[end] == '<') {
			inside++
		}
		next := strings.IndexByte(m.text[i+1:], '<')
		if next < 0 {
			break
		}
		i += 1 + next
	}
	return inside >= minRepairs
}

// breakAt returns the end of what breaks a word at i, and what to write instead; i when
// nothing does.
func (m *mender) breakAt(i int) (end int, instead string) {
	switch m.text[i] {
	case '<':
		if m.markup {
			return max(tagEnd(m.text, i), i), ""
		}
	case '-':
		if end := m.lineEnd(i + 1); end > i+1 && m.between(i, end) {
			return end, ""
		}
	case '\n', '\r':
		if end := m.lineEnd(i); end > i && m.flows(i, end) && m.inColumn(i, end) {
			return end, ""
		}
	default:
		return addition(m.text, i)
	}
	return i, ""
}

// between tells whether letters stand on both sides of [start,end).
func (m *mender) between(start, end int) bool {
	return start > 0 && end < len(m.text) && wordByte(m.text[start-1]) && wordByte(m.text[end])
}

// flows tells whether a text goes on over [start,end): nothing but letters and spaces
// stand beside it.
func (m *mender) flows(start, end int) bool {
	return start > 0 && end < len(m.text) && (wordByte(m.text[start-1]) || m.text[start-1] == ' ') && (wordByte(m.text[end]) || m.text[end] == ' ')
}

// lineEnd returns the start of the next line when one ends at i, else i.
func (m *mender) lineEnd(i int) int {
	if i < len(m.text) && m.text[i] == '\r' {
		i++
	}
	if i < len(m.text) && m.text[i] == '\n' {
		return i + 1
	}
	return i
}

// tagEnd returns the end of the tag or comment that starts at i, 0 when there is none.
func tagEnd(text string, i int) int {
	if i+2 >= len(text) || asciiClass[text[i+1]]&asLetter == 0 && text[i+1] != '/' && text[i+1] != '!' {
		return 0
	}
	window := text[i:min(len(text), i+maxTag)]
	end := strings.IndexByte(window, '>')
	if end < 0 || strings.IndexByte(window[1:end], '<') >= 0 {
		return 0
	}
	return i + end + 1
}

// inColumn tells whether the line that ends at i is one of several of the same width,
// short enough that words do not fit.
func (m *mender) inColumn(i, next int) bool {
	if i < m.checked {
		return i < m.column
	}
	start := strings.LastIndexByte(m.text[:i], '\n') + 1
	width := utf8.RuneCountInString(m.text[start:i])
	m.checked, m.column = i+1, 0
	if i-start > maxColumn*utf8.UTFMax || width == 0 || width > maxColumn {
		return false
	}
	lines := 1
	for next < len(m.text) {
		end, runes := next, 0
		for end < len(m.text) && m.text[end] != '\n' && m.text[end] != '\r' && runes <= width {
			_, size := utf8.DecodeRuneInString(m.text[end:])
			end += size
			runes++
		}
		if runes > width || runes == 0 {
			break
		}
		lines++
		m.checked = end
		if next = m.lineEnd(end); runes < width {
			break
		}
	}
	if lines >= minColumn {
		m.column = m.checked
	}
	return i < m.column
}

// addition reads what stands between two strings that are added up or listed, from the
// closing quote at i to behind the next opening one; i when there is no such thing.
func addition(text string, i int) (end int, instead string) {
	quote, sign := text[i], byte(0)
	for at := i + 1; at < len(text) && at-i < maxAddition; at++ {
		switch c := text[at]; {
		case c == quote && sign == ',':
			return at + 1, " "
		case c == quote && sign != 0:
			return at + 1, ""
		case asciiClass[c]&asSpace != 0:
		case sign == 0 && (c == '+' || c == '.' || c == '&' || c == ','):
			sign = c
		default:
			return i, ""
		}
	}
	return i, ""
}
