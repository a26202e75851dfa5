package web

import (
	"net/http"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views"
)

// apps lists the Apps, with the form of a new one.
func (s *Server) apps(c *call) error { return s.appsPage(c, http.StatusOK, "", nil) }

func (s *Server) appsPage(c *call, status int, name string, problem *views.Problem) error {
	shell, err := s.shell(c)
	if err != nil {
		return err
	}
	return c.page(status, views.Apps(views.AppsPage{Shell: shell, Name: name, Problem: problem}))
}

// addApp makes an App with the default policy.
func (s *Server) addApp(c *call) error {
	form, err := c.readForm()
	if err != nil {
		return err
	}
	name := form.Get(views.FieldName)
	app, err := s.Accounts.AddApp(c.Request().Context(), c.viewer.Actor(), name)
	if err != nil {
		if problem := c.shownHere(err); problem != nil {
			return s.appsPage(c, refusalOf(err).status, name, problem)
		}
		return err
	}
	s.sessions.tell(c, didAddApp, nil)
	return c.see(views.AppPath(app.Name, ""))
}

// app shows the keys and members of an App.
func (s *Server) app(c *call) error {
	return s.appPage(c, http.StatusOK, views.AppPage{Form: views.NewKeyForm()})
}

// appPage fills the page in with how the App stands.
func (s *Server) appPage(c *call, status int, page views.AppPage) error {
	var err error
	if page.Admin, err = s.Accounts.AppAdmin(c.Request().Context(), c.viewer, c.appName()); err != nil {
		return err
	}
	if page.Shell, err = s.shell(c); err != nil {
		return err
	}
	return c.page(status, views.AppAdmin(page))
}

// mintKey makes a key and shows it, once.
func (s *Server) mintKey(c *call) error {
	values, err := c.readForm()
	if err != nil {
		return err
	}
	form, err := views.ParseKeyForm(c.appName(), values)
	var minted review.MintedKey
	if err == nil {
		minted, err = s.Accounts.MintKey(c.Request().Context(), c.viewer.Actor(), form)
	}
	return s.minted(c, minted, form, err)
}

// rotateKey makes a key in the place of another and shows it, once.
func (s *Server) rotateKey(c *call) error {
	id, err := c.object()
	if err != nil {
		return err
	}
	values, err := c.readForm()
	if err != nil {
		return err
	}
	overlap, err := views.ParseOverlap(values)
	var minted review.MintedKey
	if err == nil {
		minted, err = s.Accounts.RotateKey(c.Request().Context(), c.viewer, c.appName(), id, overlap)
	}
	return s.minted(c, minted, views.NewKeyForm(), err)
}

// minted shows a new key, or why there is none.
func (s *Server) minted(c *call, key review.MintedKey, form review.NewKey, err error) error {
	if err == nil {
		return s.appPage(c, http.StatusCreated, views.AppPage{Minted: &key, Form: views.NewKeyForm()})
	}
	if problem := c.shownHere(err); problem != nil {
		return s.appPage(c, refusalOf(err).status, views.AppPage{Form: form, Problem: problem})
	}
	return err
}

// revokeKey ends a key at once.
func (s *Server) revokeKey(c *call) error {
	id, err := c.object()
	if err == nil {
		err = s.Accounts.EndKey(c.Request().Context(), c.viewer, c.appName(), id)
	}
	if err != nil {
		if problem := c.shownHere(err); problem != nil {
			return s.appPage(c, refusalOf(err).status, views.AppPage{Form: views.NewKeyForm(), Problem: problem})
		}
		return err
	}
	s.sessions.tell(c, didRevokeKey, nil)
	return c.see(views.AppPath(c.appName(), ""))
}
