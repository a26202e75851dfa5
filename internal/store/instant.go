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

// orZero is the time, the zero time for 0: what was never.
func (i instant) orZero() time.Time {
	if i == 0 {
		return time.Time{}
	}
	return i.time()
}

// orNever is the instant of a time, 0 for the zero time.
func orNever(t time.Time) instant {
	if t.IsZero() {
		return 0
	}
	return at(t)
}
