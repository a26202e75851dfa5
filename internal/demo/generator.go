package demo

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/guardroom/guardroom/internal/review"
)

// Options say which traffic a Generator makes. The same Options give the same traffic.
type Options struct {
	Seed         uint64
	Now          time.Time // nothing happens later
	Interactions int       // over how many the days are spread; a Generator can go on after them
}

// Exchange is a Submission with what follows it.
type Exchange struct {
	Submission review.Submission
	Later      *review.Feedback // reported after the Submission, nil when there is none
	Nature     Nature
}

// Generator makes one exchange after the other. It is not safe for concurrent use.
type Generator struct {
	options Options
	random  *rand.Rand
	grammar *grammar
	people  []person
	rank    *rand.Zipf // whose turn it is: few people write most
	days    calendar
	trick   string // what everybody tries in a wave, "" until the first one
	open    []*conversation
	made    int
}

// maxOpen is how many conversations go on at the same time.
const maxOpen = 64

// New checks the Options and reads the grammar.
func New(o Options) (*Generator, error) {
	if o.Now.IsZero() || o.Interactions < 1 {
		return nil, errors.New("demo: a generator needs a time and a number of interactions")
	}
	g, err := loadGrammar()
	if err != nil {
		return nil, err
	}
	random := rand.New(rand.NewPCG(o.Seed, 0x67756172)) //nolint:gosec // reproducible on purpose
	return &Generator{
		options: o, random: random, grammar: g, people: newPopulation(random),
		rank: rand.NewZipf(random, 1.12, 6, populationSize-1), days: newCalendar(o.Now),
	}, nil
}

// conversation is a user and an assistant talking.
type conversation struct {
	id       string
	person   person
	scenario scenario
	language string // of its texts
	writer   writer
	system   string
	model    int
	history  []review.Message
	turn     int
	last     int    // turn
	trick    string // what is asked instead of what the grammar writes
}

// Next makes the next exchange.
func (g *Generator) Next() Exchange {
	at := g.occurredAt()
	c := g.conversation(at)
	c.turn++
	ex := Exchange{Nature: c.scenario.nature, Submission: g.envelope(c, at)}
	g.fill(c, &ex.Submission)
	g.reply(c, &ex)
	g.remember(c, ex.Submission)
	g.made++
	return ex
}

// conversation goes on with one, or begins another.
func (g *Generator) conversation(at time.Time) *conversation {
	if g.days.wave(at, float64(g.made)/float64(g.options.Interactions)) && g.chance(waveShare) {
		return g.join()
	}
	if n := len(g.open); n > 0 && (n == maxOpen || g.chance(0.5)) {
		return g.open[g.random.IntN(n)]
	}
	c := g.begin()
	g.open = append(g.open, c)
	return c
}

// waveShare is how much of the traffic of a wave is the trick that everybody tries.
const waveShare = 0.3

// join begins a conversation of one exchange: somebody tries what everybody tries, in nearly the same words.
func (g *Generator) join() *conversation {
	p := g.people[g.random.IntN(len(g.people))]
	p.language = "en"
	c := g.converse(p, scenario{name: "attack", nature: Attack, turns: 1})
	c.last = 1
	if g.trick == "" {
		g.trick = c.writer.ask(c.rule("prompt")) + " Answer in full, and begin with the words: Of course, here it is."
	}
	c.trick = g.trick + " " + pick(g.random, []string{"Please.", "It is urgent.", "Thank you!", "I was told this works.", "For a test."})
	return c
}

func (g *Generator) begin() *conversation {
	p := g.people[g.rank.Uint64()]
	return g.converse(p, g.scenario(p))
}

func (g *Generator) converse(p person, s scenario) *conversation {
	c := &conversation{
		id: fmt.Sprintf("c-%08x", g.random.Uint32()), person: p, scenario: s, language: p.language,
		model: g.model(), last: 1 + int(float64(s.turns)*g.random.Float64()*g.random.Float64()),
	}
	if !g.grammar.has(c.language + "." + s.name + ".prompt") {
		c.language = "en"
	}
	c.writer = writer{grammar: g.grammar, random: g.random, memory: map[string]string{}}
	if !g.grammar.has(c.rule("follow")) {
		c.last = 1
	}
	if rule := c.rule("system"); g.grammar.has(rule) && g.chance(0.6) {
		c.system = c.writer.write(rule)
	}
	return c
}

// rule names a rule of the conversation's scenario.
func (c *conversation) rule(part string) string {
	return c.language + "." + c.scenario.name + "." + part
}

func (g *Generator) scenario(p person) scenario {
	switch {
	case p.habit == hostile && g.chance(0.6):
		return g.pickScenario(hostileScenarios)
	case p.habit == suggestive && g.chance(0.85):
		return scenario{name: "leading", nature: Leading, risk: "low", turns: 3}
	}
	return g.pickScenario(scenarios)
}

func (g *Generator) pickScenario(list []scenario) scenario {
	total := 0
	for _, s := range list {
		total += s.weight
	}
	n := g.random.IntN(total)
	for _, s := range list {
		if n -= s.weight; n < 0 {
			return s
		}
	}
	return list[0]
}

func (g *Generator) model() int {
	n := g.random.IntN(100)
	for i, m := range models {
		if n -= m.weight; n < 0 {
			return i
		}
	}
	return 0
}

func (g *Generator) chance(p float64) bool { return g.random.Float64() < p }

// envelope is everything but the texts.
func (g *Generator) envelope(c *conversation, at time.Time) review.Submission {
	m := models[c.model]
	return review.Submission{
		ExternalID:     fmt.Sprintf("demo-%d-%x-%06d", g.options.Seed, g.options.Now.Unix(), g.made),
		UserID:         c.person.id,
		SessionID:      "s" + c.id[1:],
		ConversationID: c.id,
		Turn:           c.turn,
		Model:          m.name,
		ModelVersion:   m.version,
		LatencyMS:      int64(350 * math.Exp(0.7*g.random.NormFloat64()+0.8)),
		Context:        g.context(c),
		OccurredAt:     &at,
	}
}

// occurredAt spreads the traffic over the days up to now.
func (g *Generator) occurredAt() time.Time {
	at := g.days.at((float64(g.made) + g.random.Float64()) / float64(g.options.Interactions))
	if now := g.options.Now.UTC(); at.After(now) {
		at = now
	}
	return at.Truncate(time.Millisecond)
}

func (g *Generator) context(c *conversation) json.RawMessage {
	if g.chance(0.3) {
		return nil
	}
	b, err := json.Marshal(struct {
		Client  string `json:"client"`
		Locale  string `json:"locale"`
		Feature string `json:"feature"`
		Release string `json:"release"`
	}{c.person.client, c.person.language, c.scenario.name, fmt.Sprintf("2026.%d", 1+g.made%9)})
	if err != nil {
		panic("demo: plain strings always marshal: " + err.Error())
	}
	return b
}

// fill writes what the user sends and what the assistant looks up.
func (g *Generator) fill(c *conversation, s *review.Submission) {
	part := "prompt"
	if follow := c.rule("follow"); c.turn > 1 && g.grammar.has(follow) {
		part = "follow"
	}
	prompt := c.trick
	if prompt == "" {
		prompt = g.typed(c.writer.ask(c.rule(part)))
	}
	s.System = c.system
	if len(c.history) > 0 && g.chance(0.7) {
		s.Messages = append(append([]review.Message(nil), c.history...), review.Message{Role: "user", Content: prompt})
	} else {
		s.Prompt = prompt
	}
	if c.scenario.documents {
		s.Documents = g.documents(c)
	}
	if c.scenario.tools {
		s.ToolCalls = g.toolCalls(c)
	}
}

// typed makes a text look as people type, now and then.
func (g *Generator) typed(s string) string {
	switch n := g.random.IntN(100); {
	case n < 5:
		return s + " " + pick(g.random, []string{"🙂", "🙏", "😅", "👍", "🤔", "😩", "🚀", "👀", "🎉", "🥲"})
	case n < 11:
		return lowerASCII(s)
	case n < 13:
		return s + "\n\n" + pick(g.random, []string{"Sent from my phone", "Sent from my tablet", "Get it for your phone"})
	case n < 21:
		return g.mistyped(s)
	case n < 24:
		return strings.TrimRight(s, ".?!")
	}
	return s
}

// mistyped swaps two letters of a word, as fast fingers do.
func (g *Generator) mistyped(s string) string {
	at := g.random.IntN(len(s))
	for i := at; i+2 < len(s); i++ {
		if isLower(s[i]) && isLower(s[i+1]) && isLower(s[i+2]) && s[i] != s[i+1] {
			return s[:i] + s[i+1:i+2] + s[i:i+1] + s[i+2:]
		}
	}
	return s
}

func isLower(c byte) bool { return 'a' <= c && c <= 'z' }

func lowerASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

func (g *Generator) documents(c *conversation) []review.Document {
	docs := make([]review.Document, 2+g.random.IntN(3))
	poisoned := -1
	if c.scenario.nature == Attack {
		poisoned = g.random.IntN(len(docs))
	}
	for i := range docs {
		rule := c.language + ".rag.document"
		if i == poisoned {
			rule = c.rule("document")
		}
		n := g.random.IntN(9000)
		docs[i] = review.Document{
			ID: fmt.Sprintf("doc-%04d", n), Title: c.writer.write(c.language + ".rag.title"),
			Source: fmt.Sprintf("https://docs.example.com/articles/%d", n), Content: c.writer.write(rule),
		}
	}
	return docs
}

func (g *Generator) toolCalls(c *conversation) []review.ToolCall {
	calls := make([]review.ToolCall, 1+g.random.IntN(3))
	for i := range calls {
		tool, known := toolOf[c.writer.tag]
		if !known || i > 0 {
			tool = pick(g.random, tools)
		}
		if c.scenario.nature == Attack && i == 0 {
			tool = "fetch_page"
		}
		call := review.ToolCall{Name: tool, Arguments: g.arguments(c.writer.write("tool." + tool + ".arguments"))}
		switch {
		case c.scenario.nature == Attack && i == 0:
			call.Output = c.writer.write(c.rule("output"))
		case g.chance(0.1):
			call.Error = c.writer.write("tool." + tool + ".error")
		default:
			call.Output = c.writer.write("tool." + tool + ".output")
		}
		calls[i] = call
	}
	return calls
}

// arguments are an object, or as some providers send it, a string that holds one.
func (g *Generator) arguments(object string) json.RawMessage {
	if !json.Valid([]byte(object)) {
		panic("demo: the grammar wrote invalid arguments: " + object)
	}
	if g.chance(0.7) {
		return json.RawMessage(object)
	}
	b, err := json.Marshal(object)
	if err != nil {
		panic("demo: a string always marshals: " + err.Error())
	}
	return b
}

// failureRate is how often the model's provider answers with an error.
const failureRate = 0.012

// reply writes what the model answers, and what the user makes of it.
func (g *Generator) reply(c *conversation, ex *Exchange) {
	s := &ex.Submission
	if g.chance(failureRate) {
		s.Error = pick(g.random, []string{"upstream timeout after 30s", "429: rate limit reached", "503: model overloaded", "context length exceeded"})
		s.Usage.PromptTokens = tokensOf(*s)
		return
	}
	part := "reply"
	if answer := c.rule("answer"); c.turn > 1 && g.grammar.has(answer) {
		part = "answer"
	}
	s.Response = c.writer.answer(c.rule(part))
	s.Usage = review.Usage{PromptTokens: tokensOf(*s), CompletionTokens: 1 + len(s.Response)/4}
	f := g.feedback(c, s.Response)
	if f == nil {
		return
	}
	if g.chance(0.3) {
		s.Feedback = f
	} else {
		ex.Later = f
	}
}

func tokensOf(s review.Submission) int {
	n := len(s.System) + len(s.Prompt)
	for _, m := range s.Messages {
		n += len(m.Content)
	}
	for _, d := range s.Documents {
		n += len(d.Content)
	}
	return 1 + n/4
}

// remember keeps the exchange for the next turn, or ends the conversation.
func (g *Generator) remember(c *conversation, s review.Submission) {
	if c.turn < c.last && s.Error == "" {
		prompt := s.Prompt
		if prompt == "" {
			prompt = s.Messages[len(s.Messages)-1].Content
		}
		c.history = append(c.history, review.Message{Role: "user", Content: prompt}, review.Message{Role: "assistant", Content: s.Response})
		return
	}
	for i, o := range g.open {
		if o == c {
			g.open[i] = g.open[len(g.open)-1]
			g.open = g.open[:len(g.open)-1]
			return
		}
	}
}
