package review

import "context"

// Unmask shows the viewer the personal data and secrets of an Item from now on, and
// writes that into the audit chain: once for each Item and person.
func (s *Service) Unmask(ctx context.Context, v Viewer, itemID string) error {
	if !v.May(PermPersonal) {
		return Errorf(CodeForbidden, "your role may not read personal data")
	}
	return s.Store.Write(ctx, func(tx Tx) error {
		item, err := visible(tx, v, itemID)
		if err != nil {
			return err
		}
		seen, err := tx.Unmasked(itemID, v.User.ID)
		if err != nil || seen {
			return err
		}
		now := s.now()
		if err := tx.PutUnmasking(itemID, v.User.ID, now); err != nil {
			return err
		}
		return tx.AppendEvent(event(now, v.Actor(), "item.unmasked", itemID, item.AppID, none{}))
	})
}
