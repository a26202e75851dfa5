package gibberish

import (
	"context"
	"math"
	"math/rand/v2"
	"sync"

	"github.com/guardroom/guardroom/internal/guard/logistic"
)

// hidden is how many units the net has between the measures and the log-odds.
const hidden = 12 // a multiple of four

// net makes log-odds of measures by one layer of units: what is odd in prose is plain in
// code, which no sum of measures can say. A unit's answer is x/(1+|x|), which is as good
// as a hyperbolic tangent and takes no exponential.
type net struct {
	mean, scale [measureCount]float64 // measures are taken less the mean, times the scale
	in          [hidden][measureCount]float64
	inBias      [hidden]float64
	out         [hidden]float64
	bias        float64
}

// normal are the measures as the net takes them.
func (n *net) normal(m *measures, v *[measureCount]float64) {
	for i := range m {
		v[i] = (m[i] - n.mean[i]) * n.scale[i]
	}
}

func (n *net) sum(m *measures) float64 {
	var v [measureCount]float64
	n.normal(m, &v)
	sum := n.bias
	for j := 0; j < hidden; j += 4 { // four at once: an addition waits for the one before
		a, b, c, d := n.inBias[j], n.inBias[j+1], n.inBias[j+2], n.inBias[j+3]
		inA, inB, inC, inD := &n.in[j], &n.in[j+1], &n.in[j+2], &n.in[j+3]
		for i, x := range v {
			a += inA[i] * x
			b += inB[i] * x
			c += inC[i] * x
			d += inD[i] * x
		}
		for k, x := range [...]float64{a, b, c, d} {
			sum += n.out[j+k] * (x / (1 + math.Abs(x)))
		}
	}
	return sum
}

// lesson is one window, whether it is gibberish and how much an error on it costs.
type lesson struct {
	values [measureCount]float64 // normal
	target bool
	weight float64
}

// school is what the net learns by: a penalised likelihood of lessons.
type school struct {
	lessons []lesson
	lambda  float64
}

const netSize = hidden*measureCount + hidden + hidden + 1

// schoolParts is fixed, whatever the machine: the order of additions decides the last bits.
const schoolParts = 2

func (s *school) gradient(x, grad []float64) float64 {
	var losses [schoolParts]float64
	var parts [schoolParts][]float64
	var wg sync.WaitGroup
	for k := range schoolParts {
		parts[k] = make([]float64, netSize)
		wg.Go(func() {
			from, to := k*len(s.lessons)/schoolParts, (k+1)*len(s.lessons)/schoolParts
			for i := from; i < to; i++ {
				losses[k] += s.lessons[i].backward(x, parts[k])
			}
		})
	}
	wg.Wait()
	loss := 0.0
	for i, w := range x {
		grad[i] = s.lambda * w
		loss += 0.5 * s.lambda * w * w
		for k := range schoolParts {
			grad[i] += parts[k][i]
		}
	}
	for k := range schoolParts {
		loss += losses[k]
	}
	return loss
}

// backward adds the gradient of one lesson and returns its loss. x holds, for each
// unit, the weights of the measures, its bias and its weight; the last is the bias.
func (l *lesson) backward(x, grad []float64) float64 {
	const unit = measureCount + 2
	var acts [hidden]float64
	sum := x[netSize-1]
	for j := range hidden {
		w := x[j*unit : (j+1)*unit]
		a := w[measureCount]
		for i, v := range l.values {
			a += w[i] * v
		}
		acts[j] = a / (1 + math.Abs(a))
		sum += w[measureCount+1] * acts[j]
	}
	target := -1.0
	if l.target {
		target = 1
	}
	g := -target * l.weight / (1 + math.Exp(target*sum))
	grad[netSize-1] += g
	for j := range hidden {
		w, d := x[j*unit:(j+1)*unit], grad[j*unit:(j+1)*unit]
		d[measureCount+1] += g * acts[j]
		slope := 1 - math.Abs(acts[j])
		back := g * w[measureCount+1] * slope * slope
		d[measureCount] += back
		for i, v := range l.values {
			d[i] += back * v
		}
	}
	if m := -target * sum; m > 30 {
		return l.weight * m
	}
	return l.weight * math.Log1p(math.Exp(-target*sum))
}

// learn fits the net, from weights drawn from a seed.
func (n *net) learn(ctx context.Context, s *school, rounds int, seed uint64) error {
	const unit = measureCount + 2
	rnd := rand.New(rand.NewPCG(seed, 3)) //nolint:gosec // reproducible on purpose
	x := make([]float64, netSize)
	for i := range x {
		x[i] = rnd.NormFloat64() / math.Sqrt(measureCount)
	}
	if err := logistic.Minimize(ctx, s.gradient, x, rounds); err != nil {
		return err
	}
	for j := range hidden {
		copy(n.in[j][:], x[j*unit:])
		n.inBias[j], n.out[j] = x[j*unit+measureCount], x[j*unit+measureCount+1]
	}
	n.bias = x[netSize-1]
	return nil
}

// numbers are the parameters in the order in which they are written.
func (n *net) numbers() []*float64 {
	out := []*float64{&n.bias}
	for i := range measureCount {
		out = append(out, &n.mean[i], &n.scale[i])
	}
	for j := range hidden {
		out = append(out, &n.inBias[j], &n.out[j])
		for i := range measureCount {
			out = append(out, &n.in[j][i])
		}
	}
	return out
}
