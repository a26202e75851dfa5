package web

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

func TestANoticeSaysOnlyWhatWeCanHaveSaid(t *testing.T) {
	now := newStopwatch().now()
	offer := func(seconds int) string {
		return fmt.Sprintf("block.item-1.decision-1.%d", now.Add(time.Duration(seconds)*time.Second).UnixMicro())
	}
	for value, want := range map[string]struct {
		text string
		undo bool
	}{
		offer(9):                         {"Blocked.", true},
		offer(10):                        {"Blocked.", true},
		offer(11):                        {"Blocked.", false}, // longer than anybody was ever offered
		offer(0):                         {"Blocked.", false},
		offer(-5):                        {"Blocked.", false},
		"skip":                           {outcomeTexts[didSkip], false},
		"block.item.decision.soon":       {"Blocked.", false},
		"block.<script>.decision.1":      {"Blocked.", false},
		"block.item.decision.1.2":        {"Blocked.", false},
		"":                               {"", false},
		"<script>alert(1)</script>":      {"", false},
		"You have won. Call this number": {"", false},
	} {
		notice := parseNotice(value, now)
		if want.text == "" {
			require.Nil(t, notice, value)
			continue
		}
		require.Equal(t, want.text, notice.Text, value)
		require.Equal(t, want.undo, notice.Undo != nil, value)
	}
}

func TestEveryJudgementHasANotice(t *testing.T) {
	for _, j := range review.Judgements() {
		require.NotEmpty(t, outcomeTexts[outcome(j)], j)
	}
}
