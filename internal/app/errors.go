package app

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/guardroom/guardroom/internal/harmless"
	"github.com/guardroom/guardroom/internal/review"
)

// hashRetry is when to try a sign-in again after all hashing slots were taken.
const hashRetry = 2 * time.Second

// Explain says an error to a person at a terminal: the safe message with its fields,
// and the cause, which on the command line belongs to whoever holds the data folder.
func Explain(err error) string {
	return harmless.Lines(explain(err))
}

func explain(err error) string {
	var e *review.Error
	if !errors.As(err, &e) {
		return err.Error()
	}
	var b strings.Builder
	b.WriteString(e.Message)
	for _, f := range e.Fields[min(1, len(e.Fields)):] { // the first one is the message
		fmt.Fprintf(&b, "; %s: %s", f.Field, f.Message)
	}
	if cause := e.Unwrap(); cause != nil {
		fmt.Fprintf(&b, " (%v)", cause)
	}
	return b.String()
}

// exitCodes is the one mapping of error codes to exit codes of the command line; all
// others are 1.
var exitCodes = map[review.Code]int{
	review.CodeUnprocessable: 2,
	review.CodeNotFound:      3,
	review.CodeConflict:      4,
	review.CodeUnavailable:   5,
	review.CodeForbidden:     6,
}

// ExitCode returns the exit code of a failed command.
func ExitCode(err error) int {
	if code, ok := exitCodes[review.CodeOf(err)]; ok {
		return code
	}
	return 1
}
