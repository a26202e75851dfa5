package web

import (
	"net/http"
	"net/url"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views"
)

// savedViews shows the lists that the viewer has named or has from others.
func (s *Server) savedViews(c *call) error {
	shell, err := s.shell(c)
	if err != nil {
		return err
	}
	return c.page(http.StatusOK, views.SavedViews(views.SavedViewsPage{Shell: shell}))
}

// saveView names a list and goes there. A filter that cannot be read has no name.
func (s *Server) saveView(c *call) error {
	form, err := c.readForm()
	if err != nil {
		return err
	}
	filter, err := readFrom(form)
	if err != nil {
		return err
	}
	if _, err := s.Service.SaveView(c.Request().Context(), c.viewer, form.Get(views.FieldName), views.SavedQuery(filter)); err != nil {
		return s.refuseView(c, form, filter, err)
	}
	s.sessions.tell(c, didSaveView, nil)
	return c.see(views.QueuePath(filter, nil))
}

// readFrom reads the list that a form names, and refuses one that is none.
func readFrom(form url.Values) (review.Filter, error) {
	values, err := url.ParseQuery(form.Get(views.FieldFrom))
	if err != nil {
		return review.Filter{}, wrongField(views.FieldFrom, "is no list")
	}
	if err := cleanValues(values); err != nil {
		return review.Filter{}, err
	}
	return views.ParseFilter(values)
}

// renameView, beginWith, shareView and deleteView change one view and show them all.
func (s *Server) renameView(c *call) error {
	return s.changeView(c, didSaveView, func(form url.Values) error {
		return s.Service.RenameView(c.Request().Context(), c.viewer, form.Get(views.FieldView), form.Get(views.FieldName))
	})
}

func (s *Server) beginWith(c *call) error {
	return s.changeView(c, didPrefer, func(form url.Values) error {
		return s.Service.BeginWith(c.Request().Context(), c.viewer, form.Get(views.FieldView))
	})
}

func (s *Server) deleteView(c *call) error {
	return s.changeView(c, didDeleteView, func(form url.Values) error {
		return s.Service.DeleteView(c.Request().Context(), c.viewer, form.Get(views.FieldView))
	})
}

func (s *Server) shareView(c *call) error {
	return s.changeView(c, didShareView, func(form url.Values) error {
		id, app := form.Get(views.FieldView), form.Get("app")
		if err := s.checkSharing(c, id, app); err != nil {
			return err
		}
		return s.Service.ShareView(c.Request().Context(), c.viewer, id, app)
	})
}

// checkSharing refuses to share a list of one App's Items with the people of another.
func (s *Server) checkSharing(c *call, id, app string) error {
	all, err := s.Service.SavedViews(c.Request().Context(), c.viewer)
	if err != nil || app == "" {
		return err
	}
	for _, view := range all {
		if view.ID != id {
			continue
		}
		filter, err := views.SavedFilter(c.viewer, view)
		if err != nil {
			return err
		}
		if filter.App != "" && filter.App != app {
			return wrongField("app", "is not the one whose items the view lists")
		}
	}
	return nil
}

func (s *Server) changeView(c *call, did outcome, change func(url.Values) error) error {
	form, err := c.readForm()
	if err != nil {
		return err
	}
	if err := change(form); err != nil {
		return s.refuseView(c, nil, review.Filter{}, err)
	}
	if c.wantsJSON() {
		return c.NoContent(http.StatusNoContent)
	}
	s.sessions.tell(c, did, nil)
	return c.see(views.PathViews)
}

// refuseView answers what could not be done, with what was typed.
func (s *Server) refuseView(c *call, form url.Values, from review.Filter, err error) error {
	code := review.CodeOf(err)
	if c.wantsJSON() || code != review.CodeConflict && code != review.CodeUnprocessable {
		return err
	}
	shell, failed := s.shell(c)
	if failed != nil {
		return failed
	}
	r := refusalOf(err)
	c.refused = err
	return c.page(r.status, views.SavedViews(views.SavedViewsPage{Shell: shell, From: from, Draft: form.Get(views.FieldName), Problem: r.asProblem()}))
}
