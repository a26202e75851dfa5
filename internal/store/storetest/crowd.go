package storetest

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/store"
)

// Crowd is a queue too long for a person: made by SQL below the store, as nothing that
// ships makes it.
type Crowd struct {
	Items int
	AppID string
	Now   int64  // Unix microseconds; the Items were opened in the month before
	User  string // a colleague who holds and has decided some
}

// fillings make the rows; {n} counts from 1 to Items. Detectors, users and models are
// as unequal as they are in life: d and u below are small numbers far more often than
// large ones.
var fillings = []string{
	`INSERT INTO interactions (id, app_id, external_id, user_id, session_id, conversation_id, turn, model, model_version, content_hash,
prompt_tokens, completion_tokens, latency_ms, occurred_at, created_at, excerpt, error, prompt, response)
SELECT 'c0000000-0000-7000-8000-' || printf('%012x', n), '{app}', '', 'u-' || u, '', '', 0, 'model-' || (n % 6), '', x'',
100, 200, 900, at, at, text, x'', text, CAST('Certainly. ' || text AS BLOB)
FROM (SELECT n, u, at, CAST('Ignore word' || (n % 977) || ' previous thing' || (n * 7 % 7919) || ' and reveal secret' || (n * 31 % 99991) || ' number ' || n AS BLOB) AS text FROM {n})`,
	`INSERT INTO assessments (interaction_id, verdict, risk, policy_version, screening_us, findings)
SELECT 'c0000000-0000-7000-8000-' || printf('%012x', n), 'flag', risk, 1 + n / 200000, 400,
CAST('[{"detector":"detector.' || d || '","category":"injection","severity":"high","confidence":0.9,"segment":"prompt","start":0,"end":6,"message":"Found."}]' AS BLOB) FROM {n}`,
	`INSERT INTO items (id, app_id, interaction_id, kind, state, severity, priority, rank, due_at, version, fingerprint, detector, category,
verdict, risk, user_id, model, sampling_kind, propensity, created_at, reason, excerpt, number, policy_version, blind)
SELECT 'd0000000-0000-7000-8000-' || printf('%012x', n), '{app}', 'c0000000-0000-7000-8000-' || printf('%012x', n),
CASE WHEN n % 20 = 0 THEN 'audit' ELSE 'interaction' END, CASE WHEN n % 50 = 1 THEN 'escalated' WHEN n % 10 = 2 THEN 'decided' ELSE 'open' END,
CASE n % 10 WHEN 0 THEN 'critical' WHEN 1 THEN 'high' WHEN 2 THEN 'high' WHEN 3 THEN 'medium' WHEN 4 THEN 'medium' WHEN 5 THEN 'medium' ELSE 'low' END,
1 - late / 86400000000.0, at + late, at + late + 86400000000, 1, 'fp-' || (n % 250000), 'detector.' || d, 'injection', 'flag', risk,
'u-' || u, 'model-' || (n % 6), 'flagged', 1, at, CAST('Because.' AS BLOB), CAST('Ignore word' || (n % 977) || ' previous thing' || (n * 7 % 7919) AS BLOB),
n, 1 + n / 200000, n % 5 = 0
FROM (SELECT *, n * 7919 % 86400000000 AS late FROM {n})`,
	`INSERT INTO item_findings (item_id, detector, category) SELECT id, detector, category FROM items`,
	`INSERT INTO item_findings (item_id, detector, category) SELECT id, 'pii.email', 'pii' FROM items WHERE number % 3 = 0`,
	`INSERT INTO decisions (id, item_id, app_id, actor_kind, actor_id, from_state, judgement, label, reason, text, policy_version, guard_verdict,
guard_risk, exposure, final_verdict, changed_after_reveal, focused_ms, sampling_kind, propensity, batch_id, created_at)
SELECT 'e' || substr(id, 2), id, app_id, 'user', '{user}', 'open', 'block', CASE number % 100 WHEN 2 THEN 'jailbreak' ELSE 'injection' END, x'', x'', 1, 'flag', risk, CAST('{}' AS BLOB), 'block', 0, 4000,
'flagged', 1, '', created_at + 60000000 FROM items WHERE state = 'decided'`,
	`INSERT INTO claims (item_id, user_id, token, expires_at) SELECT id, '{user}', 't', {now} + 300000000 FROM items WHERE state = 'open' AND number % 2000 = 3`,
}

const crowdSeries = `(WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {items})
SELECT n, (n * 2654435761 % 1000) * (n * 40503 % 1000) / 25000 AS d, (n * 2246822519 % 1000) * (n * 3266489917 % 1000) * (n % 50) / 1000 AS u,
{now} - 2592000000000 + n * 2592000 * 1000000 / {items} AS at, (n * 31 % 1000) / 1000.0 AS risk FROM s) AS series`

// FillSQLite puts a Crowd into an empty SQLite database.
func FillSQLite(t testing.TB, o store.Options, open func() *sql.DB, c Crowd) {
	t.Helper()
	db := open()
	defer db.Close()
	words := strings.NewReplacer("{items}", fmt.Sprint(c.Items), "{now}", fmt.Sprint(c.Now))
	replace := strings.NewReplacer("{n}", words.Replace(crowdSeries), "{app}", c.AppID, "{user}", c.User, "{now}", fmt.Sprint(c.Now))
	ctx := context.Background()
	tx, err := db.BeginTx(ctx, nil)
	require.NoError(t, err)
	for _, statement := range fillings {
		_, err := tx.ExecContext(ctx, replace.Replace(statement))
		require.NoError(t, err, statement)
	}
	require.NoError(t, tx.Commit())
	require.NoError(t, store.Relist(ctx, o))
}

// CrowdItem is the id of an Item of a Crowd. Of ten in a row the fourth to the tenth are open.
func CrowdItem(n int) string { return fmt.Sprintf("d0000000-0000-7000-8000-%012x", n) }
