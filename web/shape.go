package web

import (
	"encoding/json"
	"reflect"
	"strings"
	"time"
)

// form is what kind of JSON value a Go type takes.
type form int

const (
	formFree   form = iota // any value
	formObject             // with known fields
	formList
	formText
	formWhole // number without fraction
	formReal
	formTruth
	formTime // RFC 3339
)

func (f form) String() string {
	return [...]string{"any value", "an object", "a list", "a text", "a whole number", "a number", "true or false", "a time as in RFC 3339"}[f]
}

// shape is what JSON a Go type takes, worked out once from its tags, so that a
// document can be checked, and every fault named, before it is decoded.
type shape struct {
	form   form
	bits   int              // of numbers
	fields map[string]field // of objects
	elem   *shape           // of lists
}

// field is a known field of an object; index is its bit in the set of fields seen.
type field struct {
	index int
	shape *shape
}

// shapeOf panics on a type that has no shape: request types are ours.
func shapeOf(t reflect.Type) *shape {
	switch t {
	case reflect.TypeFor[json.RawMessage]():
		return &shape{form: formFree}
	case reflect.TypeFor[time.Time]():
		return &shape{form: formTime}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return shapeOf(t.Elem())
	case reflect.Struct:
		return objectShape(t)
	case reflect.Slice:
		return &shape{form: formList, elem: shapeOf(t.Elem())}
	case reflect.String:
		return &shape{form: formText}
	case reflect.Int, reflect.Int64, reflect.Int32:
		return &shape{form: formWhole, bits: t.Bits()}
	case reflect.Float64:
		return &shape{form: formReal, bits: t.Bits()}
	case reflect.Bool:
		return &shape{form: formTruth}
	}
	panic("web: a request field has a type that cannot be checked: " + t.String())
}

func objectShape(t reflect.Type) *shape {
	s := &shape{form: formObject, fields: make(map[string]field, t.NumField())}
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "-" || !f.IsExported() {
			continue
		}
		if name == "" {
			panic("web: the request field " + t.String() + "." + f.Name + " has no JSON name")
		}
		s.fields[name] = field{index: len(s.fields), shape: shapeOf(f.Type)}
	}
	if len(s.fields) > 64 {
		panic("web: the request type " + t.String() + " has more than 64 fields")
	}
	return s
}
