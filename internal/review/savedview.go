package review

import (
	"context"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// SavedView is a list of the queue that somebody has named: its filter and its order. It
// is its owner's alone until a lead shares it with everybody who sees an App.
type SavedView struct {
	ID        string
	OwnerID   string
	Owner     string // name; filled in by stores
	AppID     string // whose people have it; "" is the owner's alone
	App       string // name; filled in by stores
	Name      string
	Query     string // of the list's address, as the pages write it
	CreatedAt time.Time
}

// Shared tells whether others have the view, too.
func (s SavedView) Shared() bool { return s.AppID != "" }

// The most that there can be of views: a menu is read at a glance.
const (
	MaxSavedViews     = 50  // of one person, and shared with one App
	MaxListedViews    = 100 // that one person is shown
	maxViewNameRunes  = 48
	maxViewQueryBytes = 2048
)

// SavedViews lists the views that the viewer has: their own by name, then those that are
// shared with their Apps.
func (s *Service) SavedViews(ctx context.Context, v Viewer) ([]SavedView, error) {
	return s.Store.SavedViews(ctx, v.User.ID, v.AppIDs(), MaxListedViews)
}

// SaveView names a list. The name is the viewer's alone, so that two may use the same.
func (s *Service) SaveView(ctx context.Context, v Viewer, name, query string) (SavedView, error) {
	name, err := viewName(name)
	if err != nil {
		return SavedView{}, err
	}
	if len(query) > maxViewQueryBytes || !utf8.ValidString(query) {
		return SavedView{}, Unprocessable([]FieldError{{"from", "is no list"}})
	}
	view := SavedView{ID: s.NewID(), OwnerID: v.User.ID, Owner: v.User.Name, Name: name, Query: query, CreatedAt: s.now()}
	return view, s.Store.Write(ctx, func(tx Tx) error {
		n, err := tx.CountSavedViews(v.User.ID, "")
		if err != nil {
			return err
		}
		if n >= MaxSavedViews {
			return Unprocessable([]FieldError{{"name", "there are too many views; delete one first"}})
		}
		return tx.PutSavedView(view)
	})
}

func viewName(name string) (string, error) {
	name = strings.Join(strings.Fields(name), " ")
	if name == "" || !utf8.ValidString(name) || utf8.RuneCountInString(name) > maxViewNameRunes || strings.ContainsFunc(name, unicode.IsControl) {
		return "", Unprocessable([]FieldError{{"name", "must be between 1 and 48 characters"}})
	}
	return name, nil
}

// RenameView gives a view another name.
func (s *Service) RenameView(ctx context.Context, v Viewer, id, name string) error {
	name, err := viewName(name)
	if err != nil {
		return err
	}
	return s.changeView(ctx, v, id, "view.renamed", func(tx Tx, view *SavedView) error {
		view.Name = name
		return tx.PutSavedView(*view)
	})
}

// DeleteView deletes a view. Who had it as the default begins with the queue again.
func (s *Service) DeleteView(ctx context.Context, v Viewer, id string) error {
	return s.changeView(ctx, v, id, "view.deleted", func(tx Tx, view *SavedView) error { return tx.DeleteSavedView(view.ID) })
}

// changeView changes one that the viewer may change. What others have is in the audit
// chain.
func (s *Service) changeView(ctx context.Context, v Viewer, id, action string, change func(Tx, *SavedView) error) error {
	return s.Store.Write(ctx, func(tx Tx) error {
		view, err := findView(tx, v, id)
		if err != nil {
			return err
		}
		if view.Shared() && !v.May(PermOversee) {
			return Errorf(CodeForbidden, "your role may not change what is shared")
		}
		if err := change(tx, &view); err != nil || !view.Shared() {
			return err
		}
		return tx.AppendEvent(event(s.now(), v.Actor(), action, view.ID, view.AppID, viewDetail{view.Name}))
	})
}

type viewDetail struct {
	Name string `json:"name"`
}

// findView returns a view that the viewer has.
func findView(tx Tx, v Viewer, id string) (SavedView, error) {
	if id == "" || len(id) > maxIDBytes {
		return SavedView{}, Unprocessable([]FieldError{{"view", "must be the id of a view"}})
	}
	view, err := tx.SavedView(id)
	if err != nil {
		return SavedView{}, err
	}
	if view.Shared() && !v.Sees(view.AppID) || !view.Shared() && view.OwnerID != v.User.ID {
		return SavedView{}, Errorf(CodeNotFound, "there is no such view")
	}
	return view, nil
}

// ShareView gives a view to everybody who sees the App of that name; with "" it is its
// owner's alone again. It needs the right to oversee.
func (s *Service) ShareView(ctx context.Context, v Viewer, id, app string) error {
	if !v.May(PermOversee) {
		return Errorf(CodeForbidden, "your role may not share views")
	}
	to := App{}
	if app != "" {
		var err error
		if to, err = v.AppNamed(app); err != nil {
			return Unprocessable([]FieldError{{"app", "is none of your Apps"}})
		}
	}
	return s.Store.Write(ctx, func(tx Tx) error {
		view, err := findView(tx, v, id)
		if err != nil || view.AppID == to.ID {
			return err
		}
		before := view.AppID
		view.AppID = to.ID
		if err := roomFor(tx, view); err != nil {
			return err
		}
		if err := tx.PutSavedView(view); err != nil {
			return err
		}
		if before != "" {
			if err := tx.AppendEvent(event(s.now(), v.Actor(), "view.withdrawn", view.ID, before, viewDetail{view.Name})); err != nil {
				return err
			}
		}
		if to.ID == "" {
			return nil
		}
		return tx.AppendEvent(event(s.now(), v.Actor(), "view.shared", view.ID, to.ID, viewDetail{view.Name}))
	})
}

// roomFor tells whether the App of a view has room for one more.
func roomFor(tx Tx, view SavedView) error {
	if !view.Shared() {
		return nil
	}
	n, err := tx.CountSavedViews("", view.AppID)
	if err == nil && n >= MaxSavedViews {
		return Unprocessable([]FieldError{{"app", "has too many shared views; delete one first"}})
	}
	return err
}

// BeginWith makes a view what the viewer begins with; "" is the whole queue.
func (s *Service) BeginWith(ctx context.Context, v Viewer, id string) error {
	return s.Store.Write(ctx, func(tx Tx) error {
		if id != "" {
			if _, err := findView(tx, v, id); err != nil {
				return err
			}
		}
		p := v.User.Preferences
		p.View = id
		return tx.PutPreferences(v.User.ID, p)
	})
}
