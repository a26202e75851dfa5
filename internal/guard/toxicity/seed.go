package toxicity

import (
	"embed"
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/guardroom/guardroom/internal/guard/samples"
)

// seeds are sentences of our own, with slots: what development data lacks in languages,
// and counter-examples to what it would teach wrongly. A line "= name: a | b" gives what
// fills {name}; "+ sentence" is harmful, "- sentence" is not; # begins a comment.
//
//go:embed seeds/*.txt
var seeds embed.FS

// seedSource is the source of the seeds; it is never held out.
const seedSource = "seeds"

// fillings is how many ways a sentence with slots is written at most.
const fillings = 12

// seedSamples writes every sentence, in an order and with fillings drawn from a seed.
func seedSamples(seed uint64) ([]samples.Sample, error) {
	files, err := seeds.ReadDir("seeds")
	if err != nil {
		return nil, err
	}
	rnd := rand.New(rand.NewPCG(seed, 11)) //nolint:gosec // reproducible on purpose
	var out []samples.Sample
	for _, f := range files {
		data, err := seeds.ReadFile("seeds/" + f.Name())
		if err != nil {
			return nil, err
		}
		written, err := writeSeeds(string(data), seedSource+":"+strings.TrimSuffix(f.Name(), ".txt"), rnd)
		if err != nil {
			return nil, fmt.Errorf("toxicity: %s: %w", f.Name(), err)
		}
		out = append(out, written...)
	}
	return out, nil
}

func writeSeeds(text, source string, rnd *rand.Rand) ([]samples.Sample, error) {
	slots := map[string][]string{}
	var out []samples.Sample
	for n, line := range strings.Split(text, "\n") {
		sign, rest, ok := strings.Cut(line, " ")
		switch {
		case line == "" || line[0] == '#':
		case ok && sign == "=":
			name, list, _ := strings.Cut(rest, ":")
			for _, v := range strings.Split(list, "|") {
				slots[name] = append(slots[name], strings.TrimSpace(v))
			}
		case ok && (sign == "+" || sign == "-"):
			written, err := fill(rest, slots, rnd)
			if err != nil {
				return nil, fmt.Errorf("line %d: %w", n+1, err)
			}
			for _, w := range written {
				out = append(out, samples.Sample{Text: w, Positive: sign == "+", Source: source, Kind: "seed"})
			}
		default:
			return nil, fmt.Errorf("line %d begins with none of = + - #", n+1)
		}
	}
	return out, nil
}

// fill writes a sentence with some of what its slot can hold; one slot is enough.
func fill(sentence string, slots map[string][]string, rnd *rand.Rand) ([]string, error) {
	_, after, ok := strings.Cut(sentence, "{")
	if !ok {
		return []string{sentence}, nil
	}
	name, _, _ := strings.Cut(after, "}")
	values := slots[name]
	if len(values) == 0 {
		return nil, fmt.Errorf("nothing fills {%s}", name)
	}
	var out []string
	for _, at := range rnd.Perm(len(values))[:min(fillings, len(values))] {
		out = append(out, strings.ReplaceAll(sentence, "{"+name+"}", values[at]))
	}
	return out, nil
}
