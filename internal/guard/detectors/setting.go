package detectors

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// setting weighs the words around a match: the same words command, ask, quote, warn or
// teach. What it returns is added to the log-odds of the rule.
type setting struct {
	signs   []sign
	around  *ruleset
	negated *regexp.Regexp
	third   *regexp.Regexp
	address *regexp.Regexp
	opens   *regexp.Regexp
	noun    *regexp.Regexp
	asking  *regexp.Regexp
}

// sign is a wording near a match and what it adds to the log-odds.
type sign struct {
	expr  string
	shift float64
	study bool // asks or teaches, which some families look for
}

// How far the setting is looked at, in bytes.
const (
	reachAround = 240
	reachBefore = 60
	reachAfter  = 40
)

// Bounds of what the setting may add, and of what it may take from a command that
// opens the text: whoever starts with the command means it, whatever follows.
const (
	maxLift     = 2.0
	maxDamp     = -5.0
	maxDampOpen = -0.6
)

// topic words speak of attacks, studied words of texts; the others of what is to be
// had by an attack.
func settingSigns() []sign {
	const topic, studied = -1.1, -0.5
	return []sign{
		{`prompt[\s_-]?injection|injection (?:attack|attempt|vulnerab)|jailbreak(?:ing)? (?:attack|attempt|technique|prompt|detect)`, topic, false},
		{`\battack(?:s|ers?|ed|ing)?\b`, topic, false},
		{`\b(?:defend|defen[cs]e|protect(?:s|ion|ing)? (?:\w+ ){0,3}(?:against|from)|guard(?:s|ing)? against|mitigat|prevent|countermeasure|resist)`, topic, false},
		{`\b(?:detect(?:s|ed|ing|ion|ors?)?|classif(?:y|ier|ication|ies)|sanitiz\w*|filter out|block(?:s|ed)? (?:prompts|messages|users|requests))\b`, topic, false},
		{`\bvulnerab|\bmalicious|\badversar|\bowasp\b|\bred[ -]team|\bcve\b|\bthreat model`, topic, false},
		{`\bjailbreak(?:s|ing)?\b[^.]{0,30}\b(?:is|are|refers?|means?|works?)\b`, topic, false},
		{`angriff|verteidig|schutz vor|absicher|attaque|ataque|attacc[oh]|aanval|\batak\w*|атак|уязвим|защит|saldiri|proteg|defender`, topic, false},
		{`攻击|注入|防御|防护|防范|攻撃|脆弱|防ぐ|対策|공격|방어|인젝션|막는|هجوم|هجمات|حماية|हमल|सुरक्षा|बचाव`, topic, false},
		{`\b(?:explain|what (?:is|are|does|do|makes)|how (?:do|does|can|should|would|to)|why (?:do|does|is|are|would)|difference between)\b`, studied, true},
		{`\b(?:phrases?|strings?|sentences?|inputs?|examples?|wordings?|prompts?|expressions?|messages?|text)\b[^.]{0,30}\b(?:like|such as|e\.g|containing|saying|called|that says?)\b`, studied, true},
		{`\bmean(?:s|ing)?\b|\bfor example\b|\be\.g\.|\bfor instance\b`, studied, true},
		{`\b(?:articles?|papers?|blog|course|lecture|chapter|documentation|datasets?|essay|thesis|class|history of)\b`, studied, true},
		{`\b(?:reveal|show|print|output|display|tell me|give me|leak|disclose|repeat|expose|send|dump|share)\b[^.?!]{0,60}\b(?:prompts?|instructions?|passwords?|secrets?|keys?|credentials?|tokens?|confidential|hidden|rules|guidelines|everything)\b`, 1.0, false},
		{`\b(?:without|no|any) (?:\w+ ){0,2}(?:restrictions?|filters?|limits?|limitations|guidelines|censorship|ethic\w*|moral\w*)\b`, 0.6, false},
		{`\b(?:unrestricted|unfiltered|uncensored|jailbroken|do anything now|developer mode|admin(?:istrator)? (?:mode|access)|god mode|root access|evil)\b`, 0.8, false},
		{`\b(?:instead|only|exactly|just|simply),? (?:\w+ ){0,2}(?:say|respond|reply|output|print|write|answer|return|do|execute)\b`, 0.5, false},
		{`\b(?:https?|ftp)://|\b(?:email|e-mail|send|forward|post|upload|transfer) (?:\w+ ){0,4}to\b|\bcurl\b|\bwget\b`, 0.4, false},
		{`\b(?:immediately|urgent\w*|right now|at once|do not (?:tell|mention|inform|warn|alert)|secretly|silently)\b`, 0.4, false},
	}
}

// sharedSetting is compiled once for all families: it is the same for each, and some
// megabytes large. It is safe for concurrent use.
var sharedSetting = sync.OnceValues(newSetting)

func newSetting() (*setting, error) {
	s := &setting{signs: settingSigns()}
	rules := make([]rule, len(s.signs))
	for i, sign := range s.signs {
		rules[i] = rule{strconv.Itoa(i), strings.ReplaceAll(sign.expr, " ", `\s`), 0.5}
	}
	var err error
	if s.around, err = newRuleset(rules, nil); err != nil {
		return nil, err
	}
	for _, p := range []struct {
		to   **regexp.Regexp
		expr string
	}{
		{&s.negated, `\b(?:not|never|without|avoid|cannot|can't|don't|won't|shouldn't|nicht|niemals|jamais|nunca|nooit|nigdy|не|никогда|refus\w* to|declin\w* to|forbidden to)\s+(?:\w+\s+)?$`},
		{&s.third, `\b(?:attempts?|tr(?:y|ies|ied|ying)|asks?|asked|tells?|told|instruct(?:s|ed|ing)?|convinc\w+|trick\w*|forc(?:e|es|ed|ing)|caus\w+|makes?|making|gets?|getting|manipulat\w+|persuad\w+|order(?:s|ed)|say(?:s|ing)?|said|someone|somebody|anyone|anybody|users?|people|prompts?|ways?|used|able|order|techniques?|methods?|how|designed|aim(?:s|ed)?|intended|meant)\s+(?:[^\s.!?]+\s+){0,5}(?:to|into|that|like|can|could|might|may|who|says?)\s+["'` + "`" + `]?$|\b(?:make|makes|making|made|let|lets|letting|have|having|causes?|causing)\s+(?:the|a|an|any|our|it|them|llms?|models?)\s+(?:\w+\s+){0,3}$`},
		{&s.address, `\byou (?:must|should|will|can|may|need to|have to|are to|shall|are now to|now)\s+$|\b(?:want|need|order|command|ask|instruct|like|require) you to\s+$|\byou to\s+$`},
		{&s.opens, `(?:^|[.!?:;,\n>\]})*"'#|-]\s*|\b(?:please|now|and|then|just|so|also|first|but|simply|immediately|kindly|bitte|por favor|per favore|svp|stp|пожалуйста|请)[\s,]+)$`},
		{&s.noun, `^["'` + "`" + `)]*\s*(?:\w+\s+)?(?:attacks?|prompts?|phrases?|injections?|strings?|patterns?|style|attempts?|jailbreaks?|tricks?|messages?|commands?|type)\b`},
		{&s.asking, `^\W*(?:(?:so|and|but|hi|hello|hey|ok|okay)[\s,]+)?(?:how|what|why|when|which|who|does|do|is|are|should|did|was|were|wie|was|warum|wieso|comment|pourquoi|qu'est|como|que|por que|cosa|perche|hoe|wat|waarom|jak|czy|co to|dlaczego|как|что|почему|зачем|如何|怎么|什么|为什么|どう|なぜ|어떻게|무엇|왜|كيف|ما|لماذا|कैसे|क्या|nasil|neden)`},
	} {
		if *p.to, err = regexp.Compile(p.expr); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// manner says how a family uses its words.
type manner struct {
	asks   bool // questions are what it looks for, so they are no sign of a topic
	orders bool // its words are orders, and mean more at the start of a sentence
}

// weigh returns what the words around [start,end) add to the log-odds of what was
// found there, and whether they make it something that is spoken about.
func (s *setting) weigh(ctx context.Context, text string, start, end int, m manner, pays *allowance) (shift float64, aside bool, err error) {
	before := text[boundary(text, max(start-reachBefore, 0)):start]
	after := text[end:max(boundary(text, end+reachAfter), end)]
	lift, damp, err := s.signsAround(ctx, text, start, end, m.asks, pays)
	if err != nil {
		return 0, false, err
	}
	quoted := s.quoted(text, start, end)
	if quoted && damp < 0 {
		damp -= 1.2
	}
	if s.negated.MatchString(before) {
		damp -= 2.5
	}
	if s.third.MatchString(before) {
		damp -= 1.2
	}
	if s.noun.MatchString(after) {
		damp -= 1.5
	}
	if !m.asks && s.asking.MatchString(sentence(text, start)) {
		damp--
	}
	opening := !quoted && opensText(text, start)
	switch {
	case !m.orders:
	case opening, s.address.MatchString(before):
		lift += 0.8
	case !quoted && s.opens.MatchString(before):
		lift += 0.6
	}
	if opening {
		damp = max(damp, maxDampOpen)
	}
	return min(lift, maxLift) + max(damp, maxDamp), damp < -1, nil
}

// opensText tells whether nothing but signs stands before at.
func opensText(text string, at int) bool {
	return at <= reachBefore && strings.TrimLeft(text[:at], " \t\r\n\"'`#*-_=>[](){}|.!,;:") == ""
}

// signsAround adds up the signs near the match, each once. The match itself is left
// out: its words say nothing about its setting.
func (s *setting) signsAround(ctx context.Context, text string, start, end int, asks bool, pays *allowance) (lift, damp float64, err error) {
	from, to := boundary(text, max(start-reachAround, 0)), max(boundary(text, end+reachAround), end)
	found, _, err := s.around.find(ctx, text[from:start]+"\n"+text[end:to], pays)
	if err != nil {
		return 0, 0, err
	}
	counted := -1
	for _, h := range found {
		if h.rule == counted {
			continue
		}
		counted = h.rule
		if shift := s.signs[h.rule].shift; shift > 0 {
			lift += shift
			continue
		}
		if asks && s.signs[h.rule].study {
			continue
		}
		damp += s.signs[h.rule].shift
	}
	return lift, damp, nil
}

// quoted tells whether the match stands in quotation marks, with words around them.
func (s *setting) quoted(text string, start, end int) bool {
	from, to := max(start-reachBefore, 0), min(end+2*reachBefore, len(text))
	open := strings.LastIndexAny(text[from:start], "\"'`“”\n")
	if open < 0 || text[from+open] == '\n' || letterBefore(text, from+open) {
		return false
	}
	mark := text[from+open]
	if strings.IndexByte(text[end:to], mark) < 0 {
		return false
	}
	return strings.ContainsFunc(text[max(from+open-reachAround, 0):from+open], letter)
}

// letterBefore tells an apostrophe inside a word from a quotation mark.
func letterBefore(text string, at int) bool {
	return at > 0 && letter(rune(text[at-1]))
}

func letter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 0x80 }

// sentence returns the start of the sentence that stands before at, at most
// reachAround bytes.
func sentence(text string, at int) string {
	from := boundary(text, max(at-reachAround, 0))
	if i := strings.LastIndexAny(text[from:at], ".!?\n"); i >= 0 {
		from += i + 1
	}
	return text[from:min(at+1, len(text))]
}
