package grounding

import "strings"

// class is what is known of a word without looking at its sentence.
type class uint8

const (
	stop     class = 1 << iota // carries no meaning of its own
	negation                   // turns a sentence round
	person                     // who speaks and who is spoken to
	opinion                    // feeling, guess or small talk
)

// classes of words in English and, of the smallest words, German, French, Spanish and
// Italian.
var classes = func() map[string]class {
	out := map[string]class{}
	for c, words := range map[class]string{
		stop: "a an the and or but if then than so as at by for from in into of off on onto out over to up with about after again all also am are be been being both can could did do does doing down during each few had has have having he her here hers him his how is it it's its itself just may might more most much must now one only other our own same she should some such that the their them there these they this those through too under until very was were what when where which while who whom whose why will would well also between before because" +
			" der die das den dem des ein eine einer eines einem einen und oder aber ist sind war waren im in am an auf aus bei mit nach von zu zum zur fur als auch es er sie wird wurde werden hat haben" +
			" le la les l un une des du de et ou est sont etait dans sur par pour avec au aux ce cette ces il elle qui que se sa son ses a" +
			" el los las una unos y o es son era en con por para del al que su sus se lo" +
			" il lo gli i di e o sono nel nella dei delle degli che si",
		negation: "not no never none neither nor nobody nothing without cannot hardly cant dont didnt doesnt isnt wasnt wont nicht kein keine keinen keiner nie niemals ohne ne pas jamais aucun aucune sans nunca jamas ningun ninguna sin non mai nessun nessuna senza",
		person:   "i i'm i've i'd i'll im me my mine myself you you're your yours yourself u ur we we're we've us our ours let let's ich mich mir mein du dich wir uns je moi mon nous vous yo mi nosotros io noi",
		opinion:  "think guess believe hope feel love like liked enjoy enjoyed wow cool nice great awesome amazing interesting fun funny favorite favourite sure yes yeah yep yup oh haha lol hmm really definitely probably maybe perhaps actually sorry thanks thank hi hello hey agree wonder bet glad know heard right ok okay",
	} {
		for _, w := range strings.Fields(words) {
			out[w] |= c
			if c == person {
				out[w] |= stop
			}
		}
	}
	return out
}()

// numerals are numbers written as words, as digits.
var numerals = func() map[string]string {
	out := map[string]string{}
	for i, w := range strings.Fields("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty") {
		if w != "one" { // mostly no number
			out[w] = decimal(i)
		}
	}
	for i, w := range strings.Fields("thirty forty fifty sixty seventy eighty ninety") {
		out[w] = decimal(30 + 10*i)
	}
	return out
}()

func decimal(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return decimal(n/10) + string(rune('0'+n%10))
}
