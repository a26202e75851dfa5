package textview

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestFloodsAreCut holds that a long text that says the same over and over is looked at in
// part and that this is told, and that one which says something is looked at whole.
func TestFloodsAreCut(t *testing.T) {
	for _, piece := range []string{"a", "company ", "4111 1111 1111 1112, ", "e\u0301\u0302\u0303\u0304", "\u202eabc\u2066def ", "a@b.c@d.e ", "[[[[", "請"} {
		text := strings.Repeat(piece, (1<<20)/len(piece))
		v := New(text, DefaultLimits())
		require.True(t, v.Truncated(), piece)
		require.LessOrEqual(t, len(v.Raw().Text), floodBytes)
		require.True(t, strings.HasPrefix(text, v.Raw().Text))
		short := strings.Repeat(piece, floodBytes/len(piece))
		require.Equal(t, short, New(short, DefaultLimits()).Raw().Text, "a short one is looked at whole")
	}
	var log, table, few strings.Builder
	r := rand.New(rand.NewPCG(67, 71))
	for range 20_000 {
		few.WriteString([]string{"请解释一下光合作用。", "昨天晚上委员会经过长时间的讨论通过了新的草案。", "我的姐姐在车站等我。", "河上的桥什么时候重新开放？", "邻居翻译诗歌。"}[r.IntN(5)])
	}
	for i := range 20_000 {
		fmt.Fprintf(&log, "2026-03-14T09:%02d:%02d INFO GET /items/%d took=%dms trace=%08x\n", i/60%60, i%60, i*7919%100_000, i*31%90, uint32(i)*2654435761)
		fmt.Fprintf(&table, "%d;%d;garden chair;%d.90\n", i, i*i%1000, i*13%300)
	}
	for name, text := range map[string]string{
		"few sentences": few.String(), "a log": log.String()[:900<<10], "a table": table.String()[:400<<10],
		"an attack within a flood": strings.Repeat("a", 300<<10) + log.String()[:100<<10] + strings.Repeat("a", 300<<10),
	} {
		require.Equal(t, text, New(text, DefaultLimits()).Raw().Text, name)
	}
}
