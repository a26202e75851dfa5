package text

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/language"
)

// said reads every English text that the pages say, from the sources of views and web, and what messages of alerts say.
func said(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, root := range []string{"..", "../../web", "../../internal/outbox"} {
		readSources(t, root, out)
	}
	require.NotEmpty(t, out)
	return out
}

func readSources(t *testing.T, root string, out map[string]string) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.HasPrefix(path, "../text/") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if english, ok := literal(t, path, n); ok {
				out[english] = path
			}
			return true
		})
		return nil
	})
	require.NoError(t, err)
}

// literal returns the text of a call of T or a use of Say.
func literal(t *testing.T, path string, n ast.Node) (string, bool) {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return "", false
	}
	f, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return "", false
	}
	from, ok := f.X.(*ast.Ident)
	if !ok || from.Name != "text" {
		return "", false
	}
	at := map[string]int{"T": 1, "Say": 0}
	i, ok := at[f.Sel.Name]
	if !ok || len(call.Args) <= i {
		return "", false
	}
	lit, ok := call.Args[i].(*ast.BasicLit)
	if !ok {
		// A variable: what it holds was said somewhere with Say, or comes from a catalogue of words that is tested on its own.
		return "", false
	}
	english, err := strconv.Unquote(lit.Value)
	require.NoError(t, err, path)
	return english, true
}

func TestEveryTextIsTranslatedAndEveryTranslationUsed(t *testing.T) {
	texts := said(t)
	for english, path := range texts {
		_, single := german[english]
		_, counted := germanCounts[english]
		if !single && !counted {
			t.Errorf("%s says %q: German is missing", path, english)
		}
	}
	for _, english := range slices.Concat(slices.Collect(maps.Keys(german)), slices.Collect(maps.Keys(germanCounts))) {
		if texts[english] == "" {
			t.Errorf("nobody says %q any more", english)
		}
	}
	for key := range germanCounts {
		require.Contains(t, englishCounts, key, "English must say how it counts, too")
	}
}

var verb = regexp.MustCompile(`%(\[\d+\])?[-+# 0]*[0-9.]*[a-zA-Z%]`)

// A translation that drops or adds a verb would show %!d(MISSING) to people.
func TestVerbsAgree(t *testing.T) {
	check := func(key, translated string) {
		a, b := verb.FindAllString(key, -1), verb.FindAllString(strings.NewReplacer("[1]", "", "[2]", "", "[3]", "").Replace(translated), -1)
		slices.Sort(a)
		slices.Sort(b)
		require.Equal(t, a, b, "%q → %q", key, translated)
	}
	for key, translated := range german {
		check(key, translated)
	}
	for _, counts := range []map[string]forms{englishCounts, germanCounts} {
		for key, f := range counts {
			check(key, f.other)
		}
	}
}

func TestTIsSafeForConcurrentUse(t *testing.T) {
	ctx := With(t.Context(), language.German)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for range 200 {
				require.Equal(t, "x "+strconv.Itoa(i), T(ctx, "x %d", i))
			}
		})
	}
	wg.Wait()
}

// polite is how somebody is addressed who is not addressed as "du".
var polite = regexp.MustCompile(`\p{Ll}(n|t) (er |es )?Sie\b|\b(Ihnen|Ihren|Ihrem|Ihrer)\b`)

// TestGermanSaysDuEverywhere: two ways to address one reader look like two programs.
func TestGermanSaysDuEverywhere(t *testing.T) {
	for english, said := range german {
		if polite.MatchString(said) {
			t.Errorf("%q is said as %q", english, said)
		}
	}
	if !polite.MatchString("Versuchen Sie es.") || polite.MatchString("Alle sind da. Sie bleiben.") {
		t.Error("the pattern is wrong")
	}
}
