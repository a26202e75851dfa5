package storybook

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/browsertest"
	"github.com/guardroom/guardroom/static"
)

// posted is a form that the page sent.
type posted struct {
	path   string
	form   url.Values
	script bool // htmx sent it
}

// stage is a page on the stories with a server behind their forms: it records each, and answers with another story.
type stage struct {
	*browsertest.Page
	url   string
	posts chan posted
	lost  atomic.Bool // the hold on the item is gone
}

func openStage(t *testing.T) *stage {
	t.Helper()
	assets, err := static.New()
	require.NoError(t, err)
	if assets.Script() == "" {
		browsertest.Missing(t, "the script bundle (npm ci && npm run build)")
	}
	s := &stage{Page: browsertest.Open(t).Tab(t), posts: make(chan posted, 32)}
	mux := http.NewServeMux()
	mux.Handle("/", Handler(assets))
	mux.HandleFunc("POST /items/{id}/{step}", func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		if step := r.PathValue("step"); step != "heartbeat" && step != "claim" {
			s.posts <- posted{r.URL.Path, r.PostForm, r.Header.Get("HX-Request") != ""}
		}
		switch step := r.PathValue("step"); {
		case step == "heartbeat" && s.lost.Load():
			w.WriteHeader(http.StatusConflict)
			return
		case step == "heartbeat", step == "claim":
			fmt.Fprintf(w, `{"token":"tok-%s","version":3,"expires_at":"2026-03-03T10:29:30Z"}`, step)
			return
		}
		http.Redirect(w, r, Prefix+"item-next", http.StatusSeeOther)
	})
	mux.HandleFunc("GET /items/{id}", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, Prefix+"login", http.StatusSeeOther) // as when a session has ended
	})
	mux.HandleFunc("GET /decisions", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, Prefix+"decisions", http.StatusSeeOther)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

func (s *stage) open(t *testing.T, story string) {
	t.Helper()
	s.Go(t, s.url+Prefix+story)
	require.True(t, s.Is(t, `typeof window.htmx === "object"`), "the script did not run")
	s.drain()
}

func (s *stage) drain() {
	for {
		select {
		case <-s.posts:
		default:
			return
		}
	}
}

func (s *stage) next(t *testing.T, step string) posted {
	t.Helper()
	deadline := time.After(10 * time.Second)
	for {
		select {
		case p := <-s.posts:
			if strings.HasSuffix(p.path, "/"+step) {
				return p
			}
		case <-deadline:
			t.Fatalf("nothing was posted to %s", step)
		}
	}
}

const focusedID = `document.activeElement.id`

func TestScript(t *testing.T) {
	s := openStage(t)
	t.Run("keys act only where nobody writes", s.keys)
	t.Run("one key decides, once", s.decides)
	t.Run("a held key and a double click decide nothing", s.bounces)
	t.Run("leaving gives the item back", s.leaves)
	t.Run("a hold lost behind the page is taken again", s.retakes)
	t.Run("a session that ended shows the whole sign-in page", s.signedOut)
	t.Run("keys walk through the queue", s.walks)
	t.Run("marks and cards lead to each other", s.marks)
	t.Run("a selection becomes byte offsets", s.selects)
	t.Run("the keyboard selects, too", s.selectsByKeys)
	t.Run("the theme is remembered", s.theme)
}

func (s *stage) keys(t *testing.T) {
	s.open(t, "item-held")
	s.Press(t, "?")
	require.True(t, s.Is(t, `document.getElementById("keys").open`))
	s.Press(t, "a")
	require.Empty(t, s.posts, "a key worked behind a dialog")
	s.Press(t, "Escape")
	require.False(t, s.Is(t, `document.getElementById("keys").open`))
	s.Press(t, "n")
	require.Equal(t, "note", s.Text(t, focusedID))
	s.Press(t, "a", "b")
	require.Equal(t, "ab", s.Text(t, `document.getElementById("note").value`))
	s.Press(t, "Escape")
	require.NotEqual(t, "note", s.Text(t, focusedID))
	const chosen = `document.querySelector("[name=label]:checked")?.value ?? ""`
	s.Press(t, "2")
	require.Equal(t, "jailbreak", s.Text(t, chosen))
	s.Press(t, "8")
	require.Equal(t, "false_alarm", s.Text(t, chosen))
	s.Press(t, "h")
	require.Equal(t, "history", s.Text(t, focusedID))
	require.Empty(t, s.posts)
}

func (s *stage) decides(t *testing.T) {
	s.open(t, "item-held")
	s.Press(t, "1", "r", "w", "h", "y", "Escape")
	s.Press(t, "b")
	p := s.next(t, "decision")
	require.True(t, p.script)
	require.Equal(t, "block", p.form.Get("decision"))
	require.Equal(t, "injection", p.form.Get("label"))
	require.Equal(t, "why", p.form.Get("reason"))
	require.Equal(t, "3", p.form.Get("version"))
	require.Regexp(t, `^\d{1,5}$`, p.form.Get("focused_ms"))
	s.Until(t, `!!document.querySelector(".toast form")`)
	s.Until(t, focusedID+` === "main"`)
	require.Contains(t, s.Text(t, `location.pathname`), "item-next", "the address is that of the page")
	s.Until(t, `document.getElementById("live").textContent.startsWith("Blocked.")`)
	s.Press(t, "z")
	require.Equal(t, "d-1", s.next(t, "undo").form.Get("decision_id"))
	require.Empty(t, s.posts)
}

func (s *stage) bounces(t *testing.T) {
	s.open(t, "item-held")
	s.Is(t, `document.body.dispatchEvent(new KeyboardEvent("keydown", {key: "a", repeat: true, bubbles: true}))`)
	s.Is(t, `(document.querySelector("[data-judgement=approve]").dispatchEvent(new MouseEvent("click", {bubbles: true, cancelable: true, detail: 2})), true)`)
	require.Empty(t, s.posts)
	s.Press(t, "a", "a", "a")
	s.next(t, "decision")
	s.Until(t, `!!document.querySelector(".toast form")`)
	require.Empty(t, s.posts, "one press too many decided something")
}

func (s *stage) leaves(t *testing.T) {
	s.open(t, "item-held")
	s.open(t, "queue-3") // drains what came before
	s.open(t, "item-held")
	s.Go(t, s.url+Prefix+"queue-3")
	require.Regexp(t, `^tok-(2f1c|heartbeat)$`, s.next(t, "release").form.Get("token"))
}

func (s *stage) retakes(t *testing.T) {
	s.lost.Store(true)
	defer s.lost.Store(false)
	s.open(t, "item-held")
	s.Until(t, `[...document.querySelectorAll("input[name=token]")].every(i => i.value === "tok-claim")`)
	require.True(t, s.Is(t, `document.getElementById("warning") === null`))
}

func (s *stage) signedOut(t *testing.T) {
	s.open(t, "queue-3")
	s.Click(t, ".row-text")
	s.Until(t, `location.pathname.endsWith("/login") && !!document.querySelector("form input[type=password]")`)
}

func (s *stage) walks(t *testing.T) {
	s.open(t, "queue-50")
	s.Press(t, "j", "k")
	at := `String([...document.querySelectorAll(".row-text")].indexOf(document.activeElement))`
	require.Equal(t, "0", s.Text(t, at))
	s.Press(t, "j")
	require.Equal(t, "1", s.Text(t, at))
	s.Press(t, "f")
	require.True(t, s.Is(t, `document.querySelector("details.panel:has(#filter-state)").open`))
	require.Equal(t, "filter-state", s.Text(t, focusedID))
	s.Press(t, "Escape")
	s.Press(t, "g", "d")
	s.Until(t, `document.querySelector("h1").textContent === "Decisions"`)
}

func (s *stage) marks(t *testing.T) {
	s.open(t, "item-long")
	require.False(t, s.Is(t, `document.querySelector(".fold").open`))
	s.Click(t, `a[href="#mark-1"]`)
	require.True(t, s.Is(t, `document.querySelector(".fold").open`), "the fold hides the mark")
	require.True(t, s.Is(t, `document.getElementById("mark-1").classList.contains("is-lit")`))
	require.True(t, s.Is(t, `document.getElementById("card-1").classList.contains("is-lit")`))
	require.True(t, s.Is(t, `document.activeElement.matches('a.ref[href="#card-1"]')`))
}

func (s *stage) selects(t *testing.T) {
	s.open(t, "item-scripts")
	text := scripts().Interaction.Content.Messages[0].Content
	from, to := strings.Index(text, "re\u00adset"), strings.Index(text, " please")
	require.True(t, s.Is(t, `(() => {
		const passage = document.querySelector('.passage[data-segment="messages[0]"]');
		const texts = [];
		const walker = document.createTreeWalker(passage, NodeFilter.SHOW_TEXT);
		while (walker.nextNode()) texts.push(walker.currentNode);
		const first = texts.find(n => n.data.includes(" re") || n.data === "word re");
		const last = texts.find(n => n.data.startsWith(" please"));
		getSelection().setBaseAndExtent(first, first.data.lastIndexOf("re"), last, 0);
		return true;
	})()`))
	s.Until(t, `document.querySelector("[data-span] [name=segment]").value === "messages[0]"`)
	require.Equal(t, fmt.Sprint(from), s.Text(t, `document.querySelector("[data-span] [name=start]").value`))
	require.Equal(t, fmt.Sprint(to), s.Text(t, `document.querySelector("[data-span] [name=end]").value`))
}

func (s *stage) selectsByKeys(t *testing.T) {
	s.open(t, "item-held")
	s.Press(t, "l")
	s.Until(t, `document.querySelector("[data-span]").open`)
	require.True(t, s.Is(t, `(() => {
		document.querySelector("[data-span] [name=segment]").value = "prompt";
		document.querySelector("[data-span-pick]").click();
		return document.activeElement.dataset.segment === "prompt";
	})()`))
	require.True(t, s.Is(t, `(() => {
		for (const shiftKey of [false, true]) {
			document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key: "ArrowRight", shiftKey, bubbles: true, cancelable: true}));
		}
		return !getSelection().isCollapsed;
	})()`))
	s.Until(t, `Number(document.querySelector("[data-span] [name=end]").value) > Number(document.querySelector("[data-span] [name=start]").value)`)
	require.True(t, s.Is(t, `(() => {
		document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key: "Enter", bubbles: true, cancelable: true}));
		return document.activeElement.name === "label";
	})()`))
}

func (s *stage) theme(t *testing.T) {
	s.Theme(t, "light")
	s.open(t, "queue-3")
	const colour = `getComputedStyle(document.body).color`
	light := s.Text(t, colour)
	s.Press(t, "t")
	require.NotEqual(t, light, s.Text(t, colour))
	s.open(t, "queue-3")
	require.Equal(t, "dark", s.Text(t, `document.documentElement.dataset.theme ?? ""`))
	require.NotEqual(t, light, s.Text(t, colour))
	s.Press(t, "t")
	require.Equal(t, light, s.Text(t, colour))
}
