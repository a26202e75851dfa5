package memory

import (
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/guardroom/guardroom/internal/guard"
	"github.com/guardroom/guardroom/internal/guard/textview"
	"github.com/guardroom/guardroom/internal/review"
)

// Limit is how many texts are remembered of one App: some 16 MB when all are taken.
const Limit = 50_000

// Memory implements guard.Memory and review.Memory. It is safe for concurrent use.
type Memory struct {
	limit  int
	limits textview.Limits

	mu   sync.RWMutex
	apps map[string]*index
}

var (
	_ guard.Memory  = (*Memory)(nil)
	_ review.Memory = (*Memory)(nil)
)

// New returns an empty Memory for at most so many texts per App.
func New(limit int, limits textview.Limits) (*Memory, error) {
	if limit < 1 {
		return nil, errors.New("memory: the limit must be positive")
	}
	return &Memory{limit: limit, limits: limits, apps: map[string]*index{}}, nil
}

// maxViews bounds the views of a text that are remembered: as it reads, and what its
// disguises hide.
const maxViews = 4

// sketches returns what stands for a text.
func (m *Memory) sketches(text string) []*sketch {
	var out []*sketch
	for _, v := range textview.New(text, m.limits).Folded() {
		if s, ok := newSketch(v.Text); ok && len(out) < maxViews {
			out = append(out, s)
		}
	}
	return out
}

// Learn implements review.Memory. What was approved is remembered only where it is near
// something that was blocked: nothing else could be cleared by it.
func (m *Memory) Learn(l review.Lesson) {
	v := vote{decision: l.DecisionID, at: l.At.UnixMicro(), blocked: l.Blocked}
	for _, text := range l.Texts {
		for _, s := range m.sketches(text) {
			m.learn(l.AppID, s, v)
		}
	}
}

func (m *Memory) learn(appID string, s *sketch, v vote) {
	m.mu.Lock()
	defer m.mu.Unlock()
	x := m.apps[appID]
	if !v.blocked {
		if x != nil && slices.ContainsFunc(x.neighbours(s), neighbour.blocked) {
			x.add(s, v)
		}
		return
	}
	if x == nil {
		x = newIndex(m.limit)
		m.apps[appID] = x
	}
	x.add(s, v)
}

// Forget implements review.Memory.
func (m *Memory) Forget(appID, decisionID string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	x := m.apps[appID]
	if x == nil {
		return
	}
	if x.forget(decisionID); x.used == 0 {
		delete(m.apps, appID)
	}
}

// Recall implements guard.Memory.
func (m *Memory) Recall(appID, folded string) (guard.Precedent, bool) {
	if !m.remembers(appID) {
		return guard.Precedent{}, false
	}
	s, ok := newSketch(folded)
	if !ok {
		return guard.Precedent{}, false
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	x := m.apps[appID]
	if x == nil {
		return guard.Precedent{}, false
	}
	n, ok := precedent(x.neighbours(s))
	if !ok {
		return guard.Precedent{}, false
	}
	return guard.Precedent{DecisionID: n.block.decision, Similarity: n.similarity, At: time.UnixMicro(n.block.at).UTC()}, true
}

// remembers tells whether there is anything to compare with.
func (m *Memory) remembers(appID string) bool {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.apps[appID] != nil
}
