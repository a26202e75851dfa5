// Package grammar writes attacks on language models and harmless texts that look like
// them, in many languages, for training. All of it is our own writing: what it writes
// never is a test set, because a model that learned from a grammar knows it by heart.
//
// Each language is one text file; the format is told at the head of en.txt. To teach
// the guard a new trick, add lines. The package knows nothing of models.
package grammar

import (
	"embed"
	"fmt"
	"math/rand/v2"
	"path"
	"slices"
	"strings"
)

//go:embed *.txt
var files embed.FS

// Text is one text that a Grammar wrote.
type Text struct {
	Text   string
	Attack bool
	Kind   string // "override", "persona", …, or "carrier.mail+order"
	Lang   string // ISO 639-1
}

// Grammar is the symbols of one language.
type Grammar struct {
	lang     string
	symbols  map[string][]sequence
	attacks  []string // symbols of whole texts
	harmless []string
	payloads []string
	carriers []string
}

// sequence is an alternative: what it consists of, in this order.
type sequence []part

// part is a literal, a symbol, or a choice.
type part struct {
	literal string
	symbol  string
	choice  []sequence
}

// All reads every language, in the order of their codes.
func All() ([]*Grammar, error) {
	names, err := files.ReadDir(".")
	if err != nil {
		return nil, err
	}
	english, err := load("en.txt", nil)
	if err != nil {
		return nil, err
	}
	all := []*Grammar{english}
	for _, n := range names {
		if n.Name() == "en.txt" {
			continue
		}
		g, err := load(n.Name(), english)
		if err != nil {
			return nil, err
		}
		all = append(all, g)
	}
	return all, nil
}

// Lang is the ISO 639-1 code of the language.
func (g *Grammar) Lang() string { return g.lang }

func load(name string, base *Grammar) (*Grammar, error) {
	data, err := files.ReadFile(name)
	if err != nil {
		return nil, err
	}
	g, err := Parse(strings.TrimSuffix(path.Base(name), ".txt"), string(data), base)
	if err != nil {
		return nil, fmt.Errorf("grammar %s: %w", name, err)
	}
	return g, nil
}

// Parse reads a grammar; what it does not define it takes from base, which may be nil.
func Parse(lang, text string, base *Grammar) (*Grammar, error) {
	g := &Grammar{lang: lang, symbols: map[string][]sequence{}}
	name := ""
	for n, line := range strings.Split(text, "\n") {
		if line == "" || strings.HasPrefix(line, "# ") {
			continue
		}
		if head, ok := strings.CutPrefix(line, "= "); ok {
			name = strings.TrimSpace(head)
			continue
		}
		if name == "" {
			return nil, fmt.Errorf("line %d stands before any symbol", n+1)
		}
		seq, rest, err := parseSequence(escapes.Replace(line), false)
		if err != nil || rest != "" {
			return nil, fmt.Errorf("line %d: unbalanced braces", n+1)
		}
		g.symbols[name] = append(g.symbols[name], seq)
	}
	g.sort()
	if base != nil {
		for s, alternatives := range base.symbols {
			if _, ok := g.symbols[s]; !ok {
				g.symbols[s] = alternatives
			}
		}
		if len(g.carriers) == 0 {
			g.carriers = base.carriers
		}
	}
	return g, g.check()
}

func (g *Grammar) sort() {
	for s := range g.symbols {
		switch kind, _, _ := strings.Cut(s, "."); kind {
		case "attack":
			g.attacks = append(g.attacks, s)
		case "harmless":
			g.harmless = append(g.harmless, s)
		case "payload":
			g.payloads = append(g.payloads, s)
		case "carrier":
			g.carriers = append(g.carriers, s)
		}
	}
	slices.Sort(g.attacks)
	slices.Sort(g.harmless)
	slices.Sort(g.payloads)
	slices.Sort(g.carriers)
}

// check finds symbols that nobody defines.
func (g *Grammar) check() error {
	var missing []string
	var visit func(sequence)
	visit = func(seq sequence) {
		for _, p := range seq {
			if _, ok := g.symbols[p.symbol]; p.symbol != "" && !ok && !builtin(p.symbol) {
				missing = append(missing, p.symbol)
			}
			for _, c := range p.choice {
				visit(c)
			}
		}
	}
	for _, alternatives := range g.symbols {
		for _, seq := range alternatives {
			visit(seq)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	slices.Sort(missing)
	return fmt.Errorf("nobody defines %s", strings.Join(slices.Compact(missing), ", "))
}

// parseSequence reads up to the end, or inside braces up to | or }.
func parseSequence(s string, inside bool) (sequence, string, error) {
	var seq sequence
	literal := func(text string) {
		if n := len(seq); n > 0 && seq[n-1].symbol == "" && seq[n-1].choice == nil {
			seq[n-1].literal += text
			return
		}
		seq = append(seq, part{literal: text})
	}
	for s != "" {
		switch {
		case inside && (s[0] == '|' || s[0] == '}'):
			return seq, s, nil
		case s[0] == '{':
			choice, rest, err := parseChoice(s[1:])
			if err != nil {
				return nil, "", err
			}
			seq, s = append(seq, part{choice: choice}), rest
		case s[0] == '<':
			if name, rest, ok := symbolAt(s); ok {
				seq, s = append(seq, part{symbol: name}), rest
				continue
			}
			literal(s[:1])
			s = s[1:]
		default:
			n := strings.IndexAny(s[1:], "{<|}")
			if n < 0 {
				n = len(s) - 1
			}
			literal(s[:n+1])
			s = s[n+1:]
		}
	}
	if inside {
		return nil, "", fmt.Errorf("open brace")
	}
	return seq, "", nil
}

func parseChoice(s string) ([]sequence, string, error) {
	var choice []sequence
	for {
		seq, rest, err := parseSequence(s, true)
		if err != nil {
			return nil, "", err
		}
		choice = append(choice, seq)
		if rest[0] == '}' {
			return choice, rest[1:], nil
		}
		s = rest[1:]
	}
}

// Signs that structure nothing are private characters while a file is read.
var (
	escapes   = strings.NewReplacer(`\n`, "\n", `\t`, "\t", `\|`, "\uE000", `\{`, "\uE001", `\}`, "\uE002")
	unescapes = strings.NewReplacer("\uE000", "|", "\uE001", "{", "\uE002", "}")
)

// htmlNames may stand in angle brackets without being symbols.
var htmlNames = []string{"html", "body", "h1", "p", "div", "title", "footer", "system", "SYS"}

// symbolAt reads <name>; HTML and chat markers are no symbols.
func symbolAt(s string) (name, rest string, ok bool) {
	end := strings.IndexByte(s, '>')
	if end < 2 {
		return "", "", false
	}
	name = s[1:end]
	for _, r := range name {
		if r != '.' && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') {
			return "", "", false
		}
	}
	return name, s[end+1:], !slices.Contains(htmlNames, name)
}

// Write makes one text: an attack, or a harmless one.
func (g *Grammar) Write(attack bool, rnd *rand.Rand) Text {
	w := writer{g: g, rnd: rnd}
	if rnd.IntN(3) == 0 && len(g.payloads) > 0 {
		return w.document(attack)
	}
	kinds := g.harmless
	if attack {
		kinds = g.attacks
	}
	kind := kinds[rnd.IntN(len(kinds))]
	w.symbol(kind, 0)
	_, name, _ := strings.Cut(kind, ".")
	return Text{Text: w.text(), Attack: attack, Kind: name, Lang: g.lang}
}

// document writes a document with a payload in it, or the same without.
func (g *writer) document(attack bool) Text {
	carrier := g.g.carriers[g.rnd.IntN(len(g.g.carriers))]
	kind := carrier
	if attack {
		symbol := g.g.payloads[g.rnd.IntN(len(g.g.payloads))]
		g.symbol(symbol, 0)
		g.payload = g.out.String()
		g.out.Reset()
		kind += "+" + strings.TrimPrefix(symbol, "payload.")
	}
	g.symbol(carrier, 0)
	return Text{Text: g.text(), Attack: attack, Kind: kind, Lang: g.g.lang}
}

// English reads the English grammar alone.
func English() (*Grammar, error) { return load("en.txt", nil) }

// Hide writes a payload into a text: before it, after it, or between two of its lines
// or sentences.
func (g *Grammar) Hide(text string, rnd *rand.Rand) string {
	w := writer{g: g, rnd: rnd}
	w.symbol(g.payloads[rnd.IntN(len(g.payloads))], 0)
	payload := w.text()
	glue := []string{" ", "\n", "\n\n"}[rnd.IntN(3)]
	switch rnd.IntN(4) {
	case 0:
		return payload + glue + text
	case 1, 2:
		return text + glue + payload
	}
	at := rnd.IntN(len(text))
	if end := strings.IndexAny(text[at:], ".\n"); end >= 0 {
		at += end + 1
		return text[:at] + glue + payload + glue + text[at:]
	}
	return text + glue + payload
}

// writer is one text in the making.
type writer struct {
	g       *Grammar
	rnd     *rand.Rand
	out     strings.Builder
	payload string
	names   map[string]string // builtins that stay the same within a text
}

func (w *writer) text() string { return strings.TrimSpace(w.out.String()) }

// deepest bounds symbols within symbols, so that a grammar that never ends does.
const deepest = 24

func (w *writer) symbol(name string, depth int) {
	if depth > deepest {
		return
	}
	if alternatives, ok := w.g.symbols[name]; ok {
		w.sequence(alternatives[w.rnd.IntN(len(alternatives))], depth)
		return
	}
	w.out.WriteString(w.builtin(name))
}

func (w *writer) sequence(seq sequence, depth int) {
	for _, p := range seq {
		switch {
		case p.choice != nil:
			w.sequence(p.choice[w.rnd.IntN(len(p.choice))], depth)
		case p.symbol != "":
			w.symbol(p.symbol, depth+1)
		default:
			w.out.WriteString(unescapes.Replace(p.literal))
		}
	}
}
