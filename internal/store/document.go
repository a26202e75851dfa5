package store

import (
	"bytes"
	"encoding/json"

	"github.com/guardroom/guardroom/internal/review"
)

// encode writes plain data as JSON without HTML escapes, which would only make it
// longer.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, review.Wrap(review.CodeInternal, err, "this cannot be stored")
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// encodeList writes an empty list as NULL: most lists are empty.
func encodeList[T any](list []T) ([]byte, error) {
	if len(list) == 0 {
		return nil, nil
	}
	return encode(list)
}

// decode reads what encode wrote; NULL leaves the zero value.
func decode(document []byte, into any) error {
	if document == nil {
		return nil
	}
	if err := json.Unmarshal(document, into); err != nil {
		return review.Wrap(review.CodeInternal, err, "a stored document cannot be read")
	}
	return nil
}

// nullable makes NULL of "".
func nullable(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// found reports a row that GORM looked for, and what it is when it is absent.
func found[T any](rows []T, err error, what string) (T, error) {
	var none T
	if err != nil {
		return none, err
	}
	if len(rows) == 0 {
		return none, absent(what)
	}
	return rows[0], nil
}
