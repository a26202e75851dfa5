package app

import (
	"io"
	"log/slog"

	"github.com/guardroom/guardroom/internal/harmless"
)

// NewLogger returns the logger of a command: JSON, one object per line, in which nothing
// steers a terminal.
func NewLogger(w io.Writer, level slog.Level) *slog.Logger {
	return slog.New(slog.NewJSONHandler(harmless.JSONWriter(w), &slog.HandlerOptions{Level: level}))
}
