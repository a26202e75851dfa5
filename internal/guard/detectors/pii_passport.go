package detectors

import (
	"strings"

	"github.com/guardroom/guardroom/internal/guard"
	"github.com/guardroom/guardroom/internal/review"
)

// piiPassport finds numbers of passports.
func piiPassport() guard.Spec {
	return guard.Spec{
		DetectorSpec: review.DetectorSpec{
			ID: "pii.passport", Title: "Passport number", Category: review.CategoryPII, OWASP: "LLM02:2025",
			Description: "Finds passport numbers behind words that say so, in many languages, and the second line of a machine-readable zone by its check digits (ICAO 9303). " +
				"A passport number by itself has no mark by which it could be told.",
			Examples: []string{"My passport number is 533380006.", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"},
			Default:  review.Rule{Mode: review.ModeEnforce, Flag: 0.85},
		},
		Placeholder: "PASSPORT",
		New:         func() (guard.Detector, error) { return newPersonal("pii.passport", review.SeverityHigh), nil },
	}
}

func passports() finder {
	behind := labelled{
		message: "A passport number",
		labels: newWordset("passport|passports|passport no|passport number|reisepass|reisepassnummer|passnummer|passeport|pasaporte|passaporto|passaporte|paspoort|paszport|paszportu|pasaport|paspor|"+
			"загранпаспорт|загранпаспорта|паспорт|паспорта|διαβατηριο|διαβατηριου", "护照|護照|旅券|パスポート|여권|جواز"),
		between: usual(), least: 6, most: 10, digits: 5, groups: 2, confidence: 0.92, digitGroups: true,
	}
	return allOf(machineReadable, behindLabels(behind))
}

// zoneSize is how long a line of the machine-readable zone of a passport is.
const zoneSize = 44

// machineReadable finds second lines of machine-readable zones.
func machineReadable(text string) []sighting {
	var out []sighting
	for i := 0; ; {
		at := strings.IndexByte(text[i:], '<')
		if at < 0 {
			return out
		}
		start, end := i+at, i+at
		for start > i && zoneByte(text[start-1]) {
			start--
		}
		for end < len(text) && zoneByte(text[end]) {
			end++
		}
		if end-start == zoneSize && zoneLine(text[start:end]) {
			out = append(out, sighting{start, end, 0.99, "The machine-readable zone of a passport"})
		}
		i = end
	}
}

func zoneByte(c byte) bool { return c == '<' || plainWord(c) && c != '_' }

// zoneLine checks number, date of birth and date of expiry.
func zoneLine(s string) bool {
	return zoneCheck(s[0:9], s[9]) && zoneCheck(s[13:19], s[19]) && zoneCheck(s[21:27], s[27])
}

func zoneCheck(field string, check byte) bool {
	sum := 0
	for i := range len(field) {
		if field[i] != '<' {
			sum += [3]int{7, 3, 1}[i%3] * letterOrDigit(field[i])
		}
	}
	return digit(check) && sum%10 == int(check-'0')
}
