package web

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"github.com/guardroom/guardroom/internal/gateway"
	"github.com/guardroom/guardroom/internal/llm"
	"github.com/guardroom/guardroom/internal/review"
)

// streamChat answers a chat completion as server-sent events.
func (s *Server) streamChat(c *call, call gateway.ChatCall) error {
	line := &chatLine{server: s, c: c, control: http.NewResponseController(c.Response())}
	err := s.Gateway.Stream(c.Request().Context(), c.caller, call, line)
	if err == nil || !line.open {
		return err
	}
	// The status is sent; what went wrong can only be an event.
	_ = line.event(s.openAIError(c, err))
	c.refused = err // for the log
	return nil
}

// chatLine writes a stream as clients of OpenAI read it. It is a gateway.Sink.
type chatLine struct {
	server  *Server
	c       *call
	control *http.ResponseController
	open    bool
	mu      sync.Mutex // of what is written: a held stream is kept awake meanwhile
	buffer  bytes.Buffer
}

// Open implements gateway.Sink. What is not known yet is said in trailers.
func (l *chatLine) Open(t gateway.Ticket) error {
	l.server.stamp(l.c, t)
	l.c.Response().Header().Set("Trailer", headerVerdict+", "+headerItem)
	return l.begin()
}

func (l *chatLine) begin() error {
	h := l.c.Response().Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no")
	l.c.Response().WriteHeader(http.StatusOK)
	l.open = true
	return nil
}

// Chunk implements gateway.Sink.
func (l *chatLine) Chunk(chunk llm.ChatChunk) error { return l.event(wireChunkOf(chunk)) }

// Close implements gateway.Sink.
func (l *chatLine) Close(t gateway.Ticket, held gateway.Settlement) error {
	if r := l.server.remark(l.c, t); r != nil && (t.Verdict == review.VerdictBlock || held != "") {
		if err := l.write(": guardroom " + t.Verdict.String() + " " + t.Interaction + "\n\n"); err != nil {
			return err
		}
	}
	if err := l.done(); err != nil {
		return err
	}
	h := l.c.Response().Header()
	h.Set(headerVerdict, t.Verdict.String())
	if t.Item != nil {
		h.Set(headerItem, t.Item.ID)
	}
	return nil
}

func (l *chatLine) done() error { return l.write("data: [DONE]\n\n") }

// awakeEvery is how often a line that waits for a person says that it is there.
const awakeEvery = 10 * time.Second

// Waiting implements gateway.Sink.
func (l *chatLine) Waiting(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		tick := time.NewTicker(awakeEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				if l.write(": waiting for a person\n\n") != nil {
					return
				}
			}
		}
	}()
	return func() { cancel(); <-gone }
}

func (l *chatLine) event(v any) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.buffer.Reset()
	l.buffer.WriteString("data: ")
	if err := json.NewEncoder(&l.buffer).Encode(v); err != nil { // ends the line
		return err
	}
	l.buffer.WriteByte('\n')
	return l.flush(l.buffer.Bytes())
}

func (l *chatLine) write(text string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.flush([]byte(text))
}

// flush sends at once. A caller who does not read is given up after a while, so that nobody holds an upstream by reading
// slowly.
func (l *chatLine) flush(b []byte) error {
	_ = l.control.SetWriteDeadline(time.Now().Add(liveWriteLimit)) // tests answer into buffers, which have none
	if _, err := l.c.Response().Write(b); err != nil {
		return err
	}
	return l.control.Flush()
}
