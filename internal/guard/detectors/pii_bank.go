package detectors

import (
	"strings"

	"github.com/guardroom/guardroom/internal/guard"
	"github.com/guardroom/guardroom/internal/review"
)

// piiBank finds numbers of bank accounts that are no IBAN.
func piiBank() guard.Spec {
	return guard.Spec{
		DetectorSpec: review.DetectorSpec{
			ID: "pii.bank", Title: "Bank account and routing number", Category: review.CategoryPII, OWASP: "LLM02:2025",
			Description: "Finds account numbers, sort codes, BICs and the routing numbers of American banks (with their check digit) behind words that say what they are.",
			Examples:    []string{"Routing number 021000021, account number 000123456789", "Sort code 12-34-56"},
			Default:     review.Rule{Mode: review.ModeEnforce, Flag: 0.85},
		},
		Placeholder: "BANK",
		New:         func() (guard.Detector, error) { return newPersonal("pii.bank", review.SeverityHigh), nil },
	}
}

func bankNumbers() finder {
	routing := labelled{
		message: "The routing number of a bank", labels: newWordset("routing|aba|rtn|routing transit|transit", ""), between: usual(),
		least: 9, most: 9, digits: 9, groups: 3, check: routingNumber, confidence: 0.95,
	}
	sort := labelled{
		message: "The sort code of a bank", labels: newWordset("sort code|sortcode", ""), between: usual(),
		least: 6, most: 6, digits: 6, groups: 3, confidence: 0.95,
	}
	account := labelled{
		message: "The number of a bank account",
		labels: newWordset("account number|account no|account nr|bank account|acct|acct no|bank acct|checking account|savings account|kontonummer|konto-nr|de compte|de cuenta|cuenta bancaria|"+
			"di conto|conto corrente|conta corrente|conta bancaria|rekeningnummer|numer konta|номер счета|банковский счет", "账号|銀行口座|口座番号|계좌번호|银行账户"),
		between: usual(), least: 7, most: 17, digits: 7, groups: 4, confidence: 0.9, digitGroups: true,
	}
	bic := labelled{
		message: "The identifier code of a bank", labels: newWordset("bic|bic code|swift code|swift bic|swift-code|swift/bic", ""), between: usual(),
		least: 8, most: 11, groups: 1, check: bankIdentifier, confidence: 0.9,
	}
	return behindLabels(routing, sort, account, bic)
}

// bankCountries are the countries that have banks of SWIFT, by their codes.
const bankCountries = "ad ae al am ar at au az ba bb bd be bg bh bm bn bo br bs by ca ch ci cl cm cn co cr cu cy cz de dk do dz ec ee eg es et fi fr gb ge gh gi gr gt hk hn hr hu id ie il im in iq ir is it je jm jo jp " +
	"ke kh kr kw ky kz lb li lk lt lu lv ly ma mc md me mg mk mm mo mt mu mv mx my mz na ng ni nl no np nz om pa pe pg ph pk pl pr ps pt py qa ro rs ru rw sa sc se sg si sk sm sn sv sy th tn tr tw tz ua ug us uy uz va ve vg vn xk ye za zm zw"

// bankIdentifier tells codes of ISO 9362: four letters, a country, a place and a branch.
func bankIdentifier(s string) bool {
	return (len(s) == 8 || len(s) == 11) && shaped(s[:6], "aaaaaa") && strings.Contains(bankCountries, s[4:6])
}
