package detectors

import (
	"regexp"
	"strings"

	"github.com/guardroom/guardroom/internal/guard"
	"github.com/guardroom/guardroom/internal/review"
)

// secretGeneric finds random values that are called a secret.
func secretGeneric() guard.Spec {
	return guard.Spec{
		DetectorSpec: review.DetectorSpec{
			ID: "secret.generic", Title: "Random value called a secret", Category: review.CategorySecret, OWASP: "LLM02:2025",
			Description: "Finds values that no known form gives away, but their name and their randomness do: something is called a key, token, secret or credential, and its value has few of the pieces that words, names and paths are made of " +
				"(bytes for each token of a language model's vocabulary). Hashes count when they are called a secret; UUIDs, JSON Web Tokens, images in base64 and values that documentation uses do not.",
			Examples: []string{"API_KEY=aK9xQ2mL7vR4tY8wB3nZ", "my access token is q8Zt-42kLw9XvB7_rN1c"},
			Default:  review.Rule{Mode: review.ModeEnforce, Flag: 0.6},
		},
		Placeholder: "SECRET",
		New:         func() (guard.Detector, error) { return newSecret("secret.generic", review.SeverityHigh) },
	}
}

const (
	minGeneric, maxGeneric = 16, 256 // bytes
	// maxEfficiency is how many bytes one token of a secret may stand for, minEntropy how
	// many bits a byte of it must have.
	maxEfficiency, minEntropy = 2.4, 3.0
	// genericReach is how far before a value its name is looked for, in bytes.
	genericReach = 64
	// maxGenerics bounds how many values of one text are judged.
	maxGenerics = 128
)

// genericFinder knows what secrets are called.
type genericFinder struct {
	words        *automaton     // of which every name has one
	strong, weak *regexp.Regexp // names at the end of what stands before a value
	public       *regexp.Regexp // names that are no secrets
	uuid         *regexp.Regexp
}

func genericSecrets() (finder, error) {
	f := genericFinder{words: newAutomaton(map[string][]int32{"key": {0}, "token": {0}, "secret": {0}, "cred": {0}, "bearer": {0}, "passphrase": {0}, "auth": {0}})}
	f.words.ignoreCase()
	const leads = `[\w-]{0,12}["'\x60)\]]{0,2}\s{0,3}(?:(?:is|was|are|=|:|:=|=>|->|→|==)\s{0,3})?["'\x60(<\[]{0,3}$`
	for _, p := range []struct {
		to   **regexp.Regexp
		expr string
	}{
		{&f.strong, `(?i)(?:(?:api|access|secret|private|encryption|signing|client|service|account|auth|master|deploy|license|app|shared|session|storage)[\w .-]{0,12}(?:key|token|secret)|secret|token|credentials?|creds|bearer|passphrase)` + leads},
		{&f.weak, `(?i)(?:key|auth\w*)` + leads},
		{&f.public, `(?i)(?:public|pub|primary|foreign|cache|sort|partition|hot|short|csrf|xsrf|device|tracking|order|product|git|commit|sha\d*|md5|hash|checksum|digest|etag|integrity|fingerprint|thumbprint|model|song|file|object|row|map|dict|idempotency)[ _.-]{0,2}(?:access )?(?:key|token|id)?s?[^\n]{0,12}$|(?:key|token|secret)[_ .-]?(?:id|name|count|type|length|size|url|uri|path|file)s?[^\n]{0,8}$`},
		{&f.uuid, `^[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$`},
	} {
		var err error
		if *p.to, err = regexp.Compile(p.expr); err != nil {
			return nil, err
		}
	}
	return f.find, nil
}

// find looks at every run with letters and digits that is not too long.
func (f genericFinder) find(text string) (out []sighting) {
	judged := 0
	for r := nextRun(text, 0, minGeneric); r.end > 0; r = nextRun(text, r.end, minGeneric) {
		if !r.letters || !r.digit || r.size() > 2*maxGeneric {
			continue
		}
		s, looked := f.judge(text, r)
		if s.confidence > 0 {
			out = append(out, s)
		}
		if looked {
			judged++
		}
		if judged == maxGenerics {
			return append([]sighting{{confidence: unseen, message: "More that could be secrets than could be looked at"}}, out...)
		}
	}
	return out
}

// judge weighs the value in a run; looked is false when there was nothing to judge.
func (f genericFinder) judge(text string, r run) (s sighting, looked bool) {
	start, end := valueIn(text, r)
	value := text[start:end]
	if len(value) < minGeneric || len(value) > maxGeneric || !mixed(value) {
		return s, false
	}
	named := text[max(start-genericReach, 0):start]
	if !f.called(named) {
		return s, false
	}
	strong := f.strong.MatchString(named)
	if !strong && !f.weak.MatchString(named) || f.public.MatchString(named) {
		return s, true
	}
	if f.uuid.MatchString(value) || strings.HasPrefix(value, "ey") && strings.Count(value, ".") == 2 || invented(value) || counted(value) {
		return s, true
	}
	if hashLike(value) && !strong {
		return s, true
	}
	if e, err := efficiency(value); err != nil || e > maxEfficiency || entropyOf(value) < minEntropy {
		return s, true
	}
	confidence := 0.65
	if strong {
		confidence = 0.8
	}
	return sighting{start, end, confidence, "A random value that is called a secret"}, true
}

// called tells whether a text has a word that secrets are called by.
func (f genericFinder) called(text string) (found bool) {
	f.words.scan(text, func(int32, int) { found = true })
	return found
}

// valueIn returns what a run gives as a value: what stands after its last assignment,
// without what ends sentences.
func valueIn(text string, r run) (start, end int) {
	end = r.end
	for end > r.start && strings.IndexByte(".:/,-", text[end-1]) >= 0 {
		end--
	}
	body := strings.TrimRight(text[r.start:end], "=")
	start = r.start
	if i := strings.LastIndexAny(body, "=:@"); i >= 0 {
		start += i + 1
	}
	return start, end
}

// mixed tells whether a value has both letters and at least two digits, or capitals
// among small letters and a digit.
func mixed(value string) bool {
	digits, small, capital := 0, 0, 0
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case digit(c):
			digits++
		case c >= 'a' && c <= 'z':
			small++
		case c >= 'A' && c <= 'Z':
			capital++
		}
	}
	return digits >= 2 && small+capital >= 2 || digits == 1 && small > 1 && capital > 1
}
