package views

import (
	"strings"

	"github.com/guardroom/guardroom/static"
)

// ReferencePage is GET /api: what the OpenAPI document says, for people. Its words are the document's, in English.
type ReferencePage struct {
	Assets      *static.Assets
	Description string
	Document    string // where the document itself is
	Groups      []OperationGroup
	Schemas     []Schema
}

// OperationGroup has the operations of a tag.
type OperationGroup struct {
	Name        string
	Description string
	Operations  []Operation
}

// Operation is one call.
type Operation struct {
	ID, Method, Path string
	Summary          string
	Parameters       []SchemaField
	Body             []SchemaField // of a body that has no name of its own
	BodySchema       string        // the name of its schema, "" without one
	Curl             string
	Answers          []OperationAnswer
}

// OperationAnswer is what a call may be answered.
type OperationAnswer struct {
	Status      string
	Description string
	Schema      string // its name, "" when it has none
	Example     string
}

// Schema is a type of the document.
type Schema struct {
	Name        string
	Description string
	Fields      []SchemaField
	Values      []string // of an enumeration
}

// SchemaField is a property of an object, or a parameter.
type SchemaField struct {
	Name        string
	In          string // path, query or header; "" for a property
	Type        string
	Schema      string // what Type names in the document, "" when it is no schema
	Required    bool
	Description string
	Limits      string
}

func schemaAnchor(name string) string { return "type-" + strings.ToLower(name) }
