package web

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views"
)

// origin is that of our pages, which passkeys are bound to.
func (s *Server) origin(c *call) string { return s.absolute(c, "") }

// errNotAsked: the question is good once and for ten minutes.
var errNotAsked = review.Errorf(review.CodeUnprocessable, "That took too long, or was sent twice. Try again.")

// passkeyAnswer is what the browser said to what it was asked for the purpose.
func (s *Server) passkeyAnswer(c *call, purpose, answer string) (remember, said []byte, err error) {
	if answer == "" { // sent without the script
		return nil, nil, errNotAsked
	}
	remember, err = s.sessions.asked(c, purpose)
	if errors.Is(err, errSignedOut) {
		err = errNotAsked
	}
	return remember, []byte(answer), err
}

// askPasskey sends a question to the browser and remembers it.
func (s *Server) askPasskey(c *call, purpose string, ask, remember []byte, err error) error {
	if err == nil {
		err = s.sessions.asking(c, purpose, remember)
	}
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, ask)
}

// passkeyToAdd asks for a new one of the viewer's.
func (s *Server) passkeyToAdd(c *call) error {
	ask, remember, err := s.Accounts.BeginPasskey(c.Request().Context(), c.viewer, s.origin(c))
	return s.askPasskey(c, passkeyToAdd, ask, remember, err)
}

// addPasskey keeps the viewer's new one. With the first factor every session ends but this one, which goes on under a new
// token, and recovery codes are shown, once.
func (s *Server) addPasskey(c *call) error {
	form, err := c.readForm()
	if err != nil {
		return err
	}
	name := form.Get(views.FieldName)
	remember, answer, err := s.passkeyAnswer(c, passkeyToAdd, form.Get(views.FieldAnswer))
	var codes []string
	if err == nil {
		codes, err = s.Accounts.AddPasskey(c.Request().Context(), c.viewer, s.origin(c), name, remember, answer)
	}
	if err != nil {
		return s.refusePasskey(c, name, err)
	}
	if codes == nil {
		s.sessions.tell(c, didAddPasskey, nil)
		return c.see(views.PathSecurity)
	}
	if err := s.sessions.begin(c, c.viewer.User, true); err != nil {
		return err
	}
	c.strong = true
	return s.securityPage(c, http.StatusCreated, views.SecurityPage{Codes: codes})
}

func (s *Server) refusePasskey(c *call, name string, err error) error {
	problem := c.shownHere(err)
	if problem == nil {
		return err
	}
	return s.securityPage(c, refusalOf(err).status, views.SecurityPage{PasskeyName: name, Problem: problem})
}

// removePasskey takes one of the viewer's away.
func (s *Server) removePasskey(c *call) error {
	form, err := c.readForm()
	if err != nil {
		return err
	}
	if err := s.Accounts.RemovePasskey(c.Request().Context(), c.viewer, form.Get(views.FieldPasskey)); err != nil {
		return s.refuseSecurity(c, err)
	}
	factors, err := s.Accounts.Factors(c.Request().Context(), c.viewer.User.ID)
	if err != nil {
		return err
	}
	if c.strong && !factors.On() {
		if err := s.sessions.begin(c, c.viewer.User, false); err != nil {
			return err
		}
	}
	s.sessions.tell(c, didRemovePasskey, nil)
	return c.see(views.PathSecurity)
}

// passkeyToSignIn asks for the passkey of whoever is there; it tells nothing of who has one.
func (s *Server) passkeyToSignIn(c *call) error {
	if err := s.tooMany(s.logins.addresses.take(network(c.RealIP()))); err != nil {
		return err
	}
	ask, remember, err := s.Accounts.BeginPasskeySignIn(s.origin(c))
	return s.askPasskey(c, passkeyToSignIn, ask, remember, err)
}

// signInByPasskey signs in whoever holds one, in one step.
func (s *Server) signInByPasskey(c *call) error {
	form, err := c.readForm()
	if err != nil {
		return err
	}
	next := localPath(form.Get(views.FieldNext))
	user, err := s.passkeyOwner(c, form.Get(views.FieldAnswer))
	if err != nil {
		return s.refuseLogin(c, "", next, err)
	}
	return s.welcome(c, user, true, next)
}

func (s *Server) passkeyOwner(c *call, said string) (review.User, error) {
	if err := s.tooMany(s.logins.addresses.take(network(c.RealIP()))); err != nil {
		return review.User{}, err
	}
	remember, answer, err := s.passkeyAnswer(c, passkeyToSignIn, said)
	if err != nil {
		return review.User{}, review.Wrap(review.CodeUnauthenticated, err, errNotAsked.Error())
	}
	return s.Accounts.SignInByPasskey(c.Request().Context(), s.origin(c), remember, answer)
}

// passkeyToConfirm asks for a passkey in the place of the password.
func (s *Server) passkeyToConfirm(c *call) error {
	ask, remember, err := s.Accounts.BeginPasskeySignIn(s.origin(c))
	return s.askPasskey(c, passkeyToConfirm, ask, remember, err)
}

// confirmByPasskey notes that the viewer is there, and goes on.
func (s *Server) confirmByPasskey(c *call) error {
	form, err := c.readForm()
	if err != nil {
		return err
	}
	next := localPath(form.Get(views.FieldNext))
	remember, answer, err := s.passkeyAnswer(c, passkeyToConfirm, form.Get(views.FieldAnswer))
	if err == nil {
		err = s.Accounts.ConfirmByPasskey(c.Request().Context(), c.viewer, s.origin(c), remember, answer)
	}
	if err == nil {
		err = s.sessions.confirm(c)
	}
	if err != nil {
		if problem := c.shownHere(err); problem != nil {
			return s.confirmPage(c, refusalOf(err).status, next, problem)
		}
		return err
	}
	return c.see(s.afterLogin(c, next))
}
