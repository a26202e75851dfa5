package views

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

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
	origin  bool // an instruction that did not come from the user stands in it
	parts   []part
	problem string // the tool's or the model's error
}

// part is one Segment within a turn.
type part struct {
	heading   string
	passage   ui.Passage
	whole     []card      // findings about the whole text
	instructs bool        // an injection was found in it
	raw       string      // the text with what is hidden spelt out, "" when nothing is
	changes   []ui.Change // what the App got back in place of what it sent
	decoded   []DecodedText
	tree      *ui.JSON // the text as a document that folds, nil when it is none
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
	for i := range x.turns {
		x.turns[i].origin = x.turns[i].carries()
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
		out.instructs = out.instructs || c.Category == review.CategoryInjection
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
	if j, ok := ui.ParseJSON(s.Text); ok && len(s.Text) >= foldFrom {
		out.tree = &j
	}
	for _, d := range p.Decoded {
		if d.Segment == s.Name && (d.View != NormalView && !p.View.Blind || d.View == NormalView && out.raw != "") {
			out.decoded = append(out.decoded, d)
		}
	}
	if p.View.Blind {
		return out
	}
	for _, r := range p.View.Assessment.Redactions {
		if r.Segment == s.Name {
			out.changes = append(out.changes, ui.Change{Start: r.Start, End: r.End, With: r.Placeholder})
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
			x.turns[last].trust = provenance(s)
			return
		}
		x.turns = append(x.turns, callTurn(c, i, provenance(s), pt))
	case s.Kind == review.SegmentDocument:
		d := c.Documents[indexOf(s.Name)]
		x.turns = append(x.turns, turn{role: "document", who: "Document", title: cmp.Or(d.Title, d.ID, s.Name), source: d.Source, trust: provenance(s), parts: []part{pt}})
	default:
		role, who := roleOf(s.Kind)
		x.turns = append(x.turns, turn{role: role, who: who, call: -1, trust: provenance(s), parts: []part{pt}})
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

// provenance says where a text that must not instruct anybody came from.
func provenance(s review.Segment) string {
	switch {
	case s.Trust != review.TrustNone:
		return ""
	case s.Kind == review.SegmentDocument:
		return "retrieved · untrusted"
	default:
		return "from a tool · untrusted"
	}
}

// carries tells whether an instruction was found in a text that nobody should be instructed by.
func (t turn) carries() bool {
	if t.trust == "" {
		return false
	}
	for _, p := range t.parts {
		if p.instructs {
			return true
		}
	}
	return false
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
	for _, a := range []struct {
		word string
		text *string
	}{{"The answer in short", f.AIAnswer}, {"Own answer afterwards", f.FinalAnswer}} {
		if a.text != nil {
			out = append(out, fact{a.word, oneLine(*a.text, 200)})
		}
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
