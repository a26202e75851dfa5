package views

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/language"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views/text"
)

func TestCommandsAreFoundByAFewLetters(t *testing.T) {
	viewer := review.Viewer{User: review.User{Role: review.RoleAdmin}, Apps: []review.App{{Name: "support-bot"}, {Name: "checkout"}}}
	first := func(query string) command {
		found := commandsOf(t.Context(), CommandsPage{Shell: Shell{Viewer: viewer}, Query: query})
		require.NotEmpty(t, found, query)
		return found[0]
	}
	require.Equal(t, PathQueue, first("queue").href)
	require.Equal(t, PathDecisions, first("deci").href)
	require.Equal(t, "G D", first("DECISIONS").press, "with the key that is declared for it")
	require.Equal(t, "/queue?app=support-bot", first("sup bot").href)
	require.Equal(t, PolicyPath("checkout"), first("checkout policy").href)
	id := "01a21d7b-fa5f-7cd9-9537-99d7abd1df2b"
	require.Equal(t, ItemPath(id), first(" "+strings.ToUpper(id)+" ").href)

	german := text.With(t.Context(), language.German)
	require.Equal(t, PathQueue, commandsOf(german, CommandsPage{Shell: Shell{Viewer: viewer}, Query: "warteschl"})[0].href)
	own := For(t.Context(), review.Preferences{Keys: map[string]string{"go-decisions": "Q"}}, "")
	require.Equal(t, "Q", commandsOf(own, CommandsPage{Shell: Shell{Viewer: viewer}, Query: "decisions"})[0].press)
}

func TestCommandsAreBounded(t *testing.T) {
	viewer := review.Viewer{User: review.User{Role: review.RoleAdmin}}
	for range 1000 {
		viewer.Apps = append(viewer.Apps, review.App{Name: strings.Repeat("a", 64)})
	}
	require.Len(t, commandsOf(t.Context(), CommandsPage{Shell: Shell{Viewer: viewer}, Query: "a"}), maxCommands)
	require.Empty(t, commandsOf(t.Context(), CommandsPage{Shell: Shell{Viewer: viewer}, Query: strings.Repeat("a", maxCommandQuery+1)}))
	require.Empty(t, commandsOf(t.Context(), CommandsPage{Shell: Shell{Viewer: viewer}, Query: "<script>zzz"}))
}
