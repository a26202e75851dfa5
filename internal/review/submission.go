package review

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// The bounds of a Submission. Texts as a whole are bounded by the size of the body.
const (
	MaxBatch         = 1_000
	maxIDBytes       = 256
	maxDocuments     = 1_000
	maxToolCalls     = 1_000
	maxMessages      = 2_000
	maxContextBytes  = 16 << 10
	maxContextDepth  = 32
	maxAnswerBytes   = 64 << 10
	maxScale         = 1e15
	maxErrorBytes    = 4 << 10
	maxCount         = math.MaxInt32
	oldestOccurredAt = 10 * 365 * 24 * time.Hour
)

// Submission is an exchange as an App posts it.
type Submission struct {
	ExternalID     string          `json:"external_id,omitempty"`
	UserID         string          `json:"user_id,omitempty"`
	SessionID      string          `json:"session_id,omitempty"`
	ConversationID string          `json:"conversation_id,omitempty"`
	Turn           int             `json:"turn,omitempty"`
	Model          string          `json:"model,omitempty"`
	ModelVersion   string          `json:"model_version,omitempty"`
	System         string          `json:"system,omitempty"`
	Messages       []Message       `json:"messages,omitempty"`
	Prompt         string          `json:"prompt,omitempty"`
	Response       string          `json:"response,omitempty"`
	Documents      []Document      `json:"documents,omitempty"`
	ToolCalls      []ToolCall      `json:"tool_calls,omitempty"`
	Usage          Usage           `json:"usage,omitzero"`
	LatencyMS      int64           `json:"latency_ms,omitempty"`
	Error          string          `json:"error,omitempty"`
	Feedback       *Feedback       `json:"feedback,omitempty"`
	Context        json.RawMessage `json:"context,omitempty"`
	OccurredAt     *time.Time      `json:"occurred_at,omitempty"`
}

// hash is the SHA-256 of what was submitted, the same for the same content however
// the JSON was spaced.
func (s Submission) hash() [32]byte {
	b, err := json.Marshal(s)
	if err != nil { // only a broken RawMessage can do that, and Validate refuses those
		panic("review: submission was not validated: " + err.Error())
	}
	return sha256.Sum256(b)
}

// Content puts the submission's texts into their places: the last user message is
// the prompt, an assistant message after it the response, system messages at the
// start the system prompt; what is between is history.
func (s Submission) Content() Content {
	c := Content{System: s.System, Prompt: s.Prompt, Response: s.Response, Documents: s.Documents, ToolCalls: s.ToolCalls}
	rest := s.Messages
	for c.System == "" && len(rest) > 0 && rest[0].Role == "system" {
		c.System, rest = rest[0].Content, rest[1:]
	}
	if n := len(rest); c.Response == "" && n > 0 && rest[n-1].Role == "assistant" {
		c.Response, rest = rest[n-1].Content, rest[:n-1]
	}
	if n := len(rest); c.Prompt == "" && n > 0 && rest[n-1].Role == "user" {
		c.Prompt, rest = rest[n-1].Content, rest[:n-1]
	}
	c.Messages = rest
	return c
}

// Validate names every field that is wrong; now bounds when the exchange can have happened.
func (s Submission) Validate(now time.Time) error {
	var bad invalidFields
	s.validateIDs(&bad)
	s.validateTexts(&bad)
	s.validateNumbers(&bad, now)
	validateContext(&bad, s.Context)
	if s.Feedback != nil {
		s.Feedback.validate(&bad, "feedback.")
	}
	return bad.err()
}

func (s Submission) validateIDs(bad *invalidFields) {
	for _, f := range []struct{ name, value string }{
		{"external_id", s.ExternalID}, {"user_id", s.UserID}, {"session_id", s.SessionID},
		{"conversation_id", s.ConversationID}, {"model", s.Model}, {"model_version", s.ModelVersion},
	} {
		switch {
		case len(f.value) > maxIDBytes:
			bad.addf(f.name, "must be at most %d bytes", maxIDBytes)
		case strings.ContainsFunc(f.value, invisible):
			bad.addf(f.name, "must not have control or invisible characters")
		}
	}
}

// invisible characters make ids that look alike but are not.
func invisible(r rune) bool {
	return r == utf8.RuneError || unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r)
}

func (s Submission) validateTexts(bad *invalidFields) {
	if s.Prompt != "" && len(s.Messages) > 0 {
		bad.addf("prompt", "give either prompt or messages")
	}
	if len(s.Messages) > maxMessages {
		bad.addf("messages", "must be at most %d", maxMessages)
	}
	for i, m := range s.Messages {
		if !slices.Contains([]string{"system", "user", "assistant", "tool"}, m.Role) {
			bad.addf(fmt.Sprintf("messages[%d].role", i), "must be system, user, assistant or tool")
			break
		}
	}
	if len(s.Documents) > maxDocuments {
		bad.addf("documents", "must be at most %d", maxDocuments)
	}
	if len(s.ToolCalls) > maxToolCalls {
		bad.addf("tool_calls", "must be at most %d", maxToolCalls)
	}
	for i, t := range s.ToolCalls {
		if t.Name == "" || len(t.Name) > maxIDBytes {
			bad.addf(fmt.Sprintf("tool_calls[%d].name", i), "must have 1 to %d bytes", maxIDBytes)
			break
		}
	}
	if len(s.Error) > maxErrorBytes {
		bad.addf("error", "must be at most %d bytes", maxErrorBytes)
	}
	if len(s.Content().Segments()) == 0 && s.Error == "" {
		bad.addf("prompt", "is missing: give prompt, messages, response, documents, tool_calls or error")
	}
}

func (s Submission) validateNumbers(bad *invalidFields, now time.Time) {
	for _, f := range []struct {
		name  string
		value int64
	}{
		{"turn", int64(s.Turn)}, {"latency_ms", s.LatencyMS},
		{"usage.prompt_tokens", int64(s.Usage.PromptTokens)}, {"usage.completion_tokens", int64(s.Usage.CompletionTokens)},
	} {
		if f.value < 0 || f.value > maxCount {
			bad.addf(f.name, "must be between 0 and %d", maxCount)
		}
	}
	if s.OccurredAt != nil && (s.OccurredAt.After(now.Add(24*time.Hour)) || s.OccurredAt.Before(now.Add(-oldestOccurredAt))) {
		bad.addf("occurred_at", "must be within the last ten years and not in the future")
	}
}

func validateContext(bad *invalidFields, context json.RawMessage) {
	if len(context) == 0 || string(context) == "null" {
		return
	}
	if context[0] != '{' {
		bad.addf("context", "must be an object")
		return
	}
	if len(context) > maxContextBytes {
		bad.addf("context", "must be at most %d bytes", maxContextBytes)
	}
	if depth(context) > maxContextDepth {
		bad.addf("context", "must be nested at most %d deep", maxContextDepth)
	}
}

// depth counts the nesting of valid JSON.
func depth(b []byte) int {
	deepest, now, inString := 0, 0, false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '{' || c == '[':
			now++
			deepest = max(deepest, now)
		case c == '}' || c == ']':
			now--
		}
	}
	return deepest
}

func (f *Feedback) validate(bad *invalidFields, at string) {
	if !slices.Contains(FeedbackActions(), f.Action) {
		bad.addf(at+"action", "must be one of %v", FeedbackActions())
	}
	for _, x := range []struct {
		name  string
		value *float64
	}{
		{"edit_ratio", f.EditRatio}, {"initial_confidence", f.InitialConfidence},
		{"ai_confidence", f.AIConfidence}, {"propensity", f.Propensity},
	} {
		if x.value != nil && !(*x.value >= 0 && *x.value <= 1) {
			bad.addf(at+x.name, "must be between 0 and 1")
		}
	}
	if f.FocusedMS != nil && (*f.FocusedMS < 0 || *f.FocusedMS > maxCount) {
		bad.addf(at+"focused_ms", "must be between 0 and %d", maxCount)
	}
	if f.ShownAt != nil && f.DecidedAt != nil && f.DecidedAt.Before(*f.ShownAt) {
		bad.addf(at+"decided_at", "must not be before shown_at")
	}
	for _, x := range []struct {
		name  string
		value *string
	}{{"initial_answer", f.InitialAnswer}, {"ai_answer", f.AIAnswer}, {"final_answer", f.FinalAnswer}} {
		if x.value != nil && len(*x.value) > maxAnswerBytes {
			bad.addf(at+x.name, "must be at most %d bytes", maxAnswerBytes)
		}
	}
	if f.Scale != nil && !(*f.Scale > 0 && *f.Scale <= maxScale) {
		bad.addf(at+"scale", "must be above 0 and at most %g", maxScale)
	}
	if len(f.Arm) > maxIDBytes {
		bad.addf(at+"arm", "must be at most %d bytes", maxIDBytes)
	}
	if !slices.Contains([]string{"", "low", "medium", "high"}, f.RiskClass) {
		bad.addf(at+"risk_class", "must be low, medium or high")
	}
	if !slices.Contains([]string{"", "right", "wrong", "unknown"}, f.AITruth) {
		bad.addf(at+"ai_truth", "must be right, wrong or unknown")
	}
}
