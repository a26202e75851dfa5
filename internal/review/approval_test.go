package review

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestApprovalOf(t *testing.T) {
	item := Item{ID: "i", DueAt: noon.Add(time.Minute)}
	made := func(j Judgement, after time.Duration) DecisionView {
		return DecisionView{Decision: Decision{ID: "d", Judgement: j, CreatedAt: noon.Add(after), Reason: "why"}}
	}
	undone := func(d DecisionView) DecisionView { d.Undone = &Undo{}; return d }
	for _, c := range []struct {
		name      string
		decisions []DecisionView
		expiry    ExpiryMode
		now       time.Duration
		state     ApprovalState
		allowed   bool
	}{
		{"nobody yet", nil, ExpireRefuse, 59 * time.Second, ApprovalWaiting, false},
		{"nobody in time, closed", nil, ExpireRefuse, time.Minute, ApprovalExpired, false},
		{"nobody in time, open", nil, ExpireAnswer, time.Minute, ApprovalExpired, true},
		{"nobody in time, asked again later", nil, ExpireAccept, time.Minute, ApprovalExpired, false},
		{"approved, and can be undone", []DecisionView{made(JudgeApprove, time.Second)}, ExpireRefuse, 10 * time.Second, ApprovalWaiting, false},
		{"approved", []DecisionView{made(JudgeApprove, time.Second)}, ExpireRefuse, 11 * time.Second, ApprovalApproved, true},
		{"refused", []DecisionView{made(JudgeBlock, time.Second)}, ExpireAnswer, 11 * time.Second, ApprovalRefused, false},
		{"undone", []DecisionView{undone(made(JudgeApprove, time.Second))}, ExpireRefuse, 20 * time.Second, ApprovalWaiting, false},
		{"undone, then refused", []DecisionView{undone(made(JudgeApprove, time.Second)), made(JudgeBlock, 2*time.Second)}, ExpireRefuse, 20 * time.Second, ApprovalRefused, false},
		{"in the last moment", []DecisionView{made(JudgeApprove, time.Minute)}, ExpireRefuse, 65 * time.Second, ApprovalWaiting, false},
		{"in the last moment, settled", []DecisionView{made(JudgeApprove, time.Minute)}, ExpireRefuse, 70 * time.Second, ApprovalApproved, true},
		{"too late", []DecisionView{made(JudgeApprove, 61*time.Second)}, ExpireRefuse, time.Hour, ApprovalExpired, false},
		{"escalated is not decided", []DecisionView{made(JudgeEscalate, time.Second)}, ExpireRefuse, 20 * time.Second, ApprovalWaiting, false},
		{"a reversal comes too late", []DecisionView{made(JudgeApprove, time.Second), made(JudgeBlock, 30*time.Second)}, ExpireRefuse, time.Hour, ApprovalApproved, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := approvalOf(item, c.decisions, c.expiry, noon.Add(c.now))
			require.Equal(t, c.state, a.State)
			require.Equal(t, c.allowed, a.Allowed)
		})
	}
}

func TestHeldItemsComeFirst(t *testing.T) {
	grave := Item{CreatedAt: noon, Priority: 1, Rank: rank(noon.Add(-1000*time.Hour), 1)}
	var soon, later Item
	soon.CreatedAt, later.CreatedAt = noon, noon
	soon.hold(HoldTerms{Wait: time.Minute})
	later.hold(HoldTerms{Wait: time.Hour})
	require.Less(t, soon.Rank, later.Rank)
	require.Less(t, later.Rank, grave.Rank)
	require.Equal(t, noon.Add(time.Minute), soon.DueAt)
	require.True(t, soon.Held())
}
