package textview

// neutral is the letter that stands for the weight 0 in the tables below; each letter
// after it is one more, each before it one less.
const neutral = 'm'

// rot13Letters weighs a to z by two binary logarithms of how much more frequent the
// letter's image under rot13 is than the letter itself.
const rot13Letters = "mrlfkrqnhpjigmhntohilrjpqs"

// pairLetters weighs two letters in a row (first letter: the line) by the binary
// logarithm of how much more frequent the pair is backwards. Both tables are counted
// in English, German, Spanish, French and Italian texts.
var pairLetters = [26]string{
	"mlmmpnmpmnlmnknnlmkmlmomkn",
	"nmmmkmmmllmkonmmmklllmmmlm",
	"mmmmmmmhnmjkmqkmmlpjmmmnlm",
	"mmmmkmlmlmmnmrlnmnlmmlmmlm",
	"jomomnnpnoonnllokmlnonnkmn",
	"lmmmlmmmlmmlmplnmlmllmmmlm",
	"mmmnlmmknmmlmpllmlllmmmmlm",
	"jmrmjmomjmmklljomkoolmomlm",
	"mnlnlnlpmmnnmkknlnmmonqnnl",
	"lnmmkmmmmmmmmnlmmmlmlmmmmm",
	"nmpmkmmmlmmmmnmmmnmllmmmmm",
	"moollnnolmmmknmpmollnlmmkm",
	"lkmmlmmnmmmomnmjmpmmmmmmlm",
	"olihnjjnollllmnlmoihpknmlk",
	"lmonnnnponmmmlmnmlmoinllon",
	"lmmlklnklmmjpnlmmjolmmmonm",
	"nmmmommmnmmmmmmmmmnmhmmmmm",
	"monlmnnolmlkjknpmmjnommmkl",
	"onjnnmnkmnmnmqmklpmknmmmnm",
	"mnpmlnnkmmnnmrknmlomnmlokl",
	"nnmmknmnknnlmjqmrkllmlnllo",
	"mmmnlmmmlmmnmolmmmmmnmmmmm",
	"kmmmlmmkimmmmlnmmmmnlmmmmm",
	"mmlmommmlmmmmmnkmmmknmmmmm",
	"onnnmnnnlmmonnklmolonmmmmm",
	"lmmmlmmmnmmmmolmmnmnkmmmmm",
}

var (
	rot13Weight = makeRot13Weight()
	pairWeight  = makePairWeight()
)

// makeRot13Weight indexes the weights by c&31.
func makeRot13Weight() (t [32]int8) {
	for i := range 26 {
		t[i+1] = int8(rot13Letters[i]) - neutral
	}
	return t
}

// makePairWeight indexes the weights by a&31<<5|b&31. A pair with no letter before
// it (0) weighs nothing.
func makePairWeight() (t [1024]int8) {
	for i, line := range pairLetters {
		for j := range 26 {
			t[(i+1)<<5|(j+1)] = int8(line[j]) - neutral
		}
	}
	return t
}

func rot13(c byte) byte {
	switch {
	case c >= 'a' && c <= 'z':
		return 'a' + (c-'a'+13)%26
	case c >= 'A' && c <= 'Z':
		return 'A' + (c-'A'+13)%26
	default:
		return c
	}
}
