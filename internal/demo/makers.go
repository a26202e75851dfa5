package demo

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
)

// makers make values that look real and belong to nobody: domains of RFC 2606, addresses of RFC 5737, telephone
// numbers that regulators keep for drama and examples, and cards of issuers' test ranges with valid checksums.
var makers = map[string]func(*rand.Rand) string{
	"email":    makeEmail,
	"phone":    makePhone,
	"card":     makeCard,
	"iban":     makeIBAN,
	"ip":       func(r *rand.Rand) string { return fmt.Sprintf("%s%d", pick(r, documentationNets), 1+r.IntN(254)) },
	"order":    func(r *rand.Rand) string { return fmt.Sprintf("%c%c-%06d", letter(r), letter(r), r.IntN(1e6)) },
	"number":   func(r *rand.Rand) string { return fmt.Sprint(1 + r.IntN(9999)) },
	"amount":   func(r *rand.Rand) string { return fmt.Sprintf("%d.%02d", 3+r.IntN(900), r.IntN(100)) },
	"percent":  func(r *rand.Rand) string { return fmt.Sprintf("%d %%", 1+r.IntN(98)) },
	"year":     func(r *rand.Rand) string { return fmt.Sprint(1950 + r.IntN(76)) },
	"date":     func(r *rand.Rand) string { return fmt.Sprintf("%d %s", 1+r.IntN(28), pick(r, months)) },
	"time":     func(r *rand.Rand) string { return fmt.Sprintf("%02d:%02d", 6+r.IntN(17), 5*r.IntN(12)) },
	"hash":     func(r *rand.Rand) string { return fmt.Sprintf("%07x", r.Uint32()>>4) },
	"version":  func(r *rand.Rand) string { return fmt.Sprintf("%d.%d.%d", r.IntN(6), r.IntN(30), r.IntN(12)) },
	"username": func(r *rand.Rand) string { return strings.ToLower(pick(r, firstNames)) + fmt.Sprint(r.IntN(100)) },
}

// transforms hide a text in the ways that attackers hide theirs.
var transforms = map[string]func(string) string{
	"base64":    func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
	"hex":       func(s string) string { return hex.EncodeToString([]byte(s)) },
	"url":       url.QueryEscape,
	"rot13":     func(s string) string { return strings.Map(rot13, s) },
	"reversed":  reversed,
	"spaced":    func(s string) string { return strings.Join(strings.Split(s, ""), " ") },
	"zerowidth": func(s string) string { return strings.Join(strings.Split(s, ""), "\u200b") },
	"fullwidth": func(s string) string { return strings.Map(fullwidth, s) },
	"leet":      strings.NewReplacer("a", "4", "e", "3", "i", "1", "o", "0", "s", "5").Replace,
	"tags":      func(s string) string { return strings.Map(tag, s) },
	"upper":     strings.ToUpper,
}

func rot13(r rune) rune {
	switch {
	case 'a' <= r && r <= 'z':
		return 'a' + (r-'a'+13)%26
	case 'A' <= r && r <= 'Z':
		return 'A' + (r-'A'+13)%26
	}
	return r
}

func fullwidth(r rune) rune {
	if '!' <= r && r <= '~' {
		return r + 0xFEE0
	}
	return r
}

// tag hides ASCII in the invisible Unicode tags.
func tag(r rune) rune {
	if ' ' <= r && r <= '~' {
		return r + 0xE0000
	}
	return -1
}

func reversed(s string) string {
	runes := []rune(s)
	for i, j := 0, len(runes)-1; i < j; i, j = i+1, j-1 {
		runes[i], runes[j] = runes[j], runes[i]
	}
	return string(runes)
}

var (
	documentationNets = []string{"192.0.2.", "198.51.100.", "203.0.113."}
	exampleDomains    = []string{"example.com", "example.org", "example.net", "mail.example.com", "shop.example.org"}
	months            = []string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}
	firstNames        = []string{"Ada", "Amir", "Anouk", "Ben", "Chiara", "Dario", "Elif", "Emeka", "Farah", "Greta", "Hana", "Ines", "Jonas", "Kemal", "Lena", "Luca", "Maya", "Mira", "Nadia", "Noor", "Olga", "Pavel", "Priya", "Rosa", "Sami", "Tomas", "Uma", "Viktor", "Wanda", "Yuki", "Zoe"}
	lastNames         = []string{"Abel", "Brandt", "Castro", "Dubois", "Eriksen", "Fischer", "Gallo", "Haddad", "Ivanova", "Janssen", "Kaya", "Lindgren", "Moreau", "Novak", "Okafor", "Petrov", "Quint", "Rossi", "Sato", "Tanaka", "Ueda", "Vega", "Weber", "Xu", "Yilmaz", "Zeman"}
)

func pick(r *rand.Rand, list []string) string { return list[r.IntN(len(list))] }

func letter(r *rand.Rand) rune { return rune('A' + r.IntN(26)) }

func makeEmail(r *rand.Rand) string {
	first, last := strings.ToLower(pick(r, firstNames)), strings.ToLower(pick(r, lastNames))
	local := []string{first + "." + last, first[:1] + last, first + fmt.Sprint(r.IntN(100)), last + "." + first}
	return pick(r, local) + "@" + pick(r, exampleDomains)
}

// makePhone uses numbers that are reserved for fiction in the United States, the United Kingdom, Germany and France.
func makePhone(r *rand.Rand) string {
	n := r.IntN(100)
	return pick(r, []string{
		fmt.Sprintf("+1 202 555 01%02d", n), fmt.Sprintf("(415) 555-01%02d", n), fmt.Sprintf("+44 20 7946 0%03d", r.IntN(1000)),
		fmt.Sprintf("+44 7700 900%03d", r.IntN(1000)), fmt.Sprintf("+49 30 23125 %03d", r.IntN(1000)), fmt.Sprintf("+33 1 99 00 %02d %02d", n, r.IntN(100)),
	})
}

// makeCard makes a number in a range that issuers keep for tests, with its Luhn digit.
func makeCard(r *rand.Rand) string {
	prefix := pick(r, []string{"400000", "411111", "424242", "555555", "520082", "601111"})
	digits := prefix + fmt.Sprintf("%09d", r.IntN(1e9))
	digits += fmt.Sprint(luhnDigit(digits))
	separator := pick(r, []string{" ", "-", ""})
	return strings.Join([]string{digits[:4], digits[4:8], digits[8:12], digits[12:]}, separator)
}

// luhnDigit is the check digit that completes the digits (ISO/IEC 7812).
func luhnDigit(digits string) int {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return (10 - sum%10) % 10
}

// makeIBAN makes an account of bank codes that no bank has, with its ISO 7064 check digits.
func makeIBAN(r *rand.Rand) string {
	country, bank, length := "DE", "00000000", 18
	switch r.IntN(3) {
	case 1:
		country, bank, length = "NL", "TEST", 14
	case 2:
		country, bank, length = "ES", "00000000", 20
	}
	account := bank
	for len(account) < length {
		account += fmt.Sprint(r.IntN(10))
	}
	iban := fmt.Sprintf("%s%02d%s", country, 98-mod97(account+country+"00"), account)
	if r.IntN(2) == 0 {
		return iban
	}
	return inFours(iban)
}

// mod97 reads letters as 10 to 35, as the check does.
func mod97(s string) int {
	rest := 0
	for _, c := range s {
		if 'A' <= c && c <= 'Z' {
			rest = (rest*100 + int(c-'A') + 10) % 97
		} else {
			rest = (rest*10 + int(c-'0')) % 97
		}
	}
	return rest
}

func inFours(s string) string {
	var parts []string
	for len(s) > 4 {
		parts, s = append(parts, s[:4]), s[4:]
	}
	return strings.Join(append(parts, s), " ")
}
