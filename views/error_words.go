package views

import (
	"net/http"
	"strconv"
	"time"

	"github.com/guardroom/guardroom/internal/review"
)

// errorWords says what happened, what was kept and what to do next.
type errorWords struct {
	status, title, what, next string
	href, link                string
}

var statusWords = map[int]errorWords{
	http.StatusBadRequest:            {title: "That address cannot be read", what: "Something in the link or the form does not make sense here.", next: "Nothing was changed."},
	http.StatusUnauthorized:          {title: "Please sign in", what: "Your session has ended, or you have not signed in yet.", next: "Nothing is lost: after signing in you come back here."},
	http.StatusForbidden:             {title: "Not for your role", what: "Your role does not allow this.", next: "Nothing was changed. An administrator can change your role."},
	http.StatusNotFound:              {title: "Nothing here", what: "There is no such page, or it belongs to an App that you are not a member of.", next: "The link may be old, or mistyped."},
	http.StatusMethodNotAllowed:      {title: "Not that way", what: "This address does not answer that kind of request.", next: "Nothing was changed."},
	http.StatusConflict:              {title: "Somebody was faster", what: "This has changed since you opened it, so nothing was saved.", next: "Go back: your browser still has what you typed. Look at how it stands now."},
	http.StatusRequestEntityTooLarge: {title: "Too large", what: "What you sent is larger than what is accepted.", next: "Nothing was saved. Go back and shorten it."},
	http.StatusUnprocessableEntity:   {title: "Something has to be put right", what: "A field has a value that cannot be taken.", next: "Nothing was saved. Go back: your browser still has what you typed."},
	http.StatusTooManyRequests:       {title: "Too many tries", what: "There were too many requests in a short time.", next: "Nothing was changed."},
	http.StatusServiceUnavailable:    {title: "Not available right now", what: "The storage is not answering. Nothing that was saved before is lost.", next: "What you just sent was not saved. Go back: your browser still has what you typed."},
}

var internalWords = errorWords{title: "Something broke on our side", what: "This is not your fault. It has been logged.", next: "If you had just sent a form, look whether it was saved before you send it again."}

func wordsOf(p ErrorPage) errorWords {
	w, known := statusWords[p.Status]
	if !known {
		w = internalWords
	}
	w.status = strconv.Itoa(p.Status)
	if p.Message != "" {
		w.what = sentence(p.Message)
	}
	if p.RetryAfter > 0 {
		w.next += " Try again in " + span(max(p.RetryAfter, time.Second)) + "."
	}
	w.href, w.link = PathQueue, "Go to the queue"
	if p.Shell == nil {
		w.href, w.link = PathLogin, "Sign in"
	}
	return w
}

// roleMeans says in a sentence what a viewer may do, from the table of grants.
func roleMeans(v review.Viewer) string {
	switch {
	case v.May(review.PermDecide) && v.May(review.PermExport):
		return "reads, decides and exports"
	case v.May(review.PermDecide):
		return "reads and decides"
	case v.May(review.PermExport):
		return "reads and exports"
	default:
		return "reads"
	}
}
