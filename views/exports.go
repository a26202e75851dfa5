package views

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views/text"
)

// paramExport says in an address what is to be exported; what else stands there is the
// filter.
const paramExport = "export"

// ExportsPage is GET /exports, and what a refused POST below it answers.
type ExportsPage struct {
	Shell
	Exports []review.Export
	Ask     *review.ExportAsk // that is too large to go out at once; nil: none
	Problem *Problem
}

// ParseExport reads what ExportQuery wrote; nil when nothing is asked for.
func ParseExport(q url.Values) (*review.ExportAsk, error) {
	kind := review.ExportKind(q.Get(paramExport))
	if kind == "" {
		return nil, nil
	}
	ask := &review.ExportAsk{Kind: kind, Format: q.Get(ParamFormat)}
	rest := maps.Clone(q)
	rest.Del(paramExport)
	rest.Del(ParamFormat)
	var err error
	switch kind {
	case review.ExportDecisions:
		ask.Filter, err = ParseFilter(rest)
	case review.ExportTrail:
		ask.Events, _, err = ParseTrail(rest)
	default:
		err = review.Errorf(review.CodeInvalid, "there is no such export")
	}
	return ask, err
}

// ExportQuery is an ask as ParseExport reads it.
func ExportQuery(ask review.ExportAsk) url.Values {
	q := FilterQuery(ask.Filter)
	if ask.Kind == review.ExportTrail {
		q = TrailQuery(ask.Events)
	}
	q.Set(paramExport, string(ask.Kind))
	q.Set(ParamFormat, ask.Format)
	return q
}

// ExportsPath is where an ask is made.
func ExportsPath(ask review.ExportAsk) string { return withQuery(PathExports, ExportQuery(ask)) }

// exportWords says what is taken out.
func exportWords(ctx context.Context, ask review.ExportAsk) string {
	what := text.T(ctx, "Decisions")
	switch ask.Kind {
	case review.ExportTrail:
		what = text.T(ctx, "Audit trail")
	case review.ExportCosts:
		what = text.T(ctx, "Costs")
	}
	return what + ", " + exportFormatName(ask.Format)
}

func exportFormatName(format string) string {
	if format == "csv" {
		return "CSV"
	}
	return trailFormatName(format)
}

// exportFilter says what the filters leave in.
func exportFilter(ctx context.Context, ask review.ExportAsk) string {
	narrows := ask.Narrows()
	if len(narrows) == 0 {
		return text.T(ctx, "everything")
	}
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(narrows)) {
		parts = append(parts, name+" = "+oneLine(narrows[name], 60))
	}
	return strings.Join(parts, " · ")
}

// exportState says how far it has come.
func exportState(ctx context.Context, p ExportsPage, e review.Export) string {
	switch e.State {
	case review.ExportWaiting:
		return text.T(ctx, "waiting")
	case review.ExportRunning:
		return text.T(ctx, "being made")
	case review.ExportDone:
		if e.Fetchable(p.Now) {
			return text.T(ctx, "ready")
		}
		return text.T(ctx, "expired")
	case review.ExportFailed:
		return text.T(ctx, "failed")
	case review.ExportExpired:
		return text.T(ctx, "expired")
	case review.ExportDeleted:
		return text.T(ctx, "deleted")
	case review.ExportSending:
		return text.T(ctx, "going out")
	default:
		return text.T(ctx, "sent at once")
	}
}

// exportReason says why it failed, in the reader's language when it is one of ours.
func exportReason(ctx context.Context, reason string) string {
	for _, known := range []string{
		text.Say("the disk is full"), text.Say("it broke off on the way"), text.Say("who asked for it may no longer sign in"),
		text.Say("it was begun several times and never came to an end"), text.Say("the file could not be written; the log says why"),
	} {
		if reason == known {
			return text.T(ctx, known)
		}
	}
	return reason
}

// exportRows says how many rows there are, of how many.
func exportRows(ctx context.Context, e review.Export) string {
	if e.State == review.ExportRunning && e.Expected > 0 {
		return text.T(ctx, "%d of %d", e.Rows, max(e.Expected, e.Rows))
	}
	return strconv.Itoa(e.Rows)
}

// exportSize is the size of the file for people, "" when there is none.
func exportSize(e review.Export) string {
	if e.Bytes == 0 {
		return "–"
	}
	size, unit := float64(e.Bytes), 0
	for size >= 1000 && unit < 4 {
		size, unit = size/1000, unit+1
	}
	if unit == 0 {
		return fmt.Sprintf("%d B", e.Bytes)
	}
	return fmt.Sprintf("%.1f %cB", size, "kMGT"[unit-1])
}
