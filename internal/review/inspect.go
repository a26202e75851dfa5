package review

import (
	"context"
	"iter"
	"slices"
	"time"
)

// The sizes of pages.
const (
	QueuePageSize   = 50
	DecisionsPage   = 50
	MaxFeedPageSize = 500
)

// Receipt returns the answer to an earlier Submission, with the present state of its
// Item and Interventions; CodeNotFound when it is not the caller's.
func (s *Service) Receipt(ctx context.Context, caller Caller, interactionID string) (Receipt, error) {
	return s.Store.Receipt(ctx, caller.App.ID, interactionID)
}

// Feed returns the App's Decisions after a cursor, oldest first, once they can no
// longer be undone.
func (s *Service) Feed(ctx context.Context, caller Caller, after int64, limit int) ([]Delivery, error) {
	if after < 0 || limit < 1 || limit > MaxFeedPageSize {
		return nil, Errorf(CodeUnprocessable, "after must not be negative, limit must be between 1 and %d", MaxFeedPageSize)
	}
	return s.Store.Deliveries(ctx, caller.App.ID, TopicDecided, after, limit, s.now())
}

// Specs lists every detector, those of the guard first.
func (s *Service) Specs() []DetectorSpec { return slices.Clone(s.specs) }

// Backlog returns the counters over all Apps and when the oldest open Item was made,
// the zero time when nothing is open: the operator's view of the queue.
func (s *Service) Backlog(ctx context.Context) (Counts, time.Time, error) {
	apps, err := s.Store.Apps(ctx)
	if err != nil {
		return nil, time.Time{}, err
	}
	counts, err := s.Store.Counts(ctx, Viewer{Apps: apps}.AppIDs())
	if err != nil {
		return nil, time.Time{}, err
	}
	oldest, err := s.Store.QueueAge(ctx)
	return counts.without(KindControl), oldest, err
}

// Queue returns one page of the viewer's queue.
func (s *Service) Queue(ctx context.Context, v Viewer, f Filter, after *Position) (QueuePage, error) {
	found, err := s.queue(ctx, v, QueueQuery{Filter: f, After: after, Limit: QueuePageSize + 1})
	if err != nil {
		return QueuePage{}, err
	}
	page := QueuePage{Rows: found.Rows, Next: found.Stopped, Short: found.Stopped != nil}
	if len(page.Rows) > QueuePageSize {
		page.Rows = page.Rows[:QueuePageSize]
		page.Next, page.Short = page.Rows[QueuePageSize-1].Item.Position(f.Sort), false
	}
	return page, nil
}

// queue completes the query with who asks and when.
func (s *Service) queue(ctx context.Context, v Viewer, q QueueQuery) (QueueSlice, error) {
	if !v.May(PermRead) {
		return QueueSlice{}, Errorf(CodeForbidden, "your role may not read the queue")
	}
	if q.Filter.State == "" && (q.Filter.Text == "" || q.Free) || q.Free && q.Filter.State == StateDecided {
		q.Filter.State = StateOpen // who searches means every state
	}
	q.Masked = !v.May(PermPersonal)
	q.AppIDs, q.Viewer, q.Now, q.Judges = v.appsNamed(q.Filter.App), v.User.ID, s.now(), v.May(PermDecide)
	found, err := s.Store.Queue(ctx, q)
	for i, row := range found.Rows {
		found.Rows[i] = row.shown()
	}
	return found, err
}

// shown is the row as its reader may see it.
func (r QueueRow) shown() QueueRow {
	r.Item = r.Item.disguised()
	if r.Blind {
		r.Item = r.Item.blinded()
	}
	return r
}

// Unindexed is how many of the newest Items a search does not find yet.
func (s *Service) Unindexed(ctx context.Context) (int, error) { return s.Store.Unindexed(ctx) }

// Holders lists the colleagues who hold Items of the viewer's Apps now.
func (s *Service) Holders(ctx context.Context, v Viewer) ([]Holder, error) {
	return s.Store.Holders(ctx, v.AppIDs(), s.now())
}

// appsNamed narrows the viewer's Apps to one by name; "" keeps all of them.
func (v Viewer) appsNamed(name string) []string {
	if name == "" {
		return v.AppIDs()
	}
	app, err := v.AppNamed(name)
	if err != nil {
		return nil
	}
	return []string{app.ID}
}

// Counts returns the viewer's counters. Controls count for the one whom they are for,
// as what they look like.
func (s *Service) Counts(ctx context.Context, v Viewer) (Counts, error) {
	all, err := s.Store.Counts(ctx, v.AppIDs())
	if err != nil {
		return nil, err
	}
	own, err := s.Store.OwnControls(ctx, v.User.ID, v.AppIDs())
	return append(all.without(KindControl), own...), err
}

// After returns the id of the Item that follows in the viewer's filtered queue, ""
// at its end. It claims nothing.
func (s *Service) After(ctx context.Context, v Viewer, f Filter, item Item) (string, error) {
	return s.neighbour(ctx, v, QueueQuery{Filter: f, After: item.Position(f.Sort)})
}

// Before returns the id of the Item that precedes in the viewer's filtered queue, ""
// at its start. It claims nothing.
func (s *Service) Before(ctx context.Context, v Viewer, f Filter, item Item) (string, error) {
	return s.neighbour(ctx, v, QueueQuery{Filter: f, Before: item.Position(f.Sort)})
}

// neighbour returns the id of the first Item of a query, "" when there is none near.
func (s *Service) neighbour(ctx context.Context, v Viewer, q QueueQuery) (string, error) {
	q.Limit = 1
	found, err := s.queue(ctx, v, q)
	if err != nil || len(found.Rows) == 0 {
		return "", err
	}
	return found.Rows[0].Item.ID, nil
}

// maxStretches bounds how far the next free Item is looked for.
const maxStretches = 25

// nextFree returns the id of the first Item that the viewer could take, "" when there
// is none.
func (s *Service) nextFree(ctx context.Context, v Viewer, f Filter) (string, error) {
	q := QueueQuery{Filter: f, Free: true, Limit: 1}
	for range maxStretches {
		found, err := s.queue(ctx, v, q)
		if err != nil {
			return "", err
		}
		if len(found.Rows) > 0 {
			return found.Rows[0].Item.ID, nil
		}
		if q.After = found.Stopped; q.After == nil {
			break
		}
	}
	return "", nil
}

// View returns everything that the Item's page may show to the viewer: without personal
// data and secrets until they have asked for them, and without what the guard and
// colleagues say while they are to judge blind. It changes nothing.
func (s *Service) View(ctx context.Context, v Viewer, itemID string) (ItemView, error) {
	view, err := s.Store.ItemView(ctx, v.AppIDs(), itemID, v.User.ID)
	if err != nil {
		return ItemView{}, err
	}
	view.Policy = view.Policy.WithDefaults(s.specs)
	if !view.Claim.Live(s.now()) {
		view.Claim = nil
	}
	if prompt := view.Interaction.Content.Prompt; prompt != "" && firstSaid(view.Item, view.BlindVerdict) {
		found, err := s.Store.NearItems(ctx, view.Item, prompt)
		if err != nil {
			return ItemView{}, err
		}
		view.Near = nearlySame(view.Interaction.Content, found)
	}
	if view.Cost, err = s.costOf(ctx, v, view); err != nil {
		return ItemView{}, err
	}
	return s.labelsMasked(ctx, view.shownTo(v), v), nil
}

// shownTo keeps back what the viewer is not to see.
func (v ItemView) shownTo(viewer Viewer) ItemView {
	v = v.disguised().withheld(viewer)
	v.Blind = v.Item.blindTo(viewer, v.BlindVerdict != nil)
	if !firstSaid(v.Item, v.BlindVerdict) {
		v.Precedents = nil
	}
	if v.keptFrom(viewer) {
		v = v.masked()
	}
	for i, h := range v.History {
		if h.Blind && viewer.May(PermDecide) {
			v.History[i] = h.blinded()
		}
	}
	if v.Blind {
		v.Cost = nil // a call that was never made tells what the guard said
		v = v.blinded(viewer)
	}
	return v
}

// Decisions iterates over the Decisions that the viewer may see, oldest first. Who may
// not read personal data gets placeholders in its place.
func (s *Service) Decisions(ctx context.Context, v Viewer, f Filter) (iter.Seq2[DecisionRow, error], error) {
	if !v.May(PermExport) {
		return nil, Errorf(CodeForbidden, "your role may not export")
	}
	rows := s.Store.Decisions(ctx, DecisionQuery{AppIDs: v.appsNamed(f.App), Filter: f, Viewer: v.User.ID, Now: s.now()})
	if v.May(PermPersonal) {
		return rows, nil
	}
	return func(yield func(DecisionRow, error) bool) {
		for row, err := range rows {
			if !yield(row.masked(), err) {
				return
			}
		}
	}, nil
}

// LatestDecisions returns the newest Decisions that the viewer may see.
func (s *Service) LatestDecisions(ctx context.Context, v Viewer, f Filter) ([]DecisionRow, error) {
	if !v.May(PermRead) {
		return nil, Errorf(CodeForbidden, "your role may not read decisions")
	}
	var rows []DecisionRow
	for row, err := range s.Store.Decisions(ctx, DecisionQuery{
		AppIDs: v.appsNamed(f.App), Filter: f, Viewer: v.User.ID, Newest: true, Shown: true, Limit: DecisionsPage, Now: s.now(),
	}) {
		if err != nil {
			return nil, err
		}
		rows = append(rows, row.shownTo(v))
	}
	return rows, nil
}

// shownTo is the row as a page may show it. An undone Decision on an Item that is open
// again must not tell its next reader what the guard says.
func (r DecisionRow) shownTo(v Viewer) DecisionRow {
	r.Item = r.Item.disguised()
	if r.Decision.Actor != v.Actor() && r.Item.blindTo(v, false) {
		r.Item = r.Item.blinded()
		r.Decision.GuardVerdict, r.Decision.GuardRisk, r.Decision.Findings = VerdictAllow, 0, nil
	}
	return r
}
