package archtest

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const root = "../.."

// sourceFile is what one Go file tells about the architecture.
type sourceFile struct {
	pkg     string // path below the module
	name    string // package clause
	path    string
	test    bool
	doc     string
	imports []string
}

func TestTheTreeKeepsTheImportTable(t *testing.T) {
	files := readTree(t, os.DirFS(root))
	require.Greater(t, len(files), 3, "the walk has lost the tree")
	for _, file := range files {
		for _, problem := range importProblems(file) {
			t.Errorf("%s: %s", file.path, problem)
		}
	}
}

func TestEveryPackageIsInTheTable(t *testing.T) {
	for _, pkg := range packagesOf(readTree(t, os.DirFS(root))) {
		if _, known := table[pkg]; !known {
			t.Errorf("%s is not in the import table: give it a row in internal/archtest/archtest.go, with the reason and an ADR", pkg)
		}
		if vagueNames[path.Base(pkg)] {
			t.Errorf("%s: name a package after what it does", pkg)
		}
	}
}

func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	for _, problem := range docProblems(readTree(t, os.DirFS(root))) {
		t.Error(problem)
	}
}

func TestTheTableIsSound(t *testing.T) {
	for pkg, row := range table {
		require.NotEmpty(t, row.reason, pkg)
		for _, imported := range row.imports {
			if imported == everything {
				continue
			}
			require.Contains(t, table, imported, "row %s", pkg)
			require.False(t, harnesses[imported] && !harnesses[pkg], "%s ships and must not import the harness %s", pkg, imported)
		}
		require.Empty(t, findCycle(pkg), "an import cycle in the table")
	}
	for library, row := range confined {
		require.NotEmpty(t, row.reason, library)
		for _, importer := range row.imports {
			require.Contains(t, table, importer, "confined %s", library)
		}
	}
	for harness := range harnesses {
		require.Contains(t, table, harness)
	}
}

func TestTheModulePathIsTheOneInGoMod(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "go.mod"))
	require.NoError(t, err)
	first, _, _ := strings.Cut(string(text), "\n")
	require.Equal(t, "module "+module, first)
}

// The rules must be able to fail.
func TestImportProblems(t *testing.T) {
	for _, c := range []struct {
		name string
		file sourceFile
		want string
	}{
		{"the row allows", sourceFile{pkg: "web", imports: []string{module + "/views"}}, ""},
		{"the row forbids", sourceFile{pkg: "web", imports: []string{module + "/internal/store"}}, "may not import internal/store"},
		{"the root may import all", sourceFile{pkg: "internal/app", imports: []string{module + "/internal/store", module + "/web"}}, ""},
		{"but no command", sourceFile{pkg: "internal/app", imports: []string{module + "/cmd/guardroom"}}, "may not import cmd/guardroom"},
		{"and no harness", sourceFile{pkg: "internal/app", imports: []string{module + "/web/webtest"}}, "may not import web/webtest"},
		{"a test may use a harness", sourceFile{pkg: "web", test: true, imports: []string{module + "/web/webtest"}}, ""},
		{"an external test imports its own package", sourceFile{pkg: "web", name: "web_test", test: true, imports: []string{module + "/web"}}, ""},
		{"a test keeps the table", sourceFile{pkg: "views", test: true, imports: []string{module + "/internal/store"}}, "may not import internal/store"},
		{"a confined library", sourceFile{pkg: "web", imports: []string{"gorm.io/gorm"}}, "may not import gorm.io/gorm"},
		{"also in tests", sourceFile{pkg: "web", test: true, imports: []string{"gorm.io/driver/sqlite"}}, "may not import gorm.io/driver/sqlite"},
		{"its owner", sourceFile{pkg: "internal/store", imports: []string{"gorm.io/gorm", "database/sql/driver"}}, ""},
		{"a longer name is another library", sourceFile{pkg: "web", imports: []string{"gorm.io.example/x"}}, ""},
		{"the standard library alone", sourceFile{pkg: "internal/review", imports: []string{"context", "encoding/json"}}, ""},
		{"no third party", sourceFile{pkg: "internal/review", imports: []string{"github.com/google/uuid"}}, "may import the standard library only"},
		{"except in its tests", sourceFile{pkg: "internal/review", test: true, imports: []string{"github.com/stretchr/testify/require"}}, ""},
		{"an unknown package", sourceFile{pkg: "internal/utils", imports: []string{module + "/internal/review"}}, "not in the import table"},
	} {
		t.Run(c.name, func(t *testing.T) {
			problems := importProblems(c.file)
			if c.want == "" {
				require.Empty(t, problems)
				return
			}
			require.Len(t, problems, 1)
			require.Contains(t, problems[0], c.want)
		})
	}
}

func TestDocProblems(t *testing.T) {
	documented := sourceFile{pkg: "internal/review", name: "review", doc: "Package review holds the nouns.\n"}
	require.Empty(t, docProblems([]sourceFile{documented, {pkg: "internal/review", name: "review"}}), "one file says it for all")
	require.Empty(t, docProblems([]sourceFile{{pkg: "cmd/guardroom", name: "main", doc: "Command guardroom is the one binary."}}))
	require.Len(t, docProblems([]sourceFile{{pkg: "web", name: "web"}}), 1)
	require.Len(t, docProblems([]sourceFile{{pkg: "web", name: "web", doc: "This is the web."}}), 1)
	require.Len(t, docProblems([]sourceFile{documented, {pkg: "internal/review", name: "review", doc: "Package review again."}}), 1)
	require.Empty(t, docProblems([]sourceFile{documented, {pkg: "internal/review", name: "review_test", test: true}}))
}

func importProblems(file sourceFile) []string {
	row, known := table[file.pkg]
	if !known {
		return []string{file.pkg + " is not in the import table"}
	}
	var problems []string
	for _, imported := range file.imports {
		if ours, isOurs := strings.CutPrefix(imported, module+"/"); isOurs {
			if !mayImport(file, row, ours) {
				problems = append(problems, fmt.Sprintf("%s may not import %s: %s", file.pkg, ours, row.reason))
			}
			continue
		}
		if owner, isConfined := confinedRule(imported); isConfined && !slices.Contains(owner.imports, file.pkg) {
			problems = append(problems, fmt.Sprintf("%s may not import %s: %s", file.pkg, imported, owner.reason))
		}
		if standardOnly[file.pkg] && !file.test && isThirdParty(imported) {
			problems = append(problems, fmt.Sprintf("%s may import the standard library only, not %s", file.pkg, imported))
		}
	}
	return problems
}

func mayImport(file sourceFile, row rule, imported string) bool {
	if file.test && (imported == file.pkg || harnesses[imported]) {
		return true
	}
	if slices.Contains(row.imports, imported) {
		return true
	}
	return slices.Contains(row.imports, everything) && !harnesses[imported] && !strings.HasPrefix(imported, "cmd/")
}

// confinedRule is the row of the longest path that covers the import.
func confinedRule(imported string) (row rule, isConfined bool) {
	longest := ""
	for library, candidate := range confined {
		covers := imported == library || strings.HasPrefix(imported, library+"/")
		if covers && len(library) > len(longest) {
			longest, row, isConfined = library, candidate, true
		}
	}
	return row, isConfined
}

// isThirdParty follows the go command: the first element of a path outside the standard library has a dot.
func isThirdParty(imported string) bool {
	first, _, _ := strings.Cut(imported, "/")
	return strings.Contains(first, ".")
}

func docProblems(files []sourceFile) []string {
	docs := map[string][]sourceFile{}
	for _, file := range files {
		if strings.HasSuffix(file.name, "_test") {
			continue
		}
		docs[file.pkg] = append(docs[file.pkg], file)
	}
	var problems []string
	for _, pkg := range slices.Sorted(maps.Keys(docs)) {
		var written []sourceFile
		for _, file := range docs[pkg] {
			if file.doc != "" {
				written = append(written, file)
			}
		}
		if len(written) != 1 {
			problems = append(problems, fmt.Sprintf("%s: %d files carry a package comment; exactly one says what the package is for", pkg, len(written)))
			continue
		}
		want := "Package " + written[0].name + " "
		if written[0].name == "main" {
			want = "Command " + path.Base(pkg) + " "
		}
		if !strings.HasPrefix(written[0].doc, want) {
			problems = append(problems, fmt.Sprintf("%s: the package comment begins with %q", written[0].path, want))
		}
	}
	return problems
}

func findCycle(start string) []string {
	var visit func(trail []string) []string
	visit = func(trail []string) []string {
		for _, next := range table[trail[len(trail)-1]].imports {
			if next == start {
				return append(trail, next)
			}
			if next == everything || slices.Contains(trail, next) {
				continue
			}
			if cycle := visit(append(slices.Clone(trail), next)); cycle != nil {
				return cycle
			}
		}
		return nil
	}
	return visit([]string{start})
}

func packagesOf(files []sourceFile) []string {
	found := map[string]bool{}
	for _, file := range files {
		found[file.pkg] = true
	}
	return slices.Sorted(maps.Keys(found))
}

func readTree(t *testing.T, tree fs.FS) []sourceFile {
	t.Helper()
	var files []sourceFile
	err := fs.WalkDir(tree, ".", func(name string, entry fs.DirEntry, err error) error {
		// Others may write and remove files while the test walks.
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if name != "." && isForeign(entry.Name()) {
				return fs.SkipDir
			}
			return nil
		}
		if path.Ext(name) != ".go" {
			return nil
		}
		file, err := readFile(tree, name)
		if err != nil {
			return err
		}
		files = append(files, file)
		return nil
	})
	require.NoError(t, err)
	return files
}

// isForeign names folders that the go command ignores or that are not ours.
func isForeign(folder string) bool {
	return strings.HasPrefix(folder, ".") || strings.HasPrefix(folder, "_") ||
		slices.Contains([]string{"testdata", "node_modules", "vendor", "tmp", "bin", "data"}, folder)
}

func readFile(tree fs.FS, name string) (sourceFile, error) {
	text, err := fs.ReadFile(tree, name)
	if err != nil {
		return sourceFile{}, err
	}
	parsed, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ImportsOnly|parser.ParseComments)
	if err != nil {
		return sourceFile{}, err
	}
	file := sourceFile{
		pkg: path.Dir(name), path: name, name: parsed.Name.Name,
		test: strings.HasSuffix(name, "_test.go"), doc: docText(parsed),
	}
	for _, spec := range parsed.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return sourceFile{}, err
		}
		file.imports = append(file.imports, imported)
	}
	return file, nil
}

// docText leaves generated files out: templ writes its version where a package comment stands.
func docText(file *ast.File) string {
	if file.Doc == nil || ast.IsGenerated(file) {
		return ""
	}
	return file.Doc.Text()
}
