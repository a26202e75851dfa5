package llm

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path"
	"regexp"
	"strings"
	"time"
)

// Upstream is one OpenAI-compatible service.
type Upstream struct {
	Name    string           `json:"name"`     // a–z, 0–9 and -, for status page and metrics
	BaseURL string           `json:"base_url"` // with /v1
	KeyEnv  string           `json:"key_env"`  // the variable that holds the key
	Key     string           `json:"key"`      // the key itself; KeyEnv keeps it out of files
	Models  []string         `json:"models"`   // what it serves, with * for any run of characters; none means every model
	Prices  map[string]Price `json:"prices"`   // by model, with * as above
}

// Price is what tokens cost, in US dollars for a million.
type Price struct {
	Input  float64 `json:"input"`
	Output float64 `json:"output"`
}

// Cost is the price of a call in US dollars.
func (p Price) Cost(promptTokens, completionTokens int) float64 {
	return (float64(promptTokens)*p.Input + float64(completionTokens)*p.Output) / 1e6
}

// ReadUpstreams reads a JSON list of upstreams, or the file that holds it. Errors never show a key.
func ReadUpstreams(text string, lookup func(string) (string, bool)) ([]Upstream, error) {
	text = strings.TrimSpace(text)
	if !strings.HasPrefix(text, "[") {
		content, err := os.ReadFile(text)
		if err != nil {
			return nil, errors.New("upstreams: neither a JSON list nor a file that can be read")
		}
		text = string(content)
	}
	decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
	decoder.DisallowUnknownFields()
	var upstreams []Upstream
	if err := decoder.Decode(&upstreams); err != nil {
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			return nil, fmt.Errorf("upstreams: is no JSON after %d bytes", syntax.Offset)
		}
		return nil, errors.New("upstreams: has a field that is unknown or of the wrong type; docs/gateway.md lists them")
	}
	for i := range upstreams {
		if u := &upstreams[i]; u.KeyEnv != "" {
			key, found := lookup(u.KeyEnv)
			if !found || u.Key != "" {
				return nil, fmt.Errorf("upstreams[%d].key_env: names no variable, or key is given too", i)
			}
			u.Key = key
		}
	}
	return upstreams, nil
}

var nameForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,31}$`)

func (u Upstream) check() error {
	base, err := url.Parse(u.BaseURL)
	switch {
	case !nameForm.MatchString(u.Name):
		return errors.New("name: must have 1 to 32 of a–z, 0–9 and -")
	case err != nil || base.Scheme != "http" && base.Scheme != "https" || base.Host == "" || base.User != nil || base.RawQuery != "" || base.Fragment != "":
		return errors.New("base_url: must be http:// or https://, a host and a path, and no more")
	}
	for _, pattern := range u.Models {
		if _, err := path.Match(pattern, ""); err != nil || pattern == "" {
			return fmt.Errorf("models: %q is no pattern", pattern)
		}
	}
	for pattern, price := range u.Prices {
		if _, err := path.Match(pattern, ""); err != nil || !(price.Input >= 0) || !(price.Output >= 0) {
			return fmt.Errorf("prices: %q needs a pattern and two prices that are not negative", pattern)
		}
	}
	return nil
}

// serves tells whether the upstream has the model.
func (u Upstream) serves(model string) bool {
	if len(u.Models) == 0 {
		return true
	}
	for _, pattern := range u.Models {
		if matches(pattern, model) {
			return true
		}
	}
	return false
}

// matches lets * stand for any run of characters, slashes too: models of some services have them.
func matches(pattern, model string) bool {
	plain := strings.NewReplacer("/", "\x01")
	ok, err := path.Match(plain.Replace(pattern), plain.Replace(model))
	return ok && err == nil
}

// price is that of the longest pattern that means the model.
func (u Upstream) price(model string) (Price, bool) {
	best, found := "", false
	for pattern := range u.Prices {
		if matches(pattern, model) && (!found || len(pattern) > len(best)) {
			best, found = pattern, true
		}
	}
	return u.Prices[best], found
}

// Patience bounds how long and how often an upstream is asked. All fields are required.
type Patience struct {
	Attempts  int           // of one call at one upstream, the first included
	FirstByte time.Duration // until an answer begins
	Silence   time.Duration // between two pieces of a stream
	Whole     time.Duration // of one attempt
	Backoff   time.Duration // before the second attempt; doubled each time, half of it drawn
	MaxWait   time.Duration // a wait that an upstream asks for is not longer than this, or the call fails at once
	Failures  int           // so many attempts in a row that failed, and nobody is asked any more …
	Pause     time.Duration // … for so long; then one call finds out whether it is back
}

// DefaultPatience suits services on the internet. A call ends when its own caller goes away, whatever is left of it.
func DefaultPatience() Patience {
	return Patience{
		Attempts: 3, FirstByte: time.Minute, Silence: time.Minute, Whole: 10 * time.Minute,
		Backoff: 250 * time.Millisecond, MaxWait: 10 * time.Second, Failures: 5, Pause: 5 * time.Second,
	}
}

func (p Patience) check() error {
	for _, d := range []time.Duration{p.FirstByte, p.Silence, p.Whole, p.Backoff, p.MaxWait, p.Pause} {
		if d <= 0 {
			return fmt.Errorf("llm: every duration must be positive: %+v", p)
		}
	}
	if p.Attempts < 1 || p.Failures < 1 {
		return fmt.Errorf("llm: attempts and failures must be positive: %+v", p)
	}
	return nil
}

// Options are what a Client is made of. All fields but HedgeAfter and Told are required.
type Options struct {
	Upstreams []Upstream
	Patience  Patience
	// HedgeAfter is how long a call for an answer is waited for before a second attempt begins beside it; 0 is for ever.
	HedgeAfter time.Duration
	Rand       func() float64                                   // in [0,1), for jitter
	Wait       func(ctx context.Context, d time.Duration) error // until d is over or ctx is done
	Told       func(Attempt)                                    // told of every attempt, for metrics, from many goroutines; may be nil
}

// Wait waits in real time.
func Wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
