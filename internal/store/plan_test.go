package store

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/pgtest"
	"github.com/guardroom/guardroom/internal/review"
)

// The plans are looked at on many Apps, one of which has most of the traffic, before
// and after statistics are gathered.
const (
	planApps  = 20
	planItems = 20_000
)

// planFixtures fill the tables below the store; {apps} and {items} give n from 1 on.
var planFixtures = []string{
	`{unchecked}`,
	`INSERT INTO apps (id, name, created_at) SELECT 'app-' || n, 'app-' || n, 1 FROM {apps}`,
	`INSERT INTO users (id, email, name, role, password_hash, created_at) VALUES ('u', 'u', 'u', 'analyst', '', 1)`,
	`INSERT INTO interactions (id, app_id, external_id, user_id, session_id, conversation_id, turn, model, model_version, content_hash,
prompt_tokens, completion_tokens, latency_ms, occurred_at, created_at, excerpt, error, prompt, response)
SELECT 'in-' || n, 'app-' || {app}, CASE n % 2 WHEN 0 THEN '' ELSE 'x' || n END, 'user-' || n % 100, '', '', 0, 'm', '', {bytes}, 1, 1, 1, n, n, {bytes}, {bytes}, {bytes}, {bytes} FROM {items}`,
	`INSERT INTO assessments (interaction_id, verdict, risk, policy_version, screening_us) SELECT id, 'flag', 0.5, 1, 1 FROM interactions`,
	`INSERT INTO items (id, app_id, interaction_id, kind, state, severity, priority, rank, due_at, version, fingerprint, detector, category,
verdict, risk, user_id, model, sampling_kind, propensity, created_at, reason, excerpt, number, policy_version)
SELECT 'it-' || n, 'app-' || {app}, 'in-' || n, CASE n % 10 WHEN 0 THEN 'audit' ELSE 'interaction' END, CASE WHEN n % 3 = 0 THEN 'decided' ELSE 'open' END,
'high', 0.5, n / 4, n, 1, '', 'd', 'c', 'flag', 0.5, 'user-' || n % 100, 'm', 'flagged', 1, n, {bytes}, {bytes}, n, 1 FROM {items}`,
	`INSERT INTO item_findings (item_id, detector, category) SELECT id, 'd' || created_at % 50, 'c' FROM items`,
	`INSERT INTO decisions (id, item_id, app_id, actor_kind, actor_id, from_state, judgement, label, reason, text, policy_version, guard_verdict,
guard_risk, exposure, final_verdict, changed_after_reveal, focused_ms, sampling_kind, propensity, batch_id, created_at)
SELECT 'de-' || n, 'it-' || n, 'app-' || {app}, 'user', 'u', 'open', 'block', '', {bytes}, {bytes}, 1, 'flag', 0.5, {bytes}, 'block', {false}, 1, 'flagged', 1, '', n / 3 FROM {items}`,
	refillLists,
	`INSERT INTO detector_days (app_id, day, detector, kind, outcome, n)
SELECT 'app-' || {app}, n / 100, 'd' || n % 50, 'interaction', 'x' || n, 1 FROM {items}`,
	`INSERT INTO outbox (key, topic, app_id, payload, not_before) SELECT 'k' || n, 't', 'app-' || {app}, {bytes}, n FROM {items}`,
}

func fillForPlans(t testing.TB, s *Store, words ...string) {
	t.Helper()
	db := s.dialect.openMigrations()
	defer db.Close()
	words = append(words, "{app}", fmt.Sprintf("(CASE WHEN n %% 2 = 0 THEN 1 ELSE n %% %d + 1 END)", planApps))
	replace := strings.NewReplacer(words...)
	tx, err := db.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	for _, statement := range planFixtures {
		_, err := tx.ExecContext(t.Context(), replace.Replace(statement))
		require.NoError(t, err, statement)
	}
	require.NoError(t, tx.Commit())
}

func sqliteWords(items int) []string {
	series := "(WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < %d) SELECT n FROM s) AS series"
	return []string{"{apps}", fmt.Sprintf(series, planApps), "{items}", fmt.Sprintf(series, items), "{bytes}", "x'7b7d'", "{unchecked}", "PRAGMA defer_foreign_keys = ON", "{false}", "0"}
}

func postgresWords(items int) []string {
	series := "generate_series(1, %d) AS series (n)"
	return []string{"{apps}", fmt.Sprintf(series, planApps), "{items}", fmt.Sprintf(series, items), "{bytes}", `'\x7b7d'::bytea`, "{unchecked}", "SET LOCAL session_replication_role = replica", "{false}", "false"}
}

func openFor(t testing.TB, o Options) *Store {
	t.Helper()
	o.Logger = slog.New(slog.DiscardHandler)
	_, err := Migrate(t.Context(), o)
	require.NoError(t, err)
	s, err := Open(t.Context(), o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// plannedQuery is a query that pages and requests wait for, and the index that must
// give its rows in their order.
type plannedQuery struct {
	name  string
	index string
	sql   string
	args  []any
}

// planAppIDs are the ids of the Apps.
func planAppIDs() []string {
	var apps []string
	for n := range planApps {
		apps = append(apps, fmt.Sprintf("app-%d", n+1))
	}
	return apps
}

func plannedQueries(d dialect) []plannedQuery {
	apps := planAppIDs()
	var out []plannedQuery
	decisions := func(name, index string, q review.DecisionQuery, last *decisionRow) {
		query, args := decisionsQuery(d, q, "d.id", last, 2_000)
		out = append(out, plannedQuery{name, index, query, args})
	}
	last := &decisionRow{ID: "de-9000", Created: 3_000}
	decisions("export of all Apps", "decisions_time", review.DecisionQuery{AppIDs: apps}, nil)
	decisions("export of all Apps, later page", "decisions_time", review.DecisionQuery{AppIDs: apps}, last)
	decisions("export of one App, later page", "decisions_time_of_app", review.DecisionQuery{AppIDs: apps[5:6]}, last)
	decisions("newest decisions", "decisions_time", review.DecisionQuery{AppIDs: apps, Newest: true}, nil)
	return append(out,
		plannedQuery{"first answer", "interactions_external", selectExternal, []any{"app-1", "x1"}},
		plannedQuery{"history", "interactions_user", selectHistory, []any{"u", "app-1", "user-7", "in-7", historyLength}},
		plannedQuery{"age of the queue", "items_open_age", selectQueueAge, nil},
		plannedQuery{"tallies of detectors", "detector_days_pkey", selectTallies, []any{"app-6", 53}},
		plannedQuery{"what was taught, one page", "decisions_time_of_app", selectTaught + taughtFrom, []any{"app-6", "app-6", 3_000, "de-9000", taughtPage}},
		plannedQuery{"feed", "outbox_feed", selectDeliveries, []any{"app-6", "t", 10, 100}},
	)
}

func TestSQLiteReadsInTheOrderOfItsIndexes(t *testing.T) {
	s := openFor(t, Options{Dir: t.TempDir()})
	fillForPlans(t, s, sqliteWords(planItems)...)
	for _, analyzed := range []bool{false, true} {
		if analyzed {
			require.NoError(t, s.writer.do(t.Context(), func(tx *tx) error { return tx.exec("ANALYZE") }))
			s.readers.SetMaxIdleConns(0) // connections read the statistics when they open
		}
		for _, q := range plannedQueries(s.dialect) {
			plan := explainSQLite(t, s, q)
			if q.index == "detector_days_pkey" { // the table itself; its rows are few: days × detectors × outcomes
				require.Contains(t, plan, "SEARCH detector_days USING PRIMARY KEY (app_id=? AND day>?)", "%s, analyzed: %v", q.name, analyzed)
				continue
			}
			require.Regexp(t, `USING (COVERING )?INDEX `+q.index+`\b`, plan, "%s, analyzed: %v\n%s", q.name, analyzed, plan)
			if q.index != "interactions_user" {
				require.NotContains(t, plan, "TEMP B-TREE", "%s, analyzed: %v\n%s", q.name, analyzed, plan)
			}
		}
	}
}

func explainSQLite(t *testing.T, s *Store, q plannedQuery) string {
	t.Helper()
	var rows []struct{ Detail string }
	require.NoError(t, s.read(t.Context()).Raw("EXPLAIN QUERY PLAN "+q.sql, q.args...).Scan(&rows).Error)
	var lines []string
	for _, r := range rows {
		lines = append(lines, r.Detail)
	}
	return strings.Join(lines, "\n")
}

func TestPostgresReadsInTheOrderOfItsIndexes(t *testing.T) {
	s := openFor(t, Options{DatabaseURL: pgtest.Start(t)})
	fillForPlans(t, s, postgresWords(planItems)...)
	require.NoError(t, s.writer.do(t.Context(), func(tx *tx) error { return tx.exec("ANALYZE") }))
	for _, q := range plannedQueries(s.dialect) {
		if q.name == "queue by detector" {
			continue // with a selective filter, hashing what it finds can be the better plan
		}
		var lines []string
		require.NoError(t, s.read(t.Context()).Raw("EXPLAIN "+q.sql, q.args...).Scan(&lines).Error)
		plan := strings.Join(lines, "\n")
		require.Regexp(t, `\b`+q.index+`\b`, plan, "%s\n%s", q.name, plan)
	}
}

// BenchmarkDetectorTallies sums a week of one App in a table of a million rows: 60
// detectors with 10 outcomes each, 20 Apps, 84 days.
func BenchmarkDetectorTallies(b *testing.B) {
	s := openFor(b, Options{Dir: b.TempDir()})
	db := s.dialect.openMigrations()
	defer db.Close()
	_, err := db.ExecContext(b.Context(), `INSERT INTO detector_days (app_id, day, detector, kind, outcome, n)
WITH RECURSIVE s (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM s WHERE n < 999999)
SELECT 'app-' || (n / 600 % 20), n / 12000, 'd' || (n / 10 % 60), CASE n % 10 WHEN 0 THEN '' ELSE 'interaction' END, CASE n % 10 WHEN 0 THEN 'found' ELSE 'o' || (n % 10) END, 1 FROM s`)
	require.NoError(b, err)
	b.ResetTimer()
	for range b.N {
		tallies, err := s.DetectorTallies(b.Context(), "app-7", time.UnixMicro(77*microsPerDay))
		require.NoError(b, err)
		require.Len(b, tallies, 60)
	}
}
