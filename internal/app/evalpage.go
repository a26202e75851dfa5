package app

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"
)

//go:embed evalpage.html
var evalPageText string

var evalPage = template.Must(template.New("eval").Parse(evalPageText))

// The ROC curve's picture, in SVG units; false positive rates run to the right.
const (
	curveSize   = 320
	curveMargin = 40
	barWidth    = 300
)

// evalView is the report as the page shows it.
type evalView struct {
	EvalReport
	Polyline string // the ROC curve
	Size     int
	Margin   int
	Far      int // where the axes end
	BarWidth int
	Bars     []evalBar
	Ticks    []evalTick
}

// evalTick is a mark on both axes of the curve, in SVG units.
type evalTick struct {
	Along, Down float64
	Text        string
}

// evalTicks are the marks of the curve.
func evalTicks() (ticks []evalTick) {
	for _, share := range []float64{0, 0.25, 0.5, 0.75, 1} {
		ticks = append(ticks, evalTick{curveMargin + share*curveSize, curveMargin + (1-share)*curveSize, fmt.Sprint(share)})
	}
	return ticks
}

// evalBar is the flag rate of one source with its interval, in SVG units.
type evalBar struct {
	EvalSource
	Width, Lower, Upper float64
}

// WriteHTML writes the report as one page that needs no other file and no script.
func (r EvalReport) WriteHTML(out io.Writer) error {
	view := evalView{EvalReport: r, Size: curveSize + 2*curveMargin, Margin: curveMargin, Far: curveSize + curveMargin, BarWidth: barWidth, Polyline: polyline(r.Curve), Ticks: evalTicks()}
	for _, s := range r.Sources {
		bar := evalBar{EvalSource: s, Lower: barWidth * s.Flagged.Lower, Upper: barWidth * s.Flagged.Upper}
		if s.Flagged.Value != nil {
			bar.Width = barWidth * *s.Flagged.Value
		}
		view.Bars = append(view.Bars, bar)
	}
	return evalPage.Execute(out, view)
}

// AUROCText shows the AUROC with three digits.
func (r EvalReport) AUROCText() string { return figure(r.AUROC) }

// CalibrationText shows the calibration error; nothing where there is none.
func (r EvalReport) CalibrationText() string {
	if r.CalibrationError == nil {
		return ""
	}
	return figure(r.CalibrationError)
}

// PercentFPR shows the false positive rate of a row.
func (r EvalRecall) PercentFPR() string { return fmt.Sprintf("%g %%", 100*r.FPR) }

// polyline draws the curve; points closer than a fifth of a unit are left out.
func polyline(points []EvalPoint) string {
	const near = 0.2
	var b strings.Builder
	lastX, lastY := -1.0, -1.0
	for i, p := range points {
		x, y := curveMargin+curveSize*p.FPR, curveMargin+curveSize*(1-p.Recall)
		if i > 0 && i < len(points)-1 && x-lastX < near && lastY-y < near {
			continue
		}
		fmt.Fprintf(&b, "%.1f,%.1f ", x, y)
		lastX, lastY = x, y
	}
	return strings.TrimSpace(b.String())
}
