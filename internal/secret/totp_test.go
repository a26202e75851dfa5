package secret

import (
	"bytes"
	"crypto/rand"
	"encoding/base32"
	"image/png"
	"io"
	"net/url"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/pquerna/otp/totp"
	"github.com/stretchr/testify/require"
)

// RFC 6238, appendix B, SHA-1, the last six digits.
func TestCheckTOTPKnowsTheVectorsOfTheRFC(t *testing.T) {
	shared := base32.StdEncoding.EncodeToString([]byte("12345678901234567890"))
	for seconds, code := range map[int64]string{59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130"} {
		step, ok, err := CheckTOTP(shared, code, time.Unix(seconds, 0), 0)
		require.NoError(t, err)
		require.True(t, ok, code)
		require.Equal(t, seconds/30, step)
	}
}

func TestACodeWorksOnceAndForAWhile(t *testing.T) {
	shared, err := NewTOTP(rand.Reader)
	require.NoError(t, err)
	at := time.Unix(1_800_000_000, 0) // begins a step
	code, err := totp.GenerateCode(shared, at)
	require.NoError(t, err)
	for name, c := range map[string]struct {
		code  string
		after time.Duration
		last  int64
		want  bool
	}{
		"now":                  {code, 0, 0, true},
		"with spaces":          {" " + code[:3] + " " + code[3:] + "\n", 0, 0, true},
		"the step before":      {code, -30 * time.Second, 0, true},
		"the step after":       {code, 59 * time.Second, 0, true},
		"too late":             {code, 60 * time.Second, 0, false},
		"too early":            {code, -31 * time.Second, 0, false},
		"a second time":        {code, 0, at.Unix() / 30, false},
		"after a later one":    {code, 0, at.Unix()/30 + 1, false},
		"nothing":              {"", 0, 0, false},
		"five digits":          {code[:5], 0, 0, false},
		"seven digits":         {code + "0", 0, 0, false},
		"other digits of some": {"１２３４５６", 0, 0, false},
	} {
		_, ok, err := CheckTOTP(shared, c.code, at.Add(c.after), c.last)
		require.NoError(t, err, name)
		require.Equal(t, c.want, ok, name)
	}
	_, _, err = CheckTOTP("not base32!", "123456", at, 0)
	require.Error(t, err)
	_, err = NewTOTP(iotest.ErrReader(io.ErrUnexpectedEOF))
	require.Error(t, err)
}

func TestTOTPPicture(t *testing.T) {
	address := TOTPAddress("JBSWY3DPEHPK3PXP", "Guardroom", "a&b=c?#/:ü@example.org")
	u, err := url.Parse(address)
	require.NoError(t, err)
	require.Equal(t, "/Guardroom:a&b=c?#/:ü@example.org", u.Path)
	require.Equal(t, "JBSWY3DPEHPK3PXP", u.Query().Get("secret"))
	b, err := TOTPPicture(address, 232)
	require.NoError(t, err)
	picture, err := png.Decode(bytes.NewReader(b))
	require.NoError(t, err)
	require.Equal(t, 232, picture.Bounds().Dx())
	_, err = TOTPPicture(strings.Repeat("x", 5000), 232)
	require.Error(t, err, "more than a QR code holds")
}

func TestRecoveryCodes(t *testing.T) {
	code, err := NewRecoveryCode(rand.Reader)
	require.NoError(t, err)
	require.Regexp(t, `^([0-9a-hjkmnp-tv-z]{4}-){3}[0-9a-hjkmnp-tv-z]{4}$`, code)
	want, ok := RecoveryDigest(code)
	require.True(t, ok)
	for _, typed := range []string{strings.ToUpper(code), strings.ReplaceAll(code, "-", " "), strings.ReplaceAll(code, "-", ""), " " + code + " "} {
		got, ok := RecoveryDigest(typed)
		require.True(t, ok, typed)
		require.Equal(t, want, got)
	}
	alike, _ := RecoveryDigest("oil0-0000-0000-0000")
	digits, _ := RecoveryDigest("0110-0000-0000-0000")
	require.Equal(t, digits, alike, "what looks alike is alike")
	for _, wrong := range []string{"", "123456", code + "0", code[:len(code)-1], strings.Repeat("0", 5000), "uuuu-uuuu-uuuu-uuuu", "\xff"} {
		_, ok := RecoveryDigest(wrong)
		require.False(t, ok, wrong)
	}
	_, err = NewRecoveryCode(iotest.ErrReader(io.ErrUnexpectedEOF))
	require.Error(t, err)
}

func FuzzRecoveryDigest(f *testing.F) {
	f.Add("0110-0000-0000-0000")
	f.Add("\xff\u0130")
	f.Fuzz(func(t *testing.T, code string) {
		if digest, ok := RecoveryDigest(code); ok {
			again, ok := RecoveryDigest(" " + strings.ReplaceAll(code, "-", ""))
			require.True(t, !ok || again == digest)
		}
	})
}
