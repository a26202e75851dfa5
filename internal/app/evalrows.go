package app

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/guardroom/guardroom/internal/review"
)

// evalRow is one labelled line of a file for guardroom eval.
type evalRow struct {
	ID       string     `json:"id"`
	Text     string     `json:"text"`
	Label    *int       `json:"label"` // 1: what the family looks for
	Source   string     `json:"source"`
	Task     string     `json:"task"`     // bias: rows of another task than "leading" are left out
	Context  string     `json:"context"`  // grounding
	Question string     `json:"question"` // grounding
	Response string     `json:"response"` // grounding
	Spans    []evalSpan `json:"spans"`    // pii
}

// evalSpan is a labelled part of the text. Start and End count code points in the file
// and bytes after reading.
type evalSpan struct {
	Type  string `json:"type"`
	Start int    `json:"start"`
	End   int    `json:"end"`
}

func (r evalRow) positive() bool { return *r.Label == 1 }

// readEvalRows reads JSON Lines. Any line that is no labelled row is an error that
// names it: a figure of half a file would be a lie.
func readEvalRows(in io.Reader) ([]evalRow, error) {
	reader := bufio.NewReaderSize(in, 1<<20)
	var rows []evalRow
	for number := 1; ; number++ {
		line, err := readLine(reader)
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil && len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		var row evalRow
		if err == nil {
			row, err = readEvalRow(line)
		}
		if err != nil {
			return nil, review.Wrap(review.CodeUnprocessable, err, fmt.Sprintf("line %d is no labelled row", number))
		}
		rows = append(rows, row)
	}
	if len(rows) == 0 {
		return nil, review.Errorf(review.CodeUnprocessable, "there is no row to evaluate")
	}
	return rows, nil
}

func readEvalRow(line []byte) (evalRow, error) {
	var row evalRow
	if err := json.Unmarshal(line, &row); err != nil {
		return row, err
	}
	if row.Label == nil || *row.Label < 0 || *row.Label > 1 {
		return row, errors.New("label must be 0 or 1")
	}
	if row.Text == "" && row.Response == "" {
		return row, errors.New("there is neither text nor response")
	}
	return row, row.spansInBytes()
}

// spansInBytes turns code points into bytes.
func (r *evalRow) spansInBytes() error {
	if len(r.Spans) == 0 {
		return nil
	}
	starts := make([]int, 0, utf8.RuneCountInString(r.Text)+1)
	for at := range r.Text {
		starts = append(starts, at)
	}
	starts = append(starts, len(r.Text))
	for i := range r.Spans {
		s := &r.Spans[i]
		if s.Start < 0 || s.End <= s.Start || s.End >= len(starts) {
			return fmt.Errorf("span %d–%d does not lie in the text", s.Start, s.End)
		}
		s.Start, s.End = starts[s.Start], starts[s.End]
	}
	return nil
}
