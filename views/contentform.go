package views

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"strconv"
	"strings"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views/text"
)

// What the form of a policy says of an App's content: canaries, tools and responses.

// The blank rows below the tools, and below the patterns of each.
const (
	blankTools        = 1
	blankToolPatterns = 1
	maxToolRows       = 100 // of patterns of one tool that a form may send
)

// responseBounds are the bounds of a response; an empty field bounds nothing.
var responseBounds = []struct {
	name, word string
	of         func(*review.ResponseRules) *int
}{
	{"response.min_bytes", text.Say("Shortest, bytes"), func(r *review.ResponseRules) *int { return &r.MinBytes }},
	{"response.max_bytes", text.Say("Longest, bytes"), func(r *review.ResponseRules) *int { return &r.MaxBytes }},
	{"response.max_lines", text.Say("Most lines"), func(r *review.ResponseRules) *int { return &r.MaxLines }},
	{"response.max_line_bytes", text.Say("Longest line, bytes"), func(r *review.ResponseRules) *int { return &r.MaxLineBytes }},
}

func (f PolicyForm) setContent(p review.Policy) {
	f.set("canaries", strings.Join(p.Canaries, "\n"))
	f.set("tools.mode", string(toolMode(p.Tools)))
	f.setTools(p.Tools.Rules)
	f.set("response.schema", schemaText(p.Response.Schema))
	for _, b := range responseBounds {
		if n := *b.of(&p.Response); n != 0 {
			f.set(b.name, strconv.Itoa(n))
		} else {
			f.set(b.name, "")
		}
	}
}

func toolMode(t review.Tools) review.ToolMode { return cmp.Or(t.Mode, review.ToolsAny) }

// setTools replaces what the form says of single tools.
func (f PolicyForm) setTools(rules []review.ToolRule) {
	maps.DeleteFunc(f.values, func(name string, _ []string) bool { _, row := rowOf(listTools, name); return row })
	for i, r := range rules {
		at := toolRow(i)
		f.set(at+".name", r.Name)
		f.set(at+".needs_person", strconv.FormatBool(r.NeedsPerson))
		f.set(at+".schema", schemaText(r.Schema))
		for j, p := range r.Patterns {
			f.set(rowField(at+".patterns", j, "argument"), p.Argument)
			f.set(rowField(at+".patterns", j, "deny"), strconv.FormatBool(p.Deny))
			f.set(rowField(at+".patterns", j, "expr"), p.Expr)
		}
	}
}

const listTools = "tools.rules"

func toolRow(i int) string { return fmt.Sprintf("%s[%d]", listTools, i) }

// schemaText lays a JSON Schema out for reading; what is none stays as it was typed.
func schemaText(schema json.RawMessage) string {
	var out bytes.Buffer
	if json.Indent(&out, schema, "", "  ") != nil {
		return string(schema)
	}
	return out.String()
}

func schemaOf(typed string) json.RawMessage {
	if s := strings.TrimSpace(typed); s != "" {
		return json.RawMessage(s)
	}
	return nil
}

// content reads what the form sends of the content.
func (r *policyReader) content(p *review.Policy) {
	if r.values.Has("canaries") {
		p.Canaries = canariesOf(r.values.Get("canaries"))
	}
	if mode := review.ToolMode(r.text("tools.mode")); r.values.Has("tools.mode") && mode != toolMode(p.Tools) {
		p.Tools.Mode = mode
	}
	if r.sends(listTools) {
		p.Tools.Rules = toolsOf(r.values)
	}
	if r.values.Has("response.schema") {
		p.Response.Schema = schemaOf(r.values.Get("response.schema"))
	}
	for _, b := range responseBounds {
		if r.values.Has(b.name) && r.text(b.name) == "" {
			*b.of(&p.Response) = 0
			continue
		}
		r.whole(b.name, b.of(&p.Response))
	}
}

// canariesOf reads one canary from each line.
func canariesOf(typed string) []string {
	var out []string
	for line := range strings.Lines(typed) {
		if line = strings.TrimRight(line, "\r\n"); strings.TrimSpace(line) != "" {
			out = append(out, line)
		}
	}
	return out
}

// toolsOf reads the rows of the tools; blank ones are left out.
func toolsOf(values url.Values) []review.ToolRule {
	var out []review.ToolRule
	for i := range maxRows {
		at := toolRow(i)
		if !values.Has(at + ".name") {
			continue
		}
		rule := review.ToolRule{
			Name:        strings.TrimSpace(values.Get(at + ".name")),
			Schema:      schemaOf(values.Get(at + ".schema")),
			Patterns:    argumentPatternsOf(values, at+".patterns"),
			NeedsPerson: values.Get(at+".needs_person") == "true",
		}
		if rule.Name != "" || rule.Schema != nil || rule.Patterns != nil {
			out = append(out, rule)
		}
	}
	return out
}

func argumentPatternsOf(values url.Values, list string) []review.ArgumentPattern {
	var out []review.ArgumentPattern
	for j := range maxToolRows {
		p := review.ArgumentPattern{
			Argument: strings.TrimSpace(values.Get(rowField(list, j, "argument"))),
			Expr:     values.Get(rowField(list, j, "expr")),
			Deny:     values.Get(rowField(list, j, "deny")) == "true",
		}
		if p.Argument != "" || strings.TrimSpace(p.Expr) != "" {
			out = append(out, p)
		}
	}
	return out
}

// toolPatterns is how many rows of patterns the form shows for a tool.
func (f PolicyForm) toolPatterns(tool string) int {
	return f.rows(tool+".patterns") + blankToolPatterns
}

// isContent tells whether a field is about the content.
func isContent(field string) bool {
	return strings.HasPrefix(field, "canaries") || strings.HasPrefix(field, "tools") || strings.HasPrefix(field, "response") || strings.HasPrefix(field, fieldGateway)
}

// contentAnchor is where the form has a field that is about the content.
func contentAnchor(field string) string {
	switch {
	case strings.HasPrefix(field, "canaries"):
		return fieldID("canaries")
	case strings.HasPrefix(field, fieldGateway):
		return fieldID(fieldGateway)
	case field == "tools", field == listTools:
		return "tools"
	case strings.HasSuffix(field, ".patterns"):
		return fieldID(strings.TrimSuffix(field, "patterns") + "name")
	}
	return fieldID(field)
}

// contentWords names a field that is about the content, as in the list of problems and in a difference.
func contentWords(ctx context.Context, field string) string {
	if i, ok := rowOf("canaries", field+"."); ok {
		return text.T(ctx, "Canary %d", i+1)
	}
	if i, ok := rowOf(listTools, field+"."); ok {
		_, part, _ := strings.Cut(field, "].")
		if j, ok := rowOf("patterns", part+"."); ok {
			return text.T(ctx, "Tool %d: pattern %d", i+1, j+1)
		}
		return text.T(ctx, "Tool %d: %s", i+1, text.Word(ctx, toolPart(part)))
	}
	if name, ok := strings.CutPrefix(field, listTools+"."); ok {
		return text.T(ctx, "Tool %s", name)
	}
	if name, ok := strings.CutPrefix(field, fieldGateway+"."); ok {
		return text.T(ctx, "Gateway: %s", words(name))
	}
	switch field {
	case fieldGateway:
		return text.T(ctx, "Gateway")
	case "canaries":
		return text.T(ctx, "Canaries")
	case "tools.mode":
		return text.T(ctx, "Which tools")
	case "tools":
		return text.T(ctx, "Tools")
	case "response":
		return text.T(ctx, "Responses")
	case "response.schema":
		return text.T(ctx, "JSON Schema of a response")
	}
	for _, b := range responseBounds {
		if b.name == field {
			return text.T(ctx, "Responses: %s", strings.ToLower(text.T(ctx, b.word)))
		}
	}
	return title(words(strings.NewReplacer("response.", "response ", "tools.", "tools ").Replace(field)))
}

// toolPart names a part of the rule of a tool.
func toolPart(name string) string {
	switch name {
	case "name":
		return text.Say("name")
	case "schema":
		return text.Say("schema")
	case "patterns":
		return text.Say("patterns")
	case "needs_person":
		return text.Say("needs a person")
	default:
		return words(name)
	}
}

// canaryProblems are what is wrong with single canaries.
func canaryProblems(ctx context.Context, p *Problem) string {
	if p == nil {
		return ""
	}
	var out []string
	for _, f := range p.Fields {
		if strings.HasPrefix(f.Field, "canaries") {
			out = append(out, contentWords(ctx, f.Field)+" "+text.Word(ctx, f.Message))
		}
	}
	return strings.Join(out, "; ")
}

// contentFacts says what a policy asks of the content. Canaries are counted only: one that is shown is none.
func contentFacts(ctx context.Context, p review.Policy) []fact {
	out := []fact{{text.T(ctx, "Canaries"), count(len(p.Canaries))}}
	if toolMode(p.Tools) == review.ToolsListed {
		out = append(out, fact{text.T(ctx, "Tools"), text.T(ctx, "only those listed")})
	} else {
		out = append(out, fact{text.T(ctx, "Tools"), text.T(ctx, "any")})
	}
	for _, r := range p.Tools.Rules {
		out = append(out, fact{r.Name, toolWords(ctx, r)})
	}
	return append(out, fact{text.T(ctx, "Responses"), responseWords(ctx, p.Response)})
}

// toolWords says in short how a tool may be called.
func toolWords(ctx context.Context, r review.ToolRule) string {
	var out []string
	if r.NeedsPerson {
		out = append(out, text.T(ctx, "needs a person"))
	}
	if len(r.Schema) > 0 {
		out = append(out, text.T(ctx, "arguments by schema"))
	}
	if n := len(r.Patterns); n > 0 {
		out = append(out, plural(ctx, n, text.Say("pattern"), text.Say("patterns")))
	}
	if len(out) == 0 {
		return text.T(ctx, "may be called")
	}
	return strings.Join(out, ", ")
}

func responseWords(ctx context.Context, r review.ResponseRules) string {
	var out []string
	if len(r.Schema) > 0 {
		out = append(out, text.T(ctx, "JSON by schema"))
	}
	for _, b := range []struct {
		n    int
		word string
	}{{r.MinBytes, text.Say("at least %s bytes")}, {r.MaxBytes, text.Say("at most %s bytes")}, {r.MaxLines, text.Say("at most %s lines")}, {r.MaxLineBytes, text.Say("lines of at most %s bytes")}} {
		if b.n > 0 {
			out = append(out, text.T(ctx, b.word, count(b.n)))
		}
	}
	if len(out) == 0 {
		return text.T(ctx, "as they come")
	}
	return strings.Join(out, ", ")
}
