package web

import (
	"net/http"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views"
)

// inbox shows what the viewer was told.
func (s *Server) inbox(c *call) error {
	q, err := c.query()
	if err != nil {
		return err
	}
	entries, err := s.Service.Inbox(c.Request().Context(), c.viewer, q.Get(views.ParamBefore))
	if err != nil {
		return err
	}
	shell, err := s.shell(c)
	if err != nil {
		return err
	}
	page := views.InboxPage{Shell: shell, Entries: entries, Paged: q.Get(views.ParamBefore) != ""}
	if len(entries) == review.InboxPageSize {
		page.Next = entries[len(entries)-1].ID
	}
	return c.page(http.StatusOK, views.Inbox(page))
}

// readInbox marks an entry as read and goes to its Item, or marks all.
func (s *Server) readInbox(c *call) error {
	values, err := c.readForm()
	if err != nil {
		return err
	}
	if err := s.Service.ReadInbox(c.Request().Context(), c.viewer, values.Get(views.FieldEntry)); err != nil {
		return err
	}
	if c.wantsJSON() {
		return c.NoContent(http.StatusNoContent)
	}
	return c.see(views.PathInbox)
}
