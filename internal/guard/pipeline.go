package guard

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/guardroom/guardroom/internal/guard/textview"
	"github.com/guardroom/guardroom/internal/review"
)

// Options are what a Pipeline needs beside its detectors.
type Options struct {
	Limits textview.Limits
	Clock  func() time.Time                          // for Timed; not needed without
	Timed  func(detector string, took time.Duration) // told how long each detector took per Segment; may be nil
}

// Pipeline is a review.Screener. It is safe for concurrent use.
type Pipeline struct {
	stages  []stage
	options Options
}

type stage struct {
	spec     Spec
	detector Detector
}

// NewPipeline makes every detector of the registry.
func NewPipeline(registry *Registry, options Options) (*Pipeline, error) {
	if options.Timed != nil && options.Clock == nil {
		return nil, fmt.Errorf("guard: timing needs a clock")
	}
	if l := options.Limits; l.Input < 1 || l.Output < 1 || l.Depth < 1 {
		return nil, fmt.Errorf("guard: limits must be positive: %+v", l)
	}
	p := &Pipeline{options: options}
	for _, spec := range registry.specs {
		d, err := spec.New()
		if err != nil {
			return nil, fmt.Errorf("guard: %s: %w", spec.ID, err)
		}
		p.stages = append(p.stages, stage{spec, d})
	}
	return p, nil
}

// Specs lists the detectors, sorted by id.
func (p *Pipeline) Specs() []review.DetectorSpec {
	out := make([]review.DetectorSpec, len(p.stages))
	for i, s := range p.stages {
		out[i] = s.spec.DetectorSpec
	}
	return out
}

// CheckPolicy tells what in a valid policy no detector could work with, such as a
// schema that does not compile: a reason not to activate it.
func (p *Pipeline) CheckPolicy(policy review.Policy) error {
	if err := policy.Validate(); err != nil {
		return err
	}
	for _, s := range p.stages {
		c, ok := s.detector.(PolicyChecker)
		if !ok {
			continue
		}
		if err := c.CheckPolicy(&policy); err != nil {
			return fmt.Errorf("%s: %w", s.spec.ID, err)
		}
	}
	return nil
}

// Screen asks every detector that the policy has not switched off about every
// Segment. Findings come in the order of the segments, then of the text. What a
// detector could not look at is a Failure, one per detector and reason.
func (p *Pipeline) Screen(ctx context.Context, segments []review.Segment, policy review.Policy) review.Screening {
	run := screening{pipeline: p, policy: policy, stages: p.enabled(policy), segments: segments}
	for _, segment := range segments {
		run.segment(ctx, segment)
	}
	run.out.Redactions = run.redactor.redactions
	return run.out
}

func (p *Pipeline) enabled(policy review.Policy) []stage {
	out := make([]stage, 0, len(p.stages))
	for _, s := range p.stages {
		if policy.Mode(s.spec.ID) != review.ModeOff {
			out = append(out, s)
		}
	}
	return out
}

// screening is one run of Screen.
type screening struct {
	pipeline *Pipeline
	policy   review.Policy
	stages   []stage
	segments []review.Segment
	redactor redactor
	out      review.Screening
}

func (s *screening) segment(ctx context.Context, segment review.Segment) {
	if ctx.Err() != nil {
		s.missed(segment.Name)
		return
	}
	in := &Input{Segment: segment, Views: textview.New(segment.Text, s.pipeline.options.Limits), All: s.segments, Policy: &s.policy}
	var found []review.Finding
	for _, stage := range s.stages {
		findings, reason := s.ask(ctx, stage, in)
		if reason != "" {
			s.fail(stage.spec.ID, segment.Name, reason)
			continue
		}
		found = append(found, s.complete(stage.spec, segment, findings)...)
	}
	s.out.Findings = append(s.out.Findings, s.finish(segment, found)...)
}

// missed notes that nobody looked at a Segment.
func (s *screening) missed(segment string) {
	for _, stage := range s.stages {
		s.fail(stage.spec.ID, segment, reasonDeadline)
	}
}

// The reasons of a Failure.
const (
	reasonDeadline = "deadline"
	reasonError    = "error"
	reasonPanic    = "panic"
)

func (s *screening) fail(detector, segment, reason string) {
	known := slices.ContainsFunc(s.out.Failures, func(f review.Failure) bool {
		return f.Detector == detector && f.Reason == reason
	})
	if !known {
		s.out.Failures = append(s.out.Failures, review.Failure{Detector: detector, Segment: segment, Reason: reason})
	}
}

// ask runs one detector; reason is "" when it could answer.
func (s *screening) ask(ctx context.Context, st stage, in *Input) (findings []review.Finding, reason string) {
	if ctx.Err() != nil {
		return nil, reasonDeadline
	}
	defer func() {
		if recover() != nil {
			findings, reason = nil, reasonPanic
		}
	}()
	if timed := s.pipeline.options.Timed; timed != nil {
		start := s.pipeline.options.Clock()
		defer func() { timed(st.spec.ID, s.pipeline.options.Clock().Sub(start)) }()
	}
	findings, err := st.detector.Detect(ctx, in)
	switch {
	case err != nil && ctx.Err() != nil:
		return nil, reasonDeadline
	case err != nil:
		return nil, reasonError
	default:
		return findings, ""
	}
}

// complete adds what a detector does not know of itself and keeps spans and
// confidence within their bounds.
func (s *screening) complete(spec Spec, segment review.Segment, findings []review.Finding) []review.Finding {
	for i := range findings {
		f := &findings[i]
		f.Detector, f.Category, f.Segment = spec.ID, spec.Category, segment.Name
		f.Start = min(max(f.Start, 0), len(segment.Text))
		f.End = min(max(f.End, f.Start), len(segment.Text))
		f.Confidence = min(max(f.Confidence, 0), 1)
	}
	findings = strongest(findings)
	if redacts(spec.Category) {
		s.redactor.note(spec.Placeholder, findings)
	}
	return findings
}

// strongest keeps, of findings that overlap, the one with the highest confidence;
// of equals the one that needs no decoding, then the first.
func strongest(findings []review.Finding) []review.Finding {
	if len(findings) < 2 {
		return findings
	}
	slices.SortStableFunc(findings, inText)
	out := findings[:1]
	for _, f := range findings[1:] {
		last := &out[len(out)-1]
		if f.Start >= last.End || f.Start == f.End || last.Start == last.End {
			out = append(out, f)
			continue
		}
		if f.Confidence > last.Confidence || f.Confidence == last.Confidence && f.View == "" && last.View != "" {
			*last = f
		}
	}
	return out
}

// inText orders findings of one Segment.
func inText(a, b review.Finding) int {
	return cmp.Or(
		cmp.Compare(a.Start, b.Start),
		cmp.Compare(a.End, b.End),
		cmp.Compare(a.Detector, b.Detector),
		cmp.Compare(b.Confidence, a.Confidence),
		cmp.Compare(a.View, b.View),
		cmp.Compare(a.Message, b.Message),
	)
}

// maxFindings bounds what is stored of one detector in one Segment.
const maxFindings = 50

// finish redacts and bounds the findings of one Segment and puts them in order.
func (s *screening) finish(segment review.Segment, found []review.Finding) []review.Finding {
	s.redactor.redact(segment, found)
	counts := map[string]int{}
	slices.SortFunc(found, func(a, b review.Finding) int {
		return cmp.Or(cmp.Compare(b.Confidence, a.Confidence), inText(a, b))
	})
	kept := found[:0]
	for _, f := range found {
		counts[f.Detector]++
		if counts[f.Detector] <= maxFindings {
			kept = append(kept, f)
		}
	}
	for i := range kept {
		if n := counts[kept[i].Detector]; n > maxFindings {
			kept[i].Message = fmt.Sprintf("%s (one of %d)", kept[i].Message, n)
		}
	}
	slices.SortFunc(kept, inText)
	return kept
}
