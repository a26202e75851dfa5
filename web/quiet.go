package web

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"

	"github.com/guardroom/guardroom/internal/harmless"
)

// quiet makes visible what in a page would act on what stands around it: controls of
// terminals, for who copies from it, and of direction, for who reads it. Views show
// hostile texts with care; this is for those that forget. What somebody typed comes back
// in its field as it was.
func quiet(page []byte) []byte {
	if !bytes.ContainsFunc(page, acts) {
		return page
	}
	out := make([]byte, 0, len(page)+1024)
	typed := false
	for tokens := html.NewTokenizer(bytes.NewReader(page)); ; {
		kind := tokens.Next()
		raw := tokens.Raw()
		if kind == html.ErrorToken {
			return append(out, raw...)
		}
		switch {
		case typed && kind == html.TextToken, !bytes.ContainsFunc(raw, acts):
			out = append(out, raw...)
		case kind == html.StartTagToken || kind == html.SelfClosingTagToken:
			out = append(out, quietTag(string(raw))...)
		default:
			out = append(out, visible(string(raw))...)
		}
		name, _ := tokens.TagName()
		typed = kind == html.StartTagToken && string(name) == "textarea"
	}
}

// quietTag leaves the attribute value alone; templates write it in double quotes, and
// escape those inside.
func quietTag(tag string) string {
	const attribute = ` value="`
	before, rest, found := strings.Cut(tag, attribute)
	value, after, closed := strings.Cut(rest, `"`)
	if !found || !closed {
		return visible(tag)
	}
	return visible(before) + attribute + value + `"` + visible(after)
}

// acts leaves line breaks and tabs alone.
func acts(r rune) bool {
	return r != utf8.RuneError && r != '\n' && r != '\t' && r != '\r' && harmless.Acts(r)
}

func visible(text string) string {
	parts := strings.Split(text, "\r")
	for i, part := range parts {
		parts[i] = harmless.Lines(part)
	}
	return strings.Join(parts, "\r")
}
