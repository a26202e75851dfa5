package detectors

import (
	"github.com/guardroom/guardroom/internal/guard"
	"github.com/guardroom/guardroom/internal/review"
)

// piiCard finds numbers of payment cards.
func piiCard() guard.Spec {
	return guard.Spec{
		DetectorSpec: review.DetectorSpec{
			ID: "pii.card", Title: "Payment card number", Category: review.CategoryPII, OWASP: "LLM02:2025",
			Description: "Finds numbers of 12 to 19 digits, plain or in groups, whose first digits and length belong to a card issuer and whose check digit is right (Luhn). " +
				"Lengths and issuers that other numbers often look like are reported only beside words that speak of cards, as are those of unknown issuers; a number that is called an order, a parcel or a serial number is not. " +
				"It cannot tell a card that exists from one that could.",
			Examples: []string{"Please charge my card 4539 1488 0343 6467.", "AMEX 3782-822463-10005, exp 12/27"},
			// A checked number of a known issuer is hardly ever chance, so it is worth a
			// person's look; what is less sure is redacted and nothing more.
			Default: review.Rule{Mode: review.ModeEnforce, Flag: 0.85},
		},
		Placeholder: "CARD",
		New:         func() (guard.Detector, error) { return newPersonal("pii.card", review.SeverityHigh), nil },
	}
}

// issuer is a range of first digits with the lengths of its numbers.
type issuer struct {
	from, to string // first digits, inclusive, of one length
	sizes    string // as bytes: the lengths that are told by first digits and check digit alone
	rare     string // the lengths that need a word beside them
}

// issuers lists the ranges of ISO/IEC 7812 that cards are issued from.
func issuers() []issuer {
	const maestro = "\x0c\x0d\x0e\x0f\x10\x11\x12\x13"
	return []issuer{
		{"4", "4", "\x10", "\x0d\x13"},                       // Visa
		{"51", "55", "\x10", ""},                             // Mastercard
		{"2221", "2720", "\x10", ""},                         //
		{"34", "34", "\x0f", ""},                             // American Express
		{"37", "37", "\x0f", ""},                             //
		{"6011", "6011", "\x10", "\x13"},                     // Discover
		{"644", "659", "\x10", "\x13"},                       //
		{"300", "305", "", "\x0e\x10\x13"},                   // Diners Club
		{"309", "309", "", "\x0e\x10\x13"},                   //
		{"36", "36", "", "\x0e\x13"},                         //
		{"38", "39", "", "\x0e\x10\x13"},                     //
		{"3528", "3589", "\x10", "\x11\x12\x13"},             // JCB
		{"1800", "1800", "", "\x0f"},                         //
		{"2131", "2131", "", "\x0f"},                         //
		{"62", "62", "\x10", "\x11\x12\x13"},                 // UnionPay
		{"81", "82", "", "\x10\x11\x12\x13"},                 // UnionPay, RuPay
		{"2200", "2204", "\x10", "\x11\x12\x13"},             // Mir
		{"9792", "9792", "", "\x10"},                         // Troy
		{"50", "50", "", maestro}, {"56", "69", "", maestro}, // Maestro
	}
}

// cardLooks is how a number of digits looks like a card.
type cardLooks int

const (
	noCard  cardLooks = iota
	oddCard           // the check digit is right, but no issuer is known
	rareCard
	usualCard
)

// cardFinder finds card numbers.
type cardFinder struct {
	issuers []issuer
	cards   wordset // words that speak of cards
	others  wordset // words that speak of other long numbers
}

func cards() finder {
	f := cardFinder{
		issuers: issuers(),
		cards: newWordset("card|cards|cc|creditcard|debit|credit|visa|mastercard|amex|american express|maestro|discover|diners|jcb|unionpay|rupay|mir|pan|cvv|cvc|cvv2|"+
			"kreditkarte|kreditkartennummer|karte|kartennummer|carte|tarjeta|cartao|carta|karta|karty|karte|kart|karti|kartim|kaart|kaartnummer|creditkaart|kort|kortnummer|kortti|"+
			"карта|карты|карте|карту|картой|картка|κάρτα|κάρτας|بطاقة|بطاقتي|البطاقة|कार्ड|כרטיס", "卡|カード|카드|บัตร"),
		others: newWordset("id|ids|nonce|order|orders|tracking|parcel|shipment|package|isbn|imei|imsi|iccid|invoice|serial|ticket|barcode|ean|gtin|upc|sku|timestamp|uuid|guid|"+
			"bestellung|bestellnummer|sendung|rechnung|commande|facture|colis|pedido|factura|fatura|ordine|fattura|zamowienie|заказ|заказа", "订单|运单|注文|주문"),
	}
	return f.find
}

func (f cardFinder) find(text string) []sighting {
	var out []sighting
	for row := range digitRows(text) {
		for i := 0; i < len(row); {
			n, s := f.at(text, row, i)
			if n == 0 {
				i++
				continue
			}
			out = append(out, s)
			i += n
		}
	}
	return out
}

const (
	minCardDigits = 12
	maxCardDigits = 19
	maxCardGroups = 5 // more are digits one by one, or a table of numbers
)

// at looks for a card that starts with group i of a row and says how many groups it has.
func (f cardFinder) at(text string, row []digitGroup, i int) (groups int, s sighting) {
	if row[i].gap == '-' || row[i].gap == '.' {
		return 0, s
	}
	digits, best := 0, 0
	for n := 1; i+n <= len(row); n++ {
		if digits += row[i+n-1].size(); digits > maxCardDigits {
			break
		}
		if n > maxCardGroups && i > 0 {
			break // where nothing announces a number
		}
		if digits < minCardDigits || !apart(row, i, i+n) || !oneGap(row, i, i+n) {
			continue
		}
		if confidence := f.confidence(text, row[i:i+n]); confidence > s.confidence {
			best = n
			s = sighting{row[i].start, row[i+n-1].end, confidence, "A payment card number"}
		}
	}
	return best, s
}

func (f cardFinder) confidence(text string, groups []digitGroup) float64 {
	looks := f.looks(join(text, groups))
	if looks == noCard {
		return 0
	}
	start, end := groups[0].start, groups[len(groups)-1].end
	switch {
	case !evenGroups(groups) && !printedGroups(groups):
		return 0
	case looks == oddCard:
		if f.cards.before(text, start, reachRight) && !f.others.before(text, start, reachRight) {
			return 0.88
		}
		return 0
	case f.cards.beside(text, start, end):
		return 0.99
	case printedGroups(groups):
		if looks == usualCard {
			return 0.95
		}
		return 0.7
	case looks == rareCard || len(groups) > 1 || f.others.before(text, start, reachRight), start > 0 && text[start-1] == '/':
		return 0
	default:
		return 0.88
	}
}

// looks tells how digits look: like a card of usual length, of a length or issuer that
// is often something else, of no known issuer, or like none.
func (f cardFinder) looks(digits string) cardLooks {
	if !luhn(digits) {
		return noCard
	}
	looks := oddCard
	for _, is := range f.issuers {
		if head := digits[:len(is.from)]; head < is.from || head > is.to {
			continue
		}
		if hasByte(is.sizes, len(digits)) {
			looks = usualCard
			break
		}
		if hasByte(is.rare, len(digits)) {
			looks = rareCard
		}
	}
	return looks
}

func hasByte(s string, n int) bool {
	for i := range len(s) {
		if int(s[i]) == n {
			return true
		}
	}
	return false
}

// luhn checks the last digit (ISO/IEC 7812-1, annex B).
func luhn(digits string) bool {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// printedGroups tells whether the groups are those that are printed on cards.
func printedGroups(groups []digitGroup) bool {
	if len(groups) == 3 && groups[0].size() == 4 && groups[1].size() == 6 {
		return true // 4-6-5 American Express, 4-6-4 Diners Club
	}
	return len(groups) >= 4 && groups[0].size() == 4 && evenGroups(groups)
}

// evenGroups tells whether all groups are of one size, the last one maybe shorter.
func evenGroups(groups []digitGroup) bool {
	size := groups[0].size()
	for _, g := range groups[1:max(len(groups)-1, 1)] {
		if g.size() != size {
			return false
		}
	}
	return groups[len(groups)-1].size() <= size
}
