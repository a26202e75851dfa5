package storybook

import (
	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views"
)

// selectionPage is what was chosen: lines to decide, one that is blind, one that somebody holds.
func (s stories) selectionPage() views.SelectionPage {
	p := views.SelectionPage{Shell: shell(s.assets, anna), BatchIDs: [3]string{"b-1", "b-2", "b-3"}}
	p.Selection.Policy, p.Selection.People, p.Selection.Gone = policy(), []review.User{josef}, 1
	for i, r := range queueRows(6) {
		row := review.SelectedRow{QueueRow: r}
		switch {
		case r.Claim != nil:
			row.Left, row.Stays = "Joseph Okafor holds it", "Joseph Okafor holds it"
		case i == 2:
			row.Left = "it is judged blind first"
		}
		p.Selection.Rows = append(p.Selection.Rows, row)
	}
	return p
}

func (s stories) selection() []Story {
	blind := s.selectionPage()
	blind.Selection.Rows = blind.Selection.Rows[2:3]
	done := s.selectionPage()
	done.Done = &review.ActResult{Act: review.Act{ID: "b-3", Kind: review.ActHandOver, Done: 4, CreatedAt: now},
		Left: []review.LeftOut{{ItemID: itemID(4), Why: "Joseph Okafor holds this item"}}}
	refused := s.selectionPage()
	refused.Draft = views.Draft{Body: "Off for lunch.", To: josef.ID}
	refused.Problem = &views.Problem{Code: review.CodeUnprocessable, Message: "to: must be a colleague who sees this App and may decide",
		Fields: []review.FieldError{{Field: "to", Message: "must be a colleague who sees this App and may decide"}}}
	return []Story{
		{"selection", views.Selection(s.selectionPage())},
		{"selection-blind", views.Selection(blind)},
		{"selection-done", views.Selection(done)},
		{"selection-refused", views.Selection(refused)},
	}
}
