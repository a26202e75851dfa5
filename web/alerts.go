package web

import (
	"net/http"
	"strconv"
	"time"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views"
)

// alertOverview lists the viewer's Apps with what is open.
func (s *Server) alertOverview(c *call) error {
	apps, err := s.Alerts.AlertOverview(c.Request().Context(), c.viewer)
	if err != nil {
		return err
	}
	shell, err := s.shell(c)
	if err != nil {
		return err
	}
	return c.page(http.StatusOK, views.AlertOverview(views.AlertOverviewPage{Shell: shell, Apps: apps}))
}

// alerts shows what was raised about an App, its rules and who is told.
func (s *Server) alerts(c *call) error { return s.alertsPage(c, http.StatusOK, views.AlertsPage{}) }

func (s *Server) alertsPage(c *call, status int, p views.AlertsPage) (err error) {
	if p.View, err = s.Alerts.AlertsOf(c.Request().Context(), c.viewer, c.appName()); err != nil {
		return err
	}
	if p.Shell, err = s.shell(c); err != nil {
		return err
	}
	p.Specs = s.Service.Specs()
	return c.page(status, views.Alerts(p))
}

// newAlertRule shows the form of a rule.
func (s *Server) newAlertRule(c *call) error {
	return s.rulePage(c, http.StatusOK, views.AlertRulePage{Form: views.NewAlertRuleForm()})
}

func (s *Server) rulePage(c *call, status int, p views.AlertRulePage) (err error) {
	if p.App, err = c.viewer.AppNamed(c.appName()); err != nil {
		return err
	}
	if p.Shell, err = s.shell(c); err != nil {
		return err
	}
	p.Specs = s.Service.Specs()
	return c.page(status, views.AlertRule(p))
}

// addAlertRule makes a rule. What was typed stays on the page, whatever is wrong with it.
func (s *Server) addAlertRule(c *call) error { return s.keepAlertRule(c, review.AlertRule{}) }

// alertRule shows the form of a rule that is there.
func (s *Server) alertRule(c *call) error {
	rule, err := s.storedRule(c)
	if err != nil {
		return err
	}
	return s.rulePage(c, http.StatusOK, views.AlertRulePage{Rule: rule, Form: views.AlertRuleFormOf(rule)})
}

func (s *Server) storedRule(c *call) (review.AlertRule, error) {
	return s.Alerts.AlertRule(c.Request().Context(), c.viewer, c.appName(), c.Param("id"))
}

// saveAlertRule changes a rule.
func (s *Server) saveAlertRule(c *call) error {
	rule, err := s.storedRule(c)
	if err != nil {
		return err
	}
	return s.keepAlertRule(c, rule)
}

func (s *Server) keepAlertRule(c *call, stored review.AlertRule) error {
	values, err := c.readForm()
	if err != nil {
		return err
	}
	rule, form := views.ParseAlertRule(values)
	rule.ID = stored.ID
	_, err = s.Alerts.SaveAlertRule(c.Request().Context(), c.viewer, c.appName(), rule)
	if problem := c.shownHere(err); problem != nil {
		return s.rulePage(c, refusalOf(err).status, views.AlertRulePage{Rule: stored, Form: form, Problem: problem})
	}
	return s.toAlerts(c, err)
}

// toAlerts goes back to the App's page when all went well.
func (s *Server) toAlerts(c *call, err error) error {
	if err != nil {
		return err
	}
	return c.see(views.AlertsPath(c.appName()))
}

// silenceAlertRule tells nobody of what a rule finds, for a while.
func (s *Server) silenceAlertRule(c *call) error {
	values, err := c.readForm()
	if err != nil {
		return err
	}
	reason, d := values.Get(views.FieldReason), time.Duration(0)
	if values.Get(views.FieldUntil) != "now" {
		hours, _ := strconv.Atoi(values.Get(views.FieldHours)) // what is no number is no time
		d = max(time.Duration(min(max(hours, 0), 24*400))*time.Hour, time.Nanosecond)
	}
	err = s.Alerts.SilenceAlertRule(c.Request().Context(), c.viewer, c.appName(), c.Param("id"), d, reason)
	if problem := c.shownHere(err); problem != nil {
		rule, stored := s.storedRule(c)
		if stored != nil {
			return stored
		}
		return s.rulePage(c, refusalOf(err).status, views.AlertRulePage{Rule: rule, Form: views.AlertRuleFormOf(rule), Silence: reason, Silenced: problem})
	}
	return s.toAlerts(c, err)
}

// endAlertRule ends a rule.
func (s *Server) endAlertRule(c *call) error {
	return s.toAlerts(c, s.Alerts.EndAlertRule(c.Request().Context(), c.viewer, c.appName(), c.Param("id")))
}

// addChannel tells somebody else; the secret of one that is signed is shown once.
func (s *Server) addChannel(c *call) error {
	values, err := c.readForm()
	if err != nil {
		return err
	}
	request, form := views.ParseChannel(values)
	_, secret, err := s.Alerts.AddChannel(c.Request().Context(), c.viewer, c.appName(), request)
	if problem := c.shownHere(err); problem != nil {
		return s.alertsPage(c, refusalOf(err).status, views.AlertsPage{Form: form, Problem: problem})
	}
	if err == nil && secret != "" {
		return s.alertsPage(c, http.StatusCreated, views.AlertsPage{Secret: secret})
	}
	return s.toAlerts(c, err)
}

// testChannel sends a message that says that it is a test.
func (s *Server) testChannel(c *call) error {
	return s.toAlerts(c, s.Alerts.TestChannel(c.Request().Context(), c.viewer, c.appName(), c.Param("id")))
}

// endChannel tells a channel nothing any more.
func (s *Server) endChannel(c *call) error {
	return s.toAlerts(c, s.Alerts.EndChannel(c.Request().Context(), c.viewer, c.appName(), c.Param("id")))
}

// retryDelivery has a message that was given up tried again.
func (s *Server) retryDelivery(c *call) error {
	values, err := c.readForm()
	if err != nil {
		return err
	}
	if _, err := c.viewer.AppNamed(c.appName()); err != nil { // before anything is said about its form
		return err
	}
	number, err := strconv.ParseInt(values.Get(views.FieldDelivery), 10, 64)
	if err != nil {
		return review.Errorf(review.CodeInvalid, "the delivery has no number")
	}
	return s.toAlerts(c, s.Alerts.RetryDelivery(c.Request().Context(), c.viewer, c.appName(), c.Param("id"), number))
}
