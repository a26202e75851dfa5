package detectors

import (
	"github.com/guardroom/guardroom/internal/guard"
	"github.com/guardroom/guardroom/internal/review"
)

// piiBirth finds dates of birth.
func piiBirth() guard.Spec {
	return guard.Spec{
		DetectorSpec: review.DetectorSpec{
			ID: "pii.birth", Title: "Date of birth", Category: review.CategoryPII, OWASP: "LLM02:2025",
			Description: "Finds dates since 1900 behind words that make them somebody's date of birth, in many languages: the label of a form, or people who speak of themselves. " +
				"Other dates, and the years of people in books, are none.",
			Examples: []string{"Date of birth: 14.03.1979", "I was born on May 12, 1980."},
			// As with addresses of e-mail: taken out of the text, but no reason to stop it.
			Default: review.Rule{Mode: review.ModeMonitor, Flag: 0.9},
		},
		Placeholder: "BIRTH_DATE",
		New:         func() (guard.Detector, error) { return newPersonal("pii.birth", review.SeverityMedium), nil },
	}
}

const (
	birthAnchors = "birth*|born|dob|d.o.b*|geburts*|geboren|geb.*|naissance|je suis ne*|nacimiento|naci el|nascita|sono nat*|nascimento|nasci em|geboorte*|urodzen*|urodzil*|рожден*|родил*|fodsel*|fodelse*|dogum|narozen*|*出生*|*生年月日*|*생년월일*|*誕生日*|*生日*"
	monthExpr    = `(?:jan(?:uary|uar|vier)?|enero|gennaio|janeiro|feb(?:ruary|ruar|rero|braio)?|fevrier|fevereiro|mar(?:ch|s|zo|co)?|marz|maerz|apr(?:il|ile)?|avril|abril|may|mai|maj|mayo|maggio|maio|mei|june?|juni?|juin|junio|giugno|junho|` +
		`july?|juli|juillet|julio|luglio|julho|aug(?:ust|ustus)?|aout|agosto|sep(?:t|tember|tembre|tiembre)?|settembre|setembro|oct(?:ober|obre|ubre)?|okt(?:ober)?|ottobre|outubro|nov(?:ember|embre|iembre|embro)?|dec(?:ember|embre)?|dez(?:ember|embro)?|diciembre|dicembre|decembre|` +
		`января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря)\.?`
	yearExpr       = `(?:19\d\d|20[0-3]\d)`
	numericDate    = `(?:\d{1,2}[./-]\d{1,2}[./-](?:` + yearExpr + `|\d\d)|` + yearExpr + `[./-]\d{1,2}[./-]\d{1,2})`
	writtenDate    = `(?:\d{1,2}(?:st|nd|rd|th|er|\.)?\s(?:of\s|de\s)?` + monthExpr + `,?\s(?:de\s)?` + yearExpr + `|` + monthExpr + `\s\d{1,2}(?:st|nd|rd|th)?,?\s` + yearExpr + `|` + yearExpr + `\s?[年년]\s?\d{1,2}\s?[月월]\s?\d{1,2}\s?[日일])`
	birthConnector = `(?:[\s"'*_|>]*(?:is|was|on|am|ist|est|es|e|le|el|il|em|den|der|это|は|是|为|:|=|\(|-|–|[.?!]\s+it(?:'s| is)|,)){0,3}[\s"'*_|>]*`
	birthLabel     = `date of birth|birth\s?date|birth\s?day|dob|d\.o\.b\.?|\bi(?: was|'m| am) born|geburtsdatum|geburtstag|ich bin am|ich wurde am|geb\. am|date de naissance|je suis nee? le|fecha de nacimiento|naci el|data di nascita|sono nat[oa] il|` +
		`data de nascimento|nasci em|geboortedatum|geboren op|data urodzenia|urodzil[ae]m sie|дата рождения|дату рождения|день рождения|я родил(?:ся|ась)|fodselsdato|fodelsedatum|dogum tarihi(?:m)?|datum narozeni|出生日期|出生年月日|生年月日|생년월일|誕生日|生日`
)

// birthDates finds a date behind a label. Whoever is said to be born on a date of figures
// alone stands in a file, not in a story.
func birthDates() finder {
	a := newAnchored(birthAnchors,
		`(?:(?:`+birthLabel+`)`+birthConnector+`(`+numericDate+`|`+writtenDate+`)|\b(?:she|he|they) (?:was|were) born on (`+numericDate+`))(?:[^\d/-]|$)`, 64, 96)
	a.needsDigit = true
	return func(text string) []sighting {
		return anchoredSightings(a, text, "A date of birth", 0.92, func(m []int) (span, bool) {
			if m[2] >= 0 {
				return span{m[2], m[3]}, true
			}
			return span{m[4], m[5]}, true
		})
	}
}
