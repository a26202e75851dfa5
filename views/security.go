package views

import (
	"strings"

	"github.com/a-h/templ"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/static"
)

// SecurityPage is GET /account/security, and what follows an act on it.
type SecurityPage struct {
	Shell
	Factors review.FactorState
	Owes    bool     // can do nothing else before a second factor is there
	Codes   []string // for when the app is lost; shown once

	TakesPasskeys bool   // they can be used where this server is reached
	PasskeyName   string // as typed
	Problem       *Problem
}

// TOTPPage is GET /account/security/totp, and what a wrong first code answers.
type TOTPPage struct {
	Shell
	Setup   review.TOTPSetup
	Problem *Problem
}

// LoginCodePage is GET /login/code, and what a wrong code answers.
type LoginCodePage struct {
	Assets  *static.Assets
	Next    string // local path to go on to
	Passkey bool   // one may stand in for the code
	Problem *Problem
}

// codeAttrs let a phone show digits, and take nothing that was typed there before.
var codeAttrs = templ.Attributes{"maxlength": "32", "spellcheck": "false", "autocapitalize": "none"}

// inFours makes a secret easier to type.
func inFours(secret string) string {
	var groups []string
	for ; len(secret) > 4; secret = secret[4:] {
		groups = append(groups, secret[:4])
	}
	return strings.Join(append(groups, secret), " ")
}
