package app

import (
	"io"
	"log/slog"
)

// NewLogger returns the logger of a command: JSON, one object per line.
func NewLogger(w io.Writer, level slog.Level) *slog.Logger {
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level}))
}
