package audit_test

import (
	"encoding/hex"
	"errors"
	"iter"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/guardroom/guardroom/internal/audit"
	"github.com/guardroom/guardroom/internal/review"
)

func sample() review.Event {
	return review.Event{
		At: time.Date(2026, 3, 1, 12, 0, 0, 123456000, time.UTC), Actor: review.Actor{Kind: review.ActorUser, ID: "u1"},
		Action: "decision.made", Object: "d1", AppID: "a1", Detail: `{"item_id":"i1"}`,
	}
}

func chain(n int) []review.Event {
	var head audit.Head
	out := make([]review.Event, n)
	for i := range out {
		e := sample()
		e.At = e.At.Add(time.Duration(i) * time.Millisecond)
		out[i], head = head.Append(e)
	}
	return out
}

func each(events []review.Event) iter.Seq2[review.Event, error] {
	return func(yield func(review.Event, error) bool) {
		for _, e := range events {
			if !yield(e, nil) {
				return
			}
		}
	}
}

// The hash is written into databases: it may never change.
func TestHashIsStable(t *testing.T) {
	e, head := audit.Head{}.Append(sample())
	require.Equal(t, int64(1), e.Seq)
	require.Equal(t, audit.Genesis, e.PrevHash)
	require.Equal(t, e.Hash, head.Hash)
	require.Equal(t, "a93bf2d9f1115a17815efb97af243b0eb2e4b69675696dc89ae6066d73cb1df4", hex.EncodeToString(e.Hash[:]))
}

func TestVerifyAcceptsWhatAppendWrote(t *testing.T) {
	events := chain(100)
	r, err := audit.Verify(each(events))
	require.NoError(t, err)
	require.True(t, r.OK())
	require.Equal(t, audit.Head{Seq: 100, Hash: events[99].Hash}, r.Head)

	empty, err := audit.Verify(each(nil))
	require.NoError(t, err)
	require.Equal(t, audit.Report{}, empty)
}

func TestVerifyNamesTheFirstBrokenEvent(t *testing.T) {
	other := [32]byte{1}
	tests := []struct {
		name   string
		tamper func([]review.Event) []review.Event
		broken int64
	}{
		{"time", func(e []review.Event) []review.Event { e[4].At = e[4].At.Add(time.Microsecond); return e }, 5},
		{"actor kind", func(e []review.Event) []review.Event { e[4].Actor.Kind = review.ActorApp; return e }, 5},
		{"actor", func(e []review.Event) []review.Event { e[4].Actor.ID = "u2"; return e }, 5},
		{"action", func(e []review.Event) []review.Event { e[4].Action = "decision.undone"; return e }, 5},
		{"object", func(e []review.Event) []review.Event { e[4].Object = "d2"; return e }, 5},
		{"app", func(e []review.Event) []review.Event { e[4].AppID = "a2"; return e }, 5},
		{"detail", func(e []review.Event) []review.Event { e[4].Detail = "{}"; return e }, 5},
		{"hash", func(e []review.Event) []review.Event { e[4].Hash = other; return e }, 5},
		{"previous hash", func(e []review.Event) []review.Event { e[4].PrevHash = other; return e }, 5},
		{"first removed", func(e []review.Event) []review.Event { return e[1:] }, 1},
		{"one removed", func(e []review.Event) []review.Event { return append(e[:4], e[5:]...) }, 5},
		{"one doubled", func(e []review.Event) []review.Event { return append(e[:5:5], e[4:]...) }, 6},
		{"two swapped", func(e []review.Event) []review.Event { e[3], e[4] = e[4], e[3]; return e }, 4},
		{"changed and hashed anew", func(e []review.Event) []review.Event {
			e[4].Detail = "{}"
			e[4].Hash = audit.Hash(e[4].PrevHash, e[4])
			return e
		}, 6},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := audit.Verify(each(tt.tamper(chain(10))))
			require.NoError(t, err)
			require.Equal(t, tt.broken, r.Broken)
			require.NotEmpty(t, r.Reason)
			require.Equal(t, tt.broken-1, r.Head.Seq)
		})
	}
}

func TestVerifyReportsAnErrorOfReading(t *testing.T) {
	gone := errors.New("gone")
	_, err := audit.Verify(func(yield func(review.Event, error) bool) { yield(review.Event{}, gone) })
	require.ErrorIs(t, err, gone)
}

// Texts cannot move from one field into its neighbour without changing the hash.
func TestHashKeepsFieldsApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringN(1, 12, -1)
		a, b := sample(), sample()
		a.Action, a.Object, a.AppID = text.Draw(t, "action"), text.Draw(t, "object"), text.Draw(t, "app")
		b.Action, b.Object, b.AppID = a.Action+a.Object, "", a.AppID
		require.NotEqual(t, audit.Hash(audit.Genesis, a), audit.Hash(audit.Genesis, b))
		b.Action, b.Object, b.AppID = a.Action, "", a.Object+a.AppID
		require.NotEqual(t, audit.Hash(audit.Genesis, a), audit.Hash(audit.Genesis, b))
	})
}
