package web

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views"
)

// itemForm reads the fields of the forms below an Item.
type itemForm struct{ values url.Values }

func (f itemForm) text(name string) string { return f.values.Get(name) }

// whole reads a whole number; an empty field is the fallback.
func (f itemForm) whole(name string, fallback int64) (int64, error) {
	return numberIn(f.values, name, fallback)
}

// share reads a number in [0,1]; an empty field is nil.
func (f itemForm) share(name string) (*float64, error) {
	text := f.text(name)
	if text == "" {
		return nil, nil
	}
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return nil, wrongField(name, "must be a number between 0 and 1")
	}
	return &x, nil
}

// decideCommand reads the decision form.
func (s itemStep) decideCommand() (review.DecideCommand, error) {
	version, err := s.form.whole(views.FieldVersion, 0)
	if err != nil {
		return review.DecideCommand{}, err
	}
	focused, err := s.form.whole(views.FieldFocusedMS, 0)
	if err != nil {
		return review.DecideCommand{}, err
	}
	confidence, err := s.form.share(views.FieldConfidence)
	if err != nil {
		return review.DecideCommand{}, err
	}
	return review.DecideCommand{
		ItemID: s.id, Token: s.form.text(views.FieldToken), Version: int(version),
		Judgement: review.Judgement(s.form.text(views.FieldJudgement)),
		Label:     s.form.text(views.FieldLabel), Reason: s.form.text(views.FieldReason),
		Text: s.form.text(views.FieldText), Note: s.form.text(views.FieldBody), Queue: s.form.text(views.FieldQueue),
		Confidence: confidence, FocusedMS: focused,
	}, nil
}

// skipReason is what was typed, or else what was chosen.
func (s itemStep) skipReason() string {
	if typed := strings.TrimSpace(s.form.text(views.FieldSkipReason)); typed != "" {
		return typed
	}
	return s.form.text(views.FieldSkipCode)
}

// annotateCommand reads a note or a labelled span. Without a segment it is a note,
// whatever else the form shows.
func (s itemStep) annotateCommand() (review.AnnotateCommand, error) {
	cmd := review.AnnotateCommand{ItemID: s.id, Body: s.form.text(views.FieldBody)}
	if s.form.text(views.FieldSegment) == "" {
		return cmd, nil
	}
	start, err := s.form.whole(views.FieldStart, -1)
	if err != nil {
		return cmd, err
	}
	end, err := s.form.whole(views.FieldEnd, -1)
	if err != nil {
		return cmd, err
	}
	cmd.Label, cmd.Segment = s.form.text(views.FieldLabel), s.form.text(views.FieldSegment)
	cmd.Start, cmd.End = int(start), int(end)
	cmd.Masked = s.form.text(views.FieldMasked) != ""
	return cmd, nil
}

// draftOf keeps what was typed. A form with a segment is that of a span.
func draftOf(v url.Values) views.Draft {
	if v.Get(views.FieldSegment) != "" {
		return views.Draft{Span: views.SpanDraft{
			Segment: v.Get(views.FieldSegment), Start: v.Get(views.FieldStart), End: v.Get(views.FieldEnd),
			Label: v.Get(views.FieldLabel), Body: v.Get(views.FieldBody),
		}}
	}
	return views.Draft{
		Label: v.Get(views.FieldLabel), Reason: v.Get(views.FieldReason), Body: v.Get(views.FieldBody), Text: v.Get(views.FieldText),
		Confidence: v.Get(views.FieldConfidence), Queue: v.Get(views.FieldQueue), To: v.Get(views.FieldTo),
	}
}
