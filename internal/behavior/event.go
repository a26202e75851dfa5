package behavior

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"
	"time"

	"github.com/guardroom/guardroom/internal/review"
)

// event is what one Interaction tells of conduct: figures and hashes, no text, so that servers may tell each other.
type event struct {
	_    struct{} `cbor:",toarray"`
	At   time.Time
	App  string
	User string // "" when the App did not say

	Values       [quantities]float64 // logarithms; NaN where nothing was observed
	Failed       bool
	Refused      bool
	Categories   []review.Category // of Findings that the policy would flag or block, each once
	Tools        []toolUse
	ToolFailures int
	Continued    bool // not the first turn of its conversation
	Gist         gist
}

// toolUse is one call of a tool, by the hash of its name.
type toolUse struct {
	_         struct{} `cbor:",toarray"`
	Tool      uint64
	Arguments []argument
}

// argument is one argument of a call: hashes of its name and its value, 0 for what is no short scalar.
type argument struct {
	_           struct{} `cbor:",toarray"`
	Name, Value uint64
}

// quantity is something that is measured once an Interaction and compared on a logarithmic scale.
type quantity int

const (
	tokens quantity = iota
	latency
	promptLength
	responseLength
	quantities
)

// bytesPerToken estimates what an App did not count.
const bytesPerToken = 4

// What is looked at of one Interaction, at most.
const (
	maxTools     = 64
	maxArguments = 32
	maxScalar    = 64 // bytes of an argument's value
)

// eventOf reads an Interaction and what the guard found in it.
func eventOf(in review.Interaction, found []review.Finding, policy review.Policy) event {
	e := event{
		At: in.OccurredAt, App: in.AppID, User: in.UserID,
		Failed: in.Error != "", Gist: gistOf(in.Content.Prompt),
		Continued: in.Turn > 1 || len(in.Content.Messages) > 0,
	}
	e.measure(in)
	for _, f := range found {
		e.Refused = e.Refused || f.Detector == "output.refusal"
		if policy.VerdictOn(f) > review.VerdictAllow && !slices.Contains(e.Categories, f.Category) {
			e.Categories = append(e.Categories, f.Category)
		}
	}
	for _, call := range in.Content.ToolCalls[:min(len(in.Content.ToolCalls), maxTools)] {
		if call.Error != "" {
			e.ToolFailures++
		}
		e.Tools = append(e.Tools, toolUse{Tool: hash(call.Name), Arguments: argumentsOf(call)})
	}
	return e
}

func (e *event) measure(in review.Interaction) {
	for q := range e.Values {
		e.Values[q] = math.NaN()
	}
	total := in.Usage.PromptTokens + in.Usage.CompletionTokens
	if total == 0 {
		total = (len(in.Content.Prompt) + len(in.Content.Response)) / bytesPerToken
	}
	e.Values[tokens] = math.Log1p(float64(total))
	if in.LatencyMS > 0 {
		e.Values[latency] = math.Log1p(float64(in.LatencyMS))
	}
	if in.Content.Prompt != "" {
		e.Values[promptLength] = math.Log1p(float64(len(in.Content.Prompt)))
	}
	if in.Content.Response != "" {
		e.Values[responseLength] = math.Log1p(float64(len(in.Content.Response)))
	}
}

// argumentsOf lists the arguments of a call by name; of what is no JSON object there are none.
func argumentsOf(call review.ToolCall) []argument {
	var object map[string]json.RawMessage
	if json.Unmarshal([]byte(call.ArgumentsText()), &object) != nil {
		return nil
	}
	out := make([]argument, 0, len(object))
	for name, value := range object {
		out = append(out, argument{Name: hash(name), Value: scalarHash(value)})
	}
	slices.SortFunc(out, func(a, b argument) int { return cmp.Compare(a.Name, b.Name) })
	return out[:min(len(out), maxArguments)]
}

// scalarHash is a hash of a short string, number or truth value; 0 for everything else.
func scalarHash(value json.RawMessage) uint64 {
	if len(value) == 0 || len(value) > maxScalar || value[0] == '{' || value[0] == '[' || value[0] == 'n' {
		return 0
	}
	return hash(string(value)) | 1
}

// hash is FNV-1a with a final mix, so that all of its bits can be used.
func hash(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return mix(h)
}

// mix is the finalizer of MurmurHash3.
func mix(h uint64) uint64 {
	h = (h ^ h>>33) * 0xff51afd7ed558ccd
	h = (h ^ h>>33) * 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}
