package detectors

import (
	"math"
	"sync"

	"github.com/tiktoken-go/tokenizer/codec"
)

// vocabulary of pairs that texts and programs are made of; loaded by the first text
// that needs it, for most need it never.
var pairs = sync.OnceValue(codec.NewCl100kBase)

// efficiency is how many bytes of a value one token of a language model's vocabulary
// stands for: words, names and paths reach four and more, what was drawn at random
// about two. Entropy cannot tell those apart, for a long name has much of it as well.
func efficiency(value string) (float64, error) {
	n, err := pairs().Count(value)
	if err != nil || n == 0 {
		return 0, err
	}
	return float64(len(value)) / float64(n), nil
}

// entropyOf is Shannon's entropy of a value, in bits a byte.
func entropyOf(value string) (bits float64) {
	var counts [256]int
	for i := 0; i < len(value); i++ {
		counts[value[i]]++
	}
	for _, n := range counts {
		if n > 0 {
			p := float64(n) / float64(len(value))
			bits -= p * math.Log2(p)
		}
	}
	return bits
}
