package detectors

import (
	"iter"
	"strings"
)

// link is an address in Markdown, HTML or CSS.
type link struct {
	start   int    // of the link with what makes it one
	address int    // where its address starts
	end     int    // of the address
	fetched bool   // by whoever shows the text, without being asked
	label   string // of an address that stands apart from where it is used
}

// Bounds of what is looked at for one link, in bytes.
const (
	maxLinkAddress = 4000
	minLinkAddress = 4
	linkReach      = 400 // for a link's text or a tag's other attributes
	maxSlot        = 64  // of a template, in an address
)

// linksOf goes through the links of a text. A bare address is none.
func linksOf(text string) iter.Seq[link] {
	return func(yield func(link) bool) {
		for at := 0; ; {
			i := strings.Index(text[at:], "//")
			if i < 0 {
				return
			}
			i += at
			l := link{address: schemeOf(text, at, i), end: addressEnd(text, i+2)}
			at = l.end
			if l.end-i < minLinkAddress || !l.read(text) {
				continue
			}
			if !yield(l) {
				return
			}
		}
	}
}

// schemeOf moves back over the scheme that stands before the slashes at at.
func schemeOf(text string, from, at int) int {
	if at == from || text[at-1] != ':' {
		return at
	}
	for at--; at > from && (wordByte(text[at-1]) || strings.IndexByte("+.-", text[at-1]) >= 0); {
		at--
	}
	return at
}

// addressEnd moves over an address; in brackets, as templates have them, over spaces,
// too.
func addressEnd(text string, at int) int {
	most := min(at+maxLinkAddress, len(text))
	for at < most && text[at] > ' ' && strings.IndexByte("()>\"'\\", text[at]) < 0 {
		if i := strings.IndexAny(text[at:min(at+maxSlot, most)], "}]\n"); i > 0 && (text[at] == '{' || text[at] == '[') && text[at+i] != '\n' {
			at += i
		}
		at++
	}
	return at
}

// read finds out what kind of link an address is of; false when of none.
func (l *link) read(text string) bool {
	at := l.address
	for at > 0 && (text[at-1] == ' ' || text[at-1] == '\t') && l.address-at < 8 {
		at--
	}
	bracket := at > 0 && text[at-1] == '<'
	if bracket {
		at--
	}
	head := text[max(at-linkReach, 0):at]
	l.start = at
	switch {
	case strings.HasSuffix(head, "]("):
		return l.inline(text, head[:len(head)-2])
	case strings.HasSuffix(head, "]:"):
		return l.reference(text, head[:len(head)-2])
	case bracket:
		return l.end < len(text) && text[l.end] == '>'
	}
	quote := strings.TrimRight(head, "\"'")
	if low := strings.ToLower(quote); strings.HasSuffix(low, "url(") {
		l.start, l.fetched = at-len(head)+len(quote)-len("url("), true
		return true
	}
	return l.attribute(text, at-len(head), strings.TrimRight(quote, " "))
}

// inline reads back from "](": the text of a link, or an image's.
func (l *link) inline(text, head string) bool {
	open := strings.LastIndexByte(head, '[')
	if open < 0 {
		return false
	}
	l.start -= len("](") + len(head) - open
	if l.start > 0 && text[l.start-1] == '!' {
		l.start--
		l.fetched = true
	}
	return true
}

// reference reads back from "]:" to the start of the line.
func (l *link) reference(text, head string) bool {
	open := strings.LastIndexByte(head, '[')
	if open < 0 || strings.Trim(head[strings.LastIndexByte(head[:open], '\n')+1:open], " >") != "" {
		return false
	}
	l.start -= len("]:") + len(head) - open
	l.label = head[open+1:]
	return true
}

// pictured tells whether an image uses the address of a label.
func pictured(text, label string) bool {
	use := strings.Index(text, "]["+label+"]")
	if use < 0 {
		return strings.Contains(text, "!["+label+"]")
	}
	head := text[max(use-linkReach, 0):use]
	open := strings.LastIndexByte(head, '[')
	return open > 0 && head[open-1] == '!'
}

// attributes are those that hold addresses.
var attributes = stringSet("src srcset href data poster action formaction background xlink:href")

// attribute reads back from "=" to the tag; head stands at from.
func (l *link) attribute(text string, from int, head string) bool {
	head, ok := strings.CutSuffix(head, "=")
	if !ok {
		return false
	}
	head = strings.TrimRight(head, " ")
	open := strings.LastIndexByte(head, '<')
	if open < 0 || strings.LastIndexByte(head, '>') > open {
		return false
	}
	words := strings.FieldsFunc(strings.ToLower(head[open+1:]), func(r rune) bool { return r <= ' ' || r == '"' || r == '\'' || r == '/' })
	if len(words) < 2 || !attributes[words[len(words)-1]] {
		return false
	}
	l.start = from + open
	l.fetched = words[0] != "a" && words[0] != "area" && words[0] != "form" && words[0] != "button"
	return true
}
