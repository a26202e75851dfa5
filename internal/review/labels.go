package review

import (
	"context"
	"regexp"
	"slices"
	"strconv"
)

// keptFrom tells whether the viewer is to see placeholders for personal data and secrets.
func (v ItemView) keptFrom(viewer Viewer) bool { return !viewer.May(PermPersonal) || !v.Unmasked }

// labelsMasked puts placeholders into what is shown beside the texts: titles, sources and
// errors. They are no Segments, so that nobody has looked at them; it is done when they
// are shown. What cannot be looked at is left out.
func (s *Service) labelsMasked(ctx context.Context, v ItemView, viewer Viewer) ItemView {
	if !v.keptFrom(viewer) {
		return v
	}
	v.Interaction.Content.Documents = slices.Clone(v.Interaction.Content.Documents)
	v.Interaction.Content.ToolCalls = slices.Clone(v.Interaction.Content.ToolCalls)
	labels := v.labels()
	segments := make([]Segment, len(labels))
	for i, label := range labels {
		segments[i] = Segment{Name: "label[" + strconv.Itoa(i) + "]", Kind: SegmentDocument, Trust: TrustNone, Text: *label}
	}
	if len(segments) == 0 {
		return v
	}
	screening := s.Screener.Screen(ctx, segments, s.onlyPersonal(v.Policy))
	shown := Assessment{Redactions: unnumbered(screening.Redactions)}
	for i, label := range labels {
		if len(screening.Failures) > 0 {
			*label = ""
		} else {
			*label = shown.Sanitized(segments[i].Name, *label)
		}
		v.Masked = v.Masked || *label != segments[i].Text
	}
	return v
}

// labels are the texts beside the Segments that are not empty.
func (v *ItemView) labels() (out []*string) {
	c := &v.Interaction.Content
	all := []*string{&v.Interaction.Error}
	for i := range c.Documents {
		all = append(all, &c.Documents[i].Title, &c.Documents[i].Source)
	}
	for i := range c.ToolCalls {
		all = append(all, &c.ToolCalls[i].Error)
	}
	for _, label := range all {
		if *label != "" {
			out = append(out, label)
		}
	}
	return out
}

// onlyPersonal is the policy with nothing on but what finds personal data and secrets in
// this process: to show a page, nobody else is asked.
func (s *Service) onlyPersonal(p Policy) Policy {
	rules := map[string]Rule{}
	for _, spec := range s.specs {
		if spec.Category == CategoryPII || spec.Category == CategorySecret {
			rules[spec.ID] = p.Detectors[spec.ID]
		}
	}
	p.Detectors = rules
	return p
}

var placeholderNumber = regexp.MustCompile(`_\d+]$`)

// unnumbered takes the numbers from placeholders: those of the labels are not counted
// together with those of the texts.
func unnumbered(redactions []Redaction) []Redaction {
	out := slices.Clone(redactions)
	for i := range out {
		out[i].Placeholder = placeholderNumber.ReplaceAllString(out[i].Placeholder, "]")
	}
	return out
}
