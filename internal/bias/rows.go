package bias

import (
	"bufio"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// handwritten is prompts of our own: requests as assistants get them, many with a word that leads elsewhere, and
// leading prompts in a dozen languages. They teach with every training; no figure of other sources contains them.
//
//go:embed handwritten.jsonl
var handwritten string

// handwrittenSource is the source that they name.
const handwrittenSource = "guardroom:handwritten"

// Row is one labelled prompt.
type Row struct {
	ID     string `json:"id"`
	Task   string `json:"task"` // "leading" or ""; rows of another task are left out
	Text   string `json:"text"`
	Label  int    `json:"label"` // 1: leading, 0: neutral
	Source string `json:"source"`
	Kind   string `json:"kind"`
	Lang   string `json:"lang"`
}

// maxRowBytes bounds one line.
const maxRowBytes = 4 << 20

// ReadRows reads JSON Lines. Fields that it does not know are skipped; a row without text, source or a label of 0 or 1
// is an error that names the line.
func ReadRows(r io.Reader) ([]Row, error) {
	var rows []Row
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxRowBytes)
	for n := 1; lines.Scan(); n++ {
		if strings.TrimSpace(lines.Text()) == "" {
			continue
		}
		row, err := parseRow(lines.Bytes())
		if err != nil {
			return nil, fmt.Errorf("bias: line %d: %w", n, err)
		}
		if row.Task == "" || row.Task == "leading" {
			rows = append(rows, row)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("bias: %w", err)
	}
	return rows, nil
}

func parseRow(line []byte) (Row, error) {
	row := Row{Label: -1}
	if err := json.Unmarshal(line, &row); err != nil {
		return Row{}, err
	}
	if row.Text == "" || row.Source == "" {
		return Row{}, errors.New("text or source is missing")
	}
	if row.Label != 0 && row.Label != 1 {
		return Row{}, errors.New("label must be 0 or 1")
	}
	return row, nil
}

// trainingRows reads the rows given and adds our own, once.
func trainingRows(r io.Reader) ([]Row, error) {
	given, err := ReadRows(r)
	if err != nil {
		return nil, err
	}
	own, err := ReadRows(strings.NewReader(handwritten))
	if err != nil {
		return nil, err
	}
	rows := own
	for _, row := range given {
		if row.Source != handwrittenSource {
			rows = append(rows, row)
		}
	}
	return rows, nil
}
