package detectors

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

func mustSchema(t testing.TB, text string) *schema {
	t.Helper()
	s, err := newSchema(text)
	require.NoError(t, err)
	return s
}

// doubling is a schema that asks its last part of the same value 2^depth times.
func doubling(depth int, last string) string {
	var b strings.Builder
	b.WriteString(`{"$ref":"#/$defs/a0","$defs":{`)
	for i := range depth {
		fmt.Fprintf(&b, `"a%d":{"allOf":[{"$ref":"#/$defs/a%d"},{"$ref":"#/$defs/a%d"}]},`, i, i+1, i+1)
	}
	fmt.Fprintf(&b, `"a%d":%s}}`, depth, last)
	return b.String()
}

// TestSchemaBombsAreCut holds that no schema and no value makes an answer late.
func TestSchemaBombsAreCut(t *testing.T) {
	deep := strings.Repeat(`{"a":`, 40) + "1" + strings.Repeat("}", 40)
	wide := "[" + strings.Repeat("1,", 100_000) + "1]"
	long := `"` + strings.Repeat("a", 500_000) + `"`
	bombs := map[string]struct{ schema, value string }{
		"same value again and again":  {doubling(30, `{"type":"string"}`), `1`},
		"true again and again":        {doubling(30, `{"minimum":0}`), `1`},
		"inside of not":               {strings.Replace(doubling(28, `{"type":"number"}`), `{"$ref":"#/$defs/a0"`, `{"not":{"$ref":"#/$defs/a0"}`, 1), `1`},
		"each level twice":            {`{"patternProperties":{"a":{"$ref":"#"},"^a":{"$ref":"#"}},"type":"object"}`, deep},
		"each level twice, unwanted":  {`{"not":{"patternProperties":{"a":{"$ref":"#/not"},"^a":{"$ref":"#/not"}},"type":"object"}}`, deep},
		"a list for each of many":     {`{"allOf":[` + strings.Repeat(`{"items":{"type":"string"}},`, 300) + `true]}`, wide},
		"a pattern on a long text":    {`{"allOf":[` + strings.Repeat(`{"pattern":"(a{1,30}){1,30}b$"},`, 100) + `true]}`, long},
		"all members of a long list":  {`{"items":{"enum":[` + strings.Repeat(`"x",`, 3000) + `"y"]}}`, wide},
		"a list without two the same": {`{"uniqueItems":true}`, wide},
		"unevaluated again and again": {`{"anyOf":[` + strings.Repeat(`{"properties":{"b":true}},`, 300) + `true],"unevaluatedProperties":false}`, deep},
	}
	for name, b := range bombs {
		t.Run(name, func(t *testing.T) {
			s := mustSchema(t, b.schema)
			value, err := decodeJSON(b.value)
			require.NoError(t, err)
			_, err = s.check(context.Background(), value)
			if err != nil {
				require.ErrorIs(t, err, errTooCostly)
			}
		})
	}
}

func TestACutSchemaAnswersAgain(t *testing.T) {
	s := mustSchema(t, `{"items":{"type":"array","items":{"type":"number"}}}`)
	large, err := decodeJSON("[" + strings.Repeat("[1,2],", schemaSteps/2) + "[3]]")
	require.NoError(t, err)
	_, err = s.check(context.Background(), large)
	require.ErrorIs(t, err, errTooCostly)
	wrong, err := s.check(context.Background(), []any{[]any{1.0}})
	require.NoError(t, err)
	require.Empty(t, wrong)
	wrong, err = s.check(context.Background(), []any{[]any{"x"}})
	require.NoError(t, err)
	require.NotEmpty(t, wrong)
}

func TestSchemaStopsAtTheDeadline(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := mustSchema(t, doubling(30, `{"minimum":0}`)).check(ctx, 1.0)
	require.ErrorIs(t, err, context.Canceled)
}

func TestSchemasThatDoNotCompile(t *testing.T) {
	for _, text := range []string{
		`{`, `{"type":"thing"}`, `{"$ref":"#/nowhere"}`, `{"$ref":"https://evil.example/x"}`, `{"$ref":"file:///etc/passwd"}`, `{"pattern":"("}`, `{"minimum":1e999}`,
		`{"pattern":"(a{1,1000}){1,1000}"}`, `{"$schema":"https://evil.example/meta"}`,
	} {
		_, err := newSchema(text)
		require.Error(t, err, "%.60s", text)
	}
}

func TestSchemaAnswersManyAtOnce(t *testing.T) {
	s := mustSchema(t, `{"type":"object","properties":{"n":{"type":"integer","pattern":"^a"}},"required":["n"]}`)
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			for range 50 {
				wrong, err := s.check(context.Background(), map[string]any{"n": 1.0})
				if wrong != "" || err != nil {
					t.Errorf("%q, %v", wrong, err)
				}
				wrong, err = s.check(context.Background(), map[string]any{})
				if wrong == "" || err != nil {
					t.Errorf("%q, %v", wrong, err)
				}
			}
		})
	}
	all.Wait()
	require.LessOrEqual(t, len(s.free), maxIdleSchemas)
}

func TestWhatIsWrongTellsNothingOfTheValue(t *testing.T) {
	for schema, value := range map[string]string{
		`{"const":1}`:                                `"hunter2"`,
		`{"enum":["a"]}`:                             `"hunter2"`,
		`{"pattern":"^a"}`:                           `"hunter2"`,
		`{"additionalProperties":false}`:             `{"hunter2":1}`,
		`{"propertyNames":{"maxLength":2}}`:          `{"hunter2":1}`,
		`{"properties":{"a":{"type":"number"}}}`:     `{"a":"hunter2"}`,
		`{"additionalProperties":{"type":"number"}}`: `{"hunter2":"x"}`,
	} {
		v, err := decodeJSON(value)
		require.NoError(t, err)
		wrong, err := mustSchema(t, schema).check(context.Background(), v)
		require.NoError(t, err)
		require.NotEmpty(t, wrong, schema)
		require.NotContains(t, wrong, "hunter2", schema)
	}
}

func TestJSONIsBounded(t *testing.T) {
	for _, text := range []string{
		"", "x", "{} {}", strings.Repeat("[", 100) + strings.Repeat("]", 100), strings.Repeat("[", 1<<20), "1e999", "1e-999999999x", `{"a":1e99999999}`, "\xff",
	} {
		_, err := decodeJSON(text)
		require.Error(t, err, "%.40q", text)
	}
	v, err := decodeJSON(" " + strings.Repeat("[", 60) + strings.Repeat("]", 60) + "\n")
	require.NoError(t, err)
	require.NotNil(t, v)
}

func TestPoliciesAreCheckedBeforeTheyCount(t *testing.T) {
	p, policy := newPipeline(t)
	require.NoError(t, p.CheckPolicy(policy))
	require.NoError(t, p.CheckPolicy(vectorPolicy()))

	broken := policy
	broken.Response.Schema = json.RawMessage(`{"type":"thing"}`)
	err := p.CheckPolicy(broken)
	require.Equal(t, review.CodeUnprocessable, review.CodeOf(err))
	require.ErrorContains(t, err, "response.schema")

	broken = policy
	broken.Tools.Rules = []review.ToolRule{{Name: "a"}, {Name: "b", Schema: json.RawMessage(`{"pattern":"("}`)}}
	require.ErrorContains(t, p.CheckPolicy(broken), "tools.rules[1].schema")

	broken = policy
	broken.DeadlineMS = 0
	require.Equal(t, review.CodeUnprocessable, review.CodeOf(p.CheckPolicy(broken)), "what is wrong by itself")
}

func TestCompiledIsBounded(t *testing.T) {
	built := 0
	c := newCompiled(func(text string) (int, error) {
		if built++; text == "bad" {
			return 0, fmt.Errorf("bad")
		}
		return len(text), nil
	})
	for range 3 {
		n, err := c.of("four")
		require.NoError(t, err)
		require.Equal(t, 4, n)
		_, err = c.of("bad")
		require.Error(t, err)
	}
	require.Equal(t, 2, built, "what could not be made is not tried again")
	for i := range 3 * maxCompiled {
		_, err := c.of(fmt.Sprint(i))
		require.NoError(t, err)
	}
	require.LessOrEqual(t, len(c.kept), maxCompiled)
	large := strings.Repeat("x", maxCompiledBytes/3)
	for i := range 20 {
		_, err := c.of(large + fmt.Sprint(i))
		require.NoError(t, err)
	}
	require.LessOrEqual(t, c.bytes, maxCompiledBytes)
}

func FuzzSchema(f *testing.F) {
	f.Add(`{"type":"object","properties":{"a":{"pattern":"^x"}}}`, `{"a":"y"}`)
	f.Add(`{"items":{"$ref":"#"},"uniqueItems":true}`, `[[[1]],[2]]`)
	f.Add(doubling(12, `{"type":"string"}`), `1`)
	f.Fuzz(func(t *testing.T, text, value string) {
		policy := review.DefaultPolicy(nil)
		policy.Response.Schema = json.RawMessage(text)
		if policy.Validate() != nil || text == "" {
			return
		}
		s, err := newSchema(text)
		if err != nil {
			return
		}
		v, err := decodeJSON(unfenced(value))
		if err != nil {
			return
		}
		if _, err := s.check(context.Background(), v); err != nil && err != errTooCostly {
			t.Fatal(err)
		}
	})
}
