package web

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/guardroom/guardroom/internal/review"
)

// observe stands around everything: it names the request, turns errors and panics
// into answers, counts, and writes one line of log. No text of an Interaction and
// no query string ever gets into that line.
func (s *Server) observe(next echo.HandlerFunc) echo.HandlerFunc {
	hsts := s.Options.strict()
	return func(ec echo.Context) error {
		start := s.Clock()
		c := &call{Context: ec, id: s.requestID(ec.Request())}
		setHeaders(ec.Response().Header(), c.id, hsts)
		c.from(review.Origin{Address: c.RealIP(), Request: c.id})
		err := guarded(next, c)
		halfSent := err != nil && c.Response().Committed
		switch {
		case err == nil:
			err = c.refused
		case !halfSent:
			s.refuse(c, err)
		}
		status := c.Response().Status
		if err != nil && c.Request().Context().Err() != nil {
			status = statusClientGone
		}
		took := s.Clock().Sub(start)
		s.Metrics.request(c.pattern(), status, took)
		s.log(c, status, took, err, halfSent)
		if halfSent {
			panic(http.ErrAbortHandler) // net/http breaks the connection off: nobody takes a part for the whole
		}
		return nil
	}
}

// panicked is a panic on its way to the log.
type panicked struct {
	value any
	stack []byte
}

func (p panicked) Error() string { return fmt.Sprintf("panic: %v", p.value) }

// guarded turns a panic into an error.
func guarded(next echo.HandlerFunc, c *call) (err error) {
	defer recovered(&err)
	return next(c)
}

func recovered(err *error) {
	if p := recover(); p != nil {
		*err = panicked{value: p, stack: debug.Stack()}
	}
}

func (s *Server) log(c *call, status int, took time.Duration, err error, halfSent bool) {
	level := slog.LevelInfo
	if status >= http.StatusInternalServerError || halfSent && status != statusClientGone {
		level = slog.LevelError
	}
	ctx := c.Request().Context()
	if !s.Logger.Enabled(ctx, level) {
		return
	}
	line := make([]slog.Attr, 0, 12)
	line = append(line,
		slog.String("request_id", c.id), slog.String("method", method(c.Request())), slog.String("route", c.pattern()),
		slog.Int("status", status), slog.Int64("us", took.Microseconds()), slog.Int64("bytes", c.Response().Size),
		slog.String("remote", c.RealIP()),
	)
	if c.caller.App.ID != "" {
		line = append(line, slog.String("app_id", c.caller.App.ID))
	}
	if c.signedIn() {
		line = append(line, slog.String("user_id", c.viewer.User.ID))
	}
	if err != nil {
		line = append(line, slog.String("error", err.Error()))
	}
	var p panicked
	if errors.As(err, &p) {
		line = append(line, slog.String("stack", string(p.stack)))
	}
	s.Logger.LogAttrs(ctx, level, "request", line...)
}

// method bounds what a caller can write into the log.
func method(r *http.Request) string {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return r.Method
	}
	return "other"
}

// requestID takes a well-formed id from the caller, so that logs on both sides can
// be joined, or makes one.
func (s *Server) requestID(r *http.Request) string {
	id := r.Header.Get(echo.HeaderXRequestID)
	if len(id) < 8 || len(id) > 64 || strings.ContainsFunc(id, notInRequestID) {
		return s.NewID()
	}
	return id
}

func notInRequestID(r rune) bool {
	return !('0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || r == '-' || r == '_' || r == '.')
}
