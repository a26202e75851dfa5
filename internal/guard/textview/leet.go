package textview

// maxLeetWord is the longest word that is read as leetspeak, in bytes: longer ones
// are tokens of machines.
const maxLeetWord = 24

// leetLetters says which letter a digit or sign stands for; 0: none. A 1 may be an i
// or an l: the vocabulary decides.
var leetLetters = [256]byte{
	'0': 'o', '1': 'i', '2': 'z', '3': 'e', '4': 'a', '5': 's', '6': 'g', '7': 't', '8': 'b', '9': 'g',
	'@': 'a', '$': 's', '!': 'i', '|': 'l', '+': 't',
}

// leetish tells whether a token has a digit or sign where a letter belongs: before or
// between letters. Ordinals and sizes, where the letters come last, are none.
func leetish(token string) bool {
	for i := 0; i+1 < len(token); i++ {
		if asciiClass[token[i]]&asLeet == 0 {
			continue
		}
		before := i > 0 && asciiClass[token[i-1]]&asLetter != 0
		after := asciiClass[token[i+1]]&asLetter != 0
		if before && after || i == 0 && after && len(token) > 3 {
			return true
		}
		if before && leetLetters[token[i+1]] != 0 && i+2 < len(token) {
			return true
		}
	}
	return false
}

// leet reads digits and signs as letters, in words that become words of the
// vocabulary by it. Nil when there is no telling one.
func leet(v *View, limit int) *View {
	if len(v.Text) > limit {
		return nil
	}
	out := []byte(v.Text)
	telling := 0
	eachToken(out, func(token []byte) {
		if unleet(token, false) >= tellingLetters {
			telling++
		}
	})
	if telling == 0 {
		return nil
	}
	if telling >= leetHabit {
		// Whoever writes like that writes words like that which are in no vocabulary.
		eachToken(out, func(token []byte) { unleet(token, true) })
	}
	return &View{Kind: KindLeet, Text: string(out), Parent: v, source: v.source}
}

// leetHabit is how many telling words make leetspeak a habit of the text.
const leetHabit = 2

func eachToken(text []byte, do func([]byte)) {
	for i := 0; i < len(text); {
		start := i
		for i < len(text) && asciiClass[text[i]]&asWordBreak == 0 {
			i++
		}
		do(text[start:i])
		i++
	}
}

// unleet rewrites a token in place and returns the letters of the word it became, 0
// when it became none. With any, it need not be a word of the vocabulary.
func unleet(token []byte, any bool) int {
	if len(token) > maxLeetWord {
		return 0
	}
	start, end := trimSigns(token)
	if n := unleetWord(token, any && start == 0 && end == len(token)); n > 0 || start == 0 && end == len(token) {
		return n
	}
	return unleetWord(token[start:end], any)
}

// leetChoices are the readings of the digits that stand for more than one letter.
var leetChoices = [][2]byte{{'i', 'g'}, {'l', 'g'}, {'i', 'b'}, {'l', 'b'}}

// unleetWord rewrites a word in place and returns its letters when that makes it one.
func unleetWord(word []byte, any bool) int {
	candidate := make([]byte, len(word))
	for _, choice := range leetChoices {
		changed := false
		for i, c := range word {
			candidate[i] = c
			if letter := leetLetters[c]; letter != 0 {
				candidate[i], changed = letter, true
				switch c {
				case '1':
					candidate[i] = choice[0]
				case '6':
					candidate[i] = choice[1]
				}
			}
		}
		if !changed {
			return 0
		}
		if words.has(string(candidate)) || any && leetish(string(word)) {
			copy(word, candidate)
			return len(word)
		}
	}
	return 0
}

// trimSigns finds the word inside a token with punctuation around it.
func trimSigns(token []byte) (start, end int) {
	end = len(token)
	for start < end && punctuation(token[start]) {
		start++
	}
	for end > start && punctuation(token[end-1]) {
		end--
	}
	return start, end
}

func punctuation(c byte) bool {
	switch c {
	case '.', ',', ';', ':', '?', '!', '"', '\'', '(', ')', '[', ']', '{', '}', '*', '_', '-':
		return true
	default:
		return false
	}
}
