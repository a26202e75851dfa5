package grammar

import (
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

var builtins = []string{"NAME", "CITY", "NUM", "EMAIL", "URL", "PHONE", "PERSONA", "ACRONYM", "GIBBERISH", "PAYLOAD", "ENCODED"}

func builtin(name string) bool { return slices.Contains(builtins, name) }

var (
	firstNames = strings.Fields("Anna Ben Carla David Elena Farid Grace Hugo Ines Jonas Kira Liam Mei Noah Olga Pavel Rosa Samir Tara Uma Viktor Wendy Yusuf Zoe Amara Bruno Chen Dilara Emeka Freya")
	cities     = strings.Fields("Lisbon Oslo Kyoto Nairobi Quito Austin Hanoi Gdansk Tunis Perth Lyon Graz Osaka Lima Izmir Porto Delhi Cork Bergen Leeds")
	domains    = strings.Fields("example.com mailbox.example corp.example data-drop.example collector.example safe-update.example shop.example")
	syllables  = strings.Fields("za xor mal vex dro nix om ka tro gre lu bel si rax evo neo ult gor max ryn ze phy")
	acronyms   = []string{"Do Everything Always", "Free Of Rules", "Never Say No", "Anything Goes Today", "Strive To Evade Limits", "Always Without Filters", "Machine Unbound Forever", "Evil Confidant", "Answer It All"}
	fragments  = strings.Fields(`describing similarly Now write opposite Me giving ONE please revert with Two representing thanks manifold sure tutorial surely inst format respond bullets table -> \+ ]( !-- "\ }}{ ;) == (` + "``` ** ` " + `]. ?( {@ /** */ \n Sure here steps formatted sentence reversed plainly interface override Manuel \\ ## :: Title text Ign textbf visibly Lordor kind sprintf ensuite wob ]( theories numpy <-- ","Begin Sch ?> scenes prot ${ tokens kwargs ... lettre bitte anche kterou voor jednak`)
)

// builtin makes what no list of sentences holds. Personas, names and acronyms stay the
// same within a text.
func (w *writer) builtin(name string) string {
	switch name {
	case "NUM":
		return fmt.Sprint(2 + w.rnd.IntN(98))
	case "PHONE":
		return fmt.Sprintf("555-%04d", w.rnd.IntN(10000))
	case "NAME":
		return w.pick(firstNames)
	case "CITY":
		return w.pick(cities)
	case "EMAIL":
		return strings.ToLower(w.pick(firstNames)) + "@" + w.pick(domains)
	case "URL":
		return "https://" + w.pick(domains) + "/" + w.pick(syllables)
	case "GIBBERISH":
		return w.gibberish()
	case "PAYLOAD":
		return w.payload
	case "ENCODED":
		return w.encoded()
	case "ACRONYM":
		return w.same(name, func() string { return w.pick(acronyms) })
	case "PERSONA":
		return w.same(name, w.persona)
	default:
		return ""
	}
}

func (w *writer) pick(list []string) string { return list[w.rnd.IntN(len(list))] }

func (w *writer) same(name string, invent func() string) string {
	if s, ok := w.names[name]; ok {
		return s
	}
	if w.names == nil {
		w.names = map[string]string{}
	}
	w.names[name] = invent()
	return w.names[name]
}

func (w *writer) persona() string {
	name := ""
	for range 2 + w.rnd.IntN(2) {
		name += w.pick(syllables)
	}
	switch w.rnd.IntN(4) {
	case 0:
		return strings.ToUpper(name)
	case 1:
		return strings.ToUpper(name[:1]) + name[1:] + "GPT"
	case 2:
		return strings.ToUpper(name[:1]) + name[1:] + "Bot"
	default:
		return strings.ToUpper(name[:1]) + name[1:]
	}
}

// gibberish imitates suffixes that were found by optimisation: pieces of words, code
// and signs glued together (Zou et al. 2023 describe the form).
func (w *writer) gibberish() string {
	var b strings.Builder
	for range 8 + w.rnd.IntN(18) {
		piece := w.pick(fragments)
		switch w.rnd.IntN(10) {
		case 0:
			piece = strings.ToUpper(piece)
		case 1:
			piece = w.pick(syllables) + w.pick(syllables)
		case 2:
			piece = piece + w.pick(fragments)
		case 3:
			piece = w.pick(fragments) + piece
		case 4:
			piece = string("!?*@$%^&=~"[w.rnd.IntN(10)]) + " " + piece
		}
		b.WriteString(piece)
		if w.rnd.IntN(4) > 0 {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// encodings write a text in characters that are not its own, as people and programs do every day.
var encodings = []func(string) string{
	func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
	func(s string) string { return base32.StdEncoding.EncodeToString([]byte(s)) },
	func(s string) string { return hex.EncodeToString([]byte(s)) },
	url.QueryEscape,
	func(s string) string { return eachByte(s, `\x%02x`, "") },
	func(s string) string { return eachByte(s, `\%03o`, "") },
	func(s string) string { return eachByte(s, `\u%04x`, "") },
	func(s string) string { return eachByte(s, "&#%d;", "") },
	func(s string) string { return eachByte(s, "%02x", " ") },
	func(s string) string { return eachByte(s, "%03o", " ") },
	func(s string) string { return eachByte(s, "%08b", " ") },
	func(s string) string { return eachByte(s, "%d", " ") },
}

func eachByte(s, format, between string) string {
	pieces := make([]string, len(s))
	for i := range len(s) {
		pieces[i] = fmt.Sprintf(format, s[i])
	}
	return strings.Join(pieces, between)
}

// encoded is something harmless to say, encoded: rows of signs must not be what tells an attack.
func (w *writer) encoded() string {
	plain := &writer{g: w.g, rnd: w.rnd}
	plain.symbol("everyday", 0)
	return encodings[w.rnd.IntN(len(encodings))](plain.text())
}
