package views

// SecurityPage is GET /account/security, and what follows an act on it.
type SecurityPage struct {
	Shell
	Problem *Problem
}
