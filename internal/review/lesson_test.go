package review

import (
	"context"
	"errors"
	"iter"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestLessons(t *testing.T) {
	content := Content{
		System: "be kind", Prompt: "prompt", Response: "response",
		Messages:  []Message{{Role: "user", Content: "earlier"}, {Role: "assistant", Content: "answer"}},
		Documents: []Document{{Content: "first"}, {Content: "second"}},
		ToolCalls: []ToolCall{{Name: "f", Arguments: []byte(`{"a":1}`), Output: "output"}},
	}
	at := func(segments ...string) (out []Finding) {
		for _, s := range segments {
			out = append(out, Finding{Segment: s})
		}
		return out
	}
	for _, c := range []struct {
		name  string
		step  Taught
		texts []string // nil: nothing is learned
	}{
		{"what was suspected", Taught{Judgement: JudgeBlock, Kind: KindInteraction, Findings: at("documents[1]", "messages[0]", "documents[1]")}, []string{"earlier", "second"}},
		{"tool output", Taught{Judgement: JudgeBlock, Kind: KindInteraction, Findings: at("tool_calls[0].output")}, []string{"output"}},
		{"nothing was suspected", Taught{Judgement: JudgeBlock, Kind: KindAudit}, []string{"prompt"}},
		{"only what operators and models wrote", Taught{Judgement: JudgeBlock, Kind: KindInteraction, Findings: at("system", "response", "messages[1]", "tool_calls[0].arguments")}, []string{"prompt"}},
		{"an approval", Taught{Judgement: JudgeApprove, Kind: KindInteraction, Findings: at("prompt")}, []string{"prompt"}},
		{"an escalation", Taught{Judgement: JudgeEscalate, Kind: KindInteraction}, nil},
		{"an intervention", Taught{Judgement: JudgeBlock, Kind: KindIntervention}, nil},
		{"a control", Taught{Judgement: JudgeBlock, Kind: KindControl}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.step.DecisionID, c.step.AppID, c.step.At, c.step.Content = "d", "a", time.Unix(1, 0), content
			lesson, ok := c.step.lesson()
			require.Equal(t, c.texts != nil, ok)
			if ok {
				require.Equal(t, Lesson{DecisionID: "d", AppID: "a", Blocked: c.step.Judgement == JudgeBlock, Texts: c.texts, At: time.Unix(1, 0)}, lesson)
			}
		})
	}
	_, ok := Taught{Judgement: JudgeBlock, Kind: KindAudit, Content: Content{Response: "only"}}.lesson()
	require.False(t, ok, "there is no text of an outsider")
}

// brokenHistory fails at a chosen place.
type brokenHistory struct{ end, apps, latest, after error }

func (b brokenHistory) Apps(context.Context) ([]App, error)       { return []App{{ID: "a"}}, b.apps }
func (b brokenHistory) HistoryEnd(context.Context) (int64, error) { return 7, b.end }
func (b brokenHistory) LatestTaught(context.Context, string, int) iter.Seq2[Taught, error] {
	return func(yield func(Taught, error) bool) { yield(Taught{Undone: true}, b.latest) }
}
func (b brokenHistory) TaughtAfter(_ context.Context, after int64, _ int) ([]Taught, int64, error) {
	return nil, after, b.after
}

type countingMemory struct{ forgot int }

func (*countingMemory) Learn(Lesson)            {}
func (m *countingMemory) Forget(string, string) { m.forgot++ }

func TestALearnerTellsWhatWentWrong(t *testing.T) {
	broken := errors.New("broken")
	for name, h := range map[string]brokenHistory{"end": {end: broken}, "apps": {apps: broken}, "latest": {latest: broken}} {
		l, err := NewLearner(h, &countingMemory{}, 1)
		require.NoError(t, err)
		require.ErrorIs(t, l.Start(t.Context()), broken, name)
	}
	memory := &countingMemory{}
	l, err := NewLearner(brokenHistory{after: broken}, memory, 1)
	require.NoError(t, err)
	require.NoError(t, l.Start(t.Context()))
	require.Equal(t, 1, memory.forgot)
	require.ErrorIs(t, l.Follow(t.Context()), broken)
	require.EqualValues(t, 7, l.cursor, "the next try starts where this one did")
	_, err = NewLearner(nil, memory, 1)
	require.Error(t, err)
}
