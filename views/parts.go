package views

import (
	"context"
	"strings"
	"time"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views/text"
)

// PathStatus is where it stands how the parts do.
const PathStatus = "/status"

// StatusPage is GET /status.
type StatusPage struct {
	Shell
	Parts    review.Parts
	Hooks    []review.HookList
	Failings []review.Failing
}

// partState is how a part does: a word, and the tone of its shape.
type partState struct{ word, tone string }

var (
	partWell    = partState{text.Say("answers"), "low"}
	partIdle    = partState{text.Say("not asked yet"), "low"}
	partFails   = partState{text.Say("fails"), "medium"}
	partOpen    = partState{text.Say("is not asked now"), "critical"}
	partProbing = partState{text.Say("the next call finds out whether it is back"), "high"}
	partAway    = partState{text.Say("does not answer"), "critical"}
	workerWell  = partState{text.Say("works"), "low"}
	workerIdle  = partState{text.Say("has not run yet"), "low"}
	workerFails = partState{text.Say("fails"), "critical"}
)

func breakerState(b review.Breaker) partState {
	switch {
	case b.Probing:
		return partProbing
	case b.Open:
		return partOpen
	case b.Failures > 0:
		return partFails
	case !b.Asked:
		return partIdle
	}
	return partWell
}

func awayState(away bool) partState {
	if away {
		return partAway
	}
	return partWell
}

func workerState(w review.WorkerPart) partState {
	switch {
	case !w.FailingSince.IsZero():
		return workerFails
	case w.At.IsZero():
		return workerIdle
	}
	return workerWell
}

// workerWord says what a worker does.
func workerWord(name string) string {
	switch name {
	case "webhooks":
		return text.Say("tells webhooks")
	case "alerts":
		return text.Say("looks whether an alert is to be raised")
	case "erasures":
		return text.Say("erases people")
	case "index":
		return text.Say("indexes texts for the search")
	case "retention":
		return text.Say("removes what is kept no longer")
	case "checkpoints":
		return text.Say("signs the audit trail")
	case "stream":
		return text.Say("sends the audit trail on")
	case "learning":
		return text.Say("learns from decisions")
	case "tending":
		return text.Say("brings snoozed items back and settles opinions")
	case "experiments":
		return text.Say("watches experiments")
	case "exports":
		return text.Say("makes exports")
	case "sealing":
		return text.Say("seals texts anew")
	case "conduct":
		return text.Say("keeps counts of conduct and costs")
	case "restrictions":
		return text.Say("reads restrictions of users")
	case "forgetting":
		return text.Say("forgets what no longer counts")
	}
	return name
}

// every says how often a worker works: "500ms", "10m", "1h".
func every(d time.Duration) string {
	out := d.String()
	if strings.HasSuffix(out, "m0s") {
		out = strings.TrimSuffix(out, "0s")
	}
	if strings.HasSuffix(out, "h0m") {
		out = strings.TrimSuffix(out, "0m")
	}
	return out
}

// failingDetectors says what becomes of an exchange when a detector cannot answer.
func failingDetectors(ctx context.Context, f review.Failing) string {
	switch {
	case f.Refuse:
		return text.T(ctx, "closed: the gateway refuses the call; what is posted is flagged unless the policy lets it through")
	case f.FailOpen:
		return text.T(ctx, "open: it is let through, and the failure recorded")
	}
	return text.T(ctx, "flagged for people, and goes on")
}

// failingModels says what becomes of a call when its model is not to be had.
func failingModels(ctx context.Context, f review.Failing) string {
	if len(f.Fallbacks) == 0 {
		return text.T(ctx, "other services that have the model, then 503")
	}
	return text.T(ctx, "other services that have the model, then %s, then 503", oneLine(strings.Join(f.Fallbacks, ", "), 120))
}

func failingCounter(ctx context.Context, f review.Failing) string {
	if f.Together {
		return text.T(ctx, "closed: what has a quota is refused")
	}
	return text.T(ctx, "open: each server counts alone")
}

func failingHold(ctx context.Context, f review.Failing) string {
	switch f.Expiry {
	case review.ExpireAnswer:
		return text.T(ctx, "open: as if a person had approved")
	case review.ExpireAccept:
		return text.T(ctx, "closed, and the caller may ask again later")
	}
	return text.T(ctx, "closed: as if a person had refused")
}
