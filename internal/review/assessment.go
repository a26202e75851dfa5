package review

import (
	"fmt"
	"strings"
)

// Verdict is what the guard says. The order matters: a stronger one wins.
type Verdict int

// The verdicts, mildest first.
const (
	VerdictAllow Verdict = iota
	VerdictFlag
	VerdictBlock
)

var verdictNames = [...]string{"allow", "flag", "block"}

// String returns allow, flag or block.
func (v Verdict) String() string { return verdictNames[v] }

// ParseVerdict reads what String wrote.
func ParseVerdict(s string) (Verdict, error) {
	for i, name := range verdictNames {
		if s == name {
			return Verdict(i), nil
		}
	}
	return 0, fmt.Errorf("unknown verdict %q", s)
}

// MarshalText writes the verdict as its word.
func (v Verdict) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (v *Verdict) UnmarshalText(b []byte) (err error) {
	*v, err = ParseVerdict(string(b))
	return err
}

// Assessment is the outcome of one screening.
type Assessment struct {
	Findings      []Finding
	Failures      []Failure
	Redactions    []Redaction
	Risk          float64 // in [0,1]
	Verdict       Verdict
	PolicyVersion int
	ScreeningUS   int64 // wall time of the guard, microseconds
}

// Sanitized returns the text of a Segment with its redactions put in.
func (a Assessment) Sanitized(segment, text string) string {
	var b strings.Builder
	at := 0
	for _, r := range a.Redactions {
		if r.Segment != segment || r.Start < at || r.End > len(text) {
			continue
		}
		b.WriteString(text[at:r.Start])
		b.WriteString(r.Placeholder)
		at = r.End
	}
	if at == 0 {
		return text
	}
	b.WriteString(text[at:])
	return b.String()
}

// Placeholders says what each placeholder of the redactions stands for: the text where
// it stands first. It is made from the content each time and stored nowhere.
func (a Assessment) Placeholders(c Content) map[string]string {
	texts := map[string]string{}
	for _, s := range c.Segments() {
		texts[s.Name] = s.Text
	}
	out := make(map[string]string, len(a.Redactions))
	for _, r := range a.Redactions {
		text := texts[r.Segment]
		if _, known := out[r.Placeholder]; known || r.Start < 0 || r.Start > r.End || r.End > len(text) {
			continue
		}
		out[r.Placeholder] = text[r.Start:r.End]
	}
	return out
}

// Excerpt is what one line can show of the content: the start of its redacted prompt,
// or of what there is.
func (a Assessment) Excerpt(c Content) string { return excerpt(a.Sanitized(subject(c))) }

// lead is the Finding that explains the Item best: the one with the most expected
// harm, the first of equals. Nil when there is none.
func lead(findings []Finding) *Finding {
	var best *Finding
	for i := range findings {
		f := &findings[i]
		if best == nil || f.Severity.Weight()*f.Confidence > best.Severity.Weight()*best.Confidence {
			best = f
		}
	}
	return best
}

// kindOfSegment reads the kind back from a Segment's name. Earlier messages count
// as prompts: what matters for thresholds is who could have written them.
func kindOfSegment(name string) SegmentKind {
	switch {
	case name == "system":
		return SegmentSystem
	case name == "response":
		return SegmentResponse
	case strings.HasPrefix(name, "documents["):
		return SegmentDocument
	case strings.HasSuffix(name, ".arguments"):
		return SegmentToolArguments
	case strings.HasSuffix(name, ".output"):
		return SegmentToolOutput
	default:
		return SegmentPrompt
	}
}
