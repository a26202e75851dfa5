package web

import (
	"container/list"
	"net/netip"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/guardroom/guardroom/internal/review"
)

// limiter keeps one token bucket for each of a bounded number of keys; the one not
// used for longest makes room.
type limiter struct {
	every time.Duration // one token comes back in this time
	burst int
	keys  int
	clock review.Clock

	mu      sync.Mutex
	buckets map[string]*list.Element
	recent  *list.List // of *bucket, latest first
}

type bucket struct {
	key    string
	tokens *rate.Limiter
}

func newLimiter(burst int, every time.Duration, keys int, clock review.Clock) *limiter {
	return &limiter{every: every, burst: burst, keys: keys, clock: clock, buckets: map[string]*list.Element{}, recent: list.New()}
}

// take takes a token; when there is none it returns how long to wait for one.
func (l *limiter) take(key string) time.Duration {
	now := l.clock()
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.bucket(key).tokens.ReserveN(now, 1)
	wait := r.DelayFrom(now)
	if wait > 0 {
		r.CancelAt(now)
	}
	return wait
}

func (l *limiter) bucket(key string) *bucket {
	if e, ok := l.buckets[key]; ok {
		l.recent.MoveToFront(e)
		return e.Value.(*bucket)
	}
	if l.recent.Len() >= l.keys {
		l.drop(l.recent.Back())
	}
	b := &bucket{key: key, tokens: rate.NewLimiter(rate.Every(l.every), l.burst)}
	l.buckets[key] = l.recent.PushFront(b)
	return b
}

// forget fills a key's bucket again.
func (l *limiter) forget(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e, ok := l.buckets[key]; ok {
		l.drop(e)
	}
}

func (l *limiter) drop(e *list.Element) {
	delete(l.buckets, e.Value.(*bucket).key)
	l.recent.Remove(e)
}

// loginLimits slows down guessing: of one account from anywhere, and of any account
// from one address.
type loginLimits struct {
	accounts  *limiter
	addresses *limiter
}

func newLoginLimits(clock review.Clock) *loginLimits {
	return &loginLimits{
		accounts:  newLimiter(5, 15*time.Second, 10_000, clock),
		addresses: newLimiter(30, 2*time.Second, 10_000, clock),
	}
}

// newCodeLimit: three codes of a million are right at a time, so who knows a password
// and guesses a code every minute is right within a day once in 230 times; every wrong one is an event.
func newCodeLimit(clock review.Clock) *limiter { return newLimiter(5, time.Minute, 10_000, clock) }

// take counts a try; it returns how long to wait when there were too many.
func (l *loginLimits) take(email, address string) time.Duration {
	if wait := l.addresses.take(network(address)); wait > 0 {
		return wait
	}
	return l.accounts.take(account(email))
}

// succeeded: who knows the password was not guessing.
func (l *loginLimits) succeeded(email string) { l.accounts.forget(account(email)) }

// maxAccountKey bounds what a try can make us remember.
const maxAccountKey = 254

func account(email string) string {
	email = strings.ToLower(strings.TrimSpace(email))
	return email[:min(len(email), maxAccountKey)]
}

// network is the address itself, or the /64 that one IPv6 host has to itself.
func network(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return ""
	}
	a = a.Unmap().WithZone("")
	if a.Is4() {
		return a.String()
	}
	p, err := a.Prefix(64)
	if err != nil {
		return a.String()
	}
	return p.String()
}
