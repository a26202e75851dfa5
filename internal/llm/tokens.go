package llm

import (
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/tiktoken-go/tokenizer/codec"
)

// The vocabularies of the models that publish theirs, each loaded by the first text that needs it.
var (
	older = sync.OnceValue(codec.NewCl100kBase)
	newer = sync.OnceValue(codec.NewO200kBase)
)

// olderModels begin the names of those that read with the older vocabulary. All others are counted with the newer one: those
// that keep theirs for themselves come within a fifth of it for English, and what they really took is settled afterwards.
var olderModels = []string{"gpt-4-", "gpt-3.5", "text-embedding", "text-davinci"}

func vocabulary(model string) *codec.Codec {
	if model == "gpt-4" {
		return older()
	}
	for _, begin := range olderModels {
		if strings.HasPrefix(model, begin) {
			return older()
		}
	}
	return newer()
}

// A text is counted whole up to wholeBytes. Of a longer one samples of sampleBytes are, spread over it, and a tenth is added for
// what lies between them: a call must not wait for its price.
const (
	wholeBytes  = 8 << 10
	sampleBytes = 512
	samples     = 16
	between     = 1.1
)

// CountTokens is how many tokens a model reads in a text: exact up to 8 KiB for models whose vocabulary is known, an estimate
// that is rather too high for all else. It asks nobody. It is safe for concurrent use.
func CountTokens(model, text string) int {
	if text == "" {
		return 0
	}
	v := vocabulary(model)
	if len(text) <= wholeBytes {
		return count(v, text)
	}
	sum, read := 0, 0
	step := (len(text) - sampleBytes) / (samples - 1)
	for i := range samples {
		piece := cut(text, i*step, i*step+sampleBytes)
		sum, read = sum+count(v, piece), read+len(piece)
	}
	return int(between*float64(sum)/float64(read)*float64(len(text))) + 1
}

// count takes what no vocabulary can read for a token a byte: that is the most it can be.
func count(v *codec.Codec, text string) int {
	n, err := v.Count(text)
	if err != nil {
		return len(text)
	}
	return n
}

// cut is text[from:to], moved so that no character is torn.
func cut(text string, from, to int) string {
	for from > 0 && !utf8.RuneStart(text[from]) {
		from--
	}
	for to < len(text) && !utf8.RuneStart(text[to]) {
		to++
	}
	return text[from:to]
}

// LoadVocabulary makes the first call as quick as the others: loading takes a good quarter of a second.
func LoadVocabulary() { newer() }
