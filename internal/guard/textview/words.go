package textview

import (
	"slices"
	"strings"
)

// vocabulary are words by which the rare views tell readable text from noise: common
// words, and words of instructions to a model, which is what is worth hiding. Folded,
// at least two letters long.
const vocabulary = `
the and you your are not for with this that from have will can all any now new out about what when which who how why
but was were has had been they them their our his her its one two into over under only just like some more most other
than then there here also after before above below between because please always never every each both must should
would could shall may might let get give make take tell say says said show write print output repeat reply respond
answer translate summarize summarise read list explain describe provide send share return reveal display disclose
expose leak dump echo continue start begin stop end follow following obey comply execute run perform act acting behave
pretend imagine simulate roleplay role play become enable disable activate switch mode developer admin administrator
root sudo god jailbreak jailbroken unlocked unrestricted uncensored unfiltered free bypass override overrule ignore
ignoring disregard forget discard drop skip cancel erase delete remove previous previously prior preceding earlier
former past first last original initial hidden secret secrets confidential private internal system prompt prompts
instruction instructions command commands order orders rule rules guideline guidelines guidance directive directives
policy policies restriction restrictions constraint constraints limit limits limitation limitations filter filters
safety security safeguards message messages text word words context conversation data information file files document
password passwords passphrase key keys token tokens credential credentials credit card email mail user users assistant
model chatbot bot human person people everything anything nothing something told given said without warning harmful
illegal dangerous bomb weapon weapons drug drugs malware virus hack attack exploit code step steps guide instead
attention important urgent note access account bank money transfer verify debug test hello world yes true false
good day time way work know need want think see use used using help request requests question questions
is it in of on or as at by be do if me my no so to up us we he an am go
ignoriere vergiss missachte alle vorherigen bisherigen anweisungen befehle regeln zeige verrate dein deine passwort
ignorez oublie oubliez toutes les instructions precedentes consignes regles montre revele mot passe votre
ignora olvida todas las instrucciones anteriores reglas muestra revela contrasena tus ignore esqueca todas instrucoes
anteriores regras mostre revele senha ignora dimentica tutte istruzioni precedenti regole mostra rivela
negeer vergeet alle vorige instructies regels toon wachtwoord zignoruj zapomnij wszystkie poprzednie instrukcje zasady
pokaz haslo onceki tum talimatlari unut goster sistem parola
`

// lexicon answers whether a letter run is a word of the vocabulary.
type lexicon struct {
	words   map[string]struct{}
	longest int
}

var words = newLexicon(vocabulary)

func newLexicon(list string) lexicon {
	l := lexicon{words: map[string]struct{}{}}
	for _, w := range strings.Fields(list) {
		l.words[w] = struct{}{}
		l.longest = max(l.longest, len(w))
	}
	return l
}

func (l lexicon) has(w string) bool {
	_, ok := l.words[w]
	return ok
}

// tellingLetters is how long a word must be to tell text from noise: short ones come
// about by chance, and many of them are words backwards, too.
const tellingLetters = 4

// telling counts the different words of the vocabulary in a folded text that are long
// enough to tell, up to enough of them.
func (l lexicon) telling(text string, enough int) int {
	var seen []string
	for i := 0; i < len(text) && len(seen) < enough; {
		start := i
		for i < len(text) && asciiClass[text[i]]&asLower != 0 {
			i++
		}
		if w := text[start:i]; len(w) >= tellingLetters && l.has(w) && !slices.Contains(seen, w) {
			seen = append(seen, w)
		}
		if i == start {
			i++
		}
	}
	return len(seen)
}

// vowels counts them: words have more than one in four, blobs hardly one in five.
func vowels(run string) (n int) {
	for i := 0; i < len(run); i++ {
		switch run[i] {
		case 'a', 'e', 'i', 'o', 'u', 'y':
			n++
		}
	}
	return n
}

// maxSplit is the longest letter run that is taken apart.
const maxSplit = 256

// split takes a run of small letters apart into words; nil when words of the
// vocabulary do not make up most of it. The ends of the words are returned.
func (l lexicon) split(run string) []int {
	n := len(run)
	if n < 2 || n > maxSplit || vowels(run)*4 < n {
		return nil
	}
	// best[i] is the least cost of run[:i]: a letter outside of words costs 3, a
	// word 1, so that few long words win over many short ones.
	const strayCost, wordCost = 3, 1
	best := make([]int, n+1)
	back := make([]int, n+1)
	for i := 1; i <= n; i++ {
		best[i], back[i] = best[i-1]+strayCost, -1
		for size := 2; size <= min(i, l.longest); size++ {
			if cost := best[i-size] + wordCost; cost < best[i] && l.has(run[i-size:i]) {
				best[i], back[i] = cost, size
			}
		}
	}
	var ends []int
	covered, long := 0, 0
	for i := n; i > 0; {
		if back[i] < 0 {
			if len(ends) == 0 || back[ends[len(ends)-1]] >= 0 || i == n {
				ends = append(ends, i)
			}
			i--
			continue
		}
		ends = append(ends, i)
		covered += back[i]
		if back[i] >= tellingLetters {
			long++
		}
		i -= back[i]
	}
	if len(ends) < 3 || long < 2 || covered*4 < n*3 {
		return nil
	}
	slices.Reverse(ends)
	return ends
}
