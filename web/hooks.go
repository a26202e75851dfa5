package web

import (
	"context"
	"net/http"
	"strconv"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views"
)

// hooks lists the webhooks of the viewer's Apps.
func (s *Server) hooks(c *call) error {
	lists, err := s.Webhooks.Lists(c.Request().Context(), c.viewer)
	if err != nil {
		return err
	}
	shell, err := s.shell(c)
	if err != nil {
		return err
	}
	return c.page(http.StatusOK, views.Hooks(views.HooksPage{Shell: shell, Lists: lists}))
}

// hookList shows the webhooks of an App, with the form of a new one.
func (s *Server) hookList(c *call) error {
	return s.hookListPage(c, http.StatusOK, views.HookListPage{Form: review.WebhookRequest{Topics: review.WebhookTopics()}})
}

func (s *Server) hookListPage(c *call, status int, page views.HookListPage) error {
	var err error
	if page.List, err = s.Webhooks.ListOf(c.Request().Context(), c.viewer, c.appName()); err != nil {
		return err
	}
	if page.Shell, err = s.shell(c); err != nil {
		return err
	}
	return c.page(status, views.HookList(page))
}

// addHook makes a webhook and shows its secret, once.
func (s *Server) addHook(c *call) error {
	owner, err := c.viewer.HookOwner(c.appName())
	if err != nil {
		return err
	}
	values, err := c.readForm()
	if err != nil {
		return err
	}
	form, err := views.ParseHook(values)
	var hook review.Webhook
	var secret string
	if err == nil {
		hook, secret, err = s.Webhooks.Add(c.Request().Context(), owner, form)
	}
	if err != nil {
		if problem := c.shownHere(err); problem != nil {
			return s.hookListPage(c, refusalOf(err).status, views.HookListPage{Form: form, Problem: problem})
		}
		return err
	}
	return s.hookPage(c, http.StatusCreated, review.DeliveryQuery{WebhookID: hook.ID}, views.HookPage{Secret: secret, Added: true})
}

// hook shows a webhook and its log.
func (s *Server) hook(c *call) error {
	id, err := c.object()
	if err != nil {
		return err
	}
	values, err := c.query()
	if err != nil {
		return err
	}
	q, err := views.ParseHookLog(id, values)
	if err != nil {
		return err
	}
	return s.hookPage(c, http.StatusOK, q, views.HookPage{})
}

func (s *Server) hookPage(c *call, status int, q review.DeliveryQuery, page views.HookPage) error {
	var err error
	if page.Log, err = s.Webhooks.Log(c.Request().Context(), c.viewer, c.appName(), q); err != nil {
		return err
	}
	if page.Shell, err = s.shell(c); err != nil {
		return err
	}
	return c.page(status, views.Hook(page))
}

// refuseHook answers what could not be done to a webhook, with its page.
func (s *Server) refuseHook(c *call, id string, err error) error {
	if problem := c.shownHere(err); problem != nil {
		return s.hookPage(c, refusalOf(err).status, review.DeliveryQuery{WebhookID: id}, views.HookPage{Problem: problem})
	}
	return err
}

// hook is whose webhook the path names, and its id.
func (c *call) hook() (owner review.HookOwner, id string, err error) {
	if id, err = c.object(); err != nil {
		return owner, id, err
	}
	owner, err = c.viewer.HookOwner(c.appName())
	return owner, id, err
}

// onHook does something to the webhook of the path, says so and leads back to it.
func (s *Server) onHook(c *call, did outcome, do func(ctx context.Context, owner review.HookOwner, id string) error) error {
	owner, id, err := c.hook()
	if err != nil {
		return err
	}
	if err := do(c.Request().Context(), owner, id); err != nil {
		return s.refuseHook(c, id, err)
	}
	s.sessions.tell(c, did, nil)
	return c.see(views.HookPath(c.appName(), id, ""))
}

// setHookTopics says of what a webhook is told.
func (s *Server) setHookTopics(c *call) error {
	values, err := c.readForm()
	if err != nil {
		return err
	}
	return s.onHook(c, didHookTopics, func(ctx context.Context, owner review.HookOwner, id string) error {
		return s.Webhooks.SetTopics(ctx, owner, id, values[views.FieldTopics])
	})
}

func (s *Server) pauseHook(c *call) error  { return s.onHook(c, didHookPause, s.Webhooks.Pause) }
func (s *Server) resumeHook(c *call) error { return s.onHook(c, didHookResume, s.Webhooks.Resume) }
func (s *Server) testHook(c *call) error   { return s.onHook(c, didHookTest, s.Webhooks.Test) }
func (s *Server) endHook(c *call) error    { return s.onHook(c, didHookEnd, s.Webhooks.End) }

// replayHook has everything that is dead tried again.
func (s *Server) replayHook(c *call) error {
	return s.onHook(c, didHookReplay, func(ctx context.Context, owner review.HookOwner, id string) error {
		_, err := s.Webhooks.ReplayDead(ctx, owner, id)
		return err
	})
}

// rotateHook makes a new secret and shows it, once.
func (s *Server) rotateHook(c *call) error {
	owner, id, err := c.hook()
	if err != nil {
		return err
	}
	secret, _, err := s.Webhooks.Rotate(c.Request().Context(), owner, id)
	if err != nil {
		return s.refuseHook(c, id, err)
	}
	return s.hookPage(c, http.StatusCreated, review.DeliveryQuery{WebhookID: id}, views.HookPage{Secret: secret})
}

// delivery is the number of a delivery in the path.
func (c *call) delivery() (int64, error) {
	number, err := strconv.ParseInt(c.Param("delivery"), 10, 64)
	if err != nil {
		return 0, review.Errorf(review.CodeNotFound, "there is nothing with this id")
	}
	return number, nil
}

// hookDelivery shows one delivery with its attempts.
func (s *Server) hookDelivery(c *call) error { return s.deliveryPage(c, http.StatusOK, nil) }

func (s *Server) deliveryPage(c *call, status int, problem *views.Problem) error {
	id, err := c.object()
	if err != nil {
		return err
	}
	number, err := c.delivery()
	if err != nil {
		return err
	}
	view, err := s.Webhooks.Delivery(c.Request().Context(), c.viewer, c.appName(), id, number)
	if err != nil {
		return err
	}
	shell, err := s.shell(c)
	if err != nil {
		return err
	}
	return c.page(status, views.Delivery(views.DeliveryPage{Shell: shell, View: view, Problem: problem}))
}

// replayHookDelivery has one delivery tried again.
func (s *Server) replayHookDelivery(c *call) error {
	number, err := c.delivery()
	if err != nil {
		return err
	}
	owner, id, err := c.hook()
	if err != nil {
		return err
	}
	if err := s.Webhooks.Replay(c.Request().Context(), owner, id, number); err != nil {
		if problem := c.shownHere(err); problem != nil {
			return s.deliveryPage(c, refusalOf(err).status, problem)
		}
		return err
	}
	s.sessions.tell(c, didHookReplay, nil)
	return c.see(views.DeliveryPath(c.appName(), id, number, ""))
}
