package web

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/guardroom/guardroom/internal/review"
)

// setAllowances says how a caller stands with quotas, as draft-ietf-httpapi-ratelimit-headers-10 has it: lists of Structured
// Fields (RFC 9651), with q the quota, w its window, r what remains and t the time until there is room again, both in seconds.
// A month has no w, for it has no fixed length.
func setAllowances(h http.Header, allowances []review.Allowance) {
	if len(allowances) == 0 {
		return
	}
	policies, now := make([]string, len(allowances)), make([]string, len(allowances))
	for i, a := range allowances {
		policies[i] = fmt.Sprintf("%q;q=%d", a.Name, a.Most)
		if a.Span > 0 {
			policies[i] += ";w=" + seconds(a.Span)
		}
		now[i] = fmt.Sprintf("%q;r=%d", a.Name, a.Remaining)
		if a.Reset > 0 {
			now[i] += ";t=" + seconds(a.Reset)
		}
	}
	h.Set("RateLimit-Policy", strings.Join(policies, ", "))
	h.Set("RateLimit", strings.Join(now, ", "))
}

func seconds(d time.Duration) string { return strconv.Itoa(int(math.Ceil(d.Seconds()))) }

// violated names the quotas that were exceeded, for the member of that name in the draft's problem.
func violated(allowances []review.Allowance) (names []string) {
	for _, a := range allowances {
		if a.Violated {
			names = append(names, a.Name)
		}
	}
	return names
}
