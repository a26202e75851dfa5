package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

func TestEveryCodeHasItsStatus(t *testing.T) {
	cause := errors.New("secret cause: /var/lib/guardroom.db SELECT password_hash")
	for code, status := range map[review.Code]int{
		review.CodeInvalid: 400, review.CodeUnprocessable: 422, review.CodeUnauthenticated: 401, review.CodeForbidden: 403,
		review.CodeNotFound: 404, review.CodeConflict: 409, review.CodeTooLarge: 413, review.CodeRateLimited: 429,
		review.CodeUnavailable: 503, review.CodeInternal: 500, codeMethodNotAllowed: 405, codeUnsupportedMedia: 415,
		"new-and-unmapped": 500,
	} {
		r := refusalOf(fmt.Errorf("wrapped: %w", review.Wrap(code, cause, "what happened")))
		require.Equal(t, status, r.status, code)
		require.NotEmpty(t, r.title)
		body, err := json.Marshal(r.problem("request-1"))
		require.NoError(t, err)
		require.Contains(t, string(body), "what happened")
		require.NotContains(t, string(body), "secret")
		require.Equal(t, status == 429 || status == 503, r.retry > 0, code)
	}
}

func TestErrorsOfOthersSayNothing(t *testing.T) {
	for _, err := range []error{
		errors.New("pq: secret"), panicked{value: "secret"}, echo.NewHTTPError(http.StatusTeapot, "secret"),
		fmt.Errorf("secret: %w", context.Canceled),
	} {
		r := refusalOf(err)
		require.Equal(t, http.StatusInternalServerError, r.status)
		require.NotContains(t, r.message, "secret")
	}
	require.Equal(t, http.StatusNotFound, refusalOf(echo.ErrNotFound).status)
	require.Equal(t, http.StatusMethodNotAllowed, refusalOf(echo.ErrMethodNotAllowed).status)
	require.Equal(t, http.StatusServiceUnavailable, refusalOf(fmt.Errorf("slow: %w", context.DeadlineExceeded)).status)
}

func TestRetryAfterIsWholeSecondsRoundedUp(t *testing.T) {
	for wait, want := range map[time.Duration]string{0: "1", time.Millisecond: "1", time.Second: "1", 1001 * time.Millisecond: "2", time.Minute: "60"} {
		require.Equal(t, want, refusalOf(review.Unavailable(nil, "full", wait)).retryAfter())
	}
}
