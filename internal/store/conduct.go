package store

import (
	"context"
	"time"

	"github.com/guardroom/guardroom/internal/review"
)

const addConduct = `INSERT INTO conduct_hours (app_id, user_id, hour, requests, flagged, alarms, errors, refusals, tokens_in, tokens_out, timed, latency_ms)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (app_id, user_id, hour) DO UPDATE SET
requests = conduct_hours.requests + excluded.requests, flagged = conduct_hours.flagged + excluded.flagged,
alarms = conduct_hours.alarms + excluded.alarms, errors = conduct_hours.errors + excluded.errors,
refusals = conduct_hours.refusals + excluded.refusals, tokens_in = conduct_hours.tokens_in + excluded.tokens_in,
tokens_out = conduct_hours.tokens_out + excluded.tokens_out, timed = conduct_hours.timed + excluded.timed,
latency_ms = conduct_hours.latency_ms + excluded.latency_ms`

const addCosts = `INSERT INTO conduct_costs (app_id, user_id, hour, denied, cost) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (app_id, user_id, hour) DO UPDATE SET denied = conduct_costs.denied + excluded.denied, cost = conduct_costs.cost + excluded.cost`

// AddConduct implements review.Tx.
func (t *tx) AddConduct(hours []review.ConductHour) error {
	for _, h := range hours {
		err := t.exec(addConduct, h.AppID, h.UserID, hourNumber(h.Hour), h.Requests, h.Flagged, h.Alarms, h.Errors, h.Refusals,
			h.TokensIn, h.TokensOut, h.Timed, h.Latency.Milliseconds())
		if err != nil {
			return err
		}
		if h.Denied == 0 && h.Cost == 0 {
			continue
		}
		if err := t.exec(addCosts, h.AppID, h.UserID, hourNumber(h.Hour), h.Denied, h.Cost); err != nil {
			return err
		}
	}
	return nil
}

func hourNumber(t time.Time) int64 { return t.Unix() / 3600 }

type conductRow struct {
	UserID    string
	Hour      int64
	Requests  int
	Flagged   int
	Alarms    int
	Errors    int
	Refusals  int
	TokensIn  int
	TokensOut int
	Timed     int
	LatencyMs int64
	Denied    int
	Cost      int64
}

func (r conductRow) hour(appID string) review.ConductHour {
	return review.ConductHour{
		AppID: appID, UserID: r.UserID, Hour: time.Unix(r.Hour*3600, 0).UTC(), Requests: r.Requests, Flagged: r.Flagged, Alarms: r.Alarms,
		Errors: r.Errors, Refusals: r.Refusals, TokensIn: r.TokensIn, TokensOut: r.TokensOut, Timed: r.Timed,
		Latency: time.Duration(r.LatencyMs) * time.Millisecond, Denied: r.Denied, Cost: r.Cost,
	}
}

const withCosts = "FROM conduct_hours h LEFT JOIN conduct_costs c ON c.app_id = h.app_id AND c.user_id = h.user_id AND c.hour = h.hour "

const selectConduct = "SELECT h.*, COALESCE(c.denied, 0) AS denied, COALESCE(c.cost, 0) AS cost " + withCosts +
	"WHERE h.app_id = ? AND h.user_id = ? AND h.hour >= ? ORDER BY h.hour"

// ConductHours implements review.Reader.
func (s *Store) ConductHours(ctx context.Context, appID, userID string, since time.Time) ([]review.ConductHour, error) {
	return s.conduct(ctx, appID, selectConduct, appID, userID, hourNumber(since))
}

// selectBusiest groups by an expression: by the column itself, SQLite would rather walk through all hours of the App in the
// order of the primary key.
const selectBusiest = `SELECT user_id || '' AS user_id, MAX(hour) AS hour, SUM(requests) AS requests, SUM(flagged) AS flagged, SUM(alarms) AS alarms, SUM(errors) AS errors,
SUM(refusals) AS refusals, SUM(tokens_in) AS tokens_in, SUM(tokens_out) AS tokens_out, SUM(timed) AS timed, SUM(latency_ms) AS latency_ms
FROM conduct_hours WHERE app_id = ? AND hour >= ? AND user_id <> '' GROUP BY user_id || ''
ORDER BY SUM(alarms) DESC, SUM(flagged) DESC, SUM(requests) DESC, user_id LIMIT ?`

// BusiestUsers implements review.Reader.
func (s *Store) BusiestUsers(ctx context.Context, appID string, since time.Time, limit int) ([]review.ConductHour, error) {
	return s.conduct(ctx, appID, selectBusiest, appID, hourNumber(since), limit)
}

func (s *Store) conduct(ctx context.Context, appID, query string, args ...any) ([]review.ConductHour, error) {
	var rows []conductRow
	if err := s.read(ctx).Raw(query, args...).Scan(&rows).Error; err != nil {
		return nil, s.fault(err)
	}
	var out []review.ConductHour
	for _, r := range rows {
		out = append(out, r.hour(appID))
	}
	return out, nil
}

// CostSince implements review.Reader.
func (s *Store) CostSince(ctx context.Context, since time.Time) (map[string]int64, error) {
	var rows []struct {
		AppID string
		Cost  int64
	}
	const query = "SELECT app_id, SUM(cost) AS cost FROM conduct_costs WHERE user_id = '' AND hour >= ? GROUP BY app_id"
	if err := s.read(ctx).Raw(query, hourNumber(since)).Scan(&rows).Error; err != nil {
		return nil, s.fault(err)
	}
	out := make(map[string]int64, len(rows))
	for _, r := range rows {
		out[r.AppID] = r.Cost
	}
	return out, nil
}

// PutRestriction implements review.Tx.
func (t *tx) PutRestriction(r review.Restriction) error {
	return t.exec(`INSERT INTO restrictions (app_id, user_id, standing, until_at, reason, actor_kind, actor_id, created_at, most_requests, most_tokens)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (app_id, user_id) DO UPDATE SET standing = excluded.standing, until_at = excluded.until_at, reason = excluded.reason,
most_requests = excluded.most_requests, most_tokens = excluded.most_tokens, actor_kind = excluded.actor_kind, actor_id = excluded.actor_id, created_at = excluded.created_at`,
		r.AppID, r.UserID, string(r.Standing), at(r.Until),
		t.seal("restrictions", "reason", recordID(r.AppID, r.UserID), []byte(r.Reason)), string(r.Actor.Kind), r.Actor.ID, at(r.CreatedAt),
		r.Limit.Requests, r.Limit.Tokens)
}

const selectRestrictions = `SELECT r.*, COALESCE(u.name, r.actor_id) AS actor_name
FROM restrictions r LEFT JOIN users u ON r.actor_kind = 'user' AND u.id = r.actor_id WHERE r.until_at > ?`

// Restrictions implements review.Reader.
func (s *Store) Restrictions(ctx context.Context, now time.Time) ([]review.Restriction, error) {
	var rows []struct {
		AppID     string
		UserID    string
		Standing  review.Standing
		UntilAt   instant
		Reason    sealed
		ActorKind review.ActorKind
		ActorID   string
		ActorName string
		CreatedAt instant

		MostRequests, MostTokens int
	}
	if err := s.read(ctx).Raw(selectRestrictions, at(now)).Scan(&rows).Error; err != nil {
		return nil, s.fault(err)
	}
	out := make([]review.Restriction, len(rows))
	o := s.opener(ctx)
	for i, r := range rows {
		out[i] = review.Restriction{AppID: r.AppID, UserID: r.UserID, Standing: r.Standing, Until: r.UntilAt.time(),
			Limit:  review.Quota{Requests: r.MostRequests, Tokens: r.MostTokens},
			Reason: string(o.text("restrictions", "reason", recordID(r.AppID, r.UserID), r.Reason)),
			Actor:  review.Actor{Kind: r.ActorKind, ID: r.ActorID}, ActorName: r.ActorName, CreatedAt: r.CreatedAt.time()}
	}
	return out, o.err
}
