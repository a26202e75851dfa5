package web

import (
	"net/http"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views"
)

// confirmForm asks for the password once more.
func (s *Server) confirmForm(c *call) error {
	q, err := c.query()
	if err != nil {
		return err
	}
	return s.confirmPage(c, http.StatusOK, localPath(q.Get(views.FieldNext)), nil)
}

func (s *Server) confirmPage(c *call, status int, next string, problem *views.Problem) error {
	factors, err := s.Accounts.Factors(c.Request().Context(), c.viewer.User.ID)
	if err != nil {
		return err
	}
	shell, err := s.shell(c)
	if err != nil {
		return err
	}
	return c.page(status, views.Confirm(views.ConfirmPage{Shell: shell, Next: next, Code: factors.On(), Passkeys: len(factors.Passkeys) > 0, SignOn: s.loginPage(c, "").SignOn, Problem: problem}))
}

// confirm notes that the password, or a code, was given, and goes on.
func (s *Server) confirm(c *call) error {
	form, err := c.readForm()
	if err != nil {
		return err
	}
	next := localPath(form.Get(views.FieldNext))
	if err := s.checkAgain(c, form.Get(views.FieldPassword), form.Get(views.FieldCode)); err != nil {
		if problem := c.shownHere(err); problem != nil {
			return s.confirmPage(c, refusalOf(err).status, next, problem)
		}
		return err
	}
	if err := s.sessions.confirm(c); err != nil {
		return err
	}
	return c.see(s.afterLogin(c, next))
}

// checkAgain takes a code in the place of the password: who holds the phone, or a recovery
// code, is not somebody who found a browser open.
func (s *Server) checkAgain(c *call, password, code string) error {
	if password != "" || code == "" {
		return s.checkOwnPassword(c, password)
	}
	id := c.viewer.User.ID
	if err := s.throttleCode(c, id); err != nil {
		return err
	}
	err := s.Accounts.ConfirmByCode(c.Request().Context(), c.viewer, code)
	if err == nil {
		s.codes.forget(id)
	}
	return err
}

// checkOwnPassword is throttled as signing in is: a browser that was left open must not
// become a place to guess in.
func (s *Server) checkOwnPassword(c *call, password string) error {
	email := c.viewer.User.Email
	if err := s.throttle(c, email); err != nil {
		return err
	}
	err := s.Accounts.Confirm(c.Request().Context(), c.viewer, password)
	if err == nil {
		s.logins.succeeded(email)
	}
	return err
}

// invitation shows the form of a link.
func (s *Server) invitation(c *call) error {
	q, err := c.query()
	if err != nil {
		return err
	}
	token := q.Get(views.FieldToken)
	user, err := s.Accounts.Invited(c.Request().Context(), token)
	if err != nil {
		return s.refuseInvitation(c, token, err)
	}
	return c.page(http.StatusOK, views.Invitation(views.InvitationPage{Assets: s.Assets, User: &user, Token: token}))
}

// acceptInvitation keeps the password and signs its owner in.
func (s *Server) acceptInvitation(c *call) error {
	form, err := c.readForm()
	if err != nil {
		return err
	}
	token := form.Get(views.FieldToken)
	user, err := s.Accounts.Accept(c.Request().Context(), token, form.Get(views.FieldPassword))
	if err != nil {
		return s.refuseInvitation(c, token, err)
	}
	factors, err := s.Accounts.Factors(c.Request().Context(), user.ID)
	if err != nil {
		return err
	}
	return s.passedPassword(c, user, factors.On(), "") // a lost password is no lost phone
}

// refuseInvitation shows the form again while the link is good.
func (s *Server) refuseInvitation(c *call, token string, err error) error {
	problem := c.shownHere(err)
	if problem == nil {
		return err
	}
	page := views.InvitationPage{Assets: s.Assets, Token: token, Problem: problem}
	if user, invited := s.Accounts.Invited(c.Request().Context(), token); invited == nil {
		page.User = &user
	} else if review.CodeOf(invited) != review.CodeUnprocessable {
		return invited
	}
	return c.page(refusalOf(err).status, views.Invitation(page))
}
