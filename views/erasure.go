package views

import (
	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views/text"
)

// ErasuresPage is GET /apps/{app}/erasures, and what follows an act on it.
type ErasuresPage struct {
	Shell
	View    review.ErasuresView
	User    string // as typed
	Reason  string
	Problem *Problem
}

// CertificatePath is where the certificate of an erasure is.
func CertificatePath(app, id string) string { return AppPath(app, StepErasures) + "/" + id }

// What use cases say on the page; they know no languages.
var _ = [...]string{text.Say("name the user"), text.Say("this user is being erased already")}
