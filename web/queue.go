package web

import (
	"net/http"
	"net/url"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views"
)

// queue shows one page of what waits.
func (s *Server) queue(c *call) error {
	q, err := c.query()
	if err != nil {
		return err
	}
	filter, err := views.ParseFilter(q)
	if err != nil {
		return err
	}
	after, err := review.ParsePosition(q.Get(views.ParamAfter), filter.Sort)
	if err != nil {
		return err
	}
	since, err := s.Service.LiveFrom(c.Request().Context()) // before the rows are read: rather told twice than never
	if err != nil {
		return err
	}
	page, err := s.Service.Queue(c.Request().Context(), c.viewer, filter, after)
	if err != nil {
		return err
	}
	holders, err := s.Service.Holders(c.Request().Context(), c.viewer)
	if err != nil {
		return err
	}
	unindexed, err := s.Service.Unindexed(c.Request().Context())
	if err != nil {
		return err
	}
	shell, err := s.shell(c)
	if err != nil {
		return err
	}
	shown := views.QueuePage{
		Shell: shell, Filter: filter, Rows: page.Rows, Paged: after != nil, Next: page.Next, Short: page.Short,
		Since: since, Unindexed: unindexed, Holders: holders, Specs: s.Service.Specs(),
	}
	if len(page.Rows) > 0 && c.viewer.User.Preferences.Preview {
		if shown.Preview, err = s.previewOf(c, shell, page.Rows[0].Item.ID, filter); err != nil {
			return err
		}
	}
	return c.page(http.StatusOK, views.Queue(shown))
}

// next leases the first free Item of a queue and goes there. A browser that only
// guesses where somebody will go gets nothing: a guess must not take an Item.
func (s *Server) next(c *call) error {
	if c.peeking() {
		return c.NoContent(http.StatusNoContent)
	}
	from, err := c.cameFrom()
	if err != nil {
		return err
	}
	return s.toNext(c, from, "")
}

// toNext goes to the next Item of the queue, or back to the queue when nothing is
// free in it. told is what the page is to say, "" when a notice is on its way already.
func (s *Server) toNext(c *call, from review.Filter, told outcome) error {
	id, err := s.Service.ClaimNext(c.Request().Context(), c.viewer, from)
	switch {
	case err == nil:
		if told != "" {
			s.sessions.tell(c, told, nil)
		}
		return c.see(itemAddress(id, from))
	case review.CodeOf(err) != review.CodeNotFound:
		return err
	}
	if told == "" && !c.told {
		told = nothingLeft
	}
	if told != "" {
		s.sessions.tell(c, told, nil)
	}
	return c.see(views.QueuePath(from, nil))
}

// itemAddress is where an Item is read, with the queue that it was reached from.
func itemAddress(id string, from review.Filter) string {
	query := views.FilterQuery(from).Encode()
	if query == "" {
		return views.ItemPath(id)
	}
	return views.ItemPath(id) + "?" + url.Values{views.FieldFrom: {query}}.Encode()
}

// cameFrom reads the queue that a form or an address names: in the field for it, or
// as the filter's own parameters.
func (c *call) cameFrom() (review.Filter, error) {
	values, err := c.query()
	if err == nil && c.Request().Method == http.MethodPost {
		values, err = c.readForm()
	}
	if err != nil {
		return review.Filter{}, err
	}
	if values.Has(views.FieldFrom) {
		return parseFrom(values.Get(views.FieldFrom)), nil
	}
	return views.ParseFilter(values)
}

// parseFrom reads the query of a queue. One that cannot be read is the whole queue:
// where somebody came from must not keep them from their work.
func parseFrom(query string) review.Filter {
	values, err := url.ParseQuery(query)
	if err != nil || cleanValues(values) != nil {
		return review.Filter{}
	}
	filter, err := views.ParseFilter(values)
	if err != nil {
		return review.Filter{}
	}
	return filter
}
