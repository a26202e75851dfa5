package web

import (
	"crypto/subtle"
	"errors"
	"net/http"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views"
)

var errNoSignOn = review.Errorf(review.CodeNotFound, "there is no single sign-on here")

// signOn sends the browser to the provider. It is a link and no form: the policy of our pages lets
// no form lead elsewhere.
func (s *Server) signOn(c *call) error {
	if s.SignOn == nil {
		return errNoSignOn
	}
	q, err := c.query()
	if err != nil {
		return err
	}
	next := localPath(q.Get(views.FieldNext))
	address, attempt, err := s.goToProvider(c)
	if err == nil {
		err = s.sessions.away(c, attempt, next)
	}
	if err != nil {
		return s.refuseLogin(c, "", next, err)
	}
	return c.see(address)
}

// goToProvider asks who is signed in already to prove themselves anew.
func (s *Server) goToProvider(c *call) (string, review.SSOAttempt, error) {
	if err := s.tooMany(s.logins.addresses.take(network(c.RealIP()))); err != nil {
		return "", review.SSOAttempt{}, err
	}
	again := s.identify(c) == nil
	return s.SignOn.Begin(s.absolute(c, views.PathSignOnBack), again)
}

// signedOn takes up who comes back from the provider.
func (s *Server) signedOn(c *call) error {
	if s.SignOn == nil {
		return errNoSignOn
	}
	attempt, next, err := s.sessions.back(c)
	if err != nil {
		return err
	}
	identity, err := s.proved(c, attempt)
	if err != nil {
		return s.refuseLogin(c, "", next, err)
	}
	user, err := s.Accounts.SignInBySSO(c.Request().Context(), identity)
	if err != nil {
		if review.CodeOf(err) == review.CodeForbidden {
			return s.refuseSignOn(c, next, err)
		}
		return s.refuseLogin(c, "", next, err)
	}
	return s.welcome(c, user, true, next) // how many factors it takes is the provider's to say
}

// proved checks that the answer belongs to this browser, and redeems it.
func (s *Server) proved(c *call, attempt review.SSOAttempt) (review.SSOIdentity, error) {
	none := review.SSOIdentity{}
	q, err := c.query()
	if err != nil {
		return none, err
	}
	unproved := func(why string) error {
		return review.Wrap(review.CodeUnauthenticated, errors.New(why), "Single sign-on did not prove who you are. Start over.")
	}
	if subtle.ConstantTimeCompare([]byte(q.Get("state")), []byte(attempt.State)) != 1 {
		s.Metrics.blocked("sso_state")
		return none, unproved("the state is another")
	}
	if q.Get("error") != "" || q.Get("code") == "" {
		return none, unproved("the provider said no")
	}
	return s.SignOn.Finish(c.Request().Context(), attempt, s.absolute(c, views.PathSignOnBack), q.Get("code"))
}

// refuseSignOn tells somebody whom the provider knows that they may not come in.
func (s *Server) refuseSignOn(c *call, next string, err error) error {
	if c.wantsJSON() {
		return err
	}
	c.refused = err
	page := s.loginPage(c, next)
	page.Problem = refusalOf(err).asProblem()
	return c.page(http.StatusForbidden, views.Login(page))
}
