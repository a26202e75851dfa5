package export

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"time"

	"github.com/guardroom/guardroom/internal/review"
)

// manifestContext is the first line of what a signature is over, so that one over
// something else can never be taken for it.
const manifestContext = "guardroom.export.v1\n"

// MaxManifest bounds a manifest, in bytes.
const MaxManifest = 4 << 20

// Manifest is a signed statement about one export: what is in the file, and who took it.
type Manifest struct {
	Format         string            `json:"manifest"` // manifestVersion
	Export         string            `json:"export"`
	Mark           string            `json:"mark,omitempty"` // of a CSV; 16 hexadecimal digits
	Kind           review.ExportKind `json:"kind"`
	FileFormat     string            `json:"format"`
	File           string            `json:"file"` // the name that it was offered by
	Bytes          int64             `json:"bytes"`
	SHA256         string            `json:"sha256"` // hexadecimal
	Rows           int               `json:"rows"`
	Columns        []string          `json:"columns,omitempty"` // of a CSV
	Filter         map[string]string `json:"filter"`
	PersonalData   string            `json:"personal_data"` // as_submitted, placeholders or none
	PolicyVersions map[string][]int  `json:"policy_versions,omitempty"`
	By             review.Actor      `json:"by"`
	Name           string            `json:"name"`
	Role           review.Role       `json:"role"`
	AskedAt        time.Time         `json:"asked_at"`
	MadeAt         time.Time         `json:"made_at"`
	Key            string            `json:"key"` // base64; says only which key to look for
	Signature      string            `json:"signature"`
}

const manifestVersion = "1"

// The values of Manifest.PersonalData.
const (
	PersonalAsSubmitted  = "as_submitted"
	PersonalPlaceholders = "placeholders"
	PersonalNone         = "none" // the trail and costs have no texts
)

// Signer signs manifests; it is the key of the audit chain's checkpoints.
type Signer interface {
	Load() error // makes it ready; the others may be called then
	PublicKey() ed25519.PublicKey
	SignMessage(message []byte) []byte
}

// signed is the manifest with a signature over everything else in it.
func (m Manifest) signed(by Signer) Manifest {
	m.Key = base64.StdEncoding.EncodeToString(by.PublicKey())
	m.Signature = base64.StdEncoding.EncodeToString(by.SignMessage(m.message()))
	return m
}

func (m Manifest) message() []byte {
	m.Signature = ""
	return append([]byte(manifestContext), m.encode()...)
}

func (m Manifest) encode() []byte {
	b, err := json.Marshal(m)
	if err != nil { // a year that RFC 3339 cannot write
		panic("export: a manifest is plain data: " + err.Error())
	}
	return b
}

// Text is the manifest as a file.
func (m Manifest) Text() []byte {
	var b bytes.Buffer
	if err := json.Indent(&b, m.encode(), "", "  "); err != nil {
		panic("export: a manifest is JSON: " + err.Error())
	}
	b.WriteByte('\n')
	return b.Bytes()
}

// ParseManifest reads what Text wrote. It does not look at the signature.
func ParseManifest(r io.Reader) (Manifest, error) {
	b, err := io.ReadAll(io.LimitReader(r, MaxManifest+1))
	if err != nil {
		return Manifest{}, err
	}
	if len(b) > MaxManifest {
		return Manifest{}, errors.New("not a manifest: it is too long")
	}
	var m Manifest
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&m); err != nil {
		return Manifest{}, errors.New("not a manifest: " + err.Error())
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return Manifest{}, errors.New("not a manifest: something stands behind it")
	}
	if m.Format != manifestVersion {
		return Manifest{}, errors.New("not a manifest that this version can read")
	}
	return m, nil
}

// Verify tells whether the key signed what stands in the manifest.
func (m Manifest) Verify(key ed25519.PublicKey) error {
	signature, err := base64.StdEncoding.DecodeString(m.Signature)
	if err != nil || len(key) != ed25519.PublicKeySize || !ed25519.Verify(key, m.message(), signature) {
		return errors.New("the manifest is not signed with this key, or was changed afterwards")
	}
	return nil
}
