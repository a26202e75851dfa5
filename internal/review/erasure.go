package review

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"
	"unicode/utf8"
)

// Erasure removes what is known of one user of an App.
type Erasure struct {
	ID         string
	AppID      string
	UserID     string   // "" once it is done
	UserHash   [32]byte // see HashOfErased
	Reason     string
	Actor      Actor
	ActorName  string // filled in on reads
	CreatedAt  time.Time
	FinishedAt *time.Time // nil while it is under way
	Texts      int        // Interactions whose texts were removed for it
	Words      int        // reasons and notes about them
	Named      int        // Interactions that named the user
	Figures    int        // rows of figures that were kept by user
}

// HashOfErased is what is left of a user's id: who has the id can tell that it was meant.
func HashOfErased(erasureID, userID string) [32]byte {
	return sha256.Sum256([]byte(erasureID + "\n" + userID))
}

// ErasurePreview is what an Erasure would reach.
type ErasurePreview struct {
	UserID       string
	Interactions int
	WithTexts    int // of those
	Waiting      int // Items that wait for a person: they stay, without texts
	Held         int // LegalHolds that would stop it: of the App, the user or one of the Items
	Figures      int
}

// ErasuresView is the Erasures of an App, the newest first.
type ErasuresView struct {
	App     App
	List    []Erasure
	Preview *ErasurePreview // of the user who was asked for
}

// ErasuresShown bounds the list.
const ErasuresShown = 100

// eraseSettle is how long an Erasure takes at least: meanwhile every server forgets the user.
const eraseSettle = 30 * time.Second

// Erasures lists them and looks ahead to one.
func (s *Service) Erasures(ctx context.Context, v Viewer, appName, userID string) (ErasuresView, error) {
	app, err := erasing(v, appName)
	if err != nil {
		return ErasuresView{}, err
	}
	view := ErasuresView{App: app}
	if userID != "" {
		p, err := s.Store.ErasurePreview(ctx, app.ID, userID)
		if err != nil {
			return view, err
		}
		view.Preview = &p
	}
	view.List, err = s.Store.Erasures(ctx, app.ID, ErasuresShown)
	return view, err
}

func erasing(v Viewer, appName string) (App, error) {
	if !v.May(PermAdminister) {
		return App{}, Errorf(CodeForbidden, "only administrators may do this")
	}
	return v.AppNamed(appName)
}

// Erasure is one of them.
func (s *Service) Erasure(ctx context.Context, v Viewer, appName, id string) (Erasure, App, error) {
	app, err := erasing(v, appName)
	if err != nil {
		return Erasure{}, app, err
	}
	e, err := s.Store.Erasure(ctx, app.ID, id)
	return e, app, err
}

// Erase begins an Erasure; servers carry it out in the background. Asking again while it is under way is CodeConflict.
func (s *Service) Erase(ctx context.Context, v Viewer, appName, userID, reason string) (Erasure, error) {
	app, err := erasing(v, appName)
	if err != nil {
		return Erasure{}, err
	}
	if userID == "" || len(userID) > maxHoldSubject {
		return Erasure{}, Unprocessable([]FieldError{{Field: "user", Message: "name the user"}})
	}
	if reason, err = policyReason(reason); err != nil {
		return Erasure{}, err
	}
	return s.beginErasure(ctx, v.Actor(), app.ID, userID, reason)
}

func (s *Service) beginErasure(ctx context.Context, by Actor, appID, userID, reason string) (Erasure, error) {
	e := Erasure{ID: s.NewID(), AppID: appID, UserID: userID, Reason: reason, Actor: by, CreatedAt: s.now()}
	e.UserHash = HashOfErased(e.ID, userID)
	err := s.Store.Write(ctx, func(tx Tx) error {
		if err := tx.PutErasure(e); err != nil {
			return err
		}
		return tx.AppendEvent(event(e.CreatedAt, e.Actor, "erasure.begun", e.ID, appID, erasureDetail{UserHash: hex.EncodeToString(e.UserHash[:]), Reason: reason}))
	})
	return e, err
}

// ErasureRequest is what an App says whose data is to be erased.
type ErasureRequest struct {
	UserID string `json:"user_id"`
	Reason string `json:"reason"` // who asked, and by which right
}

func (r *ErasureRequest) validate() error {
	var wrong invalidFields
	if r.UserID == "" || len(r.UserID) > maxHoldSubject || !utf8.ValidString(r.UserID) {
		wrong.addf("user_id", "is needed: the id of a user as the App sends it")
	}
	r.Reason = strings.TrimSpace(r.Reason)
	if r.Reason == "" || len(r.Reason) > maxPolicyReasonBytes || !utf8.ValidString(r.Reason) {
		wrong.addf("reason", "is needed, as text of at most %d bytes: auditors will read it", maxPolicyReasonBytes)
	}
	return wrong.err()
}

// RequestErasure begins an Erasure for an App; under is true when one of the same user is under way already, which is
// then returned: an App may repeat itself.
func (s *Service) RequestErasure(ctx context.Context, c Caller, r ErasureRequest) (e Erasure, under bool, err error) {
	if err := r.validate(); err != nil {
		return Erasure{}, false, err
	}
	for range 3 { // one that was under way may finish before it is looked for
		e, err = s.beginErasure(ctx, c.Actor(), c.App.ID, r.UserID, r.Reason)
		if CodeOf(err) != CodeConflict {
			return e, false, err
		}
		running, failed := s.Store.RunningErasures(ctx)
		if failed != nil {
			return Erasure{}, false, failed
		}
		for _, e := range running {
			if e.AppID == c.App.ID && e.UserID == r.UserID {
				return e, true, nil
			}
		}
	}
	return Erasure{}, false, err
}

// ErasureOfApp is one of the caller's App.
func (s *Service) ErasureOfApp(ctx context.Context, c Caller, id string) (Erasure, error) {
	return s.Store.Erasure(ctx, c.App.ID, id)
}

type erasureDetail struct {
	UserHash string `json:"user_hash"` // SHA-256 over the erasure's id, a line feed and the user's id
	Reason   string `json:"reason,omitempty"`
	Texts    int    `json:"texts,omitempty"`
	Words    int    `json:"words,omitempty"`
	Named    int    `json:"named,omitempty"`
	Figures  int    `json:"figures,omitempty"`
}

const erasedAtOnce = 200

// Forgetter forgets what is known of a user in memory.
type Forgetter func(appID, userID string)

// CarryOut goes on with every Erasure that is under way. Each step looks for what is left, so that it may be killed and
// begun again anywhere. What is held, or about to be settled, makes it wait.
func (s *Service) CarryOut(ctx context.Context, forget Forgetter, pace Pace) error {
	running, err := s.Store.RunningErasures(ctx)
	if err != nil {
		return err
	}
	for _, e := range running {
		forget(e.AppID, e.UserID)
		if err := s.carryOut(ctx, e, pace); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) carryOut(ctx context.Context, e Erasure, pace Pace) error {
	if err := s.eraseTexts(ctx, e, pace); err != nil {
		return err
	}
	if err := s.eraseWords(ctx, e, pace); err != nil {
		return err
	}
	for more := true; more; {
		began := time.Now()
		err := s.Store.Write(ctx, func(tx Tx) (err error) {
			more, err = tx.Unname(e, erasedAtOnce/8)
			return err
		})
		if err == nil {
			err = pace(ctx, time.Since(began))
		}
		if err != nil {
			return err
		}
	}
	return s.finishErasure(ctx, e)
}

func (s *Service) eraseTexts(ctx context.Context, e Erasure, pace Pace) error {
	r := retention{appID: e.AppID, kind: RemovedErased, by: e.Actor, object: e.ID, waiting: true}
	for after := ""; ; {
		ids, err := s.Store.TextsOfUser(ctx, e, after, erasedAtOnce)
		if err != nil || len(ids) == 0 {
			return err
		}
		if _, err := s.removeTexts(ctx, r, ids, pace); err != nil {
			return err
		}
		after = ids[len(ids)-1]
	}
}

func (s *Service) eraseWords(ctx context.Context, e Erasure, pace Pace) error {
	r := retention{appID: e.AppID, kind: RemovedWords, by: e.Actor, object: e.ID}
	for {
		ids, err := s.Store.WordsOfUser(ctx, e, wordsAtOnce)
		if err != nil || len(ids) == 0 {
			return err
		}
		began := time.Now()
		n, err := s.removeWords(ctx, r, ids)
		if err == nil {
			err = pace(ctx, time.Since(began))
		}
		if err != nil || n == 0 {
			return err
		}
	}
}

// finishErasure ends it when nothing is left.
func (s *Service) finishErasure(ctx context.Context, e Erasure) error {
	now := s.now()
	if now.Sub(e.CreatedAt) < eraseSettle {
		return nil
	}
	return s.Store.Write(ctx, func(tx Tx) error {
		done, finished, err := tx.FinishErasure(e, now)
		if err != nil || !finished {
			return err
		}
		return tx.AppendEvent(event(now, e.Actor, "erasure.finished", e.ID, e.AppID, erasureDetail{
			UserHash: hex.EncodeToString(e.UserHash[:]), Texts: done.Texts, Words: done.Words, Named: done.Named, Figures: done.Figures,
		}))
	})
}
