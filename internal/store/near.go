package store

import (
	"context"
	"encoding/binary"
	"hash/fnv"
	"math"
	"strings"
	"unicode"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/internal/secret"
)

// Near-duplicates are found by MinHash (Broder 1997): of every run of letters of a prompt
// many hashes are taken, and of each the least is kept. The share of least ones that two
// prompts have in common is about the share of their runs. They are kept in bands, which
// stand in the index of words as words of a kind of their own: keyed like those, listed by
// Item, and made behind the writes.
const (
	nearBands = 12 // with one in common prompts are compared: 99 % of those that share seven runs in ten
	nearRows  = 3
	nearRun   = 5  // letters of a run
	nearLeast = 16 // runs that a prompt needs; what is shorter is like too much else

	// nearEach bounds how many Items of one band are looked at, the newest; nearCompared how
	// many are read and compared, those with most bands in common.
	nearEach     = 64
	nearCompared = 32
	nearText     = secret.SealedHead // of a prompt, in bytes

	nearWords = "near" // the kind of token
)

// bandsOf are the bands of a prompt, none when it is too short.
func bandsOf(prompt string) []string {
	var least [nearBands * nearRows]uint64
	for i := range least {
		least[i] = math.MaxUint64
	}
	runs := map[uint64]bool{}
	window := make([]rune, 0, nearRun)
	for _, r := range folded(prompt[:min(len(prompt), nearText)]) {
		if !unicode.IsLetter(r) {
			continue
		}
		if len(window) == nearRun {
			window = append(window[:0], window[1:]...)
		}
		if window = append(window, r); len(window) < nearRun {
			continue
		}
		h := fnv.New64a()
		h.Write([]byte(string(window)))
		run := h.Sum64()
		if runs[run] {
			continue
		}
		runs[run] = true
		for i := range least {
			least[i] = min(least[i], stirred(run+uint64(i+1)*0x9E3779B97F4A7C15))
		}
	}
	if len(runs) < nearLeast {
		return nil
	}
	out := make([]string, nearBands)
	for b := range out {
		band := []byte{byte(b)}
		for _, x := range least[b*nearRows : (b+1)*nearRows] {
			band = binary.BigEndian.AppendUint64(band, x)
		}
		out[b] = string(band)
	}
	return out
}

// stirred spreads every bit over all others (the finaliser of SplitMix64, Steele 2014).
func stirred(h uint64) uint64 {
	h = (h ^ h>>30) * 0xBF58476D1CE4E5B9
	h = (h ^ h>>27) * 0x94D049BB133111EB
	return h ^ h>>31
}

// bandTokens are what the index holds of a prompt's bands.
func (k searchKey) bandTokens(app, prompt string) []int64 {
	var out []int64
	for _, band := range bandsOf(prompt) {
		out = append(out, k.token(app, nearWords, band))
	}
	return out
}

// The rows are read from the index on, whatever the planner thinks of the App.
const selectNear = `SELECT i.*, substr(n.prompt, 1, ?) AS prompt, substr(n.response, 1, ?) AS response
FROM (SELECT number, COUNT(*) AS shared FROM (%bands%) b GROUP BY number ORDER BY shared DESC, number DESC LIMIT ?) c
CROSS JOIN items i CROSS JOIN interactions n
WHERE i.number = c.number AND n.id = i.interaction_id AND %app% = ? AND i.fingerprint <> ? AND i.interaction_id <> ? AND i.kind IN ('interaction', 'audit')
ORDER BY c.shared DESC, i.number DESC`

// oneBand is a short range of the index.
const oneBand = "SELECT * FROM (SELECT t.number FROM item_tokens t WHERE t.token = ? ORDER BY t.token DESC, t.number DESC LIMIT ?) band"

// selectNearOpen is the same for deciding together: what is open, with who holds it.
const selectNearOpen = `SELECT i.*, substr(n.prompt, 1, ?) AS prompt, substr(n.response, 1, ?) AS response,
CASE WHEN octet_length(n.content) <= ? THEN n.content END AS content,
c.user_id AS holder_id, u.name AS holder_name, c.expires_at AS held_until, ` + judgedBlind + ` AS judged
FROM (SELECT b.number, COUNT(*) AS shared FROM (%bands%) b CROSS JOIN items o WHERE o.number = b.number AND o.state = 'open'
    GROUP BY b.number ORDER BY shared DESC, b.number DESC LIMIT ?) s
CROSS JOIN items i CROSS JOIN interactions n
LEFT JOIN claims c ON c.item_id = i.id
LEFT JOIN users u ON u.id = c.user_id
WHERE i.number = s.number AND n.id = i.interaction_id AND %app% = ? AND i.fingerprint <> ? AND i.interaction_id <> ?
AND i.kind IN ('interaction', 'audit') AND i.kind = ?
ORDER BY s.shared DESC, i.number DESC`

// nearOpenEach bounds how many Items of one band are looked at for what is open among them, the newest.
const nearOpenEach = 256

// nearQuery is the query for what shares a band with a prompt, "" when the prompt has none. Before and after are the arguments around
// those of the bands.
func (s *Store) nearQuery(query string, each int, of review.Item, prompt string, before, after []any) (string, []any) {
	args := before
	var bands []string
	for _, token := range s.searchKey.bandTokens(of.AppID, prompt) {
		bands, args = append(bands, oneBand), append(args, token, each)
	}
	if len(bands) == 0 {
		return "", nil
	}
	return strings.NewReplacer("%bands%", strings.Join(bands, "\nUNION ALL "), "%app%", s.dialect.unordered("i.app_id")).Replace(query), append(args, after...)
}

// nearShown is the query for what is shown beside an Item, nearOpen that for what can be decided with it.
func (s *Store) nearShown(of review.Item, prompt string) (string, []any) {
	return s.nearQuery(selectNear, nearEach, of, prompt, []any{comparedValue, comparedValue}, []any{nearCompared, of.AppID, of.Fingerprint, of.InteractionID})
}

func (s *Store) nearOpen(of review.Item, prompt, viewer string, limit int) (string, []any) {
	return s.nearQuery(selectNearOpen, nearOpenEach, of, prompt, []any{comparedValue, comparedValue, comparedValue, viewer},
		[]any{limit, of.AppID, of.Fingerprint, of.InteractionID, of.Kind})
}

// NearItems implements review.Reader. What it reads is bounded, however much is alike.
func (s *Store) NearItems(ctx context.Context, of review.Item, prompt string) ([]review.ClusterMember, error) {
	return s.members(ctx, func() (string, []any) { return s.nearShown(of, prompt) })
}

// NearOpenItems implements review.Reader. What it reads is bounded, however much is alike.
func (s *Store) NearOpenItems(ctx context.Context, of review.Item, prompt, viewer string, limit int) ([]review.ClusterMember, error) {
	return s.members(ctx, func() (string, []any) { return s.nearOpen(of, prompt, viewer, limit) })
}

// members runs a query for what is near, if there is one.
func (s *Store) members(ctx context.Context, near func() (string, []any)) ([]review.ClusterMember, error) {
	if len(s.searchKey) == 0 {
		return nil, nil
	}
	query, args := near()
	if query == "" {
		return nil, nil
	}
	return s.clusterMembers(ctx, query, args)
}
