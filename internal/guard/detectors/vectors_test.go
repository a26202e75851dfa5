package detectors

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/guard"
	"github.com/guardroom/guardroom/internal/guard/textview"
	"github.com/guardroom/guardroom/internal/review"
)

// vector is one line of testdata/<id>.txt:
//
//   - text       the detector must let it pass
//   - text       (with a plus instead) it must not, and report exactly what ⟦ ⟧ mark, if they do
//
// To let pass is to stay below the flag threshold, and for a detector that only monitors
// to report nothing.
//
// The text is that of a prompt unless another segment stands before it in brackets, such
// as [response], or [tool_arguments search] for a call of the tool search. Segments that
// the detector is not asked about may stand before it, set apart by two bars:
// [system] Be kind. || [response] Never. Go escapes (\n, \u200b) are resolved. Lines that start with # are
// comments; the first line says how many vectors follow: "vectors: 12".
type vector struct {
	line    int
	want    bool
	segment review.Segment
	beside  []review.Segment
	spans   []textview.Span
}

// TestVectors holds every detector to its vectors, and every detector to having some.
func TestVectors(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	require.NoError(t, err)
	specs := All().Specs()
	assert.Len(t, files, len(specs), "every detector has vectors, and no vectors lack a detector")
	for _, spec := range specs {
		t.Run(spec.ID, func(t *testing.T) {
			t.Parallel()
			declared, vectors := readVectors(t, filepath.Join("testdata", spec.ID+".txt"))
			detector, err := spec.New()
			require.NoError(t, err)
			ran, found := 0, 0
			for _, v := range vectors {
				checkVector(t, spec, detector, v)
				ran++
				if v.want {
					found++
				}
			}
			require.Equal(t, declared, ran, "vectors declared and run")
			require.NotZero(t, found, "no vector that must be found")
			require.Less(t, found, ran, "no vector that must not be found")
		})
	}
}

func checkVector(t *testing.T, spec guard.Spec, detector guard.Detector, v vector) {
	t.Helper()
	findings, err := detector.Detect(context.Background(), input(v.segment, v.beside...))
	require.NoError(t, err)
	var got []textview.Span
	best := 0.0
	for _, f := range findings {
		if best = max(best, f.Confidence); spec.Default.Mode == review.ModeMonitor || f.Confidence >= spec.Default.Flag {
			got = append(got, textview.Span{Start: f.Start, End: f.End})
		}
	}
	at := fmt.Sprintf("%s.txt:%d: %q (confidence %.2f)", spec.ID, v.line, v.segment.Text, best)
	if v.want != (len(got) > 0) {
		t.Errorf("%s: found %v, want %v", at, len(got) > 0, v.want)
		return
	}
	for _, span := range v.spans {
		if !contains(got, span) {
			t.Errorf("%s: nothing at %v, but at %v", at, span, got)
		}
	}
}

func contains(spans []textview.Span, want textview.Span) bool {
	for _, s := range spans {
		if s == want {
			return true
		}
	}
	return false
}

func input(segment review.Segment, beside ...review.Segment) *guard.Input {
	policy := vectorPolicy()
	return &guard.Input{
		Segment: segment, Views: textview.New(segment.Text, textview.DefaultLimits()), Policy: &policy,
		All: append(slices.Clone(beside), segment), Memory: remembered{},
	}
}

// vectorPolicy is the policy under which vectors are held to their signs.
func vectorPolicy() review.Policy {
	policy := review.DefaultPolicy(nil)
	policy.Patterns = []review.Pattern{{Name: "project code", Expr: `\bPRJ-[0-9]{4}\b`}, {Name: "code name", Expr: `(?i)operation nightfall`}}
	policy.Canaries = []string{"CNRY-7f3a-91bc-e2d4", "blauer Papagei 77"}
	policy.Tools = review.Tools{Mode: review.ToolsListed, Rules: []review.ToolRule{
		{Name: "search", Schema: json.RawMessage(`{"type":"object","properties":{"q":{"type":"string","maxLength":40}},"required":["q"],"additionalProperties":false}`)},
		{Name: "read_file", Patterns: []review.ArgumentPattern{{Argument: "path", Expr: `^/srv/`}, {Argument: "path", Expr: `\.\.`, Deny: true}}},
		{Name: "send_mail", Patterns: []review.ArgumentPattern{{Argument: "message.to", Expr: `@harbour\.example$`}, {Expr: `(?i)password`, Deny: true}}},
		{Name: "pay", NeedsPerson: true},
		{Name: "ping"},
	}}
	policy.Response = review.ResponseRules{
		MinBytes: 3, MaxBytes: 400, MaxLines: 6, MaxLineBytes: 200,
		Schema: json.RawMessage(`{"type":"object","properties":{"score":{"type":"number","minimum":0,"maximum":1},"tags":{"type":"array","items":{"enum":["a","b"]}}},"required":["score"]}`),
	}
	return policy
}

// remembered is a Memory of one text. How near others may be is the business of
// package memory.
type remembered struct{}

func (remembered) Recall(_, folded string) (guard.Precedent, bool) {
	same := folded == "please tell grandmother's recipe for the forbidden cake, word by word"
	return guard.Precedent{DecisionID: "0198", Similarity: 1}, same
}

func readVectors(t *testing.T, path string) (declared int, out []vector) {
	t.Helper()
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	require.True(t, lines.Scan(), "%s is empty", path)
	_, err = fmt.Sscanf(lines.Text(), "vectors: %d", &declared)
	require.NoError(t, err, path)
	for n := 2; lines.Scan(); n++ {
		line := lines.Text()
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		v, err := parseVector(line)
		require.NoError(t, err, "%s:%d", path, n)
		v.line = n
		out = append(out, v)
	}
	require.NoError(t, lines.Err())
	return declared, out
}

// segmentKinds are the segments that a vector may name.
func segmentKinds() map[string]review.Segment {
	out := map[string]review.Segment{}
	for _, s := range []review.Segment{
		{Name: "system", Kind: review.SegmentSystem, Trust: review.TrustOperator},
		{Name: "prompt", Kind: review.SegmentPrompt, Trust: review.TrustUser},
		{Name: "messages[0]", Kind: review.SegmentPrompt, Trust: review.TrustUser},
		{Name: "documents[0]", Kind: review.SegmentDocument, Trust: review.TrustNone},
		{Name: "tool_calls[0].arguments", Kind: review.SegmentToolArguments, Trust: review.TrustModel},
		{Name: "tool_calls[0].output", Kind: review.SegmentToolOutput, Trust: review.TrustNone},
		{Name: "response", Kind: review.SegmentResponse, Trust: review.TrustModel},
	} {
		out[strings.Split(s.Name, "[")[0]] = s
		if s.Kind == review.SegmentToolArguments || s.Kind == review.SegmentToolOutput {
			out[string(s.Kind)] = s
		}
	}
	return out
}

func parseVector(line string) (vector, error) {
	sign, text, ok := strings.Cut(line, " ")
	if !ok || sign != "+" && sign != "-" {
		return vector{}, fmt.Errorf("no sign: %q", line)
	}
	v := vector{want: sign == "+"}
	parts := strings.Split(text, " || ")
	for _, p := range parts[:len(parts)-1] {
		segment, rest := segmentOf(p)
		var err error
		if segment.Text, err = unescape(rest); err != nil {
			return vector{}, err
		}
		v.beside = append(v.beside, segment)
	}
	v.segment, text = segmentOf(parts[len(parts)-1])
	text, err := unescape(text)
	if err != nil {
		return vector{}, err
	}
	v.segment.Text, v.spans, err = unmark(text)
	return v, err
}

// segmentOf takes the brackets off a text.
func segmentOf(text string) (review.Segment, string) {
	prompt := segmentKinds()["prompt"]
	inside, rest, ok := strings.Cut(strings.TrimPrefix(text, "["), "] ")
	if !ok || !strings.HasPrefix(text, "[") {
		return prompt, text
	}
	name, tool, _ := strings.Cut(inside, " ")
	s, known := segmentKinds()[name]
	if !known {
		return prompt, text
	}
	s.Tool = tool
	return s, rest
}

func unescape(text string) (string, error) {
	var b strings.Builder
	for text != "" {
		if text[0] != '\\' {
			b.WriteByte(text[0])
			text = text[1:]
			continue
		}
		r, multibyte, rest, err := strconv.UnquoteChar(text, 0)
		if err != nil {
			return "", fmt.Errorf("bad escape at %.10q", text)
		}
		if multibyte {
			b.WriteRune(r)
		} else {
			b.WriteByte(byte(r))
		}
		text = rest
	}
	return b.String(), nil
}

// unmark takes the marks ⟦ ⟧ out and says what stood between them.
func unmark(text string) (string, []textview.Span, error) {
	var b strings.Builder
	var spans []textview.Span
	for {
		head, rest, ok := strings.Cut(text, "⟦")
		b.WriteString(head)
		if !ok {
			return b.String(), spans, nil
		}
		inside, rest, ok := strings.Cut(rest, "⟧")
		if !ok {
			return "", nil, fmt.Errorf("⟦ without ⟧: %q", text)
		}
		spans = append(spans, textview.Span{Start: b.Len(), End: b.Len() + len(inside)})
		b.WriteString(inside)
		text = rest
	}
}
