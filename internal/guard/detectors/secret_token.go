package detectors

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/pelletier/go-toml/v2"
	"github.com/zricethezav/gitleaks/v8/config"

	"github.com/guardroom/guardroom/internal/guard"
	"github.com/guardroom/guardroom/internal/review"
)

// secretToken finds the tokens and keys whose form gives away whose they are.
func secretToken() guard.Spec {
	return guard.Spec{
		DetectorSpec: review.DetectorSpec{
			ID: "secret.token", Title: "Token of a known service", Category: review.CategorySecret, OWASP: "LLM02:2025",
			Description: "Finds some two hundred forms of access tokens and keys by the rules of gitleaks: GitHub, GitLab, AWS, Slack, Stripe, OpenAI and so on. " +
				"Identifiers and public keys, and JSON Web Tokens, of which most have expired when somebody asks about them, are redacted but do not flag by themselves. Values that documentation uses are none.",
			Examples: []string{
				"deploy with ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a",
				"AWS_ACCESS_KEY_ID=AKIA" + "Z7QK3M5VTJX2W6RD",
			},
			Default: review.Rule{Mode: review.ModeEnforce, Flag: 0.6},
		},
		Placeholder: "TOKEN",
		New:         func() (guard.Detector, error) { return newSecret("secret.token", review.SeverityCritical) },
	}
}

// leakRules is the part of gitleaks' configuration that is used.
type leakRules struct {
	Allowlist leakAllowlist
	Rules     []leakRule
}

type leakRule struct {
	ID          string
	Regex       string
	Path        string
	SecretGroup int
	Entropy     float64
	Keywords    []string
	Allowlists  []leakAllowlist
}

type leakAllowlist struct {
	Regexes, Stopwords, Paths []string
	RegexTarget               string
}

// tokenRule is the form of one kind of token.
type tokenRule struct {
	id         string
	pattern    *regexp.Regexp
	group      int // that is the secret; 0 for the first that matched
	entropy    float64
	named      bool // the token has no form of its own: a name and an assignment lead to it
	allowed    []*regexp.Regexp
	confidence float64
}

// tokenSet finds the forms of many tokens at once. One pass over the text finds the
// runs that could be tokens, one over what is near them the rules' keywords; only a
// rule whose keyword stands there is run, and only there.
type tokenSet struct {
	rules    []tokenRule
	keywords *automaton
	allowed  []*regexp.Regexp // of all rules
	stop     []string
}

// tokens returns the one set: it is large, and nothing changes it.
func tokens() (finder, error) {
	set, err := knownTokens()
	if err != nil {
		return nil, err
	}
	return set.find, nil
}

var knownTokens = sync.OnceValues(newTokenSet)

// elsewhere are rules that other detectors do better with, as no file is scanned here.
var elsewhere = stringSet("generic-api-key private-key")

// nameExpr is what gitleaks lets stand before a name. It says nothing of the token, and
// costs the better part of the time.
const nameExpr = `[\w.-]{0,50}?`

// assignExpr is how gitleaks writes an assignment.
const assignExpr = `(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)`

func newTokenSet() (*tokenSet, error) {
	var known leakRules
	if err := toml.Unmarshal([]byte(config.DefaultConfig), &known); err != nil {
		return nil, fmt.Errorf("reading gitleaks' rules: %w", err)
	}
	s := &tokenSet{stop: known.Allowlist.Stopwords}
	var err error
	if s.allowed, err = compileAll(known.Allowlist.Regexes); err != nil {
		return nil, err
	}
	keywords := map[string][]int32{}
	for _, r := range known.Rules {
		if r.Regex == "" || r.Path != "" || elsewhere[r.ID] {
			continue // what counts in files of one kind only would count everywhere here
		}
		rule, err := newTokenRule(r)
		if err != nil {
			return nil, err
		}
		for _, k := range r.Keywords {
			keywords[k] = append(keywords[k], int32(len(s.rules)))
		}
		s.rules = append(s.rules, rule)
	}
	if s.keywords = newAutomaton(keywords); s.keywords == nil || len(s.rules) == 0 {
		return nil, fmt.Errorf("gitleaks' rules cannot be used: %d rules", len(s.rules))
	}
	s.keywords.ignoreCase()
	return s, nil
}

func newTokenRule(r leakRule) (rule tokenRule, err error) {
	if len(r.Keywords) == 0 {
		return rule, fmt.Errorf("%s has no keyword", r.ID)
	}
	expr := strings.ReplaceAll(r.Regex, nameExpr, "")
	rule = tokenRule{id: r.ID, group: r.SecretGroup, entropy: r.Entropy, confidence: 0.92}
	if rule.pattern, err = regexp.Compile(expr); err != nil {
		return rule, fmt.Errorf("%s: %w", r.ID, err)
	}
	if name, _, ok := strings.Cut(strings.ToLower(expr), assignExpr); ok {
		rule.named = slices.ContainsFunc(r.Keywords, func(k string) bool { return strings.Contains(name, k) })
		rule.confidence = 0.8
	}
	for _, a := range r.Allowlists {
		if len(a.Paths) > 0 || a.RegexTarget != "" {
			continue
		}
		allowed, err := compileAll(a.Regexes)
		if err != nil {
			return rule, err
		}
		rule.allowed = append(rule.allowed, allowed...)
	}
	switch {
	case strings.HasPrefix(r.ID, "jwt"):
		rule.confidence = 0.5
	case strings.Contains(r.ID, "-id"), strings.Contains(r.ID, "pub"):
		rule.confidence = 0.5 // whose it is, not what opens it
	}
	return rule, nil
}

func compileAll(exprs []string) (out []*regexp.Regexp, err error) {
	for _, e := range exprs {
		p, err := regexp.Compile(e)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", e, err)
		}
		out = append(out, p)
	}
	return out, nil
}

const (
	// minTokenRun is the shortest run that is looked at, minWordRun that without any
	// digit; in bytes, as all that follows.
	minTokenRun, minWordRun = 12, 24
	// nameReach is how far before a run its name is looked for.
	nameReach = 96
	// tokenWindow is how much of a long run is looked at at once, tokenOverlap how much
	// of it again.
	tokenWindow, tokenOverlap = 4096, 512
	// tokenWork bounds on how many bytes rules are run in one text.
	tokenWork = 512 << 10
	// maxTokens bounds what is reported of one text.
	maxTokens = 64
)

// find looks at every run that could be a token.
func (s *tokenSet) find(text string) (out []sighting) {
	look := tokenLook{set: s, text: text, work: tokenWork}
	for r := nextRun(text, 0, minTokenRun); r.end > 0; r = nextRun(text, r.end, minTokenRun) {
		if !r.letters || !r.digit && r.size() < minWordRun {
			continue
		}
		for start := r.start; ; start += tokenWindow - tokenOverlap {
			end := min(start+tokenWindow, r.end)
			look.at(start, end)
			if end == r.end {
				break
			}
		}
	}
	out = inOrder(look.out)
	if look.work < 0 || len(look.out) == maxTokens {
		out = slices.Insert(out, 0, sighting{confidence: unseen, message: "More that could be secrets than could be looked at"})
	}
	return out
}

// inOrder sorts sightings by where they stand and keeps, of those that overlap, the
// surest.
func inOrder(found []sighting) []sighting {
	slices.SortStableFunc(found, func(a, b sighting) int { return a.start - b.start })
	out := found[:0]
	for _, f := range found {
		if n := len(out); n > 0 && out[n-1].overlaps(f) {
			if f.confidence > out[n-1].confidence {
				out[n-1] = f
			}
			continue
		}
		out = append(out, f)
	}
	return out
}

// tokenLook is one look at a text.
type tokenLook struct {
	set  *tokenSet
	text string
	work int // that is left
	out  []sighting
	seen []int32 // rules that were run at this place
}

// at runs the rules whose keywords stand at a run or shortly before it.
func (l *tokenLook) at(start, end int) {
	from, to := max(start-nameReach, 0), min(end+1, len(l.text))
	near := l.text[from:to]
	l.seen = l.seen[:0]
	l.set.keywords.scan(near, func(rule int32, at int) {
		if slices.Contains(l.seen, rule) || l.set.rules[rule].named && !assigned(near, at) {
			return
		}
		l.seen = append(l.seen, rule)
	})
	for _, r := range l.seen {
		if l.work -= len(near); l.work < 0 || len(l.out) == maxTokens {
			return
		}
		l.run(&l.set.rules[r], near, from, start, end)
	}
}

// run looks for one form of token that reaches into [start,end) of the text.
func (l *tokenLook) run(rule *tokenRule, near string, from, start, end int) {
	for _, m := range rule.pattern.FindAllStringSubmatchIndex(near, maxPerLook) {
		a, b := rule.span(m)
		if from+b <= start || from+a >= end || len(l.out) == maxTokens {
			continue
		}
		if value := near[a:b]; !l.set.isNone(rule, value, a == m[0]) {
			l.out = append(l.out, sighting{from + a, from + b, rule.confidence, "A secret of the form " + rule.id})
		}
	}
}

// span returns where the secret stands in a match.
func (r *tokenRule) span(m []int) (start, end int) {
	if r.group > 0 {
		return m[2*r.group], m[2*r.group+1]
	}
	for i := 2; i+1 < len(m); i += 2 {
		if m[i] >= 0 && m[i+1] > m[i] {
			return m[i], m[i+1]
		}
	}
	return m[0], m[1]
}

// assigned tells whether a name that ends at at is given a value: what the rules ask
// for, looked at without running them.
func assigned(text string, at int) bool {
	most := min(at+24, len(text))
	for at < most && (wordByte(text[at]) || strings.IndexByte(" \t_.-'\"\n\r", text[at]) >= 0) {
		at++
	}
	return at < len(text) && strings.IndexByte("=>:|?,", text[at]) >= 0
}

// isNone tells whether a value only has the form of a secret. unnamed says that nothing
// but its form speaks for it.
func (s *tokenSet) isNone(rule *tokenRule, value string, unnamed bool) bool {
	if invented(value) || rule.entropy > 0 && entropyOf(value) <= rule.entropy || unnamed && hashLike(value) {
		return true
	}
	if rule.named && !strings.ContainsAny(value, "0123456789") {
		return true
	}
	for _, word := range s.stop {
		if strings.Contains(value, word) {
			return true
		}
	}
	matches := func(p *regexp.Regexp) bool { return p.MatchString(value) }
	return slices.ContainsFunc(s.allowed, matches) || slices.ContainsFunc(rule.allowed, matches)
}

// hashLike tells whether a value is a hash as versions and files have them.
func hashLike(value string) bool {
	switch len(value) {
	case 32, 40, 56, 64, 96, 128:
	default:
		return false
	}
	for i := 0; i < len(value); i++ {
		if c := value[i] | 0x20; !digit(value[i]) && !(c >= 'a' && c <= 'f') {
			return false
		}
	}
	return true
}
