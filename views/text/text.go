// Package text is the catalogue of what people read on pages. The English text is the key: a page says
//
//	text.T(ctx, "%d items are waiting", n)
//
// and the reader sees it in the language that the context carries. Whatever has no translation is shown in English.
//
// A language is one file of translations (german.go) and a line in Languages. A test reads the sources of the pages and
// tells which translations are missing and which nobody uses any more.
package text

import (
	"context"
	"fmt"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/message/catalog"
)

// Language is one in which pages can be read.
type Language struct {
	Tag  language.Tag
	Name string // in the language itself
}

// Languages lists every language, English first: it is what everything is written in.
func Languages() []Language {
	return []Language{{language.English, "English"}, {language.German, "Deutsch"}}
}

// forms are the two shapes of a text that counts something: by its first argument, for one and for any other number.
type forms struct{ one, other string }

var (
	words    = mustBuild()
	matcher  = language.NewMatcher(tags())
	printers = makePrinters()
)

func tags() []language.Tag {
	var out []language.Tag
	for _, l := range Languages() {
		out = append(out, l.Tag)
	}
	return out
}

func mustBuild() catalog.Catalog {
	b := catalog.NewBuilder(catalog.Fallback(language.English))
	for key, f := range englishCounts {
		set(b, language.English, key, count(f))
	}
	for key, german := range german {
		set(b, language.German, key, catalog.String(german))
	}
	for key, f := range germanCounts {
		set(b, language.German, key, count(f))
	}
	return b
}

func count(f forms) catalog.Message {
	return plural.Selectf(1, "%d", plural.One, f.one, plural.Other, f.other)
}

func set(b *catalog.Builder, tag language.Tag, key string, m catalog.Message) {
	if err := b.Set(tag, key, m); err != nil {
		panic(fmt.Sprintf("text: %v: %q: %v", tag, key, err))
	}
}

// printers are made once: they are safe for concurrent use and not cheap.
func makePrinters() map[language.Tag]*message.Printer {
	out := map[language.Tag]*message.Printer{}
	for _, tag := range tags() {
		out[tag] = message.NewPrinter(tag, message.Catalog(words))
	}
	return out
}

// Choose returns the language that fits best: the one that a person has set, or else what their browser asks for in
// Accept-Language, or English. Both may be empty or nonsense.
func Choose(set, accept string) language.Tag {
	if tag, err := language.Parse(set); err == nil && set != "" {
		if _, known := printers[tag]; known {
			return tag
		}
	}
	wanted, _, err := language.ParseAcceptLanguage(accept)
	if err != nil {
		return language.English
	}
	_, i, confidence := matcher.Match(wanted...)
	if confidence == language.No {
		return language.English
	}
	return Languages()[i].Tag
}

type key struct{}

// With returns a context in which T speaks the language.
func With(ctx context.Context, tag language.Tag) context.Context {
	return context.WithValue(ctx, key{}, tag)
}

// Of returns the language of the context.
func Of(ctx context.Context) language.Tag {
	if tag, ok := ctx.Value(key{}).(language.Tag); ok {
		return tag
	}
	return language.English
}

// T returns a text in the language of the context. The English text must be a constant; its verbs are those of fmt, and
// numbers are written as the language writes them. %v, %q and %x of foreign text are not for pages: use %s.
func T(ctx context.Context, english string, args ...any) string {
	p := printers[Of(ctx)]
	if p == nil {
		p = printers[language.English]
	}
	return p.Sprintf(english, args...)
}

// Word returns a text from elsewhere, a refusal for instance, in the language of the context; one that the catalogue does
// not know stays as it is. Unlike T it takes no arguments, so that a per cent sign in it is only that.
func Word(ctx context.Context, english string) string {
	if Of(ctx) != language.German {
		return english
	}
	if said, known := german[english]; known {
		return said
	}
	if said, known := refusalInGerman(english); known {
		return said
	}
	return english
}

// Say marks a text that is said later, through a variable: a table of words stays one. It returns its argument.
func Say(english string) string { return english }
