package views

import "strings"

// OriginsPage is GET /apps/{app}/origins, and what a refused list answers.
type OriginsPage struct {
	Shell
	App     string // name
	Typed   string // one origin a line
	Problem *Problem
}

// ParseOrigins reads what was typed into the form: one a line.
func ParseOrigins(typed string) []string { return strings.Fields(typed) }
