package export

import (
	"bytes"
	"crypto/ed25519"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

type testSigner struct{ key ed25519.PrivateKey }

func newSigner(fill byte) testSigner {
	return testSigner{ed25519.NewKeyFromSeed(bytes.Repeat([]byte{fill}, ed25519.SeedSize))}
}

func (testSigner) Load() error                    { return nil }
func (s testSigner) PublicKey() ed25519.PublicKey { return s.key.Public().(ed25519.PublicKey) }
func (s testSigner) SignMessage(m []byte) []byte  { return ed25519.Sign(s.key, m) }

// exported is a file and its manifest.
func exported(t testing.TB, format string) (string, Manifest) {
	var out bytes.Buffer
	counted := newTally(&out)
	var err error
	m := Manifest{
		Format: manifestVersion, Export: "01900000-0000-7000-8000-000000000001", Kind: review.ExportDecisions, FileFormat: format, File: "decisions." + format,
		Filter: map[string]string{"app": "support"}, PersonalData: PersonalPlaceholders, PolicyVersions: map[string][]int{"support": {1, 3}},
		By: review.Actor{Kind: review.ActorUser, ID: "u-1"}, Name: "ann@example.com", Role: review.RoleAuditor,
		AskedAt: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), MadeAt: time.Date(2026, 3, 1, 12, 0, 1, 0, time.UTC),
	}
	if format == FormatCSV {
		m.Mark, m.Columns = someMark, Header()
		m.Rows, err = CSV(counted, rowsOf(sample(), sample(), sample()), someMark)
	} else {
		m.Rows, err = JSONL(counted, rowsOf(sample(), sample(), sample()), m.Export)
	}
	require.NoError(t, err)
	m.Bytes, m.SHA256 = counted.n, counted.sum()
	return out.String(), m.signed(newSigner(1))
}

func TestAFileIsHeldAgainstItsManifest(t *testing.T) {
	key := newSigner(1).PublicKey()
	for _, format := range []string{FormatCSV, FormatJSONL} {
		file, m := exported(t, format)
		read, err := ParseManifest(bytes.NewReader(m.Text()))
		require.NoError(t, err)
		require.Equal(t, m, read)
		for name, c := range map[string]struct {
			file  string
			m     func(Manifest) Manifest
			key   ed25519.PublicKey
			wrong []string
		}{
			"as exported":       {file, nil, key, nil},
			"another key":       {file, nil, newSigner(2).PublicKey(), []string{"signature"}},
			"a byte changed":    {strings.Replace(file, "injection.leak", "injection.lesk", 1), nil, key, []string{"sha256"}},
			"a byte more":       {file + "\n", nil, key, []string{"size", "sha256"}},
			"nothing":           {"", nil, key, []string{"size", "sha256", "rows"}},
			"another name":      {file, func(m Manifest) Manifest { m.Name = "eve@example.com"; return m }, key, []string{"signature"}},
			"another filter":    {file, func(m Manifest) Manifest { m.Filter = nil; return m }, key, []string{"signature"}},
			"other rows":        {file, func(m Manifest) Manifest { m.Rows = 2; return m }, key, []string{"signature", "rows"}},
			"signed by another": {file, func(m Manifest) Manifest { return m.signed(newSigner(3)) }, key, []string{"signature"}},
			"no signature":      {file, func(m Manifest) Manifest { m.Signature = ""; return m }, key, []string{"signature"}},
		} {
			held := m
			if c.m != nil {
				held = c.m(m)
			}
			wrong, err := Check(strings.NewReader(c.file), held, c.key)
			require.NoError(t, err)
			for _, part := range c.wrong {
				require.Contains(t, strings.Join(wrong, "\n"), part+": ", "%s, %s", format, name)
			}
			if c.wrong == nil {
				require.Empty(t, wrong, "%s, %s", format, name)
			}
		}
	}
}

func TestWhatIsNoManifest(t *testing.T) {
	_, m := exported(t, FormatCSV)
	for _, text := range []string{"", "{}", "null", string(m.Text()) + "{}", strings.Replace(string(m.Text()), `"rows"`, `"more": 1, "rows"`, 1),
		strings.Replace(string(m.Text()), `"manifest": "1"`, `"manifest": "2"`, 1), strings.Repeat(" ", MaxManifest+1)} {
		_, err := ParseManifest(strings.NewReader(text))
		require.Error(t, err, "%.40q", text)
	}
}

// FuzzParseManifest: what verifies was signed, and survives being written again.
func FuzzParseManifest(f *testing.F) {
	_, m := exported(f, FormatCSV)
	f.Add(m.Text())
	f.Add([]byte(`{"manifest":"1"}`))
	key := newSigner(1).PublicKey()
	f.Fuzz(func(t *testing.T, text []byte) {
		read, err := ParseManifest(bytes.NewReader(text))
		if err != nil {
			return
		}
		if read.Verify(key) == nil && read.SHA256 != m.SHA256 {
			t.Fatal("verified what nobody signed")
		}
		again, err := ParseManifest(bytes.NewReader(read.Text()))
		require.NoError(t, err)
		require.Equal(t, string(read.Text()), string(again.Text()))
	})
}
