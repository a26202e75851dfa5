package bias

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// The user's own words stand at the start and at the end of a prompt; what is long in between is pasted. Reading only
// the two ends also bounds the work, whatever is sent.
const (
	maxScope  = 4 << 10 // bytes; longer texts are read at both ends
	scopeHalf = maxScope / 2
)

// token is a word or a punctuation mark of a text.
type token struct {
	word       uint16 // index in the vocabulary; unknownWord for words that no pattern names
	start, end int    // byte offsets into the text
	sentence   int    // which sentence it belongs to
}

// tokens are a text as the patterns see it.
type tokens struct {
	list     []token
	question []bool // per sentence: it ends in a question mark
}

// first tells whether the i-th token begins a sentence.
func (t *tokens) first(i int) bool { return i == 0 || t.list[i-1].sentence != t.list[i].sentence }

// tokenize reads a text, or the two ends of a long one. Words are folded to lower case and to straight apostrophes;
// scripts without spaces give one token per character. What stands between double quotes or code fences is somebody
// else's words, and unknown.
func tokenize(text string, vocabulary map[string]uint16) tokens {
	t := tokenizer{text: text, vocabulary: vocabulary}
	t.list = make([]token, 0, min(len(text), maxScope)/4+8)
	if len(text) <= maxScope {
		t.read(0, len(text))
	} else {
		t.read(0, runeBoundary(text, scopeHalf))
		t.read(runeBoundary(text, len(text)-scopeHalf), len(text))
	}
	return t.tokens
}

// runeBoundary returns the last start of a character at or before i.
func runeBoundary(s string, i int) int {
	for i > 0 && !utf8.RuneStart(s[i]) {
		i--
	}
	return i
}

type tokenizer struct {
	tokens
	text       string
	vocabulary map[string]uint16
	quoteByte  int // where the open quotation began
	quoteToken int // and with which token
	quoting    bool
	buf        [maxWordBytes]byte
}

// maxWordBytes bounds a folded word; a longer one is unknown.
const maxWordBytes = 64

func (t *tokenizer) read(from, to int) {
	t.quoting = false
	for at := from; at < to; {
		r, size := utf8.DecodeRuneInString(t.text[at:to])
		switch {
		case isWordRune(r):
			at = t.word(at, to)
			continue
		case r == '`' && strings.HasPrefix(t.text[at:to], "```"):
			at = t.skipFence(at, to)
			continue
		case r == '"' || r == '“' || r == '”' || r == '„' || r == '«' || r == '»' || r == '「' || r == '」':
			t.quote(at, at+size, from, to)
		default:
			t.punctuation(r, at, at+size, to)
		}
		at += size
	}
	t.breakSentence(to)
}

// skipFence returns the end of a code fence; one that is never closed fences nothing.
func (t *tokenizer) skipFence(at, to int) int {
	const fence = "```"
	end := strings.Index(t.text[at+len(fence):to], fence)
	if end < 0 {
		return at + len(fence)
	}
	t.breakSentence(at)
	return at + end + 2*len(fence)
}

// quote closes an open quotation and forgets its words, or opens one. A text that is quoted as a whole is not a
// quotation.
func (t *tokenizer) quote(start, end, from, to int) {
	if !t.quoting {
		t.quoting, t.quoteByte, t.quoteToken = true, start, len(t.list)
		return
	}
	t.quoting = false
	if strings.TrimSpace(t.text[from:t.quoteByte]) == "" && strings.TrimSpace(t.text[end:to]) == "" {
		return
	}
	for i := t.quoteToken; i < len(t.list); i++ {
		t.list[i].word = unknownWord
	}
}

func (t *tokenizer) punctuation(r rune, start, end, to int) {
	switch r {
	case '?', '？', '؟':
		t.add(questionMark, start, end)
	case '.', '。', '।', '!', '！', ':', ';', '…':
		if r == '.' && end < to && isWordRune(rune(t.text[end])) {
			return // 3.5, e.g. and example.org end nothing
		}
		t.add(stopMark, start, end)
	case '\n', '¿', '¡':
		t.breakSentence(start)
	case ',', '，', '、', '،', '–', '—':
		t.add(commaMark, start, end)
	}
}

// add appends a token; a mark that ends sentences ends this one, unless it has no words.
func (t *tokenizer) add(word uint16, start, end int) {
	ends := word == questionMark || word == stopMark
	if ends && !t.inSentence() {
		return
	}
	t.list = append(t.list, token{word: word, start: start, end: end, sentence: len(t.question)})
	if ends {
		t.question = append(t.question, word == questionMark)
	}
}

// breakSentence ends a sentence that has no mark at its end.
func (t *tokenizer) breakSentence(at int) { t.add(stopMark, at, at) }

func (t *tokenizer) inSentence() bool {
	n := len(t.list)
	return n > 0 && t.list[n-1].sentence == len(t.question)
}

// word reads the word at a position and returns its end. An apostrophe belongs to the word when a letter follows it.
func (t *tokenizer) word(start, to int) int {
	n, at := 0, start
	for at < to {
		r, size := utf8.DecodeRuneInString(t.text[at:to])
		if isApostrophe(r) && at > start && t.letterAt(at+size, to) {
			r = '\''
		} else if !isWordRune(r) || at > start && standsAlone(r) {
			break
		}
		r = unicode.ToLower(r)
		if n+utf8.RuneLen(r) <= maxWordBytes {
			utf8.EncodeRune(t.buf[n:], r)
		}
		n += utf8.RuneLen(r)
		at += size
		if standsAlone(r) {
			break
		}
	}
	word := unknownWord
	if n <= maxWordBytes {
		word = t.vocabulary[string(t.buf[:n])]
	}
	t.add(word, start, at)
	return at
}

func (t *tokenizer) letterAt(at, to int) bool {
	r, _ := utf8.DecodeRuneInString(t.text[at:to])
	return unicode.IsLetter(r)
}

func isApostrophe(r rune) bool { return r == '\'' || r == '’' || r == '‘' || r == 'ʼ' || r == '`' }

func isWordRune(r rune) bool {
	if r < utf8.RuneSelf {
		return isASCIIWord(r)
	}
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r))
}

// standsAlone: scripts that write words without spaces between them.
func standsAlone(r rune) bool {
	return r >= 0x0E00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai)
}
