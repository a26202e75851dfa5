package views

import (
	"context"
	"fmt"
	"strconv"

	"github.com/guardroom/guardroom/internal/quality"
	"github.com/guardroom/guardroom/views/text"
)

// The reliability diagram: a square of so many units, with room for its axes.
const (
	diagramSide  = 240
	diagramLeft  = 40
	diagramBelow = 40
)

func diagramX(share float64) string { return coordinate(diagramLeft + share*diagramSide) }
func diagramY(share float64) string { return coordinate(8 + (1-share)*diagramSide) }

func coordinate(x float64) string { return strconv.FormatFloat(x, 'f', 1, 64) }

func diagramBox() string {
	return fmt.Sprintf("0 0 %d %d", diagramLeft+diagramSide+12, 8+diagramSide+diagramBelow)
}

// diagramLine joins the bins.
func diagramLine(bins []quality.Bin) string {
	out := ""
	for _, b := range bins {
		out += diagramX(b.Stated) + "," + diagramY(b.Came) + " "
	}
	return out
}

// calibrationWord says what the fit brought, and whether that is sure.
func calibrationWord(ctx context.Context, c *quality.Calibration) string {
	before, after := pointsWord(c.ErrorBefore), pointsWord(c.ErrorAfter)
	switch {
	case c.Better.Lower > 0:
		return text.T(ctx, "On the later half the risk is off by %s points on average; calibrated, by %s.", before, after)
	case c.Better.Upper < 0:
		return text.T(ctx, "On the later half the risk is off by %s points on average; calibrated it would be worse, by %s: what arrives has changed between the halves.", before, after)
	}
	return text.T(ctx, "On the later half the risk is off by %s points on average; calibrated, by %s. The difference may be chance.", before, after)
}

// pointsWord is an error in percentage points with its interval.
func pointsWord(i quality.Interval) string {
	return intervalWord(quality.Interval{Value: 100 * i.Value, Lower: 100 * i.Lower, Upper: 100 * i.Upper}, 1)
}

func methodWord(ctx context.Context, c *quality.Calibration) string {
	if c.Method == quality.Isotonic {
		return text.T(ctx, "Fitted as rising steps (isotonic) to %s earlier decisions, shown on the %s after them.", count(c.Fitted), count(c.Shown))
	}
	return text.T(ctx, "Fitted as a curve (Platt) to %s earlier decisions, shown on the %s after them; from 1,000 decisions on it is steps.", count(c.Fitted), count(c.Shown))
}

func uncalibratedWord(ctx context.Context, why quality.Refusal) string {
	if why == quality.TooFewKinds {
		return text.T(ctx, "Not enough yet: it takes 30 decisions of each kind, 15 in each half of the time.")
	}
	return text.T(ctx, "Not enough yet: it takes 200 decisions that count.")
}

// worths are risks of which the table says what they are worth.
var worths = []float64{0.1, 0.3, 0.5, 0.7, 0.9, 0.97}

// binRange is a share with its interval, in percent.
func binRange(b quality.Bin) string {
	return fmt.Sprintf("%.0f %% (%.0f–%.0f)", 100*b.Came, 100*b.Lower, 100*b.Upper)
}
