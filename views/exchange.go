package views

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views/text"
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

func (c card) label(ctx context.Context) string {
	return text.T(ctx, "Finding %d: %s, %s", c.number, c.title, strings.ToLower(text.T(ctx, severityWord(c.Severity, c.Category))))
}

// cardsOf numbers the Findings, those of the most expected harm first.
func cardsOf(ctx context.Context, p ItemPage) []card {
	findings := slices.Clone(p.View.Assessment.Findings)
	slices.SortStableFunc(findings, func(a, b review.Finding) int {
		return cmp.Compare(b.Severity.Weight()*b.Confidence, a.Severity.Weight()*a.Confidence)
	})
	out := make([]card, len(findings))
	for i, f := range findings {
		out[i] = card{Finding: f, number: i + 1, title: specTitle(ctx, p.Specs, f.Detector), quiet: p.View.Policy.Mode(f.Detector) == review.ModeMonitor}
	}
	return out
}

func specTitle(ctx context.Context, specs []review.DetectorSpec, id string) string {
	for _, s := range specs {
		if s.ID == id {
			return text.DetectorTitle(ctx, s.ID, s.Title)
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
func exchangeOf(ctx context.Context, p ItemPage) exchange {
	var x exchange
	if !p.View.Blind {
		all := cardsOf(ctx, p)
		x.cards = all[:min(len(all), maxCards)]
		x.unlisted = len(all) - len(x.cards)
	}
	content := p.View.Interaction.Content
	for _, s := range content.Segments() {
		x.place(ctx, content, s, x.part(ctx, p, s))
	}
	for i := range x.turns {
		x.turns[i].origin = x.turns[i].carries()
	}
	x.bound()
	return x
}

func (x *exchange) part(ctx context.Context, p ItemPage, s review.Segment) part {
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
		out.passage.Spans = append(out.passage.Spans, ui.Span{Start: c.Start, End: c.End, Tone: c.tone(), Number: c.number, Label: c.label(ctx)})
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
func (x *exchange) place(ctx context.Context, c review.Content, s review.Segment, pt part) {
	switch {
	case s.Kind == review.SegmentToolArguments && strings.HasPrefix(s.Name, "tool_calls["):
		pt.heading = text.T(ctx, "Arguments")
		x.turns = append(x.turns, callTurn(ctx, c, indexOf(s.Name), "", pt))
	case s.Kind == review.SegmentToolOutput && strings.HasPrefix(s.Name, "tool_calls["):
		pt.heading = text.T(ctx, "Output")
		i := indexOf(s.Name)
		if last := len(x.turns) - 1; last >= 0 && x.turns[last].role == "tool" && x.turns[last].call == i {
			x.turns[last].parts = append(x.turns[last].parts, pt)
			x.turns[last].trust = provenance(ctx, s)
			return
		}
		x.turns = append(x.turns, callTurn(ctx, c, i, provenance(ctx, s), pt))
	case s.Kind == review.SegmentDocument:
		d := c.Documents[indexOf(s.Name)]
		x.turns = append(x.turns, turn{role: "document", who: text.T(ctx, "Document"), title: cmp.Or(d.Title, d.ID, s.Name), source: d.Source, trust: provenance(ctx, s), parts: []part{pt}})
	default:
		role, who := roleOf(s.Kind)
		x.turns = append(x.turns, turn{role: role, who: text.T(ctx, who), call: -1, trust: provenance(ctx, s), parts: []part{pt}})
	}
}

func callTurn(ctx context.Context, c review.Content, i int, trust string, parts ...part) turn {
	call := c.ToolCalls[i]
	return turn{role: "tool", who: text.T(ctx, "Tool"), title: call.Name, call: i, trust: trust, parts: parts, problem: call.Error}
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
		return "system", text.Say("System")
	case review.SegmentResponse:
		return "assistant", text.Say("Assistant")
	case review.SegmentToolOutput:
		return "tool", text.Say("Tool")
	default:
		return "user", text.Say("User")
	}
}

// provenance says where a text that must not instruct anybody came from.
func provenance(ctx context.Context, s review.Segment) string {
	switch {
	case s.Trust != review.TrustNone:
		return ""
	case s.Kind == review.SegmentDocument:
		return text.T(ctx, "retrieved · untrusted")
	default:
		return text.T(ctx, "from a tool · untrusted")
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

// inSegment says in which Segment something is.
func inSegment(ctx context.Context, name string) string {
	n := indexOf(name) + 1
	switch {
	case strings.HasPrefix(name, "messages["):
		return text.T(ctx, "in earlier message %d", n)
	case strings.HasPrefix(name, "documents["):
		return text.T(ctx, "in document %d", n)
	case strings.HasSuffix(name, ".arguments"):
		return text.T(ctx, "in arguments of tool call %d", n)
	case strings.HasSuffix(name, ".output"):
		return text.T(ctx, "in output of tool call %d", n)
	case name == "prompt":
		return text.T(ctx, "in the prompt")
	case name == "response":
		return text.T(ctx, "in the response")
	case name == "system":
		return text.T(ctx, "in the system prompt")
	default:
		return text.T(ctx, "in the text “%s”", words(name))
	}
}

// segmentName names a Segment on its own.
func segmentName(ctx context.Context, name string) string {
	n := indexOf(name) + 1
	switch {
	case strings.HasPrefix(name, "messages["):
		return text.T(ctx, "Earlier message %d", n)
	case strings.HasPrefix(name, "documents["):
		return text.T(ctx, "Document %d", n)
	case strings.HasSuffix(name, ".arguments"):
		return text.T(ctx, "Arguments of tool call %d", n)
	case strings.HasSuffix(name, ".output"):
		return text.T(ctx, "Output of tool call %d", n)
	case name == "prompt":
		return text.T(ctx, "Prompt")
	case name == "response":
		return text.T(ctx, "Response")
	case name == "system":
		return text.T(ctx, "System prompt")
	default:
		return title(words(name))
	}
}

// fact is a line of what is known about an exchange.
type fact struct{ name, value string }

func factsOf(ctx context.Context, in review.Interaction) []fact {
	var out []fact
	add := func(name, value string) {
		if value != "" {
			out = append(out, fact{name, value})
		}
	}
	add(text.T(ctx, "Model"), oneLine(strings.TrimSpace(in.Model+" "+in.ModelVersion), 80))
	add(text.T(ctx, "Session"), oneLine(in.SessionID, 60))
	add(text.T(ctx, "Conversation"), oneLine(in.ConversationID, 60))
	if in.Turn > 0 {
		add(text.T(ctx, "Turn"), strconv.Itoa(in.Turn))
	}
	if in.LatencyMS > 0 {
		add(text.T(ctx, "Answered in"), seconds(in.LatencyMS))
	}
	if t := in.Usage.PromptTokens + in.Usage.CompletionTokens; t > 0 {
		add(text.T(ctx, "Tokens"), text.T(ctx, "%s in, %s out", count(in.Usage.PromptTokens), count(in.Usage.CompletionTokens)))
	}
	add(text.T(ctx, "External id"), oneLine(in.ExternalID, 80))
	return out
}

// feedbackFacts says what the end user did with the response. What was not observed is left out.
func feedbackFacts(ctx context.Context, f *review.Feedback) []fact {
	if f == nil {
		return nil
	}
	out := []fact{{text.T(ctx, "Did"), text.Word(ctx, feedbackWord(f.Action))}}
	if f.FocusedMS != nil {
		out = append(out, fact{text.T(ctx, "Looked for"), seconds(*f.FocusedMS)})
	}
	if f.EditRatio != nil {
		out = append(out, fact{text.T(ctx, "Changed"), text.T(ctx, "%d %% of the text", int(100**f.EditRatio+0.5))})
	}
	if f.Verification != nil {
		out = append(out, fact{text.T(ctx, "Verified"), verifiedWords(ctx, *f.Verification)})
	}
	if f.InitialAnswer != nil {
		out = append(out, fact{text.T(ctx, "Own answer before"), oneLine(*f.InitialAnswer, 200)})
	}
	for _, a := range []struct {
		word   string
		answer *string
	}{{text.Say("The answer in short"), f.AIAnswer}, {text.Say("Own answer afterwards"), f.FinalAnswer}} {
		if a.answer != nil {
			out = append(out, fact{text.T(ctx, a.word), oneLine(*a.answer, 200)})
		}
	}
	if f.RiskClass != "" {
		out = append(out, fact{text.T(ctx, "Risk class"), f.RiskClass})
	}
	if f.AITruth != "" {
		out = append(out, fact{text.T(ctx, "The answer was"), f.AITruth})
	}
	return out
}

// feedbackWord says what somebody did with a response.
func feedbackWord(a review.FeedbackAction) string {
	switch a {
	case review.FeedbackAccepted:
		return text.Say("accepted")
	case review.FeedbackAcceptedWithoutReview:
		return text.Say("accepted without review")
	case review.FeedbackEdited:
		return text.Say("edited")
	case review.FeedbackCriticallyEvaluated:
		return text.Say("critically evaluated")
	case review.FeedbackRejected:
		return text.Say("rejected")
	case review.FeedbackAlternativeRequested:
		return text.Say("alternative requested")
	default:
		return words(string(a))
	}
}

func verifiedWords(ctx context.Context, v review.Verification) string {
	var out []string
	for _, c := range []struct {
		did  bool
		word string
	}{
		{v.SourceOpened, text.Say("opened a source")}, {v.TestRun, text.Say("ran a test")}, {v.CounterQuestion, text.Say("asked back")}, {v.AlternativeRequested, text.Say("asked for an alternative")},
	} {
		if c.did {
			out = append(out, text.T(ctx, c.word))
		}
	}
	if len(out) == 0 {
		return text.T(ctx, "not at all")
	}
	return strings.Join(out, ", ")
}
