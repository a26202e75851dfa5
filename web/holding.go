package web

import (
	"net/http"
	"time"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views"
)

// holds shows who holds what.
func (s *Server) holds(c *call) error {
	holds, err := s.Service.Holds(c.Request().Context(), c.viewer)
	if err != nil {
		return err
	}
	shell, err := s.shell(c)
	if err != nil {
		return err
	}
	return c.page(http.StatusOK, views.Holds(views.HoldsPage{Shell: shell, Holds: holds}))
}

// keepHeld lets a viewer keep an Item while its page is closed.
func (s *Server) keepHeld(c *call) error {
	return s.takeStep(c, func(step itemStep) error {
		hours, err := step.form.whole(views.FieldHours, 0)
		if err != nil {
			return err
		}
		if hours < 0 || hours > 24 { // before it overflows
			return wrongField(views.FieldHours, "must be between 0 and 24")
		}
		_, err = s.Service.Keep(c.Request().Context(), c.viewer, step.id, step.form.text(views.FieldToken), time.Duration(hours)*time.Hour)
		if err == nil && hours > 0 {
			s.sessions.tell(c, didKeep, nil)
		}
		return err
	}, stayHere)
}

// handOver gives an Item to a colleague.
func (s *Server) handOver(c *call) error {
	return s.takeStep(c, func(step itemStep) error {
		return s.Service.HandOver(c.Request().Context(), c.viewer, review.HandOverCommand{
			ItemID: step.id, Token: step.form.text(views.FieldToken), To: step.form.text(views.FieldTo), Note: step.form.text(views.FieldBody),
		})
	}, goOn(didHandOver))
}

// snooze lets an Item leave the queue until a time.
func (s *Server) snooze(c *call) error {
	return s.takeStep(c, func(step itemStep) error {
		until, err := step.until(s.Clock())
		if err != nil {
			return err
		}
		return s.Service.Snooze(c.Request().Context(), c.viewer, step.id, step.form.text(views.FieldToken), until)
	}, goOn(didSnooze))
}

// until is when a snoozed Item comes back: in so many minutes, or at a time (UTC).
func (s itemStep) until(now time.Time) (time.Time, error) {
	minutes, err := s.form.whole(views.FieldFor, 0)
	if err != nil {
		return time.Time{}, err
	}
	if most := int64(review.MaxSnooze / time.Minute); minutes < 0 || minutes > most { // before it overflows
		return time.Time{}, wrongField(views.FieldFor, "must be at most 30 days")
	}
	if minutes > 0 {
		return now.Add(time.Duration(minutes) * time.Minute), nil
	}
	until, err := time.Parse("2006-01-02T15:04", s.form.text(views.FieldUntil))
	if err != nil {
		return time.Time{}, wrongField(views.FieldUntil, "must be a day and a time")
	}
	return until, nil
}

// wake brings a snoozed Item back before its time.
func (s *Server) wake(c *call) error {
	return s.takeStep(c, func(step itemStep) error {
		return s.Service.Wake(c.Request().Context(), c.viewer, step.id)
	}, stayHere)
}

// askOpinion asks for a second opinion.
func (s *Server) askOpinion(c *call) error {
	return s.takeStep(c, func(step itemStep) error {
		err := s.Service.AskOpinion(c.Request().Context(), c.viewer, step.id)
		if err == nil {
			s.sessions.tell(c, didAskOpinion, nil)
		}
		return err
	}, stayHere)
}

// releaseHold ends what a colleague holds.
func (s *Server) releaseHold(c *call) error {
	id, err := c.object()
	if err != nil {
		return err
	}
	if err := s.Service.ReleaseHold(c.Request().Context(), c.viewer, id); err != nil {
		return err
	}
	if c.wantsJSON() {
		return c.NoContent(http.StatusNoContent)
	}
	s.sessions.tell(c, didReleaseHold, nil)
	return c.see(views.PathHolds)
}

// afterStep is where a step below an Item leads when it was taken.
type afterStep func(*Server, *call, itemStep) error

func stayHere(_ *Server, c *call, step itemStep) error { return c.see(itemAddress(step.id, step.from)) }

// goOn goes to the next Item of the queue.
func goOn(told outcome) afterStep {
	return func(s *Server, c *call, step itemStep) error { return s.toNext(c, step.from, told) }
}

// takeStep reads the form, takes the step, and answers: a script with no content, a
// browser with where to go on.
func (s *Server) takeStep(c *call, take func(itemStep) error, after afterStep) error {
	step, err := s.readStep(c)
	if err != nil {
		return err
	}
	if err := take(step); err != nil {
		return s.refuseStep(c, step, err)
	}
	if c.wantsJSON() {
		return c.NoContent(http.StatusNoContent)
	}
	return after(s, c, step)
}
