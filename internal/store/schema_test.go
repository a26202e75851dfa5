package store_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/pgtest"
	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/internal/secret"
	"github.com/guardroom/guardroom/internal/store"
)

// Why columns that could hold text are not sealed.
const (
	openID       = "names a row; looked up and joined by"
	openWord     = "one of a few words of the application's"
	openName     = "the name of a thing or a person, by which lists are ordered and found"
	openGiven    = "an App's own identifier, looked up by; an App that puts a person into it is told not to (docs/operations.md)"
	openDigest   = "a digest"
	openAlready  = "sealed with the key of webhooks"
	openMachine  = "made by the application, holds nobody's words"
	openSettings = "how somebody wants to work; no words of theirs"
	openChained  = "the audit trail says who did what, and of words only why somebody set a hold or began an erasure; it is verified without keys"
)

// openColumns are all columns that could hold text and are not sealed, by table.
var openColumns = map[string]map[string]string{
	"apps":              {"id": openID, "name": openName},
	"app_origins":       {"app_id": openID, "origin": openName},
	"policies":          {"app_id": openID, "actor_kind": openWord, "actor_id": openID},
	"policy_drafts":     {"app_id": openID, "revision": openID, "actor_kind": openWord, "actor_id": openID},
	"api_keys":          {"id": openID, "app_id": openID, "prefix": openID, "hash": openDigest, "name": openName, "scopes": openWord},
	"users":             {"id": openID, "email": openName, "name": openName, "role": openWord, "password_hash": openDigest},
	"memberships":       {"user_id": openID, "app_id": openID},
	"sessions":          {"token_hash": openDigest, "data": openMachine, "user_id": openID, "mark": openID},
	"invitations":       {"token_hash": openDigest, "user_id": openID},
	"preferences":       {"user_id": openID, "document": openSettings},
	"interactions":      {"id": openID, "app_id": openID, "external_id": openGiven, "user_id": openGiven, "session_id": openGiven, "conversation_id": openGiven, "model": openName, "model_version": openName, "content_hash": openDigest, "input_hash": openDigest, "output_hash": openDigest},
	"assessments":       {"interaction_id": openID, "verdict": openWord},
	"feedback":          {"id": openID, "interaction_id": openID},
	"bias_states":       {"app_id": openID, "user_id": openGiven, "detector": openName},
	"interventions":     {"id": openID, "app_id": openID, "interaction_id": openID, "user_id": openGiven, "bias": openName, "strategy": openWord, "severity": openWord, "state": openWord, "outcome": openWord, "experiment_id": openID},
	"items":             {"id": openID, "app_id": openID, "interaction_id": openID, "intervention_id": openID, "kind": openWord, "state": openWord, "severity": openWord, "fingerprint": openDigest, "detector": openName, "category": openWord, "verdict": openWord, "user_id": openGiven, "model": openName, "sampling_kind": openWord, "escalation": openWord},
	"item_findings":     {"item_id": openID, "detector": openName, "category": openWord},
	"claims":            {"item_id": openID, "user_id": openID, "token": openID, "batch_id": openID},
	"skips":             {"item_id": openID, "user_id": openID},
	"counters":          {"app_id": openID, "kind": openWord, "state": openWord},
	"decisions":         {"id": openID, "item_id": openID, "app_id": openID, "actor_kind": openWord, "actor_id": openID, "from_state": openWord, "judgement": openWord, "label": openName, "guard_verdict": openWord, "blind_verdict": openWord, "final_verdict": openWord, "sampling_kind": openWord, "batch_id": openID, "escalation": openWord, "reverses": openID},
	"undos":             {"decision_id": openID, "actor_kind": openWord, "actor_id": openID},
	"annotations":       {"id": openID, "item_id": openID, "app_id": openID, "user_id": openID, "label": openName, "segment": openWord, "batch_id": openID},
	"opinions":          {"id": openID, "item_id": openID, "user_id": openID},
	"inbox":             {"id": openID, "user_id": openID, "app_id": openID, "item_id": openID, "kind": openWord, "actor_kind": openWord, "actor_id": openID},
	"blind_verdicts":    {"item_id": openID, "user_id": openID, "judgement": openWord},
	"unmaskings":        {"item_id": openID, "user_id": openID},
	"controls":          {"item_id": openID, "user_id": openID, "original_id": openID, "gold": openWord, "shown_id": openID},
	"batches":           {"id": openID, "user_id": openID, "kind": openWord},
	"outbox":            {"key": openID, "topic": openWord, "app_id": openID},
	"webhooks":          {"id": openID, "app_id": openID, "url": openName, "topics": openWord, "secret": openAlready, "previous": openAlready, "kind": openWord, "name": openName, "least": openWord},
	"alert_rules":       {"id": openID, "app_id": openID, "name": openName, "metric": openWord, "condition": openWord, "detector": openName, "severity": openWord},
	"alerts":            {"id": openID, "app_id": openID, "rule_id": openID, "user_id": openGiven, "subject": openName, "metric": openWord, "condition": openWord, "severity": openWord},
	"failure_hours":     {"app_id": openID, "detector": openName},
	"deliveries":        {"webhook_id": openID, "message": openID, "topic": openWord, "subject": openID, "state": openWord, "problem": openMachine},
	"delivery_attempts": {"problem": openMachine},
	"events":            {"actor_kind": openWord, "actor_id": openID, "action": openWord, "object": openID, "app_id": openID, "detail": openChained, "origin": openChained, "prev_hash": openDigest, "hash": openDigest},
	"event_followers":   {"name": openName},
	"legal_holds":       {"id": openID, "app_id": openID, "kind": openWord, "subject": openGiven, "actor_kind": openWord, "actor_id": openID, "lifted_by": openID},
	"erasures":          {"id": openID, "app_id": openID, "user_id": openGiven, "user_hash": openDigest, "actor_kind": openWord, "actor_id": openID},
	"exports":           {"id": openID, "user_id": openID, "mark": openID, "state": openWord},
	"totp":              {"user_id": openID, "sealed": "sealed with the key of second factors"},
	"passkeys":          {"id": openID, "user_id": openID, "credential_id": openID, "name": openName, "document": openMachine},
	"recovery_codes":    {"user_id": openID, "hash": openDigest},
	"sso_identities":    {"issuer": openName, "subject": openID, "user_id": openID},
	"cost_days":         {"app_id": openID, "user_id": openGiven, "model": openName},
	"cost_months":       {"app_id": openID, "user_id": openGiven, "model": openName},
	"removals":          {"app_id": openID, "kind": openWord},
	"screening_days":    {"app_id": openID},
	"detector_days":     {"app_id": openID, "detector": openName, "kind": openWord, "outcome": openWord},
	"item_hours":        {"app_id": openID},
	"work_hours":        {"app_id": openID, "user_id": openID},
	"item_tokens_state": {"key_id": openDigest},
	"saved_views":       {"id": openID, "owner_id": openID, "app_id": openID, "name": openName},
	"conduct_costs":     {"app_id": openID, "user_id": openGiven},
	"conduct_hours":     {"app_id": openID, "user_id": openGiven},
	"restrictions":      {"app_id": openID, "user_id": openGiven, "standing": openWord, "actor_kind": openWord, "actor_id": openID},
	"experiments":       {"id": openID, "app_id": openID, "bias": openName, "state": openWord},
	"enrolments":        {"experiment_id": openID, "user_id": openGiven, "interaction_id": openID},
	"outcomes":          {"experiment_id": openID, "measure": openWord, "user_id": openGiven, "interaction_id": openID},
	"text_keys":         {"proof": "sealed, by the key itself"},
	"resealings":        {"table_name": openWord, "place": openID},
}

// Which columns of a database can hold text, and which triggers guard rows.
const (
	sqliteTexts = `SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE 'goose_%' AND c.type IN ('TEXT', 'BLOB', 'ANY', '') ORDER BY 1, 2`
	postgresTexts = `SELECT c.table_name, c.column_name FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.table_name NOT LIKE 'goose_%'
AND c.data_type NOT IN ('bigint', 'integer', 'smallint', 'boolean', 'double precision') ORDER BY 1, 2`
)

func TestEveryColumnIsSealedOrSaysWhyNot(t *testing.T) {
	t.Parallel()
	for name, database := range map[string]struct {
		options store.Options
		texts   string
		sql     func(testing.TB, store.Options) *sql.DB
	}{
		"SQLite":   {store.Options{Dir: t.TempDir()}, sqliteTexts, onSQLite.SQL},
		"Postgres": {store.Options{DatabaseURL: pgtest.Start(t)}, postgresTexts, func(t testing.TB, o store.Options) *sql.DB { return openSQL(t, "pgx", o.DatabaseURL) }},
	} {
		t.Run(name, func(t *testing.T) {
			openWithApp(t, database.options)
			db := database.sql(t, database.options)
			defer db.Close()
			sealed := store.SealedColumns()
			found := 0
			for table, columns := range columnsOf(t, db, database.texts) {
				for _, column := range columns {
					found++
					open := openColumns[table][column] != ""
					isSealed := slices.Contains(sealed[table], column)
					require.True(t, open || isSealed, "%s.%s can hold text: declare it in sealedTables, or say in openColumns why it stays open", table, column)
					require.False(t, open && isSealed, "%s.%s is declared twice", table, column)
				}
				for column := range openColumns[table] {
					require.Contains(t, columns, column, table)
				}
				for _, column := range sealed[table] {
					require.Contains(t, columns, column, table)
				}
			}
			declared := 0
			for _, columns := range openColumns {
				declared += len(columns)
			}
			for _, columns := range sealed {
				declared += len(columns)
			}
			require.Equal(t, declared, found, "what is declared is there")
		})
	}
}

func columnsOf(t *testing.T, db *sql.DB, query string) map[string][]string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	require.NoError(t, err)
	defer rows.Close()
	columns := map[string][]string{}
	for rows.Next() {
		var table, column string
		require.NoError(t, rows.Scan(&table, &column))
		columns[table] = append(columns[table], column)
	}
	require.NoError(t, rows.Err())
	require.NotEmpty(t, columns)
	return columns
}

// TestNothingOfATextIsLeftInTheFileWhenItIsSealed: pages that are freed hold what was on them, unless they are wiped.
func TestNothingOfATextIsLeftInTheFileWhenItIsSealed(t *testing.T) {
	t.Parallel()
	const word = "wallabypress"
	o := store.Options{Dir: t.TempDir()}
	s := openWithApp(t, o)
	require.NoError(t, s.Write(t.Context(), func(tx review.Tx) error {
		for n := range 300 {
			in := review.Interaction{ID: fmt.Sprint("i", n), AppID: anApp.ID, Content: review.Content{Prompt: strings.Repeat(word+" ", 1+n*n%4_000), Response: word}}
			if err := tx.PutInteraction(in, review.Assessment{}); err != nil {
				return err
			}
		}
		return nil
	}))
	require.NoError(t, s.Close())
	file := filepath.Join(o.Dir, store.FileName)
	held := func() bool {
		b, err := os.ReadFile(file)
		require.NoError(t, err)
		return bytes.Contains(b, []byte(word))
	}
	require.True(t, held())
	keys, err := secret.NewKeyring()
	require.NoError(t, err)
	o.Keys = func(context.Context) (*secret.Keyring, error) { return keys, nil }
	s = openWithApp(t, o)
	for more := true; more; {
		more, err = s.Reseal(t.Context())
		require.NoError(t, err)
	}
	require.NoError(t, s.Close())
	require.False(t, held())
	require.NoFileExists(t, file+"-wal")
}

// BenchmarkSealing stores the exchanges of BenchmarkSubmitGroup with open texts and with sealed ones, by turns: the
// overhead is what sealing costs, in percent of what storing costs without.
func BenchmarkSealing(b *testing.B) {
	keys, err := secret.NewKeyring()
	require.NoError(b, err)
	stores := []*store.Store{
		openWithApp(b, store.Options{Dir: b.TempDir()}),
		openWithApp(b, store.Options{Dir: b.TempDir(), Keys: func(context.Context) (*secret.Keyring, error) { return keys, nil }}),
	}
	const producers, each = 64, 2_048
	var spent [2]time.Duration
	n := 0
	for b.Loop() {
		for turn := range 2 {
			which := (n + turn) % 2 // who comes first takes turns, too
			began := time.Now()
			share(b, each, producers, func(i int64) error {
				return put(context.Background(), stores[which], fmt.Sprint(n, "/", i), 2_500)
			})
			spent[which] += time.Since(began)
		}
		n++
	}
	b.ReportMetric(float64(n*each)/spent[0].Seconds(), "open/s")
	b.ReportMetric(float64(n*each)/spent[1].Seconds(), "sealed/s")
	b.ReportMetric(100*(spent[1].Seconds()/spent[0].Seconds()-1), "%overhead")
}
