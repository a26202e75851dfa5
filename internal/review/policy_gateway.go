package review

import (
	"cmp"
	"math"
	"path"
	"reflect"
	"slices"
	"strings"
	"time"
)

// The bounds of what a Policy says of guarded calls.
const (
	maxGatewayModels  = 100
	maxGatewayPrompt  = 32 << 10
	maxGatewayRefusal = 2 << 10
	maxCompletion     = 1 << 20
	maxHoldSeconds    = 60 * 60
)

// The defaults of what a Policy says of guarded calls.
const (
	DefaultTemperature = 0.3
	DefaultTopP        = 0.9
	DefaultMaxTokens   = 500
	DefaultPenalty     = 0.5
	DefaultHoldSeconds = 60
	DefaultRefusal     = "This answer was withheld by a safety review."
)

// GatewayRules says how the calls of an App go through the gateway. The zero value is a safe one.
type GatewayRules struct {
	Models    []string     `json:"models,omitempty"`    // that may be asked, with * for any run of characters; none means every model
	Fallbacks []string     `json:"fallbacks,omitempty"` // asked in this order when the model is not to be had
	System    string       `json:"system,omitempty"`    // said to the model before everything else
	Refusal   string       `json:"refusal,omitempty"`   // answered in the place of what is blocked
	Limits    ModelLimits  `json:"limits,omitzero"`
	OnFailure FailureMode  `json:"on_failure,omitempty"`
	Hold      HoldTriggers `json:"hold,omitzero"`

	Fence            bool `json:"fence,omitempty"`             // users' texts stand between delimiters that they cannot forge
	Canary           bool `json:"canary,omitempty"`            // the first of the policy's canaries is planted in the system prompt
	SendPersonal     bool `json:"send_personal,omitempty"`     // personal data and secrets leave as they are
	KeepPlaceholders bool `json:"keep_placeholders,omitempty"` // answers come with placeholders, not with what they stand for
	Logprobs         bool `json:"logprobs,omitempty"`          // log-probabilities may be asked for
	Embeddings       bool `json:"embeddings,omitempty"`        // so may embeddings
	OtherParts       bool `json:"other_parts,omitempty"`       // images and other parts that nothing here can screen may pass
}

// ModelLimits are what a caller gets who does not say, and the most that one gets who does.
type ModelLimits struct {
	Temperature *float64 `json:"temperature,omitempty"` // in [0,2]
	TopP        *float64 `json:"top_p,omitempty"`       // in (0,1]
	Penalty     *float64 `json:"penalty,omitempty"`     // of frequency and presence, in [0,2]
	MaxTokens   int      `json:"max_tokens,omitempty"`  // of one completion
}

// HighestTemperature is the limit that holds.
func (l ModelLimits) HighestTemperature() float64 { return valueOr(l.Temperature, DefaultTemperature) }

// HighestTopP is the limit that holds.
func (l ModelLimits) HighestTopP() float64 { return valueOr(l.TopP, DefaultTopP) }

// HighestPenalty is the limit that holds.
func (l ModelLimits) HighestPenalty() float64 { return valueOr(l.Penalty, DefaultPenalty) }

// MostTokens is the limit that holds.
func (l ModelLimits) MostTokens() int { return cmp.Or(l.MaxTokens, DefaultMaxTokens) }

func valueOr(x *float64, fallback float64) float64 {
	if x == nil {
		return fallback
	}
	return *x
}

// FailureMode says what becomes of a call when an enforced Detector cannot answer.
type FailureMode string

// The failure modes; the empty one is FailurePass.
const (
	FailurePass   FailureMode = "pass"   // the call goes on; the Failure is recorded, and flags as the policy says
	FailureRefuse FailureMode = "refuse" // the call is refused for now
)

// ExpiryMode says what becomes of a held call when nobody decided in time.
type ExpiryMode string

// The expiry modes; the empty one is ExpireRefuse.
const (
	ExpireRefuse ExpiryMode = "refuse" // closed: as if a person had refused
	ExpireAnswer ExpiryMode = "answer" // open: as if a person had approved
	ExpireAccept ExpiryMode = "accept" // the caller gets the address of the item and asks again later; until then it stays closed
)

// HoldTriggers say which answers wait for a person before they are given.
type HoldTriggers struct {
	Tools     bool       `json:"tools,omitempty"`     // calls of tools that need a person first
	Topics    bool       `json:"topics,omitempty"`    // high-risk topics
	RiskFrom  float64    `json:"risk_from,omitempty"` // risks in [from,to) are too uncertain to tell; to 0 means none
	RiskTo    float64    `json:"risk_to,omitempty"`
	Seconds   int        `json:"seconds,omitempty"` // how long a person has
	OnExpiry  ExpiryMode `json:"on_expiry,omitempty"`
	Forbidden bool       `json:"forbidden,omitempty"` // callers may not ask for a hold themselves
}

// Wait is how long a person has.
func (h HoldTriggers) Wait() time.Duration {
	return time.Duration(cmp.Or(h.Seconds, DefaultHoldSeconds)) * time.Second
}

// Expiry is the mode that holds.
func (h HoldTriggers) Expiry() ExpiryMode { return cmp.Or(h.OnExpiry, ExpireRefuse) }

// Wanted tells whether what a screening said wants a person before the answer is given.
func (h HoldTriggers) Wanted(a Assessment) bool {
	if h.RiskTo > 0 && a.Risk >= h.RiskFrom && a.Risk < h.RiskTo {
		return true
	}
	return slices.ContainsFunc(a.Findings, func(f Finding) bool {
		return h.Tools && f.Category == CategoryTool || h.Topics && f.Category == CategoryTopic
	})
}

// MayAsk tells whether the model may be asked.
func (g GatewayRules) MayAsk(model string) bool {
	return len(g.Models) == 0 || slices.ContainsFunc(g.Models, func(pattern string) bool { return MatchesModel(pattern, model) })
}

// MatchesModel lets * stand for any run of characters, slashes too: models of some services have them.
func MatchesModel(pattern, model string) bool {
	plain := strings.NewReplacer("/", "\x01")
	ok, err := path.Match(plain.Replace(pattern), plain.Replace(model))
	return ok && err == nil
}

// RefusalText is what is answered in the place of what is blocked.
func (g GatewayRules) RefusalText() string { return cmp.Or(g.Refusal, DefaultRefusal) }

// Refuses tells whether what could not be screened is refused.
func (p Policy) Refuses(failures []Failure) bool {
	return p.Gateway.OnFailure == FailureRefuse && slices.ContainsFunc(failures, func(f Failure) bool {
		return f.Reason != FailureAbsent && p.Mode(f.Detector) == ModeEnforce
	})
}

func (g GatewayRules) validate(bad *invalidFields) {
	for name, models := range map[string][]string{"gateway.models": g.Models, "gateway.fallbacks": g.Fallbacks} {
		if len(models) > maxGatewayModels {
			bad.addf(name, "must be at most %d", maxGatewayModels)
		}
		for _, m := range models {
			if _, err := path.Match(m, ""); err != nil || m == "" || len(m) > maxIDBytes {
				bad.addf(name, "must be names of models")
				break
			}
		}
	}
	if len(g.System) > maxGatewayPrompt {
		bad.addf("gateway.system", "must have at most %d bytes", maxGatewayPrompt)
	}
	if len(g.Refusal) > maxGatewayRefusal {
		bad.addf("gateway.refusal", "must have at most %d bytes", maxGatewayRefusal)
	}
	g.Limits.validate(bad)
	if !slices.Contains([]FailureMode{"", FailurePass, FailureRefuse}, g.OnFailure) {
		bad.addf("gateway.on_failure", "must be pass or refuse")
	}
	g.Hold.validate(bad)
}

func (l ModelLimits) validate(bad *invalidFields) {
	for _, f := range []struct {
		name string
		x    *float64
		most float64
	}{{"temperature", l.Temperature, 2}, {"top_p", l.TopP, 1}, {"penalty", l.Penalty, 2}} {
		if f.x != nil && (math.IsNaN(*f.x) || *f.x < 0 || *f.x > f.most) {
			bad.addf("gateway.limits."+f.name, "must be between 0 and %g", f.most)
		}
	}
	bad.between("gateway.limits.max_tokens", l.MaxTokens, 0, maxCompletion)
}

func (h HoldTriggers) validate(bad *invalidFields) {
	bad.unit("gateway.hold.risk_from", h.RiskFrom)
	bad.unit("gateway.hold.risk_to", h.RiskTo)
	bad.between("gateway.hold.seconds", h.Seconds, 0, maxHoldSeconds)
	if !slices.Contains([]ExpiryMode{"", ExpireRefuse, ExpireAnswer, ExpireAccept}, h.OnExpiry) {
		bad.addf("gateway.hold.on_expiry", "must be refuse, answer or accept")
	}
}

// fields are those that differ from the zero value, each as JSON.
func (g GatewayRules) fields() (out []policyField) {
	value := reflect.ValueOf(g)
	for i := range value.NumField() {
		if field := value.Field(i); !field.IsZero() {
			name, _, _ := strings.Cut(value.Type().Field(i).Tag.Get("json"), ",")
			out = append(out, policyField{"gateway." + name, string(mustJSON(field.Interface()))})
		}
	}
	return out
}
