package demo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

// desk keeps what was submitted and decided. Every tenth exchange is flagged, every fiftieth gets an intervention.
type desk struct {
	mu        sync.Mutex
	submitted map[string]review.Submission
	feedback  map[string]review.Feedback
	order     []review.Item
	holder    map[string]string
	decided   map[string]review.DecideCommand
	by        map[string]string
	blind     map[string]review.Judgement
	times     []time.Time // of decisions
	clock     func() time.Time
	stopAfter int
	onSubmit  func()
}

var errFull = review.Unavailable(errors.New("disk full"), "try again later", 0)

func newDesk() *desk {
	return &desk{
		submitted: map[string]review.Submission{}, feedback: map[string]review.Feedback{},
		clock: time.Now, holder: map[string]string{}, decided: map[string]review.DecideCommand{}, by: map[string]string{}, blind: map[string]review.Judgement{},
	}
}

func (d *desk) Submit(ctx context.Context, _ review.Caller, s review.Submission) (review.Receipt, error) {
	if d.onSubmit != nil {
		d.onSubmit()
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	n := len(d.submitted)
	if d.stopAfter > 0 && n >= d.stopAfter {
		return review.Receipt{}, errFull
	}
	id := fmt.Sprintf("i-%06d", n)
	d.submitted[id] = s
	r := review.Receipt{ID: id}
	if n%10 == 0 {
		r.Item = &review.ItemRef{ID: "item-" + id}
		item := review.Item{ID: "item-" + id, InteractionID: id, Kind: review.KindInteraction, Version: 1}
		if n%50 == 0 {
			item.Kind = review.KindIntervention
			r.Interventions = []review.Intervention{{ID: id}}
		}
		r.Assessment.Verdict = review.VerdictFlag
		d.order = append(d.order, item)
	}
	return r, ctx.Err()
}

func (d *desk) AddFeedback(_ context.Context, _ review.Caller, id string, f review.Feedback) ([]review.Intervention, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, ok := d.submitted[id]; !ok {
		return nil, review.Errorf(review.CodeNotFound, "no such interaction")
	}
	d.feedback[id] = f
	return nil, nil
}

// Queue hands out what waits, the newest first.
func (d *desk) Queue(_ context.Context, _ review.Viewer, f review.Filter, after *review.Position) (review.QueuePage, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if f != (review.Filter{Sort: review.SortNewest}) {
		return review.QueuePage{}, review.Errorf(review.CodeUnprocessable, "nobody asks for that")
	}
	last := len(d.order)
	if after != nil {
		last = int(after.Key)
	}
	first := max(0, last-review.QueuePageSize)
	var page review.QueuePage
	for _, item := range slices.Backward(d.order[first:last]) {
		if _, decided := d.decided[item.ID]; !decided {
			page.Rows = append(page.Rows, review.QueueRow{Item: item, Blind: item.Kind == review.KindInteraction})
		}
	}
	if first > 0 {
		page.Next = &review.Position{Key: int64(first)}
	}
	return page, nil
}

func (d *desk) Tend(context.Context) (int, error) { return 0, nil }

func (d *desk) ClaimItem(_ context.Context, v review.Viewer, id string) (review.Claim, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if holder := d.holder[id]; holder != "" && holder != v.User.ID {
		return review.Claim{}, review.Errorf(review.CodeConflict, "held")
	}
	d.holder[id] = v.User.ID
	return review.Claim{Token: "t-" + id}, nil
}

func (d *desk) View(_ context.Context, _ review.Viewer, id string) (review.ItemView, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, item := range d.order {
		if item.ID == id {
			_, judged := d.blind[id]
			return review.ItemView{Item: item, Blind: item.Kind == review.KindInteraction && !judged, Assessment: review.Assessment{Verdict: review.VerdictFlag}}, nil
		}
	}
	return review.ItemView{}, review.Errorf(review.CodeNotFound, "no such item")
}

func (d *desk) JudgeBlind(_ context.Context, v review.Viewer, cmd review.BlindCommand) (review.BlindVerdict, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.holder[cmd.ItemID] != v.User.ID || cmd.Token != "t-"+cmd.ItemID || cmd.Version != 1 {
		return review.BlindVerdict{}, review.Errorf(review.CodeConflict, "not yours")
	}
	d.blind[cmd.ItemID] = cmd.Judgement
	return review.BlindVerdict{}, nil
}

func (d *desk) Decide(_ context.Context, v review.Viewer, cmd review.DecideCommand) (review.Decision, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.holder[cmd.ItemID] != v.User.ID || cmd.Token != "t-"+cmd.ItemID || cmd.Version != 1 {
		return review.Decision{}, review.Errorf(review.CodeConflict, "not yours")
	}
	if _, judged := d.blind[cmd.ItemID]; !judged && d.kindOf(cmd.ItemID) == review.KindInteraction {
		return review.Decision{}, review.Errorf(review.CodeConflict, "to be judged blind first")
	}
	d.decided[cmd.ItemID], d.by[cmd.ItemID] = cmd, v.User.ID
	d.times = append(d.times, d.clock())
	return review.Decision{Judgement: cmd.Judgement}, nil
}

// kindOf is called with the lock held.
func (d *desk) kindOf(id string) review.ItemKind {
	for _, item := range d.order {
		if item.ID == id {
			return item.Kind
		}
	}
	return ""
}

func analysts() []Analyst {
	return []Analyst{
		{Viewer: review.Viewer{User: review.User{ID: "a1", Name: "Ada", Role: review.RoleAnalyst}}, Accuracy: 0.95},
		{Viewer: review.Viewer{User: review.User{ID: "a2", Name: "Ben", Role: review.RoleAnalyst}}, Accuracy: 0.7},
	}
}

func newPlay(t *testing.T, d *desk, n int) Play {
	return Play{
		Service: d, Generator: newGenerator(t, 2, n), Policy: review.DefaultPolicy(nil),
		Analysts: analysts(), Decided: 0.6, Seed: 2, Senders: 8,
	}
}

func play(t *testing.T, p Play, n int) (Tally, error) {
	t.Helper()
	player, err := NewPlayer(p)
	require.NoError(t, err)
	return player.Play(t.Context(), n)
}

func TestPlaySubmitsAllAndDecidesAShare(t *testing.T) {
	d := newDesk()
	const n = 3000
	p := newPlay(t, d, n)
	told := 0
	p.Progress = func(Tally) { told++ }
	tally, err := play(t, p, n)
	require.NoError(t, err)
	require.Equal(t, n, tally.Submitted)
	require.Len(t, d.submitted, n)
	require.Equal(t, n/10, tally.Verdicts[review.VerdictFlag])
	require.Equal(t, n/50, tally.Interventions)
	require.Greater(t, tally.Feedback, len(d.feedback))
	require.Positive(t, len(d.feedback))
	require.GreaterOrEqual(t, told, n/progressEvery)

	require.Equal(t, len(d.decided), tally.Decided)
	escalated := 0
	for _, cmd := range d.decided {
		if cmd.Judgement == review.JudgeEscalate {
			escalated++
		}
	}
	require.Equal(t, n/10, tally.Decided-escalated+tally.Left, "what was escalated waits for somebody else")
	require.InDelta(t, 0.93, float64(tally.Decided)/(n/10), 0.05, "of what is older than two days nearly all, and half of the rest")
	people, judgements, labels, reasons := map[string]int{}, map[review.Judgement]int{}, map[string]int{}, 0
	for id, cmd := range d.decided {
		people[d.by[id]]++
		judgements[cmd.Judgement]++
		labels[cmd.Label]++
		require.Positive(t, cmd.FocusedMS)
		if cmd.Reason != "" {
			reasons++
		}
		require.True(t, cmd.Label == "" || p.Policy.HasLabel(cmd.Label))
	}
	require.Len(t, people, 2)
	require.Positive(t, judgements[review.JudgeApprove])
	require.Positive(t, judgements[review.JudgeBlock])
	require.Positive(t, labels["false_alarm"])
	require.Positive(t, labels["over_trust"])
	require.Positive(t, reasons)
}

func TestDecisionsFollowAsPeopleGetToThem(t *testing.T) {
	d := newDesk()
	const n = 3000
	p := newPlay(t, d, n)
	p.Clock = NewClock(func() time.Time { return noon }, noon.Add(-Reach))
	d.clock = p.Clock.Now
	_, err := play(t, p, n)
	require.NoError(t, err)
	days, atNight := map[string]int{}, 0
	for _, at := range d.times {
		days[at.Format(time.DateOnly)]++
		if at.Hour() < 6 {
			atNight++
		}
		require.False(t, at.After(noon))
	}
	require.Greater(t, len(days), 10)
	require.Less(t, float64(atNight), 0.05*float64(len(d.times)), "people sleep")
	require.Equal(t, noon, p.Clock.Now())
}

func TestTheClockNeverGoesBackAndNeverAhead(t *testing.T) {
	now := noon
	c := NewClock(func() time.Time { return now }, noon.Add(-time.Hour))
	require.Equal(t, noon.Add(-time.Hour), c.Now())
	now = now.Add(time.Second)
	require.Equal(t, noon.Add(time.Second-time.Hour), c.Now(), "it runs on")
	c.Set(noon.Add(-2 * time.Hour))
	require.Equal(t, noon.Add(time.Second-time.Hour), c.Now())
	c.Set(noon.Add(-time.Minute))
	require.Equal(t, noon.Add(-time.Minute), c.Now())
	c.Set(noon.Add(time.Hour))
	require.Equal(t, now, c.Now())
	c.Release()
	now = now.Add(time.Hour)
	require.Equal(t, now, c.Now())
}

func TestPeopleWorkInShifts(t *testing.T) {
	monday := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	for at, want := range map[time.Duration]time.Duration{
		3 * time.Hour: 7 * time.Hour, 9*time.Hour + time.Minute: 9*time.Hour + time.Minute, 20 * time.Hour: 31 * time.Hour,
		(4*24 + 20) * time.Hour: (5*24 + 9) * time.Hour, (6*24 + 15) * time.Hour: (7*24 + 7) * time.Hour,
	} {
		require.Equal(t, monday.Add(want), onDuty(monday.Add(at)), at.String())
	}
}

func TestAnalystsDiffer(t *testing.T) {
	policy := review.DefaultPolicy(nil)
	right := func(accuracy float64) int {
		a, n := Analyst{Accuracy: accuracy}, 0
		for i := range 2000 {
			truth, want := Attack, review.JudgeBlock
			if i%2 == 0 {
				truth, want = Harmless, review.JudgeApprove
			}
			cmd := a.judge(1, review.Item{ID: fmt.Sprint(i), Kind: review.KindInteraction}, truth, policy)
			if cmd.Judgement == want {
				n++
			}
		}
		return n
	}
	require.InDelta(t, 2000*.96*.95, right(0.95), 60)
	require.InDelta(t, 2000*.96*.6, right(0.6), 90)
	again := Analyst{Accuracy: 0.8}
	item := review.Item{ID: "x", Kind: review.KindIntervention}
	require.Equal(t, again.judge(1, item, Harmless, policy), again.judge(1, item, Harmless, policy))
}

func TestLabelsThatThePolicyDoesNotHaveAreLeftOut(t *testing.T) {
	policy := review.DefaultPolicy(nil)
	policy.Labels = []review.Label{{ID: "other", Title: "Other"}}
	for i := range 200 {
		cmd := Analyst{Accuracy: 1}.judge(1, review.Item{ID: fmt.Sprint(i)}, Attack, policy)
		require.Empty(t, cmd.Label)
	}
}

func TestAFailureEndsThePlay(t *testing.T) {
	d := newDesk()
	d.stopAfter = 100
	tally, err := play(t, newPlay(t, d, 5000), 5000)
	require.ErrorIs(t, err, errFull)
	require.Equal(t, review.CodeUnavailable, review.CodeOf(err))
	require.Equal(t, 100, tally.Submitted)
	require.LessOrEqual(t, tally.Decided, 10, "of the ten items that came until then")
}

func TestCancellingStopsCleanly(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	d := newDesk()
	var once sync.Once
	d.onSubmit = func() {
		if d.count() > 200 {
			once.Do(cancel)
		}
	}
	player, err := NewPlayer(newPlay(t, d, 100_000))
	require.NoError(t, err)
	tally, err := player.Play(ctx, 100_000)
	require.ErrorIs(t, err, context.Canceled)
	require.Less(t, tally.Submitted, 1000)
	require.Less(t, d.count(), 1000)
}

func (d *desk) count() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.submitted)
}

func TestNothingToPlay(t *testing.T) {
	tally, err := play(t, newPlay(t, newDesk(), 1), 0)
	require.NoError(t, err)
	require.Zero(t, tally)
}

func TestAPlayIsChecked(t *testing.T) {
	good := newPlay(t, newDesk(), 1)
	for name, change := range map[string]func(*Play){
		"no service":   func(p *Play) { p.Service = nil },
		"no generator": func(p *Play) { p.Generator = nil },
		"share":        func(p *Play) { p.Decided = 1.5 },
		"senders":      func(p *Play) { p.Senders = -1 },
		"accuracy":     func(p *Play) { p.Analysts = []Analyst{{Accuracy: 2}} },
		"lead":         func(p *Play) { p.Lead = &Analyst{Accuracy: -1} },
	} {
		p := good
		change(&p)
		_, err := NewPlayer(p)
		require.Error(t, err, name)
	}
}
