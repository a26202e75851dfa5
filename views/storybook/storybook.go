// Package storybook shows every view in every state that it can have, on fixtures that never change: for golden tests, for browser tests, and for
// the eyes of whoever works on them. It is a harness: nothing that ships imports it.
package storybook

import (
	"bytes"
	"fmt"
	"html"
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"github.com/guardroom/guardroom/static"
)

// Story is one view in one state.
type Story struct {
	Name string // of [a-z0-9-], unique: file name and path
	Page templ.Component
}

// Prefix is the path below which the stories are served.
const Prefix = "/storybook/"

// csp is the policy of the real server: a story that breaks it would break there.
const csp = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// Handler serves the index, the stories and the assets that they need.
func Handler(assets *static.Assets) http.Handler {
	stories := Stories(assets)
	mux := http.NewServeMux()
	mux.Handle("GET "+static.Prefix, assets)
	mux.HandleFunc("GET "+Prefix+"{$}", func(w http.ResponseWriter, _ *http.Request) { writeHTML(w, index(stories)) })
	for _, s := range stories {
		mux.HandleFunc("GET "+Prefix+s.Name, func(w http.ResponseWriter, r *http.Request) {
			var page bytes.Buffer
			if err := s.Page.Render(r.Context(), &page); err != nil {
				http.Error(w, fmt.Sprintf("the story does not render: %v", err), http.StatusInternalServerError)
				return
			}
			writeHTML(w, page.Bytes())
		})
	}
	return mux
}

func writeHTML(w http.ResponseWriter, page []byte) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", csp)
	_, _ = w.Write(page) // the browser went away: nobody is left to tell
}

func index(stories []Story) []byte {
	var b strings.Builder
	b.WriteString("<!DOCTYPE html><html lang=\"en\"><title>Storybook</title><h1>Storybook</h1><ul>")
	for _, s := range stories {
		name := html.EscapeString(s.Name)
		fmt.Fprintf(&b, "<li><a href=%q>%s</a></li>", Prefix+name, name)
	}
	b.WriteString("</ul></html>")
	return []byte(b.String())
}
