package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// exportChunk is how much of an export is gathered before it goes out, in bytes.
const exportChunk = 64 << 10

// exportCSV streams the Decisions that the filter means. A failure before the first
// chunk is a proper answer, a later one breaks the connection off. Once rows have left,
// the audit chain says how many, whatever happened then.
func (s *Server) exportCSV(c *call) error {
	filter, err := c.filter()
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	rows, err := s.Service.Decisions(ctx, c.viewer, filter)
	if err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set("Content-Type", "text/csv; charset=utf-8; header=present")
	h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="decisions-%s.csv"`, s.Clock().UTC().Format("20060102-150405")))
	if c.Request().Method == http.MethodHead {
		return c.NoContent(http.StatusOK)
	}
	out := newChunks(c.Response())
	n, err := s.CSV(out, rows)
	if err == nil || out.sent {
		err = errors.Join(err, s.Service.RecordExport(context.WithoutCancel(ctx), c.viewer.Actor(), n, "csv"))
	}
	if err != nil {
		return err
	}
	return out.flush()
}

// chunks gathers what is written and sends it in large pieces, each with its own time
// to arrive.
type chunks struct {
	w       http.ResponseWriter
	control *http.ResponseController
	buffer  []byte
	sent    bool
}

func newChunks(w http.ResponseWriter) *chunks {
	return &chunks{w: w, control: http.NewResponseController(w), buffer: make([]byte, 0, exportChunk+4096)}
}

func (k *chunks) Write(b []byte) (int, error) {
	k.buffer = append(k.buffer, b...)
	if len(k.buffer) < exportChunk {
		return len(b), nil
	}
	return len(b), k.flush()
}

func (k *chunks) flush() error {
	// A writer without deadlines or flushing is a test's; there is nothing to set.
	_ = k.control.SetWriteDeadline(time.Now().Add(writeTimeout))
	k.sent = true
	if _, err := k.w.Write(k.buffer); err != nil {
		return err
	}
	k.buffer = k.buffer[:0]
	_ = k.control.Flush()
	return nil
}
