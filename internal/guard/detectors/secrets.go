package detectors

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/guardroom/guardroom/internal/guard"
	"github.com/guardroom/guardroom/internal/review"
)

// secret is a detector of one kind of secret. It works as one of personal data does,
// but looks where case is kept.
type secret struct{ personal }

// secretPrecedence settles what a piece of text is when it could be several secrets,
// surest first.
func secretPrecedence() []struct {
	id     string
	finder func() (finder, error)
} {
	return []struct {
		id     string
		finder func() (finder, error)
	}{
		{"secret.private_key", privateKeys},
		{"secret.token", tokens},
		{"secret.password", passwords},
		{"secret.generic", genericSecrets},
	}
}

// secretFinders are made once, as those of personal data are.
var secretFinders = sync.OnceValues(func() (all []named, err error) {
	for _, k := range secretPrecedence() {
		find, err := k.finder()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", k.id, err)
		}
		all = append(all, named{k.id, find})
	}
	return all, nil
})

func newSecret(id string, severity review.Severity) (guard.Detector, error) {
	all, err := secretFinders()
	if err != nil {
		return nil, err
	}
	s := secret{personal{severity: severity}}
	for _, n := range all {
		if n.id == id {
			s.own = n
			return s, nil
		}
		s.surer = append(s.surer, n)
	}
	return nil, fmt.Errorf("%s has no precedence", id)
}

// Detect looks at the text as it is written and at everything decoded from it.
func (s secret) Detect(ctx context.Context, in *guard.Input) ([]review.Finding, error) {
	var out []review.Finding
	for _, v := range in.Views.Literal() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for _, x := range s.sightings(in, v) {
			out = append(out, guard.Found(v, x.start, x.end, s.severity, x.confidence, x.message))
		}
	}
	return out, nil
}

// run is a piece of text without anything that sets words apart: what could be, or
// hold, a token.
type run struct {
	start, end     int
	letters, digit bool
}

func (r run) size() int { return r.end - r.start }

// runByte are the characters of tokens, of base64 and of what is glued to them.
var runByte = byteSet("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+/=.~:%@")

func byteSet(chars string) (set [256]bool) {
	for i := 0; i < len(chars); i++ {
		set[chars[i]] = true
	}
	return set
}

// nextRun returns the first run of at least size bytes from at on; none when it has
// no end.
func nextRun(text string, at, size int) run {
	for at < len(text) {
		// A run of this size covers one of every size bytes: the others need no look.
		if probe := at + size - 1; probe >= len(text) {
			break
		} else if !runByte[text[probe]] {
			at = probe + 1
			continue
		}
		r := run{start: at}
		for i := at + size - 1; i >= at; i-- {
			if !runByte[text[i]] {
				r.start = i + 1
				break
			}
		}
		for r.end = r.start; r.end < len(text) && runByte[text[r.end]]; r.end++ {
			c := text[r.end]
			r.digit = r.digit || digit(c)
			r.letters = r.letters || c|0x20 >= 'a' && c|0x20 <= 'z'
		}
		if r.size() >= size {
			return r
		}
		at = r.end + 1
	}
	return run{}
}

// invented tells whether a value says of itself that it is none: documentation and
// templates have such.
func invented(value string) bool {
	lower := strings.ToLower(value)
	for _, word := range []string{
		"example", "your", "xxxx", "placeholder", "changeme", "change_me", "change-me", "dummy", "redacted", "insert", "sample", "replace", "secret_here", "key_here", "here>",
		"****", "....", "____", "----", "${", "{{", "$(", "<", "env[", "environ", "getenv", "process.env", "todo", "fixme", "null", "undefined",
	} {
		if strings.Contains(lower, word) {
			return true
		}
	}
	return varied(value) < min(5, len(value))
}

// varied counts the different characters of a value.
func varied(value string) (n int) {
	var seen [256]bool
	for i := 0; i < len(value); i++ {
		if !seen[value[i]] {
			seen[value[i]] = true
			n++
		}
	}
	return n
}

// counted tells whether a good part of a value counts up: 12345678, abcdefgh.
func counted(value string) bool {
	row := 1
	for i := 1; i < len(value); i++ {
		if value[i] != value[i-1]+1 && !(value[i] == '0' && value[i-1] == '9') {
			row = 1
			continue
		}
		if row++; row >= 6 && 3*row >= len(value) {
			return true
		}
	}
	return false
}
