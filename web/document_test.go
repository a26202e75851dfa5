package web

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

func decodeSubmission(body string) (review.Submission, error) {
	var sub review.Submission
	err := decode([]byte(body), submissionShape, &sub)
	return sub, err
}

// fieldsOf lists "field: message" of an error.
func fieldsOf(err error) []string {
	var e *review.Error
	if !errors.As(err, &e) {
		return nil
	}
	var out []string
	for _, f := range e.Fields {
		out = append(out, f.Field+": "+f.Message)
	}
	return out
}

func TestWhatIsNotJSONIsNamedByItsOffset(t *testing.T) {
	deep := strings.Repeat("[", maxDepth+1)
	for name, c := range map[string]struct{ body, want string }{
		"empty":                   {"", "it is empty at byte 0"},
		"space":                   {" \n\t", "it is empty at byte 3"},
		"cut":                     {`{"prompt":`, "it ends too early at byte 10"},
		"cut in a name":           {`{"prom`, "a string does not end at byte 6"},
		"cut after a name":        {`{"prompt"`, "it ends too early at byte 9"},
		"cut after a value":       {`{"prompt":"x"`, "it ends too early at byte 13"},
		"cut in a list":           {`{"documents":[`, "it ends too early at byte 14"},
		"cut in an escape":        {`{"prompt":"\`, "a string does not end at byte 11"},
		"cut in a long escape":    {`{"prompt":"\u12`, "an escape is not known at byte 11"},
		"trailing comma":          {`{"prompt":"x",}`, "a field name in quotes is missing at byte 14"},
		"no colon":                {`{"prompt" "x"}`, "a colon is missing at byte 10"},
		"no comma":                {`{"prompt":"x" "response":"y"}`, "a comma or closing brace is missing at byte 14"},
		"no comma in a list":      {`{"documents":[{} {}]}`, "a comma or closing bracket is missing at byte 17"},
		"bare word":               {`{"prompt":hello}`, "'h' cannot start a value at byte 10"},
		"half a word":             {`{"prompt":trust}`, "'s' is unexpected at byte 13"},
		"a word cut":              {`{"feedback":nul`, "it ends too early at byte 15"},
		"single quotes":           {`{'prompt':'x'}`, "a field name in quotes is missing at byte 1"},
		"a comment":               {`{/*x*/"prompt":"x"}`, "a field name in quotes is missing at byte 1"},
		"a raw line break":        {"{\"prompt\":\"a\nb\"}", "a control character stands unescaped in a string at byte 12"},
		"a raw NUL":               {"{\"prompt\":\"a\x00b\"}", "a control character stands unescaped in a string at byte 12"},
		"a NUL before":            {"\x00{}", `'\x00' cannot start a value at byte 0`},
		"an unknown escape":       {`{"prompt":"\x41"}`, "an escape is not known at byte 11"},
		"no hex":                  {`{"prompt":"\u00zz"}`, "an escape is not known at byte 11"},
		"a leading zero":          {`{"turn":01}`, "a number is malformed at byte 10"},
		"a plus":                  {`{"turn":+1}`, "'+' cannot start a value at byte 8"},
		"only a minus":            {`{"turn":-}`, "a number is malformed at byte 9"},
		"a bare point":            {`{"turn":1.}`, "a number is malformed at byte 10"},
		"a bare exponent":         {`{"turn":1e+}`, "a number is malformed at byte 11"},
		"NaN":                     {`{"turn":NaN}`, "'N' cannot start a value at byte 8"},
		"two values":              {`{"prompt":"x"}{"prompt":"y"}`, "something follows the value at byte 14"},
		"trailing text":           {`{"prompt":"x"} ok`, "something follows the value at byte 15"},
		"a byte order mark":       {"\uFEFF{}", `'\ufeff' cannot start a value at byte 0`},
		"unknown fields hide not": {`{"nope":[1,}`, "'}' cannot start a value at byte 11"},
		"too deep":                {`{"context":` + deep, "nested deeper than 64 levels at byte 74"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := decodeSubmission(c.body)
			require.Equal(t, review.CodeInvalid, review.CodeOf(err), "%v", err)
			require.ErrorContains(t, err, c.want)
		})
	}
}

func TestWhatIsNotUTF8IsNamedByItsOffset(t *testing.T) {
	for body, offset := range map[string]string{
		"{\"prompt\":\"caf\xe9\"}":      "byte 14",
		"\xff":                          "byte 0",
		"{\"prompt\":\"\xed\xa0\x80\"}": "byte 11", // a surrogate in bytes
		"{\"prompt\":\"\xc0\x80\"}":     "byte 11", // NUL the long way
		"{\"prompt\":\"" + "ü€😀" + "\xf0\x9f\x98\"}": "byte 20",
	} {
		_, err := decodeSubmission(body)
		require.Equal(t, review.CodeInvalid, review.CodeOf(err))
		require.ErrorContains(t, err, "the body is not UTF-8: "+offset+" is invalid")
	}
}

func TestWrongFieldsAreAllNamedWithTheirPath(t *testing.T) {
	for name, c := range map[string]struct {
		body string
		want []string
	}{
		"unknown":            {`{"promt":"x"}`, []string{"promt: is not a known field"}},
		"case matters":       {`{"PROMPT":"x"}`, []string{"PROMPT: is not a known field"}},
		"unknown below":      {`{"messages":[{"role":"user","content":"x"},{"role":"user","contents":[{"a":1}]}]}`, []string{"messages[1].contents: is not a known field"}},
		"an escaped name":    {`{"pr\u006fmpt":"x","pr\u006fmt":1}`, []string{"promt: is not a known field"}},
		"an empty name":      {`{"":1}`, []string{`"": is not a known field`}},
		"several":            {`{"a":1,"b":2,"turn":"3"}`, []string{"a: is not a known field", "b: is not a known field", "turn: must be a whole number, not a text (byte 20)"}},
		"twice":              {`{"prompt":"x","prompt":"y"}`, []string{"prompt: is given twice"}},
		"twice by an escape": {`{"prompt":"x","pr\u006fmpt":"y"}`, []string{"prompt: is given twice"}},
		"a number for text":  {`{"prompt":5}`, []string{"prompt: must be a text, not a number (byte 10)"}},
		"a list for text":    {`{"prompt":["x"]}`, []string{"prompt: must be a text, not a list (byte 10)"}},
		"an object for text": {`{"prompt":{"x":1}}`, []string{"prompt: must be a text, not an object (byte 10)"}},
		"truth for text":     {`{"prompt":true}`, []string{"prompt: must be a text, not true or false (byte 10)"}},
		"text for a list":    {`{"documents":"x"}`, []string{"documents: must be a list, not a text (byte 13)"}},
		"a text in a list":   {`{"documents":["x"]}`, []string{"documents[0]: must be an object, not a text (byte 14)"}},
		"a fraction":         {`{"turn":1.5}`, []string{"turn: must be a whole number (byte 8)"}},
		"an exponent":        {`{"turn":1e2}`, []string{"turn: must be a whole number (byte 8)"}},
		"too large":          {`{"latency_ms":9223372036854775808}`, []string{"latency_ms: is out of range (byte 14)"}},
		"far too large":      {`{"feedback":{"action":"accepted","edit_ratio":1e999}}`, []string{"feedback.edit_ratio: is out of range (byte 46)"}},
		"no time":            {`{"occurred_at":"yesterday"}`, []string{"occurred_at: must be a time as in RFC 3339 (byte 15)"}},
		"a number for time":  {`{"occurred_at":1700000000}`, []string{"occurred_at: must be a time as in RFC 3339, not a number (byte 15)"}},
		"text for truth":     {`{"feedback":{"seeded":"yes"}}`, []string{"feedback.seeded: must be true or false, not a text (byte 22)"}},
		"below":              {`{"feedback":{"verification":{"test_run":1}}}`, []string{"feedback.verification.test_run: must be true or false, not a number (byte 40)"}},
		"usage":              {`{"usage":{"prompt_tokens":"many"}}`, []string{"usage.prompt_tokens: must be a whole number, not a text (byte 26)"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := decodeSubmission(c.body)
			require.Equal(t, review.CodeUnprocessable, review.CodeOf(err), "%v", err)
			require.Equal(t, c.want, fieldsOf(err))
		})
	}
}

func TestFaultsAreBounded(t *testing.T) {
	long := strings.Repeat("ü", 4000)
	_, err := decodeSubmission(`{` + strings.Repeat(`"`+long+`":1,`, 50) + `"prompt":"x"}`)
	fields := fieldsOf(err)
	require.Len(t, fields, maxFaults)
	for _, f := range fields {
		require.Less(t, len(f), maxNameInPath+40)
	}
}

func TestARootThatIsNoObject(t *testing.T) {
	for _, body := range []string{"null", "true", "5", `"x"`, "[]", `[{"prompt":"x"}]`} {
		_, err := decodeSubmission(body)
		require.Equal(t, review.CodeUnprocessable, review.CodeOf(err), body)
		require.ErrorContains(t, err, "the body must be an object")
	}
}

func TestWhatIsAccepted(t *testing.T) {
	for name, c := range map[string]struct {
		body string
		want review.Submission
	}{
		"space around":     {" \r\n{\t\"prompt\" : \"x\" } \n", review.Submission{Prompt: "x"}},
		"null is absent":   {`{"prompt":"x","model":null,"messages":null,"feedback":null,"turn":null,"occurred_at":null}`, review.Submission{Prompt: "x"}},
		"lone surrogates":  {`{"prompt":"a\ud800b\udc00\ud83d"}`, review.Submission{Prompt: "a\uFFFDb\uFFFD\uFFFD"}},
		"a pair":           {`{"prompt":"\ud83d\ude00"}`, review.Submission{Prompt: "😀"}},
		"NUL":              {`{"prompt":"a\u0000b"}`, review.Submission{Prompt: "a\x00b"}},
		"every escape":     {`{"prompt":"\"\\\/\b\f\n\r\t\u00E9"}`, review.Submission{Prompt: "\"\\/\b\f\n\r\té"}},
		"free below":       {`{"prompt":"x","context":{"a":{"a":1,"a":[null,-0.5e-7,true]}}}`, review.Submission{Prompt: "x", Context: json.RawMessage(`{"a":{"a":1,"a":[null,-0.5e-7,true]}}`)}},
		"arguments":        {`{"tool_calls":[{"name":"f","arguments":"{}"}]}`, review.Submission{ToolCalls: []review.ToolCall{{Name: "f", Arguments: json.RawMessage(`"{}"`)}}}},
		"deep, but enough": {`{"prompt":"x","context":{"a":` + strings.Repeat("[", maxDepth-2) + strings.Repeat("]", maxDepth-2) + `}}`, review.Submission{Prompt: "x", Context: json.RawMessage(`{"a":` + strings.Repeat("[", maxDepth-2) + strings.Repeat("]", maxDepth-2) + `}`)}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := decodeSubmission(c.body)
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
}

func TestABatchIsReadOneByOne(t *testing.T) {
	for name, body := range map[string]string{
		"object": `{"interactions": [{"prompt":"a"}, {"promt":"b"}, null, 7, {"turn":"x"}, {"prompt":"c"}]}`,
		"list":   ` [{"prompt":"a"},{"promt":"b"},null, 7,{"turn":"x"},{"prompt":"c"}]`,
	} {
		t.Run(name, func(t *testing.T) {
			batch, err := decodeBatch([]byte(body))
			require.NoError(t, err)
			require.Len(t, batch, 6)
			require.NoError(t, batch[0].err)
			require.Equal(t, "a", batch[0].submission.Prompt)
			require.Equal(t, []string{"promt: is not a known field"}, fieldsOf(batch[1].err))
			require.ErrorContains(t, batch[2].err, "must be an object")
			require.ErrorContains(t, batch[3].err, "must be an object")
			require.Len(t, fieldsOf(batch[4].err), 1)
			require.NoError(t, batch[5].err)
			require.Equal(t, "c", batch[5].submission.Prompt)
		})
	}
}

func TestABatchThatIsNone(t *testing.T) {
	many := "[" + strings.Repeat(`{"prompt":"x"},`, review.MaxBatch) + `{"prompt":"x"}]`
	for name, c := range map[string]struct {
		body string
		code review.Code
		want string
	}{
		"empty":              {"", review.CodeInvalid, "it is empty"},
		"null":               {"null", review.CodeUnprocessable, "must be an object"},
		"no list":            {"{}", review.CodeUnprocessable, "interactions: is missing"},
		"an empty list":      {"[]", review.CodeUnprocessable, "interactions: is empty"},
		"something else":     {`{"interactions":{}}`, review.CodeUnprocessable, "interactions: must be a list"},
		"another field":      {`{"interactions":[{"prompt":"x"}],"dry_run":true}`, review.CodeUnprocessable, "dry_run: is not a known field"},
		"twice":              {`{"interactions":[{"prompt":"x"}],"interactions":[]}`, review.CodeUnprocessable, "interactions: is given twice"},
		"broken at the end":  {`[{"prompt":"x"},{"prompt":]`, review.CodeInvalid, "at byte 26"},
		"more after it":      {`[{"prompt":"x"}] []`, review.CodeInvalid, "something follows"},
		"too many":           {many, review.CodeTooLarge, "at most 1000"},
		"too many, and none": {many[:len(many)-1], review.CodeInvalid, "ends too early"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := decodeBatch([]byte(c.body))
			require.Equal(t, c.code, review.CodeOf(err), "%v", err)
			require.ErrorContains(t, err, c.want)
		})
	}
	full := "[" + strings.Repeat(`{"prompt":"x"},`, review.MaxBatch-1) + `{"prompt":"x"}]`
	batch, err := decodeBatch([]byte(full))
	require.NoError(t, err)
	require.Len(t, batch, review.MaxBatch)
}

func TestEveryRequestTypeHasAShape(t *testing.T) {
	require.Equal(t, reflect.TypeFor[review.Submission]().NumField(), len(submissionShape.fields))
	require.Equal(t, reflect.TypeFor[review.Feedback]().NumField(), len(feedbackShape.fields))
}

// FuzzDecode holds the reader against the standard library: it accepts nothing that
// the library calls invalid, refuses as syntax nothing that the library calls valid
// (but for encoding and depth), and what it lets through decodes to the same value.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{"prompt":"x"}`, `{"messages":[{"role":"user","content":"a\ud800"}],"turn":3}`, `{"context":{"a":[1,2,{"b":null}]}}`,
		`{"feedback":{"action":"accepted","edit_ratio":0.25,"verification":{"test_run":true}}}`, `{"prompt":"\u0000"}`,
		`[`, `{"a":1e5,"a":-0}`, "{\"prompt\":\"\xff\"}", `{"usage":{"prompt_tokens":1}} `, `{"occurred_at":"2026-01-02T03:04:05Z"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var got review.Submission
		err := decode(body, submissionShape, &got)
		switch review.CodeOf(err) {
		case "":
			var want review.Submission
			require.NoError(t, json.Unmarshal(body, &want))
			require.Equal(t, want, got)
		case review.CodeUnprocessable:
			require.True(t, json.Valid(body))
		case review.CodeInvalid:
			if json.Valid(body) {
				require.Regexp(t, "nested deeper|not UTF-8", err.Error())
			}
		default:
			t.Fatalf("unexpected: %v", err)
		}
		_, _ = decodeBatch(body)
	})
}
