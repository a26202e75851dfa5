package review

import (
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestRecipients(t *testing.T) {
	all, err := ParseRecipients(" ann@example.com;bob@example.com,\r\nann@example.com\n jürgen@example.com ")
	require.NoError(t, err)
	require.Equal(t, []string{"ann@example.com", "bob@example.com", "jürgen@example.com"}, all)
	for _, bad := range []string{"", " , ; ", "ann", "Ann <ann@example.com>", "<ann@example.com>", `"a b"@example.com`, "a@example.com\x00", "a@b@c", "a b@example.com",
		"a@example.com\u200b", strings.Repeat("a", 255) + "@example.com"} {
		_, err := ParseRecipients(bad)
		require.Equal(t, "target", FieldsOf(err)[0].Field, "%q", bad)
	}
	many := make([]string, maxRecipients+1)
	for i := range many {
		many[i] = strings.Repeat("a", i+1) + "@example.com"
	}
	_, err = ParseRecipients(strings.Join(many, ","))
	require.Error(t, err)
	_, err = ParseRecipients(strings.Join(many[1:], ","))
	require.NoError(t, err)
}

func FuzzRecipients(f *testing.F) {
	for _, s := range []string{"ann@example.com", "a@b,c@d;e@f", "\"x\"@y", "a@example.com\r\nBcc: b@example.com", "ü@ö.de", "<a@b>", "a@[127.0.0.1]"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		all, err := ParseRecipients(text)
		if err != nil {
			require.Empty(t, all)
			return
		}
		require.LessOrEqual(t, len(all), maxRecipients)
		for _, a := range all {
			require.False(t, strings.ContainsAny(a, "\r\n<>\x00 ,;"), "%q", a)
			parsed, err := mail.ParseAddress(a)
			require.NoError(t, err)
			require.Equal(t, a, parsed.Address)
		}
		again, err := ParseRecipients(strings.Join(all, ", "))
		require.NoError(t, err, "what was read is read again")
		require.Equal(t, all, again)
	})
}

func FuzzAlertsFrom(f *testing.F) {
	f.Add([]byte(`{"app":"a","alerts":[{"rule_id":"r","severity":"high","value":1},{"rule_id":"s","severity":"low"}]}`), "medium")
	f.Add([]byte(`{"alerts":null}`), "")
	f.Add([]byte(`[]`), "x")
	f.Fuzz(func(t *testing.T, payload []byte, least string) {
		rest, _, err := AlertsFrom(payload, Severity(least))
		if err != nil || rest == nil {
			return
		}
		told, err := ReadAlerts(rest)
		require.NoError(t, err)
		require.NotEmpty(t, told.Alerts)
		for _, a := range told.Alerts {
			require.GreaterOrEqual(t, severityRank(a.Severity), severityRank(Severity(least)))
		}
	})
}

func TestWhatIsUsualTakesAPast(t *testing.T) {
	now := time.Date(2026, 3, 8, 12, 30, 0, 0, time.UTC)
	g := newGauge(nil, App{ID: "a"}, now)
	rule := AlertRule{Metric: AlertRequests, Condition: AlertStandsOut, Threshold: 3}
	for h := range alertLeastHours + 1 {
		g.hours = append(g.hours, ConductHour{Hour: now.Add(time.Duration(h) * time.Hour), Requests: 4})
	}
	require.False(t, g.hourly(rule).Known, "one hour is missing")
	g.hours = append(g.hours, ConductHour{Requests: 11})
	x := g.hourly(rule)
	require.True(t, x.Known)
	require.InDelta(t, 4+3*2, x.Limit, 1e-9, "chance alone makes four vary by two")
	require.True(t, x.Fires)
	g.hours[len(g.hours)-1].Requests = 9
	require.False(t, g.hourly(rule).Fires)
	for i := range g.hours {
		g.hours[i].Requests = 0
	}
	g.hours[len(g.hours)-1].Requests = 9
	require.False(t, g.hourly(rule).Fires, "under ten nothing is said")
}
