// Package audit makes the log of Events tamper-evident: every Event carries the hash
// of the one before it, so that nothing can be changed, removed from the middle or
// put in between without all later hashes telling.
//
// It hashes and verifies Events that it is handed; it does not know how they are
// stored. A chain cannot tell that its end was cut off: whoever wants to know that
// keeps a Report elsewhere and compares.
package audit

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"iter"

	"github.com/guardroom/guardroom/internal/review"
)

// encoding names the way in which an Event is hashed, so that another way can
// never give the same hash.
const encoding = "guardroom.event.v1"

// Genesis is what the first Event has for a previous hash.
var Genesis [sha256.Size]byte

// Hash returns the hash of an Event that follows prev: SHA-256 over the encoding's
// name, prev, the Event's place and time (Unix microseconds) as big-endian 64-bit
// numbers, and its texts, each with its length before it.
func Hash(prev [sha256.Size]byte, e review.Event) [sha256.Size]byte {
	h := sha256.New()
	writeText(h, encoding)
	h.Write(prev[:])
	writeNumber(h, uint64(e.Seq))
	writeNumber(h, uint64(e.At.UnixMicro()))
	for _, text := range []string{string(e.Actor.Kind), e.Actor.ID, e.Action, e.Object, e.AppID, e.Detail} {
		writeText(h, text)
	}
	return [sha256.Size]byte(h.Sum(nil))
}

func writeNumber(h hash.Hash, n uint64) {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], n)
	h.Write(b[:])
}

func writeText(h hash.Hash, text string) {
	writeNumber(h, uint64(len(text)))
	h.Write([]byte(text))
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
// what was written. The error is one of reading; a broken chain is a Report.
func Verify(events iter.Seq2[review.Event, error]) (Report, error) {
	var r Report
	for e, err := range events {
		if err != nil {
			return r, err
		}
		if reason := flaw(r.Head, e); reason != "" {
			r.Broken, r.Reason = r.Head.Seq+1, reason
			return r, nil
		}
		r.Head = Head{Seq: e.Seq, Hash: e.Hash}
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
