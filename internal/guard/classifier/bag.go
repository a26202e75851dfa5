package classifier

import (
	"context"
	"sync"

	"github.com/guardroom/guardroom/internal/guard/textview"
)

// bag is a sample as the windows of all its views. An attack sits in at least one of
// them; a harmless text is harmless in all.
type bag struct {
	windows [][]uint32
	spans   [][2]int // of the windows, bytes of the sample's text
	attack  bool
	weight  float64 // of the sample in the fit
}

// maxBag bounds the windows of one sample, so that one book does not outweigh all.
const maxBag = 48

// newBags turns samples into bags; the order is kept.
func newBags(ctx context.Context, samples []Sample, lex *lexicon) ([]bag, error) {
	const workers = 2
	bags := make([]bag, len(samples))
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			f, tokens := newFeatures(), []token(nil)
			for i := w; i < len(samples) && ctx.Err() == nil; i += workers {
				bags[i], tokens = newBag(samples[i], lex, f, tokens)
			}
		})
	}
	wg.Wait()
	return bags, ctx.Err()
}

func newBag(s Sample, lex *lexicon, f *features, tokens []token) (bag, []token) {
	b := bag{attack: s.Attack}
	for _, view := range textview.New(s.Text, textview.DefaultLimits()).Folded() {
		tokens = scan(view.Text, lex, tokens)
		doc := newLayout(tokens)
		for at := 0; at < len(tokens) && len(b.windows) < maxBag; at += windowStride {
			end := min(at+windowTokens, len(tokens))
			f.window(tokens[at:end], doc)
			b.windows = append(b.windows, append([]uint32(nil), f.found...))
			from, to := view.Original(int(tokens[at].start), int(tokens[end-1].end))
			b.spans = append(b.spans, [2]int{from, to})
			if end == len(tokens) {
				break
			}
		}
	}
	return b, tokens
}
