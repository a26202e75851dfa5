package detectors

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"unicode"
	"unicode/utf8"

	"github.com/guardroom/guardroom/internal/guard"
	"github.com/guardroom/guardroom/internal/guard/textview"
	"github.com/guardroom/guardroom/internal/review"
)

// exfilPromptLeak finds the system prompt in a response.
func exfilPromptLeak() guard.Spec {
	return guard.Spec{
		DetectorSpec: review.DetectorSpec{
			ID: "exfil.prompt_leak", Title: "System prompt leaking", Category: review.CategoryExfil, OWASP: "LLM07:2025",
			Description: "Finds where a response, or the arguments of a tool, repeats the system prompt of the same interaction word for word, in whatever spelling, order of lines or decoded view. " +
				"The more words in a row and the more like instructions, the surer; what the user or a document had said before does not count. It cannot see a leak in other words or another language.",
			Examples: []string{"a response that starts with the system prompt's first three sentences"},
			Default:  review.Rule{Mode: review.ModeEnforce, Flag: 0.6},
		},
		New: func() (guard.Detector, error) {
			orders, err := regexp.Compile(`\b(?:you (?:are|must|should|will|may|can(?:not)?|have to|always|never|only)|your (?:task|role|job|name|goal|instructions?)|never|always|do not|don't|under no circumstances|du bist|sie sind|deine aufgabe|tu es|vous etes|ta tache|eres|usted es|tu tarea|sei un|il tuo compito|voce e|jij bent|ты|вы должны|никогда)\b|你是|您是|不要|必须|禁止|あなたは|ください|당신은|انت`)
			return promptLeak{orders}, err
		},
	}
}

// promptLeak knows how instructions sound.
type promptLeak struct{ orders *regexp.Regexp }

const (
	// shingle is how many words in a row are compared at once; everybody says the same
	// five now and then.
	shingle = 6
	// evenRun is the run of words that is as likely a leak as not, perWord what each
	// further one adds to the log-odds, and mostRun what they can add together.
	evenRun, perWord, mostRun = 14, 0.12, 3.5
	// ordering is what instructions add to the log-odds, wholly that most of the system
	// prompt was repeated.
	ordering, wholly = 1.0, 0.8
	// orderReach is how much of a run is looked at for instructions, in bytes.
	orderReach = 2 << 10
	// minRun is the shortest run that is reported, unless it is most of the prompt.
	minRun = 8
	// maxWordsCompared bounds what is remembered of the system prompt.
	maxWordsCompared = 1 << 16
	// leakFloor is the confidence below which a run is no news to anybody.
	leakFloor = 0.3
)

// word is one word of a folded text, by its hash.
type word struct {
	hash       uint64
	start, end int32
}

// Detect compares a response with the system prompts beside it.
func (p promptLeak) Detect(ctx context.Context, in *guard.Input) ([]review.Finding, error) {
	if k := in.Segment.Kind; k != review.SegmentResponse && k != review.SegmentToolArguments {
		return nil, nil
	}
	secret, words := shinglesOf(in.All, review.SegmentSystem)
	if len(secret) == 0 {
		return nil, nil
	}
	var said map[uint64]bool // by users and documents, asked for when there is something to take away
	var out []review.Finding
	for _, v := range in.Views.Folded() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		written := wordsOf(v.Text)
		repeated := repeats(written, secret, nil)
		if len(repeated) == 0 {
			continue
		}
		if said == nil {
			said, _ = shinglesOf(in.All, review.SegmentPrompt, review.SegmentDocument, review.SegmentToolOutput)
		}
		if len(said) > 0 {
			repeated = repeats(written, secret, said)
		}
		out = append(out, p.weigh(v, repeated, words)...)
	}
	return out, nil
}

// repeatedRun is a run of words that the system prompt has as well.
type repeatedRun struct{ start, end, words int }

// weigh turns repetitions into findings; words is how many the system prompt has.
func (p promptLeak) weigh(v *textview.View, repeated []repeatedRun, words int) (out []review.Finding) {
	all := 0
	for _, r := range repeated {
		all += r.words
	}
	most := 2*all >= words
	for _, r := range repeated {
		if r.words < minRun && !most {
			continue
		}
		odds := min(perWord*float64(r.words-evenRun), mostRun)
		if p.orders.MatchString(v.Text[r.start:min(r.end, r.start+orderReach)]) {
			odds += ordering
		}
		if most {
			odds += wholly
		}
		if v.Disguise() != "" {
			odds += disguised
		}
		if confidence := sigmoid(odds); confidence >= leakFloor && len(out) < maxPerView {
			out = append(out, guard.Found(v, r.start, r.end, review.SeverityHigh, confidence, fmt.Sprintf("%d words in a row of the system prompt", r.words)))
		}
	}
	return out
}

// repeats finds the runs of words whose shingles are in secret and not in said.
func repeats(words []word, secret, said map[uint64]bool) (out []repeatedRun) {
	last := -1 // the word after the run that grows
	for i := range shingles(words) {
		h := shingleAt(words, i)
		if !secret[h] || said[h] {
			continue
		}
		end := i + shingle
		if i < last {
			r := &out[len(out)-1]
			r.words += end - last
			r.end = int(words[end-1].end)
		} else {
			out = append(out, repeatedRun{int(words[i].start), int(words[end-1].end), shingle})
		}
		last = end
	}
	return out
}

// shingles is how many shingles words have.
func shingles(words []word) int { return max(len(words)-shingle+1, 0) }

// shingleAt mixes the hashes of the words from i on, in their order.
func shingleAt(words []word, i int) (h uint64) {
	for _, w := range words[i : i+shingle] {
		h = (h ^ w.hash) * 0x9E3779B97F4A7C15
		h ^= h >> 29
	}
	return h
}

// shinglesOf remembers the shingles of all Segments of some kinds, and counts their words.
func shinglesOf(segments []review.Segment, kinds ...review.SegmentKind) (set map[uint64]bool, count int) {
	for _, s := range segments {
		if !slices.Contains(kinds, s.Kind) {
			continue
		}
		words := wordsOf(textview.Fold(s.Text))
		words = words[:min(len(words), maxWordsCompared)]
		count += len(words)
		if set == nil {
			set = make(map[uint64]bool, len(words))
		}
		for i := range shingles(words) {
			set[shingleAt(words, i)] = true
		}
	}
	return set, count
}

// wordsOf takes a folded text apart. A character of a script that sets no spaces is a
// word by itself.
func wordsOf(text string) []word {
	out := make([]word, 0, len(text)/5+1)
	for i := 0; i < len(text); {
		c, size := rune(text[i]), 1
		if c >= utf8.RuneSelf {
			c, size = utf8.DecodeRuneInString(text[i:])
		}
		if !wordRune(c) {
			i += size
			continue
		}
		end := i + size
		if !textview.Spaceless(c) {
			end = wordEnd(text, end)
		}
		out = append(out, word{hashOf(text[i:end]), int32(i), int32(end)})
		i = end
	}
	return out
}

// wordEnd moves to where the word that at is in ends.
func wordEnd(text string, at int) int {
	for at < len(text) {
		c, size := rune(text[at]), 1
		if c >= utf8.RuneSelf {
			if c, size = utf8.DecodeRuneInString(text[at:]); textview.Spaceless(c) {
				break
			}
		}
		if !wordRune(c) {
			break
		}
		at += size
	}
	return at
}

// hashOf is FNV-1a.
func hashOf(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := 0; i < len(s); i++ {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}

func wordRune(c rune) bool {
	if c < utf8.RuneSelf {
		return plainWord(byte(c)) && c != '_'
	}
	return unicode.IsLetter(c) || unicode.IsDigit(c) || unicode.IsMark(c)
}
