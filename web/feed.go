package web

import (
	"encoding/json"
	"net/url"
	"strconv"

	"github.com/guardroom/guardroom/internal/review"
)

// defaultFeedPage is how many Decisions come when the caller does not say.
const defaultFeedPage = 100

// feedAnswer is one page of the Decisions about an App's Interactions. next is where
// the following page starts, also when this one is empty.
type feedAnswer struct {
	Decisions []json.RawMessage `json:"decisions"`
	Next      int64             `json:"next"`
}

// feed lets an App follow what was decided.
func (s *Server) feed(c *call) error {
	q, err := c.query()
	if err != nil {
		return err
	}
	after, err := numberIn(q, "after", 0)
	if err != nil {
		return err
	}
	limit, err := numberIn(q, "limit", defaultFeedPage)
	if err != nil {
		return err
	}
	deliveries, err := s.Service.Feed(c.Request().Context(), c.caller, after, int(min(limit, review.MaxFeedPageSize+1)))
	if err != nil {
		return err
	}
	page := feedAnswer{Decisions: make([]json.RawMessage, len(deliveries)), Next: after}
	for i, d := range deliveries {
		page.Decisions[i], page.Next = d.Payload, d.Cursor
	}
	return c.ok(page)
}

// numberIn reads a whole number from the parameters of the URL.
func numberIn(q url.Values, name string, fallback int64) (int64, error) {
	text := q.Get(name)
	if text == "" {
		return fallback, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, wrongField(name, "must be a whole number")
	}
	return n, nil
}

func wrongField(name, message string) error {
	return &review.Error{Code: review.CodeUnprocessable, Message: name + ": " + message,
		Fields: []review.FieldError{{Field: name, Message: message}}}
}
