package review

import (
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPolicyDiffNamesWhatChanged(t *testing.T) {
	specs := []DetectorSpec{{ID: "a.new", Default: Rule{Mode: ModeMonitor, Flag: 0.5}}}
	before := rules()
	require.Empty(t, PolicyDiff(before, before.WithDefaults(specs), specs), "an absent rule is the default")
	after := before.WithDefaults(nil)
	after.Detectors["enforced"] = Rule{Mode: ModeOff, Flag: 0.5, Block: 0.95}
	after.Detectors["strict-in-documents"] = Rule{Mode: ModeEnforce, Flag: 0.8, Block: 0.95, Segments: map[SegmentKind]Thresholds{SegmentResponse: {Block: 0.1}}}
	after.AuditRate, after.FailOpen = 0, true
	after.Patterns = []Pattern{{"p", "x"}}
	after.Labels = append([]Label{}, before.Labels[1:]...)
	require.Equal(t, []FieldChange{
		{"detectors.enforced.mode", "enforce", "off"},
		{"detectors.enforced.block", "0.9", "0.95"},
		{"detectors.strict-in-documents.segments.response.flag", "", "0"},
		{"detectors.strict-in-documents.segments.response.block", "", "0.1"},
		{"fail_open", "false", "true"},
		{"audit_rate", "0.02", "0"},
		{"patterns.p", "", "x"},
		{"labels", "injection, jailbreak, pii, secret, harmful, high_risk_topic, over_trust, false_alarm, other", "jailbreak, pii, secret, harmful, high_risk_topic, over_trust, false_alarm, other"},
		{"detectors.strict-in-documents.segments.document.flag", "0.3", ""},
		{"detectors.strict-in-documents.segments.document.block", "0.6", ""},
		{"labels.injection", "Prompt injection", ""},
	}, PolicyDiff(before, after, nil))
}

// A field that the diff does not see would be activated unseen.
func TestPolicyDiffSeesEveryField(t *testing.T) {
	seen := 0
	kind := reflect.TypeFor[Policy]()
	for i := range kind.NumField() {
		field := kind.Field(i)
		if field.Tag.Get("json") == "-" {
			continue
		}
		seen++
		before, after := rules(), rules()
		value := reflect.ValueOf(&after).Elem().Field(i)
		switch value.Kind() {
		case reflect.Bool:
			value.SetBool(!value.Bool())
		case reflect.Int:
			value.SetInt(value.Int() + 1)
		case reflect.Float64:
			value.SetFloat(value.Float() / 2)
		case reflect.Slice:
			element := reflect.New(value.Type().Elem()).Elem()
			setString(element)
			value.Set(reflect.Append(value, element))
		case reflect.Struct:
			setString(value.Field(0))
		case reflect.Map:
			anew := reflect.MakeMap(value.Type())
			if value.Len() == 0 {
				anew.SetMapIndex(reflect.ValueOf("new"), reflect.Zero(value.Type().Elem()))
			}
			value.Set(anew)
		default:
			t.Fatalf("%s is of a kind that this test does not change", field.Name)
		}
		require.NotEmpty(t, PolicyDiff(before, after, nil), field.Name)
	}
	require.Equal(t, 23, seen, "a new field of Policy needs words on the pages of policies")
}

// setString puts something into a text, or into every text of a row.
func setString(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString("new")
	case reflect.Struct:
		for i := range v.NumField() {
			setString(v.Field(i))
		}
	case reflect.Float64:
		v.SetFloat(0.5)
	case reflect.Int:
		v.SetInt(v.Int() + 1)
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type())) // a policy that names nothing there
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			v.SetBytes([]byte(`{}`)) // a schema
			return
		}
		element := reflect.New(v.Type().Elem()).Elem()
		setString(element)
		v.Set(reflect.Append(v, element))
	default:
		panic("a policy has a kind of field that this test does not change: " + v.Kind().String())
	}
}

func TestParsePolicyKnowsEveryField(t *testing.T) {
	for name, change := range map[string]func(string) string{
		"a field":          func(s string) string { return strings.Replace(s, "{", `{"from_later":1,`, 1) },
		"one of a rule":    func(s string) string { return strings.Replace(s, `"mode"`, `"sampling":1,"mode"`, 1) },
		"one of a label":   func(s string) string { return strings.Replace(s, `"title"`, `"colour":"red","title"`, 1) },
		"a second policy":  func(s string) string { return s + s },
		"rubbish behind":   func(s string) string { return s + "x" },
		"an unknown value": func(s string) string { return strings.Replace(s, `"low"`, `"tiny"`, 1) },
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParsePolicy("app", 1, []byte(change(string(mustJSON(rules())))))
			require.Error(t, err)
		})
	}
}

func TestPolicyValidateRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Policy)
		field  string
	}{
		"a block below the flag": {func(p *Policy) { p.Detectors["enforced"] = Rule{Mode: ModeEnforce, Flag: 0.9, Block: 0.5} }, "detectors.enforced.block"},
		"the same for one kind": {func(p *Policy) {
			p.Detectors["enforced"] = Rule{Mode: ModeEnforce, Segments: map[SegmentKind]Thresholds{SegmentPrompt: {0.9, 0.5}}}
		}, "detectors.enforced.segments.prompt.block"},
		"an unknown kind of text": {func(p *Policy) {
			p.Detectors["enforced"] = Rule{Mode: ModeEnforce, Segments: map[SegmentKind]Thresholds{"e-mail": {}}}
		}, "detectors.enforced.segments.e-mail"},
		"due in a thousand years":  {func(p *Policy) { p.DueMinutes[SeverityLow] = math.MaxInt }, "due_minutes.low"},
		"an unknown severity":      {func(p *Policy) { p.DueMinutes["tiny"] = 1 }, "due_minutes.tiny"},
		"a pattern in every text":  {func(p *Policy) { p.Patterns = []Pattern{{"p", "x*"}} }, "patterns[0]"},
		"a pattern without a name": {func(p *Policy) { p.Patterns = []Pattern{{"", "x"}} }, "patterns[0]"},
		"two of one name":          {func(p *Policy) { p.Patterns = []Pattern{{"p", "x"}, {"p", "y"}} }, "patterns[1]"},
		"a pattern on two lines":   {func(p *Policy) { p.Patterns = []Pattern{{"p", "x\ny"}} }, "patterns[0]"},
		"a pattern too long":       {func(p *Policy) { p.Patterns = []Pattern{{"p", strings.Repeat("x", 1025)}} }, "patterns[0]"},
		"too many patterns":        {func(p *Policy) { p.Patterns = make([]Pattern, 101) }, "patterns"},
		"two labels of one id":     {func(p *Policy) { p.Labels = []Label{{"a", "A"}, {"a", "B"}} }, "labels[1]"},
		"a label without a title":  {func(p *Policy) { p.Labels = []Label{{"a", ""}} }, "labels[0]"},
		"a huge prompt":            {func(p *Policy) { p.MaxPromptBytes = math.MaxInt }, "max_prompt_bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			p := rules()
			c.change(&p)
			require.Contains(t, fieldNames(p.Validate()), c.field)
		})
	}
}

func fieldNames(err error) []string {
	var out []string
	for _, f := range FieldsOf(err) {
		out = append(out, f.Field)
	}
	return out
}

// Values from R: prop.test(x, n, correct=FALSE)$conf.int.
func TestOverturnRateHasAnIntervalOrNothing(t *testing.T) {
	for _, c := range []struct {
		overturned, decided int
		lower, upper        float64
	}{
		{5, 20, 0.1118609, 0.4687009},
		{0, 50, 0, 0.0713475},
		{280, 280, 0.9864661, 1},
	} {
		rate := DetectorTally{Approved: c.overturned, Blocked: c.decided - c.overturned, Overturned: c.overturned}.OverturnRate()
		require.NotNil(t, rate)
		require.InDelta(t, c.lower, rate.Lower, 1e-4)
		require.InDelta(t, c.upper, rate.Upper, 1e-4)
		require.InDelta(t, float64(c.overturned)/float64(c.decided), rate.Rate, 1e-12)
	}
	require.Nil(t, DetectorTally{}.OverturnRate(), "nothing is not zero")
	require.Nil(t, DetectorTally{Approved: 19, Overturned: 19}.OverturnRate())
}

func TestViewersFindTheirAppsByName(t *testing.T) {
	v := Viewer{Apps: []App{{ID: "1", Name: "a"}}}
	app, err := v.AppNamed("a")
	require.NoError(t, err)
	require.Equal(t, "1", app.ID)
	_, err = v.AppNamed("b")
	require.Equal(t, CodeNotFound, CodeOf(err))
}

func TestOnlyLeadsAndAdminsChangePolicies(t *testing.T) {
	var may []Role
	for _, r := range Roles() {
		if r.May(PermPolicy) {
			may = append(may, r)
		}
	}
	require.Equal(t, []Role{RoleLead, RoleAdmin}, may)
}

func FuzzParsePolicy(f *testing.F) {
	f.Add(mustJSON(rules()))
	f.Add([]byte(`{"detectors":{"a":{"segments":{"prompt":{"flag":1e999}}}}}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, document []byte) {
		p, err := ParsePolicy("app", 1, document)
		if err != nil {
			return
		}
		again, err := json.Marshal(p)
		require.NoError(t, err)
		q, err := ParsePolicy("app", 1, again)
		require.NoError(t, err)
		require.Empty(t, PolicyDiff(p, q, nil))
	})
}
