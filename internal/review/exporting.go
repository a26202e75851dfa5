package review

import (
	"context"
	"time"
)

// newExport is one that somebody asks for now.
func (s *Service) newExport(v Viewer, by Actor, ask ExportAsk, state ExportState) (Export, error) {
	if !v.May(ask.Permission()) {
		return Export{}, Errorf(CodeForbidden, "your role, %s, may not export this", v.User.Role)
	}
	if ask.Kind == ExportTrail {
		if err := ask.Events.Validate(); err != nil {
			return Export{}, err
		}
	}
	now := s.now()
	e := Export{
		ID: s.NewID(), By: by, Name: v.User.Name, Role: v.User.Role, Ask: ask, State: state, AskedAt: now, TouchedAt: now,
		File: string(ask.Kind) + "-" + now.Format("20060102-150405") + "." + ask.Format,
	}
	if v.User.Email != "" {
		e.Name = v.User.Email
	}
	e.Mark = exportMark(e.ID)
	return e.As(v), nil
}

// BeginExport notes that something leaves at once, before its first byte does. by is who
// takes it: the viewer, or what acts with the viewer's rights.
func (s *Service) BeginExport(ctx context.Context, v Viewer, by Actor, ask ExportAsk) (Export, error) {
	e, err := s.newExport(v, by, ask, ExportSending)
	if err != nil {
		return Export{}, err
	}
	return e, s.Store.Write(ctx, func(tx Tx) error { return tx.PutExport(e) })
}

// SentExport notes that it left, whole or not: e has the rows that went, and a manifest
// when all did.
func (s *Service) SentExport(ctx context.Context, e Export) error {
	e.EndedAt, e.State = s.now(), ExportSent
	if e.Manifest == nil {
		e.State, e.Reason = ExportFailed, "it broke off on the way"
	}
	detail := exportDetail{Export: e.ID, Rows: e.Rows, Format: e.Ask.Format, SHA256: e.SHA256}
	return s.Store.Write(ctx, func(tx Tx) error {
		if err := tx.PutExport(e); err != nil {
			return err
		}
		return tx.AppendEvent(event(e.EndedAt, e.By, string(e.Ask.Kind)+".exported", "", "", detailed(e.Ask, detail)))
	})
}

type exportDetail struct {
	Export string            `json:"export"`
	Rows   int               `json:"rows"`
	Format string            `json:"format"`
	Kind   ExportKind        `json:"kind,omitempty"`
	SHA256 string            `json:"sha256,omitempty"`
	Reason string            `json:"reason,omitempty"`
	Filter map[string]string `json:"filter,omitempty"`
}

func detailed(ask ExportAsk, d exportDetail) exportDetail {
	d.Filter = ask.Narrows()
	return d
}

// DropExport forgets one that failed before anything left.
func (s *Service) DropExport(ctx context.Context, id string) error {
	return s.Store.Write(ctx, func(tx Tx) error { return tx.DeleteExport(id) })
}

// AskExport wants an Export to be made in the background.
func (s *Service) AskExport(ctx context.Context, v Viewer, ask ExportAsk) (Export, error) {
	e, err := s.newExport(v, v.Actor(), ask, ExportWaiting)
	if err != nil {
		return Export{}, err
	}
	return e, s.Store.Write(ctx, func(tx Tx) error {
		n, err := tx.CountOpenExports(v.User.ID)
		if err != nil {
			return err
		}
		if n >= MaxOpenExports {
			return Errorf(CodeConflict, "%d of your exports are still being made; wait for one, or delete it", n)
		}
		if err := tx.PutExport(e); err != nil {
			return err
		}
		return tx.AppendEvent(exportEvent(e, e.AskedAt, v.Actor(), "export.asked"))
	})
}

func exportEvent(e Export, at time.Time, by Actor, action string) Event {
	return event(at, by, action, e.ID, "", detailed(e.Ask, exportDetail{
		Export: e.ID, Rows: e.Rows, Format: e.Ask.Format, Kind: e.Ask.Kind, SHA256: e.SHA256, Reason: e.Reason,
	}))
}

// Exports lists the viewer's, for admins everybody's, the newest first.
func (s *Service) Exports(ctx context.Context, v Viewer) ([]Export, error) {
	userID := v.User.ID
	if v.May(PermAdminister) {
		userID = ""
	}
	return s.Store.Exports(ctx, userID, ExportsShown)
}

// Export returns one that the viewer asked for; admins see everybody's.
func (s *Service) Export(ctx context.Context, v Viewer, id string) (Export, error) {
	e, err := s.Store.Export(ctx, id)
	if err == nil && !e.of(v) {
		err = Errorf(CodeNotFound, "there is no such export")
	}
	if err != nil {
		return Export{}, err
	}
	return e, nil
}

// TakeExport says whether the viewer may have the file now, and notes that they take it.
func (s *Service) TakeExport(ctx context.Context, v Viewer, id string) (Export, error) {
	e, err := s.exportFor(ctx, v, id)
	if err != nil {
		return Export{}, err
	}
	return e, s.Store.Write(ctx, func(tx Tx) error { return tx.AppendEvent(exportEvent(e, s.now(), v.Actor(), "export.downloaded")) })
}

// LookExport is TakeExport for who only asks whether there is something to take.
func (s *Service) LookExport(ctx context.Context, v Viewer, id string) (Export, error) {
	return s.exportFor(ctx, v, id)
}

func (s *Service) exportFor(ctx context.Context, v Viewer, id string) (Export, error) {
	e, err := s.Export(ctx, v, id)
	if err != nil {
		return Export{}, err
	}
	if !e.readableBy(v) {
		return Export{}, Errorf(CodeForbidden, "you may no longer read what is in this export")
	}
	if !e.Fetchable(s.now()) {
		return Export{}, Errorf(CodeConflict, "this export has no file: it is not ready, or it was removed")
	}
	return e, nil
}

// DeleteExport stops an Export or lets its file go; what was in it stays known.
func (s *Service) DeleteExport(ctx context.Context, v Viewer, id string) error {
	return s.Store.Write(ctx, func(tx Tx) error {
		e, err := tx.Export(id)
		if err != nil {
			return err
		}
		if !e.of(v) {
			return Errorf(CodeNotFound, "there is no such export")
		}
		if !e.Deletable() {
			return Errorf(CodeConflict, "there is nothing left of this export to delete")
		}
		e.State, e.ExpiresAt, e.TouchedAt = ExportDeleted, time.Time{}, s.now()
		if err := tx.PutExport(e); err != nil {
			return err
		}
		return tx.AppendEvent(exportEvent(e, e.TouchedAt, v.Actor(), "export.deleted"))
	})
}

// exporter is who makes files in the background.
var exporter = Actor{Kind: ActorSystem, ID: "export"}

// NextExport takes on what waits longest, or what somebody left undone without a sign of
// life; nil when there is nothing to do.
func (s *Service) NextExport(ctx context.Context) (*Export, error) {
	var next *Export
	err := s.Store.Write(ctx, func(tx Tx) error {
		next = nil
		now := s.now()
		e, err := tx.PendingExport(now.Add(-ExportQuiet))
		if err != nil || e == nil {
			return err
		}
		e.TouchedAt = now
		if e.State == ExportSending { // the server ended while it went out
			e.State, e.EndedAt, e.Reason = ExportFailed, now, "it broke off on the way"
			if err := tx.PutExport(*e); err != nil {
				return err
			}
			return tx.AppendEvent(exportEvent(*e, now, exporter, "export.failed"))
		}
		if e.Tries >= ExportTries {
			return failExport(tx, *e, now, "it was begun several times and never came to an end")
		}
		e.State, e.Rows, e.Tries = ExportRunning, 0, e.Tries+1
		next = e
		return tx.PutExport(*e)
	})
	return next, err
}

// changeRunning changes an Export that e's maker still has; CodeConflict when it was
// deleted or taken over.
func (s *Service) changeRunning(ctx context.Context, e Export, change func(Tx, time.Time) error) error {
	return s.Store.Write(ctx, func(tx Tx) error {
		stored, err := tx.Export(e.ID)
		if err != nil {
			return err
		}
		if stored.State != ExportRunning || stored.Tries != e.Tries {
			return Errorf(CodeConflict, "this export is no longer being made here")
		}
		return change(tx, s.now())
	})
}

// ProgressExport is a sign of life of who makes it.
func (s *Service) ProgressExport(ctx context.Context, e Export) error {
	return s.changeRunning(ctx, e, func(tx Tx, now time.Time) error {
		e.TouchedAt = now
		return tx.PutExport(e)
	})
}

// ReturnExport gives it back to be made by the next server, as if it had not been begun.
func (s *Service) ReturnExport(ctx context.Context, e Export) error {
	back := e
	back.State, back.Tries = ExportWaiting, e.Tries-1
	return s.changeRunning(ctx, e, func(tx Tx, now time.Time) error {
		back.TouchedAt = now
		return tx.PutExport(back)
	})
}

// EndExport says that the file is whole, and tells who asked.
func (s *Service) EndExport(ctx context.Context, e Export) error {
	return s.changeRunning(ctx, e, func(tx Tx, now time.Time) error {
		e.State, e.TouchedAt, e.EndedAt, e.ExpiresAt = ExportDone, now, now, now.Add(ExportLife)
		if err := tx.PutExport(e); err != nil {
			return err
		}
		if err := tellExporter(tx, e, InboxExported); err != nil {
			return err
		}
		return tx.AppendEvent(exportEvent(e, now, exporter, "export.done"))
	})
}

// FailExport says why there will be no file, and tells who asked.
func (s *Service) FailExport(ctx context.Context, e Export, reason string) error {
	return s.changeRunning(ctx, e, func(tx Tx, now time.Time) error { return failExport(tx, e, now, reason) })
}

func failExport(tx Tx, e Export, now time.Time, reason string) error {
	e.State, e.TouchedAt, e.EndedAt, e.Reason = ExportFailed, now, now, reason
	if err := tx.PutExport(e); err != nil {
		return err
	}
	if err := tellExporter(tx, e, InboxExportFailed); err != nil {
		return err
	}
	return tx.AppendEvent(exportEvent(e, now, exporter, "export.failed"))
}

func tellExporter(tx Tx, e Export, kind InboxKind) error {
	if e.By.Kind != ActorUser {
		return nil
	}
	return tx.PutInbox(InboxEntry{
		ID: e.ID + "." + string(e.State), UserID: e.By.ID, Kind: kind, Actor: exporter, Body: e.File, CreatedAt: e.EndedAt,
	})
}

// ExpireExports lets the files go whose time is over.
func (s *Service) ExpireExports(ctx context.Context) error {
	return s.Store.Write(ctx, func(tx Tx) error {
		now := s.now()
		over, err := tx.OverdueExports(now, ExportsShown)
		if err != nil {
			return err
		}
		for _, e := range over {
			e.State, e.TouchedAt = ExportExpired, now
			if err := tx.PutExport(e); err != nil {
				return err
			}
			if err := tx.AppendEvent(exportEvent(e, now, exporter, "export.expired")); err != nil {
				return err
			}
		}
		return nil
	})
}

// CountDecisions counts what Decisions would return, and stops at the limit.
func (s *Service) CountDecisions(ctx context.Context, v Viewer, f Filter, limit int) (int, error) {
	return s.Store.CountDecisions(ctx, DecisionQuery{AppIDs: v.appsNamed(f.App), Filter: f, Viewer: v.User.ID, Now: s.now(), Limit: limit})
}

// TrailLength is how many Events the chain has.
func (s *Service) TrailLength(ctx context.Context) (int64, error) { return s.Store.HistoryEnd(ctx) }
