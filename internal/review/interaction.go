package review

import (
	"encoding/json"
	"time"
)

// Interaction is one exchange with a language model. It is immutable: what comes
// to be known later (Feedback, Decisions) is stored beside it.
type Interaction struct {
	ID             string
	AppID          string
	ExternalID     string // the App's own id, unique per App; "" when it gave none
	UserID         string
	SessionID      string
	ConversationID string
	Turn           int
	Model          string
	ModelVersion   string
	Content        Content
	ContentHash    [32]byte // SHA-256 over the canonical JSON of what was submitted
	Usage          Usage
	LatencyMS      int64
	Error          string          // the model's error, if the call failed
	Unsent         bool            // what went in was refused, and no model was asked
	Context        json.RawMessage // free JSON object of the App, bounded
	OccurredAt     time.Time
	CreatedAt      time.Time
	ExpiresAt      *time.Time
	RemovedAt      *time.Time // when its texts were removed; nil while they are there
}

// Content is everything of an Interaction that people wrote or models made: the
// sensitive part. Stores keep it apart from the columns that are searched.
type Content struct {
	System    string     `json:"system,omitempty"`
	Messages  []Message  `json:"messages,omitempty"` // earlier turns, oldest first, without Prompt and Response
	Prompt    string     `json:"prompt"`
	Response  string     `json:"response,omitempty"`
	Documents []Document `json:"documents,omitempty"`
	ToolCalls []ToolCall `json:"tool_calls,omitempty"`
}

// Message is one earlier turn of the conversation.
type Message struct {
	Role    string `json:"role"` // system, user, assistant or tool
	Content string `json:"content"`
}

// Document is a retrieved text that the model was given.
type Document struct {
	ID      string `json:"id,omitempty"`
	Title   string `json:"title,omitempty"`
	Source  string `json:"source,omitempty"` // where it was found; shown, never fetched
	Content string `json:"content"`
}

// ToolCall is one call that the model made.
type ToolCall struct {
	Name      string          `json:"name"`
	Arguments json.RawMessage `json:"arguments,omitempty"` // an object, or a JSON string as OpenAI sends it
	Output    string          `json:"output,omitempty"`
	Error     string          `json:"error,omitempty"`
}

// Usage is what the model's provider counted, in tokens.
type Usage struct {
	PromptTokens     int `json:"prompt_tokens"`
	CompletionTokens int `json:"completion_tokens"`
}

// SegmentKind says where a text came from.
type SegmentKind string

// The kinds of Segment.
const (
	SegmentSystem        SegmentKind = "system"
	SegmentPrompt        SegmentKind = "prompt"
	SegmentResponse      SegmentKind = "response"
	SegmentDocument      SegmentKind = "document"
	SegmentToolArguments SegmentKind = "tool_arguments"
	SegmentToolOutput    SegmentKind = "tool_output"
)

// SegmentKinds lists every kind in the order in which pages show them.
func SegmentKinds() []SegmentKind {
	return []SegmentKind{SegmentPrompt, SegmentDocument, SegmentToolOutput, SegmentToolArguments, SegmentResponse, SegmentSystem}
}

// Trust says how far the author of a text is trusted with giving instructions.
type Trust int

// Least trusted first: documents and tool output must not instruct anybody, users
// may ask, the operator's system prompt may instruct.
const (
	TrustNone Trust = iota
	TrustUser
	TrustModel
	TrustOperator
)

// Segment is one scannable text of an Interaction.
type Segment struct {
	Name  string // where it stands in the Interaction: "prompt", "documents[2]", "tool_calls[0].output"
	Kind  SegmentKind
	Trust Trust
	Text  string
	Tool  string // which tool was called; of tool arguments and tool output only
}
