package web

import (
	"net/http"

	"github.com/guardroom/guardroom/views"
)

// security shows by what the viewer signs in.
func (s *Server) security(c *call) error {
	return s.securityPage(c, http.StatusOK, views.SecurityPage{})
}

func (s *Server) securityPage(c *call, status int, page views.SecurityPage) error {
	shell, err := s.shell(c)
	if err != nil {
		return err
	}
	page.Shell = shell
	return c.page(status, views.Security(page))
}

// refuseSecurity shows the page again when the person can mend what was refused.
func (s *Server) refuseSecurity(c *call, err error) error {
	problem := c.shownHere(err)
	if problem == nil {
		return err
	}
	return s.securityPage(c, refusalOf(err).status, views.SecurityPage{Problem: problem})
}

// changePassword ends every session of the person and begins a new one here.
func (s *Server) changePassword(c *call) error {
	form, err := c.readForm()
	if err != nil {
		return err
	}
	if err := s.checkOwnPassword(c, form.Get(views.FieldPassword)); err != nil {
		return s.refuseSecurity(c, err)
	}
	user, err := s.Accounts.ChangePassword(c.Request().Context(), c.viewer, form.Get(views.FieldNewPassword))
	if err != nil {
		return s.refuseSecurity(c, err)
	}
	if err := s.sessions.begin(c, user); err != nil {
		return err
	}
	s.sessions.tell(c, didPassword, nil)
	return c.see(views.PathSecurity)
}
