package web

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"github.com/guardroom/guardroom/views"
)

// reference answers GET /api: the OpenAPI document, for people.
func (s *Server) reference(c *call) error {
	page, err := referencePage()
	if err != nil {
		return err
	}
	page.Assets = s.Assets
	return c.page(http.StatusOK, views.Reference(page))
}

// referencePage reads the document that is built in, once.
var referencePage = sync.OnceValues(func() (views.ReferencePage, error) {
	var d apiDocument
	if err := json.Unmarshal(openAPI, &d); err != nil {
		return views.ReferencePage{}, fmt.Errorf("web: read the OpenAPI document: %w", err)
	}
	return d.page(), nil
})

// inOrder are the members of a JSON object, as they were written.
type inOrder[T any] []member[T]

type member[T any] struct {
	name  string
	value T
}

// UnmarshalJSON reads an object.
func (o *inOrder[T]) UnmarshalJSON(b []byte) error {
	d := json.NewDecoder(bytes.NewReader(b))
	if _, err := d.Token(); err != nil {
		return err
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		m := member[T]{name: fmt.Sprint(name)}
		if err := d.Decode(&m.value); err != nil {
			return err
		}
		*o = append(*o, m)
	}
	return nil
}

// What the page shows of an OpenAPI document.
type (
	apiDocument struct {
		Info       struct{ Description string }
		Tags       []struct{ Name, Description string }
		Paths      inOrder[inOrder[apiOperation]]
		Components struct {
			Schemas   inOrder[apiSchema]
			Responses map[string]apiAnswer
		}
	}
	apiOperation struct {
		OperationID string
		Tags        []string
		Summary     string
		Parameters  []apiParameter
		RequestBody struct{ Content inOrder[apiContent] }
		Responses   inOrder[apiAnswer]
	}
	apiParameter struct {
		Name, In, Description string
		Required              bool
		Schema                apiSchema
	}
	apiAnswer struct {
		Ref         string `json:"$ref"`
		Description string
		Content     inOrder[apiContent]
	}
	apiContent struct {
		Schema  apiSchema
		Example json.RawMessage
	}
	apiSchema struct {
		Ref              string `json:"$ref"`
		Type             any    // a text, or several
		Description      string
		Properties       inOrder[apiSchema]
		Required         []string
		Items            *apiSchema
		AnyOf            []apiSchema
		Enum             []string
		Format           string
		Minimum, Maximum *float64
		MaxItems         *int
		Default          any
	}
)

func (d apiDocument) page() views.ReferencePage {
	page := views.ReferencePage{Description: d.Info.Description, Document: pathOpenAPI}
	for _, tag := range d.Tags {
		page.Groups = append(page.Groups, views.OperationGroup{Name: tag.Name, Description: tag.Description, Operations: d.operations(tag.Name)})
	}
	for _, s := range d.Components.Schemas {
		page.Schemas = append(page.Schemas, views.Schema{Name: s.name, Description: s.value.Description, Fields: s.value.fields(), Values: s.value.Enum})
	}
	return page
}

func (d apiDocument) operations(tag string) (out []views.Operation) {
	for _, path := range d.Paths {
		for _, o := range path.value {
			if len(o.value.Tags) > 0 && o.value.Tags[0] == tag {
				out = append(out, d.operation(strings.ToUpper(o.name), path.name, o.value))
			}
		}
	}
	return out
}

func (d apiDocument) operation(method, path string, o apiOperation) views.Operation {
	out := views.Operation{ID: o.OperationID, Method: method, Path: path, Summary: o.Summary}
	for _, p := range o.Parameters {
		field := p.Schema.field(p.Name, p.Required)
		field.In, field.Description = p.In, p.Description
		out.Parameters = append(out.Parameters, field)
	}
	var body apiContent
	if len(o.RequestBody.Content) > 0 {
		body = o.RequestBody.Content[0].value
		out.Body, out.BodySchema = body.Schema.fields(), nameOf(body.Schema.Ref)
	}
	out.Curl = curl(method, path, len(o.RequestBody.Content) > 0, body.Example)
	for _, a := range o.Responses {
		out.Answers = append(out.Answers, d.answer(a.name, a.value))
	}
	return out
}

func (d apiDocument) answer(status string, a apiAnswer) views.OperationAnswer {
	if a.Ref != "" {
		a = d.Components.Responses[nameOf(a.Ref)]
	}
	out := views.OperationAnswer{Status: status, Description: a.Description}
	if len(a.Content) > 0 {
		content := a.Content[0].value
		out.Schema, out.Example = nameOf(content.Schema.Ref), indented(content.Example)
	}
	return out
}

// fields are the properties of an object.
func (s apiSchema) fields() (out []views.SchemaField) {
	required := map[string]bool{}
	for _, name := range s.Required {
		required[name] = true
	}
	for _, p := range s.Properties {
		out = append(out, p.value.field(p.name, required[p.name]))
	}
	return out
}

func (s apiSchema) field(name string, required bool) views.SchemaField {
	return views.SchemaField{Name: name, Type: s.kind(), Schema: s.named(), Required: required, Description: s.Description, Limits: s.limits()}
}

// kind is the type in words, such as Finding[] or "Item or null".
func (s apiSchema) kind() string {
	switch {
	case s.Ref != "":
		return nameOf(s.Ref)
	case s.Items != nil:
		return s.Items.kind() + "[]"
	case len(s.AnyOf) > 0:
		kinds := make([]string, len(s.AnyOf))
		for i, a := range s.AnyOf {
			kinds[i] = a.kind()
		}
		return strings.Join(kinds, " or ")
	}
	switch kind := s.Type.(type) {
	case string:
		return cmp.Or(s.Format, kind)
	case []any:
		return strings.ReplaceAll(strings.Trim(fmt.Sprint(kind), "[]"), " ", " or ")
	}
	return "any JSON"
}

// named is the first schema that the type names.
func (s apiSchema) named() string {
	if s.Ref != "" {
		return nameOf(s.Ref)
	}
	if s.Items != nil {
		return s.Items.named()
	}
	for _, a := range s.AnyOf {
		if name := a.named(); name != "" {
			return name
		}
	}
	return ""
}

func (s apiSchema) limits() string {
	var out []string
	if len(s.Enum) > 0 {
		out = append(out, strings.Join(s.Enum, ", "))
	}
	if s.Minimum != nil {
		out = append(out, fmt.Sprintf("from %g", *s.Minimum))
	}
	if s.Maximum != nil {
		out = append(out, fmt.Sprintf("to %g", *s.Maximum))
	}
	if s.MaxItems != nil {
		out = append(out, fmt.Sprintf("at most %d", *s.MaxItems))
	}
	if s.Default != nil {
		out = append(out, fmt.Sprintf("%v when left out", s.Default))
	}
	return strings.Join(out, " · ")
}

// nameOf is the last part of a reference.
func nameOf(ref string) string { return ref[strings.LastIndexByte(ref, '/')+1:] }

// curl is the call as a command.
func curl(method, path string, body bool, example json.RawMessage) string {
	var b strings.Builder
	b.WriteString("curl -sS ")
	if method != http.MethodGet && !(method == http.MethodPost && body) {
		b.WriteString("-X " + method + " ")
	}
	fmt.Fprintf(&b, `"$URL%s" \`+"\n"+`  -H "Authorization: Bearer $KEY"`, strings.NewReplacer("{id}", "$ID", "{delivery}", "$DELIVERY", "{model}", "$MODEL").Replace(path))
	if !body {
		return b.String()
	}
	b.WriteString(" -H 'Content-Type: application/json' \\\n  ")
	if len(example) == 0 {
		b.WriteString("-d @body.json")
	} else {
		b.WriteString("-d '" + strings.ReplaceAll(compact(example), "'", `'\''`) + "'")
	}
	return b.String()
}

func compact(j json.RawMessage) string {
	var b bytes.Buffer
	if json.Compact(&b, j) != nil {
		return string(j)
	}
	return b.String()
}

func indented(j json.RawMessage) string {
	var b bytes.Buffer
	if len(j) == 0 || json.Indent(&b, j, "", "  ") != nil {
		return string(j)
	}
	return b.String()
}
