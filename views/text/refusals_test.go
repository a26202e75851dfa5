package text

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/language"
)

// forPrograms are the files whose refusals no page shows: bodies and signatures of the API, commands, probes.
var forPrograms = []string{
	"internal/review/submission.go", "internal/review/submit.go", "internal/review/signed.go", "internal/review/approval.go", "internal/review/feedback.go",
	"internal/review/inspect.go", "internal/store/migrate.go", "internal/store/textkeys.go", "internal/store/interactions.go", "internal/store/writer.go",
	"web/decode.go", "web/document.go", "web/signed.go", "web/cors.go", "web/openai.go", "web/body.go", "web/access.go", "web/feed.go",
}

// alsoForPrograms are single refusals of other files that no page shows.
var alsoForPrograms = []string{
	"the API key is missing, malformed, unknown, revoked or past its end", "this API key signs requests and is never sent itself: now that it was, rotate it",
	"this intervention was not sent", "another outcome was reported before", "%s",
}

// refusing is where the English text stands in the calls that make refusals.
var refusing = map[string]int{"Errorf": 1, "Wrap": 2, "Unavailable": 1, "addf": 1, "said": 2, "absent": 0}

// everyRefusal reads the sources for what is said when something is refused.
func everyRefusal(t *testing.T) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for _, root := range []string{"internal/review", "internal/store", "internal/export", "internal/sso", "web", "views"} {
		err := filepath.WalkDir(filepath.Join("../..", root), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			if strings.Contains(path, "storetest") || strings.Contains(path, "storybook") || strings.Contains(path, "webtest") {
				return nil
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				english, ok := refusalOf(t, n)
				if !ok && root == "views" {
					english, ok = plainError(t, n)
				}
				if ok {
					out[english] = append(out[english], strings.TrimPrefix(path, "../../"))
				}
				return true
			})
			return nil
		})
		require.NoError(t, err)
	}
	require.Greater(t, len(out), 250)
	return out
}

func refusalOf(t *testing.T, n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.CallExpr:
		name, from := called(n)
		at, known := refusing[name]
		if !known || from == "fmt" || len(n.Args) <= at {
			return "", false
		}
		english, ok := quoted(t, n.Args[at])
		if ok && name == "absent" {
			english = "there is no such " + english
		}
		return english, ok
	case *ast.CompositeLit:
		return fieldErrorOf(t, n)
	}
	return "", false
}

// plainError reads errors.New: what reads a form says what is wrong with a field.
func plainError(t *testing.T, n ast.Node) (string, bool) {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return "", false
	}
	if name, from := called(call); name != "New" || from != "errors" {
		return "", false
	}
	return quoted(t, call.Args[0])
}

func called(call *ast.CallExpr) (name, from string) {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name, ""
	case *ast.SelectorExpr:
		if x, ok := f.X.(*ast.Ident); ok {
			from = x.Name
		}
		return f.Sel.Name, from
	}
	return "", ""
}

// fieldErrorOf reads {Field: …, Message: "…"}, of which the type is often left out, and {"field", "message"} in a list of them.
func fieldErrorOf(t *testing.T, lit *ast.CompositeLit) (string, bool) {
	list, ok := lit.Type.(*ast.ArrayType)
	if !ok || !isFieldError(list.Elt) {
		if !isFieldError(lit.Type) {
			return "", false
		}
		return messageOf(t, lit)
	}
	for _, e := range lit.Elts {
		if one, ok := e.(*ast.CompositeLit); ok {
			return messageOf(t, one)
		}
	}
	return "", false
}

func isFieldError(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name == "FieldError"
	case *ast.SelectorExpr:
		return e.Sel.Name == "FieldError"
	}
	return false
}

func messageOf(t *testing.T, lit *ast.CompositeLit) (string, bool) {
	for i, e := range lit.Elts {
		if named, ok := e.(*ast.KeyValueExpr); ok {
			if named.Key.(*ast.Ident).Name == "Message" {
				return quoted(t, named.Value)
			}
		} else if i == 1 {
			return quoted(t, e)
		}
	}
	return "", false
}

func quoted(t *testing.T, e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	english, err := strconv.Unquote(lit.Value)
	require.NoError(t, err)
	return english, true
}

func TestEveryRefusalOfAPageIsTranslatedAndEveryTranslationUsed(t *testing.T) {
	said := everyRefusal(t)
	for english, paths := range said {
		onPages := slices.ContainsFunc(paths, func(path string) bool { return !slices.Contains(forPrograms, path) })
		if !onPages || slices.Contains(alsoForPrograms, english) {
			continue
		}
		_, known := germanRefusals[english]
		if _, also := german[english]; !known && !also {
			t.Errorf("%v refuses with %q: German is missing", paths, english)
		}
	}
	for english := range germanRefusals {
		if said[english] == nil {
			t.Errorf("nothing is refused with %q any more", english)
		}
		if _, twice := german[english]; twice {
			t.Errorf("%q is in the catalogue twice", english)
		}
	}
}

// A value that stands in an English refusal stands in the German one.
func TestRefusalsKeepWhatIsPutIntoThem(t *testing.T) {
	for english, german := range germanRefusals {
		verbs := fmtVerb.FindAllString(english, -1)
		require.Len(t, fmtVerb.FindAllString(german, -1), len(verbs), english)
		values := make([]string, 0, len(verbs))
		said := fmtVerb.ReplaceAllStringFunc(english, func(verb string) string {
			if verb == "%%" {
				return "%"
			}
			values = append(values, fmt.Sprint("value", len(values)))
			return values[len(values)-1]
		})
		translated := Word(With(t.Context(), language.German), said)
		require.NotEqual(t, said, translated)
		for _, value := range values {
			require.Contains(t, translated, value, english)
		}
		require.NotRegexp(t, regexp.MustCompile(`%[a-z]`), translated)
	}
}

func TestRefusalsAreFoundByWhatStandsAroundTheirValues(t *testing.T) {
	german := With(t.Context(), language.German)
	for said, want := range map[string]string{
		"J. Okafor holds this item now":              "J. Okafor hält diesen Vorgang jetzt",
		"J. Okafor holds this item":                  "J. Okafor hält diesen Vorgang",
		"must be text of at most 4096 bytes":         "muss Text von höchstens 4096 Byte sein",
		"must have shares that sum to 100 %":         "müssen Anteile haben, die 100 % ergeben",
		"a\nb holds this item":                       "a\nb hält diesen Vorgang",
		"%s holds this item":                         "%s hält diesen Vorgang",
		"there is no such webhook":                   "diesen Webhook gibt es nicht",
		"there is no such thing as free lunch":       "so etwas gibt es nicht: thing as free lunch",
		"reason: must be text of at most 4096 bytes": "Grund: muss Text von höchstens 4096 Byte sein",
		"nothing: is empty":                          "nothing: is empty",
		"":                                           "",
		"something that nobody says":                 "something that nobody says",
	} {
		require.Equal(t, want, Word(german, said))
		require.Equal(t, said, Word(t.Context(), said), "in English everything stays")
	}
	require.Equal(t, "Grund", Field(german, "reason"))
	require.Equal(t, "labels[3].id", Field(german, "labels[3].id"))
	require.Equal(t, "reason", Field(t.Context(), "reason"))
}
