package review

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPolicyContentIsBounded(t *testing.T) {
	schema := func(s string) func(*Policy) { return func(p *Policy) { p.Response.Schema = json.RawMessage(s) } }
	tool := func(r ToolRule) func(*Policy) { return func(p *Policy) { p.Tools.Rules = []ToolRule{r} } }
	tests := []struct {
		name   string
		change func(*Policy)
		field  string // "" when it is valid
	}{
		{"a canary", func(p *Policy) { p.Canaries = []string{"CNRY-7f3a-91bc"} }, ""},
		{"a canary of another script", func(p *Policy) { p.Canaries = []string{"секретное"} }, ""},
		{"a canary of two lines", func(p *Policy) { p.Canaries = []string{"12345678\n12345678"} }, "canaries[0]"},
		{"a short canary", func(p *Policy) { p.Canaries = []string{"1234567"} }, "canaries[0]"},
		{"a canary of signs", func(p *Policy) { p.Canaries = []string{"-- -- -- --"} }, "canaries[0]"},
		{"a canary that is no text", func(p *Policy) { p.Canaries = []string{"abcdefgh\xff"} }, "canaries[0]"},
		{"a canary twice", func(p *Policy) { p.Canaries = []string{"abcdefgh", "abcdefgh"} }, "canaries[1]"},
		{"a canary too long", func(p *Policy) { p.Canaries = []string{strings.Repeat("a", 300)} }, "canaries[0]"},
		{"too many canaries", func(p *Policy) {
			for i := range 300 {
				p.Canaries = append(p.Canaries, fmt.Sprintf("canary%04d", i))
			}
		}, "canaries"},

		{"a tool", tool(ToolRule{Name: "search", Schema: json.RawMessage(`{"type":"object"}`), Patterns: []ArgumentPattern{{"q", `^\w+$`, false}}}), ""},
		{"a tool without a name", tool(ToolRule{}), "tools.rules[0].name"},
		{"a tool twice", func(p *Policy) { p.Tools.Rules = []ToolRule{{Name: "a"}, {Name: "a"}} }, "tools.rules[1].name"},
		{"an unknown mode", func(p *Policy) { p.Tools.Mode = "deny" }, "tools.mode"},
		{"a broken pattern", tool(ToolRule{Name: "a", Patterns: []ArgumentPattern{{"q", `(`, false}}}), "tools.rules[0].patterns[0]"},
		{"an empty pattern", tool(ToolRule{Name: "a", Patterns: []ArgumentPattern{{"q", ``, false}}}), "tools.rules[0].patterns[0]"},
		{"a long pattern", tool(ToolRule{Name: "a", Patterns: []ArgumentPattern{{"q", strings.Repeat("a", 2000), false}}}), "tools.rules[0].patterns[0]"},
		{"a broken schema of a tool", tool(ToolRule{Name: "a", Schema: json.RawMessage(`{`)}), "tools.rules[0].schema"},

		{"a schema", schema(`{"$schema":"https://json-schema.org/draft/2020-12/schema","$defs":{"a":true},"items":{"$ref":"#/$defs/a"}}`), ""},
		{"a schema that is a bool", schema(`false`), ""},
		{"a property called $ref", schema(`{"properties":{"$ref":{"type":"string"},"$id":{}}}`), ""},
		{"a schema that is a number", schema(`1`), "response.schema"},
		{"a schema that loads another", schema(`{"items":{"$ref":"https://evil.example/bomb.json"}}`), "response.schema"},
		{"a schema that reads a file", schema(`{"items":[{"$ref":"file:///etc/passwd"}]}`), "response.schema"},
		{"a relative reference", schema(`{"$ref":"other.json#/x"}`), "response.schema"},
		{"another draft", schema(`{"$schema":"http://json-schema.org/draft-07/schema#"}`), "response.schema"},
		{"a dynamic reference", schema(`{"$dynamicRef":"#a"}`), "response.schema"},
		{"a schema that is too long", schema(`{"description":"` + strings.Repeat("a", 40<<10) + `"}`), "response.schema"},
		{"a schema that is too deep", schema(strings.Repeat(`{"not":`, 40) + "{}" + strings.Repeat("}", 40)), "response.schema"},
		{"schemas too long together", func(p *Policy) {
			for i := range 10 {
				s := json.RawMessage(`{"description":"` + strings.Repeat("a", 30<<10) + `"}`)
				p.Tools.Rules = append(p.Tools.Rules, ToolRule{Name: fmt.Sprint(i), Schema: s})
			}
		}, "tools"},

		{"bounds", func(p *Policy) { p.Response = ResponseRules{MinBytes: 1, MaxBytes: 10, MaxLines: 2, MaxLineBytes: 5} }, ""},
		{"a negative bound", func(p *Policy) { p.Response.MaxLines = -1 }, "response.max_lines"},
		{"bounds that nothing meets", func(p *Policy) { p.Response = ResponseRules{MinBytes: 11, MaxBytes: 10} }, "response.min_bytes"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := rules()
			tt.change(&p)
			err := p.Validate()
			if tt.field == "" {
				require.NoError(t, err)
				stored, err := ParsePolicy("", 0, mustJSON(p))
				require.NoError(t, err)
				require.Equal(t, p, stored)
				return
			}
			var e *Error
			require.ErrorAs(t, err, &e)
			require.Len(t, e.Fields, 1)
			require.Equal(t, tt.field, e.Fields[0].Field)
		})
	}
}

func TestPoliciesOfBeforeStillParse(t *testing.T) {
	p, err := ParsePolicy("app", 3, []byte(`{"detectors":{"pii.card":{"mode":"enforce","flag":0.5,"block":0}},"fail_open":false,"deadline_ms":500,"audit_rate":0.02,
		"max_prompt_bytes":65536,"due_minutes":{"low":1,"medium":1,"high":1,"critical":1},"patterns":[],"labels":[{"id":"a","title":"A"}]}`))
	require.NoError(t, err)
	require.Empty(t, p.Canaries)
	require.Zero(t, p.Tools)
	require.Zero(t, p.Response)
	require.NotContains(t, string(mustJSON(p)), "canaries", "what a policy does not say is not stored")
}

func TestToolRule(t *testing.T) {
	tools := Tools{Mode: ToolsListed, Rules: []ToolRule{{Name: "search"}, {Name: "mail", NeedsPerson: true}}}
	r, ok := tools.Rule("mail")
	require.True(t, ok)
	require.True(t, r.NeedsPerson)
	_, ok = tools.Rule("Mail")
	require.False(t, ok, "names are exact")
}

func TestACallWithoutArgumentsIsSeen(t *testing.T) {
	for _, arguments := range []string{``, `""`, `null`} {
		c := Content{ToolCalls: []ToolCall{{Name: "wipe", Arguments: json.RawMessage(arguments)}}}
		require.Equal(t, []Segment{{"tool_calls[0].arguments", SegmentToolArguments, TrustModel, "{}", "wipe"}}, c.Segments(), arguments)
	}
}
