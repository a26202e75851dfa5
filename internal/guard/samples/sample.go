package samples

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// Sample is a text that people have labelled.
type Sample struct {
	ID       string
	Text     string
	Positive bool   // of the kind that is looked for
	Source   string // where it comes from
	Kind     string // a sort within the source
	Lang     string
	Cluster  string   // near-duplicates share one
	Hard     bool     // not of the kind, but easily taken for it
	Topics   []string // what it is about, by those who labelled it
	Votes    []int    // of those who labelled it, by label, when known

	Context, Question, Response string // of an answer from documents
}

// maxLine bounds a line of a file of samples.
const maxLine = 16 << 20

// Read reads JSON Lines with the fields id, text, label (0 or 1), source, kind, lang,
// cluster, hard_negative, categories, context, question, response and meta.votes. A line that is no
// such object is an error that names it.
func Read(r io.Reader) ([]Sample, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	var out []Sample
	for n := 1; lines.Scan(); n++ {
		var row struct {
			ID       string   `json:"id"`
			Text     string   `json:"text"`
			Label    *int     `json:"label"`
			Source   string   `json:"source"`
			Kind     string   `json:"kind"`
			Lang     string   `json:"lang"`
			Cluster  string   `json:"cluster"`
			Hard     bool     `json:"hard_negative"`
			Topics   []string `json:"categories"`
			Context  string   `json:"context"`
			Question string   `json:"question"`
			Response string   `json:"response"`
			Meta     struct {
				Votes []int `json:"votes"`
			} `json:"meta"`
		}
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		if row.Label == nil || *row.Label < 0 || *row.Label > 1 {
			return nil, fmt.Errorf("line %d: label must be 0 or 1", n)
		}
		out = append(out, Sample{
			ID: row.ID, Text: row.Text, Positive: *row.Label == 1, Source: row.Source, Kind: row.Kind, Lang: row.Lang,
			Cluster: row.Cluster, Hard: row.Hard, Topics: row.Topics, Votes: row.Meta.Votes,
			Context: row.Context, Question: row.Question, Response: row.Response,
		})
	}
	return out, lines.Err()
}

// ReadFile reads a file of samples.
func ReadFile(path string) ([]Sample, error) {
	f, err := os.Open(path) //nolint:gosec // the operator names the file
	if err != nil {
		return nil, err
	}
	defer f.Close()
	out, err := Read(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	return out, nil
}

// Repository is the part of a source that names who published it.
func Repository(source string) string {
	repo, _, _ := strings.Cut(source, ":")
	repo, _, _ = strings.Cut(repo, " ")
	return repo
}
