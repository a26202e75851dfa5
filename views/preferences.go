package views

import (
	"net/url"
	"slices"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views/text"
	"github.com/guardroom/guardroom/views/ui"
)

// PathPreferences is where the form on the account page is posted.
const PathPreferences = PathAccount + "/preferences"

// The fields of that form. The keys of commands are named FieldKeys, a full stop and the command.
const (
	FieldLanguage = "language"
	FieldTheme    = "theme"
	FieldStay     = "stay"
	FieldBlur     = "blur"
	FieldPlain    = "plain"
	FieldKeys     = "keys"
)

// ParsePreferences reads the form. A field that the form does not have changes nothing that anybody has declared, and what
// is chosen elsewhere stays as it was before.
func ParsePreferences(form url.Values, before review.Preferences) review.Preferences {
	p := before
	p.Language, p.Theme = form.Get(FieldLanguage), review.Theme(form.Get(FieldTheme))
	p.Stay, p.Blur, p.Plain = form.Get(FieldStay) != "", form.Get(FieldBlur) != "", form.Get(FieldPlain) != ""
	p.Keys = nil
	for _, k := range ownable() {
		if press := form.Get(FieldKeys + "." + k.ID); press != "" && press != k.Press[0] {
			if p.Keys == nil {
				p.Keys = map[string]string{}
			}
			p.Keys[k.ID] = press
		}
	}
	return p
}

// CheckPreferences tells what the use case cannot know: which languages and which commands there are.
func CheckPreferences(p review.Preferences) (map[string]KeyProblem, error) {
	known := func(l text.Language) bool { return l.Tag.String() == p.Language }
	if p.Language != "" && !slices.ContainsFunc(text.Languages(), known) {
		return nil, review.Unprocessable([]review.FieldError{{Field: FieldLanguage, Message: text.Say("is not one of the languages")}})
	}
	problems := CheckOwnKeys(p.Keys)
	if len(problems) == 0 {
		return nil, nil
	}
	return problems, review.Unprocessable([]review.FieldError{{Field: FieldKeys, Message: text.Say("one key cannot do two things, or cannot be pressed")}})
}

func languageOptions() []ui.Option {
	var out []ui.Option
	for _, l := range text.Languages() {
		out = append(out, ui.Option{Value: l.Tag.String(), Text: l.Name})
	}
	return out
}

// keyPlaces is the order in which sheet and form show them.
var keyPlaces = []Where{OnItem, OnQueue, Everywhere}

func ownableAt(where Where) []Key {
	return slices.DeleteFunc(ownable(), func(k Key) bool { return k.Where != where })
}
