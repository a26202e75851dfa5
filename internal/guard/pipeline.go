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
	Memory Memory                                    // may be nil
	Clock  func() time.Time                          // for Timed; not needed without
	Timed  func(detector string, took time.Duration) // told how long each detector took per Segment, from many goroutines; may be nil
	Failed func(detector string, err error)          // told why a detector could not answer, for the log, from many goroutines; may be nil
}

// Pipeline is a review.Screener. It is safe for concurrent use.
type Pipeline struct {
	specs    []review.DetectorSpec
	stages   []stage    // local detectors
	outposts []*outpost // remote ones
	options  Options
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
		if err := p.add(spec); err != nil {
			return nil, fmt.Errorf("guard: %s: %w", spec.ID, err)
		}
	}
	return p, nil
}

func (p *Pipeline) add(spec Spec) error {
	p.specs = append(p.specs, spec.DetectorSpec)
	if spec.NewRemote != nil {
		o, err := newOutpost(spec, p.failed)
		p.outposts = append(p.outposts, o)
		return err
	}
	d, err := spec.New()
	p.stages = append(p.stages, stage{spec, d})
	return err
}

// Specs lists the detectors, sorted by id.
func (p *Pipeline) Specs() []review.DetectorSpec { return slices.Clone(p.specs) }

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
// Segment. Remote detectors are asked while the local ones look. Findings come in the
// order of the segments, then of the text. What a detector could not look at is a
// Failure, one per detector and reason.
func (p *Pipeline) Screen(ctx context.Context, segments []review.Segment, policy review.Policy) review.Screening {
	return p.screen(ctx, segments, segments, policy)
}

// ScreenAmong is Screen for one Segment beside others that were looked at before, such as a part of an answer while it
// comes.
func (p *Pipeline) ScreenAmong(ctx context.Context, segment review.Segment, others []review.Segment, policy review.Policy) review.Screening {
	return p.screen(ctx, []review.Segment{segment}, append(slices.Clip(others), segment), policy)
}

func (p *Pipeline) screen(ctx context.Context, segments, all []review.Segment, policy review.Policy) review.Screening {
	stages, outposts := p.enabled(policy)
	run := screening{pipeline: p, policy: policy, stages: stages, reports: make([][]report, len(segments)), segments: segments, all: all}
	early, late := apart(outposts)
	away := dispatch(ctx, early, segments, p.stopwatch)
	for i, segment := range segments {
		run.look(ctx, i, segment)
	}
	for _, r := range away.gather(ctx) {
		run.note(&early[r.outpost].spec, r.segment, segments[r.segment].Name, r.findings, r.reason)
	}
	for i, segment := range segments {
		run.conclude(segment, run.reports[i])
	}
	run.out.Redactions = run.redactor.redactions
	if len(late) > 0 {
		run.askRedacted(ctx, late)
	}
	return run.out
}

// apart sorts out those that may see redacted texts only.
func apart(outposts []*outpost) (early, late []*outpost) {
	for _, o := range outposts {
		if o.spec.Reach.Redacted {
			late = append(late, o)
		} else {
			early = append(early, o)
		}
	}
	return early, late
}

// askRedacted asks those that must not see personal data, once it is known where that stands. What they find is about
// the whole Segment, since offsets in the redacted text mean nothing in the other.
func (s *screening) askRedacted(ctx context.Context, outposts []*outpost) {
	segments := make([]review.Segment, len(s.segments))
	redacted := review.Assessment{Redactions: s.out.Redactions}
	for i, segment := range s.segments {
		segments[i] = segment
		segments[i].Text = redacted.Sanitized(segment.Name, segment.Text)
	}
	clear(s.reports)
	for _, r := range dispatch(ctx, outposts, segments, s.pipeline.stopwatch).gather(ctx) {
		for i := range r.findings {
			r.findings[i].Start, r.findings[i].End, r.findings[i].Evidence = 0, 0, ""
		}
		s.note(&outposts[r.outpost].spec, r.segment, segments[r.segment].Name, r.findings, r.reason)
	}
	for i := range s.segments {
		s.conclude(segments[i], s.reports[i])
	}
	s.out.Redactions = s.redactor.redactions
}

func (p *Pipeline) enabled(policy review.Policy) ([]stage, []*outpost) {
	stages := make([]stage, 0, len(p.stages))
	for _, s := range p.stages {
		if policy.Mode(s.spec.ID) != review.ModeOff {
			stages = append(stages, s)
		}
	}
	var outposts []*outpost
	for _, o := range p.outposts {
		if policy.Mode(o.spec.ID) != review.ModeOff {
			outposts = append(outposts, o)
		}
	}
	return stages, outposts
}

// stopwatch times a detector until the function that it returns is called.
func (p *Pipeline) stopwatch(detector string) (stop func()) {
	timed := p.options.Timed
	if timed == nil {
		return func() {}
	}
	start := p.options.Clock()
	return func() { timed(detector, p.options.Clock().Sub(start)) }
}

func (p *Pipeline) failed(detector string, err error) {
	if p.options.Failed != nil {
		p.options.Failed(detector, err)
	}
}

// screening is one run of Screen.
type screening struct {
	pipeline *Pipeline
	policy   review.Policy
	stages   []stage
	reports  [][]report // by segment
	segments []review.Segment
	all      []review.Segment // also those that are not looked at
	redactor redactor
	out      review.Screening
}

// report is what one detector found in one Segment.
type report struct {
	spec     *Spec
	findings []review.Finding
}

// look asks the local detectors about a Segment.
func (s *screening) look(ctx context.Context, number int, segment review.Segment) {
	if ctx.Err() != nil {
		s.missed(segment.Name)
		return
	}
	in := &Input{Segment: segment, Views: textview.New(segment.Text, s.pipeline.options.Limits), All: s.all, Policy: &s.policy, Memory: s.pipeline.options.Memory}
	for i := range s.stages {
		findings, reason := s.ask(ctx, s.stages[i], in)
		s.note(&s.stages[i].spec, number, segment.Name, findings, reason)
	}
}

// note keeps what a detector said of a Segment.
func (s *screening) note(spec *Spec, number int, segment string, findings []review.Finding, reason string) {
	if reason != "" {
		s.fail(spec.ID, segment, reason)
		return
	}
	if len(findings) > 0 {
		s.reports[number] = append(s.reports[number], report{spec, findings})
	}
}

// conclude puts together what all detectors found in a Segment.
func (s *screening) conclude(segment review.Segment, reports []report) {
	var found []review.Finding
	for _, r := range reports {
		found = append(found, s.complete(*r.spec, segment, r.findings)...)
	}
	told := found[:0]
	for _, f := range found {
		if f.Confidence < review.LeastTold {
			s.out.Faint = append(s.out.Faint, f)
			continue
		}
		told = append(told, f)
	}
	found = told
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
	reasonDeadline    = "deadline"
	reasonError       = "error"
	reasonPanic       = "panic"
	reasonUnavailable = "unavailable" // a remote detector that has failed too often to be asked
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
	defer s.pipeline.stopwatch(st.spec.ID)()
	findings, err := st.detector.Detect(ctx, in)
	switch {
	case err != nil && ctx.Err() != nil:
		return nil, reasonDeadline
	case err != nil:
		s.pipeline.failed(st.spec.ID, err)
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
