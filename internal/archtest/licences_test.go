package archtest

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var listedPart = regexp.MustCompile(`(?m)^\| (?:Go|npm) \| (\S+) \| (\S*) \| (\S[^|]*) \|$`)

// TestLicencesOfAllThatShipsAreListed: a module that comes, goes or changes its version changes the list (make sbom) in the same commit.
func TestLicencesOfAllThatShipsAreListed(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(root, "docs", "licences.md"))
	require.NoError(t, err)
	var listed []string
	for _, part := range listedPart.FindAllStringSubmatch(string(page), -1) {
		listed = append(listed, strings.TrimSpace(part[1]+" "+part[2]))
	}
	shipped := append(modulesOfTheBinary(t), packagesOfTheScripts(t)...)
	require.Greater(t, len(shipped), 50)
	require.ElementsMatch(t, append(shipped, "std"), listed, "make sbom writes docs/licences.md")
}

// modulesOfTheBinary are those of the released platform, whatever the test runs on.
func modulesOfTheBinary(t *testing.T) []string {
	t.Helper()
	command := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", "{{with .Module}}{{if .Version}}{{.Path}} {{.Version}}{{end}}{{end}}", "./cmd/guardroom")
	command.Dir = root
	command.Env = append(os.Environ(), "GOOS=linux", "GOARCH=amd64", "CGO_ENABLED=1")
	output, err := command.Output()
	require.NoError(t, err)
	seen := map[string]bool{}
	var modules []string
	for line := range strings.Lines(string(output)) {
		if module := strings.TrimSpace(line); module != "" && !seen[module] {
			seen[module] = true
			modules = append(modules, module)
		}
	}
	return modules
}

func packagesOfTheScripts(t *testing.T) []string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(root, "package.json"))
	require.NoError(t, err)
	var declared struct{ Dependencies map[string]string }
	require.NoError(t, json.Unmarshal(content, &declared))
	require.NotEmpty(t, declared.Dependencies)
	var packages []string
	for name, version := range declared.Dependencies {
		packages = append(packages, name+" "+version)
	}
	return packages
}
