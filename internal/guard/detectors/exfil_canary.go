package detectors

import (
	"context"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/guardroom/guardroom/internal/guard"
	"github.com/guardroom/guardroom/internal/guard/textview"
	"github.com/guardroom/guardroom/internal/review"
)

// exfilCanary finds the canaries of an App where they should not be.
func exfilCanary() guard.Spec {
	return guard.Spec{
		DetectorSpec: review.DetectorSpec{
			ID: "exfil.canary", Title: "Canary that left", Category: review.CategoryExfil, OWASP: "LLM07:2025",
			Description: "Finds the canaries that the policy lists, made-up texts that are planted in system prompts and documents, once they stand in a response, in the arguments of a tool or in a user's prompt: then what they were planted in has left. " +
				"It finds them as they are, spelled apart, backwards, in rot13, base64, base32 and hex, and in every decoded view.",
			Examples: []string{"a response with the token that only the system prompt has"},
			Default:  review.Rule{Mode: review.ModeEnforce, Flag: 0.6, Block: 0.9},
		},
		New: func() (guard.Detector, error) { return canaries{newCompiled(newCanarySet)}, nil },
	}
}

type canaries struct{ sets *compiled[canarySet] }

// canarySet finds canaries: read where texts are folded, encoded where case is kept.
type canarySet struct {
	read, encoded *automaton
}

// canarySeparator stands between the canaries of a policy where they are one text.
const canarySeparator = "\x00"

// minEncoded is the shortest encoded form that is looked for, in bytes.
const minEncoded = 8

func newCanarySet(joined string) (canarySet, error) {
	read, encoded := map[string][]int32{}, map[string][]int32{}
	add := func(words map[string][]int32, word string, id int32) {
		if len(word) >= minEncoded && !slices.Contains(words[word], id) {
			words[word] = append(words[word], id)
		}
	}
	for i, canary := range strings.Split(joined, canarySeparator) {
		letters := squeezed(textview.Fold(canary))
		add(read, letters, int32(i))
		add(read, backwards(letters), int32(i))
		add(read, strings.Map(rotated, letters), int32(i))
		for _, form := range encodedForms(canary) {
			add(encoded, form, int32(i))
		}
	}
	s := canarySet{newAutomaton(read), newAutomaton(encoded)}
	if s.read == nil || s.encoded == nil {
		return s, fmt.Errorf("the canaries are too many")
	}
	return s, nil
}

// apartBytes are what may stand between the letters of a folded text that is spelled
// apart, blankBytes what may break encoded text.
var apartBytes, blankBytes = apartSet(), byteSet(" \t\r\n\"'\\")

func apartSet() (set [256]bool) {
	for c := range 128 {
		set[c] = !plainWord(byte(c)) || c == '_'
	}
	return set
}

// squeezed leaves out what scanning folded text leaves out.
func squeezed(folded string) string {
	out := make([]byte, 0, len(folded))
	for i := 0; i < len(folded); i++ {
		if !apartBytes[folded[i]] {
			out = append(out, folded[i])
		}
	}
	return string(out)
}

func backwards(s string) string {
	r := []rune(s)
	slices.Reverse(r)
	return string(r)
}

func rotated(c rune) rune {
	if c >= 'a' && c <= 'z' {
		return 'a' + (c-'a'+13)%26
	}
	return c
}

// encodedForms are the parts of a canary's encodings that stay the same whatever
// stands before and after it.
func encodedForms(canary string) (out []string) {
	out = append(out, hex.EncodeToString([]byte(canary)), strings.ToUpper(hex.EncodeToString([]byte(canary))))
	for shift := range 3 {
		out = append(out, inner(base64.RawStdEncoding.EncodeToString, canary, shift, 3, 4), inner(base64.RawURLEncoding.EncodeToString, canary, shift, 3, 4))
	}
	for shift := range 5 {
		out = append(out, inner(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString, canary, shift, 5, 8))
	}
	return out
}

// inner encodes a text that starts shift bytes into a block of raw bytes, which become
// coded ones, and leaves out the characters that its neighbours have a share in.
func inner(encode func([]byte) string, text string, shift, raw, coded int) string {
	whole := (shift + len(text)) / raw * raw
	first := (shift*coded + raw - 1) / raw
	if whole <= shift {
		return ""
	}
	padded := make([]byte, shift, shift+len(text))
	padded = append(padded, text...)
	out := encode(padded[:whole])
	return out[min(first, len(out)):]
}

// leaving says how sure it is that a canary has left when it stands in a kind of
// Segment; 0 where it may be.
func leaving(kind review.SegmentKind) float64 {
	switch kind {
	case review.SegmentResponse, review.SegmentToolArguments:
		return 0.99
	case review.SegmentPrompt:
		return 0.85 // whoever writes it has it from somewhere; nothing leaves now
	default:
		return 0
	}
}

// Detect looks for canaries in every view.
func (c canaries) Detect(_ context.Context, in *guard.Input) ([]review.Finding, error) {
	confidence := leaving(in.Segment.Kind)
	if confidence == 0 || len(in.Policy.Canaries) == 0 {
		return nil, nil
	}
	set, err := c.sets.of(strings.Join(in.Policy.Canaries, canarySeparator))
	if err != nil {
		return nil, err
	}
	l := canaryLook{confidence: confidence}
	for _, v := range in.Views.Folded() {
		l.look(v, set.read, &apartBytes, "")
	}
	for _, v := range in.Views.Literal() {
		l.look(v, set.encoded, &blankBytes, ", encoded")
	}
	return l.out, nil
}

// CheckPolicy tells whether the canaries can be looked for.
func (c canaries) CheckPolicy(policy *review.Policy) error {
	if len(policy.Canaries) == 0 {
		return nil
	}
	if _, err := c.sets.of(strings.Join(policy.Canaries, canarySeparator)); err != nil {
		return unfit("canaries", "are too many or too long together")
	}
	return nil
}

// canaryLook gathers what is found; the number of the canary is told, not its text.
type canaryLook struct {
	confidence float64
	out        []review.Finding
}

func (l *canaryLook) look(v *textview.View, words *automaton, skip *[256]bool, how string) {
	found := 0
	words.scanPast(v.Text, skip, func(id int32, start, end int) {
		if found++; found > maxPerView {
			return
		}
		f := guard.Found(v, start, end, review.SeverityCritical, l.confidence, fmt.Sprintf("Canary %d of the policy has left%s", id+1, how))
		f.Evidence = ""
		l.out = append(l.out, f)
	})
}
