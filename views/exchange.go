package views

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views/ui"
)

// Bounds on what one item page draws. What is left out is said, with its number.
const (
	maxCards = 100
	maxTurns = 200 // texts of the exchange; those with listed findings always come along
)

// card is a Finding with its number on the page.
type card struct {
	review.Finding
	number int
	title  string // of the detector
	quiet  bool   // the policy only monitors the detector
	marked bool   // there is a mark to point at
}

func (c card) tone() string { return toneOf(c.Severity, c.Category) }

func (c card) label() string {
	return fmt.Sprintf("Finding %d: %s, %s", c.number, c.title, strings.ToLower(severityWord(c.Severity, c.Category)))
}

// cardsOf numbers the Findings, those of the most expected harm first.
func cardsOf(p ItemPage) []card {
	findings := slices.Clone(p.View.Assessment.Findings)
	slices.SortStableFunc(findings, func(a, b review.Finding) int {
		return cmp.Compare(b.Severity.Weight()*b.Confidence, a.Severity.Weight()*a.Confidence)
	})
	out := make([]card, len(findings))
	for i, f := range findings {
		out[i] = card{Finding: f, number: i + 1, title: specTitle(p.Specs, f.Detector), quiet: p.View.Policy.Mode(f.Detector) == review.ModeMonitor}
	}
	return out
}

func specTitle(specs []review.DetectorSpec, id string) string {
	for _, s := range specs {
		if s.ID == id {
			return s.Title
		}
	}
	return id
}

// exchange is the conversation as it is drawn.
type exchange struct {
	cards    []card
	unlisted int // milder findings without a card
	turns    []turn
	omitted  int // turns that are not drawn
}

// turn is one text of the conversation, or a tool call with what it answered.
type turn struct {
	role    string // for the style: system, user, assistant, tool, document
	who     string
	title   string
	source  string // where a document was found
	call    int    // index of the tool call
	trust   string
	parts   []part
	problem string // the tool's or the model's error
}

// part is one Segment within a turn.
type part struct {
	heading  string
	passage  ui.Passage
	whole    []card // findings about the whole text
	raw      string // the text with what is hidden spelt out, "" when nothing is
	redacted string // as the App got it back, "" when nothing was redacted
	decoded  []DecodedText
}

func (t turn) found() bool {
	for _, p := range t.parts {
		if len(p.passage.Spans) > 0 || len(p.whole) > 0 {
			return true
		}
	}
	return false
}

// exchangeOf lays the conversation out. While the page is blind it has neither marks nor cards.
func exchangeOf(p ItemPage) exchange {
	var x exchange
	if !p.View.Blind {
		all := cardsOf(p)
		x.cards = all[:min(len(all), maxCards)]
		x.unlisted = len(all) - len(x.cards)
	}
	content := p.View.Interaction.Content
	for _, s := range content.Segments() {
		x.place(content, s, x.part(p, s))
	}
	x.bound()
	return x
}

func (x *exchange) part(p ItemPage, s review.Segment) part {
	out := part{passage: ui.Passage{Segment: s.Name, Text: s.Text, Code: s.Kind == review.SegmentToolArguments || s.Kind == review.SegmentToolOutput}}
	for _, c := range x.cards {
		if c.Segment != s.Name {
			continue
		}
		if c.Start >= c.End {
			out.whole = append(out.whole, c)
			continue
		}
		out.passage.Spans = append(out.passage.Spans, ui.Span{Start: c.Start, End: c.End, Tone: c.tone(), Number: c.number, Label: c.label()})
	}
	drawn := out.passage.Marked()
	for i, c := range x.cards {
		if c.Segment == s.Name {
			x.cards[i].marked = slices.Contains(drawn, c.number)
		}
	}
	if ui.HasHidden(s.Text) {
		out.raw = ui.Escaped(s.Text)
	}
	if p.View.Blind {
		return out
	}
	if clean := p.View.Assessment.Sanitized(s.Name, s.Text); clean != s.Text {
		out.redacted = clean
	}
	for _, d := range p.Decoded {
		if d.Segment == s.Name {
			out.decoded = append(out.decoded, d)
		}
	}
	return out
}

// place adds a Segment to the turn that it belongs to.
func (x *exchange) place(c review.Content, s review.Segment, pt part) {
	switch {
	case s.Kind == review.SegmentToolArguments && strings.HasPrefix(s.Name, "tool_calls["):
		pt.heading = "Arguments"
		x.turns = append(x.turns, callTurn(c, indexOf(s.Name), "", pt))
	case s.Kind == review.SegmentToolOutput && strings.HasPrefix(s.Name, "tool_calls["):
		pt.heading = "Output"
		i := indexOf(s.Name)
		if last := len(x.turns) - 1; last >= 0 && x.turns[last].role == "tool" && x.turns[last].call == i {
			x.turns[last].parts = append(x.turns[last].parts, pt)
			x.turns[last].trust = trustWord(s.Trust)
			return
		}
		x.turns = append(x.turns, callTurn(c, i, trustWord(s.Trust), pt))
	case s.Kind == review.SegmentDocument:
		d := c.Documents[indexOf(s.Name)]
		x.turns = append(x.turns, turn{role: "document", who: "Document", title: cmp.Or(d.Title, d.ID, s.Name), source: d.Source, trust: trustWord(s.Trust), parts: []part{pt}})
	default:
		role, who := roleOf(s.Kind)
		x.turns = append(x.turns, turn{role: role, who: who, call: -1, trust: trustWord(s.Trust), parts: []part{pt}})
	}
}

func callTurn(c review.Content, i int, trust string, parts ...part) turn {
	call := c.ToolCalls[i]
	return turn{role: "tool", who: "Tool", title: call.Name, call: i, trust: trust, parts: parts, problem: call.Error}
}

// bound keeps the first turns, the last two and all that have listed findings.
func (x *exchange) bound() {
	if len(x.turns) <= maxTurns {
		return
	}
	kept := x.turns[:0]
	for i, t := range x.turns {
		if i < maxTurns-2 || i >= len(x.turns)-2 || t.found() {
			kept = append(kept, t)
		}
	}
	x.omitted = len(x.turns) - len(kept)
	x.turns = kept
}

// indexOf reads the number between the brackets of "documents[2]" or "tool_calls[0].output".
func indexOf(segment string) int {
	_, rest, _ := strings.Cut(segment, "[")
	digits, _, _ := strings.Cut(rest, "]")
	i, _ := strconv.Atoi(digits) // Segment names are made by review.Content.Segments
	return i
}

func roleOf(k review.SegmentKind) (role, who string) {
	switch k {
	case review.SegmentSystem:
		return "system", "System"
	case review.SegmentResponse:
		return "assistant", "Assistant"
	case review.SegmentToolOutput:
		return "tool", "Tool"
	default:
		return "user", "User"
	}
}

func trustWord(t review.Trust) string {
	if t == review.TrustNone {
		return "untrusted"
	}
	return ""
}

// segmentWord names a Segment in a sentence.
func segmentWord(name string) string {
	nth := func(what string) string { return what + " " + strconv.Itoa(indexOf(name)+1) }
	switch {
	case strings.HasPrefix(name, "messages["):
		return nth("earlier message")
	case strings.HasPrefix(name, "documents["):
		return nth("document")
	case strings.HasSuffix(name, ".arguments"):
		return nth("arguments of tool call")
	case strings.HasSuffix(name, ".output"):
		return nth("output of tool call")
	default:
		return "the " + words(name)
	}
}

// fact is a line of what is known about an exchange.
type fact struct{ name, value string }

func factsOf(in review.Interaction) []fact {
	var out []fact
	add := func(name, value string) {
		if value != "" {
			out = append(out, fact{name, value})
		}
	}
	add("Model", oneLine(strings.TrimSpace(in.Model+" "+in.ModelVersion), 80))
	add("Session", oneLine(in.SessionID, 60))
	add("Conversation", oneLine(in.ConversationID, 60))
	if in.Turn > 0 {
		add("Turn", strconv.Itoa(in.Turn))
	}
	if in.LatencyMS > 0 {
		add("Answered in", seconds(in.LatencyMS))
	}
	if t := in.Usage.PromptTokens + in.Usage.CompletionTokens; t > 0 {
		add("Tokens", count(in.Usage.PromptTokens)+" in, "+count(in.Usage.CompletionTokens)+" out")
	}
	add("External id", oneLine(in.ExternalID, 80))
	return out
}

// feedbackFacts says what the end user did with the response. What was not observed is left out.
func feedbackFacts(f *review.Feedback) []fact {
	if f == nil {
		return nil
	}
	out := []fact{{"Did", words(string(f.Action))}}
	if f.FocusedMS != nil {
		out = append(out, fact{"Looked for", seconds(*f.FocusedMS)})
	}
	if f.EditRatio != nil {
		out = append(out, fact{"Changed", strconv.Itoa(int(100**f.EditRatio+0.5)) + " % of the text"})
	}
	if f.Verification != nil {
		out = append(out, fact{"Verified", verifiedWords(*f.Verification)})
	}
	if f.InitialAnswer != nil {
		out = append(out, fact{"Own answer before", oneLine(*f.InitialAnswer, 200)})
	}
	if f.RiskClass != "" {
		out = append(out, fact{"Risk class", f.RiskClass})
	}
	if f.AITruth != "" {
		out = append(out, fact{"The answer was", f.AITruth})
	}
	return out
}

func verifiedWords(v review.Verification) string {
	var out []string
	for _, c := range []struct {
		did  bool
		word string
	}{
		{v.SourceOpened, "opened a source"}, {v.TestRun, "ran a test"}, {v.CounterQuestion, "asked back"}, {v.AlternativeRequested, "asked for an alternative"},
	} {
		if c.did {
			out = append(out, c.word)
		}
	}
	if len(out) == 0 {
		return "not at all"
	}
	return strings.Join(out, ", ")
}

// prettyJSON indents an object for reading; what is not JSON stays as it is.
func prettyJSON(raw []byte) string {
	var b bytes.Buffer
	if json.Indent(&b, raw, "", "  ") != nil {
		return string(raw)
	}
	return b.String()
}

// moment is a line of an Item's timeline.
type moment struct {
	at    time.Time
	who   string
	what  string
	quote string // the text that a label stands on
	note  string
	tone  string
}

// timelineOf tells what happened to the Item, oldest first. Peers stay hidden while the page is blind.
func timelineOf(p ItemPage) []moment {
	v := p.View
	out := []moment{{at: v.Item.CreatedAt, who: "Guardroom", what: openedWords(v.Item, p.View.Blind)}}
	if p.View.Blind {
		return out
	}
	for _, d := range v.Decisions {
		note := d.Reason
		if d.Label != "" {
			note = strings.TrimSpace(labelTitle(v.Policy, d.Label) + ". " + note)
		}
		out = append(out, moment{at: d.CreatedAt, who: d.Reviewer, what: strings.ToLower(judged(d.Judgement, v.Item.Kind)), note: note, tone: judgedTone(d.Judgement)})
		if d.Undone != nil {
			out = append(out, moment{at: d.Undone.CreatedAt, who: d.Reviewer, what: "took that back"})
		}
	}
	for _, a := range v.Annotations {
		out = append(out, moment{at: a.CreatedAt, who: a.UserName, what: annotationWords(v.Policy, a), quote: spanText(v.Interaction, a), note: a.Body})
	}
	slices.SortStableFunc(out, func(a, b moment) int { return a.at.Compare(b.at) })
	return out
}

func openedWords(i review.Item, blind bool) string {
	switch {
	case blind:
		return "put it here"
	case i.Kind == review.KindIntervention:
		return "proposed it"
	case i.Kind == review.KindAudit:
		return "drew it by chance"
	case i.Verdict == review.VerdictBlock:
		return "blocked and put it here"
	default:
		return "flagged and put it here"
	}
}

func annotationWords(p review.Policy, a review.Annotation) string {
	if a.Segment == "" {
		return "wrote"
	}
	return "marked " + labelTitle(p, a.Label) + " in " + segmentWord(a.Segment)
}

func labelTitle(p review.Policy, id string) string {
	for _, l := range p.Labels {
		if l.ID == id {
			return l.Title
		}
	}
	return words(id)
}

// spanText is what a labelled span says, "" when the text is no longer there.
func spanText(in review.Interaction, a review.Annotation) string {
	for _, s := range in.Content.Segments() {
		if s.Name == a.Segment && 0 <= a.Start && a.Start < a.End && a.End <= len(s.Text) {
			return oneLine(s.Text[a.Start:a.End], 120)
		}
	}
	return ""
}
