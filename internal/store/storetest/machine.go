package storetest

import (
	"database/sql"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/guardroom/guardroom/internal/review"
)

// machineScenarios: whatever people do in whatever order, an Item stays what it can be.
func machineScenarios() []scenario {
	return []scenario{{"an item has one holder and one outcome, whatever happens", machineHolds}}
}

// machine does random things to Items and knows who must hold them.
type machine struct {
	*fixture
	t      *rapid.T
	people []review.Viewer
	items  []string
	holds  map[string]review.Claim // as answered; not all are live
	done   map[string]int          // what succeeded, by name
}

func machineHolds(t *testing.T, f *fixture) {
	chief := f.addViewer(t, "chief@example.com", review.RoleLead, review.App{ID: f.caller.App.ID, Name: "support"})
	f.withPolicy(t, func(p *review.Policy) {
		p.SecondOpinion.Share = 0.5
		p.Escalations = []review.EscalationQueue{{ID: "safety", Title: "Safety", Roles: []review.Role{review.RoleAnalyst}}}
	})
	m := &machine{fixture: f, people: []review.Viewer{f.ann, f.bob, f.lead, chief}, holds: map[string]review.Claim{}, done: map[string]int{}}
	db := f.sql(t)
	acts := []string{"claim", "keep", "release", "skip", "snooze", "wake", "hand over", "oversee", "ask", "decide", "undo", "reverse", "batch", "tend"}
	untried := func(name string) bool { return m.done[name] == 0 }
	for round := 0; round < 5 && slices.ContainsFunc(acts, untried); round++ { // chance may leave one out
		rapid.Check(t, func(rt *rapid.T) {
			m.t = rt
			m.items = []string{f.flagged(t, "a"), f.flagged(t, "b")}
			for range rapid.IntRange(4, 20).Draw(rt, "steps") {
				m.step()
				m.check(db)
			}
		})
	}
	for _, name := range acts {
		require.NotZero(t, m.done[name], "%s never succeeded: the test says nothing about it", name)
	}
	f.verifyChain(t)
}

// step does one thing; that it is refused is an answer, that it breaks is not.
func (m *machine) step() {
	v := rapid.SampledFrom(m.people).Draw(m.t, "who")
	item := rapid.SampledFrom(m.items).Draw(m.t, "item")
	var err error
	do := rapid.SampledFrom([]string{
		"claim", "claim", "claim", "keep", "release", "skip", "snooze", "wake", "hand over", "oversee", "ask",
		"decide", "decide", "decide", "decide", "undo", "undo", "reverse", "reverse", "batch", "batch undo", "tend", "wait", "wait long",
	}).Draw(m.t, "do")
	switch do {
	case "claim", "keep", "release", "skip", "snooze", "hand over", "decide":
		err = m.take(v, item)
	}
	if err == nil {
		err = m.act(do, v, item)
	}
	if code := review.CodeOf(err); code == "" {
		m.done[do]++
	} else if code == review.CodeInternal || code == review.CodeUnavailable {
		m.t.Fatalf("%s broke: %v", do, err)
	}
}

// act does what needs no claim, or the claim that was just made.
func (m *machine) act(do string, v review.Viewer, item string) (err error) {
	ctx, held := m.t.Context(), m.holds[item]
	switch do {
	case "keep":
		_, err = m.service.Keep(ctx, v, item, held.Token, time.Hour)
	case "release":
		err = m.service.Release(ctx, v, item, held.Token, rapid.Bool().Draw(m.t, "leaving"))
	case "skip":
		err = m.service.Skip(ctx, v, item, held.Token, "unclear")
	case "snooze":
		err = m.service.Snooze(ctx, v, item, held.Token, m.clock.now().Add(30*time.Minute))
	case "wake":
		err = m.service.Wake(ctx, v, item)
	case "hand over":
		to := rapid.SampledFrom(m.people).Draw(m.t, "to")
		err = m.service.HandOver(ctx, v, review.HandOverCommand{ItemID: item, Token: held.Token, To: to.User.ID})
	case "oversee":
		err = m.service.ReleaseHold(ctx, v, item)
	case "ask":
		err = m.service.AskOpinion(ctx, v, item)
	case "decide":
		_, err = m.service.Decide(ctx, v, m.command(item))
	case "undo":
		err = m.undo(v, item)
	case "reverse":
		m.clock.advance(rapid.SampledFrom([]time.Duration{0, review.UndoWindow}).Draw(m.t, "after"))
		err = m.reverseStanding(v, item)
	case "batch", "batch undo":
		err = m.batchOf(v, do == "batch undo")
	case "tend":
		_, err = m.service.Tend(ctx)
	case "wait":
		m.clock.advance(4 * time.Second)
	case "wait long":
		m.clock.advance(rapid.SampledFrom([]time.Duration{review.UndoWindow, review.ClaimLease, time.Hour}).Draw(m.t, "long"))
	}
	return err
}

// take claims, and wants nobody to be robbed: whose lease was live and is not ours could
// only have lost it by an act that ends it.
func (m *machine) take(v review.Viewer, item string) error {
	var before *review.Claim
	err := m.Write(m.t.Context(), func(tx review.Tx) (err error) {
		before, err = tx.Claim(item)
		return err
	})
	if err != nil {
		return err
	}
	c, err := m.service.ClaimItem(m.t.Context(), v, item)
	if err != nil {
		return err
	}
	if before.Live(m.clock.now()) && before.UserID != v.User.ID {
		m.t.Fatalf("%s took what %s held", v.User.Name, before.UserName)
	}
	m.holds[item] = c
	return nil
}

func (m *machine) command(item string) review.DecideCommand {
	cmd := review.DecideCommand{
		ItemID: item, Token: m.holds[item].Token, Judgement: rapid.SampledFrom(review.Judgements()).Draw(m.t, "judgement"),
		Queue: rapid.SampledFrom([]string{"", "safety"}).Draw(m.t, "queue"),
	}
	cmd.Version = m.version(item)
	return cmd
}

func (m *machine) version(item string) (version int) {
	err := m.Write(m.t.Context(), func(tx review.Tx) error {
		i, err := tx.Item(item)
		version = i.Version
		return err
	})
	if err != nil {
		m.t.Fatal(err)
	}
	return version
}

// undo tries to take back whatever is the latest: a Decision, or an opinion that waits.
func (m *machine) undo(v review.Viewer, item string) error {
	var latest review.Decision
	err := m.Write(m.t.Context(), func(tx review.Tx) error {
		last, err := tx.LastDecision(item)
		if err != nil {
			return err
		}
		if last != nil {
			latest = last.Decision
		}
		given, err := tx.Opinions(item)
		if len(given) > 0 {
			latest = given[len(given)-1]
		}
		return err
	})
	if err != nil {
		return err
	}
	if rapid.Bool().Draw(m.t, "own") {
		for _, p := range m.people {
			if p.Actor() == latest.Actor {
				v = p
			}
		}
	}
	_, err = m.service.Undo(m.t.Context(), v, latest.ID)
	return err
}

func (m *machine) reverseStanding(v review.Viewer, item string) error {
	view, err := m.service.View(m.t.Context(), v, item)
	if err != nil {
		return err
	}
	d := review.StandingDecision(view.Decisions)
	if d == nil || d.Judgement == review.JudgeEscalate {
		return m.decideAndReverse(v, item)
	}
	cmd := review.ReverseCommand{ItemID: item, Version: view.Item.Version, DecisionID: d.ID, Judgement: review.JudgeApprove, Reason: "again"}
	if d.Judgement == review.JudgeApprove {
		cmd.Judgement = review.JudgeBlock
	}
	_, err = m.service.Reverse(m.t.Context(), v, cmd)
	return err
}

// decideAndReverse decides an Item for good, where that takes one person, and reverses it.
func (m *machine) decideAndReverse(v review.Viewer, item string) error {
	if err := m.take(v, item); err != nil {
		return err
	}
	cmd := m.command(item)
	cmd.Judgement = review.JudgeBlock
	d, err := m.service.Decide(m.t.Context(), v, cmd)
	if err != nil {
		return err
	}
	m.clock.advance(review.UndoWindow)
	_, err = m.service.Reverse(m.t.Context(), v, review.ReverseCommand{
		ItemID: item, Version: m.version(item), DecisionID: d.ID, Judgement: review.JudgeApprove, Reason: "again",
	})
	return err
}

func (m *machine) batchOf(v review.Viewer, undo bool) error {
	cmd := review.BatchCommand{ID: m.service.NewBatchID(), Judgement: review.JudgeBlock}
	for _, item := range m.items {
		cmd.Items = append(cmd.Items, review.BatchItem{ID: item, Version: m.version(item)})
	}
	result, err := m.service.DecideBatch(m.t.Context(), v, cmd)
	if err != nil || !undo || len(result.Decided) == 0 {
		return err
	}
	n, err := m.service.UndoBatch(m.t.Context(), v, cmd.ID)
	if err == nil && n != len(result.Decided) {
		m.t.Fatalf("%d of %d were taken back", n, len(result.Decided))
	}
	return err
}

// invariants each select what must not be there.
var invariants = map[string]string{
	"a claim on what nobody can decide": `SELECT COUNT(*) FROM claims c JOIN items i ON i.id = c.item_id
WHERE i.state NOT IN ('open', 'escalated')`,
	"a decided item without exactly one outcome, or an outcome of one that is not decided": `SELECT COUNT(*) FROM items i
WHERE (SELECT COUNT(*) FROM decisions d WHERE d.item_id = i.id AND d.opinion = 0 AND d.judgement <> 'escalate'
    AND NOT EXISTS (SELECT 1 FROM undos x WHERE x.decision_id = d.id)
    AND NOT EXISTS (SELECT 1 FROM decisions r WHERE r.reverses = d.id AND NOT EXISTS (SELECT 1 FROM undos x WHERE x.decision_id = r.id)))
<> CASE i.state WHEN 'decided' THEN 1 ELSE 0 END`,
	"an escalated item that nothing escalated": `SELECT COUNT(*) FROM items i WHERE i.state = 'escalated'
AND NOT EXISTS (SELECT 1 FROM decisions d WHERE d.item_id = i.id AND (d.opinion = 2 OR d.judgement = 'escalate'
    AND NOT EXISTS (SELECT 1 FROM undos x WHERE x.decision_id = d.id)))`,
	"two opinions of one person": `SELECT COUNT(*) FROM (SELECT item_id, actor_id FROM decisions WHERE opinion > 0
GROUP BY item_id, actor_id HAVING COUNT(*) > 1) n`,
	"more opinions than are wanted, or fewer than settle": `SELECT COUNT(*) FROM items i WHERE
(SELECT COUNT(*) FROM opinions o WHERE o.item_id = i.id) > CASE i.state WHEN 'settling' THEN 2 ELSE 1 END
OR i.state = 'settling' AND (SELECT COUNT(*) FROM opinions o WHERE o.item_id = i.id) <> 2`,
	"an opinion that both waits and shows": `SELECT COUNT(*) FROM opinions o JOIN decisions d ON d.item_id = o.item_id AND d.opinion > 0`,
	"a counter that is wrong": `SELECT COUNT(*) FROM counters c WHERE c.n <>
(SELECT COUNT(*) FROM items i WHERE i.app_id = c.app_id AND i.kind = c.kind AND i.state = c.state)`,
	"a decision that the App is not told of": `SELECT COUNT(*) FROM decisions d WHERE d.opinion = 0 AND d.judgement <> 'escalate'
AND NOT EXISTS (SELECT 1 FROM undos x WHERE x.decision_id = d.id) AND NOT EXISTS (SELECT 1 FROM outbox n WHERE n.key = d.id)`,
	"a notice of what was undone, or of an opinion": `SELECT COUNT(*) FROM outbox n WHERE NOT EXISTS (SELECT 1 FROM decisions d
WHERE d.id = n.key AND d.opinion = 0 AND NOT EXISTS (SELECT 1 FROM undos x WHERE x.decision_id = d.id))`,
}

func (m *machine) check(db *sql.DB) {
	for what, query := range invariants {
		var n int
		if err := db.QueryRowContext(m.t.Context(), query).Scan(&n); err != nil || n != 0 {
			m.t.Fatalf("%s: %d (%v)", what, n, err)
		}
	}
}
