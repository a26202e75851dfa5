package textview

import "unicode/utf8"

// Kind says how a View came to be.
type Kind uint8

// The kinds, in the order of the ladder.
const (
	KindRaw        Kind = iota // the text, invalid bytes replaced by U+FFFD
	KindClean                  // without what nobody sees, overridden directions undone
	KindFolded                 // lower case, compatibility forms, accents and look-alikes folded
	KindLeet                   // digits and signs read as letters
	KindJoined                 // letters set apart put together, run-together words set apart
	KindTags                   // Unicode tag characters as ASCII
	KindSelectors              // variation selectors as bytes
	KindEscapes                // URL, HTML, \u and \x escapes resolved
	KindBase64                 //
	KindBase32                 //
	KindHex                    //
	KindBinary                 //
	KindMorse                  //
	KindRot13                  //
	KindReversed               // read from its end, or each word from its end
	KindUpsideDown             // turned letters
	KindCipher                 // one letter in place of each: Caesar, Atbash
	KindRot47                  //
	KindBase58                 //
	KindBase85                 //
	KindNumbers                // code points, bytes or places in the alphabet as numbers
	KindSpelled                // words of a spelling alphabet
	KindMended                 // words put together that lines, quotes or markup broke
	KindWordGame               // Pig Latin, letters that stand twice
)

var kindNames = [...]string{
	"raw", "clean", "folded", "leet", "joined", "tags", "variation selectors", "escapes",
	"base64", "base32", "hex", "binary", "morse", "rot13", "reversed", "upside-down",
	"cipher", "rot47", "base58", "base85", "numbers", "spelling alphabet", "broken words", "word game",
}

// String is the name that analysts see.
func (k Kind) String() string { return kindNames[k] }

// Disguised tells whether somebody must have taken trouble for the View to exist:
// leetspeak, letters set apart, a hidden channel or an encoding.
func (k Kind) Disguised() bool { return k >= KindLeet }

// View is one reading of a text. Views are immutable.
type View struct {
	Kind      Kind
	Text      string // valid UTF-8
	Parent    *View  // the view it was made from; nil for the raw one
	Truncated bool   // Text ends early because a limit was reached

	source  string // the text that New was given
	offsets offsets
}

// Original maps the bytes [start,end) of the View to the bytes of the text that
// New was given. The answer lies inside that text, start ≤ end, widened to whole
// characters. Offsets outside the View are moved to its ends.
func (v *View) Original(start, end int) (int, int) {
	for at := v; at != nil; at = at.Parent {
		start, end = at.offsets.outward(start, end, len(at.Text))
	}
	return widen(v.source, start, end)
}

// widen moves start and end outward to the borders of characters.
func widen(s string, start, end int) (int, int) {
	for i := 0; i < utf8.UTFMax-1 && start > 0 && start < len(s) && !utf8.RuneStart(s[start]); i++ {
		start--
	}
	for i := 0; i < utf8.UTFMax-1 && end < len(s) && end > start && !utf8.RuneStart(s[end]); i++ {
		end++
	}
	return start, end
}

// Disguise names what was undone to get this View, outermost first, such as
// "base64, rot13"; "" when it shows the text as anybody reads it.
func (v *View) Disguise() string {
	name := ""
	for at := v; at != nil; at = at.Parent {
		if !at.Kind.Disguised() {
			continue
		}
		if name == "" {
			name = at.Kind.String()
			continue
		}
		name = at.Kind.String() + ", " + name
	}
	return name
}

// folded tells whether the View's text is in the folded form.
func (v *View) folded() bool {
	switch v.Kind {
	case KindFolded, KindLeet, KindJoined, KindRot13, KindReversed, KindCipher, KindSpelled, KindWordGame:
		return true
	default:
		return false
	}
}
