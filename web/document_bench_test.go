package web

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/guardroom/guardroom/internal/review"
)

// body is a submission of about 2.5 KB.
var body = []byte(`{"external_id":"e-1","user_id":"u-1","model":"m","messages":[{"role":"user","content":"` + strings.Repeat("How do I reset it? ", 60) +
	`"}],"response":"` + strings.Repeat("Open the settings. ", 60) + `","usage":{"prompt_tokens":12,"completion_tokens":34},"latency_ms":120,"context":{"team":"x"}}`)

func BenchmarkDecode(b *testing.B) {
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		var sub review.Submission
		if err := decode(body, submissionShape, &sub); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkStandardDecode is the standard library alone, for comparison.
func BenchmarkStandardDecode(b *testing.B) {
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		var sub review.Submission
		if err := json.Unmarshal(body, &sub); err != nil {
			b.Fatal(err)
		}
	}
}
