package detectors

import (
	"regexp"
	"strings"

	"github.com/guardroom/guardroom/internal/guard"
	"github.com/guardroom/guardroom/internal/review"
)

// piiName finds names of people where words around them leave no doubt.
func piiName() guard.Spec {
	return guard.Spec{
		DetectorSpec: review.DetectorSpec{
			ID: "pii.name", Title: "Name", Category: review.CategoryPII, OWASP: "LLM02:2025",
			Description: "Finds names where they are certain, in many languages: behind “my name is”, in the fields of forms, and in the salutation and signature of a letter that has both. " +
				"Names that are only mentioned are not found: books, news and code are full of them, and most belong to nobody who needs protection.",
			Examples: []string{"Hello, my name is Johanna Berger.", "First name: Ana\nLast name: Souza"},
			// As with addresses of e-mail: taken out of the text, but no reason to stop it.
			Default: review.Rule{Mode: review.ModeMonitor, Flag: 0.9},
		},
		Placeholder: "NAME",
		New: func() (guard.Detector, error) {
			p := newPersonal("pii.name", review.SeverityLow)
			p.literal = true
			return p, nil
		},
	}
}

const (
	// properExpr is a name: words with a capital, initials, and what stands between them.
	capitalised = `\p{Lu}(?:\p{Ll}|['’-]\p{L})[\p{L}'’-]*`
	properExpr  = capitalised + `(?: (?:(?:van|von|de|da|do|dos|del|della|di|du|la|le|bin|ibn|al|ter|ten|den|der|zu|y|e) ){0,2}(?:` + capitalised + `|\p{Lu}\.)){0,4}`
	selfExprs   = `\b(?i:my (?:full |real |legal |first |last )?name(?: is|'s|’s)|ich hei(?:ß|ss)e|mein name ist|je m['’]appelle|mon nom est|me llamo|mi nombre es|mi chiamo|il mio nome (?:è|e)|(?:eu )?me chamo|meu nome (?:é|e)|mijn naam is|ik heet|jag heter|mitt namn är|` +
		`jeg hedder|jeg heter|mit navn er|nazywam się|mam na imię|jmenuji se|benim adım)|(?i:меня зовут|моё имя|мое имя)`
	fieldSure = `full name|first name|last name|given name|family name|middle name|maiden name|legal name|customer name|patient name|patient|contact name|contact person|cardholder(?: name)?|name on card|account holder|employee name|applicant(?: name)?|client name|guest name|surname|` +
		`vorname|nachname|familienname|vor- und nachname|prénom|nom de famille|nom et prénom|nombre completo|nombre y apellidos|apellidos?|cognome|nome e cognome|nome completo|sobrenome|achternaam|voornaam|nazwisko|imię i nazwisko|фамилия|фио`
	fieldBare = `name|nom|nome|nombre|naam|imię|имя|navn|namn`
	// otherFields are those that stand beside a name in a form about a person.
	otherFields = `(?im)^[\s>*|-]*(?:(?:home|street|mailing|postal|billing|shipping) ?)?(?:address|phone|telephone|tel|mobile|cell|e-?mail|date of birth|dob|birth ?date|age|gender|sex|zip(?: code)?|postcode|nationality|passport|ssn|adresse|anschrift|telefon|geburtsdatum|alter|téléphone|dirección|teléfono|indirizzo|telefono|endereço|telefone|adres|телефон|адрес)\b[^\n:=]{0,20}[:=]`
	honorific   = `(?i:mr|mrs|ms|miss|mx|dr|prof|herrn?|frau|monsieur|madame|mme|señora?|sra?|signora?|sig|dott|senhora?|heer|mevrouw|pan|pani)\.?`
	greeting    = `(?i:dear|hi|hello|good morning|good afternoon|sehr geehrter?|lieber?|liebe|guten tag|hallo|chère?|cher|bonjour|estimad[oa]|querid[oa]|hola|gentile|egregio|car[oa]|buongiorno|prezad[oa]|beste|geachte|szanown[ya])`
	closing     = `(?i:(?:kind|best|warm|warmest|with kind|many)? ?regards|(?:yours )?(?:sincerely|faithfully|truly)(?: yours)?|best wishes|cheers|mit freundlichen grüßen|mit freundlichem gruß|freundliche grüße|viele grüße|beste grüße|liebe grüße|cordialement|bien à vous|` +
		`sincères salutations|un saludo|saludos(?: cordiales)?|atentamente|cordiali saluti|distinti saluti|atenciosamente|met vriendelijke groet(?:en)?|med vänlig hälsning|med venlig hilsen|pozdrawiam|z poważaniem)`
)

// names finds people's names by what introduces them.
type names struct {
	selfs, fields, bare, greeted, signed anchored
	beside                               *regexp.Regexp
	nobody                               map[string]bool // words that forms have in place of a name
}

func peopleNames() finder {
	n := names{
		selfs: newAnchored("name*|heiß*|heiss*|*appelle|mon nom|llamo|nombre|chiamo|nome|chamo|naam|heet|heter|namn|hedder|navn|nazywam|imię|jmenuji|adım|зовут|имя", `(?:`+selfExprs+`):? (`+properExpr+`)`, 40, 96),
		fields: newAnchored("*name*|patient*|contact*|cardholder*|*holder|applicant*|nom|prénom|nombre|apellido*|*nome*|*naam|nazwisko|имя|фамилия|Фамилия|фио|ФИО|Имя",
			`(?m)^[\s>*|-]{0,12}(?i:`+fieldSure+`)\*{0,2}[ \t]{0,3}[:=][ \t*"]{0,4}(`+properExpr+`)["*,;.]{0,3}[ \t]*$`, 40, 96),
		bare: newAnchored("name|nom|nombre|nome|naam|imię|имя|Имя|navn|namn", `(?m)^[\s>*|-]{0,12}(?i:`+fieldBare+`)\*{0,2}[ \t]{0,3}[:=][ \t*"]{0,4}(`+properExpr+`)["*,;.]{0,3}[ \t]*$`, 16, 96),
		greeted: newAnchored("dear|hi|hello|good|geehrte*|liebe*|guten|hallo|cher|chère|bonjour|estimad*|querid*|hola|gentile|egregio|caro|cara|buongiorno|prezad*|beste|geachte|szanown*",
			`(?m)^[ \t>]{0,6}`+greeting+` `+honorific+` (?:`+honorific+` )?(`+properExpr+`)[,:!]?[ \t]*$`, 24, 96),
		signed: newAnchored("regards|sincerely|faithfully|truly|wishes|cheers|grüße*|gruß|cordialement|*à vous|salutations|saludo*|atentamente|saluti|atenciosamente|groet*|hälsning*|hilsen|pozdrawiam|poważaniem",
			`(?m)^[ \t>]{0,6}`+closing+`[,.!]?[ \t]*\n[\s>]{0,8}(`+properExpr+`)[ \t]*$`, 40, 120),
		beside: regexp.MustCompile(otherFields),
		nobody: stringSet("String Text Required Optional None Null Unknown Varchar Char Integer Number True False Yes No Test Example Sample Default Value Type Field Column Column Enter Your Insert Placeholder Name First Last Full Anonymous Inc Corp Ltd Llc Gmbh Company Group Bank Team Service Support Committee Board Department Office"),
	}
	for _, a := range []*anchored{&n.fields, &n.bare, &n.greeted, &n.signed} {
		a.wholeLines = true
	}
	return n.find
}

func (n names) find(text string) []sighting {
	out := anchoredSightings(n.selfs, text, "Somebody's own name", 0.92, n.person(text))
	out = n.add(out, n.fields, text, "A name in a form", n.person(text))
	out = n.add(out, n.bare, text, "A name in a form", func(m []int) (span, bool) {
		from, to := boundary(text, max(m[0]-reachForm, 0)), boundary(text, min(m[1]+reachForm, len(text)))
		s, ok := n.person(text)(m)
		return s, ok && n.beside.MatchString(text[from:to])
	})
	return n.letter(out, text)
}

// reachForm is how far from a name another field of its form stands, in bytes.
const reachForm = 240

func (n names) add(out []sighting, a anchored, text, message string, judge func([]int) (span, bool)) []sighting {
	return merged(out, without(anchoredSightings(a, text, message, 0.9, judge), out))
}

// letter finds the names of a letter: one that begins with a salutation and ends with a
// signature.
func (n names) letter(out []sighting, text string) []sighting {
	signed := anchoredSightings(n.signed, text, "The signature of a letter", 0.9, n.person(text))
	if len(signed) == 0 || !n.greets(text, signed[0].start) {
		return out
	}
	out = merged(out, without(signed, out))
	return n.add(out, n.greeted, text, "The salutation of a letter", n.person(text))
}

var greetingLine = regexp.MustCompile(`(?m)^[ \t>]{0,6}` + greeting + `\b[^\n]{0,60}[,:!]?[ \t]*$`)

// maxLetter is how long a letter is looked at, in bytes.
const maxLetter = 8 << 10

// greets tells whether a line before at greets somebody.
func (n names) greets(text string, at int) bool {
	return greetingLine.MatchString(text[boundary(text, max(at-maxLetter, 0)):at])
}

// person takes the first group for a name unless a word of it says that it is none.
func (n names) person(text string) func(m []int) (span, bool) {
	return func(m []int) (span, bool) {
		for w := range strings.FieldsSeq(text[m[2]:m[3]]) {
			if n.nobody[strings.Trim(w, ".,'’-")] {
				return span{}, false
			}
		}
		return span{m[2], m[3]}, true
	}
}
