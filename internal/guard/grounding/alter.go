package grounding

import (
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/guardroom/guardroom/internal/guard/samples"
)

// The sentences of a document that are altered, in words, and of how many documents
// one is used.
const (
	fewestWords, mostWords = 6, 30
	alteredShare           = 2
)

// alteredSource begins the sources of altered sentences; what follows says how.
const alteredSource = "altered: "

// altered are sentences of the documents, as they are and with a number, a name or a not
// changed: small lies, which development data has few of. Corpora are those of the
// documents.
func altered(answers []answer, seed uint64) []answer {
	rnd := rand.New(rand.NewPCG(seed, 7)) //nolint:gosec // reproducible on purpose
	seen := map[string]bool{}
	var out []answer
	for _, a := range answers {
		s := a.sample
		if seen[s.Context] || rnd.IntN(alteredShare) > 0 {
			continue
		}
		seen[s.Context] = true
		tokens, sentences := tokenize(s.Context)
		for _, part := range sentences {
			n, denies := part.to-part.from, negates(tokens[part.from:part.to])
			if n < fewestWords || n > mostWords || !denies && rnd.IntN(2) > 0 {
				continue
			}
			for kind, text := range lies(s.Context, tokens, part, denies, rnd) {
				lie := samples.Sample{Context: s.Context, Response: text, Positive: true, Source: alteredSource + kind}
				truth := lie
				truth.Response, truth.Positive = s.Context[part.start:part.end], false
				out = append(out, answerOf(lie, a.corpus), answerOf(truth, a.corpus))
			}
			break
		}
	}
	return out
}

func negates(tokens []token) bool {
	return slices.ContainsFunc(tokens, func(t token) bool { return t.negates })
}

// lies yields a sentence with something changed, by what it is.
func lies(text string, tokens []token, s sentence, denies bool, rnd *rand.Rand) func(func(string, string) bool) {
	at := rnd.IntN(s.to - s.from)
	with := func(t token, instead string) string {
		return text[s.start:t.start] + instead + text[t.end:s.end]
	}
	return func(yield func(string, string) bool) {
		told := map[string]bool{}
		for i := range s.to - s.from {
			t := tokens[s.from+(at+i)%(s.to-s.from)]
			kind, lie := "", ""
			switch word := text[t.start:t.end]; {
			case t.kind == number:
				kind, lie = "number", with(t, otherNumber(word, rnd))
			case t.name:
				kind, lie = "name", with(t, otherNames[rnd.IntN(len(otherNames))])
			case word == "not":
				kind, lie = "denial", with(t, "")
			case !denies && strings.Contains(" is was are were has had can will ", " "+word+" "):
				kind, lie = "negation", with(t, word+" not")
			}
			if kind == "" || told[kind] {
				continue
			}
			told[kind] = true
			if !yield(kind, lie) {
				return
			}
		}
	}
}

var otherNames = strings.Fields("Thornbury Castellane Okonkwo Weatherby Lindqvist Marchetti Dunmore Yamazaki Oberhausen Valparaiso Kirkwall Petrenko Galway Montoya Ashdown Brisbane")

// otherNumber changes one digit, or makes a number of a word.
func otherNumber(word string, rnd *rand.Rand) string {
	digits := []byte(word)
	for i := len(digits) - 1; i >= 0; i-- {
		if isDigit(digits[i]) {
			digits[i] = '0' + (digits[i]-'0'+1+byte(rnd.IntN(8)))%10
			return string(digits)
		}
	}
	return decimal(21 + rnd.IntN(70))
}
