package review

import "context"

// Changes are Items that something has happened to.
type Changes struct {
	Items  []string // ids, each once
	Opened []string // those that are new
	Next   int64    // the point in the chain to go on from
}

// Update is what has changed of a list since it was looked at.
type Update struct {
	Rows []QueueRow // as they are now, whatever state they are in; only what the viewer may see
	New  int        // Items that have come in and that the filter means
	Next int64      // the point in the chain to go on from
}

// maxChanges bounds what one Update looks at.
const maxChanges = 200

// LiveFrom is the point in the chain from which a list that is read now goes on.
func (s *Service) LiveFrom(ctx context.Context) (int64, error) { return s.Store.HistoryEnd(ctx) }

// Updates tells what has changed of the viewer's list after a point in the chain.
func (s *Service) Updates(ctx context.Context, v Viewer, f Filter, after int64) (Update, error) {
	changed, err := s.Store.Changed(ctx, after, maxChanges)
	if err != nil || len(changed.Items) == 0 {
		return Update{Next: changed.Next}, err
	}
	rows, err := s.Among(ctx, v, Filter{}, changed.Items)
	if err != nil {
		return Update{}, err
	}
	if f.State == "" && f.Text == "" {
		f.State = StateOpen
	}
	fresh, err := s.Among(ctx, v, f, changed.Opened)
	return Update{Rows: rows, New: len(fresh), Next: changed.Next}, err
}

// Among returns those of the Items that the viewer sees and the filter means, in any
// state when the filter names none.
func (s *Service) Among(ctx context.Context, v Viewer, f Filter, ids []string) ([]QueueRow, error) {
	if !v.May(PermRead) {
		return nil, Errorf(CodeForbidden, "your role may not read the queue")
	}
	apps := v.appsNamed(f.App)
	if len(ids) == 0 || len(apps) == 0 {
		return nil, nil
	}
	rows, err := s.Store.Among(ctx, QueueQuery{
		AppIDs: apps, Filter: f, Viewer: v.User.ID, Judges: v.May(PermDecide), Masked: !v.May(PermPersonal), Limit: len(ids), Now: s.now(),
	}, ids)
	for i, row := range rows {
		rows[i] = row.shown()
	}
	return rows, err
}
