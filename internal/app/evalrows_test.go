package app

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzReadEvalRows holds any file to: an error, or rows whose spans lie in their texts.
func FuzzReadEvalRows(f *testing.F) {
	f.Add(`{"text":"Grüße","label":1,"spans":[{"type":"X","start":0,"end":5}]}`)
	f.Add("{\"text\":\"\xff\",\"label\":0}\n\n{}")
	f.Add(`{"text":"a","label":1,"spans":[{"start":-1,"end":9223372036854775807}]}`)
	f.Fuzz(func(t *testing.T, file string) {
		rows, err := readEvalRows(strings.NewReader(file))
		if err != nil {
			return
		}
		require.NotEmpty(t, rows)
		for _, r := range rows {
			for _, s := range r.Spans {
				require.True(t, 0 <= s.Start && s.Start < s.End && s.End <= len(r.Text), "%+v in %q", s, r.Text)
			}
		}
	})
}
