package web

import (
	"net/http"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views"
)

// people lists everybody, with the form of an invitation.
func (s *Server) people(c *call) error {
	return s.peoplePage(c, http.StatusOK, review.NewUser{}, nil)
}

func (s *Server) peoplePage(c *call, status int, form review.NewUser, problem *views.Problem) error {
	q, err := c.query()
	if err != nil {
		return err
	}
	from := q.Get(views.ParamBefore)
	people, next, err := s.Accounts.People(c.Request().Context(), c.viewer, from)
	if err != nil {
		return err
	}
	shell, err := s.shell(c)
	if err != nil {
		return err
	}
	return c.page(status, views.People(views.PeoplePage{Shell: shell, People: people, Paged: from != "", Next: next, Form: form, Problem: problem}))
}

// invite adds a person and shows the link for them, once.
func (s *Server) invite(c *call) error {
	values, err := c.readForm()
	if err != nil {
		return err
	}
	form := views.ParseInvitee(values)
	user, token, err := s.Accounts.Invite(c.Request().Context(), c.viewer, form)
	if err != nil {
		if problem := c.shownHere(err); problem != nil {
			return s.peoplePage(c, refusalOf(err).status, form, problem)
		}
		return err
	}
	return s.personPage(c, http.StatusCreated, user.ID, s.invitationURL(c, token), nil)
}

// shownHere is what a form says of a refusal that the person can mend; nil when the
// refusal is for the page of errors. The log gets it either way.
func (c *call) shownHere(err error) *views.Problem {
	code := review.CodeOf(err)
	if c.wantsJSON() || code != review.CodeConflict && code != review.CodeUnprocessable {
		return nil
	}
	c.refused = err
	return refusalOf(err).asProblem()
}

// invitationURL is the whole address of a link.
func (s *Server) invitationURL(c *call, token string) string {
	return s.absolute(c, views.InvitationPath(token))
}

// person shows one person.
func (s *Server) person(c *call) error {
	id, err := c.object()
	if err != nil {
		return err
	}
	return s.personPage(c, http.StatusOK, id, "", nil)
}

func (s *Server) personPage(c *call, status int, id, link string, problem *views.Problem) error {
	person, err := s.Accounts.Person(c.Request().Context(), c.viewer, id)
	if err != nil {
		return err
	}
	sessions, err := s.sessions.of(c.Request().Context(), id)
	if err != nil {
		return err
	}
	factors, err := s.Accounts.Factors(c.Request().Context(), id)
	if err != nil {
		return err
	}
	shell, err := s.shell(c)
	if err != nil {
		return err
	}
	return c.page(status, views.PersonAdmin(views.PersonPage{Shell: shell, Person: person, Factors: factors, Sessions: sessions, Link: link, Problem: problem}))
}

// personStep reads the form of a step, takes the step, and shows the person again.
func (s *Server) personStep(c *call, take func(id string, form map[string]string) (outcome, error)) error {
	id, err := c.object()
	if err != nil {
		return err
	}
	values, err := c.readForm()
	if err != nil {
		return err
	}
	form := map[string]string{}
	for name := range values {
		form[name] = values.Get(name)
	}
	did, err := take(id, form)
	if err != nil {
		if problem := c.shownHere(err); problem != nil {
			return s.personPage(c, refusalOf(err).status, id, "", problem)
		}
		return err
	}
	s.sessions.tell(c, did, nil)
	return c.see(views.PersonPath(id, ""))
}

// setRole gives a person another role.
func (s *Server) setRole(c *call) error {
	return s.personStep(c, func(id string, form map[string]string) (outcome, error) {
		return didRole, s.Accounts.SetRole(c.Request().Context(), c.viewer, id, review.Role(form[views.FieldRole]))
	})
}

// setAccess lets a person in, or not any more.
func (s *Server) setAccess(c *call) error {
	return s.personStep(c, func(id string, form map[string]string) (outcome, error) {
		on, err := switched(form, views.FieldAccess)
		switch {
		case err != nil:
			return "", err
		case on:
			return didEnable, s.Accounts.Enable(c.Request().Context(), c.viewer, id)
		}
		return didDisable, s.Accounts.Disable(c.Request().Context(), c.viewer, id)
	})
}

// switched reads on or off.
func switched(form map[string]string, field string) (bool, error) {
	switch form[field] {
	case views.AccessOn:
		return true, nil
	case views.AccessOff:
		return false, nil
	}
	return false, review.Unprocessable([]review.FieldError{{Field: field, Message: "must be on or off"}})
}

// endSessions signs a person out, everywhere or in one place.
func (s *Server) endSessions(c *call) error {
	return s.personStep(c, func(id string, form map[string]string) (outcome, error) {
		return didEndSessions, s.Accounts.SignOut(c.Request().Context(), c.viewer, id, form[views.FieldMark])
	})
}

// setMembership makes a person a member of an App, or ends that.
func (s *Server) setMembership(c *call) error {
	return s.personStep(c, func(id string, form map[string]string) (outcome, error) {
		on, err := switched(form, views.FieldMember)
		app := form[views.FieldApps]
		switch {
		case err != nil:
			return "", err
		case app == "":
			return "", review.Unprocessable([]review.FieldError{{Field: views.FieldApps, Message: "choose an App"}})
		case on:
			return didJoin, s.Accounts.Join(c.Request().Context(), c.viewer, id, app)
		}
		return didLeave, s.Accounts.Leave(c.Request().Context(), c.viewer, id, app)
	})
}

// newLink makes a link by which a person chooses a new password, and shows it once.
func (s *Server) newLink(c *call) error {
	id, err := c.object()
	if err != nil {
		return err
	}
	token, err := s.Accounts.Link(c.Request().Context(), c.viewer, id)
	if err != nil {
		if problem := c.shownHere(err); problem != nil {
			return s.personPage(c, refusalOf(err).status, id, "", problem)
		}
		return err
	}
	return s.personPage(c, http.StatusCreated, id, s.invitationURL(c, token), nil)
}

// endOwnSession signs the viewer out in one place, or everywhere.
func (s *Server) endOwnSession(c *call) error {
	form, err := c.readForm()
	if err != nil {
		return err
	}
	if err := s.Accounts.SignOut(c.Request().Context(), c.viewer, c.viewer.User.ID, form.Get(views.FieldMark)); err != nil {
		return err
	}
	s.sessions.tell(c, didEndSessions, nil)
	return c.see(views.PathAccount) // which asks who it is when this session has ended, too
}

// resetFactors takes away the second factor that a person has lost.
func (s *Server) resetFactors(c *call) error {
	return s.personStep(c, func(id string, _ map[string]string) (outcome, error) {
		return didResetFactors, s.Accounts.ResetFactors(c.Request().Context(), c.viewer, id)
	})
}
