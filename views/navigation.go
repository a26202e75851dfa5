package views

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/a-h/templ"
	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views/text"
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

func (e entry) keyAttrs(ctx context.Context) templ.Attributes {
	if e.key == nil {
		return nil
	}
	return e.key.attrs(ctx)
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

// reviewTitle is the group of lists; saved ones follow it.
var reviewTitle = text.Say("Review")

// places lists what there is to go to.
func places(v review.Viewer) []group {
	groups := []group{
		{reviewTitle, []entry{
			{place: PlaceQueue, word: text.Say("Queue"), icon: "queue", href: PathQueue},
			{place: PlaceInterventions, word: text.Say("Interventions"), icon: "intervention", href: QueuePath(filterInterventions, nil), key: &keyGoProposed},
			{place: PlaceAudit, word: text.Say("Audit samples"), icon: "audit", href: QueuePath(filterAudit, nil)},
			{place: PlaceEscalated, word: text.Say("Escalated"), icon: "escalated", href: QueuePath(filterEscalated, nil)},
			{place: PlaceMine, word: text.Say("Held by me"), icon: "mine", href: QueuePath(filterMine, nil)},
			{place: PlaceInbox, word: text.Say("Inbox"), icon: "inbox", href: PathInbox, key: &keyGoInbox},
		}},
		{text.Say("Record"), []entry{
			{place: PlaceDecisions, word: text.Say("Decisions"), icon: "decisions", href: PathDecisions, key: &keyGoDecided},
		}},
		{text.Say("Control"), []entry{
			{place: PlacePolicies, word: text.Say("Policies"), icon: "policy", href: PathPolicies, key: &keyGoPolicies},
		}},
	}
	if v.May(review.PermDecide) {
		record := &groups[1]
		record.entries = append(record.entries, entry{place: PlaceWork, word: text.Say("My work"), icon: "work", href: PathWork, key: &keyGoWork})
	}
	if v.May(review.PermExport) {
		record := &groups[1]
		record.entries = append(record.entries, entry{place: PlaceExports, word: text.Say("Exports"), icon: "export", href: PathExports})
	}
	if v.May(review.PermAudit) {
		record := &groups[1]
		record.entries = append(record.entries, entry{place: PlaceTrail, word: text.Say("Audit trail"), icon: "trail", href: PathTrail})
	}
	if v.May(review.PermWebhooks) {
		control := &groups[2]
		control.entries = append(control.entries, entry{place: PlaceHooks, word: text.Say("Webhooks"), icon: "webhooks", href: PathHooks})
	}
	if v.May(review.PermStatus) {
		control := &groups[2]
		control.entries = append(control.entries, entry{place: PlaceStatus, word: text.Say("Status"), icon: "status", href: PathStatus})
	}
	if v.May(review.PermAdminister) {
		control := &groups[2]
		control.entries = append(control.entries,
			entry{place: PlaceApps, word: text.Say("Apps and keys"), icon: "apps", href: PathApps},
			entry{place: PlacePeople, word: text.Say("People"), icon: "people", href: PathPeople})
	}
	if seen := insights(v); len(seen) > 0 {
		groups = slices.Insert(groups, 1, group{text.Say("Insight"), seen})
	}
	return groups
}

// insights are the pages of figures that the viewer may see.
func insights(v review.Viewer) (out []entry) {
	if v.May(review.PermInsight) {
		out = append(out, entry{place: PlaceOverview, word: text.Say("Overview"), icon: "overview", href: PathOverview, key: &keyGoOverview})
	}
	if v.May(review.PermInsight) {
		out = append(out, entry{place: PlaceCosts, word: text.Say("Costs"), icon: "costs", href: PathCosts})
		out = append(out, entry{place: PlaceAlerts, word: text.Say("Alerts"), icon: "alerts", href: PathAlerts})
	}
	if v.May(review.PermConduct) {
		out = append(out, entry{place: PlaceConduct, word: text.Say("Conduct"), icon: "conduct", href: PathConduct})
	}
	return out
}

// waiting lists what waits, by kind.
func waiting(s Shell) []entry {
	c := s.Counts
	out := []entry{
		{place: PlaceQueue, word: text.Say("Queue"), href: PathQueue, n: c.Of(review.StateOpen)},
		{place: PlaceInterventions, word: text.Say("Interventions"), href: QueuePath(filterInterventions, nil), n: c.Of(review.StateOpen, review.KindIntervention)},
		{place: PlaceAudit, word: text.Say("Audit"), href: QueuePath(filterAudit, nil), n: c.Of(review.StateOpen, review.KindAudit)},
		{place: PlaceEscalated, word: text.Say("Escalated"), href: QueuePath(filterEscalated, nil), n: c.Of(review.StateEscalated)},
	}
	if s.Viewer.May(review.PermDecide) {
		out = append(out, entry{place: PlaceHolds, word: text.Say("Held"), href: PathHolds, n: s.Desk.Held, key: &keyGoHolds})
	}
	return append(out, entry{place: PlaceInbox, word: text.Say("Inbox"), href: PathInbox, n: s.Desk.Unread})
}

func thumbPlaces(c review.Counts) []entry {
	return []entry{
		{place: PlaceQueue, word: text.Say("Queue"), icon: "queue", href: PathQueue, n: c.Of(review.StateOpen)},
		{place: PlaceInterventions, word: text.Say("Interventions"), icon: "intervention", href: QueuePath(filterInterventions, nil), n: c.Of(review.StateOpen, review.KindIntervention)},
		{place: PlaceDecisions, word: text.Say("Decisions"), icon: "decisions", href: PathDecisions},
		{place: PlaceAccount, word: text.Say("Account"), icon: "mine", href: PathAccount},
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

// pressed is the value of aria-pressed.
func pressed(on bool) string {
	if on {
		return "true"
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
		return text.Say("Not saved: somebody or something was faster")
	case review.CodeUnprocessable, review.CodeInvalid:
		return text.Say("Not saved: something has to be put right")
	case review.CodeUnauthenticated:
		return text.Say("Not signed in")
	case review.CodeRateLimited:
		return text.Say("Too many tries")
	case review.CodeUnavailable:
		return text.Say("Not saved: the storage is not answering")
	default:
		return text.Say("That did not work")
	}
}

func problemAdvice(c review.Code) string {
	switch c {
	case review.CodeConflict:
		return text.Say("What you typed is kept below. Look at how the item stands now, then decide again or go on.")
	case review.CodeUnprocessable, review.CodeInvalid:
		return text.Say("What you typed is kept below.")
	case review.CodeUnavailable:
		return text.Say("What you typed is kept below. Try again in a moment.")
	default:
		return ""
	}
}
