package views

import "github.com/guardroom/guardroom/internal/review"

// The values of FieldVeil: what is blurred from now on.
const (
	VeilOff        = "off"
	VeilDisturbing = "disturbing"
	VeilAlways     = "always"
)

// disturbing tells whether hate, threats or harm were found in the texts. Of an item that is to be judged blind that is not known here, and so
// not told either.
func disturbing(v review.ItemView) bool {
	for _, f := range v.Assessment.Findings {
		if f.Category == review.CategoryToxicity {
			return true
		}
	}
	return false
}

// veiled tells whether the texts begin blurred for the viewer.
func veiled(p ItemPage) bool {
	prefers := p.Viewer.User.Preferences
	return prefers.Blur || !prefers.Plain && disturbing(p.View)
}

// nextVeil is what the button asks for: the other of what is.
func nextVeil(p ItemPage) string {
	switch {
	case veiled(p):
		return VeilOff
	case disturbing(p.View):
		return VeilDisturbing
	default:
		return VeilAlways
	}
}

// Veil changes what somebody prefers as the field says; false when it says nothing known.
func Veil(p review.Preferences, wanted string) (review.Preferences, bool) {
	switch wanted {
	case VeilOff:
		p.Blur, p.Plain = false, true
	case VeilDisturbing:
		p.Blur, p.Plain = false, false
	case VeilAlways:
		p.Blur, p.Plain = true, false
	default:
		return p, false
	}
	return p, true
}
