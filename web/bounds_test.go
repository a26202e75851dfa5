package web

import (
	"bufio"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"
)

// TestASlowHeaderIsCutOff opens a connection that sends half a header and no more.
func TestASlowHeaderIsCutOff(t *testing.T) {
	s := &Server{Deps: Deps{Logger: slog.New(slog.DiscardHandler)}, echo: echo.New()}
	server := s.bounded(50 * time.Millisecond)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	go func() { _ = server.Serve(listener) }()
	defer server.Close()

	slow, err := net.Dial("tcp", listener.Addr().String())
	require.NoError(t, err)
	defer slow.Close()
	_, err = io.WriteString(slow, "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
	require.NoError(t, err)
	require.NoError(t, slow.SetReadDeadline(time.Now().Add(10*time.Second)))
	_, err = io.Copy(io.Discard, slow)
	var timeout net.Error
	require.False(t, errors.As(err, &timeout) && timeout.Timeout(), "the server ends the connection, not the test")

	large, err := net.Dial("tcp", listener.Addr().String())
	require.NoError(t, err)
	defer large.Close()
	go func() {
		_, _ = io.WriteString(large, "GET / HTTP/1.1\r\nHost: x\r\nX-Large: "+strings.Repeat("x", 2*maxHeaderBytes)+"\r\n\r\n")
	}()
	answer, err := http.ReadResponse(bufio.NewReader(large), nil)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, http.StatusRequestHeaderFieldsTooLarge, answer.StatusCode)
}

// TestNoBoundIsMissing: each of them at zero means for ever.
func TestNoBoundIsMissing(t *testing.T) {
	s := &Server{Deps: Deps{Logger: slog.New(slog.DiscardHandler)}, echo: echo.New()}
	server := s.bounded(readHeaderTimeout)
	for name, bound := range map[string]time.Duration{
		"header": server.ReadHeaderTimeout, "request": server.ReadTimeout, "answer": server.WriteTimeout, "idle": server.IdleTimeout,
	} {
		require.Positive(t, bound, name)
		require.LessOrEqual(t, bound, 2*time.Minute, name)
	}
	require.Equal(t, maxHeaderBytes, server.MaxHeaderBytes)
}
