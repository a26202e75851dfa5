package demo

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"strconv"
	"strings"
)

//go:embed grammar/*.txt
var grammarFiles embed.FS

// grammar is rules that expand to texts. A file has rules, each a line [name] and below it one alternative per line:
//
//	{rule}        an alternative of another rule          {$x:rule}     the same, remembered as x
//	{$x}          what was remembered                     {@maker}      a made value, such as an e-mail address
//	{@maker:rule} a rule's text, transformed              {#2-9}        a number
//	{a|b|}        one of these, in place                  \n            a new line
//	⟦ ⟧           braces that are meant as braces         (tag) text    only answers with this tag fit this text
type grammar struct {
	rules  map[string][]template
	tagged map[string][]template // by rule and tag
}

// template is one alternative, parsed.
type template struct {
	tag   string
	nodes []node
}

// node is a piece of a template; exactly one of its parts is set.
type node struct {
	text      string
	rule      string
	bind      string // remember what the rule gives
	recall    string // what was remembered
	maker     string
	argument  string // the rule that a maker transforms
	low, high int    // a number
	choices   []string
}

// What one text may cost, far beyond what the shipped rules need: rules that name themselves several times grow
// exponentially with the depth, and so do transforms of transforms.
const (
	maxDepth = 16
	maxNodes = 4096
	maxBytes = 64 << 10
)

// loadGrammar reads the embedded files and checks that every name is declared.
func loadGrammar() (*grammar, error) {
	g := &grammar{rules: map[string][]template{}, tagged: map[string][]template{}}
	files, err := fs.Glob(grammarFiles, "grammar/*.txt")
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		text, err := grammarFiles.ReadFile(file)
		if err != nil {
			return nil, err
		}
		if err := g.parse(string(text)); err != nil {
			return nil, fmt.Errorf("demo: %s: %w", file, err)
		}
	}
	return g, g.check()
}

func (g *grammar) parse(text string) error {
	rule := ""
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.HasPrefix(line, "# "):
			continue
		case strings.HasPrefix(line, "[") && strings.HasSuffix(line, "]"):
			rule = line[1 : len(line)-1]
			if g.rules[rule] != nil {
				return fmt.Errorf("line %d: rule %s is declared twice", i+1, rule)
			}
			continue
		case rule == "":
			return fmt.Errorf("line %d: a text before the first rule", i+1)
		}
		t, err := parseTemplate(line)
		if err != nil {
			return fmt.Errorf("line %d: %w", i+1, err)
		}
		g.rules[rule] = append(g.rules[rule], t)
		g.tagged[tagKey(rule, t.tag)] = append(g.tagged[tagKey(rule, t.tag)], t)
	}
	return nil
}

func tagKey(rule, tag string) string { return rule + "\x00" + tag }

func parseTemplate(line string) (template, error) {
	var t template
	if end := strings.Index(line, ") "); line[0] == '(' && end > 0 && isTag(line[1:end]) {
		t.tag, line = line[1:end], line[end+2:]
	}
	line = strings.ReplaceAll(line, `\n`, "\n")
	literal := strings.NewReplacer("⟦", "{", "⟧", "}").Replace
	for line != "" {
		open := strings.IndexByte(line, '{')
		if open < 0 {
			t.nodes = append(t.nodes, node{text: literal(line)})
			break
		}
		if open > 0 {
			t.nodes = append(t.nodes, node{text: literal(line[:open])})
		}
		length := strings.IndexByte(line[open:], '}')
		if length < 0 {
			return template{}, errors.New("a brace is not closed")
		}
		n, err := parseNode(line[open+1 : open+length])
		if err != nil {
			return template{}, err
		}
		t.nodes = append(t.nodes, n)
		line = line[open+length+1:]
	}
	return t, nil
}

func isTag(s string) bool {
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyz") == ""
}

func parseNode(s string) (node, error) {
	switch {
	case strings.Contains(s, "|"):
		return node{choices: strings.Split(s, "|")}, nil
	case strings.HasPrefix(s, "$"):
		name, rule, binds := strings.Cut(s[1:], ":")
		if name == "" || binds && rule == "" {
			return node{}, fmt.Errorf("{%s} misses a name", s)
		}
		if !binds {
			return node{recall: name}, nil
		}
		return node{bind: name, rule: rule}, nil
	case strings.HasPrefix(s, "@"):
		maker, argument, _ := strings.Cut(s[1:], ":")
		if maker == "" {
			return node{}, fmt.Errorf("{%s} misses a name", s)
		}
		return node{maker: maker, argument: argument}, nil
	case strings.HasPrefix(s, "#"):
		low, high, ok := strings.Cut(s[1:], "-")
		a, err1 := strconv.Atoi(low)
		b, err2 := strconv.Atoi(high)
		if !ok || err1 != nil || err2 != nil || a > b {
			return node{}, fmt.Errorf("{%s} is no range", s)
		}
		return node{low: a, high: b}, nil
	case s == "":
		return node{}, errors.New("empty braces")
	}
	return node{rule: s}, nil
}

// check makes sure that nothing is named that does not exist.
func (g *grammar) check() error {
	for name, alternatives := range g.rules {
		for _, t := range alternatives {
			for _, n := range t.nodes {
				if err := g.checkNode(n); err != nil {
					return fmt.Errorf("demo: rule %s: %w", name, err)
				}
			}
		}
	}
	return nil
}

func (g *grammar) checkNode(n node) error {
	for _, rule := range []string{n.rule, n.argument} {
		if rule != "" && g.rules[rule] == nil {
			return fmt.Errorf("rule %s is not declared", rule)
		}
	}
	if n.maker == "" {
		return nil
	}
	_, makes := makers[n.maker]
	_, transforms := transforms[n.maker]
	if makes == (n.argument != "") || transforms == (n.argument == "") {
		return fmt.Errorf("maker %s is not declared, or misses its rule", n.maker)
	}
	return nil
}

// has tells whether a rule is declared.
func (g *grammar) has(rule string) bool { return g.rules[rule] != nil }

// writer expands rules with one source of randomness and remembers what texts of one exchange share.
type writer struct {
	grammar *grammar
	random  *rand.Rand
	memory  map[string]string
	tag     string // of the last question
	nodes   int    // written for this text
	b       strings.Builder
}

// begin forgets the text before.
func (w *writer) begin() {
	w.b.Reset()
	w.nodes = 0
}

// write expands a rule to a text.
func (w *writer) write(rule string) string {
	w.begin()
	w.expand(rule, 0)
	return w.b.String()
}

// ask expands a rule and remembers what kind of question it was.
func (w *writer) ask(rule string) string {
	w.begin()
	w.tag = w.from(w.grammar.rules[rule], 0).tag
	return w.b.String()
}

// answer expands an alternative that fits the last question; one without a tag fits all.
func (w *writer) answer(rule string) string {
	fitting := w.grammar.tagged[tagKey(rule, w.tag)]
	if fitting == nil {
		fitting = w.grammar.rules[rule]
	}
	w.begin()
	w.from(fitting, 0)
	return w.b.String()
}

func (w *writer) expand(rule string, depth int) {
	if alternatives := w.grammar.rules[rule]; alternatives != nil && depth <= maxDepth {
		w.from(alternatives, depth)
	}
}

// from writes one of the alternatives.
func (w *writer) from(alternatives []template, depth int) template {
	t := alternatives[w.random.IntN(len(alternatives))]
	for _, n := range t.nodes {
		w.node(n, depth)
	}
	return t
}

func (w *writer) node(n node, depth int) {
	if w.nodes++; w.nodes > maxNodes {
		return
	}
	switch {
	case n.text != "":
		w.put(n.text)
	case n.bind != "":
		from := w.b.Len()
		w.expand(n.rule, depth+1)
		w.memory[n.bind] = w.b.String()[from:]
	case n.recall != "":
		w.recall(n.recall, depth)
	case n.rule != "":
		w.expand(n.rule, depth+1)
	case n.argument != "":
		w.put(transforms[n.maker](w.aside(n.argument, depth)))
	case n.maker != "":
		w.put(makers[n.maker](w.random))
	case n.choices != nil:
		w.put(n.choices[w.random.IntN(len(n.choices))])
	default:
		w.put(strconv.Itoa(n.low + w.random.IntN(n.high-n.low+1)))
	}
}

// put writes a piece while there is room for it.
func (w *writer) put(s string) {
	if w.b.Len()+len(s) <= maxBytes {
		w.b.WriteString(s)
	}
}

// recall writes what was remembered, or makes it up from the rule or the maker of that name.
func (w *writer) recall(name string, depth int) {
	if s, ok := w.memory[name]; ok {
		w.put(s)
		return
	}
	from := w.b.Len()
	if maker, ok := makers[name]; ok {
		w.put(maker(w.random))
	} else {
		w.expand(name, depth+1)
	}
	w.memory[name] = w.b.String()[from:]
}

// aside expands a rule without writing it.
func (w *writer) aside(rule string, depth int) string {
	from := w.b.Len()
	w.expand(rule, depth+1)
	text := w.b.String()
	out := strings.Clone(text[from:])
	w.b.Reset()
	w.b.WriteString(text[:from])
	return out
}
