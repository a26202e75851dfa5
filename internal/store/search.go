package store

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"strings"

	"github.com/guardroom/guardroom/internal/review"
)

// Who may read personal data finds what stands in the texts; everybody else finds what
// is left of them when those are masked.
const (
	openWords   = "open"
	maskedWords = "masked" // that stand in what is masked alone
)

// searchKey turns words into what the index holds.
type searchKey []byte

// token is a word of an App's texts.
func (k searchKey) token(app, kind, word string) int64 {
	mac := hmac.New(sha256.New, k)
	for _, part := range []string{app, kind, word} {
		mac.Write([]byte(part))
		mac.Write([]byte{0})
	}
	return int64(binary.BigEndian.Uint64(mac.Sum(nil))) //nolint:gosec // all 64 bits count, whatever their sign
}

// id tells keys apart, and what is indexed with them: with another one all is made anew.
func (k searchKey) id() []byte {
	mac := hmac.New(sha256.New, k)
	mac.Write([]byte("the id of this key, for words and bands"))
	return mac.Sum(nil)[:8]
}

// itemText is an Item with what is searched of it.
type itemText struct {
	Number     int64
	AppID      string
	Prompt     sealed
	Response   sealed
	Redactions sealed
	Text       sealed // of the Intervention

	InteractionID  string
	InterventionID string
}

const selectItemTexts = `SELECT i.number, i.app_id, i.interaction_id, COALESCE(i.intervention_id, '') AS intervention_id, n.prompt, n.response, s.redactions, v.text
FROM items i JOIN interactions n ON n.id = i.interaction_id LEFT JOIN assessments s ON s.interaction_id = n.id
LEFT JOIN interventions v ON v.id = i.intervention_id
WHERE i.number > ? ORDER BY i.number LIMIT ?`

// tokens are those of an Item.
func (k searchKey) tokens(t itemText, o *opener) ([]int64, error) {
	var a review.Assessment
	if err := decode(o.text("assessments", "redactions", t.InteractionID, t.Redactions), &a.Redactions); err != nil {
		return nil, err
	}
	prompt := string(o.text("interactions", "prompt", t.InteractionID, t.Prompt))
	response := string(o.text("interactions", "response", t.InteractionID, t.Response))
	proposed := string(o.text("interventions", "text", t.InterventionID, t.Text))
	if o.err != nil {
		return nil, o.err
	}
	shown := wordsOf(a.Sanitized("prompt", prompt)+"\n"+a.Sanitized("response", response)+"\n"+proposed, maxWords)
	out := make([]int64, 0, len(shown))
	open := make(map[string]bool, len(shown))
	for _, w := range shown {
		open[w] = true
		out = append(out, k.token(t.AppID, openWords, w))
	}
	out = append(out, k.bandTokens(t.AppID, prompt)...)
	if len(a.Redactions) == 0 {
		return out, nil
	}
	for _, w := range wordsOf(prompt+"\n"+response, maxWords) {
		if !open[w] {
			out = append(out, k.token(t.AppID, maskedWords, w))
		}
	}
	return out, nil
}

const (
	indexedAtOnce = 16  // Items: whoever decides meanwhile waits for them
	tokensAtOnce  = 300 // rows of one statement
)

// IndexTexts makes the next Items findable by their words and tells how many it took; 0
// means that all are. A new key begins anew. Several processes may do so at once.
func (s *Store) IndexTexts(ctx context.Context) (int, error) {
	if len(s.searchKey) == 0 {
		return 0, nil
	}
	state, err := s.searchState(ctx)
	if err != nil {
		return 0, err
	}
	if !bytes.Equal(state.KeyID, s.searchKey.id()) {
		return 1, s.beginIndex(ctx)
	}
	var texts []itemText
	if err := s.read(ctx).Raw(selectItemTexts, state.Indexed, indexedAtOnce).Scan(&texts).Error; err != nil || len(texts) == 0 {
		return 0, s.fault(err)
	}
	rows, err := s.tokenRows(texts, s.opener(ctx))
	if err != nil {
		return 0, err
	}
	last := texts[len(texts)-1].Number
	return len(texts), s.writer.do(ctx, func(t *tx) error { return t.putTokens(rows, s.searchKey.id(), state.Indexed, last) })
}

func (s *Store) tokenRows(texts []itemText, o *opener) ([]any, error) {
	var rows []any
	for _, text := range texts {
		tokens, err := s.searchKey.tokens(text, o)
		if err != nil {
			return nil, err
		}
		for _, token := range tokens {
			rows = append(rows, token, text.Number)
		}
	}
	return rows, nil
}

// putTokens writes rows unless another process was faster.
func (t *tx) putTokens(rows []any, keyID []byte, from, to int64) error {
	n, err := t.affect("UPDATE item_tokens_state SET indexed = ? WHERE id = 1 AND indexed = ? AND key_id = ?", to, from, keyID)
	if err != nil || n == 0 {
		return err
	}
	for len(rows) > 0 {
		part := rows[:min(len(rows), 2*tokensAtOnce)]
		rows = rows[len(part):]
		places := strings.TrimSuffix(strings.Repeat("(CAST(? AS BIGINT), CAST(? AS BIGINT)), ", len(part)/2), ", ")
		if err := t.exec("INSERT INTO item_tokens (token, number) VALUES "+places+" ON CONFLICT DO NOTHING", part...); err != nil {
			return err
		}
	}
	return nil
}

// beginIndex throws away what another key made.
func (s *Store) beginIndex(ctx context.Context) error {
	return s.writer.do(ctx, func(t *tx) error {
		if err := t.exec("DELETE FROM item_tokens"); err != nil {
			return err
		}
		return t.exec(`INSERT INTO item_tokens_state (id, key_id, indexed) VALUES (1, ?, 0)
ON CONFLICT (id) DO UPDATE SET key_id = excluded.key_id, indexed = 0`, s.searchKey.id())
	})
}

type searchState struct {
	KeyID   []byte
	Indexed int64
}

func (s *Store) searchState(ctx context.Context) (searchState, error) {
	var state searchState
	err := s.read(ctx).Raw("SELECT key_id, indexed FROM item_tokens_state WHERE id = 1").Scan(&state).Error
	return state, s.fault(err)
}

// Unindexed implements review.Reader.
func (s *Store) Unindexed(ctx context.Context) (int, error) {
	var n int
	err := s.read(ctx).Raw(`SELECT CAST((SELECT COALESCE(MAX(number), 0) FROM items)
- COALESCE((SELECT indexed FROM item_tokens_state WHERE id = 1), 0) AS BIGINT) AS n`).Scan(&n).Error
	return n, s.fault(err)
}

// maxTerms is how many words of a search count.
const maxTerms = 8
