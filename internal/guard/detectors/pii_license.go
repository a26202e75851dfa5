package detectors

import (
	"strings"

	"github.com/guardroom/guardroom/internal/guard"
	"github.com/guardroom/guardroom/internal/review"
)

// piiLicense finds numbers of driving licences and number plates.
func piiLicense() guard.Spec {
	return guard.Spec{
		DetectorSpec: review.DetectorSpec{
			ID: "pii.license", Title: "Driving licence and vehicle", Category: review.CategoryPII, OWASP: "LLM02:2025",
			Description: "Finds numbers of driving licences, of number plates and of vehicles (VIN) behind words that say what they are, in many languages. By themselves they cannot be told from other numbers.",
			Examples:    []string{"Driver's license D1234567", "The license plate is 7ABC123."},
			Default:     review.Rule{Mode: review.ModeEnforce, Flag: 0.85},
		},
		Placeholder: "LICENSE",
		New:         func() (guard.Detector, error) { return newPersonal("pii.license", review.SeverityMedium), nil },
	}
}

func licences() finder {
	licence := labelled{
		message: "The number of a driving licence",
		labels: newWordset("driver license|driver's license|drivers license|driver's licence|driver licence|driving licence|driving license|license dl|dl number|fuhrerschein|fuhrerscheinnummer|"+
			"permis de|licencia de|carnet de|patente di|carta de|rijbewijs|rijbewijsnummer|prawo jazdy|prawa jazdy|водительское удостоверение|водительского удостоверения", "驾驶证|運転免許|운전면허"),
		between: wordsetOf(usual(), "conduire|conducir|guida|conducao|manejo"), least: 6, most: 18, digits: 4, groups: 5, confidence: 0.9, digitGroups: true,
	}
	plate := labelled{
		message: "A number plate",
		labels: newWordset("license plate|licence plate|number plate|plate number|registration plate|plates|kennzeichen|kfz-kennzeichen|nummernschild|plaque d'immatriculation|immatriculation|"+
			"matricula|targa|kenteken|tablica rejestracyjna|номерной знак|госномер", "车牌|ナンバープレート|번호판"),
		between: usual(), least: 4, most: 9, digits: 1, letters: 1, groups: 4, confidence: 0.88,
	}
	vehicle := labelled{
		message: "The identification number of a vehicle",
		labels:  newWordset("vin|vin number|vehicle identification|chassis|fahrgestellnummer|fahrzeug-ident|fahrzeugidentifikationsnummer|numero de chassis|telaio|bastidor|chassi", "车架号|車台番号|차대번호"),
		between: wordsetOf(usual(), "identification"), least: 17, most: 17, digits: 4, letters: 2, groups: 1, check: vehicleNumber, confidence: 0.92,
	}
	return behindLabels(licence, plate, vehicle)
}

// vehicleNumber tells numbers of ISO 3779, which have no I, O and Q. Only American ones have
// a check digit.
func vehicleNumber(s string) bool { return !strings.ContainsAny(s, "ioq") && varied(s) > 5 }

// wordsetOf adds words to a wordset.
func wordsetOf(s wordset, more string) wordset {
	for w := range newWordset(more, "").words {
		s.words[w] = true
	}
	return s
}
