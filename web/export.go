package web

import (
	"net/http"
	"time"

	"github.com/guardroom/guardroom/internal/export"
	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views"
)

// exportChunk is how much of an export is gathered before it goes out, in bytes.
const exportChunk = 64 << 10

// exportCSV streams the Decisions that the filter means.
func (s *Server) exportCSV(c *call) error {
	filter, err := c.filter()
	if err != nil {
		return err
	}
	return s.exportNow(c, review.ExportAsk{Kind: review.ExportDecisions, Format: export.FormatCSV, Filter: filter})
}

// exportNow streams what is asked for; what is too much for that is asked for on a page.
// A failure before the first chunk is a proper answer, a later one breaks the connection
// off. Once rows have left, the audit chain says how many, whatever happened then.
func (s *Server) exportNow(c *call, ask review.ExportAsk) error {
	ctx := c.Request().Context()
	ask, err := s.Exports.Checked(ask)
	if err != nil {
		return err
	}
	large, err := s.Exports.Large(ctx, c.viewer, ask)
	if err != nil {
		return err
	}
	if large {
		return c.see(views.ExportsPath(ask))
	}
	if c.Request().Method == http.MethodHead {
		s.offer(c, ask, string(ask.Kind)+"-"+s.Clock().UTC().Format("20060102-150405")+"."+ask.Format)
		return c.NoContent(http.StatusOK)
	}
	going, err := s.Exports.Begin(ctx, c.viewer, c.viewer.Actor(), ask)
	if err != nil {
		return err
	}
	s.offer(c, ask, going.Export.File)
	c.Response().Header().Set("Link", "<"+views.ExportStep(going.Export.ID, views.StepManifest)+`>; rel="describedby"`)
	out := newChunks(c.Response())
	if _, err := going.Send(ctx, out, func() bool { return out.sent }); err != nil {
		return err
	}
	return out.flush()
}

// offer says that the answer is a file.
func (s *Server) offer(c *call, ask review.ExportAsk, name string) {
	h := c.Response().Header()
	h.Set("Content-Type", s.Exports.MediaType(ask))
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
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
