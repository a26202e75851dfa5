package web

import (
	_ "embed"
	"net/http"

	"github.com/labstack/echo/v4"
)

// openAPI is the contract of what Apps call: written by hand, held together with the routes by a test.
//
//go:embed openapi.json
var openAPI []byte

// describe answers GET /api/openapi.json.
func (s *Server) describe(c *call) error {
	return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, openAPI)
}
