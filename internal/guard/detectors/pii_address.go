package detectors

import (
	"regexp"

	"github.com/guardroom/guardroom/internal/guard"
	"github.com/guardroom/guardroom/internal/guard/textview"
	"github.com/guardroom/guardroom/internal/review"
)

// piiAddress finds postal addresses.
func piiAddress() guard.Spec {
	return guard.Spec{
		DetectorSpec: review.DetectorSpec{
			ID: "pii.address", Title: "Postal address", Category: review.CategoryPII, OWASP: "LLM02:2025",
			Description: "Finds street and house number, in the ways of many countries, where a postcode or the number of a flat follows or words before say that it is somebody's address. " +
				"A street by itself, as in novels and on maps, is none; nor is a town.",
			Examples: []string{"Ship it to 742 Evergreen Terrace, Springfield, IL 62704", "Meine Anschrift: Lindenstraße 12, 10969 Berlin"},
			// As with addresses of e-mail: taken out of the text, but no reason to stop it.
			Default: review.Rule{Mode: review.ModeMonitor, Flag: 0.9},
		},
		Placeholder: "ADDRESS",
		New: func() (guard.Detector, error) {
			p := newPersonal("pii.address", review.SeverityMedium)
			p.literal = true
			return p, nil
		},
	}
}

const (
	// englishAnchors name streets in English alone; many are everyday words.
	englishAnchors = "street|st|road|rd|ave|lane|ln|drive|dr|blvd|court|ct|pl|terrace|way|close|crescent|parkway|pkwy|highway|hwy|square|sq|trail|circle|grove|hill|gardens|row|mews"
	streetAnchors  = "avenue|boulevard|place|" +
		"*strasse|*straße|*str.*|*weg|*allee|*platz|*gasse|*damm|*ufer|*vej|*gade|*gatan|*vägen|*veien|*gata|*straat|*laan|*plein|*kade|*singel|*gracht|*tie|*katu|" +
		"rue|chemin|impasse|via|viale|piazza|corso|calle|avenida|avda|plaza|paseo|rua|travessa|praça|largo|ulica|ul.*|al.*|aleja|ул.*|улица|Ул.*|Улица|проспект|пр.*|box|postfach|*号*|*號*|*〒*"
	streetWord = `(?:\p{Lu}[\p{L}'’.-]*|\d{1,3}(?:st|nd|rd|th)|(?:de|la|le|les|du|des|del|della|di|da|do|dos|das|van|von|der|den|of|the|y|e))`
	streetName = streetWord + `(?:[ -]` + streetWord + `){0,4}`
	// house is the number of a house, with what may stand behind it.
	house       = `\d{1,4}(?:[-/]\d{1,4})? ?[a-zA-Z]?`
	englishType = `(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Place|Pl|Terrace|Way|Close|Crescent|Parkway|Pkwy|Highway|Hwy|Square|Sq|Trail|Circle|Grove|Hill|Gardens|Row|Mews)\b\.?`
	streetExpr  = `(?:` +
		`\b\d{1,5}(?:-\d{1,4})?[a-zA-Z]? (?:[NSEW]\.? )?` + streetName + ` ` + englishType + `(?: [NSEW]{1,2}\b\.?)?` +
		`|\b\p{Lu}[\p{L}-]*(?:[ -]\p{Lu}[\p{L}-]*){0,2}[ -]?(?:(?i:strasse|straße|str\.|weg|allee|platz|gasse|damm|ufer|vej|gade|gatan|vägen|veien|gata|straat|laan|plein|kade|singel|gracht|tie|katu)) ` + house + `\b` +
		`|\b(?:\d{1,5}(?: ?(?:bis|ter))?,? )?(?i:rue|avenue|boulevard|chemin|impasse|place)\.? ` + streetName + `(?:,? ` + house + `\b)?` +
		`|\b(?i:via|viale|piazza|corso|calle|avenida|avda\.?|plaza|paseo|rua|travessa|praça|largo)\.? ` + streetName + `,? (?:n[.º°] ?)?` + house + `\b` +
		`|\b(?i:ul\.|ulica|al\.|aleja) ?` + streetName + ` ` + house + `\b` +
		`|(?i:ул\.|улица|проспект|пр\.) ?` + streetWord + `(?: ` + streetWord + `){0,2},? (?:д\.? ?)?` + house +
		`|\b(?i:p\.? ?o\.? box|post ?box|postfach) \d{1,6}` +
		`|(?:\p{Han}{2,4}(?:省|市)){1,2}\p{Han}{1,8}(?:区|區|县|縣)[\p{Han}\d]{1,16}(?:路|街|大道|巷|道)[\p{Han}]{0,4}\d{1,5}[号號]` +
		`|〒\d{3}-\d{4}\s{0,2}[\p{Han}]{2,4}[都道府県][\p{Han}\p{Hiragana}\p{Katakana}\d０-９丁目番地号−-]{3,40}` +
		`)`
	gapInAddress = `[\s,.;>|?•-]{1,10}`
	unitExpr     = `(?i:apt|apartment|suite|ste|unit|flat|wohnung|whg|appartement|piso|interno|int|kv|кв)\.? ?#?\d{1,5}[a-zA-Z]?\b|#\d{1,5}\b`
	placeName    = `(?:\p{Lu}[\p{L}'’.-]*(?:[ -](?:\p{Lu}[\p{L}'’.-]*|(?:de|la|le|du|am|an|der|di|do|da|upon|on|under|sur|bei|im|in)))` + `{0,4})`
	states       = `(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|P[AR]|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY]|NSW|VIC|QLD|TAS|ACT|NT|ON|QC|BC|AB|MB|SK|NS|NB)`
	postcodeExpr = `(?:` + states + `\.?,? \d{4,5}(?:-\d{4})?\b|[A-Z]{2}[, ] ?\d{5}\b` +
		`|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b|[A-Z]\d[A-Z] ?\d[A-Z]\d\b` +
		`|\d{4} ?[A-Z]{2} ` + placeName + `|\d{4} ?[A-Z]{2}\b|\d{2}-\d{3} ` + placeName + `|\d{2}-\d{3}\b|\d{5}-\d{3}\b|\d{4}-\d{3}\b|\d{3}-\d{4}\b` +
		`|(?:[A-Z]{1,2}-)?\d{3} \d{2}[ ,]+` + placeName + `|(?:[A-Z]{1,2}-)?\d{4,6}[ ,]+` + placeName + `|\d{4,6}\b)`
)

// addresses finds a street with its number and asks for what makes it an address.
type addresses struct {
	streets anchored
	follows *regexp.Regexp // what makes a street and a number an address
	labels  wordset
	whole   *regexp.Regexp // forms that need nothing else
}

func postalAddresses() finder {
	a := addresses{
		streets: newAnchoredKinds([]string{streetAnchors, englishAnchors}, streetExpr, 72, 56),
		follows: regexp.MustCompile(`^(?:` + gapInAddress + `(?:` + unitExpr + `))?(?:` + gapInAddress + placeName + `){0,2}` + gapInAddress + postcodeExpr + `|^` + gapInAddress + `(?:` + unitExpr + `)`),
		labels: newWordset("my address|our address|home address|mailing address|shipping address|billing address|postal address|street address|new address|current address|live at|living at|reside at|ship to|deliver to|address|addr|"+
			"anschrift|adresse|wohne|wohnhaft|wohnen|j'habite|habite au|direccion|vivo en|domicilio|indirizzo|abito|residente|endereco|moro|adres|woon|mieszkam|zamieszkaly|адрес|живу|проживаю", "住所|地址|주소"),
		whole: regexp.MustCompile(`^(?:\p{Han}|〒)`),
	}
	a.streets.needsDigit = true
	a.streets.counts = func(kind int32, text string, end int) bool { return kind != 1 || namesStreet(text, end) }
	return a.find
}

// englishName is the most that stands between the number of a house and the kind of its
// street, in bytes.
const englishName = 240

// namesStreet tells whether the English word that ends at end may be the last of a street's
// name: it has a capital and stands behind a space, and a number is before it.
func namesStreet(text string, end int) bool {
	start := end
	for start > 0 && (text[start-1]|0x20) >= 'a' && (text[start-1]|0x20) <= 'z' {
		start--
	}
	return start > 0 && text[start-1] == ' ' && text[start] < 'a' && hasDigit(text[max(start-englishName, 0):start])
}

// reachAddress is what is looked at behind a street, in bytes.
const reachAddress = 120

func (a addresses) find(text string) []sighting {
	return anchoredSightings(a.streets, text, "A postal address", 0.92, func(m []int) (span, bool) {
		s := span{m[0], m[1]}
		rest := text[s.end:boundary(text, min(s.end+reachAddress, len(text)))]
		if f := a.follows.FindStringIndex(rest); f != nil && hasDigit(text[s.start:s.end]) {
			return span{s.start, s.end + f[1]}, true
		}
		if a.whole.MatchString(text[s.start:s.end]) {
			return s, true
		}
		return s, hasDigit(text[s.start:s.end]) && a.labelled(text, s.start)
	})
}

// labelled tells whether words right before a street say that somebody lives there.
func (a addresses) labelled(text string, at int) bool {
	before := textview.Fold(text[boundary(text, max(at-reachLeft, 0)):at])
	return a.labels.leadsTo(before, len(before), addressBetween)
}

var addressBetween = newWordset("is|at|to|in|on|it|the|please|ist|lautet|am|der|est|au|es|en|e|il|na|no|is|ul|это|по", "")
