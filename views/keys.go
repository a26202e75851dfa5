package views

import (
	"fmt"
	"strings"

	"github.com/a-h/templ"
)

// Where says on which pages a key works.
type Where string

// The places of keys.
const (
	Everywhere Where = "Everywhere"
	OnQueue    Where = "In a list"
	OnItem     Where = "On an item"
)

// Key is one keyboard command. This is the only place where keys are declared: buttons show them, the script finds them
// in the page, and the cheat sheet lists them.
type Key struct {
	Press []string // as KeyboardEvent.key says it; "g q" is one after the other; several are alternatives
	Does  string
	Where Where
}

// The keys.
var (
	keyApprove    = Key{[]string{"a"}, "Approve", OnItem}
	keyBlock      = Key{[]string{"b"}, "Block", OnItem}
	keyEscalate   = Key{[]string{"e"}, "Escalate to a lead", OnItem}
	keySkip       = Key{[]string{"s"}, "Skip, and take the next one", OnItem}
	keyNote       = Key{[]string{"n"}, "Write a note", OnItem}
	keyReason     = Key{[]string{"r"}, "Give a reason", OnItem}
	keyGuard      = Key{[]string{"v"}, "What the guard says", OnItem}
	keyUnmask     = Key{[]string{"p"}, "Show personal data, which is recorded", OnItem}
	keyGuessing   = Key{[]string{"m"}, "Only guessing", OnItem}
	keyFairlySure = Key{[]string{","}, "Fairly sure", OnItem}
	keyCertain    = Key{[]string{"."}, "Certain", OnItem}
	keyHistory    = Key{[]string{"h"}, "This user’s history", OnItem}
	keyUp         = Key{[]string{"u"}, "Back to the list", OnItem}
	keyNextItem   = Key{[]string{"j", "ArrowRight"}, "Next item", OnItem}
	keyPrevItem   = Key{[]string{"k", "ArrowLeft"}, "Previous item", OnItem}
	keyNextRow    = Key{[]string{"j", "ArrowDown"}, "Next line", OnQueue}
	keyPrevRow    = Key{[]string{"k", "ArrowUp"}, "Previous line", OnQueue}
	keyOpenRow    = Key{[]string{"Enter", "o"}, "Open the item", OnQueue}
	keyFilter     = Key{[]string{"f"}, "Filter", OnQueue}
	keyNextPage   = Key{[]string{"]"}, "Next page", OnQueue}
	keyFirstPage  = Key{[]string{"["}, "First page", OnQueue}
	keyUndo       = Key{[]string{"z"}, "Undo, for ten seconds", Everywhere}
	keyGoQueue    = Key{[]string{"g q"}, "Go to the queue", Everywhere}
	keyGoProposed = Key{[]string{"g i"}, "Go to the interventions", Everywhere}
	keyGoDecided  = Key{[]string{"g d"}, "Go to the decisions", Everywhere}
	keyGoPolicies = Key{[]string{"g p"}, "Go to the policies", Everywhere}
	keyTheme      = Key{[]string{"t"}, "Light or dark", Everywhere}
	keyHelp       = Key{[]string{"?"}, "This list", Everywhere}
)

// maxLabelKeys is how many labels have a digit.
const maxLabelKeys = 9

func labelKey(i int) Key {
	return Key{[]string{fmt.Sprint(i + 1)}, "Set or clear a label", OnItem}
}

// sheet lists every key in the order of the cheat sheet.
var sheet = []Key{
	keyApprove, keyBlock, keyEscalate, keySkip, {[]string{"1–9"}, "Set or clear a label", OnItem}, keyReason, keyNote, keyGuessing, keyFairlySure, keyCertain, keyGuard, keyUnmask, keyHistory, keyNextItem, keyPrevItem, keyUp,
	keyNextRow, keyPrevRow, keyOpenRow, keyFilter, keyNextPage, keyFirstPage,
	keyUndo, keyGoQueue, keyGoProposed, keyGoDecided, keyGoPolicies, keyTheme, keyHelp,
	{[]string{"Esc"}, "Leave a field, close a dialog", Everywhere},
}

// sheetOf lists the keys of one place.
func sheetOf(where Where) []Key {
	var out []Key
	for _, k := range sheet {
		if k.Where == where {
			out = append(out, k)
		}
	}
	return out
}

// attrs ties an element to the key: the script presses it, and assistive technology is told of it.
func (k Key) attrs() templ.Attributes {
	return templ.Attributes{"data-key": k.presses(), "aria-keyshortcuts": k.shortcuts()}
}

// shortcuts is the ARIA notation; it has none for one key after the other, so those are left out.
func (k Key) shortcuts() string {
	var out []string
	for _, p := range k.Press {
		if !strings.Contains(p, " ") {
			out = append(out, p)
		}
	}
	return strings.Join(out, " ")
}

// cap is the key as it is printed beside a button.
func (k Key) cap() string { return capOf(k.Press[0]) }

func capOf(press string) string {
	switch press {
	case "ArrowDown":
		return "↓"
	case "ArrowUp":
		return "↑"
	case "ArrowLeft":
		return "←"
	case "ArrowRight":
		return "→"
	case "Enter":
		return "↵"
	}
	if len(press) == 1 {
		return strings.ToUpper(press)
	}
	return press
}

// presses is what the script compares KeyboardEvent.key with, alternatives apart by bars.
func (k Key) presses() string { return strings.Join(k.Press, "|") }
