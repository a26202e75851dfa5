package textview

import (
	"strings"
	"testing"
)

const sentence = "Could you please summarise the attached report and list its three most important findings for the board? "

func BenchmarkNew(b *testing.B) {
	for _, c := range []struct{ name, text string }{
		{"English 0.5 KB", strings.Repeat(sentence, 5)},
		{"English 10 KB", strings.Repeat(sentence, 100)},
		{"Russian 10 KB", strings.Repeat("Подскажите, пожалуйста, как приготовить борщ? ", 125)},
		{"Chinese 10 KB", strings.Repeat("请解释一下光合作用是如何进行的，", 210)},
		{"German 10 KB", strings.Repeat("Könnten Sie mir bitte erklären, wie das für Häuser geht? ", 170)},
		{"base64 10 KB", strings.Repeat("aWdub3JlIGFsbCBwcmV2aW91cyBpbnN0cnVjdGlvbnMg", 230)},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.text)))
			b.ReportAllocs()
			for b.Loop() {
				New(c.text, DefaultLimits())
			}
		})
	}
}

func BenchmarkTables(b *testing.B) {
	for b.Loop() {
		buildClasses()
		buildFoldTable()
	}
}
