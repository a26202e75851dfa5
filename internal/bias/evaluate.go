package bias

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"math"
	"slices"

	"github.com/guardroom/guardroom/internal/review"
)

// prevalence is the share of leading prompts at which the cut must reach the least precision.
const prevalence = 0.1

// Proportion is a share with its 95 % Wilson interval.
type Proportion struct {
	Hits  int     `json:"hits"`
	N     int     `json:"n"`
	Rate  float64 `json:"rate"`
	Lower float64 `json:"lower"`
	Upper float64 `json:"upper"`
}

// wilson makes a Proportion (Wilson 1927); nothing of nothing is everything possible.
func wilson(hits, n int) Proportion {
	p := Proportion{Hits: hits, N: n, Upper: 1}
	if n == 0 {
		return p
	}
	const z = 1.959963984540054
	total := float64(n)
	p.Rate = float64(hits) / total
	centre := p.Rate + z*z/(2*total)
	radius := z * math.Sqrt(p.Rate*(1-p.Rate)/total+z*z/(4*total*total))
	p.Lower = max(0, (centre-radius)/(1+z*z/total))
	p.Upper = min(1, (centre+radius)/(1+z*z/total))
	return p
}

// GroupReport is how often rows of one source, kind and label reach the cut.
type GroupReport struct {
	Source string     `json:"source"`
	Kind   string     `json:"kind"`
	Label  int        `json:"label"`
	Fired  Proportion `json:"fired"`
}

// Report is how a model did on rows.
type Report struct {
	Method        string        `json:"method"`      // what the scores come from
	DataSHA256    string        `json:"data_sha256"` // of the rows, in order
	Lexicon       string        `json:"lexicon_sha256"`
	Cut           float64       `json:"cut"`
	AUROC         float64       `json:"auroc"`
	Recall        Proportion    `json:"recall"`                   // of leading rows
	FalseAlarms   Proportion    `json:"false_alarms"`             // of neutral rows
	Precision     Proportion    `json:"precision"`                // as the rows are mixed
	LeastExpected float64       `json:"least_expected_precision"` // lower bound where one prompt in ten leads
	Groups        []GroupReport `json:"groups"`
}

// Train fits the model on labelled rows (JSON Lines) and our own, chooses the cut on scores of sources that the scoring
// model had not seen, and reports how these did. The same input gives the same model to the byte. It
// stops soon after ctx is done, with its error.
func Train(ctx context.Context, r io.Reader) (*Model, Report, error) {
	lex, err := parseLexicon(lexiconText)
	if err != nil {
		return nil, Report{}, err
	}
	rows, err := trainingRows(r)
	if err != nil {
		return nil, Report{}, err
	}
	samples := readSamples(lex, rows)
	weights, err := fit(ctx, lex, samples)
	if err != nil {
		return nil, Report{}, err
	}
	scores, err := unseenScores(ctx, lex, samples)
	if err != nil {
		return nil, Report{}, err
	}
	cut, err := chooseCut(samples, scores)
	if err != nil {
		return nil, Report{}, err
	}
	report := newReport("leave one source out; our own rows in ten folds", rows, scores, cut)
	m, err := newModel(lex, modelDocument{Weights: weights, Cut: cut, Report: report})
	return m, report, err
}

// Evaluate scores labelled rows (JSON Lines) with a model.
func Evaluate(r io.Reader, m *Model) (Report, error) {
	rows, err := ReadRows(r)
	if err != nil {
		return Report{}, err
	}
	if len(rows) == 0 {
		return Report{}, errors.New("bias: there is no row to evaluate")
	}
	scores := make([]float64, len(rows))
	for i, row := range rows {
		scores[i] = m.Score(row.Text)
	}
	return newReport("the model as it is", rows, scores, m.Cut()), nil
}

// ownFolds is in how many parts our own rows are held out.
const ownFolds = 10

// unseenScores scores every row by a model that has seen no row of its source. Our own rows are the only source of much
// that is harmless, so they are held out a tenth at a time.
func unseenScores(ctx context.Context, lex *lexicon, samples []sample) ([]float64, error) {
	fold := make([]string, len(samples))
	for i, s := range samples {
		fold[i] = s.row.Source
		if s.row.Source == handwrittenSource {
			fold[i] += string(rune('0' + i%ownFolds))
		}
	}
	scores := make([]float64, len(samples))
	for _, out := range slices.Compact(slices.Sorted(slices.Values(fold))) {
		var rest []sample
		for i, s := range samples {
			if fold[i] != out {
				rest = append(rest, s)
			}
		}
		w, err := fit(ctx, lex, rest)
		if err != nil {
			return nil, err
		}
		m, err := newModel(lex, modelDocument{Weights: w, Cut: 1})
		if err != nil {
			return nil, err
		}
		for i, s := range samples {
			if fold[i] == out {
				scores[i] = m.score(s.cues)
			}
		}
	}
	return scores, nil
}

// chooseCut finds the lowest cut, in hundredths, from which on the precision bound holds.
func chooseCut(samples []sample, scores []float64) (float64, error) {
	var leading, neutral []float64
	for i, s := range samples {
		if s.row.Label == 1 {
			leading = append(leading, scores[i])
		} else {
			neutral = append(neutral, scores[i])
		}
	}
	cut := 0.0
	for hundredths := 99; hundredths > 0; hundredths-- {
		c := float64(hundredths) / 100
		if leastExpectedPrecision(reaching(leading, c), reaching(neutral, c)) < review.LeastPrecision {
			break
		}
		cut = c
	}
	if cut == 0 {
		return 0, errors.New("bias: at no cut is the model precise enough")
	}
	return cut, nil
}

func reaching(scores []float64, cut float64) Proportion {
	n := 0
	for _, s := range scores {
		if s >= cut {
			n++
		}
	}
	return wilson(n, len(scores))
}

// leastExpectedPrecision takes the worse end of both intervals, at the assumed prevalence.
func leastExpectedPrecision(recall, falseAlarms Proportion) float64 {
	right, wrong := prevalence*recall.Lower, (1-prevalence)*falseAlarms.Upper
	if right == 0 {
		return 0
	}
	return right / (right + wrong)
}

func newReport(method string, rows []Row, scores []float64, cut float64) Report {
	type key struct {
		source, kind string
		label        int
	}
	var all [2][]float64
	groups := map[key][]float64{}
	for i, row := range rows {
		all[row.Label] = append(all[row.Label], scores[i])
		k := key{row.Source, row.Kind, row.Label}
		groups[k] = append(groups[k], scores[i])
	}
	r := Report{
		Method: method, DataSHA256: hashRows(rows), Lexicon: hashText(lexiconText), Cut: cut, AUROC: round(auroc(all[1], all[0])),
		Recall: reaching(all[1], cut).rounded(), FalseAlarms: reaching(all[0], cut).rounded(),
	}
	r.Precision = wilson(r.Recall.Hits, r.Recall.Hits+r.FalseAlarms.Hits).rounded()
	r.LeastExpected = round(leastExpectedPrecision(r.Recall, r.FalseAlarms))
	for k, s := range groups {
		r.Groups = append(r.Groups, GroupReport{Source: k.source, Kind: k.kind, Label: k.label, Fired: reaching(s, cut).rounded()})
	}
	slices.SortFunc(r.Groups, func(a, b GroupReport) int {
		return cmp.Or(cmp.Compare(a.Label, b.Label), cmp.Compare(a.Source, b.Source), cmp.Compare(a.Kind, b.Kind))
	})
	return r
}

func (p Proportion) rounded() Proportion {
	p.Rate, p.Lower, p.Upper = round(p.Rate), round(p.Lower), round(p.Upper)
	return p
}

// auroc is the chance that a leading row scores higher than a neutral one; equal scores count half. 0 when a class is
// missing.
func auroc(leading, neutral []float64) float64 {
	if len(leading) == 0 || len(neutral) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(neutral))
	wins := 0.0
	for _, s := range leading {
		below, _ := slices.BinarySearch(sorted, s)
		upTo, _ := slices.BinarySearch(sorted, math.Nextafter(s, math.Inf(1)))
		wins += float64(below) + float64(upTo-below)/2
	}
	return wins / float64(len(leading)*len(neutral))
}

func hashRows(rows []Row) string {
	h := sha256.New()
	enc := json.NewEncoder(h)
	for _, row := range rows {
		_ = enc.Encode(row) // plain strings into a hash cannot fail
	}
	return hex.EncodeToString(h.Sum(nil))
}

func hashText(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}
