package export

import (
	"io"
	"strconv"

	"github.com/guardroom/guardroom/internal/review"
)

// costHeader is documented and stable: scripts read it by place.
var costHeader = []string{"app", "month", "user_id", "model", "calls", "tokens_in", "tokens_out", "cost", "currency"}

// Costs writes a header and one record per user and model, as CSV writes Decisions, and returns how many. The cost is a decimal
// number of the currency with six digits after the point. mark is as in CSV.
func Costs(w io.Writer, costs review.CostRows, mark string) (int, error) {
	records := &recordWriter{out: w}
	quoting, err := costMarking.quoting(mark)
	if err != nil {
		return 0, err
	}
	if err := records.write(costHeader, nil); err != nil {
		return 0, err
	}
	n, month := 0, review.MonthText(costs.Month)
	err = costs.Each(func(d review.CostDay) error {
		cells := []string{
			costs.App.Name, month, neutral(d.UserID), neutral(d.Model), strconv.Itoa(d.Calls), strconv.Itoa(d.TokensIn), strconv.Itoa(d.TokensOut),
			strconv.FormatFloat(float64(d.Cost)/1e6, 'f', 6, 64), costs.Currency,
		}
		if err := records.write(cells, quoting.of(n)); err != nil {
			return err
		}
		n++
		return nil
	})
	return n, err
}
