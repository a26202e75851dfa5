package views

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/language"

	"github.com/guardroom/guardroom/static"
	"github.com/guardroom/guardroom/views/text"
)

func TestPagesSpeakTheLanguageOfTheContext(t *testing.T) {
	assets, err := static.New()
	require.NoError(t, err)
	var b strings.Builder
	require.NoError(t, Login(LoginPage{Assets: assets}).Render(text.With(t.Context(), language.German), &b))
	require.Contains(t, b.String(), `<html lang="de">`)
	require.Contains(t, b.String(), "Passwort")
	require.NotContains(t, b.String(), "Password</label>")
}
