package views

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

func TestPreferencesAreReadFromTheForm(t *testing.T) {
	p := ParsePreferences(url.Values{"language": {"de"}, "theme": {"dark"}, "stay": {"on"}, "keys.approve": {"y"}, "keys.block": {"b"}, "keys.none": {"q"}},
		review.Preferences{Blur: true, View: "v-1", Keys: map[string]string{"skip": "w"}})
	require.Equal(t, review.Preferences{Language: "de", Theme: review.ThemeDark, Stay: true, View: "v-1", Keys: map[string]string{"approve": "y"}}, p,
		"what everybody presses is no choice, nobody has declared none, and the view is chosen elsewhere")
	require.Equal(t, review.Preferences{}, ParsePreferences(nil, review.Preferences{}))
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
