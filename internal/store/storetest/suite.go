// Package storetest is the one conformance suite of internal/store. Every database
// that Guardroom runs on passes it, on a real file or a real server.
//
// It sees the store from outside, through review.Store and the use cases; what only
// one database can do wrong is tested beside the store.
package storetest

import (
	"database/sql"
	"flag"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/store"
)

// Database makes empty databases of one kind.
type Database struct {
	// Options says where a new, empty database is, without logger and clock. It is
	// removed when the test ends.
	Options func(testing.TB) store.Options
	// SQL opens the same database below the store, for what the store does not let
	// anybody do.
	SQL func(testing.TB, store.Options) *sql.DB
}

// scenario is one test of the suite.
type scenario struct {
	name string
	run  func(*testing.T, *fixture)
}

// Run runs every scenario on a database of its own.
func Run(t *testing.T, database Database) {
	var declared []scenario
	for _, group := range [][]scenario{
		pathScenarios(),
		ingestScenarios(),
		reviewScenarios(),
		readingScenarios(),
		accountScenarios(),
		policyScenarios(),
		writerScenarios(),
		raceScenarios(),
		recordScenarios(),
		historyScenarios(),
		batchScenarios(),
		holdingScenarios(),
		decidingScenarios(),
		machineScenarios(),
		blindScenarios(),
		controlScenarios(),
		insightScenarios(),
		savedViewScenarios(),
		experimentScenarios(),
		conductScenarios(),
		alertScenarios(),
		webhookScenarios(),
		sealingScenarios(),
		exportScenarios(),
	} {
		declared = append(declared, group...)
	}
	open := openScenarios()
	var ran atomic.Int64
	t.Run("suite", func(t *testing.T) {
		for _, s := range declared {
			t.Run(s.name, func(t *testing.T) {
				t.Parallel()
				ran.Add(1)
				s.run(t, newFixture(t, database, false))
			})
		}
		for _, s := range open {
			t.Run(s.name, func(t *testing.T) {
				t.Parallel()
				ran.Add(1)
				s.run(t, newFixture(t, database, true))
			})
		}
	})
	chosen := strings.Contains(flag.Lookup("test.run").Value.String(), "/") // go test -run 'TestSQLite/suite/…'
	if !t.Skipped() && !t.Failed() && !chosen {
		require.EqualValues(t, len(declared)+len(open), ran.Load(), "every scenario runs")
	}
}
