package views

import (
	"strings"
	"unicode/utf8"

	"github.com/a-h/templ"
	"github.com/guardroom/guardroom/internal/review"
)

// entry is one link of the navigation.
type entry struct {
	place Place
	word  string
	icon  string
	href  string
	n     int // how many wait there
	key   *Key
}

func (e entry) keyAttrs() templ.Attributes {
	if e.key == nil {
		return nil
	}
	return e.key.attrs()
}

type group struct {
	title   string
	entries []entry
}

var (
	filterInterventions = review.Filter{Kind: review.KindIntervention}
	filterAudit         = review.Filter{Kind: review.KindAudit}
	filterEscalated     = review.Filter{State: review.StateEscalated}
	filterMine          = review.Filter{Mine: true}
)

// places lists what there is to go to.
func places() []group {
	return []group{
		{"Review", []entry{
			{place: PlaceQueue, word: "Queue", icon: "queue", href: PathQueue},
			{place: PlaceInterventions, word: "Interventions", icon: "intervention", href: QueuePath(filterInterventions, nil), key: &keyGoProposed},
			{place: PlaceAudit, word: "Audit samples", icon: "audit", href: QueuePath(filterAudit, nil)},
			{place: PlaceEscalated, word: "Escalated", icon: "escalated", href: QueuePath(filterEscalated, nil)},
			{place: PlaceMine, word: "Held by me", icon: "mine", href: QueuePath(filterMine, nil)},
		}},
		{"Record", []entry{
			{place: PlaceDecisions, word: "Decisions", icon: "decisions", href: PathDecisions, key: &keyGoDecided},
		}},
		{"Control", []entry{
			{place: PlacePolicies, word: "Policies", icon: "policy", href: PathPolicies, key: &keyGoPolicies},
		}},
	}
}

// waiting lists what waits, by kind.
func waiting(c review.Counts) []entry {
	return []entry{
		{place: PlaceQueue, word: "Queue", href: PathQueue, n: c.Of(review.StateOpen)},
		{place: PlaceInterventions, word: "Interventions", href: QueuePath(filterInterventions, nil), n: c.Of(review.StateOpen, review.KindIntervention)},
		{place: PlaceAudit, word: "Audit", href: QueuePath(filterAudit, nil), n: c.Of(review.StateOpen, review.KindAudit)},
		{place: PlaceEscalated, word: "Escalated", href: QueuePath(filterEscalated, nil), n: c.Of(review.StateEscalated)},
	}
}

func thumbPlaces(c review.Counts) []entry {
	return []entry{
		{place: PlaceQueue, word: "Queue", icon: "queue", href: PathQueue, n: c.Of(review.StateOpen)},
		{place: PlaceInterventions, word: "Interventions", icon: "intervention", href: QueuePath(filterInterventions, nil), n: c.Of(review.StateOpen, review.KindIntervention)},
		{place: PlaceDecisions, word: "Decisions", icon: "decisions", href: PathDecisions},
		{place: PlaceAccount, word: "Account", icon: "mine", href: PathAccount},
	}
}

// placeOf tells which place a queue's filter is.
func placeOf(f review.Filter) Place {
	switch {
	case f.Mine:
		return PlaceMine
	case f.State == review.StateEscalated:
		return PlaceEscalated
	case f.Kind == review.KindIntervention:
		return PlaceInterventions
	case f.Kind == review.KindAudit:
		return PlaceAudit
	default:
		return PlaceQueue
	}
}

// current is the value of aria-current.
func current(here bool) string {
	if here {
		return "page"
	}
	return "false"
}

// chord splits "g q" into its keys.
func chord(press string) []string {
	parts := strings.Fields(press)
	for i, p := range parts {
		parts[i] = capOf(p)
	}
	return parts
}

// sentence begins with a capital and ends with a full stop.
func sentence(s string) string {
	s = title(strings.TrimSpace(s))
	if last, _ := utf8.DecodeLastRuneInString(s); s == "" || strings.ContainsRune(".!?…", last) {
		return s
	}
	return s + "."
}

func problemTitle(c review.Code) string {
	switch c {
	case review.CodeConflict:
		return "Not saved: somebody or something was faster"
	case review.CodeUnprocessable, review.CodeInvalid:
		return "Not saved: something has to be put right"
	case review.CodeUnauthenticated:
		return "Not signed in"
	case review.CodeRateLimited:
		return "Too many tries"
	case review.CodeUnavailable:
		return "Not saved: the storage is not answering"
	default:
		return "That did not work"
	}
}

func problemAdvice(c review.Code) string {
	switch c {
	case review.CodeConflict:
		return "What you typed is kept below. Look at how the item stands now, then decide again or go on."
	case review.CodeUnprocessable, review.CodeInvalid:
		return "What you typed is kept below."
	case review.CodeUnavailable:
		return "What you typed is kept below. Try again in a moment."
	default:
		return ""
	}
}
