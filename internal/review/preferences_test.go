package review

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPreferencesAreBounded(t *testing.T) {
	many := map[string]string{}
	for i := range maxOwnKeys + 1 {
		many[fmt.Sprint(i)] = "a"
	}
	cases := []struct {
		field string // "" when all is well
		p     Preferences
	}{
		{"", Preferences{}},
		{"", Preferences{Language: "de", Theme: ThemeDark, Stay: true, Blur: true, Keys: map[string]string{"approve": "y"}}},
		{"language", Preferences{Language: strings.Repeat("x", maxLanguageBytes+1)}},
		{"theme", Preferences{Theme: "sepia"}},
		{"keys", Preferences{Keys: many}},
		{"keys", Preferences{Keys: map[string]string{"approve": ""}}},
		{"keys", Preferences{Keys: map[string]string{"approve": strings.Repeat("k", maxKeyRunes+1)}}},
		{"keys", Preferences{Keys: map[string]string{strings.Repeat("k", maxKeyRunes+1): "a"}}},
		{"keys", Preferences{Keys: map[string]string{"approve": "\xff"}}},
	}
	for _, c := range cases {
		err := c.p.validate()
		if c.field == "" {
			require.NoError(t, err)
			continue
		}
		require.Equal(t, CodeUnprocessable, CodeOf(err), "%+v", c.p)
		require.Equal(t, c.field, FieldsOf(err)[0].Field)
	}
}
