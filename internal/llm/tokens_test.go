package llm_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/tiktoken-go/tokenizer/codec"

	"github.com/guardroom/guardroom/internal/llm"
)

func TestCountTokensKnowsTheVocabularies(t *testing.T) {
	for _, c := range []struct {
		model, text string
		want        int
	}{
		{"gpt-4o-mini", "", 0},
		{"gpt-4o-mini", "hello world", 2},
		{"gpt-4", "hello world", 2},
		{"gpt-4o", "Eine Rückerstattung dauert fünf Werktage.", 10},
		{"gpt-4-turbo", "Eine Rückerstattung dauert fünf Werktage.", 14},
		{"claude-x", "hello world", 2},
	} {
		assert.Equal(t, c.want, llm.CountTokens(c.model, c.text), "%s %q", c.model, c.text)
	}
}

// Of long texts the count is not below what it is, and not far above it.
func TestCountTokensEstimatesLongTexts(t *testing.T) {
	for name, text := range map[string]string{
		"prose": strings.Repeat("The quick brown fox jumps over the lazy dog; I would like a refund, please. ", 400),
		"mixed": strings.Repeat("words that are plain ", 1000) + strings.Repeat("漢字とかな、", 1000) + strings.Repeat("9f3a-", 1000),
		"kanji": strings.Repeat("返金には五営業日かかります。", 900),
	} {
		exact, err := codec.NewO200kBase().Count(text)
		assert.NoError(t, err)
		got := llm.CountTokens("gpt-4o", text)
		assert.GreaterOrEqual(t, float64(got), 0.98*float64(exact), name)
		assert.LessOrEqual(t, float64(got), 1.35*float64(exact), name)
	}
}

func FuzzCountTokens(f *testing.F) {
	f.Add("gpt-4", "a\xff\xfeb")
	f.Add("", strings.Repeat("é", 9000))
	f.Fuzz(func(t *testing.T, model, text string) {
		n := llm.CountTokens(model, text)
		if n < 0 || n > 2*len(text)+1 || text != "" && n == 0 && utf8.ValidString(text) {
			t.Fatalf("%d tokens in %d bytes", n, len(text))
		}
	})
}

func BenchmarkCountTokens(b *testing.B) {
	for name, text := range map[string]string{
		"1KiB":  strings.Repeat("I would like a refund, please. ", 33),
		"8KiB":  strings.Repeat("I would like a refund, please. ", 264),
		"1MiB":  strings.Repeat("I would like a refund, please. ", 33*1024),
		"kanji": strings.Repeat("返金には五営業日かかります。", 190),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				llm.CountTokens("gpt-4o", text)
			}
		})
	}
}
