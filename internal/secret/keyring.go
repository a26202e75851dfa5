package secret

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// Wrapper keeps a Keyring unreadable for who has its file alone: a key management service, which holds a key of its
// own and never gives it away.
type Wrapper interface {
	Wrap(ctx context.Context, plain []byte) ([]byte, error)
	Unwrap(ctx context.Context, wrapped []byte) ([]byte, error)
}

// Keyring seals texts, each for its place, with one of several keys of 256 bits (XChaCha20-Poly1305: with nonces of 192
// bits, random ones never meet, however much is sealed). It is immutable.
type Keyring struct {
	handle  *keyset.Handle
	primary uint32
	ids     []uint32
	sealers map[uint32]tink.AEAD // each opens all, and seals with one
}

// A sealed value begins with two bytes that no UTF-8 has, so that what was written before texts were sealed can be told
// apart. Then come the ciphertexts of Tink, which begin with their key's id: one of a short text, two of a long one, so
// that its beginning can be opened alone.
const (
	sealMark   = 0xff
	sealWhole  = 0x01
	sealParted = 0x02

	tinkMark = 0x01
	overhead = 5 + 24 + 16 // of a ciphertext: the key, the nonce and the tag
	tagBytes = 16
)

const (
	// SealedHead is how much of a long text can be opened without the rest, in bytes.
	SealedHead = 16 << 10
	// SealedHeadBytes is how much of a sealed value is enough to open that much.
	SealedHeadBytes = 2 + overhead + SealedHead
	// SealedPrefixBytes is how much of a sealed value is enough to tell its key.
	SealedPrefixBytes = 2 + 5
)

// NewKeyring makes a Keyring with one key.
func NewKeyring() (*Keyring, error) {
	handle, err := keyset.NewHandle(aead.XChaCha20Poly1305KeyTemplate())
	if err != nil {
		return nil, fmt.Errorf("secret: make a keyring: %w", err)
	}
	return newKeyring(handle)
}

func newKeyring(handle *keyset.Handle) (*Keyring, error) {
	first, err := handle.Primary()
	if err != nil {
		return nil, fmt.Errorf("secret: a keyring: %w", err)
	}
	k := &Keyring{handle: handle, primary: first.KeyID(), sealers: map[uint32]tink.AEAD{}}
	for i := range handle.Len() {
		entry, err := handle.Entry(i)
		if err != nil {
			return nil, fmt.Errorf("secret: a keyring: %w", err)
		}
		if entry.KeyStatus() != keyset.Enabled {
			continue
		}
		if err := k.addSealer(entry.KeyID()); err != nil {
			return nil, err
		}
	}
	return k, nil
}

func (k *Keyring) addSealer(id uint32) error {
	manager := keyset.NewManagerFromHandle(k.handle)
	err := manager.SetPrimary(id)
	if err != nil {
		return fmt.Errorf("secret: a keyring: %w", err)
	}
	handle, err := manager.Handle()
	if err != nil {
		return fmt.Errorf("secret: a keyring: %w", err)
	}
	sealer, err := aead.New(handle)
	if err != nil {
		return fmt.Errorf("secret: a keyring: %w", err)
	}
	k.ids = append(k.ids, id)
	k.sealers[id] = sealer
	return nil
}

// ParseKeyring reads what Marshal wrote: a keyset of Tink as JSON, wrapped or not. A wrapped one needs its Wrapper.
func ParseKeyring(ctx context.Context, text []byte, by Wrapper) (k *Keyring, wrapped bool, err error) {
	var form struct {
		EncryptedKeyset string `json:"encryptedKeyset"`
	}
	if err := json.Unmarshal(text, &form); err != nil {
		return nil, false, errors.New("secret: this is no keyring") // the error could show a key
	}
	reader := keyset.NewJSONReader(bytes.NewReader(text))
	var handle *keyset.Handle
	switch wrapped = form.EncryptedKeyset != ""; {
	case !wrapped:
		handle, err = insecurecleartextkeyset.Read(reader)
	case by == nil:
		return nil, true, errors.New("secret: this keyring is wrapped by a key management service, and none is named")
	default:
		handle, err = keyset.ReadWithContext(ctx, reader, wrapping{by}, nil)
	}
	if err != nil {
		return nil, wrapped, fmt.Errorf("secret: this keyring cannot be read: %w", err)
	}
	k, err = newKeyring(handle)
	return k, wrapped, err
}

// Marshal writes the keys as JSON, wrapped when there is who wraps them.
func (k *Keyring) Marshal(ctx context.Context, by Wrapper) ([]byte, error) {
	var b bytes.Buffer
	var err error
	if by == nil {
		err = insecurecleartextkeyset.Write(k.handle, keyset.NewJSONWriter(&b))
	} else {
		err = k.handle.WriteWithContext(ctx, keyset.NewJSONWriter(&b), wrapping{by}, nil)
	}
	if err != nil {
		return nil, fmt.Errorf("secret: write a keyring: %w", err)
	}
	return b.Bytes(), nil
}

// wrapping is a Wrapper as Tink asks for it. What is wrapped belongs to nothing else, so that there is no associated
// data.
type wrapping struct{ by Wrapper }

func (w wrapping) EncryptWithContext(ctx context.Context, plain, _ []byte) ([]byte, error) {
	return w.by.Wrap(ctx, plain)
}

func (w wrapping) DecryptWithContext(ctx context.Context, wrapped, _ []byte) ([]byte, error) {
	return w.by.Unwrap(ctx, wrapped)
}

// Primary is the key that the Keyring itself would seal with.
func (k *Keyring) Primary() uint32 { return k.primary }

// IDs are those of all keys.
func (k *Keyring) IDs() []uint32 { return slices.Clone(k.ids) }

// Has tells whether there is a key.
func (k *Keyring) Has(id uint32) bool { return k.sealers[id] != nil }

// WithNew returns a Keyring that has one key more, which is the primary one.
func (k *Keyring) WithNew() (*Keyring, error) {
	manager := keyset.NewManagerFromHandle(k.handle)
	id, err := manager.Add(aead.XChaCha20Poly1305KeyTemplate())
	if err == nil {
		err = manager.SetPrimary(id)
	}
	return managed(manager, err)
}

// Only returns a Keyring with nothing but this key.
func (k *Keyring) Only(id uint32) (*Keyring, error) {
	manager := keyset.NewManagerFromHandle(k.handle)
	err := manager.SetPrimary(id)
	for _, other := range k.ids {
		if err == nil && other != id {
			err = manager.Delete(other)
		}
	}
	return managed(manager, err)
}

func managed(manager *keyset.Manager, err error) (*Keyring, error) {
	if err != nil {
		return nil, fmt.Errorf("secret: change a keyring: %w", err)
	}
	handle, err := manager.Handle()
	if err != nil {
		return nil, fmt.Errorf("secret: change a keyring: %w", err)
	}
	return newKeyring(handle)
}

// SealedWith tells with which key a value is sealed, if it is. The first SealedPrefixBytes are enough.
func SealedWith(value []byte) (id uint32, sealed bool) {
	if len(value) < SealedPrefixBytes || value[0] != sealMark || value[2] != tinkMark || (value[1] != sealWhole && value[1] != sealParted) {
		return 0, false
	}
	return binary.BigEndian.Uint32(value[3:7]), true
}

// SealedPrefixes are the beginnings of all values that are sealed with a key.
func SealedPrefixes(id uint32) [2][]byte {
	prefix := func(form byte) []byte {
		return binary.BigEndian.AppendUint32([]byte{sealMark, form, tinkMark}, id)
	}
	return [2][]byte{prefix(sealWhole), prefix(sealParted)}
}

// Seal seals a text for a place with a key. At any other place it cannot be opened.
func (k *Keyring) Seal(id uint32, text []byte, place string) ([]byte, error) {
	sealer := k.sealers[id]
	if sealer == nil {
		return nil, fmt.Errorf("secret: there is no key %d", id)
	}
	if len(text) <= SealedHead {
		whole, err := sealer.Encrypt(text, purpose(sealWhole, 0, place, nil))
		return slices.Concat([]byte{sealMark, sealWhole}, whole), err
	}
	head, err := sealer.Encrypt(text[:SealedHead], purpose(sealParted, 'h', place, nil))
	if err != nil {
		return nil, err
	}
	tail, err := sealer.Encrypt(text[SealedHead:], purpose(sealParted, 't', place, head))
	return slices.Concat([]byte{sealMark, sealParted}, head, tail), err
}

// purpose is what a ciphertext is good for. The rest of a long text belongs to its beginning.
func purpose(form, part byte, place string, head []byte) []byte {
	b := make([]byte, 0, 2+tagBytes+len(place))
	b = append(b, form, part)
	if head != nil {
		b = append(b, head[len(head)-tagBytes:]...)
	}
	return append(b, place...)
}

// ErrChanged says that a value was sealed for another place, or with another key, or was changed.
var ErrChanged = errors.New("secret: this was changed, or sealed for another place")

// UnknownKeyError says that a value was sealed with a key that is not there.
type UnknownKeyError uint32

func (e UnknownKeyError) Error() string {
	return fmt.Sprintf("secret: this was sealed with key %d, which is not there", uint32(e))
}

// Open opens what Seal sealed for the same place.
func (k *Keyring) Open(value []byte, place string) ([]byte, error) {
	opener, err := k.opener(value)
	if err != nil {
		return nil, err
	}
	if value[1] == sealWhole {
		return opened(opener.Decrypt(value[2:], purpose(sealWhole, 0, place, nil)))
	}
	head, err := k.OpenHead(value, place)
	if err != nil {
		return nil, err
	}
	sealedHead, rest := value[2:SealedHeadBytes], value[SealedHeadBytes:]
	tail, err := opener.Decrypt(rest, purpose(sealParted, 't', place, sealedHead))
	return opened(append(head, tail...), err)
}

// OpenHead opens the beginning of what Seal sealed: at most SealedHead bytes of the text, for which the first
// SealedHeadBytes of the value are enough.
func (k *Keyring) OpenHead(value []byte, place string) ([]byte, error) {
	opener, err := k.opener(value)
	switch {
	case err != nil:
		return nil, err
	case value[1] == sealWhole:
		return opened(opener.Decrypt(value[2:], purpose(sealWhole, 0, place, nil)))
	case len(value) < SealedHeadBytes:
		return nil, ErrChanged
	}
	return opened(opener.Decrypt(value[2:SealedHeadBytes], purpose(sealParted, 'h', place, nil)))
}

func (k *Keyring) opener(value []byte) (tink.AEAD, error) {
	id, sealed := SealedWith(value)
	if !sealed {
		return nil, ErrChanged
	}
	if opener := k.sealers[id]; opener != nil {
		return opener, nil
	}
	return nil, UnknownKeyError(id)
}

func opened(text []byte, err error) ([]byte, error) {
	if err != nil {
		return nil, ErrChanged
	}
	return text, nil
}
