package export

import (
	"encoding/json"
	"io"
	"iter"
	"time"

	"github.com/guardroom/guardroom/internal/harmless"
	"github.com/guardroom/guardroom/internal/review"
)

// line is one Decision as JSON: the columns of the CSV file with their types, and
// texts as they are, because programs read them; what a terminal would obey is escaped.
type line struct {
	ItemID             string            `json:"item_id"`
	InteractionID      string            `json:"interaction_id"`
	ExternalID         string            `json:"external_id"`
	App                string            `json:"app"`
	Kind               review.ItemKind   `json:"kind"`
	UserID             string            `json:"user_id"`
	Model              string            `json:"model"`
	CreatedAt          time.Time         `json:"created_at"`
	DecidedAt          time.Time         `json:"decided_at"`
	Decision           review.Judgement  `json:"decision"`
	Label              string            `json:"label"`
	Reason             string            `json:"reason"`
	Reviewer           string            `json:"reviewer"`
	GuardVerdict       review.Verdict    `json:"guard_verdict"`
	GuardRisk          float64           `json:"guard_risk"`
	Detectors          []string          `json:"detectors"`
	BlindVerdict       *review.Judgement `json:"blind_verdict"`
	FinalVerdict       review.Judgement  `json:"final_verdict"`
	ChangedAfterReveal bool              `json:"changed_after_reveal"`
	Exposure           review.Exposure   `json:"exposure"`
	SamplingKind       string            `json:"sampling_kind"`
	Propensity         float64           `json:"propensity"`
	PolicyVersion      int               `json:"policy_version"`
	FocusedMS          int64             `json:"focused_ms"`
	BatchID            string            `json:"batch_id"`
	Undone             bool              `json:"undone"`
	Prompt             string            `json:"prompt"`
	Response           string            `json:"response"`
	DecisionID         string            `json:"decision_id"`
	Opinion            int               `json:"opinion"`
	Reverses           string            `json:"reverses"`
	Escalation         string            `json:"escalation"`
	Export             string            `json:"export"`
}

// JSONL writes one JSON object per Decision and line, each with the id of the export,
// and returns how many it wrote.
func JSONL(w io.Writer, rows iter.Seq2[review.DecisionRow, error], export string) (int, error) {
	enc := json.NewEncoder(harmless.JSONWriter(w))
	n := 0
	for row, err := range rows {
		if err != nil {
			return n, err
		}
		out := lineOf(row)
		out.Export = export
		if err := enc.Encode(out); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

func lineOf(r review.DecisionRow) line {
	d, item := r.Decision, r.Item
	return line{
		ItemID: item.ID, InteractionID: r.InteractionID, ExternalID: r.ExternalID, App: r.App, Kind: item.Kind,
		UserID: item.UserID, Model: item.Model, CreatedAt: item.CreatedAt.UTC(), DecidedAt: d.CreatedAt.UTC(),
		Decision: d.Judgement, Label: d.Label, Reason: d.Reason, Reviewer: r.Reviewer,
		GuardVerdict: d.GuardVerdict, GuardRisk: d.GuardRisk, Detectors: review.DetectorIDs(d.Findings),
		BlindVerdict: d.BlindVerdict, FinalVerdict: d.FinalVerdict, ChangedAfterReveal: d.ChangedAfterReveal,
		Exposure: d.Exposure, SamplingKind: d.SamplingKind, Propensity: d.Propensity, PolicyVersion: d.PolicyVersion,
		FocusedMS: d.FocusedMS, BatchID: d.BatchID, Undone: r.Undone, Prompt: r.Prompt, Response: r.Response,
		DecisionID: d.ID, Opinion: d.Opinion, Reverses: d.Reverses, Escalation: d.Escalation,
	}
}
