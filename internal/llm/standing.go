package llm

import (
	"net/url"
	"slices"
	"strings"
	"time"

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
		state, counts := b.State(), b.Counts()
		standing := Standing{
			Upstream: s.Name, Host: host, Model: key.(string), Asked: counts.Requests > 0 || state != gobreaker.StateClosed,
			Open: state != gobreaker.StateClosed, Probing: state == gobreaker.StateHalfOpen, Failures: int(counts.ConsecutiveFailures),
		}
		if at, ok := s.opened.Load(b.Name()); ok && standing.Open {
			standing.Since = at.(time.Time)
		}
		out = append(out, standing)
		return true
	})
	if len(out) == 0 {
		return []Standing{{Upstream: s.Name, Host: host}}
	}
	slices.SortFunc(out, func(a, b Standing) int { return strings.Compare(a.Model, b.Model) })
	return out
}
