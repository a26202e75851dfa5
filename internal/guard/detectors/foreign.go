package detectors

import (
	"math"
	"regexp"
	"strings"

	"github.com/guardroom/guardroom/internal/guard/textview"
)

// foreignRequests finds lines that ask a model for something in documents that are about
// something else: between the rows of a table, before the head of an e-mail, behind an
// article. Whoever asks about a document names it, or shares a word with it; what does
// neither was put there.
type foreignRequests struct {
	request *regexp.Regexp // how a line that asks a model begins
	excused *regexp.Regexp // speaks of the document, of the writer, or introduces what follows
	answer  *regexp.Regexp // speaks of what only a model makes
	head    *regexp.Regexp // of an e-mail
	greets  *regexp.Regexp // how a letter begins
	spoken  *regexp.Regexp // words of texts that speak to their reader
	writer  *regexp.Regexp // words of texts in which somebody speaks of themselves
	errand  *regexp.Regexp // how a sentence begins that asks to do something elsewhere
	points  *regexp.Regexp // speaks of the text before it
}

// foreignRequest is a line and the confidence that it deserves.
type foreignRequest struct {
	start, end int
	confidence float64
}

// The least of a document, and how much of a text is looked at.
const (
	foreignRows  = 3   // of a table
	foreignBytes = 400 // of an article
	foreignReach = 32 << 10
	mailTop      = 1 << 10 // where the head of an e-mail is looked for
	foreignLine  = 300     // bytes of a request
	foreignWords = 4
	maxForeign   = 3 // lines: a text full of requests is no document
)

// What a request deserves by where it stands.
const (
	amongRows  = 0.62
	besideRows = 0.52
	atEdge     = 0.5
	ofAnswer   = 0.8 // added to the log-odds when it speaks of the answer
)

func newForeignRequests() (*foreignRequests, error) {
	f := &foreignRequests{}
	for _, p := range []struct {
		to   **regexp.Regexp
		expr string
	}{
		{&f.request, `^[\s"'*_>-]*(?:(?:also|then|now|next|and|please|kindly|first|finally|but)[\s,]+)*` +
			`(?:please\s+\w+|write|explain|describe|translate|suggest|recommend|replace|remove|reverse|scramble|encode|encrypt|convert|give|provide|tell|create|generate|compose|solve|calculate|compute|define|discuss|compare|identify|outline|break|combine|render|integrate|incorporate|merge|enhance|include|add|insert|append|mention|promote|advertise|answer|respond|reply|repeat|output|print|use|make|draft|develop|design|name|propose|introduce|encourage|invite|offer|express|modify|alter|swap|omit|capitali[sz]e|alternate|apply|craft|construct|evaluate|investigate|highlight|urge|direct|schedule|send|forward|share|analy[sz]e|assess|review|summari[sz]e|find|list|teach|show|plan|help|` +
			`how (?:do|does|did|can|could|should|would|is|are|many|much|to)|what(?:'s| is| are| was| were| does| do| did| would)|why|who (?:is|was|wrote|invented|are)|when (?:did|was|is)|where (?:is|are|was)|can you|could you|would you|will you|do you)\b`},
		{&f.excused, `:\s*$|\b(?:this|these|those|above|below|following|attached|table|rows?|columns?|data|document|text|passage|article|paragraph|e-?mails?|message|thread|letter|list|it|them|i|i'm|me|my|mine|we|us|our|ours)\b`},
		{&f.answer, `\byour (?:\w+ )?(?:answers?|responses?|repl(?:y|ies)|outputs?|summary|writing|message's words|response's words)\b|\bin your message\b|` +
			`\b(?:every|each|all) (?:\w+ )?(?:letters?|vowels?|words?|spaces?|characters?|consonants?)\b|\b(?:vowels|letters|consonants|spaces) (?:with|by|from|in)\b`},
		{&f.head, `(?m)(?:^|\|)[\s*]*(?:subject|from|email_from|sent|to|cc|date|received(?: date)?|content)\s*:`},
		{&f.greets, `(?m)^\s*(?:hi|hello|dear|good (?:morning|afternoon|evening))\b[^.?!\n]{0,40},`},
		{&f.writer, `\b(?:i|i'm|i've|i'd|my|me)\b`},
		{&f.errand, `^["'*_]*(?:please|kindly|also|now|then|next)(?: please)?(?: \w+ly| also| now| then){0,2} (?:access|activate|add|adjust|administer|allocate|alter|approve|arrange|assign|audit|authori[sz]e|block|book|bypass|buy|cancel|change|collect|conduct|confirm|connect|copy|corrupt|create|deactivate|delete|deploy|direct|disable|disclose|distribute|divert|download|elevate|enable|ensure|erase|escalate|execute|export|falsify|fetch|file|forward|gather|grant|hide|implant|initiate|inject|inspect|install|introduce|invest|invite|launch|manage|manipulate|modify|monitor|move|obtain|open|order|overwrite|pay|perform|prescribe|protect|publish|purchase|read|record|redirect|register|release|remove|replace|report|reroute|reschedule|reset|retrieve|revoke|run|scan|schedule|search|secure|sell|send|set up|share|shut|silence|start|steal|stop|store|submit|suspend|tamper|terminate|track|trade|transfer|trigger|turn|unlock|update|upload|verify|wire|withdraw)\b`},
		{&f.points, `\b(?:this|these|above|below|following|attached|text|passage|article|paragraph|document|translation|summary|quiz|questions?|essay|sources?)\b`},
		{&f.spoken, `\b(?:you|your|yours|yourself|please|i|my|me)\b`},
	} {
		var err error
		if *p.to, err = regexp.Compile(p.expr); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// find looks at a folded text. What kind of document it is, which takes a look at all of
// it, is asked only of one with a request in its place.
func (f *foreignRequests) find(text string) []foreignRequest {
	whole := text
	text = text[:boundary(text, foreignReach)]
	lines, rows := textLines(text)
	if out := f.inLines(text, lines, rows); len(out) > 0 || len(text) < len(whole) || rows > 0 {
		return out
	}
	return f.atTheEnd(text)
}

func (f *foreignRequests) inLines(text string, lines []line, rows int) []foreignRequest {
	if len(lines) < 2 {
		return nil
	}
	if rows >= foreignRows && rows+maxForeign >= len(lines) {
		return f.inTable(text, lines)
	}
	out := f.atEdges(text, lines)
	switch {
	case len(out) == 0 || f.isMail(text):
		return out
	case len(text) >= foreignBytes && out[len(out)-1].end == lines[len(lines)-1].end && !f.spoken.MatchString(text[:lines[len(lines)-1].start]):
		return out[len(out)-1:]
	}
	return nil
}

// atTheEnd looks at the last sentence of an article that never speaks to its reader: one
// that sends the reader on an errand was put there, even behind the last full stop.
func (f *foreignRequests) atTheEnd(text string) []foreignRequest {
	end := len(strings.TrimRight(text, " \t\r\n"))
	start := sentenceBefore(text, end)
	words := text[start:end]
	if start < foreignBytes || len(strings.Fields(words)) < foreignWords || !f.errand.MatchString(words) ||
		f.points.MatchString(words) || f.spoken.MatchString(text[:start]) || sharesWord(words, text[:start]) {
		return nil
	}
	return []foreignRequest{{start, end, atEdge}}
}

// sentenceBefore is where the sentence begins that ends at end; 0 when it is longer than a request.
func sentenceBefore(text string, end int) int {
	for i := end - 2; i > max(end-foreignLine, 0); i-- {
		if c := text[i]; c == '\n' || (c == ' ' || c == '\t') && strings.IndexByte(".!?)]\"'", text[i-1]) >= 0 && strings.ContainsAny(text[max(i-3, 0):i], ".!?") {
			return i + 1
		}
	}
	return 0
}

// isMail tells whether a text begins as an e-mail, or as a letter whose writer does not
// speak of themselves: who does may well go on to ask.
func (f *foreignRequests) isMail(text string) bool {
	top := text[:boundary(text, mailTop)]
	if len(f.head.FindAllStringIndex(top, 2)) == 2 {
		return true
	}
	return len(text) >= foreignBytes/2 && f.greets.MatchString(top) && !f.writer.MatchString(text)
}

// line is a line that is not empty.
type line struct {
	start, end int
	row        bool // of a table
}

// textLines cuts a text into lines and counts the rows of tables.
func textLines(text string) (lines []line, rows int) {
	for start := 0; start < len(text); {
		end := len(text)
		if i := strings.IndexByte(text[start:], '\n'); i >= 0 {
			end = start + i
		}
		if l := text[start:end]; strings.TrimSpace(l) != "" {
			row := strings.Count(l, "|") >= 2
			lines = append(lines, line{start, end, row})
			rows += one(row)
		}
		start = end + 1
	}
	return lines, rows
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (f *foreignRequests) inTable(text string, lines []line) (out []foreignRequest) {
	for i, l := range lines {
		if l.row {
			continue
		}
		weight := besideRows
		if i > 0 && lines[i-1].row && i+1 < len(lines) && lines[i+1].row {
			weight = amongRows
		}
		out = f.judge(text, l, weight, out)
	}
	return out
}

// atEdges looks at the first and the last line.
func (f *foreignRequests) atEdges(text string, lines []line) []foreignRequest {
	var out []foreignRequest
	if first := lines[0]; !f.head.MatchString(text[first.start:first.end]) {
		out = f.judge(text, first, atEdge, out)
	}
	return f.judge(text, lines[len(lines)-1], atEdge, out)
}

// judge appends the line when it asks for something that the rest does not speak of.
func (f *foreignRequests) judge(text string, l line, weight float64, to []foreignRequest) []foreignRequest {
	words := text[l.start:l.end]
	ofModel := f.answer.MatchString(words)
	switch {
	case len(words) > foreignLine || len(strings.Fields(words)) < foreignWords:
		return to
	case !ofModel && (!f.request.MatchString(words) || f.excused.MatchString(words) || sharesWord(words, text[:l.start]+"\n"+text[l.end:])):
		return to
	}
	odds := logit(weight)
	if ofModel {
		odds += ofAnswer
	}
	return append(to, foreignRequest{l.start, l.end, sigmoid(odds)})
}

// sharedLetters is how much of the beginning of two words must be the same.
const sharedLetters = 5

// sharesWord tells whether a word of the request begins as one of the rest does, words of
// requests apart.
func sharesWord(request, rest string) bool {
	for _, w := range strings.FieldsFunc(request, func(r rune) bool { return r < 0x80 && !plainWord(byte(r)) }) {
		if len(w) < sharedLetters || requestWords[w] {
			continue
		}
		if stem := w[:min(len(w), int(math.Max(sharedLetters, float64(len(w))*0.75)))]; startsWord(rest, stem) {
			return true
		}
	}
	return false
}

func startsWord(text, stem string) bool {
	for at := 0; ; {
		i := strings.Index(text[at:], stem)
		if i < 0 {
			return false
		}
		at += i
		if at == 0 || !plainWord(text[at-1]) && text[at-1] < 0x80 {
			return true
		}
		at++
	}
}

// requestWords are long words of requests about anything.
var requestWords = wordTable("please about explain describe write which would could should there their using where other answer response reply provide include every words letter letters")

func wordTable(words string) map[string]bool {
	table := map[string]bool{}
	for w := range strings.FieldsSeq(textview.Fold(words)) {
		table[w] = true
	}
	return table
}
