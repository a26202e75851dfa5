package llm

import (
	"net/url"
	"slices"
	"strings"

	"github.com/sony/gobreaker/v2"
)

func (s *service) standings() []Standing {
	host := ""
	if base, err := url.Parse(s.BaseURL); err == nil {
		host = base.Host
	}
	var out []Standing
	s.breakers.Range(func(key, value any) bool {
		b := value.(*gobreaker.CircuitBreaker[struct{}])
		out = append(out, Standing{
			Upstream: s.Name, Host: host, Model: key.(string),
			Open: b.State() != gobreaker.StateClosed, Failures: int(b.Counts().ConsecutiveFailures),
		})
		return true
	})
	if len(out) == 0 {
		return []Standing{{Upstream: s.Name, Host: host}}
	}
	slices.SortFunc(out, func(a, b Standing) int { return strings.Compare(a.Model, b.Model) })
	return out
}
