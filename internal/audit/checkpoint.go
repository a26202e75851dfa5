package audit

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// checkpointContext is what a signature is about, so that a signature over something
// else can never be taken for one over a Checkpoint.
const checkpointContext = "guardroom.checkpoint.v1"

// maxCheckpointLine bounds one line of a file of Checkpoints, in bytes.
const maxCheckpointLine = 4096

// Checkpoint is a signed statement that the chain had this Event at its end. Kept where
// whoever can write to the database cannot, it shows that the chain was cut off or
// written anew.
type Checkpoint struct {
	Head
	At        time.Time // when it was signed, UTC, to the microsecond
	PublicKey ed25519.PublicKey
	Signature []byte
}

// Signer makes Checkpoints.
type Signer struct{ key ed25519.PrivateKey }

// NewSigner makes one from a secret text, the same one from the same text.
func NewSigner(secret string) (Signer, error) {
	if len(secret) < 32 {
		return Signer{}, errors.New("audit: the signing key must have at least 32 characters")
	}
	seed := sha256.Sum256([]byte("guardroom.audit.key.v1\n" + secret))
	return Signer{ed25519.NewKeyFromSeed(seed[:])}, nil
}

// PublicKey is what verifies, and may be shown to everybody.
func (s Signer) PublicKey() ed25519.PublicKey { return s.key.Public().(ed25519.PublicKey) }

// Sign makes a Checkpoint of the chain's end.
func (s Signer) Sign(head Head, at time.Time) Checkpoint {
	c := Checkpoint{Head: head, At: at.UTC().Truncate(time.Microsecond), PublicKey: s.PublicKey()}
	c.Signature = ed25519.Sign(s.key, c.message())
	return c
}

// SignMessage signs anything else. The message must begin with a line that says what it
// is about, so that it can be taken for nothing else; a Checkpoint's begins with no text.
func (s Signer) SignMessage(message []byte) []byte { return ed25519.Sign(s.key, message) }

func (c Checkpoint) message() []byte {
	b := appendText(nil, checkpointContext)
	b = binary.BigEndian.AppendUint64(b, uint64(c.Seq))
	b = append(b, c.Hash[:]...)
	return binary.BigEndian.AppendUint64(b, uint64(c.At.UnixMicro()))
}

// Verify tells whether the key signed the Checkpoint. The key that stands in it says
// only which one to look for.
func (c Checkpoint) Verify(key ed25519.PublicKey) error {
	if len(key) != ed25519.PublicKeySize || !ed25519.Verify(key, c.message(), c.Signature) {
		return fmt.Errorf("the checkpoint at event %d is not signed with this key", c.Seq)
	}
	return nil
}

type checkpointLine struct {
	Seq       int64     `json:"seq"`
	Hash      string    `json:"hash"` // hex
	At        time.Time `json:"at"`
	Key       string    `json:"key"` // base64, like the next
	Signature string    `json:"signature"`
}

// Line is the Checkpoint as one line of JSON.
func (c Checkpoint) Line() []byte {
	b, err := json.Marshal(checkpointLine{
		Seq: c.Seq, Hash: hex.EncodeToString(c.Hash[:]), At: c.At,
		Key: EncodeKey(c.PublicKey), Signature: base64.StdEncoding.EncodeToString(c.Signature),
	})
	if err != nil { // a year that RFC 3339 cannot write
		panic("audit: a checkpoint is plain data: " + err.Error())
	}
	return append(b, '\n')
}

// ReadCheckpoints reads what Line wrote. A last line without its end is left out: it
// was being written when the power failed.
func ReadCheckpoints(r io.Reader) ([]Checkpoint, error) {
	var out []Checkpoint
	lines := bufio.NewReaderSize(r, maxCheckpointLine)
	for n := 1; ; n++ {
		line, err := lines.ReadSlice('\n')
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		c, err := parseCheckpoint(line)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		out = append(out, c)
	}
}

func parseCheckpoint(line []byte) (Checkpoint, error) {
	var l checkpointLine
	if err := json.Unmarshal(line, &l); err != nil {
		return Checkpoint{}, fmt.Errorf("not a checkpoint: %w", err)
	}
	hash, err := hex.DecodeString(l.Hash)
	if err != nil || len(hash) != sha256.Size || l.Seq < 1 {
		return Checkpoint{}, errors.New("not a checkpoint: place and hash of an event are missing")
	}
	key, err := DecodeKey(l.Key)
	if err != nil {
		return Checkpoint{}, err
	}
	signature, err := base64.StdEncoding.DecodeString(l.Signature)
	if err != nil || len(signature) != ed25519.SignatureSize {
		return Checkpoint{}, errors.New("not a checkpoint: the signature is missing")
	}
	return Checkpoint{Head{l.Seq, [sha256.Size]byte(hash)}, l.At, key, signature}, nil
}

// EncodeKey writes a public key as text.
func EncodeKey(key ed25519.PublicKey) string { return base64.StdEncoding.EncodeToString(key) }

// DecodeKey reads what EncodeKey wrote.
func DecodeKey(text string) (ed25519.PublicKey, error) {
	key, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(key) != ed25519.PublicKeySize {
		return nil, errors.New("a public key is 32 bytes in base64")
	}
	return key, nil
}
