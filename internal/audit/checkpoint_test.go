package audit_test

import (
	"bytes"
	"crypto/ed25519"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/guardroom/guardroom/internal/audit"
	"github.com/guardroom/guardroom/internal/review"
)

var signedAt = time.Date(2026, 3, 1, 13, 0, 0, 0, time.UTC)

func signer(t testing.TB, letter string) audit.Signer {
	t.Helper()
	s, err := audit.NewSigner(strings.Repeat(letter, 32))
	require.NoError(t, err)
	return s
}

func headOf(events []review.Event) audit.Head {
	last := events[len(events)-1]
	return audit.Head{Seq: last.Seq, Hash: last.Hash}
}

func TestCheckpointsComeBackFromAFile(t *testing.T) {
	s := signer(t, "k")
	var file bytes.Buffer
	var want []audit.Checkpoint
	for _, n := range []int{1, 5, 10} {
		c := s.Sign(headOf(chain(n)), signedAt)
		require.NoError(t, c.Verify(s.PublicKey()))
		want = append(want, c)
		file.Write(c.Line())
	}
	whole := file.String()
	got, err := audit.ReadCheckpoints(strings.NewReader(whole))
	require.NoError(t, err)
	require.Equal(t, want, got)
	for _, c := range got {
		require.NoError(t, c.Verify(s.PublicKey()))
		require.Error(t, c.Verify(signer(t, "l").PublicKey()))
		require.Error(t, c.Verify(nil))
	}
	cut, err := audit.ReadCheckpoints(strings.NewReader(whole[:len(whole)-5]))
	require.NoError(t, err)
	require.Equal(t, want[:2], cut, "the last line was being written")
	for _, bad := range []string{"x\n", "{}\n", strings.Replace(whole, `"seq":1`, `"seq":0`, 1), strings.Repeat("x", 5000) + "\n"} {
		_, err := audit.ReadCheckpoints(strings.NewReader(bad))
		require.Error(t, err)
	}
}

func TestAShortKeyIsRefused(t *testing.T) {
	_, err := audit.NewSigner("short")
	require.Error(t, err)
}

// A signature holds for one place, hash and time.
func TestASignatureIsAboutOneEnd(t *testing.T) {
	s := signer(t, "k")
	c := s.Sign(headOf(chain(3)), signedAt)
	for name, change := range map[string]func(*audit.Checkpoint){
		"place":     func(c *audit.Checkpoint) { c.Seq++ },
		"hash":      func(c *audit.Checkpoint) { c.Hash[0] ^= 1 },
		"time":      func(c *audit.Checkpoint) { c.At = c.At.Add(time.Second) },
		"signature": func(c *audit.Checkpoint) { c.Signature = make([]byte, ed25519.SignatureSize) },
	} {
		changed := c
		change(&changed)
		require.Error(t, changed.Verify(s.PublicKey()), name)
	}
}

func TestCheckpointsTellOfAnEndThatWasCutOffOrWrittenAnew(t *testing.T) {
	s := signer(t, "k")
	events := chain(10)
	at5, at10 := s.Sign(headOf(events[:5]), signedAt), s.Sign(headOf(events), signedAt)

	r, err := audit.Verify(each(events), at10, at5)
	require.NoError(t, err)
	require.True(t, r.OK())

	r, err = audit.Verify(each(events[:8]), at5, at10)
	require.NoError(t, err)
	require.EqualValues(t, 9, r.Broken)
	require.Contains(t, r.Reason, "event 10 was signed")

	anew := chain(10)
	var head audit.Head
	for i := range anew {
		anew[i].Actor.ID = "somebody else"
		anew[i], head = head.Append(anew[i])
	}
	r, err = audit.Verify(each(anew))
	require.NoError(t, err)
	require.True(t, r.OK(), "without a checkpoint nothing tells")
	r, err = audit.Verify(each(anew), at5, at10)
	require.NoError(t, err)
	require.EqualValues(t, 5, r.Broken)
}

// Any one Event that is changed, removed, put in or swapped is found, at its place.
func TestAnyOneTamperingIsFound(t *testing.T) {
	s := signer(t, "k")
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 40).Draw(t, "events")
		events := chain(n)
		for i := range events { // some with an origin, some without
			if rapid.Bool().Draw(t, "origin") {
				events[i].Origin = review.Origin{Address: "192.0.2.1", Role: review.RoleLead}
			}
		}
		var head audit.Head
		for i := range events {
			events[i], head = head.Append(events[i])
		}
		signed := s.Sign(head, signedAt)
		at := rapid.IntRange(0, n-1).Draw(t, "at")
		text := rapid.StringN(1, 8, -1).Draw(t, "text")
		switch rapid.SampledFrom([]string{"change", "remove", "insert", "swap"}).Draw(t, "tampering") {
		case "change":
			changeOne(t, &events[at], text)
		case "remove":
			events = append(events[:at:at], events[at+1:]...)
		case "insert":
			extra := events[at]
			extra.Object = text
			events = append(events[:at:at], append([]review.Event{extra}, events[at:]...)...)
		case "swap":
			other := rapid.IntRange(0, n-2).Draw(t, "with")
			if other >= at {
				other++
			}
			events[at], events[other] = events[other], events[at]
		}
		r, err := audit.Verify(each(events), signed)
		require.NoError(t, err)
		require.False(t, r.OK())
	})
}

func changeOne(t *rapid.T, e *review.Event, text string) {
	fields := []func(){
		func() { e.Seq++ }, func() { e.At = e.At.Add(time.Microsecond) }, func() { e.Actor.Kind += review.ActorKind(text) },
		func() { e.Actor.ID += text }, func() { e.Action += text }, func() { e.Object += text }, func() { e.AppID += text },
		func() { e.Detail += text }, func() { e.Origin.Address += text }, func() { e.Origin.Session += text },
		func() { e.Origin.Request += text }, func() { e.Origin.Role += review.Role(text) },
		func() { e.PrevHash[0] ^= 1 }, func() { e.Hash[31] ^= 1 },
	}
	fields[rapid.IntRange(0, len(fields)-1).Draw(t, "field")]()
}

func FuzzReadCheckpoints(f *testing.F) {
	s, err := audit.NewSigner(strings.Repeat("k", 32))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(s.Sign(headOf(chain(2)), signedAt).Line())
	f.Add([]byte("{}\n\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		got, err := audit.ReadCheckpoints(bytes.NewReader(file))
		if err != nil {
			return
		}
		for _, c := range got {
			again, err := audit.ReadCheckpoints(bytes.NewReader(c.Line()))
			if err != nil || len(again) != 1 || again[0].Head != c.Head {
				t.Fatalf("%+v does not come back: %v", c, err)
			}
		}
	})
}
