package web

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views"
	"github.com/guardroom/guardroom/views/text"
)

// outcome is what the last action did, told once on the next page.
type outcome string

const (
	didApprove  outcome = "approve"
	didBlock    outcome = "block"
	didEscalate outcome = "escalate"
	didSkip     outcome = "skip"
	didRelease  outcome = "release"
	didAnnotate outcome = "annotate"
	didUndo     outcome = "undo"
	didUnmask   outcome = "unmask"
	didJudge    outcome = "judge"
	didDraft    outcome = "draft"
	didActivate outcome = "activate"
	didDiscard  outcome = "discard"
	didRollBack outcome = "rollback"
	didPrefer   outcome = "prefer"
	nothingLeft outcome = "empty"

	didKeep        outcome = "keep"
	didHandOver    outcome = "handover"
	didSnooze      outcome = "snooze"
	didAskOpinion  outcome = "ask"
	didGiveOpinion outcome = "opinion"
	didReleaseHold outcome = "released"
	didReverse     outcome = "reverse"
	didUndoBatch   outcome = "unbatch"

	didLabel     outcome = "label"
	didHandOvers outcome = "handovers"

	didSaveView   outcome = "view"
	didShareView  outcome = "share"
	didDeleteView outcome = "unview"

	didRole        outcome = "role"
	didDisable     outcome = "disable"
	didEnable      outcome = "enable"
	didEndSessions outcome = "signout"
	didJoin        outcome = "join"
	didLeave       outcome = "leave"
	didAddApp      outcome = "app"
	didHold        outcome = "held"
	didLift        outcome = "lifted"
	didErase       outcome = "erasing"
	didRevokeKey   outcome = "revoke"

	didHookTopics outcome = "hook-topics"
	didHookPause  outcome = "hook-pause"
	didHookResume outcome = "hook-resume"
	didHookTest   outcome = "hook-test"
	didHookEnd    outcome = "hook-end"
	didHookReplay outcome = "hook-replay"

	didOrigins      outcome = "origins"
	didPassword     outcome = "password"
	didRemoveFactor outcome = "factor"

	didAddPasskey    outcome = "passkey"
	didRemovePasskey outcome = "unpasskey"
	didResetFactors  outcome = "factors"
	didAskExport     outcome = "export"
	didDeleteExport  outcome = "unexport"
)

var outcomeTexts = map[outcome]string{
	didApprove:  text.Say("Approved."),
	didBlock:    text.Say("Blocked."),
	didEscalate: text.Say("Escalated to a lead."),
	didSkip:     text.Say("Skipped. It will not be offered to you again."),
	didRelease:  text.Say("Given back to the queue."),
	didAnnotate: text.Say("Note kept."),
	didUndo:     text.Say("Taken back. The item is open again and yours."),
	didUnmask:   text.Say("Personal data is shown. That you looked is recorded."),
	didJudge:    text.Say("Your verdict is kept. Here is what the guard says; decide now."),
	didDraft:    text.Say("Draft saved. It decides nothing until it is activated."),
	didActivate: text.Say("Activated. It decides from the next interaction on."),
	didDiscard:  text.Say("Draft discarded."),
	didRollBack: text.Say("Rolled back, as a new version."),
	nothingLeft: text.Say("Nothing is waiting here."),
	didPrefer:   text.Say("Saved. From now on it is as you like it."),

	didKeep:        text.Say("Kept for you, also while this page is closed."),
	didHandOver:    text.Say("Handed over. Your colleague has been told."),
	didSnooze:      text.Say("Snoozed. It comes back by itself."),
	didAskOpinion:  text.Say("Two people will now judge this item, each without seeing what the other says."),
	didGiveOpinion: text.Say("Your opinion is kept. Nobody sees it before both are in."),
	didReleaseHold: text.Say("Released. The holder has been told."),
	didReverse:     text.Say("Reversed. The app will be told."),
	didUndoBatch:   text.Say("Taken back, all of them. They are in the queue again."),

	didLabel:     text.Say("Labelled. They are in the queue as before."),
	didHandOvers: text.Say("Handed over, all of them. Your colleague has been told."),

	didSaveView:   text.Say("View saved."),
	didShareView:  text.Say("Saved. It says below who has the view now."),
	didDeleteView: text.Say("View deleted."),

	didRole:          text.Say("The role is changed, from the next page on."),
	didDisable:       text.Say("Disabled, and signed out everywhere."),
	didEnable:        text.Say("May sign in again."),
	didEndSessions:   text.Say("Signed out there."),
	didJoin:          text.Say("A member from now on."),
	didLeave:         text.Say("The membership has ended."),
	didAddApp:        text.Say("The app is added. Make a key for it."),
	didAddPasskey:    text.Say("The passkey is kept. It signs you in from now on."),
	didRemovePasskey: text.Say("The passkey is removed here. Delete it from the device, too."),
	didOrigins:       text.Say("Saved. It counts from the next call on."),
	didHold:          text.Say("The hold is set: nothing of it is removed until it is lifted."),
	didErase:         text.Say("The erasure has begun. Its certificate is here when nothing is left."),
	didLift:          text.Say("The hold is lifted. What is over is removed within minutes."),
	didRevokeKey:     text.Say("Revoked. The key opens nothing any more."),

	didHookTopics: text.Say("It is told of these events from now on."),
	didHookPause:  text.Say("Paused. What is told meanwhile waits."),
	didHookResume: text.Say("Resumed. What has waited leaves now."),
	didHookTest:   text.Say("The test is on its way. The log below says how it went: load the page again."),
	didHookEnd:    text.Say("Deleted. Nothing is sent there any more."),
	didHookReplay: text.Say("It is tried again."),

	didRemoveFactor: text.Say("The authenticator app is removed. Signing in asks for no code any more."),
	didResetFactors: text.Say("The second factor is removed, and they are signed out everywhere."),

	didPassword:     text.Say("The password is changed. You are signed out everywhere else."),
	didAskExport:    text.Say("It is being made. Your inbox tells when it is ready."),
	didDeleteExport: text.Say("Deleted. The manifest stays."),
}

// noticeSeconds is how long an untold notice lasts; the offer to undo ends earlier.
const noticeSeconds = 60

// tell leaves a notice for the next page in a cookie of its own: it says nothing that
// matters to anybody else, and a write to the store for each would double the cost of
// a Decision.
func (s *sessions) tell(c *call, did outcome, d *review.Decision) {
	value := string(did)
	if d != nil {
		until := d.CreatedAt.Add(review.UndoWindow).UnixMicro()
		value = strings.Join([]string{value, d.ItemID, d.ID, strconv.FormatInt(until, 10)}, ".")
	}
	c.SetCookie(s.noticeCookie(value, noticeSeconds))
}

// batchNotice stands where the Item of a Decision is named.
const batchNotice = "batch"

// tellBatch is tell for many Decisions that are undone as one.
func (s *sessions) tellBatch(c *call, did outcome, r review.BatchResult) {
	if len(r.Decided) > 0 {
		s.tellUndo(c, did, r.ID, r.Decided[0].CreatedAt)
	}
}

// tellUndo offers to take a batch back that was made at a time.
func (s *sessions) tellUndo(c *call, did outcome, batchID string, made time.Time) {
	s.tell(c, did, &review.Decision{ID: batchID, ItemID: batchNotice, CreatedAt: made})
}

func (s *sessions) noticeCookie(value string, maxAge int) *http.Cookie {
	return &http.Cookie{
		Name: s.notices, Value: value, Path: "/", MaxAge: maxAge,
		Secure: s.manager.Cookie.Secure, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
}

// takeNotice reads the notice and forgets it.
func (s *sessions) takeNotice(c *call) *views.Notice {
	cookie, err := c.Request().Cookie(s.notices)
	if err != nil || c.peeking() {
		return nil
	}
	c.SetCookie(s.noticeCookie("", -1))
	return parseNotice(cookie.Value, s.clock())
}

// parseNotice believes nothing but what tell can have written.
func parseNotice(value string, now time.Time) *views.Notice {
	parts := strings.Split(value, ".")
	told, known := outcomeTexts[outcome(parts[0])]
	if !known {
		return nil
	}
	notice := &views.Notice{Text: told}
	if len(parts) != 4 || strings.ContainsFunc(parts[1]+parts[2], notInID) {
		return notice
	}
	micros, err := strconv.ParseInt(parts[3], 10, 64)
	until := time.UnixMicro(micros).UTC()
	if err == nil && now.Before(until) && until.Sub(now) <= review.UndoWindow {
		notice.Undo = &views.UndoOffer{ItemID: parts[1], DecisionID: parts[2], Until: until}
		if parts[1] == batchNotice {
			notice.Undo = &views.UndoOffer{BatchID: parts[2], Until: until}
		}
	}
	return notice
}
