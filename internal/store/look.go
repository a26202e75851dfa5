package store

import (
	"context"
	"math"
	"strconv"
	"strings"

	"github.com/guardroom/guardroom/internal/review"
)

// reach bounds how far a look goes.
type reach struct {
	stretch int // lines gone through for the filters that the chosen list does not answer; what lies behind is another look's
	free    int // the same of the search for an Item to take: most are free
	narrow  int // how many Items may be gathered and sorted
	found   int // the same of Items that say a word: their rows are read
	probe   int // how long a list can be and still be known as the shorter one
}

var usualReach = reach{stretch: 20_000, free: 4_000, narrow: 5_000, found: 5_000, probe: 2_000}

// look is how one page of Items is found: through the lists of one property of each
// App in their order, or, where a filter leaves few enough, by sorting those.
type look struct {
	dialect    dialect
	q          review.QueueQuery
	order      string
	descending bool // as the rows are wanted, which may be backwards
	from       *review.Position

	first    term   // whose lists are gone through
	others   []term // on whose lists a line must be, too
	unlisted []term // that have no lists in the order
	set      *conditions
	tables   string       // of the set
	words    []string     // that are searched for
	found    [][]wordList // of each word, the rarest first

	end *review.Position // of the stretch; nil when the lists are gone through to their end
}

// lookFor returns nil where there can be nothing.
func (s *Store) lookFor(ctx context.Context, q review.QueueQuery) (*look, error) {
	if q.Filter.State == "" && q.Filter.Text == "" {
		q.Filter.State = review.StateOpen
	}
	if q.Filter.Text != "" {
		q.Filter.Sort = review.SortFound
	}
	l := &look{dialect: s.dialect, q: q, from: q.After}
	l.order, l.descending = orderOf(q.Filter.Sort)
	if q.Before != nil {
		l.from, l.descending = q.Before, !l.descending
	}
	if q.Filter.Overdue && q.Filter.State == review.StateDecided {
		return nil, nil // what is decided is never late
	}
	if q.Filter.Text != "" {
		return s.search(ctx, l)
	}
	if l.gatherHeld() {
		return l, nil
	}
	if found, err := s.gatherFew(ctx, l); found || err != nil {
		return l, err
	}
	if err := s.chooseList(ctx, l); err != nil || !l.selective() {
		return l, err
	}
	return l, s.bound(ctx, l)
}

// terms are the properties that the filter asks for, the most telling ones first.
func (l *look) terms() []term {
	f := l.q.Filter
	var out []term
	add := func(name, value string) {
		if value != "" {
			out = append(out, term{name, value})
		}
	}
	add("user", f.UserID)
	add("label", f.Label)
	add("detector", f.Detector)
	if f.Mine {
		add("by", l.q.Viewer)
	}
	add("model", f.Model)
	add("category", string(f.Category))
	if f.Policy != 0 {
		add("policy", strconv.Itoa(f.Policy))
	}
	add("severity", string(f.Severity))
	add("kind", string(f.Kind))
	return out
}

// gatherHeld looks through what is held, which is never much.
func (l *look) gatherHeld() bool {
	f := l.q.Filter
	mine := f.Mine && f.State == review.StateOpen
	if !mine && (f.Holder == "" || f.Holder == review.HeldByNobody) {
		return false
	}
	l.gather("claims h CROSS JOIN items i", "i.id = h.item_id")
	l.set.and("h.expires_at > ?", at(l.q.Now))
	if mine {
		l.set.and("h.user_id = ?", l.q.Viewer)
	}
	if f.Holder != "" && f.Holder != review.HeldBySomebody {
		l.set.and("h.user_id = ?", f.Holder)
	}
	if f.Mine && !mine {
		l.set.and(decidedBy, l.q.Viewer)
	}
	return true
}

// gather makes the look one through a set of Items, with every filter as a condition
// on the row.
func (l *look) gather(tables, join string, args ...any) {
	f := l.q.Filter
	l.tables, l.set = tables, &conditions{dialect: l.dialect}
	l.set.and(join, args...)
	if f.State != "" {
		l.set.and(l.dialect.unordered("i.state")+" = ?", f.State)
	}
	l.set.and(l.dialect.unordered("i.app_id")+" IN ?", l.q.AppIDs)
	l.set.and(ownControl, l.q.Viewer)
	l.set.openly(l.q)
	l.set.ofKind(l.q)
	l.set.items(f, l.q.Now)
	if f.Label != "" {
		l.set.and(labelled, f.Label)
	}
	if f.Overdue {
		l.set.and("i.due_at < ?", at(l.q.Now))
	}
	l.unheld(l.set, "i.id")
}

// unheld adds what the viewer, or nobody, must hold.
func (l *look) unheld(c *conditions, itemID string) {
	if l.q.Free {
		c.and("NOT EXISTS (SELECT 1 FROM claims h WHERE h.item_id = "+itemID+" AND h.expires_at > ? AND h.user_id <> ?)", at(l.q.Now), l.q.Viewer)
		c.and("NOT EXISTS (SELECT 1 FROM skips s WHERE s.item_id = "+itemID+" AND s.user_id = ?)", l.q.Viewer)
		c.and("NOT EXISTS (SELECT 1 FROM opinions o WHERE o.item_id = "+itemID+" AND o.user_id = ?)", l.q.Viewer)
	}
	if l.q.Filter.Holder == review.HeldByNobody {
		c.and("NOT EXISTS (SELECT 1 FROM claims h WHERE h.item_id = "+itemID+" AND h.expires_at > ?)", at(l.q.Now))
	}
}

// span is a range of keys of the lists of all Items in one order.
type span struct {
	order  string
	lo, hi int64
}

// spans are the ranges that the filter asks for.
func (l *look) spans() []span {
	f, now := l.q.Filter, l.q.Now
	var out []span
	if f.Overdue {
		out = append(out, span{orderDue, math.MinInt64, int64(at(now)) - 1})
	}
	if age := (span{orderAge, math.MinInt64, math.MaxInt64}); f.OlderThan > 0 || f.YoungerThan > 0 {
		if f.OlderThan > 0 {
			age.hi = int64(at(now.Add(-f.OlderThan)))
		}
		if f.YoungerThan > 0 {
			age.lo = int64(at(now.Add(-f.YoungerThan)))
		}
		out = append(out, age)
	}
	if f.RiskFrom > 0 || f.RiskTo > 0 {
		risk := span{orderRisk, int64(f.RiskFrom), math.MaxInt64}
		if f.RiskTo > 0 {
			risk.hi = int64(f.RiskTo)
		}
		out = append(out, risk)
	}
	return out
}

// gatherFew takes the first sparse property or range that leaves few Items, unless the
// lists are in its order anyway.
func (s *Store) gatherFew(ctx context.Context, l *look) (bool, error) {
	for _, t := range l.terms() {
		if !t.sparse() || l.order == orderPriority {
			continue
		}
		if few, err := s.gatherIfFew(ctx, l, l.lists(orderPriority, t), math.MinInt64, math.MaxInt64); few || err != nil {
			return few, err
		}
	}
	for _, r := range l.spans() {
		if r.order == l.order {
			continue
		}
		if few, err := s.gatherIfFew(ctx, l, l.lists(r.order, term{}), r.lo, r.hi); few || err != nil {
			return few, err
		}
	}
	return false, nil
}

// gatherIfFew makes the look one through a range of lists when that is short.
func (s *Store) gatherIfFew(ctx context.Context, l *look, lists []int64, lo, hi int64) (bool, error) {
	var n int
	err := s.read(ctx).Raw("SELECT COUNT(*) FROM (SELECT 1 FROM item_lists WHERE list IN ? AND key BETWEEN ? AND ? LIMIT ?) few",
		lists, lo, hi, s.reach.narrow+1).Scan(&n).Error
	if err != nil || n > s.reach.narrow {
		return false, err
	}
	l.gather("item_lists l CROSS JOIN items i", "i.number = l.number")
	l.set.and("l.list IN ? AND l.key BETWEEN ? AND ?", lists, lo, hi)
	if l.q.Filter.Mine {
		l.set.and(decidedBy, l.q.Viewer)
	}
	return true, nil
}

// scopes are those of the Apps in which the viewer looks.
func (l *look) scopes() []scope {
	var out []scope
	for _, app := range l.q.AppIDs {
		out = append(out, scopesFor(l.q, app, telling(l.q.Filter))...)
	}
	return out
}

// list is the name of a list of the look's state.
func (l *look) list(sc scope, order string, t term) int64 {
	return listID(sc.name, string(l.q.Filter.State), order, t.name, t.value)
}

// lists are the lists of a property in all scopes.
func (l *look) lists(order string, t term) []int64 {
	var out []int64
	for _, sc := range l.scopes() {
		out = append(out, l.list(sc, order, t))
	}
	return out
}

// chooseList takes the shortest lists of those that the filter asks for, as far as a
// short look tells.
func (s *Store) chooseList(ctx context.Context, l *look) error {
	var terms []term
	for _, t := range l.terms() {
		if t.sparse() && l.order != orderPriority {
			l.unlisted = append(l.unlisted, t)
			continue
		}
		terms = append(terms, t)
	}
	if len(terms) == 0 {
		return nil
	}
	best, shortest := 0, s.reach.probe+1
	for i := range terms {
		if len(terms) == 1 {
			break
		}
		var n int
		err := s.read(ctx).Raw("SELECT COUNT(*) FROM (SELECT 1 FROM item_lists WHERE list IN ? LIMIT ?) few",
			l.lists(l.order, terms[i]), s.reach.probe+1).Scan(&n).Error
		if err != nil {
			return err
		}
		if n < shortest {
			best, shortest = i, n
		}
	}
	l.first = terms[best]
	l.others = append(terms[:best:best], terms[best+1:]...)
	return nil
}

// selective tells whether lines of the lists are left out on the way.
func (l *look) selective() bool {
	f := l.q.Filter
	return len(l.others)+len(l.unlisted) > 0 || l.q.Free || f.Holder != "" || f.Overdue || f.Escalation != "" ||
		l.order != orderAge && (f.OlderThan > 0 || f.YoungerThan > 0) || l.order != orderRisk && (f.RiskFrom > 0 || f.RiskTo > 0)
}

// bound finds where the stretch ends.
func (s *Store) bound(ctx context.Context, l *look) error {
	lines := s.reach.stretch
	if l.q.Free {
		lines = s.reach.free
	}
	each := max(1, lines/len(l.scopes()))
	query, args := l.union(func(c *conditions) (string, []any) {
		return "SELECT l.key, l.number FROM item_lists l WHERE " + c.String() + l.by("l.key", "l.number") + " LIMIT 1 OFFSET ?", append(c.args, each-1)
	}, false)
	var ends []struct{ Key, Number int64 }
	err := s.read(ctx).Raw("SELECT * FROM ("+query+") ends"+l.by("key", "number")+" LIMIT 1", args...).Scan(&ends).Error
	if err == nil && len(ends) > 0 {
		l.end = &review.Position{Sort: l.q.Filter.Sort, Key: ends[0].Key, Number: ends[0].Number}
	}
	return err
}

// by orders as the rows are wanted.
func (l *look) by(key, number string) string {
	if l.descending {
		return " ORDER BY " + key + " DESC, " + number + " DESC"
	}
	return " ORDER BY " + key + ", " + number
}

// beyond is the condition that a row comes after the look's beginning.
func (l *look) beyond(c *conditions, key, number string) {
	if l.from == nil {
		return
	}
	operator := ">"
	if l.descending {
		operator = "<"
	}
	c.and("("+key+", "+number+") "+operator+" (?, ?)", l.from.Key, l.from.Number)
}

// union asks the list of each scope and puts the answers together.
func (l *look) union(ask func(*conditions) (string, []any), filtered bool) (string, []any) {
	var parts []string
	var args []any
	for _, sc := range l.scopes() {
		c := &conditions{dialect: l.dialect}
		c.and("l.list = ?", l.list(sc, l.order, l.first))
		l.beyond(c, "l.key", "l.number")
		l.keys(c)
		if filtered {
			l.filter(c, sc)
		}
		part, more := ask(c)
		parts, args = append(parts, "SELECT * FROM ("+part+") part"), append(args, more...)
	}
	return strings.Join(parts, "\nUNION ALL "), args
}

// keys narrows the lines by what the filter says about the key itself.
func (l *look) keys(c *conditions) {
	for _, r := range l.spans() {
		switch {
		case r.order == l.order:
			c.and("l.key BETWEEN ? AND ?", r.lo, r.hi)
		case r.order == orderAge && l.order == orderPriority:
			// The virtual deadline of an Item lies in the day after it was made.
			if r.lo > math.MinInt64 {
				c.and("l.key >= ?", r.lo)
			}
			if r.hi < math.MaxInt64 {
				c.and("l.key <= ?", r.hi+review.QueueHorizon.Microseconds())
			}
		}
	}
}

// filter adds what the list does not answer by itself. A subquery with a value, other
// than EXISTS, is asked line by line, in the order of the list.
func (l *look) filter(c *conditions, sc scope) {
	if l.end != nil {
		operator := "<="
		if l.descending {
			operator = ">="
		}
		c.and("(l.key, l.number) "+operator+" (?, ?)", l.end.Key, l.end.Number)
	}
	for _, t := range l.others {
		c.and("(SELECT 1 FROM item_lists o WHERE o.list = ? AND o.key = l.key AND o.number = l.number) = 1", l.list(sc, l.order, t))
	}
	row := &conditions{dialect: l.dialect}
	for _, t := range l.unlisted {
		row.and("(SELECT 1 FROM item_lists s WHERE s.list = ? AND s.key = n.rank AND s.number = n.number) = 1", l.list(sc, orderPriority, t))
	}
	row.measures("n", l.q.Filter, l.q.Now)
	if l.q.Filter.Overdue {
		row.and("n.due_at < ?", at(l.q.Now))
	}
	l.unheld(row, "n.id")
	if len(row.sql) > 0 {
		c.and("(SELECT 1 FROM items n WHERE n.number = l.number AND "+row.String()+") = 1", row.args...)
	}
}

// selectQueue reads the rows of the places found. The outer joins keep the places
// outermost.
const selectQueue = `SELECT i.*, a.name AS app, c.user_id AS holder_id, u.name AS holder_name, c.token AS holder_token, c.expires_at AS held_until,
` + judgedBlind + ` AS judged
FROM (%places%) p CROSS JOIN items i
LEFT JOIN apps a ON a.id = i.app_id
LEFT JOIN claims c ON c.item_id = i.id AND c.expires_at > ?
LEFT JOIN users u ON u.id = c.user_id
WHERE i.number = p.number AND %app% IN ? AND (? IN (%state%, '')) AND ` + ownControl

// sql returns the query of the page and its arguments.
func (l *look) sql() (string, []any) {
	places, args := l.places()
	words := strings.NewReplacer("%places%", places, "%state%", l.dialect.unordered("i.state"), "%app%", l.dialect.unordered("i.app_id"))
	query := words.Replace(selectQueue) + l.by("p.key", "p.number")
	args = append([]any{l.q.Viewer}, args...)
	return query, append(args, at(l.q.Now), l.q.AppIDs, string(l.q.Filter.State), l.q.Viewer)
}

func (l *look) places() (string, []any) {
	switch {
	case l.words != nil:
		return l.foundPlaces()
	case l.set != nil:
		return l.sortedSet()
	}
	query, args := l.union(func(c *conditions) (string, []any) {
		return "SELECT l.key, l.number FROM item_lists l WHERE " + c.String() + l.by("l.key", "l.number") + " LIMIT ?", append(c.args, l.q.Limit)
	}, true)
	return "SELECT * FROM (" + query + ") places" + l.by("key", "number") + " LIMIT ?", append(args, l.q.Limit)
}

func (l *look) sortedSet() (string, []any) {
	key := "i.rank"
	switch l.order {
	case orderAge:
		key = "i.created_at"
	case orderNumber:
		key = "i.number"
	case orderRisk:
		key = l.dialect.floor("i.risk * 100 + 0.5")
	}
	l.beyond(l.set, key, "i.number")
	return "SELECT " + key + " AS key, i.number FROM " + l.tables + " WHERE " + l.set.String() + l.by("key", "i.number") + " LIMIT ?",
		append(l.set.args, l.q.Limit)
}
