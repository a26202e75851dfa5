package detectors

import (
	"strings"

	"github.com/guardroom/guardroom/internal/guard"
	"github.com/guardroom/guardroom/internal/review"
)

// piiIBAN finds numbers of bank accounts.
func piiIBAN() guard.Spec {
	return guard.Spec{
		DetectorSpec: review.DetectorSpec{
			ID: "pii.iban", Title: "Bank account number (IBAN)", Category: review.CategoryPII, OWASP: "LLM02:2025",
			Description: "Finds international bank account numbers (ISO 13616), plain or in groups, by country, length and check digits (mod 97). " +
				"Account numbers of countries without IBAN are not found.",
			Examples: []string{"My IBAN is GB29 NWBK 6016 1331 9268 19.", "Überweisung an DE89370400440532013000"},
			// Country, length and two check digits together: a hit is hardly ever chance.
			Default: review.Rule{Mode: review.ModeEnforce, Flag: 0.85},
		},
		Placeholder: "IBAN",
		New:         func() (guard.Detector, error) { return newPersonal("pii.iban", review.SeverityHigh), nil },
	}
}

// ibanSizes are the lengths of the IBAN registry (SWIFT, release 99).
func ibanSizes() map[string]int {
	const registry = "ad24 ae23 al28 at20 az28 ba20 be16 bg22 bh22 bi27 br29 by28 ch21 cr22 cy28 cz24 de22 dj27 dk18 do28 ee20 eg29 es24 " +
		"fi18 fk18 fo18 fr27 gb22 ge22 gi23 gl18 gr27 gt28 hn28 hr21 hu28 ie22 il23 iq23 is26 it27 jo30 kw30 kz20 lb28 lc32 li21 lt20 lu20 " +
		"lv21 ly25 mc27 md24 me22 mk19 mn20 mr27 mt31 mu30 ni28 nl18 no15 om23 pk24 pl28 ps29 pt25 qa29 ro24 rs22 ru33 sa24 sc31 sd18 " +
		"se24 si19 sk24 sm27 so23 st25 sv28 tl23 tn24 tr26 ua29 va22 vg24 xk20 ye30"
	out := map[string]int{}
	for entry := range strings.FieldsSeq(registry) {
		out[entry[:2]] = int(entry[2]-'0')*10 + int(entry[3]-'0')
	}
	return out
}

func ibans() finder {
	sizes := ibanSizes()
	return func(text string) []sighting {
		var out []sighting
		for i := 2; i+1 < len(text); i++ {
			if !digit(text[i]) || !digit(text[i+1]) || plainDigit(text[i-1]) || i > 2 && plainWord(text[i-3]) {
				continue
			}
			end := ibanEnd(text, i-2, sizes[text[i-2:i]])
			if end == 0 {
				continue
			}
			out = append(out, sighting{i - 2, end, 0.98, "An international bank account number"})
			i = end
		}
		return out
	}
}

// plainDigit tells whether the byte is no letter of ASCII, where a country code needs one.
func plainDigit(c byte) bool { return c < 'a' || c > 'z' }

// ibanEnd reads size letters and digits from start on, with at most one space, dash or
// dot between two, and says where they end; 0 when they are no IBAN.
func ibanEnd(text string, start, size int) int {
	var number [34]byte
	n, digits, gaps, i := 0, 0, 0, start
	for n < size && i < len(text) {
		switch c := text[i]; {
		case c >= 'a' && c <= 'z' || digit(c):
			number[n] = c
			n++
			if digit(c) {
				digits++
			}
		case digitGap(c) && i > start && !digitGap(text[i-1]):
			gaps++
		default:
			return 0
		}
		i++
	}
	switch {
	case size == 0 || n < size || i < len(text) && plainWord(text[i]):
		return 0
	case gaps > 0 && 3*digits < size:
		return 0 // words that happen to start like one
	case gaps > size/2 || !mod97(number[:n]):
		return 0
	}
	return i
}

// mod97 checks the two check digits (ISO 7064).
func mod97(number []byte) bool {
	rest := 0
	for i := range number {
		c := number[(i+4)%len(number)]
		if digit(c) {
			rest = (rest*10 + int(c-'0')) % 97
			continue
		}
		rest = (rest*100 + int(c-'a') + 10) % 97
	}
	return rest == 1
}
