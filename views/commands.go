package views

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views/text"
)

// PathCommands lists places to go to, found by a few letters.
const PathCommands = "/commands"

// FieldQuery is what somebody typed there.
const FieldQuery = "q"

// The bounds of a search: what is longer is no command, and more than a screen of answers is none.
const (
	maxCommandQuery = 64
	maxCommands     = 20
)

// CommandsPage is GET /commands.
type CommandsPage struct {
	Shell
	Query string
}

// command is one line of the list.
type command struct {
	word, kind string // in the reader's language
	href       string
	press      string // "" without a key
}

// commandsOf lists what fits the query, the best first; all when there is none.
func commandsOf(ctx context.Context, p CommandsPage) []command {
	query := p.Query
	if utf8.RuneCountInString(query) > maxCommandQuery {
		return nil
	}
	type scored struct {
		command
		score int
	}
	var found []scored
	for _, c := range allCommands(ctx, p.Shell) {
		if score, ok := fits(query, c.word+" "+c.kind); ok {
			found = append(found, scored{c, score})
		}
	}
	slices.SortStableFunc(found, func(a, b scored) int { return b.score - a.score })
	out := itemCommand(ctx, query)
	for _, f := range found[:min(len(found), maxCommands)] {
		out = append(out, f.command)
	}
	return out
}

// allCommands are the places of the navigation, with the keys declared for them, the viewer's saved views and Apps.
func allCommands(ctx context.Context, s Shell) []command {
	var out []command
	for _, g := range places(s.Viewer) {
		for _, e := range g.entries {
			c := command{word: text.T(ctx, e.word), kind: text.T(ctx, g.title), href: e.href}
			if e.key != nil {
				c.press = e.key.cap(ctx)
			}
			out = append(out, c)
		}
	}
	for i, view := range s.Views {
		c := command{word: view.Name, kind: text.T(ctx, "Saved view"), href: savedPath(s.Viewer, view)}
		if i < viewKeys {
			c.press = viewKey(i).cap(ctx)
		}
		out = append(out, c)
	}
	out = append(out, command{word: text.T(ctx, "Saved views"), kind: text.T(ctx, "How you work"), href: PathViews})
	out = append(out, command{word: text.T(ctx, "Account"), kind: text.T(ctx, "How you work"), href: PathAccount})
	for _, a := range s.Viewer.Apps {
		out = append(out,
			command{word: a.Name, kind: text.T(ctx, "Queue of an App"), href: QueuePath(review.Filter{App: a.Name}, nil)},
			command{word: a.Name, kind: text.T(ctx, "Policy of an App"), href: PolicyPath(a.Name)})
	}
	return out
}

// itemCommand opens an Item by its id. Whether there is one, its page tells.
func itemCommand(ctx context.Context, query string) []command {
	id := strings.ToLower(strings.TrimSpace(query))
	if len(id) != len("00000000-0000-0000-0000-000000000000") || strings.Count(id, "-") != 4 || strings.Trim(id, "0123456789abcdef-") != "" {
		return nil
	}
	return []command{{word: id, kind: text.T(ctx, "Item"), href: PathItems + "/" + url.PathEscape(id)}}
}

// fits tells whether the letters of the query stand in the words in that order, and how well: letters that begin a word or
// follow one another count more. It reads the words once.
func fits(query, words string) (int, bool) {
	wanted := []rune(strings.ToLower(strings.Join(strings.Fields(query), "")))
	score, at, run := 0, 0, 0
	previous := ' '
	for _, r := range strings.ToLower(words) {
		if at == len(wanted) {
			break
		}
		if r == wanted[at] {
			at++
			run++
			score += run
			if !unicode.IsLetter(previous) && !unicode.IsDigit(previous) {
				score += 3
			}
		} else {
			run = 0
		}
		previous = r
	}
	return score, at == len(wanted)
}
