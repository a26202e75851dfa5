package review

import (
	"cmp"
	"context"
	"slices"
)

// Selection is Items chosen in a list, with what a batch of them would do.
type Selection struct {
	Rows   []SelectedRow // in the order of the queue
	Gone   int           // that are no longer there for the viewer
	Policy Policy        // of the first Item's App: labels
	People []User        // who see that App and may decide: to hand over to
}

// SelectedRow is one of the Items.
type SelectedRow struct {
	QueueRow
	Left  string // why a batch would not decide or label it, "" when it would
	Stays string // why a batch would not hand it over either, "" when it would
}

// Taken is how many Items a batch would decide.
func (s Selection) Taken() int {
	n := 0
	for _, r := range s.Rows {
		if r.Left == "" {
			n++
		}
	}
	return n
}

// Given is how many Items a batch would hand over.
func (s Selection) Given() int {
	n := 0
	for _, r := range s.Rows {
		if r.Stays == "" {
			n++
		}
	}
	return n
}

// Select tells what a batch of the Items would do now. It changes nothing.
func (s *Service) Select(ctx context.Context, v Viewer, items []BatchItem) (Selection, error) {
	if !v.May(PermDecide) {
		return Selection{}, Errorf(CodeForbidden, "your role may not decide")
	}
	if len(items) > MaxTogether {
		return Selection{}, Unprocessable([]FieldError{{"items", "must be fewer"}})
	}
	seen := make(map[string]int, len(items))
	ids := make([]string, 0, len(items))
	for _, i := range items {
		if _, twice := seen[i.ID]; !twice {
			ids = append(ids, i.ID)
		}
		seen[i.ID] = i.Version
	}
	rows, err := s.Among(ctx, v, Filter{}, ids)
	if err != nil {
		return Selection{}, err
	}
	out := Selection{Gone: len(ids) - len(rows)}
	for _, r := range rows {
		stays := s.stays(v, r, seen[r.Item.ID])
		out.Rows = append(out.Rows, SelectedRow{QueueRow: r, Left: cmp.Or(stays, alone(r)), Stays: stays})
	}
	if len(rows) == 0 {
		return out, nil
	}
	if out.People, err = s.Store.Colleagues(ctx, rows[0].Item.AppID); err != nil {
		return Selection{}, err
	}
	out.People = slices.DeleteFunc(out.People, func(u User) bool { return u.ID == v.User.ID || !u.Role.May(PermDecide) })
	out.Policy, err = s.activePolicy(ctx, rows[0].Item.AppID)
	return out, err
}

// stays is why a batch would not touch the Item.
func (s *Service) stays(v Viewer, r QueueRow, version int) string {
	if err := mayReview(v, r.Item); err != nil {
		return messageOf(err)
	}
	switch {
	case r.Claim.Live(s.now()) && r.Claim.UserID != v.User.ID:
		return r.Claim.UserName + " holds it"
	case r.Item.Version != version:
		return "it has changed since it was listed"
	}
	return ""
}

// alone is why the Item wants to be judged by itself.
func alone(r QueueRow) string {
	switch {
	case r.Blind:
		return "it is judged blind first"
	case r.Item.Opinions > 1:
		return "it wants two independent opinions"
	}
	return ""
}
