package review

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPlaceholders(t *testing.T) {
	content := Content{Prompt: "call +49 30 123 or 4930123", Response: "done: 4930123"}
	for name, c := range map[string]struct {
		redactions []Redaction
		want       map[string]string
	}{
		"nothing was redacted": {nil, map[string]string{}},
		"the first spelling counts, whatever the segment": {
			[]Redaction{{"prompt", 5, 15, "[PHONE_1]"}, {"prompt", 19, 26, "[PHONE_1]"}, {"response", 6, 13, "[PHONE_1]"}},
			map[string]string{"[PHONE_1]": "+49 30 123"},
		},
		"a span that does not fit is left out": {
			[]Redaction{{"prompt", 0, 99, "[A_1]"}, {"response", 5, 2, "[A_2]"}, {"gone", 0, 1, "[A_3]"}, {"prompt", -1, 2, "[A_4]"}},
			map[string]string{},
		},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, c.want, Assessment{Redactions: c.redactions}.Placeholders(content))
		})
	}
}
