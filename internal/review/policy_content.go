package review

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The bounds of what a Policy says of an App's content.
const (
	maxCanaries         = 256
	minCanary           = 8 // letters and digits
	maxCanaryBytes      = 256
	maxToolRules        = 256
	maxToolPatterns     = 32
	maxExprBytes        = 1 << 10
	maxSchemaBytes      = 32 << 10
	maxSchemaDepth      = 32
	maxSchemasBytes     = 256 << 10 // all schemas of a Policy together
	maxResponseBound    = 64 << 20
	schemaDraft         = "https://json-schema.org/draft/2020-12/schema"
	deferredSchemaWords = "$dynamicRef $dynamicAnchor $recursiveRef $recursiveAnchor $vocabulary $id"
)

// ToolMode says which tools may be called.
type ToolMode string

// The tool modes; the empty one is ToolsAny.
const (
	ToolsAny    ToolMode = "any"        // every tool; rules hold for those that they name
	ToolsListed ToolMode = "allow_list" // only tools that a rule names
)

// Tools says which tools the models of an App may call, and how. The zero value lets
// every call pass.
type Tools struct {
	Mode  ToolMode   `json:"mode,omitempty"`
	Rules []ToolRule `json:"rules,omitempty"`
}

// ToolRule says how one tool may be called.
type ToolRule struct {
	Name        string            `json:"name"`             // exactly as the model calls it
	Schema      json.RawMessage   `json:"schema,omitempty"` // JSON Schema 2020-12 of the arguments
	Patterns    []ArgumentPattern `json:"patterns,omitempty"`
	NeedsPerson bool              `json:"needs_person,omitempty"` // a person is to see the call before it is made
}

// ArgumentPattern is an RE2 regular expression that an argument must match, or must
// not match.
type ArgumentPattern struct {
	Argument string `json:"argument"` // names from the outside in, set apart by dots; "" for the text of all arguments
	Expr     string `json:"expr"`
	Deny     bool   `json:"deny,omitempty"` // matching is what must not happen
}

// mode is the one that holds.
func (t Tools) mode() ToolMode { return cmp.Or(t.Mode, ToolsAny) }

// Rule returns the rule of a tool.
func (t Tools) Rule(name string) (ToolRule, bool) {
	i := slices.IndexFunc(t.Rules, func(r ToolRule) bool { return r.Name == name })
	if i < 0 {
		return ToolRule{}, false
	}
	return t.Rules[i], true
}

// ResponseRules says what the responses of an App look like. A bound of 0 bounds
// nothing, and without a Schema any text will do.
type ResponseRules struct {
	Schema       json.RawMessage `json:"schema,omitempty"` // JSON Schema 2020-12
	MinBytes     int             `json:"min_bytes,omitempty"`
	MaxBytes     int             `json:"max_bytes,omitempty"`
	MaxLines     int             `json:"max_lines,omitempty"`
	MaxLineBytes int             `json:"max_line_bytes,omitempty"`
}

// validateContent checks what the Policy says of the App's content.
func (p Policy) validateContent(bad *invalidFields) {
	validateCanaries(bad, p.Canaries)
	p.Tools.validate(bad)
	p.Response.validate(bad)
	total := len(p.Response.Schema)
	for _, r := range p.Tools.Rules {
		total += len(r.Schema)
	}
	if total > maxSchemasBytes {
		bad.addf("tools", "and response must have schemas of at most %d bytes together", maxSchemasBytes)
	}
}

func validateCanaries(bad *invalidFields, canaries []string) {
	if len(canaries) > maxCanaries {
		bad.addf("canaries", "must be at most %d", maxCanaries)
	}
	for i, c := range canaries {
		at := fmt.Sprintf("canaries[%d]", i)
		switch {
		case len(c) > maxCanaryBytes || !utf8.ValidString(c):
			bad.addf(at, "must be text of at most %d bytes", maxCanaryBytes)
		case strings.ContainsAny(c, "\r\n"):
			bad.addf(at, "must be on one line")
		case telling(c) < minCanary:
			bad.addf(at, "must have at least %d letters or digits", minCanary)
		case slices.Contains(canaries[:i], c):
			bad.addf(at, "is there twice")
		}
	}
}

// telling counts the letters and digits of a text.
func telling(s string) (n int) {
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			n++
		}
	}
	return n
}

func (t Tools) validate(bad *invalidFields) {
	if t.Mode != "" && t.Mode != ToolsAny && t.Mode != ToolsListed {
		bad.addf("tools.mode", "must be any or allow_list")
	}
	if len(t.Rules) > maxToolRules {
		bad.addf("tools.rules", "must be at most %d", maxToolRules)
	}
	names := map[string]bool{}
	for i, r := range t.Rules {
		at := fmt.Sprintf("tools.rules[%d]", i)
		if r.Name == "" || len(r.Name) > maxIDBytes || names[r.Name] {
			bad.addf(at+".name", "must be unique and have 1 to %d bytes", maxIDBytes)
		}
		names[r.Name] = true
		validateSchema(bad, at+".schema", r.Schema)
		if len(r.Patterns) > maxToolPatterns {
			bad.addf(at+".patterns", "must be at most %d", maxToolPatterns)
		}
		for j, p := range r.Patterns {
			if _, err := regexp.Compile(p.Expr); err != nil || p.Expr == "" || len(p.Expr) > maxExprBytes || len(p.Argument) > maxIDBytes {
				bad.addf(fmt.Sprintf("%s.patterns[%d]", at, j), "needs a valid regular expression of at most %d bytes", maxExprBytes)
			}
		}
	}
}

func (r ResponseRules) validate(bad *invalidFields) {
	validateSchema(bad, "response.schema", r.Schema)
	for _, b := range []struct {
		name  string
		value int
	}{
		{"min_bytes", r.MinBytes}, {"max_bytes", r.MaxBytes}, {"max_lines", r.MaxLines}, {"max_line_bytes", r.MaxLineBytes},
	} {
		if b.value < 0 || b.value > maxResponseBound {
			bad.addf("response."+b.name, "must be between 0 and %d", maxResponseBound)
		}
	}
	if r.MaxBytes > 0 && r.MinBytes > r.MaxBytes {
		bad.addf("response.min_bytes", "must not be more than max_bytes")
	}
}

// validateSchema checks that a JSON Schema is bounded and complete in itself: nothing
// is ever fetched for it. Whether its keywords make sense is for its compiler to tell.
func validateSchema(bad *invalidFields, at string, schema json.RawMessage) {
	if len(schema) == 0 {
		return
	}
	if len(schema) > maxSchemaBytes || depth(schema) > maxSchemaDepth {
		bad.addf(at, "must have at most %d bytes, nested at most %d deep", maxSchemaBytes, maxSchemaDepth)
		return
	}
	var v any
	if err := json.Unmarshal(schema, &v); err != nil {
		bad.addf(at, "must be JSON")
		return
	}
	if first := bytes.TrimLeft(schema, " \t\r\n")[0]; first != '{' && first != 't' && first != 'f' {
		bad.addf(at, "must be a JSON Schema: an object, true or false")
		return
	}
	if word := outsideWord(v); word != "" {
		bad.addf(at, "must not use %s", word)
	}
}

// outsideWord returns a keyword that reaches outside of a schema, or whose meaning
// depends on how a place was reached; "" when there is none.
func outsideWord(v any) string {
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			if word := outsideWord(x); word != "" {
				return word
			}
		}
	case map[string]any:
		for key, x := range v {
			text, isText := x.(string)
			switch {
			case isText && key == "$ref" && !strings.HasPrefix(text, "#"):
				return "a $ref to another document"
			case isText && key == "$schema" && strings.TrimSuffix(text, "#") != schemaDraft:
				return "another $schema than 2020-12"
			case isText && slices.Contains(strings.Fields(deferredSchemaWords), key):
				return key
			}
			if word := outsideWord(x); word != "" {
				return word
			}
		}
	}
	return ""
}
