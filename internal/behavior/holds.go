package behavior

import (
	"maps"
	"slices"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/guardroom/guardroom/internal/review"
)

// maxHolds bounds how many users are remembered as held back. Beyond it nobody is added: each of their Interactions is still blocked.
const maxHolds = 10_000

// hold is the last that was said about holding a user back. One that is released stays known for as long as a hold can last:
// what is told late of the time before must not hold the user back again.
type hold struct {
	At, Until time.Time // Until is not after At of one that was released
	Finding   review.Finding
}

// gone tells whether nothing that was said before it can count any more.
func (h hold) gone(now time.Time) bool { return !now.Before(h.At.Add(review.ConductHold)) }

// heldUser is a hold with whom it is about, as it is kept and told to other servers.
type heldUser struct {
	Key  userKey
	Hold hold
}

// after tells whether it was said later; of what was said at once the release counts.
func (h hold) after(before hold) bool {
	return h.At.After(before.At) || h.At.Equal(before.At) && h.Until.Equal(h.At) && before.Until.After(before.At)
}

// sound tells whether it can be one of HoldBack's or Release's.
func (h heldUser) sound() bool {
	f, at, until := h.Hold.Finding, h.Hold.At, h.Hold.Until
	known := slices.ContainsFunc(detectors[:], func(d detector) bool { return d.spec.ID == f.Detector && d.spec.Category == f.Category })
	released := f == (review.Finding{}) && until.Equal(at)
	return h.Key.App != "" && len(h.Key.App) <= maxName && h.Key.User != "" && len(h.Key.User) <= maxName &&
		at.Year() >= 1970 && at.Year() < 3000 && !until.Before(at) && !until.After(at.Add(review.ConductHold)) &&
		(released || known && slices.Contains(review.Severities(), f.Severity) && f.Confidence >= 0 && f.Confidence <= 1 &&
			len(f.Message) <= maxName && utf8.ValidString(f.Message))
}

// holds is who is held back.
type holds struct {
	mu    sync.Mutex
	users map[userKey]hold
}

func (h *holds) of(key userKey, now time.Time) (hold, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	found, ok := h.users[key]
	return found, ok && now.Before(found.Until)
}

// put keeps what was said last, and tells whether that was it.
func (h *holds) put(u heldUser) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	before, known := h.users[u.Key]
	if known && !u.Hold.after(before) {
		return false
	}
	if !known && len(h.users) >= maxHolds {
		maps.DeleteFunc(h.users, func(_ userKey, x hold) bool { return x.gone(u.Hold.At) })
		if len(h.users) >= maxHolds {
			return false
		}
	}
	if h.users == nil {
		h.users = map[userKey]hold{}
	}
	h.users[u.Key] = u.Hold
	return true
}

// all lists what was said.
func (h *holds) all() []heldUser {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := make([]heldUser, 0, len(h.users))
	for key, x := range h.users {
		out = append(out, heldUser{key, x})
	}
	return out
}

func (h *holds) prune(now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	maps.DeleteFunc(h.users, func(_ userKey, x hold) bool { return x.gone(now) })
}

func (h *holds) drop(key userKey) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.users, key)
}

func (h *holds) forget() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.users = nil
}

// HoldBack holds a user back for review.ConductHold, on every server that this one tells.
func (t *Tracker) HoldBack(appID, userID string, f review.Finding, now time.Time) {
	t.say(heldUser{userKey{appID, userID}, hold{now, now.Add(review.ConductHold), f}})
}

// Release ends that.
func (t *Tracker) Release(appID, userID string, now time.Time) {
	t.say(heldUser{userKey{appID, userID}, hold{At: now, Until: now}})
}

func (t *Tracker) say(u heldUser) {
	if u.Key.User != "" && t.holds.put(u) && t.tellHold != nil {
		t.tellHold(u)
	}
}

// HeldBack returns for what a user is held back, and until when.
func (t *Tracker) HeldBack(appID, userID string, now time.Time) (review.Held, bool) {
	x, ok := t.holds.of(userKey{appID, userID}, now)
	return review.Held{Finding: x.Finding, Until: x.Until}, ok
}
