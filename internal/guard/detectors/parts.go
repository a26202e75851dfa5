package detectors

import "unicode/utf8"

// Of a text longer than readWhole bytes the models that cost most for a byte, those of
// gibberish and of harmful text, read readParts parts of partBytes: the beginning, the end,
// and others at the same distance between them. Rules, injection.model and whatever finds
// personal data and secrets read all of it. input.length says so.
const (
	readWhole = readParts * partBytes
	readParts = 12
	partBytes = 16 << 10
)

// parts calls do with each part of a text that such a model reads and with where it begins.
// Parts begin and end between characters.
func parts(text string, do func(part string, at int)) {
	if len(text) <= readWhole {
		do(text, 0)
		return
	}
	for i := range readParts {
		at := characterStart(text, (len(text)-partBytes)*i/(readParts-1))
		do(text[at:characterStart(text, min(at+partBytes+utf8.UTFMax, len(text)))], at)
	}
}

// characterStart moves a place back to where a character begins.
func characterStart(text string, at int) int {
	for at > 0 && at < len(text) && !utf8.RuneStart(text[at]) {
		at--
	}
	return at
}
