package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/guardroom/guardroom/internal/gateway"
	"github.com/guardroom/guardroom/internal/llm"
	"github.com/guardroom/guardroom/internal/review"
)

// simpleBody is one question.
type simpleBody struct {
	Prompt  string          `json:"prompt"`
	UserID  string          `json:"user_id"`
	Model   string          `json:"model"`
	Context json.RawMessage `json:"context"`
}

// simpleAnswer is what became of it.
type simpleAnswer struct {
	Response         string          `json:"response"`
	SecurityChecks   securityChecks  `json:"security_checks"`
	BiasAssessments  []findingAnswer `json:"bias_assessments"`
	ProcessingTimeMS float64         `json:"processing_time_ms"`
}

type securityChecks struct {
	Interaction string          `json:"interaction"`
	Verdict     review.Verdict  `json:"verdict"`
	Withheld    bool            `json:"withheld"` // the response is the App's refusal
	Findings    []findingAnswer `json:"findings"`
}

// simpleRefusal answers a prompt that is not let through.
type simpleRefusal struct {
	Error       string          `json:"error"`
	Risk        float64         `json:"risk"`
	Patterns    []string        `json:"patterns"` // the detectors that saw something
	Findings    []findingAnswer `json:"findings"`
	Interaction string          `json:"interaction"`
}

var simpleShape = shapeOf(reflect.TypeFor[simpleBody]())

// simpleChat answers POST /api/chat: one prompt in, one answer out.
func (s *Server) simpleChat(c *call) error {
	began := time.Now()
	var body simpleBody
	if err := c.readInto(s.Options.MaxBody, simpleShape, &body); err != nil {
		return err
	}
	if body.Prompt == "" {
		return wrongField("prompt", "is missing")
	}
	c.patient()
	answer, err := s.Gateway.Simple(c.Request().Context(), c.caller, gateway.SimpleCall{
		Prompt: body.Prompt, Model: body.Model, Extra: gateway.Extra{UserID: body.UserID, Context: body.Context},
	})
	c.hurry()
	var refused *gateway.Refused
	var failed *gateway.Failed
	switch {
	case errors.As(err, &refused):
		s.stamp(c, refused.Ticket)
		return c.json(http.StatusBadRequest, echo.MIMEApplicationJSON, simpleRefusal{
			Error: "the prompt was refused", Risk: refused.Ticket.Risk, Patterns: review.DetectorIDs(refused.Ticket.Findings),
			Findings: findingAnswers(refused.Ticket.Findings), Interaction: refused.Ticket.Interaction,
		})
	case errors.As(err, &failed):
		s.stamp(c, failed.Ticket)
		return err
	case err != nil:
		return err
	}
	s.stamp(c, answer.Ticket)
	security, bias := apart(answer.Ticket.Findings)
	return c.ok(simpleAnswer{
		Response: answer.Response.Choices[0].Message.Content,
		SecurityChecks: securityChecks{Interaction: answer.Ticket.Interaction, Verdict: answer.Ticket.Verdict,
			Withheld: answer.Response.Choices[0].FinishReason == llm.FinishContentFilter, Findings: findingAnswers(security)},
		BiasAssessments: findingAnswers(bias), ProcessingTimeMS: float64(time.Since(began).Microseconds()) / 1000,
	})
}

// apart sorts what tells of habits from what tells of danger.
func apart(findings []review.Finding) (security, bias []review.Finding) {
	for _, f := range findings {
		if f.Category == review.CategoryBias {
			bias = append(bias, f)
		} else {
			security = append(security, f)
		}
	}
	return security, bias
}
