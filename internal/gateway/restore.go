package gateway

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
)

// restorer puts what placeholders stand for back into an answer. It lives as long as the call and is never stored, logged
// or shown.
type restorer struct {
	plain *strings.Replacer // for text
	json  *strings.Replacer // for text inside a JSON string
	most  int               // bytes of the longest placeholder
}

func newRestorer(placeholders map[string]string) *restorer {
	r := &restorer{}
	names := make([]string, 0, len(placeholders))
	for name := range placeholders {
		names = append(names, name)
		r.most = max(r.most, len(name))
	}
	slices.Sort(names)
	var plain, quoted []string
	for _, name := range names {
		inside, _ := json.Marshal(placeholders[name]) //nolint:errchkjson // a string
		plain = append(plain, name, placeholders[name])
		quoted = append(quoted, name, string(inside[1:len(inside)-1]))
	}
	r.plain, r.json = strings.NewReplacer(plain...), strings.NewReplacer(quoted...)
	return r
}

func (r *restorer) text(s string) string { return r.plain.Replace(s) }

// arguments restores inside the JSON of a tool call.
func (r *restorer) arguments(s string) string {
	if json.Valid([]byte(s)) {
		return r.json.Replace(s)
	}
	return r.plain.Replace(s)
}

// begun is the start of a placeholder at the end of a text.
var begun = regexp.MustCompile(`\[[A-Z_]*[0-9]*$`)

// whole is how much of a text can be restored without cutting a placeholder that has not all come yet.
func (r *restorer) whole(s string) int {
	if at := begun.FindStringIndex(s); at != nil && len(s)-at[0] < r.most {
		return at[0]
	}
	return len(s)
}

// nothing restores nothing: for Apps that keep placeholders, and when nothing was redacted.
func nothing() *restorer { return newRestorer(nil) }
