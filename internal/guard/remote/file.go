package remote

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/guardroom/guardroom/internal/review"
)

// file is what an operator writes: docs/remote-detectors.md.
type file struct {
	PrivateHosts []string     `json:"private_hosts"` // may be at private and loopback addresses
	Detectors    []classifier `json:"detectors"`
}

// classifier is one detector.
type classifier struct {
	ID          string               `json:"id"`
	Title       string               `json:"title"`
	Description string               `json:"description"`
	Category    review.Category      `json:"category"`
	OWASP       string               `json:"owasp"`
	Examples    []string             `json:"examples"`
	Segments    []review.SegmentKind `json:"segments"`

	Mode  review.Mode `json:"mode"`
	Flag  *float64    `json:"flag"`
	Block float64     `json:"block"`

	Request  request  `json:"request"`
	Response response `json:"response"`
	Levels   levels   `json:"levels"`
	Message  string   `json:"message"`

	Concurrency int `json:"concurrency"`
	DeadlineMS  int `json:"deadline_ms"`
	Failures    int `json:"failures"`
	PauseMS     int `json:"pause_ms"`
	WindowBytes int `json:"window_bytes"`
}

type request struct {
	URL     string            `json:"url"`
	Headers map[string]string `json:"headers"` // may hold secrets: never logged, never shown
	Body    json.RawMessage   `json:"body"`
}

type response struct {
	Score  string   `json:"score"`
	Absent *float64 `json:"absent"`
}

// withDefaults fills in what may be left out.
func (c classifier) withDefaults() classifier {
	if c.Segments == nil {
		c.Segments = []review.SegmentKind{review.SegmentPrompt, review.SegmentResponse, review.SegmentDocument, review.SegmentToolOutput}
	}
	if c.Mode == "" {
		c.Mode = review.ModeEnforce
	}
	orElse(&c.Flag, new(0.5))
	orElse(&c.OWASP, "LLM01:2025")
	orElse(&c.Message, "The classifier “"+c.Title+"” takes this for harmful")
	orElse(&c.Concurrency, 8)
	orElse(&c.DeadlineMS, 400)
	orElse(&c.Failures, 5)
	orElse(&c.PauseMS, 10_000)
	orElse(&c.WindowBytes, 32<<10)
	return c
}

func orElse[T comparable](value *T, fallback T) {
	var zero T
	if *value == zero {
		*value = fallback
	}
}

// maxFile bounds the file, in bytes.
const maxFile = 1 << 20

// readFile reads a file without judging what it says.
func readFile(path string) (file, error) {
	f, err := os.Open(path)
	if err != nil {
		return file{}, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return file{}, err
	}
	if len(text) > maxFile {
		return file{}, fmt.Errorf("is larger than %d bytes", maxFile)
	}
	return parse(text)
}

// parse reads the text of a file. Its errors say where something is wrong and never
// repeat a value: it may be a secret.
func parse(text []byte) (file, error) {
	var out file
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&out); err != nil {
		return file{}, unreadable(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return file{}, errors.New("something follows the object")
	}
	return out, nil
}

func unreadable(err error) error {
	var syntax *json.SyntaxError
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("is not JSON (byte %d)", syntax.Offset)
	case errors.As(err, &wrong):
		return fmt.Errorf("%s: must be %s, not %s (byte %d)", wrong.Field, wrong.Type, wrong.Value, wrong.Offset)
	default: // an end too early, or the name of an unknown field
		return err
	}
}
