package review

import "context"

// tendAtOnce is how many Items one round looks after.
const tendAtOnce = 100

// Tend does what only time brings about: snoozed Items come back, and opinions that can
// no longer be taken back are settled. Several servers may do so at once. It returns how
// many Items it looked after; the rest is for the next round.
func (s *Service) Tend(ctx context.Context) (int, error) {
	due, err := s.Store.Untended(ctx, s.now(), s.now().Add(-UndoWindow), tendAtOnce)
	if err != nil {
		return 0, err
	}
	done := 0
	for _, itemID := range due {
		id := s.NewID()
		err := s.Store.Write(ctx, func(tx Tx) error { return s.tendItem(tx, itemID, id) })
		if err != nil {
			return done, err
		}
		done++
	}
	return done, nil
}

// tendItem looks again: another server may have been faster.
func (s *Service) tendItem(tx Tx, itemID, id string) error {
	now := s.now()
	item, err := tx.Item(itemID)
	if err != nil {
		return err
	}
	if item.State == StateSnoozed {
		if now.Before(item.SnoozedUntil) {
			return nil
		}
		return wake(tx, Actor{ActorSystem, "snooze"}, item, now)
	}
	given, err := tx.Opinions(itemID)
	if err != nil || len(given) == 0 || item.State == StateOpen {
		return err
	}
	for _, d := range given {
		if now.Before(d.CreatedAt.Add(UndoWindow)) {
			return nil
		}
	}
	last, err := tx.LastDecision(itemID)
	if err != nil || last != nil && now.Before(last.CreatedAt.Add(UndoWindow)) {
		return err // who asked a lead to decide may take that back, and must not have seen what others said
	}
	return s.settle(tx, item, id, now)
}
