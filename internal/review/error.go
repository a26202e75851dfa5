package review

import (
	"errors"
	"fmt"
	"time"
)

// Code says what kind of failure an Error is; web maps it to an HTTP status and
// the command line to an exit code, each in one place.
type Code string

// The codes, with the HTTP status that each one becomes.
const (
	CodeInvalid         Code = "invalid"         // 400: the body could not be read as what it claims to be
	CodeUnprocessable   Code = "unprocessable"   // 422: well-formed, but a field is wrong
	CodeUnauthenticated Code = "unauthenticated" // 401
	CodeForbidden       Code = "forbidden"       // 403
	CodeNotFound        Code = "not_found"       // 404: absent, or another App's
	CodeConflict        Code = "conflict"        // 409: somebody was faster, or the state moved on
	CodeTooLarge        Code = "too_large"       // 413
	CodeRateLimited     Code = "rate_limited"    // 429, with RetryAfter
	CodeUnavailable     Code = "unavailable"     // 503, with RetryAfter: a dependency is down or full
	CodeInternal        Code = "internal"        // 500
)

// FieldError names one field of an input and what is wrong with it.
type FieldError struct {
	Field   string `json:"field"`
	Message string `json:"message"`
}

// Error is the one error type that crosses package borders. Message is safe to
// show to whoever asked; the cause is for the log alone.
type Error struct {
	Code       Code
	Message    string
	Fields     []FieldError
	RetryAfter time.Duration
	Allowances []Allowance // of CodeRateLimited: how the caller stands
	Findings   []Finding   // of CodeRateLimited: what was exceeded
	cause      error
}

// Error is for logs: it includes the cause.
func (e *Error) Error() string {
	if e.cause == nil {
		return string(e.Code) + ": " + e.Message
	}
	return string(e.Code) + ": " + e.Message + ": " + e.cause.Error()
}

// Unwrap gives the cause to errors.Is and errors.As.
func (e *Error) Unwrap() error { return e.cause }

// Errorf makes an Error whose message may be shown to the caller.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Wrap makes an Error with a safe message and the cause kept for the log.
func Wrap(code Code, cause error, message string) *Error {
	return &Error{Code: code, Message: message, cause: cause}
}

// Unavailable says that a dependency cannot serve now and when to try again.
func Unavailable(cause error, message string, retryAfter time.Duration) *Error {
	return &Error{Code: CodeUnavailable, Message: message, RetryAfter: retryAfter, cause: cause}
}

// CodeOf returns the code of an error anywhere in the chain, CodeInternal for
// errors that carry none, and "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return CodeInternal
}

// invalidFields gathers field errors so that a caller learns of all of them at once.
type invalidFields []FieldError

func (f *invalidFields) addf(field, format string, args ...any) {
	*f = append(*f, FieldError{Field: field, Message: fmt.Sprintf(format, args...)})
}

func (f invalidFields) err() error {
	if len(f) == 0 {
		return nil
	}
	return &Error{Code: CodeUnprocessable, Message: f[0].Field + ": " + f[0].Message, Fields: f}
}

// FieldsOf returns the field errors anywhere in the chain.
func FieldsOf(err error) []FieldError {
	var e *Error
	if !errors.As(err, &e) {
		return nil
	}
	return e.Fields
}

// Unprocessable makes the Error of an input some fields of which are wrong; nil when
// there are none.
func Unprocessable(fields []FieldError) error { return invalidFields(fields).err() }
