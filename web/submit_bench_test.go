package web

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
)

// BenchmarkSubmit is everything that HTTP adds to one Interaction of 2.5 KB: routing,
// key, decoding, metrics, one line of log, the answer. Guard and store do nothing.
func BenchmarkSubmit(b *testing.B) {
	f := newFault(b, func(d *Deps) { d.Logger = slog.New(slog.NewJSONHandler(io.Discard, nil)) })
	b.ReportAllocs()
	for b.Loop() {
		r := httptest.NewRequest(http.MethodPost, pathInteractions, bytes.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer key")
		answer := httptest.NewRecorder()
		f.Handler().ServeHTTP(answer, r)
		if answer.Code != http.StatusCreated {
			b.Fatal(answer.Body)
		}
	}
}
