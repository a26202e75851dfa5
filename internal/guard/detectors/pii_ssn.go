package detectors

import (
	"github.com/guardroom/guardroom/internal/guard"
	"github.com/guardroom/guardroom/internal/review"
)

// piiSSN finds the numbers by which the United States know people.
func piiSSN() guard.Spec {
	return guard.Spec{
		DetectorSpec: review.DetectorSpec{
			ID: "pii.ssn", Title: "US social security number", Category: review.CategoryPII, OWASP: "LLM02:2025",
			Description: "Finds social security numbers (SSN) and individual taxpayer numbers (ITIN) of the United States by the ranges in which they are issued: with dashes anywhere, " +
				"with spaces, dots or nothing between the digits only beside words that say what they are. They have no check digit, so a part number of the same form is taken for one.",
			Examples: []string{"His social security number is 196-20-7761.", "ITIN 912-70-1234"},
			// The form with dashes is that of hardly anything else, and the harm is lasting.
			Default: review.Rule{Mode: review.ModeEnforce, Flag: 0.85},
		},
		Placeholder: "SSN",
		New:         func() (guard.Detector, error) { return newPersonal("pii.ssn", review.SeverityHigh), nil },
	}
}

// ssnFinder finds social security and taxpayer numbers.
type ssnFinder struct {
	numbers wordset // words that speak of them
	others  wordset // words that speak of other numbers
}

func socialSecurityNumbers() finder {
	f := ssnFinder{
		numbers: newWordset("ssn|ssns|social security|socialsecurity|itin|itins|tin|taxpayer|tax id|"+
			"sozialversicherungsnummer|sécurité sociale|seguro social|seguridad social|segurança social|sicurezza sociale", "社会安全|社会保障|사회보장|الضمان"),
		others: newWordset("part|order|model|serial|sku|isbn|ticket|invoice|tracking|case|phone|fax|tel|extension", ""),
	}
	return f.find
}

func (f ssnFinder) find(text string) []sighting {
	var out []sighting
	for row := range digitRows(text) {
		for i := 0; i < len(row); i++ {
			n := ssnGroups(row, i)
			if n == 0 || !issuedNumber(join(text, row[i:i+n])) {
				continue
			}
			s := sighting{start: row[i].start, end: row[i+n-1].end, message: "A US social security or taxpayer number"}
			gap := byte(0)
			if n > 1 {
				gap = row[i+1].gap
			}
			if s.confidence = f.confidence(text, s.start, s.end, gap); s.confidence > 0 {
				out = append(out, s)
				i += n - 1
			}
		}
	}
	return out
}

// ssnGroups says how many groups from i on have the form of a number: three of 3, 2 and
// 4 digits, or one of nine. 0 when they have not.
func ssnGroups(row []digitGroup, i int) int {
	switch {
	case row[i].size() == 9 && apart(row, i, i+1):
		return 1
	case i+3 <= len(row) && row[i].size() == 3 && row[i+1].size() == 2 && row[i+2].size() == 4 &&
		apart(row, i, i+3) && oneGap(row, i, i+3):
		return 3
	default:
		return 0
	}
}

func (f ssnFinder) confidence(text string, start, end int, gap byte) float64 {
	switch {
	case f.numbers.before(text, start, reachLeft):
		if gap == 0 {
			return 0.9
		}
		return 0.99
	case gap != '-':
		return 0
	case f.others.beside(text, start, end):
		return 0.5
	default:
		return 0.9
	}
}

// issuedNumber tells whether nine digits lie in a range that is issued: SSNs by the rules
// of the Social Security Administration since 2011, ITINs by those of the IRS.
func issuedNumber(digits string) bool {
	area, group, serial := digits[:3], digits[3:5], digits[5:]
	if area[0] == '9' {
		return group >= "50" && group <= "65" || group >= "70" && group <= "88" ||
			group >= "90" && group <= "92" || group >= "94"
	}
	if digits == "078051120" || digits == "219099999" {
		return false // printed in advertisements, and void since
	}
	return area != "000" && area != "666" && group != "00" && serial != "0000"
}
