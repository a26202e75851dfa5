package app

import (
	"cmp"
	"slices"

	"github.com/guardroom/guardroom/internal/review"
)

// entityDetectors names the detector of each type of span that data sets use.
var entityDetectors = map[string]string{
	"CREDIT_CARD":               "pii.card",
	"EMAIL_ADDRESS":             "pii.email",
	"IBAN_CODE":                 "pii.iban",
	"IP_ADDRESS":                "pii.ip",
	"PHONE_NUMBER":              "pii.phone",
	"US_SSN":                    "pii.ssn",
	"US_ITIN":                   "pii.ssn",
	"US_PASSPORT":               "pii.passport",
	"UK_PASSPORT":               "pii.passport",
	"IN_PASSPORT":               "pii.passport",
	"IT_PASSPORT":               "pii.passport",
	"PASSPORT":                  "pii.passport",
	"NATIONAL_ID":               "pii.national",
	"UK_NHS":                    "pii.national",
	"UK_NINO":                   "pii.national",
	"DE_TAX_ID":                 "pii.national",
	"DE_ID_CARD":                "pii.national",
	"FR_NIR":                    "pii.national",
	"ES_NIF":                    "pii.national",
	"ES_NIE":                    "pii.national",
	"IT_FISCAL_CODE":            "pii.national",
	"NL_BSN":                    "pii.national",
	"BE_NRN":                    "pii.national",
	"PL_PESEL":                  "pii.national",
	"SE_PERSONNUMMER":           "pii.national",
	"FI_PERSONAL_IDENTITY_CODE": "pii.national",
	"PT_NIF":                    "pii.national",
	"BR_CPF":                    "pii.national",
	"BR_CNPJ":                   "pii.national",
	"IN_AADHAAR":                "pii.national",
	"IN_PAN":                    "pii.national",
	"CN_RESIDENT_ID":            "pii.national",
	"KR_RRN":                    "pii.national",
	"JP_MY_NUMBER":              "pii.national",
	"ZA_ID":                     "pii.national",
	"AU_TFN":                    "pii.national",
	"AU_MEDICARE":               "pii.national",
	"AU_ABN":                    "pii.national",
	"CA_SIN":                    "pii.national",
	"SG_NRIC_FIN":               "pii.national",
	"TH_TNIN":                   "pii.national",
	"US_BANK_NUMBER":            "pii.bank",
	"ABA_ROUTING_NUMBER":        "pii.bank",
	"US_DRIVER_LICENSE":         "pii.license",
	"IT_DRIVER_LICENSE":         "pii.license",
	"MAC_ADDRESS":               "pii.mac",
	"CRYPTO":                    "pii.crypto",
	"ADDRESS":                   "pii.address",
	"PERSON":                    "pii.name",
}

// EvalEntity is how one type of span was found. A span is found when a Finding of its
// detector shares at least half of what the two cover together.
type EvalEntity struct {
	Type      string    `json:"type"`
	Detector  string    `json:"detector"` // "" when the guard looks for nothing of the kind
	Recall    EvalShare `json:"recall"`
	Precision EvalShare `json:"precision"` // of the detector's Findings on all rows
}

func evalEntities(outcomes []outcome, present []string) []EvalEntity {
	spans, found := map[string]int{}, map[string]int{}
	findings, right := map[string]int{}, map[string]int{}
	for _, o := range outcomes {
		for _, s := range o.row.Spans {
			spans[s.Type]++
			if slices.ContainsFunc(o.findings, s.foundBy) {
				found[s.Type]++
			}
		}
		for _, f := range o.findings {
			findings[f.Detector]++
			if slices.ContainsFunc(o.row.Spans, func(s evalSpan) bool { return s.foundBy(f) }) {
				right[f.Detector]++
			}
		}
	}
	entities := make([]EvalEntity, 0, len(spans))
	for kind, n := range spans {
		e := EvalEntity{Type: kind, Recall: share(found[kind], n), Precision: share(0, 0)}
		if d := entityDetectors[kind]; slices.Contains(present, d) {
			e.Detector, e.Precision = d, share(right[d], findings[d])
		}
		entities = append(entities, e)
	}
	slices.SortFunc(entities, func(a, b EvalEntity) int {
		// types that nobody looks for come last
		return cmp.Or(cmp.Compare(index(a.Detector == ""), index(b.Detector == "")), cmp.Compare(a.Type, b.Type))
	})
	return entities
}

func index(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (s evalSpan) foundBy(f review.Finding) bool {
	if f.Detector != entityDetectors[s.Type] {
		return false
	}
	both := min(s.End, f.End) - max(s.Start, f.Start)
	either := max(s.End, f.End) - min(s.Start, f.Start)
	return 2*both >= either
}
