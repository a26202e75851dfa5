package app

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/guardroom/guardroom/internal/guard"
	"github.com/guardroom/guardroom/internal/harmless"
	"github.com/guardroom/guardroom/internal/review"
)

// Scanner screens JSON Lines with the guard alone: no store, no server, the default
// policy.
type Scanner struct {
	screener review.Screener
	bias     review.BiasEngine
	policy   review.Policy
}

// NewScanner loads the guard.
func NewScanner() (*Scanner, error) {
	screener, bias, err := newGuard(nil, guard.Options{})
	if err != nil {
		return nil, err
	}
	policy := review.DefaultPolicy(append(screener.Specs(), bias.Specs()...))
	return &Scanner{screener: screener, bias: bias, policy: policy}, nil
}

// maxScanLine bounds one line of input, in bytes.
const maxScanLine = 64 << 20

// scanInput is a line of input: an id with a text, or with a whole Interaction.
type scanInput struct {
	ID   string `json:"id"`
	Text string `json:"text"`
	review.Submission
}

// ScanResult is a line of output.
type ScanResult struct {
	ID      string   `json:"id"`
	Verdict string   `json:"verdict"`
	Flag    bool     `json:"flag"`   // the verdict is not allow
	Score   float64  `json:"score"`  // the risk, in [0,1]; higher is riskier
	Labels  []string `json:"labels"` // detectors with a Finding, also below the flag threshold
	NS      int64    `json:"ns"`     // screening time in nanoseconds
}

// scanProblem stands in the output for a line that could not be screened.
type scanProblem struct {
	Line  int    `json:"line"`
	Error string `json:"error"`
}

// Scan reads JSON Lines from in and writes one line for each to out, in order. A line
// that cannot be read gets a line with its number and the error, and the rest goes on;
// the error that Scan then returns says how many there were.
func (s *Scanner) Scan(ctx context.Context, in io.Reader, out io.Writer) error {
	reader := bufio.NewReaderSize(in, 1<<20)
	writer := bufio.NewWriter(out)
	enc := json.NewEncoder(harmless.JSONWriter(writer))
	bad := 0
	for number := 1; ; number++ {
		line, err := readLine(reader)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil && !errors.Is(err, errLineTooLong) {
			return errors.Join(err, writer.Flush())
		}
		if len(bytes.TrimSpace(line)) == 0 && err == nil {
			continue
		}
		var result ScanResult
		if err == nil {
			result, err = s.scanLine(ctx, line)
		}
		if err != nil {
			bad++
			err = enc.Encode(scanProblem{Line: number, Error: err.Error()})
		} else {
			err = enc.Encode(result)
		}
		if err != nil {
			return err
		}
		if ctx.Err() != nil {
			return errors.Join(ctx.Err(), writer.Flush())
		}
	}
	if err := writer.Flush(); err != nil {
		return err
	}
	if bad > 0 {
		return review.Errorf(review.CodeInvalid, "%d lines could not be read; each has its error in the output", bad)
	}
	return nil
}

func (s *Scanner) scanLine(ctx context.Context, line []byte) (ScanResult, error) {
	var input scanInput
	if err := json.Unmarshal(line, &input); err != nil {
		return ScanResult{}, fmt.Errorf("not an object with id and text, or an interaction: %w", err)
	}
	content := input.Content()
	if input.Text != "" {
		content.Prompt = input.Text
	}
	start := time.Now()
	judged := s.screen(ctx, content)
	findings := append(judged.findings, s.biasFindings(content, input.Feedback)...)
	elapsed := time.Since(start)
	return ScanResult{
		ID: input.ID, Verdict: judged.verdict.String(), Flag: judged.verdict != review.VerdictAllow,
		Score: judged.risk, Labels: review.DetectorIDs(findings), NS: elapsed.Nanoseconds(),
	}, nil
}

// screened is what the guard says of one content.
type screened struct {
	findings []review.Finding
	verdict  review.Verdict
	risk     float64
}

// screen judges as a Submission is judged; bias findings are left out: a habit is no
// harm.
func (s *Scanner) screen(ctx context.Context, content review.Content) screened {
	screening := s.screener.Screen(ctx, content.Segments(), s.policy)
	verdict, risk := s.policy.Judge(screening)
	return screened{screening.Findings, verdict, risk}
}

// biasFindings are what the bias detectors see in this one exchange.
func (s *Scanner) biasFindings(content review.Content, feedback *review.Feedback) []review.Finding {
	var findings []review.Finding
	for _, o := range s.bias.Observe(review.Interaction{Content: content}, feedback) {
		if o.Finding != nil {
			findings = append(findings, *o.Finding)
		}
	}
	return findings
}

var errLineTooLong = fmt.Errorf("the line is longer than %d MiB", maxScanLine>>20)

// readLine returns the next line without its end; a longer one than maxScanLine is
// skipped to its end and reported.
func readLine(r *bufio.Reader) ([]byte, error) {
	var line []byte
	tooLong := false
	for {
		chunk, err := r.ReadSlice('\n')
		if tooLong = tooLong || len(line)+len(chunk) > maxScanLine; !tooLong {
			line = append(line, chunk...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case tooLong:
			return nil, errLineTooLong
		case err != nil && (len(line) == 0 || !errors.Is(err, io.EOF)):
			return nil, err
		default:
			return line, nil
		}
	}
}
