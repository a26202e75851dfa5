package web

import (
	"net/http"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views"
)

// preview shows an Item to be read: nothing is taken, and nothing can be done with it.
func (s *Server) preview(c *call) error {
	id, err := c.object()
	if err != nil {
		return err
	}
	q, err := c.query()
	if err != nil {
		return err
	}
	shell, err := s.shell(c)
	if err != nil {
		return err
	}
	page, err := s.previewOf(c, shell, id, parseFrom(q.Get(views.FieldFrom)))
	if err != nil {
		return err
	}
	return c.page(http.StatusOK, views.Preview(*page))
}

// previewOf reads an Item as its own page would show it to the viewer now: blind and
// masked where that is.
func (s *Server) previewOf(c *call, shell views.Shell, id string, from review.Filter) (*views.ItemPage, error) {
	view, err := s.viewItem(c, id, false)
	if err != nil {
		return nil, err
	}
	return &views.ItemPage{
		Shell: shell, View: view, Specs: s.Service.Specs(), From: from,
		Decoded: s.Decode(view.Interaction.Content, view.Assessment.Findings),
	}, nil
}

// showPreview shows previews beside the list from now on, or no longer.
func (s *Server) showPreview(c *call) error {
	form, err := c.readForm()
	if err != nil {
		return err
	}
	wanted := c.viewer.User.Preferences
	wanted.Preview = form.Get(views.FieldShown) != ""
	if err := s.Accounts.SavePreferences(c.Request().Context(), c.viewer, wanted); err != nil {
		return err
	}
	return c.see(views.QueuePath(parseFrom(form.Get(views.FieldFrom)), nil))
}
