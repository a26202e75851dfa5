package classifier

import (
	"cmp"
	"context"
	"hash/fnv"
	"maps"
	"slices"
)

// Scored is a sample and what a model that never saw its fold says of it.
type Scored struct {
	Sample
	Sum        float64 // before calibration
	Score      float64 // after, in [0,1]
	Start, End int     // bytes of the window that gave it
}

// Fold says in which fold a sample is held out; −1 for never.
type Fold func(Sample) int

// validationFolds is in how many folds publishers and near-duplicates are held out.
const validationFolds = 7

// LeaveSourcesOut holds whole publishers out, attacks and harmless texts alike: nothing
// that is scored comes from anybody whom the model has seen.
func LeaveSourcesOut(samples []Sample) Fold {
	attacks, harmless := map[string]int{}, map[string]int{}
	for _, s := range samples {
		if !validated(s) {
			continue
		}
		if s.Attack {
			attacks[Repository(s.Source)]++
			continue
		}
		harmless[Repository(s.Source)]++
	}
	folds := spread(attacks, map[string]int{})
	folds = spread(harmless, folds)
	return func(s Sample) int {
		if !validated(s) {
			return -1
		}
		return folds[Repository(s.Source)]
	}
}

// spread puts each repository that has no fold yet, the largest first, where there is
// the least.
func spread(sizes map[string]int, folds map[string]int) map[string]int {
	var load [validationFolds]int
	for repo, n := range sizes {
		if k, ok := folds[repo]; ok {
			load[k] += n
		}
	}
	repos := slices.SortedFunc(maps.Keys(sizes), func(a, b string) int {
		return cmp.Or(cmp.Compare(sizes[b], sizes[a]), cmp.Compare(a, b))
	})
	for _, repo := range repos {
		if _, ok := folds[repo]; ok {
			continue
		}
		least := 0
		for k := range load {
			if load[k] < load[least] {
				least = k
			}
		}
		folds[repo] = least
		load[least] += sizes[repo]
	}
	return folds
}

// LeaveAttackSourcesOut holds publishers of attacks out, but of harmless texts only
// near-duplicates: the model knows the kind of harmless text that it is measured on.
func LeaveAttackSourcesOut(samples []Sample) Fold {
	bySource := LeaveSourcesOut(samples)
	return func(s Sample) int {
		k := bySource(s)
		if k < 0 || s.Attack {
			return k
		}
		h := fnv.New32a()
		h.Write([]byte(s.Cluster))
		return int(h.Sum32() % validationFolds)
	}
}

// LeaveOneSourceOut holds one source out at a time, harmless ones too; other sources of
// the same publisher stay. It is the plain reading of "leave one source out" and easier
// than LeaveSourcesOut.
func LeaveOneSourceOut(samples []Sample) Fold {
	folds := map[string]int{}
	for _, s := range samples {
		if _, ok := folds[s.Source]; !ok && validated(s) {
			folds[s.Source] = len(folds)
		}
	}
	return func(s Sample) int {
		if k, ok := folds[s.Source]; ok {
			return k
		}
		return -1
	}
}

// CrossValidate scores every sample that has a fold by a model trained without that
// fold.
func (r Recipe) CrossValidate(ctx context.Context, samples []Sample, fold Fold) ([]Scored, error) {
	lex, err := newLexicon(conceptsText)
	if err != nil {
		return nil, err
	}
	bags, err := newBags(ctx, samples, lex)
	if err != nil {
		return nil, err
	}
	return r.crossValidate(ctx, samples, bags, fold)
}

func (r Recipe) crossValidate(ctx context.Context, samples []Sample, bags []bag, fold Fold) ([]Scored, error) {
	folds, carriers := make([]int, len(samples)), make([]int, len(samples))
	for i, s := range samples {
		folds[i], carriers[i] = fold(s), -1
		if s.Carrier != "" {
			carriers[i] = fold(Sample{Source: s.Carrier, Cluster: s.Cluster})
		}
	}
	sums, spans := make([]float64, len(samples)), make([][2]int, len(samples))
	for k := range slices.Max(folds) + 1 {
		var rest []Sample
		var train []bag
		for i := range samples {
			if folds[i] != k && carriers[i] != k {
				rest, train = append(rest, samples[i]), append(train, bags[i])
			}
		}
		r.weigh(rest, train)
		model, err := r.fit(ctx, train)
		if err != nil {
			return nil, err
		}
		for i := range samples {
			if folds[i] == k {
				sums[i], spans[i] = model.top(bags[i])
			}
		}
	}
	var scored []Scored
	for i, s := range samples {
		if folds[i] >= 0 {
			scored = append(scored, Scored{Sample: s, Sum: sums[i], Start: spans[i][0], End: spans[i][1]})
		}
	}
	calibration := calibrate(scored)
	for i := range scored {
		scored[i].Score = calibration.probability(scored[i].Sum)
	}
	return scored, nil
}
