package text

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/language"
)

// refused is a refusal with something put into it, recognised by what stands around that.
type refused struct {
	english *regexp.Regexp
	german  string
	known   int // how much of the English text is not a verb
}

var (
	fmtVerb  = regexp.MustCompile(`%%|%[-+# 0]*[0-9.]*[a-z]`)
	refusals = makeRefusals()
)

// makeRefusals compiles the refusals that have verbs, those first that say most themselves: "there is no such %s" would
// take any other that begins like it.
func makeRefusals() []refused {
	var out []refused
	for english, german := range germanRefusals {
		if fmtVerb.MatchString(english) {
			out = append(out, refused{recogniser(english), german, len(fmtVerb.ReplaceAllString(english, ""))})
		}
	}
	slices.SortFunc(out, func(a, b refused) int {
		return cmp.Or(b.known-a.known, strings.Compare(a.english.String(), b.english.String()))
	})
	return out
}

func recogniser(english string) *regexp.Regexp {
	var pattern strings.Builder
	at := 0
	for _, verb := range fmtVerb.FindAllStringIndex(english, -1) {
		pattern.WriteString(regexp.QuoteMeta(english[at:verb[0]]))
		if english[verb[0]:verb[1]] == "%%" {
			pattern.WriteString("%")
		} else {
			pattern.WriteString("(.+?)")
		}
		at = verb[1]
	}
	pattern.WriteString(regexp.QuoteMeta(english[at:]))
	return regexp.MustCompile(`^(?s:` + pattern.String() + `)$`)
}

// refusalInGerman translates a refusal as it was said, with what was put into it left as it is.
func refusalInGerman(said string) (string, bool) {
	if german, known := germanRefusals[said]; known {
		return german, true
	}
	for _, r := range refusals {
		if found := r.english.FindStringSubmatch(said); found != nil {
			return filled(r.german, found[1:]), true
		}
	}
	return fieldInGerman(said)
}

// fieldInGerman translates a refusal that begins with the field that it is about.
func fieldInGerman(said string) (string, bool) {
	field, rest, found := strings.Cut(said, ": ")
	name, known := germanFields[field]
	if !found || !known {
		return "", false
	}
	german, known := refusalInGerman(rest)
	return name + ": " + german, known
}

// filled puts the values in place of the verbs, in their order.
func filled(german string, values []string) string {
	return fmtVerb.ReplaceAllStringFunc(german, func(verb string) string {
		if verb == "%%" || len(values) == 0 {
			return "%"
		}
		value := values[0]
		values = values[1:]
		return value
	})
}

// Field names a field of a form in the language of the context; one that has no name there stays as it is.
func Field(ctx context.Context, name string) string {
	if Of(ctx) == language.German {
		return cmp.Or(germanFields[name], name)
	}
	return name
}
