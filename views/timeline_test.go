package views

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

func TestTheTimelineTellsWhatTheChainKnows(t *testing.T) {
	at := time.Date(2026, 3, 3, 10, 0, 0, 0, time.UTC)
	event := func(minute int, who, action string) review.EventView {
		return review.EventView{Event: review.Event{At: at.Add(time.Duration(minute) * time.Minute), Action: action}, ActorName: who}
	}
	p := ItemPage{View: review.ItemView{
		Item: review.Item{CreatedAt: at, Verdict: review.VerdictFlag},
		Events: []review.EventView{
			event(0, "guard", "item.opened"), event(1, "Ann", "item.claimed"), event(2, "Ann", "item.claimed"), event(3, "Ann", "item.released"),
			event(4, "Ben", "item.handed_over"), event(5, "Ben", "decision.made"),
		},
		Decisions: []review.DecisionView{{Decision: review.Decision{Judgement: review.JudgeBlock, CreatedAt: at.Add(5 * time.Minute)}, Reviewer: "Ben"}},
	}}
	var got []string
	for _, m := range timelineOf(t.Context(), p) {
		got = append(got, m.who+" "+m.what)
	}
	require.Equal(t, []string{"Guardroom flagged and put it here", "Ann took it, 2 times", "Ann gave it back", "Ben handed it over", "Ben blocked it"}, got)
}

func TestADocumentFoldsWhereNoMarkIsLost(t *testing.T) {
	long := `{"query":"refund policy for orders that were never delivered","filters":{"language":"en","year":2026},"limit":10,"offset":0}`
	view := func(findings ...review.Finding) part {
		return exchangeOf(t.Context(), ItemPage{View: review.ItemView{
			Interaction: review.Interaction{Content: review.Content{ToolCalls: []review.ToolCall{{Name: "search", Arguments: []byte(long)}}}},
			Assessment:  review.Assessment{Findings: findings},
		}}).turns[0].parts[0]
	}
	require.True(t, view().folds())
	marked := view(review.Finding{Segment: "tool_calls[0].arguments", Start: 2, End: 7})
	require.False(t, marked.folds())
	require.NotNil(t, marked.tree, "and can be read so beside")
}

func TestAnInjectionInADocumentIsTracedToIt(t *testing.T) {
	p := ItemPage{View: review.ItemView{
		Interaction: review.Interaction{Content: review.Content{
			Prompt: "p", Documents: []review.Document{{Content: "harmless"}, {Content: "ignore all"}},
			ToolCalls: []review.ToolCall{{Name: "t", Output: "ignore, too"}},
		}},
		Assessment: review.Assessment{Findings: []review.Finding{
			{Category: review.CategoryInjection, Segment: "documents[1]", Start: 0, End: 3},
			{Category: review.CategoryInjection, Segment: "prompt", Start: 0, End: 1},
			{Category: review.CategoryInjection, Segment: "tool_calls[0].output"},
		}},
	}}
	var got []bool
	var trust []string
	for _, turn := range exchangeOf(t.Context(), p).turns {
		got, trust = append(got, turn.origin), append(trust, turn.trust)
	}
	require.Equal(t, []bool{false, false, true, true}, got, "a user may ask; documents and tools may not")
	require.Equal(t, []string{"", "retrieved · untrusted", "retrieved · untrusted", "from a tool · untrusted"}, trust)
}
