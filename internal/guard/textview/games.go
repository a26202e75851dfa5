package textview

import "strings"

// undoubled writes letters that stand twice once, in words made of such pairs. Nil when
// it does not read better.
func undoubled(v *View, limit int) *View {
	return rewritten(v, limit, func(word string) string {
		if !doubled(word) {
			return ""
		}
		single := make([]byte, len(word)/2)
		for i := range single {
			single[i] = word[2*i]
		}
		return string(single)
	})
}

// doubled tells a word of pairs of the same letter.
func doubled(word string) bool {
	if len(word)%2 != 0 || len(word) < 4 {
		return false
	}
	for i := 0; i < len(word); i += 2 {
		if word[i]|0x20 != word[i+1]|0x20 {
			return false
		}
	}
	return true
}

// unpigged puts the first sounds of words back that Pig Latin moved to their ends. Nil
// when it does not read better.
func unpigged(v *View, limit int) *View { return rewritten(v, limit, unpig) }

// rewritten writes each word anew; what a word becomes is "" when it stays. Nil when no
// telling words come out of it.
func rewritten(v *View, limit int, become func(word string) string) *View {
	b := newBuilder(len(v.Text), limit)
	telling := 0
	for i := 0; i < len(v.Text) && !b.full; {
		end := i
		for end < len(v.Text) && asciiClass[v.Text[end]]&asLower != 0 {
			end++
		}
		if end == i {
			for end < len(v.Text) && asciiClass[v.Text[end]]&asLower == 0 {
				end++
			}
			b.keep(i, v.Text[i:end])
			i = end
			continue
		}
		word := become(v.Text[i:end])
		if word == "" {
			b.keep(i, v.Text[i:end])
		} else {
			telling += words.telling(word, 1)
			b.put(i, end, word)
		}
		i = end
	}
	if telling < minTelling {
		return nil
	}
	return b.view(KindWordGame, v)
}

// maxOnset is how many consonants a word may start with.
const maxOnset = 4

// unpig says how a word of Pig Latin reads; "" when it is none.
func unpig(word string) string {
	stem, ok := strings.CutSuffix(word, "ay")
	if !ok || len(stem) < 2 {
		return ""
	}
	guess := ""
	for n := 1; n <= min(maxOnset, len(stem)-1) && vowels(stem[len(stem)-n:]) == 0; n++ {
		at := len(stem) - n
		guess = stem[at:] + stem[:at]
		if words.has(guess) {
			return guess
		}
	}
	if whole, ok := strings.CutSuffix(stem, "w"); ok {
		return whole
	}
	return guess
}
