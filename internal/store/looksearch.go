package store

import (
	"context"
	"strings"

	"github.com/guardroom/guardroom/internal/review"
)

// wordList is where the Items of an App are that say a word, openly or in what the
// viewer may read.
type wordList struct{ tokens []int64 }

// wordLists are those of a word, one for each App.
func (l *look) wordLists(k searchKey, word string) []wordList {
	out := make([]wordList, len(l.q.AppIDs))
	for i, app := range l.q.AppIDs {
		out[i].tokens = []int64{k.token(app, openWords, word)}
		if !l.q.Masked {
			out[i].tokens = append(out[i].tokens, k.token(app, maskedWords, word))
		}
	}
	return out
}

// search goes through the Items that say the rarest word, from the last opened one on.
func (s *Store) search(ctx context.Context, l *look) (*look, error) {
	l.words = wordsOf(l.q.Filter.Text, maxTerms)
	if len(l.words) == 0 || len(s.searchKey) == 0 {
		return nil, nil
	}
	rarest, fewest := 0, s.reach.probe+1
	for i, word := range l.words {
		lists := l.wordLists(s.searchKey, word)
		l.found = append(l.found, lists)
		var all []int64
		for _, w := range lists {
			all = append(all, w.tokens...)
		}
		var n int
		err := s.read(ctx).Raw("SELECT COUNT(*) FROM (SELECT 1 FROM item_tokens WHERE token IN ? LIMIT ?) few", all, s.reach.probe+1).Scan(&n).Error
		if err != nil {
			return nil, err
		}
		if n < fewest {
			rarest, fewest = i, n
		}
	}
	l.found[0], l.found[rarest] = l.found[rarest], l.found[0]
	return l, s.boundFound(ctx, l)
}

// boundFound finds where the stretch ends.
func (s *Store) boundFound(ctx context.Context, l *look) error {
	each := max(1, s.reach.found/len(l.found[0]))
	query, args := l.eachFound(func(_ int, c *conditions) (string, []any) {
		return "SELECT t.number FROM item_tokens t WHERE " + c.String() + l.byFound() + " LIMIT 1 OFFSET ?", append(c.args, each-1)
	})
	var ends []struct{ Number int64 }
	order := " ORDER BY number"
	if l.descending {
		order += " DESC"
	}
	err := s.read(ctx).Raw("SELECT * FROM ("+query+") ends"+order+" LIMIT 1", args...).Scan(&ends).Error
	if err == nil && len(ends) > 0 {
		l.end = &review.Position{Sort: review.SortFound, Key: ends[0].Number, Number: ends[0].Number}
	}
	return err
}

func (l *look) byFound() string {
	if l.descending {
		return " ORDER BY t.number DESC"
	}
	return " ORDER BY t.number"
}

// eachFound asks each list of the rarest word and puts the answers together.
func (l *look) eachFound(ask func(app int, c *conditions) (string, []any)) (string, []any) {
	var parts []string
	var args []any
	for app, list := range l.found[0] {
		for _, token := range list.tokens {
			c := &conditions{dialect: l.dialect}
			c.and("t.token = ?", token)
			if l.from != nil && l.descending {
				c.and("t.number < ?", l.from.Number)
			} else if l.from != nil {
				c.and("t.number > ?", l.from.Number)
			}
			part, more := ask(app, c)
			parts, args = append(parts, "SELECT * FROM ("+part+") part"), append(args, more...)
		}
	}
	return strings.Join(parts, "\nUNION ALL "), args
}

// foundPlaces is the query of the Items that have every word and pass every filter.
func (l *look) foundPlaces() (string, []any) {
	query, args := l.eachFound(func(app int, c *conditions) (string, []any) {
		for _, other := range l.found[1:] {
			c.and("EXISTS (SELECT 1 FROM item_tokens o WHERE o.token IN ? AND o.number = t.number)", other[app].tokens)
		}
		if l.end != nil && l.descending {
			c.and("t.number >= ?", l.end.Number)
		} else if l.end != nil {
			c.and("t.number <= ?", l.end.Number)
		}
		l.gather("", "i.number = t.number")
		if l.q.Filter.Mine {
			l.set.and("("+decidedBy+" OR EXISTS (SELECT 1 FROM claims h WHERE h.item_id = i.id AND h.expires_at > ? AND h.user_id = ?))", l.q.Viewer, at(l.q.Now), l.q.Viewer)
		}
		l.holder(l.set)
		return "SELECT t.number AS key, t.number FROM item_tokens t CROSS JOIN items i WHERE " + c.String() + " AND " + l.set.String() + l.byFound() + " LIMIT ?",
			append(append(c.args, l.set.args...), l.q.Limit)
	})
	return "SELECT * FROM (" + query + ") places" + l.by("key", "number") + " LIMIT ?", append(args, l.q.Limit)
}

// says adds that the Item, as i, has every word.
func (l *look) says(words []string, k searchKey) {
	for _, word := range words {
		var tokens []int64
		for _, list := range l.wordLists(k, word) {
			tokens = append(tokens, list.tokens...)
		}
		l.set.and("EXISTS (SELECT 1 FROM item_tokens o WHERE o.token IN ? AND o.number = i.number)", tokens)
	}
}

// holder adds who must hold the Item, as i.
func (l *look) holder(c *conditions) {
	const held = "EXISTS (SELECT 1 FROM claims h WHERE h.item_id = i.id AND h.expires_at > ?"
	switch holder := l.q.Filter.Holder; holder {
	case "", review.HeldByNobody:
	case review.HeldBySomebody:
		c.and(held+")", at(l.q.Now))
	default:
		c.and(held+" AND h.user_id = ?)", at(l.q.Now), holder)
	}
}
