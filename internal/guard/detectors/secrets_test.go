package detectors

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

// madeUp are values of the form of secrets, put together here so that no scanner of
// repositories takes them for some.
var madeUp = struct{ github, aws, generic, password, url string }{
	"ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a", "AKIA" + "Z7QK3M5VTJX2W6RD", "aK9xQ2mL7vR4tY8wB3nZ", "tr0ub4dor&3", "postgres://app:" + "s3cr3tP4ss@db.internal/main",
}

func TestEverySecretDetectorHasOnePlaceInPrecedence(t *testing.T) {
	var ranked, registered []string
	for _, k := range secretPrecedence() {
		ranked = append(ranked, k.id)
	}
	for _, spec := range All().Specs() {
		if spec.Category == review.CategorySecret {
			registered = append(registered, spec.ID)
		}
	}
	require.ElementsMatch(t, registered, ranked)
}

func TestOneValueIsOneSecret(t *testing.T) {
	tests := []struct{ text, id string }{
		{"api token: " + madeUp.github, "secret.token"},
		{"password=" + madeUp.github, "secret.token"},
		{"api_key=" + madeUp.generic, "secret.generic"},
		{"password: " + madeUp.password, "secret.password"},
		{"secret password token: " + madeUp.generic, "secret.password"},
		{madeUp.url, "secret.password"},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			var got []string
			for _, f := range screened(t, review.Segment{Name: "prompt", Kind: review.SegmentPrompt, Text: tt.text}).Findings {
				if f.Category == review.CategorySecret {
					got = append(got, f.Detector)
				}
			}
			require.Equal(t, []string{tt.id}, got)
		})
	}
}

func TestSecretsNeverShowInFindings(t *testing.T) {
	text := "Use " + madeUp.github + " with api_key=" + madeUp.generic + " and password: " + madeUp.password + " at " + madeUp.aws + "."
	got := screened(t, review.Segment{Name: "prompt", Kind: review.SegmentPrompt, Text: text})
	require.Empty(t, got.Failures)
	require.NotEmpty(t, got.Findings)
	for _, f := range got.Findings {
		for _, value := range []string{"16C7e42F", "Q2mL7v", "ub4dor", "QK3M5"} {
			require.NotContains(t, f.Evidence+f.Message, value)
		}
	}
	a := review.Assessment{Redactions: got.Redactions}
	require.Equal(t, "Use [TOKEN_1] with api_key=[SECRET_1] and password: [PASSWORD_1] at [TOKEN_2].", a.Sanitized("prompt", text))
}

func TestTheRulesOfGitleaksAreAllThere(t *testing.T) {
	set, err := knownTokens()
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(set.rules), 200)
	names := map[string]bool{}
	for _, r := range set.rules {
		names[r.id] = true
		require.NotContains(t, r.pattern.String(), nameExpr, r.id)
	}
	for _, id := range []string{"github-pat", "aws-access-token", "slack-bot-token", "stripe-access-token", "openai-api-key", "gcp-api-key"} {
		require.True(t, names[id], id)
	}
}

func TestEfficiencyTellsRandomFromWords(t *testing.T) {
	for value, random := range map[string]bool{
		"aK9xQ2mL7vR4tY8wB3nZ": true, "9f86d081884c7d659a2feaa0c55ad015": true, "q8Zt-42kLw9XvB7_rN1c": true,
		"configuration_settings_default": false, "myVeryLongVariableName2": false, "com.example.project.ServiceImpl2": false, "correct-horse-battery-staple": false,
	} {
		e, err := efficiency(value)
		require.NoError(t, err)
		require.Equal(t, random, e <= maxEfficiency, "%s: %.2f", value, e)
	}
}

func TestManySecretsAreCutAndThatIsTold(t *testing.T) {
	find, err := tokens()
	require.NoError(t, err)
	found := find(strings.Repeat(madeUp.github+" ", 1000))
	require.Contains(t, found[0].message, "than could be looked at")
}

// BenchmarkManySecrets shows what a megabyte of what each finder looks for costs.
func BenchmarkManySecrets(b *testing.B) {
	all := strings.Join(strings.Fields("twitter discord facebook linear sentry kraken beamer asana adobe sk ey s. api- key token travis looker"), ": ")
	for _, piece := range []string{
		"token=" + madeUp.generic + " ", "password: hunter22 ", "password is ", "://a:b@", "-----BEGIN PRIVATE" + " KEY-----\n", "-----BEGIN ", `"kty" "d":"`, madeUp.github + " ",
		all + ": aK9xQ2mL7vR4tY8wB3nZaK9xQ2mL7vR4tY8wB3nZ ", "sk", "a1", "eyJ", "=", "twitter:", "PrivateKey=", "key=a1b2c3d4e5f6g7h8 ",
	} {
		text := strings.Repeat(piece, 1<<20/len(piece))
		for _, k := range secretPrecedence() {
			find, err := k.finder()
			require.NoError(b, err)
			b.Run(k.id, func(b *testing.B) {
				b.SetBytes(int64(len(text)))
				for b.Loop() {
					find(text)
				}
			})
		}
	}
}
