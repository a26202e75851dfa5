package web

import (
	"net/http"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views"
)

// security shows by what the viewer signs in.
func (s *Server) security(c *call) error {
	return s.securityPage(c, http.StatusOK, views.SecurityPage{})
}

func (s *Server) securityPage(c *call, status int, page views.SecurityPage) (err error) {
	page.Owes, page.TakesPasskeys = s.owesFactor(c), s.Accounts.TakesPasskeys(s.origin(c))
	if page.Factors, err = s.Accounts.Factors(c.Request().Context(), c.viewer.User.ID); err != nil {
		return err
	}
	if page.Shell, err = s.shell(c); err != nil {
		return err
	}
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
	if err := s.sessions.begin(c, user, c.strong); err != nil {
		return err
	}
	s.sessions.tell(c, didPassword, nil)
	return c.see(views.PathSecurity)
}

// beginTOTP makes a secret for an authenticator app and shows it on a page of its own.
func (s *Server) beginTOTP(c *call) error {
	if err := s.Accounts.BeginTOTP(c.Request().Context(), c.viewer); err != nil {
		return s.refuseSecurity(c, err)
	}
	return c.see(views.PathTOTP)
}

// totpForm shows the secret, and asks for the first code.
func (s *Server) totpForm(c *call) error { return s.totpPage(c, http.StatusOK, nil) }

func (s *Server) totpPage(c *call, status int, problem *views.Problem) error {
	setup, err := s.Accounts.TOTPSetup(c.Request().Context(), c.viewer)
	if review.CodeOf(err) == review.CodeNotFound && !c.wantsJSON() {
		return c.see(views.PathSecurity)
	}
	if err != nil {
		return err
	}
	shell, err := s.shell(c)
	if err != nil {
		return err
	}
	return c.page(status, views.TOTP(views.TOTPPage{Shell: shell, Setup: setup, Problem: problem}))
}

// confirmTOTP takes the first code, ends every session but this one, which goes on under
// a new token, and shows the recovery codes, once.
func (s *Server) confirmTOTP(c *call) error {
	form, err := c.readForm()
	if err != nil {
		return err
	}
	if err := s.throttleCode(c, c.viewer.User.ID); err != nil {
		return err
	}
	codes, err := s.Accounts.ConfirmTOTP(c.Request().Context(), c.viewer, form.Get(views.FieldCode))
	if err != nil {
		problem := c.shownHere(err)
		if problem == nil {
			return err
		}
		return s.totpPage(c, refusalOf(err).status, problem)
	}
	s.codes.forget(c.viewer.User.ID)
	if err := s.sessions.begin(c, c.viewer.User, true); err != nil {
		return err
	}
	c.strong = true
	return s.securityPage(c, http.StatusCreated, views.SecurityPage{Codes: codes})
}

// removeTOTP lets the viewer sign in without a code again.
func (s *Server) removeTOTP(c *call) error {
	if err := s.Accounts.RemoveTOTP(c.Request().Context(), c.viewer); err != nil {
		return s.refuseSecurity(c, err)
	}
	if err := s.sessions.begin(c, c.viewer.User, false); err != nil {
		return err
	}
	s.sessions.tell(c, didRemoveFactor, nil)
	return c.see(views.PathSecurity)
}

// renewCodes makes recovery codes anew and shows them, once.
func (s *Server) renewCodes(c *call) error {
	codes, err := s.Accounts.RenewRecoveryCodes(c.Request().Context(), c.viewer)
	if err != nil {
		return s.refuseSecurity(c, err)
	}
	return s.securityPage(c, http.StatusCreated, views.SecurityPage{Codes: codes})
}
