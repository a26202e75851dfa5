package review

import (
	"context"
	"unicode/utf8"
)

// Theme is the colour scheme that somebody chose.
type Theme string

// The themes. ThemeSystem follows the device.
const (
	ThemeSystem Theme = ""
	ThemeLight  Theme = "light"
	ThemeDark   Theme = "dark"
)

// Preferences is how somebody wants to work. The zero value is what everybody starts with. They change what one person
// sees and presses, never what is decided, so they are in no audit chain.
type Preferences struct {
	Language string            `json:"language,omitempty"` // BCP 47; "" takes the browser's
	Theme    Theme             `json:"theme,omitempty"`
	Stay     bool              `json:"stay,omitempty"`    // a decided Item stays on the screen
	Blur     bool              `json:"blur,omitempty"`    // texts of Items are blurred until wanted
	Plain    bool              `json:"plain,omitempty"`   // not even what may disturb is blurred
	Preview  bool              `json:"preview,omitempty"` // beside the queue, where there is room
	View     string            `json:"view,omitempty"`    // id of the SavedView that they begin with; "" is the queue
	Keys     map[string]string `json:"keys,omitempty"`    // of commands that somebody presses another way, by the command's name
}

// What a preference may be at most; which languages and commands there are, the pages know.
const (
	maxLanguageBytes = 35 // RFC 5646, section 4.4.1
	maxOwnKeys       = 100
	maxKeyRunes      = 24
)

// SavePreferences replaces what the viewer prefers.
func (a *Accounts) SavePreferences(ctx context.Context, v Viewer, p Preferences) error {
	if err := p.validate(); err != nil {
		return err
	}
	return a.Store.Write(ctx, func(tx Tx) error { return tx.PutPreferences(v.User.ID, p) })
}

func (p Preferences) validate() error {
	var wrong invalidFields
	if len(p.Language) > maxLanguageBytes {
		wrong.addf("language", "is no language")
	}
	if p.Theme != ThemeSystem && p.Theme != ThemeLight && p.Theme != ThemeDark {
		wrong.addf("theme", "must be light, dark or empty")
	}
	if len(p.View) > maxIDBytes {
		wrong.addf("view", "is no view")
	}
	if len(p.Keys) > maxOwnKeys {
		wrong.addf("keys", "are more than %d", maxOwnKeys)
	}
	for name, press := range p.Keys {
		if press == "" || !shortText(name) || !shortText(press) {
			wrong.addf("keys", "have one that cannot be pressed")
			break
		}
	}
	return wrong.err()
}

func shortText(s string) bool { return utf8.ValidString(s) && utf8.RuneCountInString(s) <= maxKeyRunes }
