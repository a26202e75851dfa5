package views

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

func TestPreferencesAreReadFromTheForm(t *testing.T) {
	p := ParsePreferences(url.Values{"language": {"de"}, "theme": {"dark"}, "stay": {"on"}, "keys.approve": {"y"}, "keys.block": {"b"}, "keys.none": {"q"}})
	require.Equal(t, review.Preferences{Language: "de", Theme: review.ThemeDark, Stay: true, Keys: map[string]string{"approve": "y"}}, p,
		"what everybody presses is no choice, and nobody has declared none")
	require.Equal(t, review.Preferences{}, ParsePreferences(nil))
}

func TestPreferencesAreHeldToWhatThereIs(t *testing.T) {
	_, err := CheckPreferences(review.Preferences{Language: "tlh"})
	require.Equal(t, "language", review.FieldsOf(err)[0].Field)
	problems, err := CheckPreferences(review.Preferences{Language: "de", Keys: map[string]string{"approve": "b"}})
	require.Equal(t, "keys", review.FieldsOf(err)[0].Field)
	require.Equal(t, map[string]KeyProblem{"approve": {Taken: "Block"}}, problems)
	_, err = CheckPreferences(review.Preferences{Language: "en"})
	require.NoError(t, err)
}
