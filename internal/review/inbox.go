package review

import (
	"context"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"
)

// InboxKind says what somebody is told.
type InboxKind string

// What people are told.
const (
	InboxMention   InboxKind = "mention"        // a colleague named them in a note
	InboxHandOver  InboxKind = "hand_over"      // a colleague gave them an Item
	InboxHandOvers InboxKind = "hand_overs"     // a colleague gave them several Items, of which the entry names the first
	InboxReleased  InboxKind = "released"       // a lead ended their hold
	InboxReversed  InboxKind = "reversed"       // somebody reversed their Decision
	InboxOpinion   InboxKind = "second_opinion" // what came of an Item on which they gave an opinion

	// What became of an Export that they asked for; it belongs to no App and no Item.
	InboxExported     InboxKind = "exported"
	InboxExportFailed InboxKind = "export_failed"
)

// OfExport tells whether the entry is about an Export.
func (k InboxKind) OfExport() bool { return k == InboxExported || k == InboxExportFailed }

// InboxEntry tells one person of something on an Item, or of an Export.
type InboxEntry struct {
	ID        string
	UserID    string
	AppID     string
	App       string // name, filled in on reads
	ItemID    string
	Kind      InboxKind
	Actor     Actor  // who did it
	ActorName string // filled in on reads
	Body      string // the start of a note; plain text, as typed
	CreatedAt time.Time
	ReadAt    *time.Time
}

// The bounds of what is told.
const (
	InboxPageSize = 50
	maxMentions   = 10 // of one note
	maxInboxBody  = 500
)

// Desk counts what a person has to look after, for every page.
type Desk struct {
	Held   int // Items
	Unread int // inbox entries, at most MaxUnread
}

// MaxUnread is where counting stops: more is only "many".
const MaxUnread = 100

// Desk returns the viewer's counters.
func (s *Service) Desk(ctx context.Context, v Viewer) (Desk, error) {
	return s.Store.Desk(ctx, v.User.ID, v.AppIDs(), s.now())
}

// Inbox returns the viewer's newest entries, of the Apps that they still see. before is
// the id of the last one of the page before; "" begins.
func (s *Service) Inbox(ctx context.Context, v Viewer, before string) ([]InboxEntry, error) {
	if len(before) > maxIDBytes {
		return nil, Errorf(CodeInvalid, "the page cursor cannot be read")
	}
	return s.Store.Inbox(ctx, v.User.ID, v.AppIDs(), before, InboxPageSize)
}

// ReadInbox marks one of the viewer's entries as read, or all when id is "".
func (s *Service) ReadInbox(ctx context.Context, v Viewer, id string) error {
	now := s.now()
	return s.Store.Write(ctx, func(tx Tx) error { return tx.ReadInbox(v.User.ID, id, now) })
}

// Colleagues lists the people who see an App, without their secrets.
func (s *Service) Colleagues(ctx context.Context, appID string) ([]User, error) {
	return s.Store.Colleagues(ctx, appID)
}

// mention is "@name" or "@name@example.org", not inside of a word or an address.
var mention = regexp.MustCompile(`(?:^|[^\w@.+-])@([A-Za-z0-9][A-Za-z0-9._+-]{0,63}(?:@[A-Za-z0-9.-]{1,253})?)`)

// mentioned returns the people whom a note names, each once: by their whole address, or
// by what stands before its @ when only one of them has that. Whoever does not see the
// App is not among the people, and so cannot be named.
func mentioned(note string, people []User) []User {
	byName := map[string][]User{}
	for _, u := range people {
		local, _, _ := strings.Cut(u.Email, "@")
		byName[u.Email] = append(byName[u.Email], u)
		byName[local] = append(byName[local], u)
	}
	var out []User
	seen := map[string]bool{}
	for _, m := range mention.FindAllStringSubmatch(note, -1) {
		found := byName[strings.ToLower(strings.TrimRight(m[1], ".-"))]
		if len(found) != 1 || seen[found[0].ID] {
			continue
		}
		seen[found[0].ID] = true
		if out = append(out, found[0]); len(out) == maxMentions {
			break
		}
	}
	return out
}

// tellMentioned puts a note into the inboxes of those whom it names. A control is
// nobody else's, so nobody is told of it.
func tellMentioned(tx Tx, v Viewer, item Item, a Annotation) error {
	if !strings.Contains(a.Body, "@") || item.Kind == KindControl {
		return nil
	}
	people, err := tx.Colleagues(item.AppID)
	if err != nil {
		return err
	}
	for _, u := range mentioned(a.Body, people) {
		if u.ID == v.User.ID {
			continue
		}
		err := tx.PutInbox(InboxEntry{
			ID: a.ID + "." + u.ID, UserID: u.ID, AppID: item.AppID, ItemID: item.ID, Kind: InboxMention,
			Actor: v.Actor(), Body: clip(a.Body), CreatedAt: a.CreatedAt,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// clip cuts a text for the inbox, between characters.
func clip(text string) string {
	if len(text) <= maxInboxBody {
		return text
	}
	cut := maxInboxBody
	for !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "…"
}
