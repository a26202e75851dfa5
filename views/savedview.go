package views

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views/text"
	"github.com/guardroom/guardroom/views/ui"
)

// The paths of saved views. Each is posted with the view's id in FieldView.
const (
	PathViews        = "/queue/views"          // GET: all that the viewer has; POST: names a list
	PathViewName     = "/queue/views/name"     // POST: another name
	PathViewStart    = "/queue/views/start"    // POST: what the viewer begins with
	PathViewSharing  = "/queue/views/sharing"  // POST: with whom it is shared
	PathViewDeletion = "/queue/views/deletion" // POST
)

// The fields of their forms.
const (
	FieldView = "view"
	FieldName = "name"
)

// SavedViewsPage is GET /queue/views, and what a refused POST below it answers.
type SavedViewsPage struct {
	Shell
	From    review.Filter // of a list that could not be named
	Draft   string        // the name that was typed
	Problem *Problem
}

// SavedFilter reads the list that a view means. A view whose filter no longer exists, and
// one of an App that the viewer does not see, is an error that says so.
func SavedFilter(v review.Viewer, s review.SavedView) (review.Filter, error) {
	values, err := url.ParseQuery(s.Query)
	if err != nil {
		return review.Filter{}, review.Errorf(review.CodeInvalid, "its filter cannot be read")
	}
	filter, err := ParseFilter(values)
	if err != nil {
		return review.Filter{}, err
	}
	if filter.App != "" && !v.HasApp(filter.App) {
		return review.Filter{}, review.Errorf(review.CodeNotFound, "its App is none of yours any longer")
	}
	return filter, nil
}

// SavedQuery is how a list is kept.
func SavedQuery(f review.Filter) string { return FilterQuery(f).Encode() }

// savedPath leads to the list of a view, or to where it is said why there is none.
func savedPath(v review.Viewer, s review.SavedView) string {
	filter, err := SavedFilter(v, s)
	if err != nil {
		return PathViews + "#" + savedAnchor(s)
	}
	return QueuePath(filter, nil)
}

func savedAnchor(s review.SavedView) string { return "view-" + s.ID }

// savedProblem says why a view has no list, "" when it has one.
func savedProblem(ctx context.Context, v review.Viewer, s review.SavedView) string {
	_, err := SavedFilter(v, s)
	switch review.CodeOf(err) {
	case "":
		return ""
	case review.CodeNotFound:
		return text.T(ctx, "Its App is none of yours any longer.")
	default:
		return text.T(ctx, "Its filter can no longer be read: something that it asks for does not exist any more.")
	}
}

// start is the list that the viewer begins with: the view that they chose, or the queue.
func (s Shell) start() string { return StartPath(s.Viewer, s.Views) }

// StartPath is where the viewer begins. A view that is gone, or has no list any longer,
// is the queue.
func StartPath(v review.Viewer, views []review.SavedView) string {
	at := slices.IndexFunc(views, func(one review.SavedView) bool { return one.ID == v.User.Preferences.View })
	if v.User.Preferences.View == "" || at < 0 {
		return PathQueue
	}
	filter, err := SavedFilter(v, views[at])
	if err != nil {
		return PathQueue
	}
	return QueuePath(filter, nil)
}

// view is the one that the page shows, nil when its list has no name.
func (p QueuePage) view() *review.SavedView {
	for i, s := range p.Views {
		if filter, err := SavedFilter(p.Viewer, s); err == nil && filter == p.Filter && filter != (review.Filter{}) {
			return &p.Views[i]
		}
	}
	return nil
}

// title is the name of the list.
func (p QueuePage) title(ctx context.Context) string {
	if s := p.view(); s != nil {
		return s.Name
	}
	return text.T(ctx, queueTitle(p.Filter))
}

// viewKeys is how many views have a key.
const viewKeys = 9

// firstViews are those with a key.
func (s Shell) firstViews() []review.SavedView { return s.Views[:min(len(s.Views), viewKeys)] }

// savedWords says what a view asks for.
func savedWords(ctx context.Context, v review.Viewer, s review.SavedView) string {
	filter, err := SavedFilter(v, s)
	if err != nil {
		return ""
	}
	var parts []string
	for _, c := range (QueuePage{Shell: Shell{Viewer: v}, Filter: filter}).chips(ctx) {
		if c.value == "" {
			parts = append(parts, text.T(ctx, c.name))
			continue
		}
		parts = append(parts, text.T(ctx, c.name)+": "+c.value)
	}
	if filter.Text == "" {
		parts = append(parts, text.T(ctx, sortWord(filter.Sort)))
	}
	return strings.Join(parts, " · ")
}

// mayChange tells whether the viewer may rename or delete a view.
func mayChange(v review.Viewer, s review.SavedView) bool {
	return !s.Shared() || v.May(review.PermOversee)
}

var viewNameAttrs = templ.Attributes{"maxlength": "48", "autocomplete": "off", "spellcheck": "false"}

// sharingOptions are the Apps that a view can be shared with: a list of one App's Items is
// of use to its people alone.
func sharingOptions(v review.Viewer, s review.SavedView) []ui.Option {
	filter, err := SavedFilter(v, s)
	if err == nil && filter.App != "" {
		return []ui.Option{{Value: filter.App, Text: filter.App}}
	}
	return appOptions(v.Apps)
}

// sharedWords says who has a view.
func sharedWords(ctx context.Context, v review.Viewer, s review.SavedView) string {
	switch {
	case !s.Shared():
		return text.T(ctx, "yours alone")
	case s.OwnerID == v.User.ID:
		return text.T(ctx, "shared by you with everybody of %s", s.App)
	default:
		return text.T(ctx, "shared by %s with everybody of %s", oneLine(s.Owner, 60), s.App)
	}
}
