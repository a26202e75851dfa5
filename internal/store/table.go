package store

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"sync"

	"gorm.io/gorm/schema"
)

// table is how rows of one type are written and read by prepared statements. The
// columns are those of GORM's schema, so that they are declared once, in the row's
// type.
type table struct {
	name   string
	insert string
	fields []*schema.Field
}

func tableOf(row any) (table, error) {
	parsed, err := schema.Parse(row, &sync.Map{}, schema.NamingStrategy{})
	if err != nil {
		return table{}, err
	}
	t := table{name: parsed.Table}
	for _, field := range parsed.Fields {
		if field.Creatable {
			t.fields = append(t.fields, field)
		}
	}
	places := strings.TrimSuffix(strings.Repeat("?, ", len(t.fields)), ", ")
	t.insert = fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)", parsed.Table, t.columns(""), places)
	return t, nil
}

// columns lists the columns, each with the prefix, such as "d.".
func (t table) columns(prefix string) string {
	names := make([]string, len(t.fields))
	for i, field := range t.fields {
		names[i] = prefix + field.DBName
	}
	return strings.Join(names, ", ")
}

// values returns what a row writes into the columns.
func (t table) values(ctx context.Context, row reflect.Value) []any {
	values := make([]any, len(t.fields))
	for i, field := range t.fields {
		values[i], _ = field.ValueOf(ctx, row)
	}
	return values
}

// targets returns where a row, given as a pointer, takes the columns in.
func (t table) targets(row any) []any {
	value := reflect.ValueOf(row).Elem()
	targets := make([]any, len(t.fields))
	for i, field := range t.fields {
		targets[i] = value.FieldByIndex(field.StructField.Index).Addr().Interface()
	}
	return targets
}
