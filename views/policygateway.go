package views

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"strings"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views/text"
)

// What the form of a policy says of guarded calls: one field with JSON, as docs/gateway.md describes it. Most Apps never
// change it, and who does has the table of the docs beside it.

const fieldGateway = "gateway"

func (f PolicyForm) setGateway(p review.Policy) {
	if reflect.ValueOf(p.Gateway).IsZero() {
		f.set(fieldGateway, "")
		return
	}
	b, err := json.MarshalIndent(p.Gateway, "", "  ")
	if err != nil {
		panic("views: gateway rules are plain data: " + err.Error())
	}
	f.set(fieldGateway, string(b))
}

// gateway reads what the form sends of guarded calls; an empty field is the default.
func (r *policyReader) gateway(p *review.Policy) {
	if !r.values.Has(fieldGateway) {
		return
	}
	typed := strings.TrimSpace(r.values.Get(fieldGateway))
	if typed == "" {
		p.Gateway = review.GatewayRules{}
		return
	}
	rules, err := gatewayOf(typed)
	if err != nil {
		r.bad = append(r.bad, review.FieldError{Field: fieldGateway, Message: err.Error()})
		return
	}
	p.Gateway = rules
}

func gatewayOf(typed string) (rules review.GatewayRules, err error) {
	d := json.NewDecoder(bytes.NewReader([]byte(typed)))
	d.DisallowUnknownFields()
	if err := d.Decode(&rules); err != nil {
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) {
			return rules, errors.New("has a value of the wrong type at " + wrong.Field)
		}
		if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
			return rules, errors.New("does not know " + name)
		}
		return rules, errors.New("must be a JSON object, or empty")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return rules, errors.New("must be one JSON object")
	}
	return rules, nil
}

// gatewayProblem is all that is wrong with the field.
func gatewayProblem(ctx context.Context, p *Problem) string {
	if p == nil {
		return ""
	}
	var out []string
	for _, f := range p.Fields {
		if f.Field == fieldGateway {
			out = append(out, text.Word(ctx, f.Message))
		} else if name, ok := strings.CutPrefix(f.Field, fieldGateway+"."); ok {
			out = append(out, name+" "+text.Word(ctx, f.Message))
		}
	}
	return strings.Join(out, "; ")
}
