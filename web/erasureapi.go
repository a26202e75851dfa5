package web

import (
	"encoding/hex"
	"fmt"
	"net/http"
	"reflect"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/guardroom/guardroom/internal/review"
)

var erasureShape = shapeOf(reflect.TypeFor[review.ErasureRequest]())

// The states of an erasure, as an App learns them.
const (
	erasureRunning  = "running"
	erasureFinished = "finished"
)

// erasureAnswer is how an erasure stands. It does not name the user: who asked knows, and nobody else has to.
type erasureAnswer struct {
	ID          string        `json:"id"`
	State       string        `json:"state"`
	UserHash    string        `json:"user_hash"` // hex SHA-256 over the erasure's id, a line feed and the user's id
	Reason      string        `json:"reason"`
	RequestedAt time.Time     `json:"requested_at"`
	FinishedAt  *time.Time    `json:"finished_at"`
	Erased      *erasedAnswer `json:"erased,omitempty"`
	URL         string        `json:"url"`                   // where to ask again
	Certificate string        `json:"certificate,omitempty"` // where the signed certificate is
}

type erasedAnswer struct {
	Texts        int `json:"interactions_without_texts"`
	Words        int `json:"reasons_and_notes"`
	Interactions int `json:"interactions_without_user"`
	Figures      int `json:"rows_of_figures_by_user"`
}

func (s *Server) erasureAnswer(c *call, e review.Erasure) erasureAnswer {
	path := pathErasures + "/" + e.ID
	a := erasureAnswer{ID: e.ID, State: erasureRunning, UserHash: hex.EncodeToString(e.UserHash[:]), Reason: e.Reason,
		RequestedAt: e.CreatedAt, FinishedAt: e.FinishedAt, URL: s.absolute(c, path)}
	if e.FinishedAt != nil {
		a.State, a.Certificate = erasureFinished, s.absolute(c, path+"/certificate")
		a.Erased = &erasedAnswer{Texts: e.Texts, Words: e.Words, Interactions: e.Named, Figures: e.Figures}
	}
	return a
}

// requestErasure answers POST /api/v1/erasures: 202 when an erasure begins, 200 when one of the same user is under way.
func (s *Server) requestErasure(c *call) error {
	var r review.ErasureRequest
	if err := c.readInto(s.Options.MaxBody, erasureShape, &r); err != nil {
		return err
	}
	e, under, err := s.Service.RequestErasure(c.Request().Context(), c.caller, r)
	if err != nil {
		return err
	}
	status := http.StatusAccepted
	if under {
		status = http.StatusOK
	}
	c.Response().Header().Set("Location", pathErasures+"/"+e.ID)
	return c.json(status, echo.MIMEApplicationJSON, s.erasureAnswer(c, e))
}

// erasureState answers GET /api/v1/erasures/ID.
func (s *Server) erasureState(c *call) error {
	e, err := s.erasureOfApp(c)
	if err != nil {
		return err
	}
	return c.ok(s.erasureAnswer(c, e))
}

// erasureCertificate answers GET /api/v1/erasures/ID/certificate; CodeConflict while nothing is certain yet.
func (s *Server) erasureCertificate(c *call) error {
	e, err := s.erasureOfApp(c)
	if err != nil {
		return err
	}
	return s.sendCertificate(c, e, c.caller.App.Name)
}

func (s *Server) erasureOfApp(c *call) (review.Erasure, error) {
	id, err := c.object()
	if err != nil {
		return review.Erasure{}, err
	}
	return s.Service.ErasureOfApp(c.Request().Context(), c.caller, id)
}

// sendCertificate hands out what a finished erasure did, signed.
func (s *Server) sendCertificate(c *call, e review.Erasure, app string) error {
	document, err := s.Certify(e, app)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="erasure-%s.json"`, e.ID))
	return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, document)
}
