package views

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views/text"
)

// errorWords says what happened, what was kept and what to do next.
type errorWords struct {
	status, title, what, next string
	href, link                string
}

var statusWords = map[int]errorWords{
	http.StatusBadRequest:            {title: text.Say("That address cannot be read"), what: text.Say("Something in the link or the form does not make sense here."), next: text.Say("Nothing was changed.")},
	http.StatusUnauthorized:          {title: text.Say("Please sign in"), what: text.Say("Your session has ended, or you have not signed in yet."), next: text.Say("Nothing is lost: after signing in you come back here.")},
	http.StatusForbidden:             {title: text.Say("Not for your role"), what: text.Say("Your role does not allow this."), next: text.Say("Nothing was changed. An administrator can change your role.")},
	http.StatusNotFound:              {title: text.Say("Nothing here"), what: text.Say("There is no such page, or it belongs to an App that you are not a member of."), next: text.Say("The link may be old, or mistyped.")},
	http.StatusMethodNotAllowed:      {title: text.Say("Not that way"), what: text.Say("This address does not answer that kind of request."), next: text.Say("Nothing was changed.")},
	http.StatusConflict:              {title: text.Say("Somebody was faster"), what: text.Say("This has changed since you opened it, so nothing was saved."), next: text.Say("Go back: your browser still has what you typed. Look at how it stands now.")},
	http.StatusRequestEntityTooLarge: {title: text.Say("Too large"), what: text.Say("What you sent is larger than what is accepted."), next: text.Say("Nothing was saved. Go back and shorten it.")},
	http.StatusUnprocessableEntity:   {title: text.Say("Something has to be put right"), what: text.Say("A field has a value that cannot be taken."), next: text.Say("Nothing was saved. Go back: your browser still has what you typed.")},
	http.StatusTooManyRequests:       {title: text.Say("Too many tries"), what: text.Say("There were too many requests in a short time."), next: text.Say("Nothing was changed.")},
	http.StatusServiceUnavailable:    {title: text.Say("Not available right now"), what: text.Say("The storage is not answering. Nothing that was saved before is lost."), next: text.Say("What you just sent was not saved. Go back: your browser still has what you typed.")},
}

var internalWords = errorWords{title: text.Say("Something broke on our side"), what: text.Say("This is not your fault. It has been logged."), next: text.Say("If you had just sent a form, look whether it was saved before you send it again.")}

func wordsOf(ctx context.Context, p ErrorPage) errorWords {
	w, known := statusWords[p.Status]
	if !known {
		w = internalWords
	}
	w.title, w.what, w.next = text.T(ctx, w.title), text.T(ctx, w.what), text.T(ctx, w.next)
	w.status = strconv.Itoa(p.Status)
	if p.Message != "" {
		w.what = sentence(text.Word(ctx, p.Message))
	}
	if p.RetryAfter > 0 {
		w.next += " " + text.T(ctx, "Try again in %s.", span(max(p.RetryAfter, time.Second)))
	}
	w.href, w.link = PathQueue, text.T(ctx, "Go to the queue")
	if p.Shell == nil {
		w.href, w.link = PathLogin, text.T(ctx, "Sign in")
	}
	return w
}

// roleMeans says in a sentence what a viewer may do, from the table of grants.
func roleMeans(v review.Viewer) string {
	switch {
	case v.May(review.PermDecide) && v.May(review.PermExport):
		return text.Say("reads, decides and exports")
	case v.May(review.PermDecide):
		return text.Say("reads and decides")
	case v.May(review.PermExport):
		return text.Say("reads and exports")
	default:
		return text.Say("reads")
	}
}
