package store

import (
	"context"
	"time"

	"github.com/guardroom/guardroom/internal/review"
)

// microsPerHour makes hours of instants, in Go and in SQL.
const microsPerHour = 3_600_000_000

func hourOf(t time.Time) int64 { return int64(at(t)) / microsPerHour }

func hourTime(hour int64) time.Time { return instant(hour * microsPerHour).time() }

const selectHours = `SELECT hour, CAST(SUM(arrived) AS BIGINT) AS arrived, CAST(SUM(decided) AS BIGINT) AS decided,
CAST(SUM(stopped) AS BIGINT) AS stopped, CAST(SUM(overturned) AS BIGINT) AS overturned
FROM item_hours WHERE app_id IN ? AND hour >= ? GROUP BY hour ORDER BY hour`

// Hours implements review.Reader.
func (s *Store) Hours(ctx context.Context, appIDs []string, since time.Time) ([]review.HourTally, error) {
	var rows []struct {
		Hour                int64
		Arrived, Decided    int
		Stopped, Overturned int
	}
	if err := s.read(ctx).Raw(selectHours, appIDs, hourOf(since)).Scan(&rows).Error; err != nil {
		return nil, s.fault(err)
	}
	out := make([]review.HourTally, len(rows))
	for i, r := range rows {
		out[i] = review.HourTally{Hour: hourTime(r.Hour), Arrived: r.Arrived, Decided: r.Decided, Stopped: r.Stopped, Overturned: r.Overturned}
	}
	return out, nil
}

const selectWork = `SELECT w.user_id, u.name, w.hour, CAST(SUM(w.decisions) AS BIGINT) AS decisions,
CAST(SUM(w.timed) AS BIGINT) AS timed, CAST(SUM(w.focused_ms) AS BIGINT) AS focused_ms
FROM work_hours w JOIN users u ON u.id = w.user_id
WHERE w.app_id IN ? AND w.hour >= ? AND (? = '' OR w.user_id = ?) GROUP BY w.user_id, u.name, w.hour ORDER BY w.hour, w.user_id`

// Work implements review.Reader.
func (s *Store) Work(ctx context.Context, appIDs []string, userID string, since time.Time) ([]review.WorkTally, error) {
	var rows []struct {
		UserID           string
		Name             string
		Hour             int64
		Decisions, Timed int
		FocusedMS        int64 `gorm:"column:focused_ms"`
	}
	if err := s.read(ctx).Raw(selectWork, appIDs, hourOf(since), userID, userID).Scan(&rows).Error; err != nil {
		return nil, s.fault(err)
	}
	out := make([]review.WorkTally, len(rows))
	for i, r := range rows {
		out[i] = review.WorkTally{
			UserID: r.UserID, UserName: r.Name, Hour: hourTime(r.Hour), Decisions: r.Decisions,
			Timed: r.Timed, Focused: time.Duration(r.FocusedMS) * time.Millisecond,
		}
	}
	return out, nil
}

// tellingDecisions is the condition of the index of the same name.
const tellingDecisions = `(d.blind_verdict IS NOT NULL OR d.sampling_kind = 'control' OR d.opinion > 0)`

// selectTelling: with a user, also what others said of the items on which the user gave an opinion.
const selectTelling = `SELECT d.actor_id, d.item_id, d.created_at, d.opinion, d.blind_verdict, d.final_verdict, d.guard_verdict, d.guard_risk,
d.sampling_kind, d.confidence, k.gold, x.decision_id IS NOT NULL AS undone
FROM decisions d LEFT JOIN controls k ON k.item_id = d.item_id LEFT JOIN undos x ON x.decision_id = d.id
WHERE d.app_id IN ? AND d.created_at >= ? AND ` + tellingDecisions + ` AND d.actor_kind = 'user'
  AND (? = '' OR d.actor_id = ? OR d.opinion > 0 AND EXISTS (SELECT 1 FROM decisions o WHERE o.item_id = d.item_id AND o.opinion > 0 AND o.actor_id = ?))
ORDER BY d.created_at DESC, d.id DESC LIMIT ?`

type tellingRow struct {
	ActorID      string
	ItemID       string
	Created      instant `gorm:"column:created_at"`
	Opinion      int
	BlindVerdict *review.Judgement
	FinalVerdict review.Judgement
	GuardVerdict string
	GuardRisk    float64
	SamplingKind string
	Confidence   *float64
	Gold         *review.Judgement
	Undone       bool
}

// Telling implements review.Reader.
func (s *Store) Telling(ctx context.Context, appIDs []string, userID string, since time.Time) ([]review.Telling, error) {
	var rows []tellingRow
	err := s.read(ctx).Raw(selectTelling, appIDs, at(since), userID, userID, userID, review.TellingLimit).Scan(&rows).Error
	if err != nil {
		return nil, s.fault(err)
	}
	out := make([]review.Telling, len(rows))
	for i, r := range rows {
		guard, err := review.ParseVerdict(r.GuardVerdict)
		if err != nil {
			return nil, s.fault(err)
		}
		out[i] = review.Telling{
			UserID: r.ActorID, ItemID: r.ItemID, At: r.Created.time(), Opinion: r.Opinion, Blind: r.BlindVerdict, Final: r.FinalVerdict,
			Guard: guard, Risk: r.GuardRisk, Gold: r.Gold, Sampling: r.SamplingKind, Undone: r.Undone, Confidence: r.Confidence,
		}
	}
	return out, nil
}

// selectInARow: what was taken back was decided all the same.
const selectInARow = `SELECT d.actor_id, d.created_at, d.final_verdict, d.guard_risk, k.gold
FROM decisions d JOIN items i ON i.id = d.item_id LEFT JOIN controls k ON k.item_id = d.item_id
WHERE d.app_id IN ? AND d.created_at >= ? AND d.actor_kind = 'user' AND d.batch_id = '' AND i.kind <> 'intervention'`

const newestSteps = " ORDER BY d.created_at DESC, d.id DESC LIMIT ?"

// Steps implements review.Reader.
func (s *Store) Steps(ctx context.Context, appIDs []string, userID string, since time.Time) ([]review.Step, error) {
	query, args := selectInARow, []any{appIDs, at(since)}
	if userID != "" {
		query, args = query+" AND d.actor_id = ?", append(args, userID)
	}
	var rows []struct {
		ActorID      string
		Created      instant `gorm:"column:created_at"`
		FinalVerdict review.Judgement
		GuardRisk    float64
		Gold         *review.Judgement
	}
	if err := s.read(ctx).Raw(query+newestSteps, append(args, review.StepLimit)...).Scan(&rows).Error; err != nil {
		return nil, s.fault(err)
	}
	out := make([]review.Step, len(rows))
	for i, r := range rows {
		out[i] = review.Step{UserID: r.ActorID, At: r.Created.time(), Final: r.FinalVerdict, Risk: r.GuardRisk, Gold: r.Gold}
	}
	return out, nil
}

func dayTime(day int64) time.Time { return instant(day * microsPerDay).time() }

// DetectorDays implements review.Reader.
func (s *Store) DetectorDays(ctx context.Context, appIDs []string, since time.Time) ([]review.DetectorDay, error) {
	var rows []struct {
		Day      int64
		Detector string
		N        int
	}
	err := s.read(ctx).Raw(`SELECT day, detector, CAST(SUM(n) AS BIGINT) AS n FROM detector_days
WHERE app_id IN ? AND day >= ? AND outcome = ? GROUP BY day, detector ORDER BY day, detector`, appIDs, dayOf(since), outcomeFound).Scan(&rows).Error
	if err != nil {
		return nil, s.fault(err)
	}
	out := make([]review.DetectorDay, len(rows))
	for i, r := range rows {
		out[i] = review.DetectorDay{Day: dayTime(r.Day), Detector: r.Detector, Interactions: r.N}
	}
	return out, nil
}

// Screenings implements review.Reader.
func (s *Store) Screenings(ctx context.Context, appIDs []string, since time.Time) ([]review.Screened, error) {
	var rows []struct {
		Day    int64
		Bucket int
		N      int
	}
	err := s.read(ctx).Raw(`SELECT day, bucket, CAST(SUM(n) AS BIGINT) AS n FROM screening_days
WHERE app_id IN ? AND day >= ? GROUP BY day, bucket ORDER BY day, bucket`, appIDs, dayOf(since)).Scan(&rows).Error
	if err != nil {
		return nil, s.fault(err)
	}
	var out []review.Screened
	for _, r := range rows {
		day := dayTime(r.Day)
		if len(out) == 0 || !out[len(out)-1].Day.Equal(day) {
			out = append(out, review.Screened{Day: day, Latencies: review.Latencies{}})
		}
		out[len(out)-1].Latencies[r.Bucket] = r.N
	}
	return out, nil
}

const selectHidden = `SELECT d.id, COALESCE(d.blind_verdict, d.judgement) AS judgement, d.created_at, d.findings, d.guard_risk, d.propensity
FROM decisions d LEFT JOIN undos x ON x.decision_id = d.id
WHERE d.app_id = ? AND d.opinion = 0 AND x.decision_id IS NULL AND (d.blind_verdict IS NOT NULL OR d.sampling_kind = 'audit') AND d.sampling_kind <> 'control'
ORDER BY d.created_at DESC, d.id DESC LIMIT ?`

// HiddenDecisions implements review.Reader.
func (s *Store) HiddenDecisions(ctx context.Context, appID string, limit int) ([]review.Hidden, error) {
	var rows []struct {
		ID         string
		Judgement  review.Judgement
		Created    instant `gorm:"column:created_at"`
		Findings   sealed
		GuardRisk  float64
		Propensity float64
	}
	if err := s.read(ctx).Raw(selectHidden, appID, limit).Scan(&rows).Error; err != nil {
		return nil, s.fault(err)
	}
	out := make([]review.Hidden, len(rows))
	o := s.opener(ctx)
	for i, r := range rows {
		out[i] = review.Hidden{At: r.Created.time(), Judgement: r.Judgement, Risk: r.GuardRisk, Propensity: r.Propensity}
		if err := o.failed(decode(o.text("decisions", "findings", r.ID, r.Findings), &out[i].Findings)); err != nil {
			return nil, s.fault(err)
		}
	}
	return out, nil
}

// openScopes are the lists on which an App's open Items stand: those that everybody sees, and those that are blind.
func openScopes(appIDs []string) []string {
	out := make([]string, 0, 2*len(appIDs))
	for _, id := range appIDs {
		out = append(out, id, id+"/sighted")
	}
	return out
}

// OldestOpen implements review.Reader: the first of the list by age, for each App.
func (s *Store) OldestOpen(ctx context.Context, appIDs []string, severity review.Severity) (time.Time, error) {
	var oldest time.Time
	facet := "severity"
	if severity == "" {
		facet = ""
	}
	for _, scope := range openScopes(appIDs) {
		var keys []instant
		list := listID(scope, string(review.StateOpen), orderAge, facet, string(severity))
		if err := s.read(ctx).Raw("SELECT key FROM item_lists WHERE list = ? ORDER BY key LIMIT 1", list).Scan(&keys).Error; err != nil {
			return time.Time{}, s.fault(err)
		}
		if len(keys) > 0 && (oldest.IsZero() || keys[0].time().Before(oldest)) {
			oldest = keys[0].time()
		}
	}
	return oldest, nil
}

// DueBefore implements review.Reader: the list by due time is counted up to the limit.
func (s *Store) DueBefore(ctx context.Context, appIDs []string, before time.Time, limit int) (int, error) {
	total := 0
	for _, scope := range openScopes(appIDs) {
		var n int
		list := listID(scope, string(review.StateOpen), orderDue, "", "")
		err := s.read(ctx).Raw("SELECT COUNT(*) FROM (SELECT 1 FROM item_lists WHERE list = ? AND key < ? LIMIT ?) due", list, at(before), limit-total).Scan(&n).Error
		if err != nil {
			return 0, s.fault(err)
		}
		if total += n; total >= limit {
			break
		}
	}
	return total, nil
}
