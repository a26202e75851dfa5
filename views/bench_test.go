package views_test

import (
	"context"
	"io"
	"testing"

	"github.com/guardroom/guardroom/static"
	"github.com/guardroom/guardroom/views/storybook"
)

func BenchmarkPages(b *testing.B) {
	assets, err := static.New()
	if err != nil {
		b.Fatal(err)
	}
	for _, story := range storybook.Stories(assets) {
		switch story.Name {
		case "queue-50", "item-held", "item-long", "item-crowded":
			b.Run(story.Name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if err := story.Page.Render(context.Background(), io.Discard); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
