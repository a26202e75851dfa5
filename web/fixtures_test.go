package web_test

import (
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/secret"
	"github.com/guardroom/guardroom/web/webtest"
)

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// prefixOf is the part of a key that lists show.
func prefixOf(key string) string {
	k, err := secret.ParseAPIKey(key)
	if err != nil {
		panic(err)
	}
	return k.Prefix()
}

// decisionForm is what the decision form of a held Item sends.
func decisionForm(h webtest.Held, judgement string) url.Values {
	return url.Values{"token": {h.Token}, "version": {strconv.Itoa(h.Version)}, "decision": {judgement}}
}

// with returns the form with more fields, name and value in turn.
func with(form url.Values, pairs ...string) url.Values {
	out := maps.Clone(form)
	for i := 0; i < len(pairs); i += 2 {
		out.Set(pairs[i], pairs[i+1])
	}
	return out
}

var hiddenInput = regexp.MustCompile(`<input type="hidden" name="([a-z_]+)" value="([^"]*)"`)

// hidden reads the hidden fields of a page's forms; the last of a name counts.
func hidden(t testing.TB, page string) map[string]string {
	t.Helper()
	fields := map[string]string{}
	for _, m := range hiddenInput.FindAllStringSubmatch(page, -1) {
		fields[m[1]] = m[2]
	}
	require.NotEmpty(t, fields)
	return fields
}

// unquoted is a CSV file without the quotes that mark whose copy it is.
func unquoted(csv string) string { return strings.ReplaceAll(csv, `"`, "") }
