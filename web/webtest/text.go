package webtest

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Says fails when the body lacks the part. It shows the words of a page, not its
// markup: that is what a reader of the failure needs.
func Says(t testing.TB, body, part string) {
	t.Helper()
	if !strings.Contains(body, part) {
		require.Failf(t, "the answer lacks something", "%q is not in:\n%s", part, words(body))
	}
}

// Conceals fails when the body has the part.
func Conceals(t testing.TB, body, part string) {
	t.Helper()
	if at := strings.Index(body, part); at >= 0 {
		around := body[max(0, at-200):min(len(body), at+len(part)+200)]
		require.Failf(t, "the answer says too much", "%q is in:\n…%s…", part, around)
	}
}

var (
	tags   = regexp.MustCompile(`<[^>]*>`)
	spaces = regexp.MustCompile(`\s+`)
)

// maxWords bounds what a failure prints, in bytes.
const maxWords = 1500

// words is the text of a page.
func words(body string) string {
	text := spaces.ReplaceAllString(tags.ReplaceAllString(body, " "), " ")
	if len(text) > maxWords {
		return text[:maxWords] + "…"
	}
	return text
}
