package store

import "time"

// instant is a time as it is stored: Unix microseconds, which both databases keep
// exactly and compare quickly.
type instant int64

func at(t time.Time) instant { return instant(t.UnixMicro()) }

func atOrNull(t *time.Time) *instant {
	if t == nil {
		return nil
	}
	i := at(*t)
	return &i
}

func (i instant) time() time.Time { return time.UnixMicro(int64(i)).UTC() }

func (i *instant) timeOrNil() *time.Time {
	if i == nil {
		return nil
	}
	t := i.time()
	return &t
}
