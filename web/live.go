package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views"
)

const (
	liveEvery      = time.Second      // how often a stream looks for news
	liveBeats      = 20               // looks without news after which the line is kept awake, and the session is looked at
	liveWriteLimit = 10 * time.Second // of one write
	livePerPerson  = 6                // streams
	liveAltogether = 500
)

// streams counts who listens, so that nobody can hold the server with open lines.
type streams struct {
	mu    sync.Mutex
	all   int
	by    map[string]int
	ended chan struct{} // closed when the server drains
}

func newStreams() *streams { return &streams{by: map[string]int{}, ended: make(chan struct{})} }

// enter lets a person in unless there are too many.
func (s *streams) enter(userID string) (leave func(), ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all >= liveAltogether || s.by[userID] >= livePerPerson {
		return nil, false
	}
	s.all++
	s.by[userID]++
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.all--
		if s.by[userID]--; s.by[userID] == 0 {
			delete(s.by, userID)
		}
	}, true
}

// live tells a list what has changed of it, as server-sent events, until the reader goes
// away, signs out, or the server drains.
func (s *Server) live(c *call) error {
	if !strings.Contains(c.Request().Header.Get("Accept"), "text/event-stream") {
		return review.Errorf(review.CodeInvalid, "this is a stream: ask for text/event-stream")
	}
	filter, err := c.filter()
	if err != nil {
		return err
	}
	after, err := s.liveAfter(c)
	if err != nil {
		return err
	}
	leave, ok := s.streams.enter(c.viewer.User.ID)
	if !ok {
		return review.Errorf(review.CodeRateLimited, "too many lists are open")
	}
	defer leave()
	return s.stream(c, filter, after)
}

// liveAfter is where the list goes on: from what the browser has seen, from what the
// page says, or from now.
func (s *Server) liveAfter(c *call) (int64, error) {
	for _, text := range []string{c.Request().Header.Get("Last-Event-ID"), c.QueryParam(views.ParamSince)} {
		if n, err := strconv.ParseInt(text, 10, 64); err == nil && n >= 0 {
			return n, nil
		}
	}
	return s.Service.LiveFrom(c.Request().Context())
}

func (s *Server) stream(c *call, filter review.Filter, after int64) error {
	line := eventLine{c: c, control: http.NewResponseController(c.Response())}
	if err := line.open(); err != nil {
		return nil //nolint:nilerr // who listened is gone
	}
	tick := time.NewTicker(liveEvery)
	defer tick.Stop()
	for quiet := 0; ; quiet++ {
		update, err := s.Service.Updates(c.Request().Context(), c.viewer, filter, after)
		switch {
		case err != nil:
			return line.end()
		case update.New > 0 || len(update.Rows) > 0:
			quiet = 0
			err = line.send("change", update.Next, liveChange(c.Request().Context(), c.viewer, update))
		case quiet%liveBeats == liveBeats-1:
			if !s.stillIn(c) {
				return line.end()
			}
			err = line.send("beat", update.Next, struct{}{})
		}
		if err != nil {
			return nil //nolint:nilerr // who listened is gone
		}
		after = update.Next
		select {
		case <-tick.C:
		case <-c.Request().Context().Done():
			return nil
		case <-s.streams.ended:
			return line.end()
		}
	}
}

// stillIn looks at the session again: a page that stands open keeps nobody signed in.
func (s *Server) stillIn(c *call) bool {
	ctx, cancel := context.WithTimeout(context.Background(), readyTimeout)
	defer cancel()
	in, err := s.sessions.look(ctx, c.Request())
	if err != nil || in.userID != c.viewer.User.ID {
		return false
	}
	viewer, err := s.Accounts.Viewer(ctx, in.userID)
	if err != nil || in.password != passwordMark(viewer.User) || !viewer.May(review.PermRead) || in.strong != c.strong {
		return false
	}
	c.viewer = viewer // of other Apps, perhaps
	return true
}

// listChange is what a list is told.
type listChange struct {
	New  int          `json:"new"`
	Rows []lineChange `json:"rows"`
}

type lineChange struct {
	ID    string `json:"id"`
	State string `json:"state"`
	Mark  string `json:"mark"` // who holds it, or what became of it; "" when it is free
}

func liveChange(ctx context.Context, v review.Viewer, u review.Update) listChange {
	out := listChange{New: u.New, Rows: make([]lineChange, len(u.Rows))}
	for i, r := range u.Rows {
		out.Rows[i] = lineChange{ID: r.Item.ID, State: string(r.Item.State), Mark: views.LineMark(ctx, v, r)}
	}
	return out
}

// eventLine writes server-sent events.
type eventLine struct {
	c       *call
	control *http.ResponseController
}

// open begins the answer. The line outlives the time that a request may take.
func (l eventLine) open() error {
	if err := l.control.SetReadDeadline(time.Time{}); err != nil {
		return err
	}
	h := l.c.Response().Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no")
	l.c.Response().WriteHeader(http.StatusOK)
	return l.write("retry: 3000\n\n")
}

func (l eventLine) send(name string, id int64, data any) error {
	b, err := json.Marshal(data)
	if err != nil {
		return err
	}
	return l.write(fmt.Sprintf("event: %s\nid: %d\ndata: %s\n\n", name, id, b))
}

// end asks the browser to come again a little later.
func (l eventLine) end() error {
	_ = l.write("retry: 10000\n\n") // it may be gone
	return nil
}

func (l eventLine) write(text string) error {
	if err := l.control.SetWriteDeadline(time.Now().Add(liveWriteLimit)); err != nil {
		return err
	}
	if _, err := l.c.Response().Write([]byte(text)); err != nil {
		return err
	}
	return l.control.Flush()
}
