package detectors

import (
	"regexp"

	"github.com/guardroom/guardroom/internal/guard"
	"github.com/guardroom/guardroom/internal/review"
)

// outputCode finds what would run where a response is shown or used.
func outputCode() guard.Spec {
	return guard.Spec{
		DetectorSpec: review.DetectorSpec{
			ID: "output.code", Title: "Active content in a response", Category: review.CategoryOutput, OWASP: "LLM05:2025",
			Description: "Finds what a page or a database would execute if a response reached it as it is: scripts, event handlers, script: and data: addresses, frames, forms that post elsewhere, and statements that define or change what a database holds. " +
				"What stands in a code block or in code in a line, or is escaped, is shown, not run, and so is what is only spoken of (“the <script> tag”).",
			Examples: []string{`<img src=x onerror="alert(1)">`, "[more](javascript:alert(1))", "'; DROP TABLE users; --"},
			Default:  review.Rule{Mode: review.ModeEnforce, Flag: 0.6},
		},
		New: func() (guard.Detector, error) {
			rules, err := newRuleset(activeRules(), codeWords())
			if err != nil {
				return nil, err
			}
			mention, err := regexp.Compile(`^["'>)/]*\s{0,2}(?:tags?|elements?|attributes?|blocks?|handlers?|statements?|commands?|quer(?:y|ies)|urls?|links?)\b`)
			if err != nil {
				return nil, err
			}
			return &plainRules{
				rules: rules, kinds: []review.SegmentKind{review.SegmentResponse}, code: true, shown: true,
				message: "Active content outside of a code block", severity: review.SeverityHigh,
				shift: func(text string, h hit) (float64, bool) {
					return 0, !mention.MatchString(text[h.end:min(h.end+reachAfter, len(text))])
				},
			}, nil
		},
	}
}

func activeRules() []rule {
	return []rule{
		{"script", `<{s}?script\b[^>]{0,200}>`, 0.8},
		{"handler", `<[a-z][a-z0-9:-]{0,15}[\s/][^<>]{0,200}\bon(?:abort|animation\w+|before\w+|begin|blur|canplay|change|click|copy|dblclick|drag\w*|drop|end|error|focus\w*|hashchange|input|key\w+|load\w*|message|mouse\w+|page\w+|paste|pointer\w+|popstate|resize|scroll|select|show|start|submit|toggle|touch\w+|transition\w+|unload|wheel){s}?=`, 0.85},
		{"script-address", `(?:\]\({s}?<?|(?:href|src|action|data|formaction|poster){s}?={s}?["']?{s}?)(?:java|vb|live)script:`, 0.88},
		{"data-address", `(?:\]\({s}?<?|(?:href|src|action|data){s}?={s}?["']?{s}?)data:(?:text/html|text/javascript|application/xhtml|application/javascript|image/svg)`, 0.8},
		{"frame", `<{s}?(?:iframe|object|embed|applet|frameset){s}[^>]{0,200}(?:src|data|code|srcdoc){s}?=`, 0.75},
		{"refresh", `<meta{s}[^>]{0,100}http-equiv{s}?={s}?["']?refresh`, 0.75},
		{"base", `<base{s}[^>]{0,100}href{s}?=`, 0.7},
		{"form", `<form{s}[^>]{0,200}action{s}?={s}?["']?(?:https?:)?//`, 0.68},
		{"import", `<link{s}[^>]{0,200}rel{s}?={s}?["']?(?:stylesheet|import|preload)["']?[^>]{0,200}href{s}?={s}?["']?(?:https?:)?//`, 0.62},
		{"sql-define", `\b(?:drop|truncate|alter) (?:table|database|schema|view|user|index){s}(?:if{s}exists{s})?["` + "`" + `\[]?\w{1,60}["` + "`" + `\]]?{s}?(?:;|cascade\b|add{s}|drop{s}|modify{s}|rename{s})`, 0.72},
		{"sql-create", `\bcreate{s}(?:or{s}replace{s})?(?:table|user|trigger|procedure|function){s}(?:if{s}not{s}exists{s})?["` + "`" + `\[]?\w{1,60}["` + "`" + `\]]?{s}?\(`, 0.65},
		{"sql-change", `\bdelete{s}from{s}["` + "`" + `\[]?\w{1,60}["` + "`" + `\]]?{s}?(?:;|where{s}\S{1,60}{s}?(?:=|<|>|in\b|like\b))|\binsert{s}into{s}["` + "`" + `\[]?\w{1,60}["` + "`" + `\]]?{s}?(?:\([^)]{1,200}\){s}?)?values{s}?\(|\bupdate{s}["` + "`" + `\[]?\w{1,60}["` + "`" + `\]]?{s}set{s}\w{1,60}{s}?=`, 0.68},
		{"sql-inject", `\bunion{s}(?:all{s})?select{s}(?:null|\*|\w{1,40}{s}?,|\d)|'{s}?or{s}'?1'?{s}?={s}?'?1|;{s}?(?:drop|exec|shutdown)\b[^\n]{0,60}--`, 0.7},
		{"sql-grant", `\bgrant{s}(?:all|select|insert|update|delete)\b[^\n;]{0,60}{s}on{s}[^\n;]{1,60}{s}to{s}`, 0.62},
	}
}
