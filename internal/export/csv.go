package export

import (
	"bytes"
	"encoding/json"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/guardroom/guardroom/internal/harmless"
	"github.com/guardroom/guardroom/internal/review"
)

// column is one column of the CSV file. Text columns hold what Apps, end users or
// reviewers wrote, and are neutralised.
type column struct {
	name string
	text bool
	cell func(review.DecisionRow) string
}

// columns is the documented, stable header: scripts read it by place. What came later is in JSON Lines only.
var columns = []column{
	{"item_id", false, func(r review.DecisionRow) string { return r.Item.ID }},
	{"interaction_id", false, func(r review.DecisionRow) string { return r.InteractionID }},
	{"external_id", true, func(r review.DecisionRow) string { return r.ExternalID }},
	{"app", false, func(r review.DecisionRow) string { return r.App }},
	{"kind", false, func(r review.DecisionRow) string { return string(r.Item.Kind) }},
	{"user_id", true, func(r review.DecisionRow) string { return r.Item.UserID }},
	{"model", true, func(r review.DecisionRow) string { return r.Item.Model }},
	{"created_at", false, func(r review.DecisionRow) string { return stamp(r.Item.CreatedAt) }},
	{"decided_at", false, func(r review.DecisionRow) string { return stamp(r.Decision.CreatedAt) }},
	{"decision", false, func(r review.DecisionRow) string { return string(r.Decision.Judgement) }},
	{"label", true, func(r review.DecisionRow) string { return r.Decision.Label }},
	{"reason", true, func(r review.DecisionRow) string { return r.Decision.Reason }},
	{"reviewer", true, func(r review.DecisionRow) string { return r.Reviewer }},
	{"guard_verdict", false, func(r review.DecisionRow) string { return r.Decision.GuardVerdict.String() }},
	{"guard_risk", false, func(r review.DecisionRow) string { return number(r.Decision.GuardRisk) }},
	{"detectors", false, func(r review.DecisionRow) string { return strings.Join(review.DetectorIDs(r.Decision.Findings), " ") }},
	{"blind_verdict", false, func(r review.DecisionRow) string { return optional(r.Decision.BlindVerdict) }},
	{"final_verdict", false, func(r review.DecisionRow) string { return string(r.Decision.FinalVerdict) }},
	{"changed_after_reveal", false, func(r review.DecisionRow) string { return strconv.FormatBool(r.Decision.ChangedAfterReveal) }},
	{"exposure", false, func(r review.DecisionRow) string { return strings.Join(exposed(r.Decision.Exposure), " ") }},
	{"sampling_kind", false, func(r review.DecisionRow) string { return r.Decision.SamplingKind }},
	{"propensity", false, func(r review.DecisionRow) string { return number(r.Decision.Propensity) }},
	{"policy_version", false, func(r review.DecisionRow) string { return strconv.Itoa(r.Decision.PolicyVersion) }},
	{"focused_ms", false, func(r review.DecisionRow) string { return strconv.FormatInt(r.Decision.FocusedMS, 10) }},
	{"batch_id", false, func(r review.DecisionRow) string { return r.Decision.BatchID }},
	{"undone", false, func(r review.DecisionRow) string { return strconv.FormatBool(r.Undone) }},
	{"prompt", true, func(r review.DecisionRow) string { return r.Prompt }},
	{"response", true, func(r review.DecisionRow) string { return r.Response }},
}

// Header returns the names of the CSV columns, in order.
func Header() []string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.name
	}
	return names
}

// CSV writes a header and one record per Decision, and returns how many Decisions it
// wrote. It is RFC 4180: UTF-8 without BOM, records end in CRLF, line breaks inside a
// cell stay as they were. The mark of an export, 16 hexadecimal digits or "" for none,
// goes into which cells have quotes: see mark.go.
func CSV(w io.Writer, rows iter.Seq2[review.DecisionRow, error], mark string) (int, error) {
	records := &recordWriter{out: w}
	quoting, err := decisionMarking.quoting(mark)
	if err != nil {
		return 0, err
	}
	if err := records.write(Header(), nil); err != nil {
		return 0, err
	}
	n := 0
	cells := make([]string, len(columns))
	for row, err := range rows {
		if err != nil {
			return n, err
		}
		if row.Decision.Opinion > 0 {
			continue // it settles nothing, and no column would say so
		}
		for i, c := range columns {
			cells[i] = c.cell(row)
			if c.text {
				cells[i] = neutral(cells[i])
			}
		}
		if err := records.write(cells, quoting.of(n)); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// recordWriter writes records that end in CRLF, with quotes where they must be and where
// they are wanted. csv.Writer gives no choice.
type recordWriter struct {
	out    io.Writer
	record bytes.Buffer
}

func (w *recordWriter) write(cells []string, quoted []bool) error {
	w.record.Reset()
	for i, cell := range cells {
		if i > 0 {
			w.record.WriteByte(',')
		}
		if quoted != nil && quoted[i] || mustQuote(cell) {
			w.record.WriteByte('"')
			w.record.WriteString(strings.ReplaceAll(cell, `"`, `""`))
			w.record.WriteByte('"')
			continue
		}
		w.record.WriteString(cell)
	}
	w.record.WriteString("\r\n")
	_, err := w.out.Write(w.record.Bytes())
	return err
}

// mustQuote: some readers take a cell that begins with white space, or PostgreSQL's end
// of data, for something else.
func mustQuote(cell string) bool {
	if cell == `\.` || strings.ContainsAny(cell, "\",\r\n") {
		return true
	}
	first, _ := utf8.DecodeRuneInString(cell)
	return unicode.IsSpace(first)
}

// neutral makes a cell harmless for spreadsheets and terminals: one that would be run as
// a formula gets a leading apostrophe (OWASP, CSV injection), and what acts on what
// stands around it, line breaks aside, becomes visible.
func neutral(cell string) string {
	cell = visible(cell)
	if cell == "" {
		return cell
	}
	for _, start := range formulaStarts {
		if strings.HasPrefix(cell, start) {
			return "'" + cell
		}
	}
	return cell
}

// formulaStarts begin what spreadsheets run; some read the full-width forms as well.
var formulaStarts = []string{"=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"}

// visible keeps the line breaks inside a cell.
func visible(cell string) string {
	parts := strings.Split(cell, "\r")
	for i, part := range parts {
		parts[i] = harmless.Lines(part)
	}
	return strings.Join(parts, "\r")
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z") }

func number(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

func optional(j *review.Judgement) string {
	if j == nil {
		return ""
	}
	return string(*j)
}

// exposed lists what was visible to the reviewer, by the names of the JSON fields.
func exposed(e review.Exposure) []string {
	var shown map[string]bool
	b, err := json.Marshal(e)
	if err == nil {
		err = json.Unmarshal(b, &shown)
	}
	if err != nil {
		panic("export: exposure is plain data: " + err.Error())
	}
	var names []string
	for name, on := range shown {
		if on {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
