package web

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// stopwatch is a clock that only moves when told.
type stopwatch struct{ at time.Time }

func newStopwatch() *stopwatch {
	return &stopwatch{time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
}

func (s *stopwatch) now() time.Time          { return s.at }
func (s *stopwatch) advance(d time.Duration) { s.at = s.at.Add(d) }

func TestALimiterRefillsWithTime(t *testing.T) {
	clock := newStopwatch()
	l := newLimiter(2, 10*time.Second, 100, clock.now)
	require.Zero(t, l.take("a"))
	require.Zero(t, l.take("a"))
	require.Equal(t, 10*time.Second, l.take("a"))
	require.Equal(t, 10*time.Second, l.take("a"), "a refused try costs nothing")
	require.Zero(t, l.take("b"), "others are not concerned")

	clock.advance(4 * time.Second)
	require.Equal(t, 6*time.Second, l.take("a").Round(time.Millisecond))
	clock.advance(6 * time.Second)
	require.Zero(t, l.take("a"))
	require.NotZero(t, l.take("a"))

	l.forget("a")
	require.Zero(t, l.take("a"))
}

func TestALimiterRemembersABoundedNumberOfKeys(t *testing.T) {
	l := newLimiter(1, time.Hour, 3, newStopwatch().now)
	for i := range 1000 {
		require.Zero(t, l.take(fmt.Sprint(i)))
		require.LessOrEqual(t, l.recent.Len(), 3)
		require.Len(t, l.buckets, l.recent.Len())
	}
	require.NotZero(t, l.take("997"), "the latest are remembered")
	require.Zero(t, l.take("new"))
	require.Zero(t, l.take("998"), "998 was the one not used for longest")
	require.NotZero(t, l.take("997"))
}

func TestLoginLimits(t *testing.T) {
	clock := newStopwatch()
	l := newLoginLimits(clock.now)
	for i := range 5 {
		require.Zero(t, l.take(" Eve@Example.org", fmt.Sprintf("192.0.2.%d", i)))
	}
	require.NotZero(t, l.take("eve@example.org", "198.51.100.1"), "one account, whatever the address and the spelling")
	l.succeeded("EVE@example.org")
	require.Zero(t, l.take("eve@example.org", "198.51.100.1"))

	for i := range 30 {
		require.Zero(t, l.take(fmt.Sprint(i), fmt.Sprintf("2001:db8::%x", i)))
	}
	require.NotZero(t, l.take("30", "2001:db8::ffff"), "one address, whatever the account")
	require.Zero(t, l.take("31", "2001:db8:0:1::1"))
}

func TestNetwork(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.7":                 "192.0.2.7",
		"::ffff:192.0.2.7":          "192.0.2.7",
		"2001:db8:1:2:3:4:5:6":      "2001:db8:1:2::/64",
		"fe80::1%eth0":              "fe80::/64",
		"":                          "",
		"not an address <script>":   "",
		"999999999999999999.1.1.1.": "",
	} {
		require.Equal(t, want, network(address), address)
	}
}
