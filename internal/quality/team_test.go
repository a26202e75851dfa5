package quality

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// row makes somebody's decisions, each after a block with another chance of a block.
func row(user string, n int, afterBlock, afterPass float64) (out []review.Step) {
	r := rand.New(rand.NewPCG(7, 7))
	blocked := false
	for i := range n {
		chance := afterPass
		if blocked {
			chance = afterBlock
		}
		blocked = r.Float64() < chance
		final := review.JudgeApprove
		if blocked {
			final = review.JudgeBlock
		}
		out = append(out, review.Step{UserID: user, At: noon.Add(time.Duration(i) * time.Minute), Final: final, Risk: 0.9})
	}
	return out
}

func TestSequenceOfStepsComparesEverybodyWithThemselves(t *testing.T) {
	effect, pairs := SequenceOf(row("a", SequenceFloor, 0.5, 0.5))
	require.Nil(t, effect)
	require.Equal(t, SequenceFloor-1, pairs)

	// One blocks nearly everything and the other nearly nothing; neither goes by what came before.
	effect, pairs = SequenceOf(append(row("a", 1000, 0.9, 0.9), row("b", 1000, 0.1, 0.1)...))
	require.Equal(t, 1998, pairs)
	require.False(t, effect.Alarming())
	require.Less(t, effect.Lower, 1.0)
	require.Greater(t, effect.Upper, 1.0)

	effect, _ = SequenceOf(row("a", 8000, 0.7, 0.3))
	require.InDelta(t, 5.4, effect.Value, 0.8)
	require.True(t, effect.Alarming())

	apart := row("a", 400, 0.5, 0.5)
	for i := range apart {
		apart[i].At = noon.Add(time.Duration(i) * time.Hour)
	}
	_, pairs = SequenceOf(apart)
	require.Zero(t, pairs, "what was decided an hour ago is no before")
}

func TestTeamShowsNothingBelowItsFloors(t *testing.T) {
	var told []review.Telling
	opinion := func(item string, a, b review.Judgement) {
		told = append(told, review.Telling{UserID: "a", ItemID: item, Opinion: 1, Final: a}, review.Telling{UserID: "b", ItemID: item, Opinion: 2, Final: b})
	}
	judgements := []review.Judgement{review.JudgeApprove, review.JudgeBlock}
	for i := range AgreementFloor - 1 {
		opinion(string(rune('A'+i)), judgements[i%2], judgements[i%2])
	}
	team := NewTeam(told, nil)
	require.Nil(t, team.Alpha)
	require.Equal(t, AgreementFloor-1, team.Opinions)
	opinion("last", review.JudgeApprove, review.JudgeBlock)
	team = NewTeam(told, nil)
	require.InDelta(t, 0.96, team.Alpha.Value, 0.01)
	require.Less(t, team.Alpha.Lower, team.Alpha.Value)

	sure, blind := 0.8, review.JudgeApprove
	for i := range ConfidenceFloor {
		gold := judgements[i%2]
		told = append(told, review.Telling{UserID: "a", ItemID: "k", Final: judgements[(i/2)%2], Gold: &gold, Blind: &blind, Guard: review.VerdictFlag, Confidence: &sure})
	}
	team = NewTeam(told, nil)
	require.Equal(t, ConfidenceFloor, team.Known)
	require.Equal(t, NewProportion(25, ConfidenceFloor), team.Sureness.Right)
	require.InDelta(t, 0.3, team.Sureness.Error.Value, 1e-9)
	require.InDelta(t, 0.8, team.Sureness.Said, 1e-9)
	require.Equal(t, 25, team.Reliance.Over.N)
	require.Equal(t, 25, MistakesOf(told).Wrong.K)
	require.Nil(t, MistakesOf(told[:100]))
}

func TestQuantilesOfLatencies(t *testing.T) {
	l := review.Latencies{}
	for us := int64(1); us <= 1000; us++ {
		l[review.LatencyBucket(us)]++
	}
	half := Quantile(l, 0.5)
	require.InEpsilon(t, 0.5, half.Value, 0.1)
	require.LessOrEqual(t, half.Lower, half.Value)
	require.GreaterOrEqual(t, half.Upper, half.Value)
	require.InEpsilon(t, 0.99, Quantile(l, 0.99).Value, 0.1)
	require.Nil(t, Quantile(review.Latencies{3: 999}, 0.99), "p99 takes 1,000")
	require.NotNil(t, Quantile(review.Latencies{3: 1000}, 0.99))
	require.Nil(t, Quantile(review.Latencies{3: 19}, 0.5))
	for us := int64(1); us < 1_000_000; us += 997 {
		end := review.LatencyEnd(review.LatencyBucket(us)).Seconds() * 1e6
		require.GreaterOrEqual(t, end, float64(us)*0.999)
		require.LessOrEqual(t, end, max(2, float64(us)*1.1))
	}
}

func TestGuardDrift(t *testing.T) {
	hours := func(n int, overturned func(i int) int) (out []review.HourTally) {
		for i := range n {
			out = append(out, review.HourTally{Hour: noon.Add(time.Duration(i) * time.Hour), Stopped: 10, Overturned: overturned(i)})
		}
		return out
	}
	from := noon.Add(100 * time.Hour)
	_, seen := NewGuardDrift(hours(9, func(int) int { return 1 }), from)
	require.Equal(t, 90, seen)

	steady, _ := NewGuardDrift(hours(200, func(i int) int { return i % 3 }), from)
	require.InDelta(t, 0.1, steady.Usual.Value, 0.01)
	require.Nil(t, steady.Since)
	require.Len(t, steady.Days, 5)

	worse, _ := NewGuardDrift(hours(200, func(i int) int {
		if i > 150 {
			return 3
		}
		return i % 3
	}), from)
	require.NotNil(t, worse.Since)
	require.Greater(t, worse.Days[len(worse.Days)-1].Sum, worse.Alarm)
}

// Errors that come as often as ever set off a false alarm about as rarely as promised.
func TestGuardDriftAlarmsRarely(t *testing.T) {
	const usual = 0.2
	h, r, sum, alarms := alarmAt(usual), rand.New(rand.NewPCG(1, 2)), 0.0, 0
	const decisions = 400_000
	for range decisions {
		x := 0.0
		if r.Float64() < usual {
			x = 1
		}
		if sum = max(0, sum+x-usual-driftSlack); sum >= h {
			sum, alarms = 0, alarms+1
		}
	}
	require.Greater(t, alarms, 0)
	require.Less(t, alarms, 2*decisions/quietFor)
}

func TestCalibrationError(t *testing.T) {
	var well, badly []Predicted
	r := rand.New(rand.NewPCG(3, 3))
	for range 4000 {
		c := r.Float64()
		came := r.Float64() < c
		well = append(well, Predicted{Chance: c, True: came, Weight: 1})
		badly = append(badly, Predicted{Chance: c * c, True: came, Weight: 1})
	}
	require.Less(t, CalibrationError(well), 0.03)
	require.InDelta(t, 1.0/6, CalibrationError(badly), 0.03)
	bins := Reliability(well)
	require.Len(t, bins, 10)
	n := 0
	for i, b := range bins {
		n += b.N
		require.LessOrEqual(t, b.Lower, b.Came)
		require.GreaterOrEqual(t, b.Upper, b.Came)
		if i > 0 {
			require.Greater(t, b.Stated, bins[i-1].Stated)
		}
	}
	require.Equal(t, len(well), n)
	require.Len(t, Reliability([]Predicted{{Chance: 0.5, Weight: 1}, {Chance: 0.5, Weight: 9, True: true}}), 1)
	require.InDelta(t, 0.9, Reliability([]Predicted{{Chance: 0.5, Weight: 1}, {Chance: 0.5, Weight: 9, True: true}})[0].Came, 1e-9)
	require.Empty(t, Reliability(nil))
}
