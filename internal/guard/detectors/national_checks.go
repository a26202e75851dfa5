package detectors

import "strings"

// The check digits of national identity numbers. Each function is given letters (small)
// and digits alone, of the length that the number has.

func digitAt(s string, i int) int { return int(s[i] - '0') }

// weighted sums the digits of s, each times its weight.
func weighted(s string, weights ...int) (sum int) {
	for i, w := range weights {
		sum += w * digitAt(s, i)
	}
	return sum
}

// number is the value of up to eighteen digits.
func number(s string) (n int) {
	for i := range len(s) {
		n = n*10 + digitAt(s, i)
	}
	return n
}

// oneDigit tells numbers that are one digit over and over: they pass many checks, and
// nobody has them.
func oneDigit(s string) bool { return strings.Count(s, s[:1]) == len(s) }

// day tells whether two digits each, from at on, are a month and a day, or a day and a
// month. Some countries add to the month or the day to say more.
func day(day, month int) bool { return day >= 1 && day <= 31 && month >= 1 && month <= 12 }

func monthDay(s string, at int) bool { return day(number(s[at+2:at+4]), number(s[at:at+2])) }

func dayMonth(s string, at int) bool { return day(number(s[at:at+2]), number(s[at+2:at+4])) }

func luhnOf(s string) bool {
	sum := 0
	for i := range len(s) {
		d := digitAt(s, len(s)-1-i)
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// iso11_10 is ISO 7064 MOD 11,10.
func iso11_10(s string) bool {
	rest := 10
	for i := range len(s) - 1 {
		rest = (rest + digitAt(s, i)) % 10
		if rest == 0 {
			rest = 10
		}
		rest = rest * 2 % 11
	}
	return (11-rest)%10 == digitAt(s, len(s)-1)
}

// verhoeff is Verhoeff's scheme over the dihedral group of ten elements.
func verhoeff(s string) bool {
	times := [10]string{"0123456789", "1234067895", "2340178956", "3401289567", "4012395678", "5987604321", "6598710432", "7659821043", "8765932104", "9876543210"}
	moved := [8]string{"0123456789", "1576283094", "5803796142", "8916043527", "9453126870", "4286573901", "2793806415", "7046913258"}
	c := byte('0')
	for i := range len(s) {
		c = times[c-'0'][moved[i%8][digitAt(s, len(s)-1-i)]-'0']
	}
	return c == '0'
}

func britishNHS(s string) bool {
	rest := 11 - weighted(s, 10, 9, 8, 7, 6, 5, 4, 3, 2)%11
	return rest != 10 && rest%11 == digitAt(s, 9) && !oneDigit(s)
}

// germanTaxID: one digit stands twice or three times among the first ten, the others once.
func germanTaxID(s string) bool {
	repeated := 0
	for d := range 10 {
		switch strings.Count(s[:10], string(rune('0'+d))) {
		case 0, 1:
		case 2, 3:
			repeated++
		default:
			return false
		}
	}
	return s[0] != '0' && repeated == 1 && iso11_10(s)
}

// germanCard is the number of an identity card or passport: letters count from ten.
func germanCard(s string) bool {
	sum := 0
	for i := range 9 {
		sum += [3]int{7, 3, 1}[i%3] * letterOrDigit(s[i])
	}
	return s[9] >= '0' && s[9] <= '9' && sum%10 == digitAt(s, 9) && strings.IndexByte("lmnprtvwxycfghjk", s[0]) >= 0
}

func letterOrDigit(c byte) int {
	if digit(c) {
		return int(c - '0')
	}
	return int(c-'a') + 10
}

func frenchNIR(s string) bool {
	month := number(s[3:5])
	return (s[0] == '1' || s[0] == '2') && (month >= 1 && month <= 12 || month >= 20 && month <= 42 || month >= 50) &&
		s[5:7] != "00" && 97-number(s[:13])%97 == number(s[13:])
}

func belgianNumber(s string) bool {
	check := number(s[9:])
	base := number(s[:9])
	month := number(s[2:4]) % 20
	return month <= 12 && number(s[4:6]) <= 31 && (97-base%97 == check || 97-(2000000000+base)%97 == check) && !oneDigit(s)
}

func dutchBSN(s string) bool {
	sum := weighted(s, 9, 8, 7, 6, 5, 4, 3, 2, -1)
	return sum%11 == 0 && sum != 0 && !oneDigit(s)
}

func polishPESEL(s string) bool {
	return day(number(s[4:6]), number(s[2:4])%20) && weighted(s, 1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)%10 == 0
}

func swedishNumber(s string) bool { return coordinated(s[len(s)-10:]) && luhnOf(s[len(s)-10:]) }

// coordinated: 60 is added to the day of those who were not born in the country.
func coordinated(s string) bool { return day(number(s[4:6])%60, number(s[2:4])) }

func finnishNumber(s string) bool {
	const checks = "0123456789abcdefhjklmnprstuvwxy"
	if len(s) == 11 { // the sign of the century may be a letter
		if strings.IndexByte("abcdefuvwxy", s[6]) < 0 {
			return false
		}
		s = s[:6] + s[7:]
	}
	return digits(s[:9]) && dayMonth(s, 0) && checks[number(s[:9])%31] == s[9]
}

func norwegianNumber(s string) bool {
	if !day(number(s[:2])%40, number(s[2:4])%40) {
		return false
	}
	return weighted(s, 3, 7, 6, 1, 8, 9, 4, 5, 2, 1)%11 == 0 && weighted(s, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)%11 == 0
}

func danishNumber(s string) bool { return dayMonth(s, 0) }

func portugueseNIF(s string) bool {
	rest := weighted(s, 9, 8, 7, 6, 5, 4, 3, 2) % 11
	return s[0] != '0' && max(11-rest, 0)%11%10 == digitAt(s, 8) && !oneDigit(s)
}

// spanishDNI: the letter is the number modulo 23; an X, Y or Z before it stands for 0, 1 or 2.
func spanishDNI(s string) bool {
	const letters = "trwagmyfpdxbnjzsqvhlcke"
	digits := []byte(s[:8])
	if i := strings.IndexByte("xyz", s[0]); i >= 0 {
		digits[0] = '0' + byte(i)
	}
	for _, c := range digits {
		if !digit(c) {
			return false
		}
	}
	return letters[number(string(digits))%23] == s[8]
}

func italianCode(s string) bool {
	const form = "aaaaaa00a00a000a"
	const months = "abcdehlmprst"
	odd := [36]int{1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23}
	sum := 0
	for i := range len(s) {
		c := s[i]
		// In numbers that several people would share, letters stand for digits.
		if form[i] == 'a' && digit(c) || form[i] == '0' && !digit(c) && strings.IndexByte("lmnpqrstuv", c) < 0 {
			return false
		}
		if i == 15 {
			break
		}
		v := letterOrDigit(c)
		if i%2 == 0 {
			sum += odd[v]
		} else if digit(c) {
			sum += v
		} else {
			sum += v - 10
		}
	}
	return strings.IndexByte(months, s[8]) >= 0 && int(s[15]-'a') == sum%26
}

func brazilianCPF(s string) bool {
	check := func(sum int) int { return sum * 10 % 11 % 10 }
	return check(weighted(s, 10, 9, 8, 7, 6, 5, 4, 3, 2)) == digitAt(s, 9) &&
		check(weighted(s, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2)) == digitAt(s, 10) && !oneDigit(s)
}

func brazilianCNPJ(s string) bool {
	check := func(sum int) int { return max(11-sum%11, 0) % 11 % 10 }
	return check(weighted(s, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)) == digitAt(s, 12) &&
		check(weighted(s, 6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)) == digitAt(s, 13) && !oneDigit(s)
}

func indianAadhaar(s string) bool { return s[0] >= '2' && verhoeff(s) && !oneDigit(s) }

func indianPAN(s string) bool {
	return shaped(s, "aaaaa0000a") && strings.IndexByte("pchfatbljg", s[3]) >= 0
}

// shaped compares s with a shape in which a stands for a letter and 0 for a digit.
func shaped(s, shape string) bool {
	if len(s) != len(shape) {
		return false
	}
	for i := range len(s) {
		if digit(s[i]) != (shape[i] == '0') {
			return false
		}
	}
	return true
}

func chineseNumber(s string) bool {
	if !digits(s[:17]) || s[0] == '0' || s[0] == '9' || !monthDay(s, 10) || s[6:8] != "19" && s[6:8] != "20" {
		return false
	}
	return "10x98765432"[weighted(s, 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)%11] == s[17]
}

func digits(s string) bool {
	for i := range len(s) {
		if !digit(s[i]) {
			return false
		}
	}
	return true
}

// koreanForm is that of the numbers issued since 2020, which have no check digit.
func koreanForm(s string) bool { return monthDay(s, 2) && s[6] >= '1' && s[6] <= '8' }

func koreanNumber(s string) bool {
	return koreanForm(s) &&
		(11-weighted(s, 2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)%11)%10 == digitAt(s, 12)
}

// japaneseNumber is My Number.
func japaneseNumber(s string) bool {
	rest := weighted(s, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2) % 11
	check := 0
	if rest > 1 {
		check = 11 - rest
	}
	return check == digitAt(s, 11) && !oneDigit(s)
}

func southAfricanNumber(s string) bool { return monthDay(s, 2) && s[10] <= '2' && luhnOf(s) }

func australianTFN(s string) bool {
	return weighted(s, 1, 4, 3, 7, 5, 8, 6, 9, 10)%11 == 0 && !oneDigit(s)
}

func australianMedicare(s string) bool {
	return s[0] >= '2' && s[0] <= '6' && weighted(s, 1, 3, 7, 9, 1, 3, 7, 9)%10 == digitAt(s, 8)
}

func australianABN(s string) bool {
	return (weighted(s, 10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19)-10)%89 == 0 && !oneDigit(s)
}

func canadianSIN(s string) bool { return s[0] != '8' && luhnOf(s) && !oneDigit(s) }

func swissAHV(s string) bool {
	return s[:3] == "756" && weighted(s, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1)%10 == 0
}

func austrianNumber(s string) bool {
	return day(number(s[4:6]), number(s[6:8])) && s[0] != '0' &&
		weighted(s, 3, 7, 9, 0, 5, 8, 4, 2, 1, 6)%11 == digitAt(s, 3)
}

func czechNumber(s string) bool {
	return day(number(s[4:6]), number(s[2:4])%50%20) && (number(s)%11 == 0 || number(s[:9])%11 == 10 && s[9] == '0')
}

func romanianCNP(s string) bool {
	rest := weighted(s, 2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9) % 11
	return s[0] != '0' && monthDay(s, 3) && (rest == 10 && s[12] == '1' || rest == digitAt(s, 12))
}

func bulgarianEGN(s string) bool {
	return day(number(s[4:6]), number(s[2:4])%20) && weighted(s, 2, 4, 8, 5, 10, 9, 7, 3, 6)%11%10 == digitAt(s, 9)
}

func croatianOIB(s string) bool { return iso11_10(s) && !oneDigit(s) }

func balticNumber(s string) bool {
	if s[0] == '0' || !monthDay(s, 3) {
		return false
	}
	rest := weighted(s, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1) % 11
	if rest == 10 {
		rest = weighted(s, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3) % 11 % 10
	}
	return rest == digitAt(s, 10)
}

func irishPPS(s string) bool {
	if !digits(s[:7]) || digit(s[7]) {
		return false
	}
	sum := weighted(s, 8, 7, 6, 5, 4, 3, 2)
	if len(s) == 9 {
		if digit(s[8]) {
			return false
		}
		sum += 9 * int(s[8]-'a'+1)
	}
	return "wabcdefghijklmnopqrstuv"[sum%23] == s[7]
}

func greekAMKA(s string) bool { return dayMonth(s, 0) && luhnOf(s) }

func turkishNumber(s string) bool {
	odd, even := weighted(s, 1, 0, 1, 0, 1, 0, 1, 0, 1), weighted(s, 0, 1, 0, 1, 0, 1, 0, 1)
	return s[0] != '0' && ((odd*7-even)%10+10)%10 == digitAt(s, 9) && (odd+even+digitAt(s, 9))%10 == digitAt(s, 10)
}

func israeliNumber(s string) bool { return luhnOf(s) && !oneDigit(s) }

func mexicanCURP(s string) bool {
	const values = "0123456789abcdefghijklmn\x00opqrstuvwxyz"
	if !shaped(s[:16], "aaaa000000aaaaaa") || !monthDay(s, 6) || strings.IndexByte("hmx", s[10]) < 0 || !digit(s[17]) {
		return false
	}
	sum := 0
	for i := range 17 {
		sum += (18 - i) * strings.IndexByte(values, s[i])
	}
	return (10-sum%10)%10 == digitAt(s, 17)
}

func chileanRUT(s string) bool {
	if !digits(s[:len(s)-1]) {
		return false
	}
	sum := 0
	for i := range len(s) - 1 {
		sum += digitAt(s, len(s)-2-i) * (2 + i%6)
	}
	return "0k987654321"[sum%11] == s[len(s)-1]
}

func argentineCUIT(s string) bool {
	rest := weighted(s, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2) % 11
	return strings.Contains("20 23 24 25 26 27 30 33 34", s[:2]) && (11-rest)%11 == digitAt(s, 10)
}

func singaporeanNRIC(s string) bool {
	if !shaped(s, "a0000000a") {
		return false
	}
	sum := weighted(s[1:], 2, 7, 6, 5, 4, 3, 2)
	switch s[0] {
	case 's':
		return "jzihgfedcba"[sum%11] == s[8]
	case 't':
		return "jzihgfedcba"[(sum+4)%11] == s[8]
	case 'f':
		return "xwutrqpnmlk"[sum%11] == s[8]
	case 'g':
		return "xwutrqpnmlk"[(sum+4)%11] == s[8]
	case 'm':
		return "xwutrqpnjlk"[10-(sum+3)%11] == s[8]
	default:
		return false
	}
}

func hongKongID(s string) bool {
	if !shaped(s[:7], "a000000") {
		return false
	}
	sum := 9*36 + 8*letterOrDigit(s[0]) + weighted(s[1:], 7, 6, 5, 4, 3, 2)
	return "0a987654321"[sum%11] == s[7]
}

func taiwaneseID(s string) bool {
	places := [26]int{10, 11, 12, 13, 14, 15, 16, 17, 34, 18, 19, 20, 21, 22, 35, 23, 24, 25, 26, 27, 28, 29, 32, 30, 31, 33}
	if !shaped(s, "a000000000") || s[1] != '1' && s[1] != '2' {
		return false
	}
	place := places[s[0]-'a']
	return (place/10+place%10*9+weighted(s[1:], 8, 7, 6, 5, 4, 3, 2, 1, 1))%10 == 0
}

func thaiNumber(s string) bool {
	return s[0] != '0' && (11-weighted(s, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2)%11)%10 == digitAt(s, 12) && !oneDigit(s)
}

func indonesianNIK(s string) bool { return day(number(s[6:8])%40, number(s[8:10])) && s[0] != '0' }

func malaysianNumber(s string) bool { return monthDay(s, 2) }

func pakistaniNumber(s string) bool { return s[0] >= '1' && s[0] <= '7' && !oneDigit(s) }

func russianINN(s string) bool {
	return weighted(s, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)%11%10 == digitAt(s, 10) &&
		weighted(s, 3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)%11%10 == digitAt(s, 11) && !oneDigit(s)
}

func russianSNILS(s string) bool {
	return weighted(s, 9, 8, 7, 6, 5, 4, 3, 2, 1)%101%100 == number(s[9:]) && !oneDigit(s)
}

// britishNINO: letters that are issued, six digits and a letter from a to d.
func britishNINO(s string) bool {
	if !shaped(s, "aa000000a") || s[8] > 'd' || strings.IndexByte("dfiquv", s[0]) >= 0 || strings.IndexByte("dfiquvo", s[1]) >= 0 {
		return false
	}
	switch s[:2] {
	case "bg", "gb", "kn", "nk", "nt", "tn", "zz":
		return false
	default:
		return true
	}
}

// routingNumber is the transit number of the American Bankers Association.
func routingNumber(s string) bool {
	area := number(s[:2])
	return (area >= 1 && area <= 12 || area >= 21 && area <= 32 || area >= 61 && area <= 72 || area == 80) &&
		weighted(s, 3, 7, 1, 3, 7, 1, 3, 7, 1)%10 == 0
}
