package review

import "context"

// Selection is Items chosen in a list, with what a batch of them would do.
type Selection struct {
	Rows   []SelectedRow // in the order of the queue
	Gone   int           // that are no longer there for the viewer
	Policy Policy        // of the first Item's App: labels
}

// SelectedRow is one of the Items.
type SelectedRow struct {
	QueueRow
	Left string // why a batch would leave it out, "" when it would not
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

// Select tells what a batch of the Items would do now. It changes nothing.
func (s *Service) Select(ctx context.Context, v Viewer, items []BatchItem) (Selection, error) {
	if !v.May(PermDecide) {
		return Selection{}, Errorf(CodeForbidden, "your role may not decide")
	}
	if len(items) > MaxDecideBatch {
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
		out.Rows = append(out.Rows, SelectedRow{QueueRow: r, Left: s.leftOut(v, r, seen[r.Item.ID])})
	}
	if len(rows) > 0 {
		out.Policy, err = s.activePolicy(ctx, rows[0].Item.AppID)
	}
	return out, err
}

// leftOut is why a batch would not take the Item.
func (s *Service) leftOut(v Viewer, r QueueRow, version int) string {
	if err := mayReview(v, r.Item); err != nil {
		return messageOf(err)
	}
	switch {
	case r.Claim.Live(s.now()) && r.Claim.UserID != v.User.ID:
		return r.Claim.UserName + " holds it"
	case r.Item.Version != version:
		return "it has changed since it was listed"
	case r.Blind:
		return "it is judged blind first"
	case r.Item.Opinions > 1:
		return "it wants two independent opinions"
	}
	return ""
}
