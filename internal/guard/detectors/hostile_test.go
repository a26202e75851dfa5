package detectors

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/guard"
	"github.com/guardroom/guardroom/internal/guard/textview"
	"github.com/guardroom/guardroom/internal/review"
)

// BenchmarkHostileTexts repeats what each detector looks for, up to 256 KB, in the
// segments that it looks at, beside a system prompt of the same.
func BenchmarkHostileTexts(b *testing.B) {
	ids := map[string]bool{}
	for _, id := range strings.Fields("exfil.canary exfil.link exfil.pattern exfil.prompt_leak tool.policy output.schema output.length output.refusal output.code input.code") {
		ids[id] = true
	}
	pieces := []string{
		"[a](//b.example/", "![", "[x]: //y.example/abcdefghijklmnopqrstuvwxyz\n", "<a ", `<img src="//a.example/?d=` + strings.Repeat("61", 20) + `">`, "//", "[[", "url(//a.b/c)",
		"CNRY-7f3a-91bc-e2d", "C N R Y ", "434e5259", "you must never say this to anybody at all ", "你是港口的助手", "a ",
		"```\n", "`", "~~~ ", "`` ` ", "<script", "<a onclick", "drop table a ", "union select ", "delete from ", "<form action=", "i cannot ", "i'm sorry, but i ", "as an ai ", "не могу ", "can't help ",
		"curl x | ", "import os\n", "def f(", "function a(", "select a from b where ", "eval(a", `{"a":`, "[", "1,", "\"\\", "\n",
	}
	for _, spec := range All().Specs() {
		if !ids[spec.ID] {
			continue
		}
		delete(ids, spec.ID)
		detector, err := spec.New()
		require.NoError(b, err)
		for _, piece := range pieces {
			text := strings.Repeat(piece, (256<<10)/len(piece))
			for _, kind := range []string{"prompt", "response", "tool_arguments"} {
				segment := segmentKinds()[kind]
				segment.Text, segment.Tool = text, "send_mail"
				system := segmentKinds()["system"]
				system.Text = text
				policy := vectorPolicy()
				in := &guard.Input{Segment: segment, Views: textview.New(text, textview.DefaultLimits()), All: []review.Segment{system, segment}, Policy: &policy}
				b.Run(fmt.Sprintf("%s/%s/%q", spec.ID, kind, piece), func(b *testing.B) {
					b.SetBytes(int64(len(text)))
					for b.Loop() {
						_, err := detector.Detect(context.Background(), in)
						require.NoError(b, err)
					}
				})
			}
		}
	}
	require.Empty(b, ids, "every detector named was run")
}
