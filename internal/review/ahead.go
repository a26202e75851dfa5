package review

import "context"

// MaxAhead is how many Items are looked up ahead of the one that somebody is at.
const MaxAhead = 2

// Ahead returns the ids of the Items that the viewer will be offered after this one, the next one first. It takes
// nothing and promises nothing: a colleague may be faster.
func (s *Service) Ahead(ctx context.Context, v Viewer, f Filter, itemID string) ([]string, error) {
	found, err := s.queue(ctx, v, QueueQuery{Filter: f, Free: true, Limit: MaxAhead + 1})
	if err != nil {
		return nil, err
	}
	ids := make([]string, 0, MaxAhead)
	for _, row := range found.Rows {
		if row.Item.ID != itemID && len(ids) < MaxAhead {
			ids = append(ids, row.Item.ID)
		}
	}
	return ids, nil
}
