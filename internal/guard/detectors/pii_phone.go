package detectors

import (
	"cmp"
	"slices"
	"strings"

	"github.com/nyaruka/phonenumbers"

	"github.com/guardroom/guardroom/internal/guard"
	"github.com/guardroom/guardroom/internal/review"
)

// piiPhone finds telephone numbers.
func piiPhone() guard.Spec {
	return guard.Spec{
		DetectorSpec: review.DetectorSpec{
			ID: "pii.phone", Title: "Telephone number", Category: review.CategoryPII, OWASP: "LLM02:2025",
			Description: "Finds telephone numbers: international ones that a numbering plan knows (libphonenumber), national ones in the grouping that their country writes, " +
				"and beside words such as phone, fax or call any number that could be one. A bare run of digits without such words is not reported, nor are dates.",
			Examples: []string{"Call me at (415) 555-2671.", "+44 20 7946 0958", "Telefon: 0171 1234567"},
			// Signatures and tickets are full of numbers: they are taken out of the text, but
			// are no reason to call a person.
			Default: review.Rule{Mode: review.ModeMonitor, Flag: 0.9},
		},
		Placeholder: "PHONE",
		New:         func() (guard.Detector, error) { return newPersonal("pii.phone", review.SeverityMedium), nil },
	}
}

// phoneFinder finds telephone numbers.
type phoneFinder struct {
	phones  wordset // words that speak of telephones
	between wordset // words that stand between those and the number
	titles  wordset // words that do when they follow, as in a list
	others  wordset // words that speak of other numbers
	shapes  map[string][]string
}

func phones() finder {
	f := phoneFinder{
		phones: newWordset("phone|phones|telephone|tel|fax|mobile|mob|cell|cellphone|ph|call|calls|called|calling|dial|ring|hotline|helpline|whatsapp|sms|voicemail|landline|"+
			"my number|his number|her number|reach me|reach us|reach you|text me|text us|messages to|"+
			"telefon|telefonnummer|rufnummer|handy|handynummer|anrufen|anruf|mobil|telefax|téléphone|portable|appelez|appeler|appelle|mon numéro|joindre|"+
			"teléfono|móvil|celular|llama|llamar|llámame|telefono|cellulare|chiama|chiamami|chiamare|telefone|ligue|ligar|telemóvel|telefoon|telefoonnummer|bellen|mobiel|"+
			"telefonu|komórka|zadzwoń|dzwonić|telefonum|arayın|puhelin|puhelinnumero|mobilnummer|"+
			"телефон|телефона|телефону|тел|мобильный|позвоните|позвони|звоните|τηλέφωνο|κινητό|फोन|फ़ोन|मोबाइल|कॉल|هاتف|الهاتف|هاتفي|جوال|جوالي|اتصل|رقمي|موبايل|טלפון|נייד|telepon|điện thoại",
			"电话|電話|手机|手機|携帯|전화|휴대폰|연락처|โทร"),
		between: newWordset("me|us|him|her|them|mom|dad|back|on|at|is|to|the|a|number|numbers|no|nr|num|under|via|by|my|our|his|their|your|please|today|tomorrow|now|anytime|can|be|and|or|direct|home|work|office|line|"+
			"unter|der|nummer|lautet|ist|meine|mein|ihre|bitte|mich|au|le|la|mon|ma|votre|est|numéro|moi|al|el|en|mi|su|es|número|me|o|ao|meu|minha|no|il|mio|numero|di|op|is|mijn|nummer|po|nr|numer|по|на|мой|номер|номеру|мне|मेरा|नंबर|है|رقم|على|هو", "号码|號碼|번호|は|番号|是"),
		titles: newWordset("office|work|home|private|direct|büro|privat|bureau|oficina|ufficio", ""),
		others: newWordset("order|ticket|account|invoice|id|case|reference|ref|zip|zipcode|postcode|pin|version|isbn|issn|model|sku|serial|tracking|parcel|card|policy|passport|"+
			"license|licence|flight|page|pages|line|lines|port|error|code|patent|doi|population|year|years|price|usd|eur|bestellung|bestellnummer|rechnung|konto|kontonummer|plz|commande|pedido|factura", ""),
		// Groupings that are hardly ever those of anything else, with the countries that
		// write them; a bracket says that the first group stands in brackets.
		shapes: map[string][]string{
			"2 2 2 2 2": {"FR"}, "3 4 4": {"GB", "JP"}, "4 3 4": {"GB"}, "5 6": {"GB"}, "5 3 3": {"GB"}, "4 3 3": {"AU", "SE"}, "2 4 4": {"AU", "JP"},
			"3 3 4": {"ZA", "IE"}, "3 3 2 2": {"CH", "UA"}, "4 2 2 2": {"BE", "SE"}, "4 3 2 2": {"TR"}, "2 8": {"NL"},
			"3 8": {"DE", "CN"}, "4 7": {"DE"}, "4 8": {"DE"}, "(2 4 4": {"BR"}, "(2 5 4": {"BR"},
		},
	}
	return f.find
}

// maxAsked bounds how often the numbering plans are asked about one text; numbers beyond
// that pass by their form alone, so that a long list is redacted as well.
const maxAsked = 200

func (f phoneFinder) find(text string) []sighting {
	var out []sighting
	var groups []phoneGroup // one row's at a time
	asked := 0
	for i := 0; i < len(text); i++ {
		if !digit(text[i]) {
			continue
		}
		row := phoneRowAt(text, i, groups)
		out = append(out, f.inRow(text, row, &asked)...)
		groups, i = row.groups[:0], row.end
	}
	return out
}

// phoneGroup is a run of digits and what stands between it and the group before.
type phoneGroup struct {
	start, end int
	gap        string
}

func (g phoneGroup) size() int { return g.end - g.start }

// phoneRow is groups of digits with nothing but the signs of telephone numbers between
// them.
type phoneRow struct {
	groups []phoneGroup
	start  int // of the sign or bracket before the first group
	end    int // where to read on
	digits int
	plus   bool
	glued  bool // what stands before goes on

	before bool // a word for telephones stands before,
	leads  bool // with nothing between that says otherwise,
	after  bool // or after
	other  bool // a word for other numbers stands before
}

func phoneRowAt(text string, i int, groups []phoneGroup) phoneRow {
	row := phoneRow{start: i, groups: groups}
	for row.start > 0 && i-row.start < 3 && (text[row.start-1] == '(' || text[row.start-1] == '+') {
		row.start--
		row.plus = row.plus || text[row.start] == '+'
	}
	if row.start > 0 {
		before := text[row.start-1]
		row.glued = plainWord(before) || !row.plus && strings.IndexByte("$#%@./-=&\\£€", before) >= 0
	}
	gap := ""
	for {
		start := i
		for i < len(text) && digit(text[i]) {
			i++
		}
		row.end = i
		if i < len(text) && plainWord(text[i]) && extensionEnd(text, i) == i || i+1 < len(text) && text[i] == ':' && digit(text[i+1]) {
			return row // 45kg, 12:30
		}
		row.groups = append(row.groups, phoneGroup{start, i, gap})
		row.digits += i - start
		next := i
		for next < len(text) && next-i < 4 && strings.IndexByte(" -./()", text[next]) >= 0 {
			next++
		}
		if next == i || next == len(text) || !digit(text[next]) {
			return row
		}
		gap = text[i:next]
		i = next
	}
}

const (
	minPhoneDigits = 6
	maxPhoneDigits = 15 // ITU-T E.164
	maxGroups      = 7  // without words beside them
)

// phoneCandidate is groups of a row that may be one number.
type phoneCandidate struct {
	groups  []phoneGroup
	digits  string
	plus    bool
	bracket bool // the first group stands in brackets
	near    bool // a word for telephones stands beside it,
	named   bool // and says outright what it is
	other   bool // a word for other numbers stands before it
}

// inRow finds the numbers of a row, the surest first where several readings overlap.
func (f phoneFinder) inRow(text string, row phoneRow, asked *int) []sighting {
	if row.digits < minPhoneDigits {
		return nil
	}
	f.readContext(text, &row)
	var found []sighting
	for i := 0; i < len(row.groups); i++ {
		if !row.opens(i) {
			continue
		}
		best, groups := f.startingWith(text, row, i, asked)
		if groups == 0 {
			continue
		}
		found = append(found, best)
		if best.confidence >= certain {
			i += groups - 1
		}
	}
	return surest(found)
}

// certain is the confidence from which no other reading of the digits is tried.
const certain = 0.9

// startingWith finds the surest number that starts with group i of a row, of equals the
// longest, and how many groups it has.
func (f phoneFinder) startingWith(text string, row phoneRow, i int, asked *int) (best sighting, groups int) {
	j, digits := i, 0
	for j < len(row.groups) && digits+row.groups[j].size() <= maxPhoneDigits+2 {
		digits += row.groups[j].size()
		j++
	}
	for ; j > i && digits >= minPhoneDigits && best.confidence < certain; j-- {
		if near := row.near(i, j); row.closes(j) && (near || j-i <= maxGroups) {
			c := row.candidate(text, i, j)
			if confidence := f.judge(text, c, asked); confidence > best.confidence {
				groups = j - i
				best = sighting{c.start(text), extensionEnd(text, row.groups[j-1].end), confidence, "A telephone number"}
			}
		}
		digits -= row.groups[j-1].size()
	}
	return best, groups
}

// near tells whether words beside the row speak of groups [i,j): of those at its ends
// only.
func (r phoneRow) near(i, j int) bool {
	return r.before && r.groups[i].start-r.start < reachRight || r.after && r.end-r.groups[j-1].end < reachRight
}

// named tells whether words beside the row say outright that groups [i,j) are a number.
func (r phoneRow) named(i, j int) bool { return r.leads && i == 0 || r.after && j == len(r.groups) }

func (r phoneRow) candidate(text string, i, j int) phoneCandidate {
	return phoneCandidate{
		groups: r.groups[i:j], digits: joinPhone(text, r.groups[i:j]), plus: r.plus && i == 0,
		bracket: bracketed(text, r.groups[i]), other: r.other && i == 0,
		near: r.near(i, j), named: r.named(i, j),
	}
}

// readContext looks at the words beside a row.
func (f phoneFinder) readContext(text string, row *phoneRow) {
	end := row.groups[len(row.groups)-1].end
	row.before = f.phones.before(text, row.start, reachLeft)
	row.leads = row.before && f.phones.leadsTo(text, row.start, f.between)
	row.after = f.followed(text, extensionEnd(text, end))
	row.other = f.others.before(text, row.start, reachRight)
}

// followed tells whether a word for telephones follows at.
func (f phoneFinder) followed(text string, at int) bool {
	return f.phones.after(text, at, reachRight) || f.titles.after(text, at, reachRight/2)
}

// surest keeps, of sightings that overlap, the one with the most confidence, of equals
// the longest, and puts them in the order of the text.
func surest(found []sighting) []sighting {
	slices.SortFunc(found, func(a, b sighting) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end))
	})
	var out []sighting
	for _, s := range found {
		n := len(out)
		if n == 0 || !out[n-1].overlaps(s) {
			out = append(out, s)
			continue
		}
		if s.confidence > out[n-1].confidence {
			out[n-1] = s
		}
	}
	return out
}

// opens tells whether a number may start with group i.
func (r phoneRow) opens(i int) bool {
	if i == 0 {
		return !r.glued
	}
	return strings.ContainsAny(r.groups[i].gap, " (")
}

// closes tells whether a number may end before group j.
func (r phoneRow) closes(j int) bool {
	return j == len(r.groups) || strings.Contains(r.groups[j].gap, " ")
}

func joinPhone(text string, groups []phoneGroup) string {
	if len(groups) == 1 {
		return text[groups[0].start:groups[0].end]
	}
	out := make([]byte, 0, maxPhoneDigits+2)
	for _, g := range groups {
		out = append(out, text[g.start:g.end]...)
	}
	return string(out)
}

func bracketed(text string, g phoneGroup) bool {
	return g.start > 0 && text[g.start-1] == '(' && g.end < len(text) && text[g.end] == ')'
}

// start is where the number starts, with its sign or bracket.
func (c phoneCandidate) start(text string) int {
	at := c.groups[0].start
	if c.bracket || c.plus && at > 0 && text[at-1] == '(' {
		at--
	}
	if c.plus && at > 0 && text[at-1] == '+' {
		at--
	}
	return at
}

// shape is the sizes of the groups, a for ten and so on.
func (c phoneCandidate) shape() string {
	out := make([]byte, 0, 16)
	for i, g := range c.groups {
		if i > 0 {
			out = append(out, ' ')
		}
		out = append(out, "0123456789abcdefgh"[g.size()])
	}
	return string(out)
}

// judge says how sure it is that a candidate is a telephone number; 0 when it is none.
func (f phoneFinder) judge(text string, c phoneCandidate, asked *int) float64 {
	if strings.Trim(c.digits, c.digits[:1]) == "" {
		return 0 // 000-000-0000
	}
	if c.plus {
		return f.international(c.digits, c, asked)
	}
	if exit := exitCode(c); exit > 0 {
		if confidence := f.international(c.digits[exit:], c, asked); confidence > 0 {
			return confidence
		}
	}
	if c.dated(text) || len(c.digits) > maxPhoneDigits && !strings.HasPrefix(c.digits, "00") {
		return 0
	}
	shape := c.shape()
	if confidence := f.american(text, c, shape, asked); confidence > 0 {
		return confidence
	}
	if confidence := f.national(c, shape, asked); confidence > 0 {
		return confidence
	}
	switch {
	case !c.named || c.other:
		return 0
	case len(c.groups) == 1 && len(c.digits) >= 7 && len(c.digits) <= 13:
		return 0.6
	case len(c.groups) == 1, houseNumbers(shape):
		return 0
	default:
		return 0.7
	}
}

// houseNumbers tells whether the groups are rather those of an address: 14 3684 Court
// Street.
func houseNumbers(shape string) bool {
	return len(shape) == 3 && shape[2] == '4' && shape[0] != '3' && shape[0] != '4'
}

// exitCode says how many digits dial out of a country before the number; 0 when none do.
func exitCode(c phoneCandidate) int {
	switch {
	case len(c.groups) < 2:
		return 0
	case strings.HasPrefix(c.digits, "00"):
		return 2
	case strings.HasPrefix(c.digits, "011") && c.groups[0].size() == 3:
		return 3
	default:
		return 0
	}
}

// international judges numbers that start with the code of a country.
func (f phoneFinder) international(number string, c phoneCandidate, asked *int) float64 {
	switch {
	case len(number) < 7 || len(number) > maxPhoneDigits:
		return 0
	case valid("+"+number, "ZZ", asked):
		return 0.97
	case c.near:
		return 0.75
	case c.plus && len(c.groups) > 1 && len(number) >= 9:
		return 0.6
	default:
		return 0
	}
}

// american judges numbers of the North American plan: 415-555-2671.
func (f phoneFinder) american(text string, c phoneCandidate, shape string, asked *int) float64 {
	number := c.digits
	if len(number) == 11 && number[0] == '1' {
		number = number[1:]
		shape = strings.Replace(strings.TrimPrefix(shape, "1 "), "b", "a", 1)
	}
	if len(number) != 10 || shape != "3 3 4" && (shape != "a" && shape != "3 7" || !c.near) {
		return 0
	}
	last := c.groups[len(c.groups)-1]
	good := number[0] >= '2' && number[3] >= '2' && valid(number, "US", asked)
	switch {
	case good && c.near:
		return 0.97
	case good && (c.bracket || last.gap == "-"):
		return 0.92
	case good && !c.other:
		return 0.75
	case c.bracket && last.gap == "-" && !c.near:
		return 0.65
	default:
		return 0
	}
}

// national judges numbers in the grouping of a country.
func (f phoneFinder) national(c phoneCandidate, shape string, asked *int) float64 {
	if c.bracket {
		shape = "(" + shape
	}
	if c.digits[0] != '0' && !c.bracket {
		return 0
	}
	for _, region := range f.shapes[shape] {
		if valid(c.digits, region, asked) {
			if c.near {
				return 0.95
			}
			return 0.8
		}
	}
	return 0
}

// valid asks the numbering plan of a region; "ZZ" stands for all.
func valid(number, region string, asked *int) bool {
	if *asked++; *asked > maxAsked {
		return true
	}
	n, err := phonenumbers.Parse(number, region)
	return err == nil && phonenumbers.IsValidNumber(n)
}

// dated tells whether the candidate holds a date or years.
func (c phoneCandidate) dated(text string) bool {
	at := func(i int) string { return text[c.groups[i].start:c.groups[i].end] }
	for i := range c.groups {
		if i+1 < len(c.groups) && year(at(i)) && (year(at(i+1)) || month(at(i+1)) && len(at(i+1)) == 2 && c.groups[i+1].gap != " ") {
			return true
		}
		if i+2 < len(c.groups) && month(at(i)) && month(at(i+1)) && year(at(i+2)) {
			return true
		}
	}
	return false
}

func year(s string) bool {
	return len(s) == 4 && (strings.HasPrefix(s, "19") || strings.HasPrefix(s, "20"))
}

// month tells whether the digits can be the month or day of a date.
func month(s string) bool { return len(s) <= 2 && s <= "31" && s != "0" && s != "00" }

// extensionEnd returns where an extension ends that follows at: x123, ext. 123. It is at
// when there is none.
func extensionEnd(text string, at int) int {
	i := at
	if i < len(text) && text[i] == ' ' {
		i++
	}
	word := ""
	for _, w := range []string{"extension", "ext.", "ext", "x"} {
		if strings.HasPrefix(text[min(i, len(text)):], w) {
			word = w
			break
		}
	}
	if word == "" {
		return at
	}
	i += len(word)
	if i < len(text) && text[i] == ' ' {
		i++
	}
	first := i
	for i < len(text) && i-first < 6 && digit(text[i]) {
		i++
	}
	if i == first || i < len(text) && plainWord(text[i]) {
		return at
	}
	return i
}
