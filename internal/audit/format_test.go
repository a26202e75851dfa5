package audit_test

import (
	"bytes"
	"encoding/json"
	"iter"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/audit"
	"github.com/guardroom/guardroom/internal/harmless"
	"github.com/guardroom/guardroom/internal/review"
)

func trailEvent() review.TrailEvent {
	e := sample()
	e.Origin = review.Origin{Address: "192.0.2.7", Session: "5e55", Request: "req-1", Role: review.RoleAnalyst}
	e, _ = audit.Head{}.Append(e)
	return review.TrailEvent{Event: e, ActorName: "ann@example.org", App: "support"}
}

func TestCEF(t *testing.T) {
	e := trailEvent()
	e.Detail = `{"a":"b=c|d\\e"}`
	line := string(audit.CEF.Line(e, "1.2|3"))
	require.True(t, strings.HasPrefix(line, `CEF:0|Guardroom|Guardroom|1.2\|3|decision.made|decision made|3|rt=1772366400123 externalId=1 suid=u1 suser=ann@example.org spriv=analyst src=192.0.2.7 act=decision.made outcome=success duid=d1 cs1Label=app cs1=support`), line)
	require.Contains(t, line, `cs4={"a":"b\=c|d\\\\e"}`)
}

func TestOCSF(t *testing.T) {
	var got map[string]any
	require.NoError(t, json.Unmarshal(audit.OCSF.Line(trailEvent(), "1"), &got))
	for _, required := range []string{"activity_id", "category_uid", "class_uid", "type_uid", "severity_id", "time", "metadata", "actor", "api", "src_endpoint"} {
		require.Contains(t, got, required)
	}
	require.EqualValues(t, 6003, got["class_uid"])
	require.EqualValues(t, 600301, got["type_uid"])
	require.EqualValues(t, 1772366400123, got["time"])
	require.Equal(t, map[string]any{"ip": "192.0.2.7"}, got["src_endpoint"])

	in := trailEvent()
	in.Action = "user.signed_in"
	require.NoError(t, json.Unmarshal(audit.OCSF.Line(in, "1"), &got))
	require.EqualValues(t, 300201, got["type_uid"])
	require.Equal(t, "u1", got["user"].(map[string]any)["uid"])
}

// TestWhatWasTriedInVainSaysSo: a SIEM counts failures by outcome and status, not by our words.
func TestWhatWasTriedInVainSaysSo(t *testing.T) {
	for action, want := range map[string]struct {
		typeID, status int
		outcome        string
	}{
		"user.password_refused": {300201, 2, "failure"},
		"user.code_refused":     {300201, 2, "failure"},
		"user.passkey_refused":  {300201, 2, "failure"},
		"user.sso_refused":      {300201, 2, "failure"},
		"user.signed_in":        {300201, 1, "success"},
		"user.signed_out":       {300202, 1, "success"},
		"export.failed":         {600399, 2, "failure"},
		"user.disabled":         {600399, 1, "success"},
	} {
		e := trailEvent()
		e.Action = action
		var got map[string]any
		require.NoError(t, json.Unmarshal(audit.OCSF.Line(e, "1"), &got))
		require.EqualValues(t, want.typeID, got["type_uid"], action)
		require.EqualValues(t, want.status, got["status_id"], action)
		require.Contains(t, string(audit.CEF.Line(e, "1")), " outcome="+want.outcome+" ", action)
	}
	for object, want := range map[string]map[string]any{"u7": {"uid": "u7"}, "": {"name": "unknown"}} {
		e := trailEvent()
		e.Action, e.Actor, e.Object = "user.password_refused", review.Actor{Kind: review.ActorSystem, ID: "sign-in"}, object
		var got map[string]any
		require.NoError(t, json.Unmarshal(audit.OCSF.Line(e, "1"), &got))
		require.Equal(t, want, got["user"], "whose account it was")
	}
}

func TestJSONLinesHoldWhatTheChainIsVerifiedFrom(t *testing.T) {
	var got map[string]any
	e := trailEvent()
	require.NoError(t, json.Unmarshal(audit.JSONLines.Line(e, "1"), &got))
	require.Equal(t, "2026-03-01T12:00:00.123456Z", got["at"])
	require.Len(t, got["hash"], 64)
	require.Equal(t, map[string]any{"item_id": "i1"}, got["detail"])
	e.Detail = "no JSON"
	require.NoError(t, json.Unmarshal(audit.JSONLines.Line(e, "1"), &got))
	require.Equal(t, "no JSON", got["detail"])
}

func TestWriteEndsEachLineAndCounts(t *testing.T) {
	ran := 0
	for _, f := range audit.Formats() {
		require.True(t, f.Valid())
		require.NotEmpty(t, f.MediaType())
		var out bytes.Buffer
		n, err := f.Write(&out, trailOf(trailEvent(), trailEvent()), "1", "e-1")
		require.NoError(t, err)
		require.Equal(t, 2, n)
		require.Equal(t, 2, strings.Count(out.String(), "\n"))
		ran++
	}
	require.Equal(t, 3, ran)
	require.False(t, audit.Format("xml").Valid())
}

func trailOf(events ...review.TrailEvent) iter.Seq2[review.TrailEvent, error] {
	return func(yield func(review.TrailEvent, error) bool) {
		for _, e := range events {
			if !yield(e, nil) {
				return
			}
		}
	}
}

// Whatever stands in an Event, it stays one line, without control characters, and JSON
// stays JSON.
func FuzzLine(f *testing.F) {
	for _, s := range []string{"", "plain", "a\nCEF:0|x", "\x1b[31m", "\u202egnp.exe", "\u2028", "\xff", `\|=`, `{"a":1}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		e := trailEvent()
		e.Actor.ID, e.ActorName, e.Action, e.Object, e.App, e.Detail, e.Origin.Address, e.Origin.Role = s, s, s, s, s, s, s, review.Role(s)
		for _, format := range audit.Formats() {
			line := format.Line(e, s)
			if bytes.ContainsFunc(line, harmless.Acts) {
				t.Fatalf("%s: %q is more than one line, or steers a terminal", format, line)
			}
			if format != audit.CEF && !json.Valid(line) {
				t.Fatalf("%s: %q is no JSON", format, line)
			}
		}
	})
}
