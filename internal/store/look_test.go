package store

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/pgtest"
	"github.com/guardroom/guardroom/internal/review"
)

// queueCase is a page of the queue, and the tables that must lead to it.
type queueCase struct {
	name   string
	filter review.Filter
	leads  string // what is read first: l (lists), h (claims)
	free   bool
}

func queueCases() []queueCase {
	return []queueCase{
		{name: "everything", leads: "l"},
		{name: "what is free", leads: "l", free: true},
		{name: "kind", leads: "l", filter: review.Filter{Kind: review.KindAudit}},
		{name: "severity", leads: "l", filter: review.Filter{Severity: review.SeverityHigh}},
		{name: "category", leads: "l", filter: review.Filter{Category: "c"}},
		{name: "detector", leads: "l", filter: review.Filter{Detector: "d7"}},
		{name: "a detector that nothing has", leads: "l", filter: review.Filter{Detector: "none"}},
		{name: "user", leads: "l", filter: review.Filter{UserID: "user-7"}},
		{name: "model", leads: "l", filter: review.Filter{Model: "m"}},
		{name: "label", leads: "l", filter: review.Filter{Label: "x", State: review.StateDecided}},
		{name: "policy version", leads: "l", filter: review.Filter{Policy: 1}},
		{name: "decided by me", leads: "l", filter: review.Filter{Mine: true, State: review.StateDecided}},
		{name: "held by me", leads: "h", filter: review.Filter{Mine: true}},
		{name: "held by a colleague", leads: "h", filter: review.Filter{Holder: "u"}},
		{name: "held by anyone", leads: "h", filter: review.Filter{Holder: review.HeldBySomebody}},
		{name: "held by nobody", leads: "l", filter: review.Filter{Holder: review.HeldByNobody}},
		{name: "overdue", leads: "l", filter: review.Filter{Overdue: true}},
		{name: "little overdue", leads: "l", filter: review.Filter{Overdue: true, App: "app-7"}},
		{name: "age", leads: "l", filter: review.Filter{OlderThan: time.Millisecond, YoungerThan: time.Second}},
		{name: "risk", leads: "l", filter: review.Filter{RiskFrom: 40, RiskTo: 60}},
		{name: "several", leads: "l", filter: review.Filter{Detector: "d7", UserID: "user-7", Severity: review.SeverityHigh, RiskFrom: 10, Overdue: true}},
	}
}

// eachPlan explains every case in every order, on the first page, on a later one and
// backwards, for one App and for several.
func eachPlan(t *testing.T, s *Store, explain func(query string, args []any) string, check func(c queueCase, l *look, plan string)) {
	t.Helper()
	apps := planAppIDs()
	explained := 0
	for _, c := range queueCases() {
		for _, sort := range review.Sorts() {
			for _, among := range [][]string{apps[5:6], apps[:2], apps} {
				for _, from := range []*review.Position{nil, {Sort: sort, Key: 2_000, Number: 8_001}} {
					q := review.QueueQuery{AppIDs: among, Filter: c.filter, Free: c.free, After: from, Viewer: "u", Limit: 51, Now: time.UnixMicro(15_000)}
					q.Filter.Sort = sort
					if from != nil && len(among) == 1 {
						q.After, q.Before = nil, from
					}
					l, err := s.lookFor(t.Context(), q)
					require.NoError(t, err)
					query, args := l.sql()
					check(c, l, explain(query, args))
					explained++
				}
			}
		}
	}
	require.Equal(t, len(queueCases())*len(review.Sorts())*3*2, explained)
}

var (
	wholeTable = regexp.MustCompile(`SCAN (i|n|items|l|o|item_lists)\b`)
	wrongItems = regexp.MustCompile(`SEARCH [in] USING (COVERING )?INDEX items_(alike|open_age|interaction)`)
	itemsByKey = regexp.MustCompile(`SEARCH i USING INDEX (items_number \(number=\?|sqlite_autoindex_items_1)`)
	fromLists  = regexp.MustCompile(`SEARCH l USING PRIMARY KEY \(list=\?`)
	fromClaims = regexp.MustCompile(`(SEARCH h USING INDEX claims_user|SCAN h\b)`)
)

func TestSQLiteFindsPagesThroughLists(t *testing.T) {
	s := openFor(t, Options{Dir: t.TempDir()})
	fillForPlans(t, s, sqliteWords(planItems)...)
	for _, analyzed := range []bool{false, true} {
		if analyzed {
			require.NoError(t, s.writer.do(t.Context(), func(tx *tx) error { return tx.exec("ANALYZE") }))
			s.readers.SetMaxIdleConns(0) // connections read the statistics when they open
		}
		explain := func(query string, args []any) string {
			return explainSQLite(t, s, plannedQuery{sql: query, args: args})
		}
		eachPlan(t, s, explain, func(c queueCase, _ *look, plan string) {
			require.NotRegexp(t, wrongItems, plan, "%s, analyzed: %v\n%s", c.name, analyzed, plan)
			require.NotRegexp(t, wholeTable, plan, "%s, analyzed: %v\n%s", c.name, analyzed, plan)
			leads := fromLists
			if c.leads == "h" {
				leads = fromClaims
			}
			require.Regexp(t, itemsByKey, plan, "%s, analyzed: %v\n%s", c.name, analyzed, plan)
			require.Regexp(t, leads, plan, "%s, analyzed: %v\n%s", c.name, analyzed, plan)
		})
	}
}

func TestPostgresFindsPagesThroughLists(t *testing.T) {
	s := openFor(t, Options{DatabaseURL: pgtest.Start(t)})
	fillForPlans(t, s, postgresWords(planItems)...)
	require.NoError(t, s.writer.do(t.Context(), func(tx *tx) error { return tx.exec("ANALYZE") }))
	explain := func(query string, args []any) string {
		var lines []string
		require.NoError(t, s.read(t.Context()).Raw("EXPLAIN "+query, args...).Scan(&lines).Error)
		return strings.Join(lines, "\n")
	}
	eachPlan(t, s, explain, func(c queueCase, l *look, plan string) {
		if l.set == nil { // for sorting few, several plans are good
			require.Contains(t, plan, "item_lists_pkey", "%s\n%s", c.name, plan)
			require.NotContains(t, plan, "Seq Scan on items", "%s\n%s", c.name, plan)
		}
	})
}

// checkStretches looks for one Item that has both of two properties behind many that
// have one of them, with a reach that is shorter than the lists.
func checkStretches(t *testing.T, s *Store, words []string) {
	const items = 1_000
	fillForPlans(t, s, words...)
	db := s.dialect.openMigrations()
	defer db.Close()
	for _, statement := range []string{
		"UPDATE items SET state = 'open', app_id = 'app-1', model = CASE WHEN number % 2 = 0 OR number = 999 THEN 'even' ELSE 'odd' END, severity = CASE WHEN number % 2 = 0 THEN 'high' ELSE 'low' END",
		"DELETE FROM item_lists", refillLists,
	} {
		_, err := db.ExecContext(t.Context(), statement)
		require.NoError(t, err)
	}
	s.reach = reach{stretch: 100, free: 100, narrow: 10, probe: 10}
	q := review.QueueQuery{AppIDs: []string{"app-1", "app-2"}, Viewer: "u", Limit: 51, Now: time.UnixMicro(items)}
	for _, sort := range review.Sorts() {
		q.Filter, q.After = review.Filter{Model: "even", Severity: review.SeverityLow, Sort: sort}, nil
		looks, found := 0, review.QueueSlice{}
		for found.Stopped = new(review.Position); found.Stopped != nil; q.After = found.Stopped {
			var err error
			found, err = s.Queue(t.Context(), q)
			require.NoError(t, err)
			looks++
			if len(found.Rows) > 0 {
				require.Len(t, found.Rows, 1, "%q", sort)
				require.EqualValues(t, 999, found.Rows[0].Item.Number)
			}
		}
		require.Equal(t, items/2/(100/4)+1, looks, "%q: both scopes of both Apps have their part of a stretch", sort)
	}
	q.Filter, q.After = review.Filter{OlderThan: time.Duration(items-5) * time.Microsecond, Sort: review.SortRisk}, nil
	found, err := s.Queue(t.Context(), q)
	require.NoError(t, err)
	require.Len(t, found.Rows, 5, "few are gathered")
	require.Nil(t, found.Stopped)
}

func TestLooksEndSomewhereOnSQLite(t *testing.T) {
	checkStretches(t, openFor(t, Options{Dir: t.TempDir()}), sqliteWords(1_000))
}

func TestLooksEndSomewhereOnPostgres(t *testing.T) {
	checkStretches(t, openFor(t, Options{DatabaseURL: pgtest.Start(t)}), postgresWords(1_000))
}
