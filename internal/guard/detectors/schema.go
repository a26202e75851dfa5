package detectors

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// schema holds JSON values to a JSON Schema (draft 2020-12) at a bounded cost. Schemas
// can be made so that a short value takes for ever: every step of an evaluation is paid
// for from a purse, and when that is empty, or the deadline has passed, there is no
// answer. A purse belongs to one evaluation, and so does the compiled schema that pays
// from it; they are used again afterwards. It is safe for concurrent use.
type schema struct {
	text string
	mu   sync.Mutex
	free []*payingSchema
}

// payingSchema is a compiled schema and the purse that it pays from.
type payingSchema struct {
	root  *jsonschema.Schema
	purse *purse
}

// purse is what is left to be spent, in steps.
type purse struct {
	left int
	ctx  context.Context
}

const (
	// schemaSteps is what one evaluation may cost; a step takes some hundred nanoseconds.
	schemaSteps = 100_000
	// stepWork is how many instructions of an expression one step stands for.
	stepWork = 64
	// maxIdleSchemas is how many compiled copies of a schema are kept.
	maxIdleSchemas = 4
	// maxJSONDepth bounds how deep values may be nested.
	maxJSONDepth = 64
)

// errTooCostly says that a value would have cost too much to be held to its schema.
var errTooCostly = errors.New("too costly to check")

// spend stops the evaluation that cannot pay.
func (p *purse) spend(steps int) {
	before := p.left
	p.left -= steps
	if p.left < 0 || before>>10 != p.left>>10 && p.ctx != nil && p.ctx.Err() != nil {
		panic(errTooCostly)
	}
}

// newSchema compiles a schema once, to know that it can be.
func newSchema(text string) (*schema, error) {
	s := &schema{text: text}
	first, err := compileSchema(text)
	if err != nil {
		return nil, err
	}
	s.free = append(s.free, first)
	return s, nil
}

// nothingLoads refuses every other document.
type nothingLoads struct{}

func (nothingLoads) Load(string) (any, error) { return nil, errors.New("schemas load nothing") }

const schemaPlace = "policy:schema"

func compileSchema(text string) (*payingSchema, error) {
	doc, err := decodeJSON(text)
	if err != nil {
		return nil, err
	}
	out := &payingSchema{purse: &purse{left: schemaSteps}}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.UseLoader(nothingLoads{})
	c.UseRegexpEngine(out.purse.compile)
	if err := c.AddResource(schemaPlace, doc); err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	if out.root, err = c.Compile(schemaPlace); err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	out.purse.charge(out.root, map[*jsonschema.Schema]bool{})
	return out, nil
}

// decodeJSON reads one JSON value. Numbers become floating point numbers, so that none
// can take more memory than its digits.
func decodeJSON(text string) (any, error) {
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		return nil, errors.New("it is no JSON")
	}
	if !shallow(v, maxJSONDepth) {
		return nil, errors.New("it is nested too deep")
	}
	return v, nil
}

func shallow(v any, depth int) bool {
	if depth == 0 {
		return false
	}
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			if !shallow(x, depth-1) {
				return false
			}
		}
	case map[string]any:
		for _, x := range v {
			if !shallow(x, depth-1) {
				return false
			}
		}
	}
	return true
}

// payingExpression is an expression whose every use is paid for.
type payingExpression struct {
	expression
	purse *purse
}

func (p *purse) compile(expr string) (jsonschema.Regexp, error) {
	e, err := newExpression(expr)
	return payingExpression{e, p}, err
}

// MatchString pays before it matches.
func (e payingExpression) MatchString(s string) bool {
	e.purse.spend(1 + e.work(len(s))/stepWork)
	return e.expression.MatchString(s)
}

// charge makes every part of a schema pay before it is evaluated: a format is asked
// first of all, before anything that takes long. It pays for what it will ask of the
// value itself and of each of its elements.
func (p *purse) charge(s *jsonschema.Schema, charged map[*jsonschema.Schema]bool) {
	if s == nil || charged[s] || s.Bool != nil {
		return
	}
	charged[s] = true
	here, elements := partsOf(s)
	own, each := 1+len(here), perElement(s)
	if s.Enum != nil {
		own += len(s.Enum.Values) / 8
	}
	s.Format = &jsonschema.Format{Name: "bounded", Validate: func(v any) error {
		p.spend(own + each*size(v))
		return nil
	}}
	for _, part := range here {
		p.charge(part, charged)
	}
	for _, part := range elements {
		p.charge(part, charged)
	}
}

// perElement is how many schemas can be asked about one element of a value.
func perElement(s *jsonschema.Schema) int {
	n := 1 + len(s.PatternProperties)
	for _, part := range []*jsonschema.Schema{s.PropertyNames, s.UnevaluatedProperties, s.Contains, s.UnevaluatedItems} {
		if part != nil {
			n++
		}
	}
	return n
}

// size is how many elements a value has.
func size(v any) int {
	switch v := v.(type) {
	case []any:
		return len(v)
	case map[string]any:
		return len(v)
	default:
		return 0
	}
}

// partsOf lists the schemas that a schema applies to a value itself and to its elements.
func partsOf(s *jsonschema.Schema) (here, elements []*jsonschema.Schema) {
	add := func(to *[]*jsonschema.Schema, parts ...*jsonschema.Schema) {
		for _, part := range parts {
			if part != nil {
				*to = append(*to, part)
			}
		}
	}
	add(&here, s.Ref, s.Not, s.If, s.Then, s.Else)
	add(&here, s.AllOf...)
	add(&here, s.AnyOf...)
	add(&here, s.OneOf...)
	for _, part := range s.DependentSchemas {
		add(&here, part)
	}
	add(&elements, s.PropertyNames, s.UnevaluatedProperties, s.Contains, s.Items2020, s.UnevaluatedItems)
	add(&elements, s.PrefixItems...)
	for _, part := range s.Properties {
		add(&elements, part)
	}
	for _, part := range s.PatternProperties {
		add(&elements, part)
	}
	if part, ok := s.AdditionalProperties.(*jsonschema.Schema); ok {
		add(&elements, part)
	}
	return here, elements
}

// check returns what is wrong with a value, one line, without anything of the value; ""
// when nothing is.
func (s *schema) check(ctx context.Context, value any) (wrong string, err error) {
	p, err := s.take()
	if err != nil {
		return "", err
	}
	defer s.give(p)
	*p.purse = purse{left: schemaSteps, ctx: ctx}
	defer func() {
		switch r := recover(); {
		case r == nil:
		case r == errTooCostly:
			wrong, err = "", costErr(ctx)
		default:
			panic(r)
		}
	}()
	var invalid *jsonschema.ValidationError
	if err := p.root.Validate(value); errors.As(err, &invalid) {
		return describe(invalid), nil
	}
	return "", nil
}

// costErr tells a passed deadline from a value that was too costly.
func costErr(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return errTooCostly
}

func (s *schema) take() (*payingSchema, error) {
	s.mu.Lock()
	n := len(s.free)
	if n == 0 {
		s.mu.Unlock()
		return compileSchema(s.text)
	}
	p := s.free[n-1]
	s.free = s.free[:n-1]
	s.mu.Unlock()
	return p, nil
}

func (s *schema) give(p *payingSchema) {
	p.purse.ctx = nil
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.free) < maxIdleSchemas {
		s.free = append(s.free, p)
	}
}

// describe says where a value is wrong and by which keyword of the schema. Values and
// the names of properties that the schema does not know are those of a stranger.
func describe(e *jsonschema.ValidationError) string {
	for len(e.Causes) > 0 {
		e = e.Causes[0]
	}
	keyword := "its schema"
	if path := e.ErrorKind.KeywordPath(); len(path) > 0 {
		keyword = path[0]
	}
	_, place, _ := strings.Cut(e.SchemaURL, "#")
	if place == "" {
		place = "/"
	}
	return fmt.Sprintf("“%s” is not kept at %d levels down, by %s of the schema", keyword, len(e.InstanceLocation), place)
}
