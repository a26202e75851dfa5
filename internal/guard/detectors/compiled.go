package detectors

import "sync"

// compiled keeps what is made of the texts of policies: policies are few, and every
// screening needs the same again. What could not be made is kept as well, so that a
// broken text costs no more than a whole one. It is safe for concurrent use.
type compiled[T any] struct {
	build func(text string) (T, error)

	mu    sync.RWMutex
	kept  map[string]made[T]
	bytes int // of the texts
}

type made[T any] struct {
	value T
	err   error
}

// Bounds of what is kept; whoever goes beyond starts anew.
const (
	maxCompiled      = 4096
	maxCompiledBytes = 8 << 20
)

func newCompiled[T any](build func(text string) (T, error)) *compiled[T] {
	return &compiled[T]{build: build, kept: map[string]made[T]{}}
}

// of returns what is made of a text.
func (c *compiled[T]) of(text string) (T, error) {
	c.mu.RLock()
	m, ok := c.kept[text]
	c.mu.RUnlock()
	if ok {
		return m.value, m.err
	}
	m.value, m.err = c.build(text)
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.kept) >= maxCompiled || c.bytes+len(text) > maxCompiledBytes {
		clear(c.kept)
		c.bytes = 0
	}
	c.kept[text] = m
	c.bytes += len(text)
	return m.value, m.err
}
