package detectors

import "strings"

// codeSpan is a part of a Markdown text that is shown as code and so does nothing
// (CommonMark, 4.5 and 6.1).
type codeSpan struct {
	start, end int
	closed     bool
}

// maxInlineCode is how long code in a line may be, in bytes.
const maxInlineCode = 400

// codeSpans lists the code blocks and the code in lines, in order.
func codeSpans(text string) (out []codeSpan) {
	for at := 0; at < len(text); {
		i := strings.IndexAny(text[at:], "`~")
		if i < 0 {
			break
		}
		at += i
		ticks := countOf(text, at)
		switch {
		case ticks >= 3 && startsLine(text, at):
			s := fenced(text, at, ticks)
			out = append(out, s)
			at = s.end
		case text[at] == '`':
			s := inlineCode(text, at, ticks)
			if s.closed {
				out = append(out, s)
			}
			at = s.end
		default:
			at += ticks
		}
	}
	return out
}

// countOf counts how often the byte at at follows itself.
func countOf(text string, at int) int {
	n := 1
	for at+n < len(text) && text[at+n] == text[at] {
		n++
	}
	return n
}

// startsLine tells whether nothing but space and the marks of quotes and lists stands
// before at in its line.
func startsLine(text string, at int) bool {
	line := text[strings.LastIndexByte(text[max(at-64, 0):at], '\n')+1+max(at-64, 0) : at]
	return strings.Trim(line, " \t>*-0123456789.)") == "" && len(line) < 64
}

// fenced reads the block whose fence of ticks stands at at; without an end it goes on
// to the end of the text.
func fenced(text string, at, ticks int) codeSpan {
	fence := text[at : at+ticks]
	for from := at + ticks; ; {
		i := strings.Index(text[from:], fence)
		if i < 0 {
			return codeSpan{at, len(text), false}
		}
		from += i
		n := countOf(text, from)
		if startsLine(text, from) {
			return codeSpan{at, from + n, true}
		}
		from += n
	}
}

// inlineCode reads code in a line, between as many ticks on each side.
func inlineCode(text string, at, ticks int) codeSpan {
	most := min(at+maxInlineCode, len(text))
	for from := at + ticks; from < most; {
		i := strings.IndexByte(text[from:most], '`')
		if i < 0 {
			break
		}
		from += i
		n := countOf(text, from)
		if n == ticks {
			return codeSpan{at, from + n, true}
		}
		from += n
	}
	return codeSpan{at, at + ticks, false}
}

// inCode tells whether at lies in one of the spans.
func inCode(spans []codeSpan, at int) bool {
	for _, s := range spans {
		if s.start <= at && at < s.end {
			return true
		}
	}
	return false
}
