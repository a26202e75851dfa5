package web

import (
	"io"
	"net/http"
	"net/url"
	"strconv"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views"
)

// exports lists what the viewer asked for, and offers to ask for what the address says.
func (s *Server) exports(c *call) error {
	q, err := c.query()
	if err != nil {
		return err
	}
	ask, err := s.askedIn(q)
	if err != nil {
		return err
	}
	return s.exportsPage(c, http.StatusOK, ask, nil)
}

// askedIn reads an ask from a query or a form; nil when there is none in it.
func (s *Server) askedIn(values url.Values) (*review.ExportAsk, error) {
	ask, err := views.ParseExport(values)
	if err != nil || ask == nil {
		return nil, err
	}
	checked, err := s.Exports.Checked(*ask)
	return &checked, err
}

func (s *Server) exportsPage(c *call, status int, ask *review.ExportAsk, problem *views.Problem) error {
	list, err := s.Service.Exports(c.Request().Context(), c.viewer)
	if err != nil {
		return err
	}
	shell, err := s.shell(c)
	if err != nil {
		return err
	}
	if ask != nil && !c.viewer.May(ask.Permission()) {
		ask = nil
	}
	return c.page(status, views.Exports(views.ExportsPage{Shell: shell, Exports: list, Ask: ask, Problem: problem}))
}

// askExport wants a file to be made in the background.
func (s *Server) askExport(c *call) error {
	form, err := c.readForm()
	if err != nil {
		return err
	}
	query, err := url.ParseQuery(form.Get(views.FieldFrom))
	if err != nil {
		return wrongField(views.FieldFrom, "is no export")
	}
	if err := cleanValues(query); err != nil {
		return err
	}
	ask, err := s.askedIn(query)
	if err == nil && ask == nil {
		err = wrongField(views.FieldFrom, "is no export")
	}
	if err != nil {
		return err
	}
	if _, err := s.Service.AskExport(c.Request().Context(), c.viewer, *ask); err != nil {
		return s.refuseExport(c, ask, err)
	}
	s.sessions.tell(c, didAskExport, nil)
	return c.see(views.PathExports)
}

// refuseExport answers what could not be done, with the list.
func (s *Server) refuseExport(c *call, ask *review.ExportAsk, err error) error {
	if c.wantsJSON() || review.CodeOf(err) != review.CodeConflict {
		return err
	}
	r := refusalOf(err)
	c.refused = err
	return s.exportsPage(c, r.status, ask, r.asProblem())
}

// exportFile sends a file that was made before to whom it is for.
func (s *Server) exportFile(c *call) error {
	id, err := c.object()
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	if c.Request().Method == http.MethodHead {
		e, err := s.Service.LookExport(ctx, c.viewer, id)
		if err != nil {
			return err
		}
		s.offerFile(c, e)
		return c.NoContent(http.StatusOK)
	}
	e, file, err := s.Exports.Take(ctx, c.viewer, id)
	if err != nil {
		return err
	}
	defer file.Close()
	s.offerFile(c, e)
	out := newChunks(c.Response())
	if _, err := io.Copy(out, file); err != nil {
		return err
	}
	return out.flush()
}

func (s *Server) offerFile(c *call, e review.Export) {
	s.offer(c, e.Ask, e.File)
	h := c.Response().Header()
	h.Set("Content-Length", strconv.FormatInt(e.Bytes, 10))
	h.Set("Link", "<"+views.ExportStep(e.ID, views.StepManifest)+`>; rel="describedby"`)
}

// exportManifest sends the signed statement about an export.
func (s *Server) exportManifest(c *call) error {
	id, err := c.object()
	if err != nil {
		return err
	}
	e, text, err := s.Exports.Manifest(c.Request().Context(), c.viewer, id)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Content-Disposition", `attachment; filename="`+e.File+`.manifest.json"`)
	return c.Blob(http.StatusOK, "application/json", text)
}

// deleteExport stops an export, or removes its file.
func (s *Server) deleteExport(c *call) error {
	id, err := c.object()
	if err != nil {
		return err
	}
	if err := s.Exports.Delete(c.Request().Context(), c.viewer, id); err != nil {
		return s.refuseExport(c, nil, err)
	}
	s.sessions.tell(c, didDeleteExport, nil)
	return c.see(views.PathExports)
}
