package moderation

import (
	"container/list"
	"sync"
	"time"
)

// cache remembers answers by the hash of their text, maxCached of them, each for cachedFor. It is safe for concurrent use.
type cache struct {
	clock func() time.Time

	mu    sync.Mutex
	known map[[32]byte]*list.Element
	used  *list.List // of *answer, the one that was asked about last in front
}

type answer struct {
	key    [32]byte
	scores scores
	until  time.Time
}

func newCache(clock func() time.Time) *cache {
	return &cache{clock: clock, known: map[[32]byte]*list.Element{}, used: list.New()}
}

func (c *cache) get(key [32]byte) (scores, bool) {
	now := c.clock()
	c.mu.Lock()
	defer c.mu.Unlock()
	at, ok := c.known[key]
	if !ok {
		return nil, false
	}
	a := at.Value.(*answer)
	if !now.Before(a.until) {
		c.forget(at)
		return nil, false
	}
	c.used.MoveToFront(at)
	return a.scores, true
}

// put replaces what is known: two may have asked about the same text at once.
func (c *cache) put(key [32]byte, s scores) {
	until := c.clock().Add(cachedFor)
	c.mu.Lock()
	defer c.mu.Unlock()
	if at, ok := c.known[key]; ok {
		c.forget(at)
	}
	c.known[key] = c.used.PushFront(&answer{key, s, until})
	if c.used.Len() > maxCached {
		c.forget(c.used.Back())
	}
}

func (c *cache) forget(at *list.Element) {
	delete(c.known, at.Value.(*answer).key)
	c.used.Remove(at)
}
