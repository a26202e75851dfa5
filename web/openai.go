package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/guardroom/guardroom/internal/gateway"
	"github.com/guardroom/guardroom/internal/llm"
	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views"
)

// openAIPrefix is the base path that OpenAI's clients are given.
const openAIPrefix = "/openai/v1"

// The headers that say what the guard made of a call, and that ask for a person.
const (
	headerInteraction = "X-Guardroom-Interaction"
	headerVerdict     = "X-Guardroom-Verdict"
	headerItem        = "X-Guardroom-Item"
	headerMode        = "X-Guardroom-Mode"
	modeHold          = "hold"
)

// stopWords are given as one text or as a list.
type stopWords []string

// UnmarshalJSON reads either form.
func (s *stopWords) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		if one != "" {
			*s = stopWords{one}
		}
		return nil
	}
	return json.Unmarshal(b, (*[]string)(s))
}

// chatBody is a chat completion as clients post it. Its own fields win over those of the same name in the request, which
// cannot tell zero from nothing.
type chatBody struct {
	llm.ChatRequest

	Temperature      *float64       `json:"temperature"`
	TopP             *float64       `json:"top_p"`
	PresencePenalty  *float64       `json:"presence_penalty"`
	FrequencyPenalty *float64       `json:"frequency_penalty"`
	MaxTokens        *int           `json:"max_tokens"`
	MaxCompletion    *int           `json:"max_completion_tokens"`
	Stop             stopWords      `json:"stop"`
	Metadata         map[string]any `json:"metadata"`
	Guardroom        gateway.Extra  `json:"guardroom"`
}

// call is what the gateway is asked.
func (b chatBody) call(hold bool) gateway.ChatCall {
	request := b.ChatRequest
	request.Stop = b.Stop
	return gateway.ChatCall{
		Request: request, Hold: hold, Extra: withMetadata(b.Guardroom, b.Metadata),
		Asked: gateway.Asked{
			Temperature: b.Temperature, TopP: b.TopP, PresencePenalty: b.PresencePenalty, FrequencyPenalty: b.FrequencyPenalty,
			MaxTokens: b.MaxTokens, MaxCompletion: b.MaxCompletion,
		},
	}
}

// withMetadata reads session and conversation from metadata, which every client can send; all of it is kept as context, and
// none leaves.
func withMetadata(extra gateway.Extra, metadata map[string]any) gateway.Extra {
	if len(metadata) == 0 {
		return extra
	}
	text := func(name string) string { s, _ := metadata[name].(string); return s }
	if extra.SessionID == "" {
		extra.SessionID = text("session_id")
	}
	if extra.ConversationID == "" {
		extra.ConversationID = text("conversation_id")
	}
	if extra.Context == nil {
		extra.Context, _ = json.Marshal(metadata) //nolint:errchkjson // it was JSON
	}
	return extra
}

// readOpenAI reads a JSON body as clients of OpenAI send it: fields that are unknown are left out, for they are not sent on.
func (c *call) readOpenAI(limit int64, into any) error {
	body, err := c.readJSON(limit)
	if err != nil {
		return err
	}
	defer recycle(body)
	d, err := newDocument(body.Bytes())
	if err != nil {
		return err
	}
	if err := d.value(free); err != nil { // bounds depth, and refuses what is no JSON or no UTF-8
		return err
	}
	if err := d.end(); err != nil {
		return err
	}
	if err := json.Unmarshal(body.Bytes(), into); err != nil {
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) && wrong.Field != "" {
			return wrongField(wrong.Field, "has the wrong type")
		}
		return review.Wrap(review.CodeInvalid, err, "the body cannot be read")
	}
	return nil
}

// wantsHold reads the mode that a caller asks for.
func (c *call) wantsHold() (bool, error) {
	switch c.Request().Header.Get(headerMode) {
	case "":
		return false, nil
	case modeHold:
		return true, nil
	}
	return false, review.Errorf(review.CodeInvalid, "%s must be %s, or left out", headerMode, modeHold)
}

// patient lifts the time that a request may take: models are slow.
func (c *call) patient() {
	control := http.NewResponseController(c.Response())
	_ = control.SetReadDeadline(time.Time{}) // tests answer into buffers, which have none
	_ = control.SetWriteDeadline(time.Time{})
}

// hurry bounds the time in which the answer must be taken.
func (c *call) hurry() {
	_ = http.NewResponseController(c.Response()).SetWriteDeadline(time.Now().Add(writeTimeout))
}

// chatCompletion answers POST /openai/v1/chat/completions.
func (s *Server) chatCompletion(c *call) error {
	hold, err := c.wantsHold()
	if err != nil {
		return err
	}
	var body chatBody
	if err := c.readOpenAI(s.Options.MaxBody, &body); err != nil {
		return err
	}
	c.patient()
	if body.Stream {
		return s.streamChat(c, body.call(hold))
	}
	answer, err := s.Gateway.Chat(c.Request().Context(), c.caller, body.call(hold))
	if err != nil {
		return err
	}
	c.hurry()
	s.stamp(c, answer.Ticket)
	if answer.Held == gateway.SettledOpen {
		return s.accepted(c, answer.Ticket)
	}
	return c.ok(wireOf(answer.Response, s.remark(c, answer.Ticket)))
}

// remark is what a caller who knows us can read beside the protocol.
type remark struct {
	Interaction string          `json:"interaction"`
	Verdict     review.Verdict  `json:"verdict"`
	Findings    []findingAnswer `json:"findings"`
	Item        *itemAnswer     `json:"item,omitempty"`
}

// remark is nil when there is nothing to remark on.
func (s *Server) remark(c *call, t gateway.Ticket) *remark {
	if t.Verdict == review.VerdictAllow && t.Item == nil {
		return nil
	}
	return s.fullRemark(c, t)
}

func (s *Server) fullRemark(c *call, t gateway.Ticket) *remark {
	r := &remark{Interaction: t.Interaction, Verdict: t.Verdict, Findings: findingAnswers(t.Findings)}
	if t.Item != nil {
		r.Item = &itemAnswer{ID: t.Item.ID, URL: s.absolute(c, views.ItemPath(t.Item.ID)), State: t.Item.State}
	}
	return r
}

// stamp says in headers what the guard made of the call.
func (s *Server) stamp(c *call, t gateway.Ticket) {
	h := c.Response().Header()
	h.Set(headerInteraction, t.Interaction)
	h.Set(headerVerdict, t.Verdict.String())
	if t.Item != nil {
		h.Set(headerItem, t.Item.ID)
	}
}

// accepted answers a held call that nobody decided in time, where the policy wants that.
func (s *Server) accepted(c *call, t gateway.Ticket) error {
	c.Response().Header().Set("Location", pathApprovals+"/"+t.Item.ID)
	return c.json(http.StatusAccepted, echo.MIMEApplicationJSON, map[string]any{"guardroom": s.fullRemark(c, t)})
}

// textBody is a completion of a prompt.
type textBody struct {
	llm.TextRequest

	Prompt           any           `json:"prompt"`
	Temperature      *float64      `json:"temperature"`
	TopP             *float64      `json:"top_p"`
	PresencePenalty  *float64      `json:"presence_penalty"`
	FrequencyPenalty *float64      `json:"frequency_penalty"`
	MaxTokens        *int          `json:"max_tokens"`
	Stop             stopWords     `json:"stop"`
	Guardroom        gateway.Extra `json:"guardroom"`
}

// textCompletion answers POST /openai/v1/completions.
func (s *Server) textCompletion(c *call) error {
	var body textBody
	if err := c.readOpenAI(s.Options.MaxBody, &body); err != nil {
		return err
	}
	prompts, err := textsIn("prompt", body.Prompt, 1)
	if err != nil {
		return err
	}
	request := body.TextRequest
	request.Stop, request.Stream = body.Stop, false
	c.patient()
	answer, err := s.Gateway.Complete(c.Request().Context(), c.caller, gateway.TextCall{
		Request: request, Prompt: prompts[0], Extra: body.Guardroom,
		Asked: gateway.Asked{Temperature: body.Temperature, TopP: body.TopP, PresencePenalty: body.PresencePenalty,
			FrequencyPenalty: body.FrequencyPenalty, MaxTokens: body.MaxTokens},
	})
	if err != nil {
		return err
	}
	c.hurry()
	s.stamp(c, answer.Ticket)
	if body.Stream {
		return s.sendWhole(c, answer.Response)
	}
	return c.ok(answer.Response)
}

// sendWhole answers who asked for a stream with one event that has it all.
func (s *Server) sendWhole(c *call, answer any) error {
	line := chatLine{server: s, c: c, control: http.NewResponseController(c.Response())}
	if err := line.begin(); err != nil {
		return nil //nolint:nilerr // who listened is gone
	}
	if line.event(answer) == nil {
		_ = line.done()
	}
	return nil
}

// maxTexts bounds how many texts one call may bring.
const maxTexts = 1000

// textsIn reads one text or a list of texts.
func textsIn(field string, value any, most int) ([]string, error) {
	switch v := value.(type) {
	case string:
		if v != "" {
			return []string{v}, nil
		}
	case []any:
		var texts []string
		for _, x := range v {
			text, ok := x.(string)
			if !ok || text == "" {
				return nil, wrongField(field, "must be a text or a list of texts: tokens and images cannot be screened")
			}
			texts = append(texts, text)
		}
		if len(texts) > most {
			return nil, wrongField(field, "has too many texts")
		}
		if len(texts) > 0 {
			return texts, nil
		}
	}
	return nil, wrongField(field, "must be a text or a list of texts, not empty")
}

// embedBody asks for embeddings.
type embedBody struct {
	llm.EmbedRequest
	Input     any            `json:"input"`
	ExtraBody map[string]any `json:"extra_body"`
	Guardroom gateway.Extra  `json:"guardroom"`
}

// embeddings answers POST /openai/v1/embeddings.
func (s *Server) embeddings(c *call) error {
	var body embedBody
	if err := c.readOpenAI(s.Options.MaxBody, &body); err != nil {
		return err
	}
	texts, err := textsIn("input", body.Input, maxTexts)
	if err != nil {
		return err
	}
	base64 := body.EncodingFormat == "base64"
	body.EncodingFormat = "float"
	c.patient()
	answer, err := s.Gateway.Embed(c.Request().Context(), c.caller, gateway.EmbedCall{Request: body.EmbedRequest, Texts: texts, Extra: body.Guardroom})
	if err != nil {
		return err
	}
	c.hurry()
	s.stamp(c, answer.Ticket)
	if base64 {
		return c.ok(inBase64(answer.Response))
	}
	return c.ok(answer.Response)
}

// moderations answers POST /openai/v1/moderations.
func (s *Server) moderations(c *call) error {
	var body struct {
		Model     string        `json:"model"`
		Input     any           `json:"input"`
		Guardroom gateway.Extra `json:"guardroom"`
	}
	if err := c.readOpenAI(s.Options.MaxBody, &body); err != nil {
		return err
	}
	texts, err := textsIn("input", body.Input, maxTexts)
	if err != nil {
		return err
	}
	c.patient()
	answer, err := s.Gateway.Moderate(c.Request().Context(), c.caller, gateway.ModerateCall{Model: body.Model, Texts: texts, Extra: body.Guardroom})
	if err != nil {
		return err
	}
	c.hurry()
	s.stamp(c, answer.Ticket)
	return c.ok(answer.Response)
}

// listModels answers GET /openai/v1/models.
func (s *Server) listModels(c *call) error {
	models, err := s.Gateway.ListModels(c.Request().Context(), c.caller)
	if err != nil {
		return err
	}
	if models == nil {
		models = []llm.Model{}
	}
	return c.ok(map[string]any{"object": "list", "data": models})
}

// oneModel answers GET /openai/v1/models/NAME.
func (s *Server) oneModel(c *call) error {
	models, err := s.Gateway.ListModels(c.Request().Context(), c.caller)
	if err != nil {
		return err
	}
	for _, m := range models {
		if m.ID == c.Param("*") {
			return c.ok(m)
		}
	}
	return review.Errorf(review.CodeNotFound, "there is no such model, or this App may not ask it")
}
