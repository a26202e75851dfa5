package secret

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPasskeysAreForAHostName(t *testing.T) {
	t.Parallel()
	for origin, takes := range map[string]bool{
		"https://guardroom.example.org":      true,
		"https://guardroom.example.org:8443": true,
		"http://localhost:8080":              true,
		"http://guardroom.example.org":       false,
		"https://192.0.2.1":                  false,
		"https://[2001:db8::1]":              false,
		"http://127.0.0.1:8080":              false,
		"":                                   false,
		"https://":                           false,
		"nonsense\x00":                       false,
	} {
		p, err := NewPasskeys(origin)
		if !takes {
			require.ErrorIs(t, err, ErrNoPasskeys, origin)
			continue
		}
		require.NoError(t, err, origin)
		ask, remember, err := p.BeginProving()
		require.NoError(t, err)
		again, _, err := p.BeginProving()
		require.NoError(t, err)
		require.NotEqual(t, ask, again, "a challenge is used once")
		var question struct {
			RPID             string `json:"rpId"`
			UserVerification string `json:"userVerification"`
			AllowCredentials []any  `json:"allowCredentials"`
		}
		require.NoError(t, json.Unmarshal(ask, &question))
		require.Equal(t, "required", question.UserVerification)
		require.Empty(t, question.AllowCredentials, "it names nobody")
		require.NotEmpty(t, question.RPID)
		require.NotEmpty(t, remember)
	}
}

func TestAQuestionForANewPasskey(t *testing.T) {
	t.Parallel()
	p, err := NewPasskeys("https://guardroom.example.org")
	require.NoError(t, err)
	owner := PasskeyOwner{ID: "u-1", Name: "a@example.org", Display: "A", Documents: [][]byte{[]byte(`{"id":"AQID","publicKey":""}`)}}
	ask, _, err := p.BeginAdding(owner)
	require.NoError(t, err)
	var question struct {
		RP                     struct{ ID string }
		AuthenticatorSelection struct{ ResidentKey, UserVerification string }
		ExcludeCredentials     []struct{ ID string }
		Attestation            string
	}
	require.NoError(t, json.Unmarshal(ask, &question))
	require.Equal(t, "guardroom.example.org", question.RP.ID)
	require.Equal(t, "required", question.AuthenticatorSelection.ResidentKey)
	require.Equal(t, "required", question.AuthenticatorSelection.UserVerification)
	require.Len(t, question.ExcludeCredentials, 1, "one device is not added twice")
	require.Contains(t, []string{"", "none"}, question.Attestation)
	owner.Documents = [][]byte{[]byte("{")}
	_, _, err = p.BeginAdding(owner)
	require.Error(t, err)
}

// FuzzPasskeyAnswers: whatever a browser answers, it proves nothing by itself.
func FuzzPasskeyAnswers(f *testing.F) {
	p, err := NewPasskeys("https://guardroom.example.org")
	if err != nil {
		f.Fatal(err)
	}
	owner := PasskeyOwner{ID: "u-1", Name: "a@example.org", Display: "A"}
	_, adding, err := p.BeginAdding(owner)
	if err != nil {
		f.Fatal(err)
	}
	_, proving, err := p.BeginProving()
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(`{"id":"AQID","rawId":"AQID","type":"public-key","response":{"clientDataJSON":"e30","attestationObject":"o2NmbXRkbm9uZWdhdHRTdG10oGhhdXRoRGF0YUA"}}`))
	f.Add([]byte(`{"id":"AQID","rawId":"AQID","type":"public-key","response":{"clientDataJSON":"e30","authenticatorData":"AAAA","signature":"AA","userHandle":"dS0x"}}`))
	f.Add([]byte(`{}`))
	f.Add([]byte(`[[[[`))
	f.Fuzz(func(t *testing.T, answer []byte) {
		if _, _, err := p.FinishAdding(owner, adding, answer); err == nil {
			t.Error("a passkey was made of nothing")
		}
		if _, err := p.FinishProving(proving, answer, func(string) (PasskeyOwner, error) { return owner, nil }); err == nil {
			t.Error("somebody was let in")
		}
	})
}
