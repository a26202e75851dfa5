package storybook

import (
	"fmt"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views"
)

// savedViews are a usual list, one that others share, one that cannot be read any longer, one of an App that is not the
// viewer's, and then as many more as are asked for.
func savedViews(n int) []review.SavedView {
	all := []review.SavedView{
		{Name: "Grave and old", OwnerID: anna.ID, Owner: anna.Name, Query: "severity=high&sort=oldest"},
		{Name: "Kaputt 🔧", OwnerID: anna.ID, Owner: anna.Name, Query: "severity=apocalyptic"},
		{Name: "Where I was before", OwnerID: anna.ID, Owner: anna.Name, Query: "app=long-gone"},
		{Name: "Overdue at the checkout", OwnerID: josef.ID, Owner: josef.Name, AppID: appCheckout.ID, App: appCheckout.Name, Query: "app=checkout&overdue=1&held_by=nobody"},
	}
	for i := len(all); i < n; i++ {
		all = append(all, review.SavedView{Name: fmt.Sprintf("Team list %d", i), OwnerID: josef.ID, Owner: josef.Name, AppID: appSupport.ID, App: appSupport.Name, Query: "user=u-" + fmt.Sprint(i)})
	}
	for i := range all[:n] {
		all[i].ID = fmt.Sprintf("0195d000-0000-7000-8000-%012d", i+1)
	}
	return all[:n]
}

func (s stories) saved() []Story {
	page := func(u review.User, n int) views.SavedViewsPage {
		p := views.SavedViewsPage{Shell: shell(s.assets, u)}
		p.Views = savedViews(n)
		return p
	}
	begun := page(anna, 4)
	begun.Viewer.User.Preferences.View = begun.Views[0].ID
	refused := page(anna, 1)
	refused.From, refused.Draft = review.Filter{Kind: review.KindAudit}, "Grave and old"
	refused.Problem = &views.Problem{Code: review.CodeConflict, Message: "there is a view of this name already"}
	return []Story{
		{"views-none", views.SavedViews(page(viewer, 0))},
		{"views", views.SavedViews(begun)},
		{"views-lead", views.SavedViews(page(josef, 12))},
		{"views-refused", views.SavedViews(refused)},
	}
}
