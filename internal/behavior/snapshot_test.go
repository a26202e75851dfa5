package behavior

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

// lived is a Tracker that has followed three users of two Apps for some hours.
func lived(t testing.TB) (*Tracker, time.Time) {
	t.Helper()
	tr, err := New(DefaultLimits())
	require.NoError(t, err)
	at := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	for i := range 600 {
		at = at.Add(20 * time.Second)
		tr.Observe(review.Interaction{
			AppID: []string{"a", "b"}[i%2], UserID: []string{"u1", "u2", "u3"}[i%3], OccurredAt: at, LatencyMS: int64(100 + i%50),
			Usage:   review.Usage{PromptTokens: 20 + i%7, CompletionTokens: 40},
			Content: review.Content{Prompt: fmt.Sprint("What about number ", i, "?"), Response: "That."},
		}, nil, review.Policy{})
	}
	return tr, at
}

// What is saved and loaded sees the next events as the one that went on would.
func TestSnapshotGoesOnWhereItWas(t *testing.T) {
	went, at := lived(t)
	var saved bytes.Buffer
	require.NoError(t, went.Save(&saved))
	t.Logf("%d bytes for 3 users of 2 Apps", saved.Len())
	loaded, err := New(DefaultLimits())
	require.NoError(t, err)
	require.NoError(t, loaded.Load(&saved))
	require.Equal(t, went.Users(), loaded.Users())

	policy := review.Policy{Detectors: map[string]review.Rule{}}
	for _, s := range went.Specs() {
		policy.Detectors[s.ID] = review.Rule{Mode: review.ModeEnforce, Flag: 0.5}
	}
	alarms := 0
	for i := range 120 {
		at = at.Add(500 * time.Millisecond)
		in := review.Interaction{AppID: "a", UserID: "u1", OccurredAt: at, Usage: review.Usage{PromptTokens: 4000}, Content: review.Content{Prompt: fmt.Sprint("Next ", i)}}
		want := went.Observe(in, nil, policy)
		require.Equal(t, want, loaded.Observe(in, nil, policy))
		alarms += len(want)
	}
	require.NotZero(t, alarms, "a spike was seen by both")
}

func TestBrokenSnapshotsAreNoMemory(t *testing.T) {
	went, _ := lived(t)
	var saved bytes.Buffer
	require.NoError(t, went.Save(&saved))
	for name, broken := range map[string][]byte{
		"empty": {}, "noise": []byte("not a snapshot at all"), "cut": saved.Bytes()[:saved.Len()/2], "cut late": saved.Bytes()[:saved.Len()-7],
	} {
		tr, err := New(DefaultLimits())
		require.NoError(t, err)
		require.Error(t, tr.Load(bytes.NewReader(broken)), name)
		require.Zero(t, tr.Users(), name)
		tr.Observe(review.Interaction{AppID: "a", UserID: "u", OccurredAt: time.Now()}, nil, review.Policy{})
		require.Equal(t, 1, tr.Users(), name)
	}
}

func TestAggregatesAreDrainedOnce(t *testing.T) {
	tr, _ := lived(t)
	counted := tr.Drain()
	calls := 0
	for _, d := range counted.Costs {
		require.Zero(t, d.Day.Hour())
		calls += d.Calls
	}
	require.Equal(t, 600, calls)
	ofApp, ofUsers := 0, 0
	for _, h := range counted.Hours {
		if h.UserID == "" {
			ofApp += h.Requests
		} else {
			ofUsers += h.Requests
		}
		require.Zero(t, h.Hour.Minute())
		require.Equal(t, h.Requests, h.Timed)
	}
	require.Equal(t, 600, ofApp)
	require.Equal(t, 600, ofUsers)
	require.Empty(t, tr.Drain())
	tr.Restore(counted)
	again := tr.Drain()
	require.ElementsMatch(t, counted.Hours, again.Hours)
	require.ElementsMatch(t, counted.Costs, again.Costs)
}

func FuzzLoad(f *testing.F) {
	went, _ := lived(f)
	var saved bytes.Buffer
	require.NoError(f, went.Save(&saved))
	f.Add(saved.Bytes()[:200])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		tr, err := New(Limits{Users: 64, Apps: 4, Idle: 24 * time.Hour})
		require.NoError(t, err)
		if tr.Load(bytes.NewReader(data)) != nil {
			require.Zero(t, tr.Users())
		}
	})
}
