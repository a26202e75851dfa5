package detectors

import (
	"strings"

	"github.com/guardroom/guardroom/internal/guard"
	"github.com/guardroom/guardroom/internal/review"
)

// piiNational finds the numbers by which countries know people.
func piiNational() guard.Spec {
	return guard.Spec{
		DetectorSpec: review.DetectorSpec{
			ID: "pii.national", Title: "National identity number", Category: review.CategoryPII, OWASP: "LLM02:2025",
			Description: "Finds identity, tax, health and social insurance numbers of some fifty countries by form, date of birth and check digits. " +
				"What chance makes too often, such as nine or eleven digits with one check digit, is reported only beside words that say what it is.",
			Examples: []string{"Mein Codice fiscale: RSSMRA85T10A562S", "My NHS number is 943 476 5919.", "CPF 529.982.247-25"},
			Default:  review.Rule{Mode: review.ModeEnforce, Flag: 0.85},
		},
		Placeholder: "NATIONAL_ID",
		New:         func() (guard.Detector, error) { return newPersonal("pii.national", review.SeverityHigh), nil },
	}
}

// scheme is one kind of national number.
type scheme struct {
	name  string
	sizes []int // in letters and digits
	check func(s string) bool
	words string // beside which it counts whatever its form; set apart by bars
	parts string // the same, of scripts without spaces between words
	// shape is the form in which it is certain without words: # is a letter or digit,
	// anything else itself. "" when it never is.
	shape string
}

// identity are words that any such number may stand beside.
const identity = "national id|national identity|identity card|identity number|id card|id number|identification number|personal id|citizen id|nin|" +
	"personalausweis|ausweisnummer|cedula|documento de identidad|carte d'identite|carta d'identita|identiteitskaart|dowod osobisty|kimlik"

const identityParts = "身份证|身分証|신분증|удостоверение личности|هوية|บัตรประชาชน"

// digitSchemes are the numbers that are made of digits alone. Those without a shape have
// one check digit, or none, and no other mark.
func digitSchemes() []scheme {
	return []scheme{
		{"A British NHS number", []int{10}, britishNHS, "nhs|national health", "", ""},
		{"A German tax number", []int{11}, germanTaxID, "steuer-id|steueridentifikationsnummer|steuer-identifikationsnummer|identifikationsnummer|steuernummer|idnr|tin|tax id|steuer", "", ""},
		{"A French social security number", []int{15}, frenchNIR, "nir|securite sociale|numero de securite|insee|carte vitale", "", "# ## ## ## ### ### ##"},
		{"A Belgian national number", []int{11}, belgianNumber, "rijksregisternummer|rijksregister|registre national|niss|insz|national number", "", "##.##.##-###.##"},
		{"A Dutch citizen service number", []int{9}, dutchBSN, "bsn|burgerservicenummer|sofinummer", "", ""},
		{"A Polish PESEL number", []int{11}, polishPESEL, "pesel", "", ""},
		{"A Swedish personal number", []int{10, 12}, swedishNumber, "personnummer|personal number|samordningsnummer|personnr", "", "######-####|########-####|######+####"},
		{"A Norwegian birth number", []int{11}, norwegianNumber, "fodselsnummer|personnummer|birth number|fnr", "", "###### #####"},
		{"A Danish CPR number", []int{10}, danishNumber, "cpr|cpr-nummer|personnummer|cpr-nr", "", ""},
		{"A Portuguese tax number", []int{9}, portugueseNIF, "nif|contribuinte|numero de contribuinte|identificacao fiscal", "", ""},
		{"A Brazilian CPF number", []int{11}, brazilianCPF, "cpf|cadastro de pessoas|contribuinte", "", "###.###.###-##"},
		{"A Brazilian CNPJ number", []int{14}, brazilianCNPJ, "cnpj", "", "##.###.###/####-##"},
		{"An Indian Aadhaar number", []int{12}, indianAadhaar, "aadhaar|aadhar|adhaar|uidai", "आधार", ""},
		{"A South Korean registration number", []int{13}, koreanNumber, "rrn|resident registration|jumin", "주민등록|주민번호", "######-#######"},
		{"A South Korean registration number", []int{13}, koreanForm, "rrn|resident registration|jumin", "주민등록|주민번호", ""},
		{"A Japanese individual number", []int{12}, japaneseNumber, "my number|mynumber|individual number|kojin bango", "マイナンバー|個人番号", ""},
		{"A South African identity number", []int{13}, southAfricanNumber, "south african id|sa id|rsa id|id no|id nr", "", ""},
		{"An Australian tax file number", []int{9}, australianTFN, "tfn|tax file", "", ""},
		{"An Australian Medicare number", []int{10, 11}, australianMedicare, "medicare", "", ""},
		{"An Australian business number", []int{11}, australianABN, "abn|business number", "", ""},
		{"A Canadian social insurance number", []int{9}, canadianSIN, "sin|social insurance|assurance sociale|nas", "", ""},
		{"A Swiss AHV number", []int{13}, swissAHV, "ahv|avs|ahv-nummer|sozialversicherungsnummer", "", "###.####.####.##"},
		{"An Austrian social insurance number", []int{10}, austrianNumber, "svnr|sozialversicherungsnummer|sv-nummer|versicherungsnummer", "", ""},
		{"A Czech or Slovak birth number", []int{10}, czechNumber, "rodne cislo|birth number", "", "######/####"},
		{"A Romanian personal code", []int{13}, romanianCNP, "cnp|cod numeric personal", "", ""},
		{"A Bulgarian civil number", []int{10}, bulgarianEGN, "egn", "егн", ""},
		{"A Croatian OIB", []int{11}, croatianOIB, "oib", "", ""},
		{"An Estonian or Lithuanian personal code", []int{11}, balticNumber, "isikukood|asmens kodas|personal code", "", ""},
		{"A Greek AMKA number", []int{11}, greekAMKA, "amka", "αμκα", ""},
		{"A Turkish identity number", []int{11}, turkishNumber, "tc kimlik|kimlik|kimlik no|t.c", "", ""},
		{"An Israeli identity number", []int{9}, israeliNumber, "teudat zehut|israeli id", "תעודת זהות|ת.ז", ""},
		{"An Argentine CUIT", []int{11}, argentineCUIT, "cuit|cuil", "", "##-########-#"},
		{"A Thai identity number", []int{13}, thaiNumber, "thai id", "บัตรประชาชน|เลขประจำตัวประชาชน", "#-####-#####-##-#"},
		{"An Indonesian NIK", []int{16}, indonesianNIK, "nik|ktp|nomor induk kependudukan", "", ""},
		{"A Malaysian identity number", []int{12}, malaysianNumber, "nric|mykad|ic number|kad pengenalan|ic no", "", ""},
		{"A Pakistani CNIC", []int{13}, pakistaniNumber, "cnic|nadra|nicop", "شناختی", ""},
		{"A Russian tax number", []int{12}, russianINN, "inn", "инн", ""},
		{"A Russian SNILS number", []int{11}, russianSNILS, "snils", "снилс", "###-###-### ##"},
	}
}

// letterSchemes are the numbers that have, or may have, letters.
func letterSchemes() []scheme {
	return []scheme{
		{"A British national insurance number", []int{9}, britishNINO, "nino|national insurance|ni number|insurance number", "", "## ## ## ## #|#########"},
		{"A German identity card number", []int{10}, germanCard, "personalausweis|personalausweisnummer|ausweisnummer|ausweis|reisepass|passnummer|identity card|id card", "", ""},
		{"A Finnish personal identity code", []int{10, 11}, finnishNumber, "hetu|henkilotunnus|personal identity code", "", "######-####|###########"},
		{"A Spanish identity number", []int{9}, spanishDNI, "dni|nie|nif|documento nacional|documento", "", "#########|########-#|#-#######-#"},
		{"An Italian tax code", []int{16}, italianCode, "codice fiscale", "", "################"},
		{"An Indian permanent account number", []int{10}, indianPAN, "pan|pan card|permanent account|income tax", "पैन", "##########"},
		{"A Chinese identity number", []int{18}, chineseNumber, "resident id|shenfenzheng", "身份证|居民身份", "##################"},
		{"An Irish PPS number", []int{8, 9}, irishPPS, "pps|ppsn|pps number", "", ""},
		{"A Mexican CURP", []int{18}, mexicanCURP, "curp", "", "##################"},
		{"A Chilean RUT", []int{8, 9}, chileanRUT, "rut", "", "##.###.###-#"},
		{"A Singaporean identity number", []int{9}, singaporeanNRIC, "nric|fin", "", "#########"},
		{"A Hong Kong identity number", []int{8}, hongKongID, "hkid|hong kong", "香港身份", "#######(#)"},
		{"A Taiwanese identity number", []int{10}, taiwaneseID, "taiwan|taiwanese", "身分證|身份證", ""},
	}
}

// known is a scheme with its words and shapes.
type known struct {
	scheme
	set    wordset
	shapes []string
}

// nationalFinder finds numbers of all schemes, which it keeps by their sizes.
type nationalFinder struct {
	digits, letters map[int][]known
	identity        wordset
	others          wordset    // words that speak of other numbers
	words           *automaton // all of them: without any, only shapes count
}

// The longest number, in letters and digits, and in bytes with what stands between them.
const (
	minNational, maxNational, maxNationalBytes = 8, 18, 24
	maxNationalGroups                          = 8
)

func nationalNumbers() finder {
	f := nationalFinder{
		digits: bySize(digitSchemes()), letters: bySize(letterSchemes()), identity: newWordset(identity, identityParts),
		others: newWordset("part|order|model|serial|sku|isbn|issn|ticket|invoice|tracking|case|reference|ref|version|build|commit|hash|coupon|voucher|article|item|product|batch|lot", ""),
	}
	sets := []wordset{f.identity, f.others}
	for _, sized := range []map[int][]known{f.digits, f.letters} {
		for _, schemes := range sized {
			for _, k := range schemes {
				sets = append(sets, k.set)
			}
		}
	}
	f.words = anyWord(sets...)
	return f.find
}

func bySize(schemes []scheme) map[int][]known {
	out := map[int][]known{}
	for _, s := range schemes {
		k := known{s, newWordset(s.words, s.parts), strings.Split(s.shape, "|")}
		for _, size := range s.sizes {
			out[size] = append(out[size], k)
		}
	}
	return out
}

// find tries, from the start of each group of letters and digits that could start a
// number, the longest row of groups first.
func (f nationalFinder) find(text string) []sighting {
	var out []sighting
	said := f.words.has(text)
	for i := 0; i < len(text); {
		if !plainWord(text[i]) || text[i] == '_' {
			i++
			continue
		}
		if s, ok := f.startingAt(text, i, said); ok {
			out = append(out, s)
			i = s.end
			continue
		}
		for i < len(text) && plainWord(text[i]) {
			i++
		}
	}
	return out
}

// startingAt looks for a number that starts at i, the start of a group; said tells whether
// the text has any of the words beside which numbers count.
func (f nationalFinder) startingAt(text string, i int, said bool) (sighting, bool) {
	if i > 0 && (plainWord(text[i-1]) || nationalGap(text[i-1]) && text[i-1] != ' ' && i > 1 && digit(text[i-2])) {
		return sighting{}, false
	}
	var value [maxNational]byte
	var ends [maxNationalGroups]int
	var sizes [maxNationalGroups]int
	n, groups, digitsSeen := 0, 0, false
	for at := i; at < len(text) && groups < maxNationalGroups; {
		start := at
		for at < len(text) && plainWord(text[at]) && text[at] != '_' {
			if n == maxNational {
				break
			}
			value[n] = text[at]
			digitsSeen = digitsSeen || digit(text[at])
			n++
			at++
		}
		if at == start || at < len(text) && plainWord(text[at]) {
			break
		}
		if groups == 0 && !digitsSeen && at-i > 2 {
			break // a word
		}
		ends[groups], sizes[groups] = at, n
		groups++
		if at+1 >= len(text) || !nationalGap(text[at]) || !plainWord(text[at+1]) {
			break
		}
		at++
	}
	if !digitsSeen || n < minNational-1 {
		return sighting{}, false
	}
	whole := string(value[:n])
	for g := groups - 1; g >= 0 && sizes[g] >= minNational-1; g-- {
		if s, ok := f.judge(text, i, nationalEnd(text, ends[g]), whole[:sizes[g]], said); ok {
			return s, true
		}
	}
	return sighting{}, false
}

// nationalEnd includes a check digit in brackets.
func nationalEnd(text string, end int) int {
	if end+2 < len(text) && text[end] == '(' && plainWord(text[end+1]) && text[end+2] == ')' {
		return end + 3
	}
	return end
}

func nationalGap(c byte) bool { return digitGap(c) || c == '/' || c == '+' }

// judge tells whether the letters and digits of text[start:end) are a number of a scheme.
func (f nationalFinder) judge(text string, start, end int, whole string, said bool) (sighting, bool) {
	if text[end-1] == ')' {
		whole += text[end-2 : end-1]
	}
	best := sighting{start: start, end: end}
	if end-start > maxNationalBytes || !hasDigit(whole) {
		return best, false
	}
	f.consider(text, f.letters[len(whole)], whole, said, &best)
	if digits(whole) {
		f.consider(text, f.digits[len(whole)], whole, said, &best)
	}
	return best, best.confidence > 0
}

// consider makes best the surest of the schemes that a number satisfies.
func (f nationalFinder) consider(text string, schemes []known, whole string, said bool, best *sighting) {
	for i := range schemes {
		k := &schemes[i]
		if !said && k.shape == "" || !k.check(whole) {
			continue
		}
		if c := f.confidence(text, best.start, best.end, k, said); c > best.confidence {
			best.confidence, best.message = c, k.name
		}
	}
}

// confidence is how sure a number that satisfies a scheme is one: by the words beside it,
// or by its shape where nothing says that it is something else.
func (f nationalFinder) confidence(text string, start, end int, k *known, said bool) float64 {
	if said && k.set.beside(text, start, end) {
		return 0.95
	}
	if said && f.others.beside(text, start, end) {
		return 0
	}
	if said && f.identity.beside(text, start, end) {
		return 0.9
	}
	for _, shape := range k.shapes {
		if hasShape(text[start:end], shape) {
			return 0.88
		}
	}
	return 0
}

// hasShape compares a text with a shape in which # stands for a letter or digit.
func hasShape(text, shape string) bool {
	if len(text) != len(shape) {
		return false
	}
	for i := range len(text) {
		if shape[i] == '#' && !plainWord(text[i]) || shape[i] != '#' && text[i] != shape[i] {
			return false
		}
	}
	return true
}
