package web

import (
	"errors"
	"net/http"

	"github.com/guardroom/guardroom/internal/gateway"
	"github.com/guardroom/guardroom/internal/llm"
	"github.com/guardroom/guardroom/internal/review"
)

// openAIError is an error in OpenAI's shape.
type openAIError struct {
	Error openAIErrorBody `json:"error"`
}

type openAIErrorBody struct {
	Message   string  `json:"message"`
	Type      string  `json:"type"`
	Param     *string `json:"param"`
	Code      *string `json:"code"`
	Guardroom any     `json:"guardroom,omitempty"`
}

// openAITypes are the types that clients tell errors apart by.
var openAITypes = map[int]string{
	http.StatusUnauthorized:       "invalid_request_error",
	http.StatusForbidden:          "permission_error",
	http.StatusTooManyRequests:    "rate_limit_error",
	http.StatusServiceUnavailable: "server_error",
}

// openAICodes are the codes that differ from ours.
var openAICodes = map[review.Code]string{
	review.CodeUnauthenticated: "invalid_api_key",
	review.CodeRateLimited:     "rate_limit_exceeded",
	review.CodeUnprocessable:   "invalid_value",
	review.CodeInvalid:         "invalid_request",
}

// openAIStatus is that of an error where OpenAI's differs from ours.
func openAIStatus(r refusal) int {
	if r.status == http.StatusUnprocessableEntity {
		return http.StatusBadRequest
	}
	return r.status
}

// openAIError words an error for clients of OpenAI.
func (s *Server) openAIError(c *call, err error) openAIError {
	var refused *gateway.Refused
	if errors.As(err, &refused) {
		code := "content_blocked"
		return openAIError{openAIErrorBody{
			Message: "The request was refused by a safety review.", Type: "invalid_request_error", Code: &code,
			Guardroom: s.fullRemark(c, refused.Ticket),
		}}
	}
	r := refusalOf(err)
	code := string(r.code)
	if theirs, ok := openAICodes[r.code]; ok {
		code = theirs
	}
	body := openAIErrorBody{Message: r.message, Type: "invalid_request_error", Code: &code, Guardroom: map[string]any{"request": c.id}}
	if theirs, ok := openAITypes[r.status]; ok {
		body.Type = theirs
	} else if r.status >= http.StatusInternalServerError {
		body.Type = "server_error"
	}
	if len(r.fields) > 0 {
		body.Param = &r.fields[0].Field
	}
	var failed *gateway.Failed
	if errors.As(err, &failed) {
		body.Guardroom = s.fullRemark(c, failed.Ticket)
	}
	if upstream, ok := llm.AsRefusal(err); ok && r.code == review.CodeInvalid {
		body.Message = "The model's service refused the request: " + upstream.Message
		if upstream.Code != "" {
			body.Code = &upstream.Code
		}
		if upstream.Param != "" {
			body.Param = &upstream.Param
		}
	}
	return openAIError{body}
}

// refuseOpenAI answers an error under the base path of OpenAI's clients.
func (s *Server) refuseOpenAI(c *call, err error, r refusal) error {
	status := openAIStatus(r)
	var refused *gateway.Refused
	var failed *gateway.Failed
	switch {
	case errors.As(err, &refused):
		status = http.StatusBadRequest
		s.stamp(c, refused.Ticket)
	case errors.As(err, &failed):
		s.stamp(c, failed.Ticket)
	}
	return c.json(status, "application/json", s.openAIError(c, err))
}
