package views

import (
	"context"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views/text"
	"github.com/guardroom/guardroom/views/ui"
)

// RetentionPage is GET /apps/{app}/retention, and what follows an act on it.
type RetentionPage struct {
	Shell
	View    review.RetentionView
	Form    review.HoldCommand // as typed
	Problem *Problem
}

// LiftPath is where a legal hold is lifted.
func LiftPath(app, id string) string { return AppPath(app, StepHolds) + "/" + id + "/" + StepLift }

func holdKindWord(k review.HoldKind) string {
	switch k {
	case review.HoldApp:
		return text.Say("the whole app")
	case review.HoldUser:
		return text.Say("a user")
	default:
		return text.Say("an item")
	}
}

func holdKindOptions(ctx context.Context) []ui.Option {
	var all []ui.Option
	for _, k := range review.HoldKinds() {
		all = append(all, ui.Option{Value: string(k), Text: text.T(ctx, holdKindWord(k))})
	}
	return all
}

func removalWord(k review.RemovalKind) string {
	switch k {
	case review.RemovedAllowed:
		return text.Say("allowed texts")
	case review.RemovedWords:
		return text.Say("reasons and notes")
	case review.RemovedErased:
		return text.Say("texts of a person who was erased")
	default:
		return text.Say("reviewed texts")
	}
}

// keptFor says how long something is kept, as the reader speaks.
func keptFor(ctx context.Context, days int) string {
	if days == 0 {
		return text.T(ctx, "for good")
	}
	return text.T(ctx, "for %d days", days)
}

// mayHold tells whether the viewer sets and lifts holds.
func (p RetentionPage) mayHold() bool { return p.Viewer.May(review.PermAdminister) }

// What use cases say on the page; they know no languages.
var _ = [...]string{
	text.Say("name the user or the item; nothing for the whole App"),
	text.Say("is no item of this App"),
	text.Say("this is held already"),
}
