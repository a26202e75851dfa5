package guard

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPlaceholdersFollowTheValue(t *testing.T) {
	var r redactor
	tests := []struct{ kind, value, want, why string }{
		{"CARD", "4111 1111 1111 1111", "[CARD_1]", "the first"},
		{"CARD", "5555 5555 5555 4444", "[CARD_2]", "another"},
		{"CARD", "4111-1111-1111-1111", "[CARD_1]", "grouping does not matter"},
		{"CARD", "４１１１\u200b１１１１１１１１１１１１", "[CARD_1]", "nor do full width and what nobody sees"},
		{"PHONE", "(415) 555-2671", "[PHONE_1]", "each kind counts for itself"},
		{"EMAIL", "Jane.Doe@mail.org", "[EMAIL_1]", "the first"},
		{"EMAIL", "jane.doe@MAIL.org", "[EMAIL_1]", "case does not matter"},
		{"EMAIL", "janedoe@mail.org", "[EMAIL_2]", "somebody else"},
		{"IP", "12.34.5.6", "[IP_1]", "the first"},
		{"IP", "1.23.45.6", "[IP_2]", "the same digits are not the same address"},
	}
	for _, tt := range tests {
		require.Equal(t, tt.want, r.name(tt.kind, tt.value), tt.why)
	}
}
