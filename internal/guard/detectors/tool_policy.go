package detectors

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/guardroom/guardroom/internal/guard"
	"github.com/guardroom/guardroom/internal/guard/textview"
	"github.com/guardroom/guardroom/internal/review"
)

// toolPolicy holds tool calls to what the policy says of tools.
func toolPolicy() guard.Spec {
	return guard.Spec{
		DetectorSpec: review.DetectorSpec{
			ID: "tool.policy", Title: "Tool call against the policy", Category: review.CategoryTool, OWASP: "LLM06:2025",
			Description: "Reports calls of tools that are not on the policy's list, arguments that its JSON Schema or its patterns do not allow, names that only look like one on the list, and calls that a person is to see first. " +
				"It judges the call, not what came back; without tools in the policy it reports nothing.",
			Examples: []string{"a call of delete_account where only search is listed", `send_mail with {"to":"someone@elsewhere.example"} where the pattern asks for a colleague`},
			Default:  review.Rule{Mode: review.ModeEnforce, Flag: 0.6},
		},
		New: func() (guard.Detector, error) { return newToolCalls(), nil },
	}
}

type toolCalls struct {
	schemas  *compiled[*schema]
	patterns *compiled[expression]
}

func newToolCalls() toolCalls {
	return toolCalls{newCompiled(newSchema), newCompiled(newExpression)}
}

// The confidences: what must not be, and what only a person is to see.
const (
	againstPolicy = 0.95
	needsPerson   = 0.7
)

// maxArgumentWork bounds what holding one argument to one pattern may cost, in
// instructions.
const maxArgumentWork = 8 << 20

// Detect judges the call of which the Segment is the arguments. All findings are about
// the whole of it.
func (t toolCalls) Detect(ctx context.Context, in *guard.Input) ([]review.Finding, error) {
	tools := &in.Policy.Tools
	if in.Segment.Kind != review.SegmentToolArguments || tools.Mode != review.ToolsListed && len(tools.Rules) == 0 {
		return nil, nil
	}
	rule, ok := tools.Rule(in.Segment.Tool)
	if !ok {
		return unlisted(tools, in.Segment.Tool), nil
	}
	var out []review.Finding
	if rule.NeedsPerson {
		out = append(out, aboutCall(review.SeverityMedium, needsPerson, "The policy wants a person to see calls of this tool first"))
	}
	wrong, err := t.wrong(ctx, rule, in.Segment.Text)
	if err != nil {
		return nil, err
	}
	for _, w := range wrong {
		out = append(out, aboutCall(review.SeverityHigh, againstPolicy, w))
	}
	return out, nil
}

func aboutCall(severity review.Severity, confidence float64, message string) review.Finding {
	return review.Finding{Severity: severity, Confidence: confidence, Message: message}
}

// unlisted judges a tool without a rule.
func unlisted(tools *review.Tools, name string) []review.Finding {
	folded := textview.Fold(name)
	for _, r := range tools.Rules {
		if textview.Fold(r.Name) == folded {
			return []review.Finding{aboutCall(review.SeverityHigh, againstPolicy, "The name of the tool looks like one of the policy's, but is not")}
		}
	}
	if tools.Mode != review.ToolsListed {
		return nil
	}
	return []review.Finding{aboutCall(review.SeverityHigh, againstPolicy, "The tool is not on the policy's list")}
}

// wrong lists what a rule does not allow of arguments, without their text.
func (t toolCalls) wrong(ctx context.Context, rule review.ToolRule, text string) (out []string, err error) {
	if len(rule.Schema) == 0 && len(rule.Patterns) == 0 {
		return nil, nil
	}
	value, notJSON := decodeJSON(text)
	if notJSON != nil {
		out = append(out, "The arguments cannot be checked: "+notJSON.Error())
	}
	if len(rule.Schema) > 0 && notJSON == nil {
		w, err := t.againstSchema(ctx, rule.Schema, value)
		if err != nil {
			return nil, err
		}
		out = append(out, w...)
	}
	for i, p := range rule.Patterns {
		if p.Argument != "" && notJSON != nil {
			continue
		}
		pattern, err := t.patterns.of(p.Expr)
		if err != nil {
			return nil, fmt.Errorf("pattern %d of tool %q: %w", i+1, rule.Name, err)
		}
		for _, argument := range argumentsAt(value, text, p.Argument) {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			if pattern.work(len(argument)) > maxArgumentWork {
				out = append(out, fmt.Sprintf("An argument is too long to hold to pattern %d of the tool", i+1))
				break
			}
			if pattern.MatchString(argument) == p.Deny {
				out = append(out, fmt.Sprintf("An argument is not what pattern %d of the tool allows", i+1))
				break
			}
		}
	}
	return out, nil
}

func (t toolCalls) againstSchema(ctx context.Context, text json.RawMessage, value any) ([]string, error) {
	s, err := t.schemas.of(string(text))
	if err != nil {
		return nil, err
	}
	wrong, err := s.check(ctx, value)
	switch {
	case errors.Is(err, errTooCostly):
		return []string{"The arguments are too costly to hold to their schema"}, nil
	case err != nil:
		return nil, err
	case wrong != "":
		return []string{"The arguments are not what the schema allows: " + wrong}, nil
	}
	return nil, nil
}

// argumentsAt returns the values at a path, as texts: of a list all elements, of a path
// that leads nowhere none.
func argumentsAt(value any, text, path string) []string {
	if path == "" {
		return []string{text}
	}
	at := []any{value}
	for name := range strings.SplitSeq(path, ".") {
		var next []any
		for _, v := range at {
			if object, ok := v.(map[string]any); ok {
				if x, ok := object[name]; ok {
					next = append(next, elements(x)...)
				}
			}
		}
		at = next
	}
	out := make([]string, 0, len(at))
	for _, v := range at {
		out = append(out, plainText(v))
	}
	return out
}

// elements are those of a list, however deep in lists, or the value itself.
func elements(v any) []any {
	list, ok := v.([]any)
	if !ok {
		return []any{v}
	}
	var out []any
	for _, x := range list {
		out = append(out, elements(x)...)
	}
	return out
}

func plainText(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	b, err := json.Marshal(v)
	if err != nil { // what was decoded can be encoded
		return ""
	}
	return string(b)
}

// CheckPolicy compiles the schemas of the tools.
func (t toolCalls) CheckPolicy(policy *review.Policy) error {
	for i, r := range policy.Tools.Rules {
		if len(r.Schema) == 0 {
			continue
		}
		if _, err := t.schemas.of(string(r.Schema)); err != nil {
			return unfit(fmt.Sprintf("tools.rules[%d].schema", i), "is no valid JSON Schema")
		}
	}
	return nil
}
