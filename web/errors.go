package web

import (
	"context"
	"errors"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views"
)

// The codes of what only HTTP knows.
const (
	codeMethodNotAllowed review.Code = "method_not_allowed"
	codeUnsupportedMedia review.Code = "unsupported_media_type"
)

// statuses maps every code to its HTTP status and a title that never changes.
var statuses = map[review.Code]struct {
	status int
	title  string
}{
	review.CodeInvalid:         {http.StatusBadRequest, "The request cannot be read"},
	review.CodeUnprocessable:   {http.StatusUnprocessableEntity, "A field is wrong"},
	review.CodeUnauthenticated: {http.StatusUnauthorized, "Not authenticated"},
	review.CodeForbidden:       {http.StatusForbidden, "Not allowed"},
	review.CodeNotFound:        {http.StatusNotFound, "Not found"},
	review.CodeConflict:        {http.StatusConflict, "The state has moved on"},
	review.CodeTooLarge:        {http.StatusRequestEntityTooLarge, "The request is too large"},
	review.CodeRateLimited:     {http.StatusTooManyRequests, "Too many requests"},
	review.CodeUnavailable:     {http.StatusServiceUnavailable, "Not available now"},
	review.CodeInternal:        {http.StatusInternalServerError, "Something went wrong"},
	codeMethodNotAllowed:       {http.StatusMethodNotAllowed, "The method is not allowed here"},
	codeNoFactor:               {http.StatusForbidden, "A second factor is needed"},
	codeNotRecent:              {http.StatusForbidden, "The password is needed once more"},
	codeUnsupportedMedia:       {http.StatusUnsupportedMediaType, "The content type is not supported"},
}

// statusClientGone is what the log says of a request whose caller went away; it is
// nginx's number, and nobody receives it.
const statusClientGone = 499

// defaultRetry is how long a caller waits when nobody knows better.
const defaultRetry = time.Second

// errSignedOut says that the session is not, or no longer, one.
var errSignedOut = review.Errorf(review.CodeUnauthenticated, "sign in first")

// codeNotRecent asks for the password once more.
const codeNotRecent review.Code = "password_needed_again"

// errNotRecent says that a password was given, but too long ago for this.
var errNotRecent = review.Errorf(codeNotRecent, "give your password once more before this")

// codeNoFactor asks for a second factor, or a passkey, before anything else.
const codeNoFactor review.Code = "second_factor_needed"

// errNoFactor says that a password alone does not do for this role.
var errNoFactor = review.Errorf(codeNoFactor, "your role signs in with a second factor: set one up first")

// refusal is an error as a caller may see it.
type refusal struct {
	status  int
	code    review.Code
	title   string
	message string
	fields  []review.FieldError
	retry   time.Duration // 0: no use in trying again

	allowances []review.Allowance
	findings   []review.Finding
}

// refusalOf is the one mapper from errors to answers. What is not a review.Error says
// nothing but that something went wrong.
func refusalOf(err error) refusal {
	known := asError(err)
	s := statuses[known.Code]
	if s.status == 0 {
		s = statuses[review.CodeInternal]
	}
	r := refusal{status: s.status, code: known.Code, title: s.title, message: known.Message, fields: known.Fields,
		allowances: known.Allowances, findings: known.Findings}
	if known.Code == review.CodeUnavailable || known.Code == review.CodeRateLimited {
		r.retry = max(known.RetryAfter, defaultRetry)
	}
	return r
}

func asError(err error) *review.Error {
	var known *review.Error
	if errors.As(err, &known) {
		return known
	}
	var routed *echo.HTTPError
	if errors.As(err, &routed) {
		return asRouted(routed)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return review.Unavailable(err, "this took too long; try again", defaultRetry)
	}
	return review.Wrap(review.CodeInternal, err, "something went wrong on our side; the log has the reason under this request's id")
}

func asRouted(err *echo.HTTPError) *review.Error {
	switch err.Code {
	case http.StatusNotFound:
		return review.Errorf(review.CodeNotFound, "there is nothing at this address")
	case http.StatusMethodNotAllowed:
		return review.Errorf(codeMethodNotAllowed, "this address does not answer this method")
	}
	return review.Wrap(review.CodeInternal, err, "something went wrong on our side; the log has the reason under this request's id")
}

// retryAfter is the header's value: whole seconds, rounded up.
func (r refusal) retryAfter() string { return strconv.Itoa(int(math.Ceil(r.retry.Seconds()))) }

// problem is an answer of RFC 9457. The type names the code and leads nowhere: what
// there is to say is in title and detail.
type problem struct {
	Type     string              `json:"type"`
	Title    string              `json:"title"`
	Status   int                 `json:"status"`
	Detail   string              `json:"detail"`
	Instance string              `json:"instance,omitempty"` // the request's id, as in the log
	Code     review.Code         `json:"code"`
	Errors   []review.FieldError `json:"errors,omitempty"`

	Violated []string        `json:"violated-policies,omitempty"` // quotas, as in RateLimit-Policy
	Findings []findingAnswer `json:"findings,omitempty"`
}

const mimeProblem = "application/problem+json"

func (r refusal) problem(requestID string) problem {
	p := problem{
		Type: "urn:guardroom:problem:" + string(r.code), Title: r.title, Status: r.status, Detail: r.message,
		Instance: "urn:guardroom:request:" + requestID, Code: r.code, Errors: r.fields,
		Violated: violated(r.allowances),
	}
	if len(r.findings) > 0 {
		p.Findings = findingAnswers(r.findings)
	}
	return p
}

// refuse answers an error, as JSON to scripts and as a page to people.
func (s *Server) refuse(c *call, err error) {
	r := refusalOf(err)
	h := c.Response().Header()
	for _, name := range []string{"Content-Type", "Content-Disposition", "Location"} {
		h.Del(name) // they were meant for the answer that did not come about
	}
	if r.retry > 0 {
		h.Set("Retry-After", r.retryAfter())
	}
	setAllowances(h, r.allowances)
	if r.status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", challenge(c))
	}
	if sent := s.sendRefusal(c, r, err); sent != nil {
		s.Logger.Error("an error could not be answered", "request_id", c.id, "error", sent)
		if !c.Response().Committed {
			_ = c.NoContent(r.status) // nothing more can be done for this caller
		}
	}
}

func (s *Server) sendRefusal(c *call, r refusal, err error) error {
	if strings.HasPrefix(c.Request().URL.Path, openAIPrefix+"/") {
		return s.refuseOpenAI(c, err, r)
	}
	if c.wantsJSON() || c.route != nil && c.route.access.door == doorOperator {
		return c.json(r.status, mimeProblem, r.problem(c.id))
	}
	if r.status == http.StatusUnauthorized {
		return c.see(loginPath(c.Request()))
	}
	if r.code == codeNotRecent {
		return c.see(confirmPath(c.Request()))
	}
	if r.code == codeNoFactor {
		return c.see(views.PathSecurity)
	}
	page := views.ErrorPage{Assets: s.Assets, Status: r.status, Message: r.message, RetryAfter: r.retry, RequestID: c.id}
	if c.signedIn() {
		if shell, err := s.shell(c); err == nil { // the page can do without
			page.Shell = &shell
		}
	}
	return c.page(r.status, views.Error(page))
}

// challenge names how to get in (RFC 9110, 11.6.1).
func challenge(c *call) string {
	if c.route != nil && c.route.access.door == doorSession {
		return `Session realm="guardroom"`
	}
	return `Bearer realm="guardroom"`
}

// confirmPath asks for the password and leads back: to the page that was asked for, or
// to the one on which the form stood.
func confirmPath(r *http.Request) string {
	next := r.URL.RequestURI()
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		parts := strings.SplitN(r.URL.Path, "/", 4)
		next = strings.Join(parts[:min(len(parts), 3)], "/")
	}
	return views.PathConfirm + "?" + url.Values{views.FieldNext: {localPath(next)}}.Encode()
}

// loginPath is the sign-in page, which leads back to what was asked for; a form that
// came too late leads back to its item.
func loginPath(r *http.Request) string {
	next := r.URL.RequestURI()
	if r.Method != http.MethodGet {
		next, _, _ = strings.Cut(r.URL.Path, "?")
		if rest, ok := strings.CutPrefix(next, views.PathItems+"/"); ok {
			id, _, _ := strings.Cut(rest, "/")
			next = views.ItemPath(id)
		} else {
			next = ""
		}
	}
	if next = localPath(next); next == "" || next == views.PathQueue {
		return views.PathLogin
	}
	return views.PathLogin + "?" + url.Values{views.FieldNext: {next}}.Encode()
}
