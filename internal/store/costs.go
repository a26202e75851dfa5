package store

import (
	"context"
	"time"

	"github.com/guardroom/guardroom/internal/review"
)

// The sides of costs: what a row is of.
const (
	sideAll = iota
	sideModel
	sideUser
	sideBoth
)

const (
	addCostDay = `INSERT INTO cost_days (app_id, side, user_id, model, day, calls, tokens_in, tokens_out, cost) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (app_id, side, user_id, model, day) DO UPDATE SET calls = cost_days.calls + excluded.calls,
tokens_in = cost_days.tokens_in + excluded.tokens_in, tokens_out = cost_days.tokens_out + excluded.tokens_out, cost = cost_days.cost + excluded.cost`
	addCostMonth = `INSERT INTO cost_months (app_id, side, user_id, model, month, calls, tokens_in, tokens_out, cost) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (app_id, side, month, user_id, model) DO UPDATE SET calls = cost_months.calls + excluded.calls,
tokens_in = cost_months.tokens_in + excluded.tokens_in, tokens_out = cost_months.tokens_out + excluded.tokens_out, cost = cost_months.cost + excluded.cost`
)

// costRow names a row of either table: day is a day in one of them and a month in the other.
type costRow struct {
	app         string
	side        int
	user, model string
	day         int64
}

// AddCosts implements review.Tx. What many days share is added up before it is written.
func (t *tx) AddCosts(days []review.CostDay) error {
	byDay, byMonth := map[costRow]review.CostDay{}, map[costRow]review.CostDay{}
	for _, d := range days {
		for side, row := range map[int]costRow{
			sideAll: {}, sideModel: {model: d.Model}, sideUser: {user: d.UserID}, sideBoth: {user: d.UserID, model: d.Model},
		} {
			row.app, row.side = d.AppID, side
			row.day = dayOf(d.Day)
			tally(byDay, row, d)
			row.day = monthNumber(d.Day)
			tally(byMonth, row, d)
		}
	}
	if err := t.putCosts(addCostDay, byDay); err != nil {
		return err
	}
	return t.putCosts(addCostMonth, byMonth)
}

func tally(sums map[costRow]review.CostDay, row costRow, d review.CostDay) {
	sum := sums[row]
	sum.Add(d)
	sums[row] = sum
}

func (t *tx) putCosts(statement string, sums map[costRow]review.CostDay) error {
	for row, d := range sums {
		if err := t.exec(statement, row.app, row.side, row.user, row.model, row.day, d.Calls, d.TokensIn, d.TokensOut, d.Cost); err != nil {
			return err
		}
	}
	return nil
}

func monthNumber(t time.Time) int64 {
	t = t.UTC()
	return int64(t.Year()-1970)*12 + int64(t.Month()) - 1
}

const (
	costSums = "calls, tokens_in, tokens_out, cost "
	costRows = "SELECT user_id, model, " + costSums + "FROM cost_months WHERE app_id = ? AND side = ? AND month = ? AND "
)

const (
	selectCostDays = "SELECT day, user_id, model, " + costSums +
		"FROM cost_days WHERE app_id = ? AND side = ? AND user_id = ? AND model = ? AND day >= ? AND day < ? ORDER BY day"
	selectCostModels = "SELECT user_id, model, " + costSums +
		"FROM cost_months WHERE app_id = ? AND side = ? AND month = ? AND user_id = ? ORDER BY cost DESC, tokens_in DESC, model DESC LIMIT ?"
	selectCostUsers = "SELECT user_id, model, " + costSums +
		"FROM cost_months WHERE app_id = ? AND side = ? AND month = ? AND model = ? ORDER BY cost DESC, tokens_in DESC, user_id DESC LIMIT ?"
	selectCostsFrom  = costRows + "(user_id, model) >= (?, ?) ORDER BY user_id, model LIMIT ?"
	selectCostsAfter = costRows + "(user_id, model) > (?, ?) ORDER BY user_id, model LIMIT ?"
)

// CostDays implements review.Reader.
func (s *Store) CostDays(ctx context.Context, appID string, f review.CostFilter) ([]review.CostDay, error) {
	side := sideAll
	if f.Model != "" {
		side += sideModel
	}
	if f.UserID != "" {
		side += sideUser
	}
	return s.costs(ctx, appID, f, selectCostDays, appID, side, f.UserID, f.Model, dayOf(f.Month), dayOf(f.Month.AddDate(0, 1, 0)))
}

// CostModels implements review.Reader.
func (s *Store) CostModels(ctx context.Context, appID string, f review.CostFilter, limit int) ([]review.CostDay, error) {
	side := sideModel
	if f.UserID != "" {
		side = sideBoth
	}
	return s.costs(ctx, appID, f, selectCostModels, appID, side, monthNumber(f.Month), f.UserID, limit)
}

// CostUsers implements review.Reader.
func (s *Store) CostUsers(ctx context.Context, appID string, f review.CostFilter, limit int) ([]review.CostDay, error) {
	side := sideUser
	if f.Model != "" {
		side = sideBoth
	}
	return s.costs(ctx, appID, f, selectCostUsers, appID, side, monthNumber(f.Month), f.Model, limit)
}

// costPage is how many rows of a file are read at once.
const costPage = 1000

// EachCost implements review.Reader. It reads by pages, so that no reader stands in the way of who writes.
func (s *Store) EachCost(ctx context.Context, appID string, f review.CostFilter, yield func(review.CostDay) error) error {
	query, user, model := selectCostsFrom, f.UserID, ""
	for {
		rows, err := s.costs(ctx, appID, f, query, appID, sideBoth, monthNumber(f.Month), user, model, costPage)
		if err != nil {
			return err
		}
		for _, d := range rows {
			if f.UserID != "" && d.UserID != f.UserID {
				return nil // the rows of a user stand together
			}
			if f.Model != "" && d.Model != f.Model {
				continue
			}
			if err := yield(d); err != nil {
				return err
			}
		}
		if len(rows) < costPage {
			return nil
		}
		last := rows[len(rows)-1]
		query, user, model = selectCostsAfter, last.UserID, last.Model
	}
}

func (s *Store) costs(ctx context.Context, appID string, f review.CostFilter, query string, args ...any) ([]review.CostDay, error) {
	var rows []struct {
		Day       int64
		UserID    string
		Model     string
		Calls     int
		TokensIn  int
		TokensOut int
		Cost      int64
	}
	if err := s.read(ctx).Raw(query, args...).Scan(&rows).Error; err != nil {
		return nil, s.fault(err)
	}
	var out []review.CostDay
	for _, r := range rows {
		day := f.Month
		if r.Day > 0 {
			day = dayTime(r.Day)
		}
		out = append(out, review.CostDay{AppID: appID, UserID: r.UserID, Model: r.Model, Day: day,
			Calls: r.Calls, TokensIn: r.TokensIn, TokensOut: r.TokensOut, Cost: r.Cost})
	}
	return out, nil
}
