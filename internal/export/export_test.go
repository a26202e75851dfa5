package export

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

func rowsOf(rows ...review.DecisionRow) iter.Seq2[review.DecisionRow, error] {
	return func(yield func(review.DecisionRow, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func sample() review.DecisionRow {
	at := time.Date(2026, 3, 1, 12, 0, 0, 123456000, time.UTC)
	return review.DecisionRow{
		Decision: review.Decision{
			Judgement: review.JudgeBlock, Label: "injection", Reason: "=HYPERLINK(\"http://x\")", GuardVerdict: review.VerdictFlag,
			GuardRisk: 0.75, FinalVerdict: review.JudgeBlock, Exposure: review.Exposure{GuardVerdict: true, Scores: true},
			Findings:     []review.Finding{{Detector: "pii.email"}, {Detector: "injection.leak"}, {Detector: "pii.email"}},
			SamplingKind: "flagged", Propensity: 1, PolicyVersion: 3, FocusedMS: 4200, CreatedAt: at.Add(time.Minute),
		},
		Item:          review.Item{ID: "item-1", Kind: review.KindInteraction, UserID: "-2+3", Model: "m", CreatedAt: at},
		InteractionID: "int-1", ExternalID: "@x", App: "support", Reviewer: "a@example.org",
		Prompt: "line one\nline \"two\", with comma\r\nthree \x00 nul", Response: "＝1+1",
	}
}

func TestHeaderIsTheDocumentedContract(t *testing.T) {
	require.Equal(t, "item_id,interaction_id,external_id,app,kind,user_id,model,created_at,decided_at,decision,label,reason,reviewer,guard_verdict,guard_risk,detectors,"+
		"blind_verdict,final_verdict,changed_after_reveal,exposure,sampling_kind,propensity,policy_version,focused_ms,batch_id,undone,prompt,response",
		strings.Join(Header(), ","))
}

func TestCSV(t *testing.T) {
	var out bytes.Buffer
	n, err := CSV(&out, rowsOf(sample()), "")
	require.NoError(t, err)
	require.Equal(t, 1, n)
	require.True(t, strings.HasSuffix(out.String(), "\r\n"))
	require.Contains(t, out.String(), "line one\nline \"\"two\"\"", "line breaks inside a cell stay as they were")

	records, err := csv.NewReader(&out).ReadAll()
	require.NoError(t, err)
	got := map[string]string{}
	for i, name := range records[0] {
		got[name] = records[1][i]
	}
	require.Equal(t, "'=HYPERLINK(\"http://x\")", got["reason"])
	require.Equal(t, "'-2+3", got["user_id"])
	require.Equal(t, "'@x", got["external_id"])
	require.Equal(t, "'＝1+1", got["response"])
	require.Equal(t, "injection.leak pii.email", got["detectors"])
	require.Equal(t, "guard_verdict scores", got["exposure"])
	require.Equal(t, "2026-03-01T12:00:00.123456Z", got["created_at"])
	require.Contains(t, got["prompt"], "␀ nul")
}

func TestCSVLeavesOpinionsOut(t *testing.T) {
	opinion := sample()
	opinion.Decision.Opinion = 2
	var out bytes.Buffer
	n, err := CSV(&out, rowsOf(opinion, sample()), "")
	require.NoError(t, err)
	require.Equal(t, 1, n)
}

func TestJSONLKeepsTextsAsTheyAre(t *testing.T) {
	var out bytes.Buffer
	n, err := JSONL(&out, rowsOf(sample(), sample()), "e-1")
	require.NoError(t, err)
	require.Equal(t, 2, n)
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	require.Len(t, lines, 2)
	var got map[string]any
	require.NoError(t, json.Unmarshal([]byte(lines[0]), &got))
	require.Equal(t, sample().Prompt, got["prompt"])
	require.Equal(t, "flag", got["guard_verdict"])
	require.Nil(t, got["blind_verdict"])
	for _, name := range Header() {
		require.Contains(t, got, name)
	}
	require.Len(t, got, len(Header())+5, "and what is in JSON Lines only")
}

func TestAnErrorInTheRowsEndsTheExport(t *testing.T) {
	broken := errors.New("disk")
	rows := func(yield func(review.DecisionRow, error) bool) {
		_ = yield(sample(), nil) && yield(review.DecisionRow{}, broken)
	}
	n, err := CSV(&bytes.Buffer{}, rows, "")
	require.ErrorIs(t, err, broken)
	require.Equal(t, 1, n)
}

func FuzzNeutral(f *testing.F) {
	for _, s := range []string{"", "=1", "\t=1", "\x00=1", "plain", "＋1", "\r\n@x", "'=1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		cell := neutral(strings.ToValidUTF8(s, "\uFFFD")) // texts are valid UTF-8 before they are stored
		if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r\n") {
			t.Fatalf("%q begins like a formula", cell)
		}
		for _, r := range cell {
			if r < 0x20 && r != '\t' && r != '\n' && r != '\r' {
				t.Fatalf("%q has a control character", cell)
			}
		}
	})
}
