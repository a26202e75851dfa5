package views

import (
	"context"
	"fmt"
	"strings"

	"github.com/a-h/templ"

	"github.com/guardroom/guardroom/views/text"
)

// Where says on which pages a key works.
type Where string

// The places of keys.
const (
	Everywhere Where = "everywhere"
	OnQueue    Where = "list"
	OnItem     Where = "item"
)

// word is the heading of the place in the cheat sheet.
func (w Where) word() string {
	switch w {
	case OnQueue:
		return text.Say("In a list")
	case OnItem:
		return text.Say("On an item")
	default:
		return text.Say("Everywhere")
	}
}

// Key is one keyboard command. This is the only place where keys are declared: buttons show them, the script finds them
// in the page, and the cheat sheet lists them.
type Key struct {
	ID    string   // names the command, for people who press something else; "" where nobody may
	Press []string // as KeyboardEvent.key says it; "g q" is one after the other; several are alternatives
	Does  string
	Where Where
}

// The keys.
var (
	keyApprove    = Key{"approve", []string{"a"}, text.Say("Approve"), OnItem}
	keyBlock      = Key{"block", []string{"b"}, text.Say("Block"), OnItem}
	keyEscalate   = Key{"escalate", []string{"e"}, text.Say("Escalate to a lead"), OnItem}
	keySkip       = Key{"skip", []string{"s"}, text.Say("Skip, and take the next one"), OnItem}
	keyNote       = Key{"note", []string{"n"}, text.Say("Write a note"), OnItem}
	keySpan       = Key{"span", []string{"l"}, text.Say("Label a part of the text"), OnItem}
	keyReason     = Key{"reason", []string{"r"}, text.Say("Give a reason"), OnItem}
	keyGuard      = Key{"guard", []string{"v"}, text.Say("What the guard says"), OnItem}
	keyUnmask     = Key{"unmask", []string{"p"}, text.Say("Show personal data, which is recorded"), OnItem}
	keyVeil       = Key{"veil", []string{"d"}, text.Say("Blur the texts, or show them"), OnItem}
	keyGuessing   = Key{"guessing", []string{"m"}, text.Say("Only guessing"), OnItem}
	keyFairlySure = Key{"fairly-sure", []string{","}, text.Say("Fairly sure"), OnItem}
	keyCertain    = Key{"certain", []string{"."}, text.Say("Certain"), OnItem}
	keyHistory    = Key{"history", []string{"h"}, text.Say("This user’s history"), OnItem}
	keyUp         = Key{"up", []string{"u"}, text.Say("Back to the list"), OnItem}
	keyNextItem   = Key{"next-item", []string{"j", "ArrowRight"}, text.Say("Next item"), OnItem}
	keyPrevItem   = Key{"previous-item", []string{"k", "ArrowLeft"}, text.Say("Previous item"), OnItem}
	keyNextRow    = Key{"next-line", []string{"j", "ArrowDown"}, text.Say("Next line"), OnQueue}
	keyPrevRow    = Key{"previous-line", []string{"k", "ArrowUp"}, text.Say("Previous line"), OnQueue}
	keyOpenRow    = Key{"open", []string{"Enter", "o"}, text.Say("Open the item"), OnQueue}
	keyPickRow    = Key{"choose", []string{"x"}, text.Say("Choose the line"), OnQueue}
	keyTogether   = Key{"together", []string{"d"}, text.Say("Decide, label or hand over the chosen lines"), OnQueue}
	keyFilter     = Key{"filter", []string{"f"}, text.Say("Filter"), OnQueue}
	keyViews      = Key{"views", []string{"v"}, text.Say("Saved views"), OnQueue}
	keyPreview    = Key{"preview", []string{"p"}, text.Say("Preview beside the list"), OnQueue}
	keySearch     = Key{"search", []string{"/"}, text.Say("Search"), OnQueue}
	keyNextPage   = Key{"next-page", []string{"]"}, text.Say("Next page"), OnQueue}
	keyFirstPage  = Key{"first-page", []string{"["}, text.Say("First page"), OnQueue}
	keyUndo       = Key{"undo", []string{"z"}, text.Say("Undo, for ten seconds"), Everywhere}
	keyGoQueue    = Key{"go-queue", []string{"g q"}, text.Say("Go to the queue"), Everywhere}
	keyGoProposed = Key{"go-interventions", []string{"g i"}, text.Say("Go to the interventions"), Everywhere}
	keyGoDecided  = Key{"go-decisions", []string{"g d"}, text.Say("Go to the decisions"), Everywhere}
	keyGoOverview = Key{"go-overview", []string{"g o"}, text.Say("Go to the overview"), Everywhere}
	keyGoWork     = Key{"go-work", []string{"g w"}, text.Say("Go to my work"), Everywhere}
	keyGoPolicies = Key{"go-policies", []string{"g p"}, text.Say("Go to the policies"), Everywhere}
	keyGoHolds    = Key{"go-holds", []string{"g h"}, text.Say("Go to what is held"), Everywhere}
	keyGoInbox    = Key{"go-inbox", []string{"g n"}, text.Say("Go to the inbox"), Everywhere}
	keyTheme      = Key{"theme", []string{"t"}, text.Say("Light or dark"), Everywhere}
	keyPalette    = Key{"", []string{"Control+k"}, text.Say("Find a place or a command"), Everywhere}
	keyHelp       = Key{"help", []string{"?"}, text.Say("This list"), Everywhere}
)

// maxLabelKeys is how many labels have a digit.
const maxLabelKeys = 9

func labelKey(i int) Key {
	return Key{"", []string{fmt.Sprint(i + 1)}, text.Say("Set or clear a label"), OnItem}
}

// viewKey goes to one of the first saved views.
func viewKey(i int) Key {
	return Key{"", []string{fmt.Sprintf("g %d", i+1)}, text.Say("Go to a saved view"), Everywhere}
}

// sheet lists every key in the order of the cheat sheet.
var sheet = []Key{
	keyApprove, keyBlock, keyEscalate, keySkip, {"", []string{"1–9"}, text.Say("Set or clear a label"), OnItem}, keyReason, keyNote, keySpan, keyGuessing, keyFairlySure, keyCertain, keyGuard, keyUnmask, keyVeil, keyHistory, keyNextItem, keyPrevItem, keyUp,
	keyNextRow, keyPrevRow, keyOpenRow, keyPickRow, keyTogether, keyFilter, keyViews, keyPreview, keySearch, keyNextPage, keyFirstPage,
	keyUndo, keyGoQueue, keyGoProposed, keyGoDecided, keyGoOverview, keyGoWork, keyGoPolicies, keyGoHolds, keyGoInbox, {"", []string{"g 1–9"}, text.Say("Go to a saved view"), Everywhere}, keyTheme, keyPalette, keyHelp,
	{"", []string{"Esc"}, text.Say("Leave a field, close a dialog"), Everywhere},
}

// sheetOf lists the keys of one place, as the reader presses them.
func sheetOf(ctx context.Context, where Where) []Key {
	var out []Key
	for _, k := range sheet {
		if k.Where == where {
			out = append(out, k.of(ctx))
		}
	}
	return out
}

// attrs ties an element to the key: the script presses it, and assistive technology is told of it.
func (k Key) attrs(ctx context.Context) templ.Attributes {
	own := k.of(ctx)
	return templ.Attributes{"data-key": own.bars(), "aria-keyshortcuts": own.shortcuts()}
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
func (k Key) cap(ctx context.Context) string {
	return strings.Join(chord(k.of(ctx).Press[0]), " ")
}

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
	case "Control+k":
		return "Ctrl K"
	}
	if len(press) == 1 {
		return strings.ToUpper(press)
	}
	return press
}

// presses is what the script compares KeyboardEvent.key with, alternatives apart by bars.
func (k Key) presses(ctx context.Context) string { return k.of(ctx).bars() }

func (k Key) bars() string { return strings.Join(k.Press, "|") }
