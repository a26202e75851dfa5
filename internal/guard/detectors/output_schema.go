package detectors

import (
	"context"
	"errors"
	"strings"

	"github.com/guardroom/guardroom/internal/guard"
	"github.com/guardroom/guardroom/internal/review"
)

// outputSchema holds responses to the policy's JSON Schema.
func outputSchema() guard.Spec {
	return guard.Spec{
		DetectorSpec: review.DetectorSpec{
			ID: "output.schema", Title: "Response against its schema", Category: review.CategoryOutput, OWASP: "LLM05:2025",
			Description: "Where the policy has a JSON Schema (draft 2020-12) for responses, reports those that are no JSON or not what the schema allows. The JSON may stand in one code block, with nothing around it. " +
				"Schemas load no other document, and what is too costly to check is said to be.",
			Examples: []string{`{"score": "high"} where the schema asks for a number`, "Sure! Here is your JSON: {…}"},
			Default:  review.Rule{Mode: review.ModeEnforce, Flag: 0.6},
		},
		New: func() (guard.Detector, error) { return responseSchema{newCompiled(newSchema)}, nil },
	}
}

type responseSchema struct{ schemas *compiled[*schema] }

// Detect checks the final response; the finding is about the whole of it.
func (r responseSchema) Detect(ctx context.Context, in *guard.Input) ([]review.Finding, error) {
	text := in.Policy.Response.Schema
	if len(text) == 0 || !finalResponse(in.Segment) {
		return nil, nil
	}
	s, err := r.schemas.of(string(text))
	if err != nil {
		return nil, err
	}
	value, err := decodeJSON(unfenced(in.Segment.Text))
	if err != nil {
		return wholeResponse(againstPolicy, "The response was to follow a schema, but "+err.Error()), nil
	}
	wrong, err := s.check(ctx, value)
	switch {
	case errors.Is(err, errTooCostly):
		return wholeResponse(unseen, "The response is too costly to hold to its schema"), nil
	case err != nil:
		return nil, err
	case wrong != "":
		return wholeResponse(againstPolicy, "The response is not what its schema allows: "+wrong), nil
	}
	return nil, nil
}

func wholeResponse(confidence float64, message string) []review.Finding {
	return []review.Finding{{Severity: review.SeverityMedium, Confidence: confidence, Message: message}}
}

// finalResponse tells the response from what the model said in earlier turns.
func finalResponse(s review.Segment) bool {
	return s.Kind == review.SegmentResponse && s.Name == "response"
}

// unfenced returns what stands in a code block, when the text is nothing but one.
func unfenced(text string) string {
	text = strings.TrimSpace(text)
	rest, ok := strings.CutPrefix(text, "```")
	if !ok {
		return text
	}
	_, inside, ok := strings.Cut(rest, "\n")
	if !ok {
		return text
	}
	if inside, ok = strings.CutSuffix(inside, "```"); !ok {
		return text
	}
	return strings.TrimSpace(inside)
}

// unfit is a field of a policy with which no detector could work.
func unfit(field, message string) error {
	return review.Unprocessable([]review.FieldError{{Field: field, Message: message}})
}

// CheckPolicy compiles the schema.
func (r responseSchema) CheckPolicy(policy *review.Policy) error {
	if len(policy.Response.Schema) == 0 {
		return nil
	}
	if _, err := r.schemas.of(string(policy.Response.Schema)); err != nil {
		return unfit("response.schema", "is no valid JSON Schema")
	}
	return nil
}
