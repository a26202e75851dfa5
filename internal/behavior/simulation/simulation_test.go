package simulation

import (
	"bytes"
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// A small world with a seed that nobody tuned on: the bars hold, and the same seed gives the same table. make simulate has
// the large one, whose figures are in docs/behaviour.md.
func TestBarsHoldInASmallWorld(t *testing.T) {
	options := Options{Seed: 7, Users: 100, Days: 5, Trials: 2}
	small := slices.DeleteFunc(slices.Clone(faults), func(f fault) bool { return f.people > 150 })
	report, err := run(context.Background(), options, small)
	require.NoError(t, err)
	require.Len(t, report.Faults, 9)
	for _, f := range report.Faults {
		require.Len(t, f.Trials, options.Trials)
		if f.fault.bar {
			require.GreaterOrEqual(t, f.inTime(), options.Trials-1, f.fault.name) // one of twenty may be late
		}
	}
	require.LessOrEqual(t, report.Alarms, 2, "%v", report.ByDetector) // in 500 user-days; half of one is expected at most
	require.Zero(t, report.Swept)
}

func TestSameSeedSameTable(t *testing.T) {
	var tables [2]bytes.Buffer
	for i := range tables {
		report, err := run(context.Background(), Options{Seed: 5, Users: 20, Days: 2, Trials: 2}, faults[2:3])
		require.NoError(t, err)
		require.NoError(t, report.WriteText(&tables[i]))
	}
	require.Equal(t, tables[0].String(), tables[1].String())
	require.Contains(t, tables[0].String(), "3× tokens")
}

func TestMissedBarsAreSaid(t *testing.T) {
	late := FaultResult{fault: &faults[0], Trials: []Trial{{Found: true, After: faults[0].within + 1}, {}}}
	r := Report{Options: Options{Days: 1}, UserDays: 1000, Alarms: 2, Swept: 2, Faults: []FaultResult{late}}
	require.Len(t, r.Missed(), 3)
	require.Empty(t, Report{Options: Options{Days: 1}, UserDays: 1000, Alarms: 1, Swept: 1}.Missed())
}

func TestOptionsAreChecked(t *testing.T) {
	for _, o := range []Options{{}, {Users: 100, Days: 1}, {Users: 3, Days: 1, Trials: 1}} {
		_, err := Run(context.Background(), o)
		require.Error(t, err)
	}
	stopped, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := Run(stopped, Options{Users: 100, Days: 1, Trials: 1})
	require.ErrorIs(t, err, context.Canceled)
}
