package detectors

import (
	"encoding/ascii85"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/big"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"

	"golang.org/x/text/unicode/norm"
)

// disguise is one way of writing a text so that only some readers see it.
type disguise struct {
	name string
	// of writes the text; "" when the text has letters that it cannot write.
	of func(text string) string
}

// disguises are the ways that the guard must see through.
func disguises() []disguise {
	return []disguise{
		{"plain", func(s string) string { return s }},
		{"capitals", strings.ToUpper},
		{"alternating capitals", eachNth(2, unicode.ToUpper)},
		{"base64", base64Text},
		{"base64 without padding", func(s string) string { return base64.RawStdEncoding.EncodeToString([]byte(s)) }},
		{"base64 for links", func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }},
		{"base64 in lines", func(s string) string { return wrapped(base64Text(s), 64) }},
		{"base64 in short lines", func(s string) string { return wrapped(base64Text(s), 20) }},
		{"base64 in pieces", func(s string) string { return strings.Join(pieces(base64Text(s), 4), " ") }},
		{"base64 twice", func(s string) string { return base64Text(base64Text(s)) }},
		{"base64 three times", func(s string) string { return base64Text(base64Text(base64Text(s))) }},
		{"base64 word by word", eachWord(base64Text)},
		{"base64 from its end", func(s string) string { return backToFront(base64Text(s)) }},
		{"base64 of UTF-16", func(s string) string { return base64Text(utf16Text(s)) }},
		{"base64 of rot13", latin(func(s string) string { return base64Text(shifted(s, 13)) })},
		{"base64 of hexadecimal", func(s string) string { return base64Text(hex.EncodeToString([]byte(s))) }},
		{"rot13 of base64", func(s string) string { return shifted(base64Text(s), 13) }},
		{"hexadecimal of base64", func(s string) string { return hex.EncodeToString([]byte(base64Text(s))) }},
		{"base32", base32Text},
		{"base32 in small letters", func(s string) string { return strings.ToLower(base32Text(s)) }},
		{"base32 of the extended alphabet", func(s string) string { return base32.HexEncoding.EncodeToString([]byte(s)) }},
		{"base58", base58Text},
		{"base85", func(s string) string { return "<~" + base85Text(s) + "~>" }},
		{"base85 without brackets", base85Text},
		{"hexadecimal", func(s string) string { return hex.EncodeToString([]byte(s)) }},
		{"hexadecimal in capitals", func(s string) string { return strings.ToUpper(hex.EncodeToString([]byte(s))) }},
		{"hexadecimal after 0x", func(s string) string { return "0x" + hex.EncodeToString([]byte(s)) }},
		{"hexadecimal pairs", eachByte("%02x", " ")},
		{"hexadecimal pairs with colons", eachByte("%02X", ":")},
		{"hexadecimal literals", eachByte("0x%02x", ", ")},
		{"bits", eachByte("%08b", " ")},
		{"bits without spaces", eachByte("%08b", "")},
		{"octal numbers", eachByte("%03o", " ")},
		{"decimal numbers", eachByte("%d", " ")},
		{"decimal numbers with commas", eachByte("%d", ", ")},
		{"code points", eachRune("U+%04X", " ")},
		{"letters by number", alphabet(func(n int) string { return fmt.Sprint(n + 1) }, " ", " 0 ")},
		{"percent", eachByte("%%%02X", "")},
		{"percent where needed", url.PathEscape},
		{"percent twice", func(s string) string { return strings.ReplaceAll(eachByte("%%%02X", "")(s), "%", "%25") }},
		{"HTML decimal", eachRune("&#%d;", "")},
		{"HTML hexadecimal", eachRune("&#x%x;", "")},
		{"HTML twice", func(s string) string { return strings.ReplaceAll(eachRune("&#%d;", "")(s), "&", "&amp;") }},
		{"backslash u", utf16Escapes},
		{"backslash u in braces", eachRune(`\u{%x}`, "")},
		{"backslash x", eachByte(`\x%02x`, "")},
		{"backslash octal", eachByte(`\%03o`, "")},
		{"quoted-printable", eachByte("=%02X", "")},
		{"quoted-printable in lines", func(s string) string { return strings.Join(pieces(eachByte("=%02X", "")(s), 72), "=\n") }},
		{"UTF-7", func(s string) string {
			return "+" + strings.TrimRight(base64.StdEncoding.EncodeToString([]byte(utf16Big(s))), "=") + "-"
		}},
		{"rot13", latin(func(s string) string { return shifted(s, 13) })},
		{"rot47", latin(rot47)},
		{"Caesar 3", latin(func(s string) string { return shifted(s, 3) })},
		{"Caesar 7", latin(func(s string) string { return shifted(s, 7) })},
		{"Caesar 19", latin(func(s string) string { return shifted(s, 19) })},
		{"Atbash", latin(atbash)},
		{"from its end", backToFront},
		{"words from their ends", eachWord(backToFront)},
		{"words in reverse order", func(s string) string {
			words := strings.Fields(s)
			slices.Reverse(words)
			return strings.Join(words, " ")
		}},
		{"override", func(s string) string { return "\u202e" + backToFront(s) + "\u202c" }},
		{"isolates and marks", func(s string) string { return between("\u200e")(s) }},
		{"upside down", latin(upsideDown)},
		{"Morse", latin(func(s string) string { return morseText(s, ".-", " / ") })},
		{"Morse with bars", latin(func(s string) string { return morseText(s, ".-", " | ") })},
		{"Morse with dots and dashes", latin(func(s string) string { return morseText(s, "·–", " / ") })},
		{"Morse with bullets and minuses", latin(func(s string) string { return morseText(s, "•−", "   ") })},
		{"NATO alphabet", latin(natoText)},
		{"Braille", latin(brailleText)},
		{"tags", latin(func(s string) string { return "Hi" + moved(s, 0, 0xE0000) })},
		{"variation selectors", func(s string) string { return "😊" + selectorText(s) }},
		{"zero-width bits", func(s string) string { return "Hi" + zeroWidthBits(s) + "!" }},
		{"zero-width spaces", between("\u200b")},
		{"zero-width joiners", between("\u200d")},
		{"word joiners", between("\u2060")},
		{"soft hyphens", between("\u00ad")},
		{"spaces", spaced(" ", "   ")},
		{"spaces alone", spaced(" ", " ")},
		{"dots", spaced(".", " ")},
		{"dashes", spaced("-", " ")},
		{"underscores", spaced("_", " ")},
		{"slashes", spaced("/", " ")},
		{"stars", spaced("*", " ")},
		{"dots alone", spaced(".", ".")},
		{"emoji between letters", spaced("🔥", " ")},
		{"hearts between letters", spaced("♥", " ")},
		{"column", func(s string) string { return strings.Join(strings.Split(strings.ReplaceAll(s, " ", ""), ""), "\n") }},
		{"lines broken inside words", func(s string) string { return strings.Join(pieces(s, 7), "\n") }},
		{"words hyphenated over lines", func(s string) string { return eachWord(hyphenated)(s) }},
		{"no spaces", func(s string) string { return strings.ReplaceAll(s, " ", "") }},
		{"camel case", camelCase},
		{"snake case", func(s string) string { return strings.ReplaceAll(strings.Trim(s, "."), " ", "_") }},
		{"dots for spaces", func(s string) string { return strings.ReplaceAll(strings.Trim(s, "."), " ", ".") }},
		{"plus for spaces", func(s string) string { return strings.ReplaceAll(s, " ", "+") }},
		{"full width", latin(func(s string) string { return moved(s, '!', 0xFF01) })},
		{"mathematical bold", latin(func(s string) string { return lettersAt(s, 0x1D400, 0x1D41A) })},
		{"mathematical script", latin(func(s string) string { return lettersAt(s, 0x1D4D0, 0x1D4EA) })},
		{"mathematical Fraktur", latin(func(s string) string { return lettersAt(s, 0x1D56C, 0x1D586) })},
		{"mathematical monospace", latin(func(s string) string { return lettersAt(s, 0x1D670, 0x1D68A) })},
		{"circled", latin(func(s string) string { return lettersAt(s, 0x24B6, 0x24D0) })},
		{"negative circled", latin(func(s string) string { return lettersAt(s, 0x1F150, 0x1F150) })},
		{"squared", latin(func(s string) string { return lettersAt(s, 0x1F130, 0x1F130) })},
		{"parenthesised", latin(func(s string) string { return lettersAt(s, 0x249C, 0x249C) })},
		{"regional indicators", latin(func(s string) string { return between("\u200b")(lettersAt(s, 0x1F1E6, 0x1F1E6)) })},
		{"small capitals", latin(swapped("abcdefghijklmnoprstuvwyz", "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ"))},
		{"superscripts", latin(swapped("abcdefghijklmnoprstuvwxyz", "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ"))},
		{"Cyrillic look-alikes", latin(swapped("aceiopxysjhkmtbAEOPCTMKHBX", "асеіорхуѕјһкмтЬАЕОРСТМКНВХ"))},
		{"Greek look-alikes", latin(swapped("aeinoptuvwkxABEHIKMNOPTXYZ", "αεινορτυνωκχΑΒΕΗΙΚΜΝΟΡΤΧΥΖ"))},
		{"Armenian look-alikes", latin(swapped("ghnopqusc", "ցհոօթգսѕс"))},
		{"Cherokee look-alikes", latin(func(s string) string {
			return swapped("ABDEGHIJKLMPRSTVWYZ", "ᎪᏴᎠᎬᏀᎻᏆᎫᏦᏞᎷᏢᎡᏚᎢᏙᎳᎩᏃ")(strings.ToUpper(s))
		})},
		{"strokes through letters", spacedAfter("\u0336")},
		{"accents on letters", spacedAfter("\u0301")},
		{"piled marks", spacedAfter("\u0337\u0322\u031b\u0300\u035c")},
		{"letters with diacritics", latin(swapped("aeiouncsyzlrdgt", "äéïöüñçšýžłřďğť"))},
		{"enclosing circles", spacedAfter("\u20dd")},
		{"leetspeak", latin(swapped("aeiost", "431057"))},
		{"leetspeak with signs", latin(swapped("aeiostl", "@3!0$+1"))},
		{"leetspeak with sixes and eights", latin(swapped("aegbiost", "43681057"))},
		{"leetspeak in capitals", latin(func(s string) string { return strings.ToUpper(swapped("aeio", "4310")(s)) })},
		{"brackets round letters", latin(func(s string) string { return eachLetter(s, func(r rune) string { return "[" + string(r) + "]" }) })},
		{"every letter twice", latin(func(s string) string { return eachLetter(s, func(r rune) string { return string(r) + string(r) }) })},
		{"pig Latin", latin(eachWord(pigLatin))},
		{"spaced full width", latin(func(s string) string { return spaced(" ", "   ")(moved(s, '!', 0xFF01)) })},
		{"leetspeak with dots", latin(func(s string) string { return spaced(".", " ")(swapped("aeios", "43105")(s)) })},
		{"look-alikes and zero width", latin(func(s string) string { return between("\u200b")(swapped("aeop", "аеор")(s)) })},
		{"from its end in base64", func(s string) string { return base64Text(backToFront(s)) }},
		{"rot13 from its end", latin(func(s string) string { return backToFront(shifted(s, 13)) })},
		{"percent of base64", func(s string) string { return eachByte("%%%02X", "")(base64Text(s)) }},
		{"Morse of rot13", latin(func(s string) string { return morseText(shifted(strings.ToLower(s), 13), ".-", " / ") })},
		{"JSON array of words", eachJoined(func(w string) string { return fmt.Sprintf("%q", w) }, ", ")},
		{"strings added up", func(s string) string {
			return `"` + strings.Join(pieces(s, 5), `" + "`) + `"`
		}},
		{"Markdown between letters", latin(func(s string) string { return eachLetter(s, func(r rune) string { return "**" + string(r) + "**" }) })},
		{"HTML comments between letters", latin(func(s string) string { return between("<!---->")(s) })},
		{"HTML tags between letters", latin(func(s string) string { return eachLetter(s, func(r rune) string { return "<b>" + string(r) + "</b>" }) })},
	}
}

func base64Text(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

func base32Text(s string) string { return base32.StdEncoding.EncodeToString([]byte(s)) }

func base85Text(s string) string {
	out := make([]byte, ascii85.MaxEncodedLen(len(s)))
	return string(out[:ascii85.Encode(out, []byte(s))])
}

// base58Text writes a text as the number that its bytes are.
func base58Text(s string) string {
	const digits = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
	var out []byte
	n, base, rest := new(big.Int).SetBytes([]byte(s)), big.NewInt(58), new(big.Int)
	for n.Sign() > 0 {
		n.DivMod(n, base, rest)
		out = append(out, digits[rest.Int64()])
	}
	slices.Reverse(out)
	return string(out)
}

func utf16Text(s string) string {
	var out []byte
	for _, u := range utf16.Encode([]rune(s)) {
		out = append(out, byte(u), byte(u>>8))
	}
	return string(out)
}

func utf16Big(s string) string {
	var out []byte
	for _, u := range utf16.Encode([]rune(s)) {
		out = append(out, byte(u>>8), byte(u))
	}
	return string(out)
}

func utf16Escapes(s string) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, `\u%04x`, u)
	}
	return b.String()
}

func pieces(s string, size int) []string {
	var out []string
	for part := range slices.Chunk([]rune(s), size) {
		out = append(out, string(part))
	}
	return out
}

func wrapped(s string, width int) string { return strings.Join(pieces(s, width), "\n") }

func eachByte(format, gap string) func(string) string {
	return func(s string) string {
		var out []string
		for _, c := range []byte(s) {
			out = append(out, fmt.Sprintf(format, c))
		}
		return strings.Join(out, gap)
	}
}

func eachRune(format, gap string) func(string) string {
	return func(s string) string {
		var out []string
		for _, r := range s {
			out = append(out, fmt.Sprintf(format, r))
		}
		return strings.Join(out, gap)
	}
}

func eachNth(n int, change func(rune) rune) func(string) string {
	return func(s string) string {
		out := []rune(s)
		for i := 0; i < len(out); i += n {
			out[i] = change(out[i])
		}
		return string(out)
	}
}

func eachJoined(change func(string) string, gap string) func(string) string {
	return func(s string) string {
		words := strings.Fields(s)
		for i, w := range words {
			words[i] = change(w)
		}
		return strings.Join(words, gap)
	}
}

func eachWord(change func(string) string) func(string) string { return eachJoined(change, " ") }

func eachLetter(s string, write func(rune) string) string {
	var b strings.Builder
	for _, r := range s {
		if unicode.IsLetter(r) {
			b.WriteString(write(r))
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// latin restricts a disguise to texts in Latin letters, and takes their accents off:
// the ways of writing that need it have none.
func latin(of func(string) string) func(string) string {
	return func(s string) string {
		var b strings.Builder
		for _, r := range norm.NFKD.String(strings.ReplaceAll(s, "ł", "l")) {
			switch {
			case r < 0x80:
				b.WriteRune(r)
			case unicode.Is(unicode.Mn, r):
			default:
				return ""
			}
		}
		return of(b.String())
	}
}

func shifted(s string, by int) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return 'a' + (r-'a'+rune(by))%26
		case r >= 'A' && r <= 'Z':
			return 'A' + (r-'A'+rune(by))%26
		}
		return r
	}, s)
}

func rot47(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '!' && r <= '~' {
			return '!' + (r-'!'+47)%94
		}
		return r
	}, s)
}

func atbash(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return 'z' - (r - 'a')
		case r >= 'A' && r <= 'Z':
			return 'Z' - (r - 'A')
		}
		return r
	}, s)
}

func backToFront(s string) string {
	out := []rune(s)
	slices.Reverse(out)
	return string(out)
}

func between(sign string) func(string) string {
	return func(s string) string { return strings.Join(strings.Split(s, ""), sign) }
}

// spaced sets a sign between the letters of each word and gap between words.
func spaced(sign, gap string) func(string) string {
	return func(s string) string {
		words := strings.Fields(strings.Trim(s, ".。"))
		for i, w := range words {
			words[i] = strings.Join(strings.Split(w, ""), sign)
		}
		return strings.Join(words, gap)
	}
}

func spacedAfter(marks string) func(string) string {
	return func(s string) string { return eachLetter(s, func(r rune) string { return string(r) + marks }) }
}

func swapped(from, to string) func(string) string {
	a, b := []rune(from), []rune(to)
	if len(a) != len(b) {
		panic("a table of " + fmt.Sprint(len(a)) + " letters and " + fmt.Sprint(len(b)) + " images: " + from)
	}
	return func(s string) string {
		return strings.Map(func(r rune) rune {
			if i := slices.Index(a, r); i >= 0 {
				return b[i]
			}
			if i := slices.Index(a, unicode.ToLower(r)); i >= 0 {
				return b[i]
			}
			return r
		}, s)
	}
}

// moved moves the printable characters of ASCII from first on to where base stands for first.
func moved(s string, first, base rune) string {
	return strings.Map(func(r rune) rune {
		if r >= first && r < 0x7F && (r > ' ' || first == 0) {
			return base + r - first
		}
		return r
	}, s)
}

func lettersAt(s string, upper, lower rune) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return lower + r - 'a'
		case r >= 'A' && r <= 'Z':
			return upper + r - 'A'
		}
		return r
	}, s)
}

func upsideDown(s string) string {
	return backToFront(swapped("abcdefghijklmnopqrstuvwyz.", "ɐqɔpǝɟƃɥᴉɾʞlɯuodbɹsʇnʌʍʎz˙")(s))
}

var morseLetters = strings.Fields(".- -... -.-. -.. . ..-. --. .... .. .--- -.- .-.. -- -. --- .--. --.- .-. ... - ..- ...- .-- -..- -.-- --..")

func morseText(s, signs, gap string) string {
	sign := []rune(signs)
	var words []string
	for _, w := range strings.Fields(strings.ToLower(s)) {
		var letters []string
		for _, r := range w {
			if r >= 'a' && r <= 'z' {
				letters = append(letters, morseLetters[r-'a'])
			}
		}
		words = append(words, strings.Join(letters, " "))
	}
	return strings.NewReplacer(".", string(sign[0]), "-", string(sign[1])).Replace(strings.Join(words, gap))
}

func natoText(s string) string {
	names := strings.Fields("alfa bravo charlie delta echo foxtrot golf hotel india juliett kilo lima mike november oscar papa quebec romeo sierra tango uniform victor whiskey xray yankee zulu")
	return alphabet(func(n int) string { return names[n] }, " ", " / ")(s)
}

func brailleText(s string) string {
	const letters = "⠁⠃⠉⠙⠑⠋⠛⠓⠊⠚⠅⠇⠍⠝⠕⠏⠟⠗⠎⠞⠥⠧⠺⠭⠽⠵"
	return swapped("abcdefghijklmnopqrstuvwxyz ", letters+"⠀")(s)
}

// alphabet writes each letter by its place in the alphabet.
func alphabet(write func(n int) string, letterGap, wordGap string) func(string) string {
	return latin(func(s string) string {
		var words []string
		for _, w := range strings.Fields(strings.ToLower(s)) {
			var letters []string
			for _, r := range w {
				if r >= 'a' && r <= 'z' {
					letters = append(letters, write(int(r-'a')))
				}
			}
			words = append(words, strings.Join(letters, letterGap))
		}
		return strings.Join(words, wordGap)
	})
}

func selectorText(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		if c < 16 {
			b.WriteRune(0xFE00 + rune(c))
			continue
		}
		b.WriteRune(0xE0100 + rune(c) - 16)
	}
	return b.String()
}

func zeroWidthBits(s string) string {
	return strings.NewReplacer("0", "\u200b", "1", "\u200c").Replace(eachByte("%08b", "")(s))
}

func hyphenated(w string) string {
	letters := []rune(w)
	if len(letters) < 6 {
		return w
	}
	return string(letters[:len(letters)/2]) + "-\n" + string(letters[len(letters)/2:])
}

func camelCase(s string) string {
	words := strings.Fields(strings.Trim(s, "."))
	for i, w := range words {
		letters := []rune(strings.ToLower(w))
		letters[0] = unicode.ToUpper(letters[0])
		words[i] = string(letters)
	}
	return strings.Join(words, "")
}

func pigLatin(w string) string {
	at := strings.IndexAny(strings.ToLower(w), "aeiou")
	switch {
	case at < 0:
		return w
	case at == 0:
		return w + "way"
	default:
		return w[at:] + w[:at] + "ay"
	}
}
