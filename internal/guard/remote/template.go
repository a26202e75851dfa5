package remote

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/guardroom/guardroom/internal/review"
)

// template is the body of a request as a JSON value. Slots such as {{text}} are put in
// within its strings, after it was parsed, so that no text can break out of its place.
type template struct{ value any }

const slotText, slotSegment, slotKind = "{{text}}", "{{segment}}", "{{kind}}"

var slotForm = regexp.MustCompile(`\{\{[^{}]*\}\}`)

func newTemplate(body json.RawMessage) (template, error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return template{}, errors.New("is missing")
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber() // numbers go out as they were written
	var value any
	if err := d.Decode(&value); err != nil {
		return template{}, unreadable(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return template{}, errors.New("something follows the value")
	}
	t := template{value}
	return t, t.check()
}

func (t template) check() error {
	var wrong error
	hasText := false
	mapStrings(t.value, func(s string) string {
		for _, slot := range slotForm.FindAllString(s, -1) {
			switch slot {
			case slotText:
				hasText = true
			case slotSegment, slotKind:
			default:
				wrong = fmt.Errorf("%s is no slot; there are %s, %s and %s", slot, slotText, slotSegment, slotKind)
			}
		}
		return s
	})
	if wrong == nil && !hasText {
		wrong = fmt.Errorf("has no %s", slotText)
	}
	return wrong
}

// fill returns the body of a request about a text.
func (t template) fill(segment review.Segment, text string) ([]byte, error) {
	slots := strings.NewReplacer(slotText, text, slotSegment, segment.Name, slotKind, string(segment.Kind))
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(mapStrings(t.value, slots.Replace)); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// mapStrings returns a copy of a JSON value with its strings changed; keys stay.
func mapStrings(value any, change func(string) string) any {
	switch v := value.(type) {
	case string:
		return change(v)
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = mapStrings(item, change)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, item := range v {
			out[key] = mapStrings(item, change)
		}
		return out
	default:
		return v
	}
}
