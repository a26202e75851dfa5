package views

import (
	"net/url"

	"github.com/a-h/templ"

	"github.com/guardroom/guardroom/internal/review"
)

// PathAhead tells a script what comes after an Item, so that it can be painted at once.
const PathAhead = PathQueue + "/ahead"

// What belongs to looking ahead: the Item that somebody is at, a page drawn as it will be, and the Item that the script
// has painted already when a form is sent.
const (
	ParamBut   = "but"
	ParamAhead = "ahead"
	FieldAhead = "ahead"
)

// AheadItemPath is where a page is fetched that may be shown later.
func AheadItemPath(id string, from review.Filter) string {
	q := url.Values{ParamAhead: {"1"}}
	if f := FilterQuery(from).Encode(); f != "" {
		q.Set(FieldFrom, f)
	}
	return ItemPath(id) + "?" + q.Encode()
}

// aheadAttrs tells the script where to ask, if the next Item will open after this one.
func aheadAttrs(p ItemPage) templ.Attributes {
	if p.stance() != stanceHeld || p.Viewer.User.Preferences.Stay {
		return nil
	}
	return templ.Attributes{"data-ahead": PathAhead + "?" + url.Values{ParamBut: {p.View.Item.ID}, FieldFrom: {FilterQuery(p.From).Encode()}}.Encode()}
}
