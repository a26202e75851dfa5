// Package audit makes the log of Events tamper-evident: every Event carries the hash
// of the one before it, so that nothing can be changed, removed from the middle or
// put in between without all later hashes telling.
//
// It hashes and verifies Events that it is handed; it does not know how they are
// stored. A chain cannot tell that its end was cut off, nor that all of it was written
// anew: Checkpoints, signed and kept elsewhere, can.
package audit

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/guardroom/guardroom/internal/review"
)

// The names of the two ways in which an Event is hashed, so that one can never give the
// hash of the other. The first is for Events without an Origin, as all once were.
const (
	encoding           = "guardroom.event.v1"
	encodingWithOrigin = "guardroom.event.v2"
)

// Genesis is what the first Event has for a previous hash.
var Genesis [sha256.Size]byte

// Hash returns the hash of an Event that follows prev: SHA-256 over the encoding's
// name, prev, the Event's place and time (Unix microseconds) as big-endian 64-bit
// numbers, and its texts, those of its Origin last, each with its length before it.
func Hash(prev [sha256.Size]byte, e review.Event) [sha256.Size]byte {
	b := make([]byte, 0, 512)
	texts := [...]string{string(e.Actor.Kind), e.Actor.ID, e.Action, e.Object, e.AppID, e.Detail,
		e.Origin.Address, e.Origin.Session, e.Origin.Request, string(e.Origin.Role)}
	name, told := encodingWithOrigin, texts[:]
	if e.Origin == (review.Origin{}) {
		name, told = encoding, texts[:6]
	}
	b = appendText(b, name)
	b = append(b, prev[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(e.Seq))
	b = binary.BigEndian.AppendUint64(b, uint64(e.At.UnixMicro()))
	for _, text := range told {
		b = appendText(b, text)
	}
	return sha256.Sum256(b)
}

func appendText(b []byte, text string) []byte {
	b = binary.BigEndian.AppendUint64(b, uint64(len(text)))
	return append(b, text...)
}

// Head is the end of a chain: the place and hash of its last Event. The zero Head
// is the empty chain.
type Head struct {
	Seq  int64
	Hash [sha256.Size]byte
}

// Append gives an Event its place after the head and its hashes, and returns the new
// head.
func (h Head) Append(e review.Event) (review.Event, Head) {
	e.Seq, e.PrevHash = h.Seq+1, h.Hash
	e.Hash = Hash(h.Hash, e)
	return e, Head{Seq: e.Seq, Hash: e.Hash}
}

// Report is what Verify found.
type Report struct {
	Head   Head  // of the part that verifies
	Broken int64 // the place of the first Event that does not verify, 0 when all do
	Reason string
}

// OK tells whether every Event verified.
func (r Report) OK() bool { return r.Broken == 0 }

// Verify reads a chain from its first Event and stops at the first one that is not
// what was written, or not what a Checkpoint says. The error is one of reading; a
// broken chain is a Report. Whether Checkpoints are genuine is for Checkpoint.Verify.
func Verify(events iter.Seq2[review.Event, error], checkpoints ...Checkpoint) (Report, error) {
	signed := slices.SortedFunc(slices.Values(checkpoints), func(a, b Checkpoint) int { return cmp.Compare(a.Seq, b.Seq) })
	var r Report
	for e, err := range events {
		if err != nil {
			return r, err
		}
		reason := flaw(r.Head, e)
		for reason == "" && len(signed) > 0 && signed[0].Seq <= e.Seq {
			if signed[0].Hash != e.Hash {
				reason = "the event is another one than was signed at " + signed[0].At.UTC().Format(time.RFC3339)
			}
			signed = signed[1:]
		}
		if reason != "" {
			r.Broken, r.Reason = r.Head.Seq+1, reason
			return r, nil
		}
		r.Head = Head{Seq: e.Seq, Hash: e.Hash}
	}
	if len(signed) > 0 {
		last := signed[len(signed)-1]
		r.Broken = r.Head.Seq + 1
		r.Reason = fmt.Sprintf("the chain ends here, and event %d was signed at %s", last.Seq, last.At.UTC().Format(time.RFC3339))
	}
	return r, nil
}

func flaw(head Head, e review.Event) string {
	switch {
	case e.Seq != head.Seq+1:
		return "an event is missing or out of place"
	case e.PrevHash != head.Hash:
		return "the event does not follow the one before it"
	case e.Hash != Hash(e.PrevHash, e):
		return "the event was changed"
	}
	return ""
}
