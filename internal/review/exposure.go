package review

// Exposure is what was visible to the reviewer before they judged. It is worked out
// from what the store knows, never from what a form says.
type Exposure struct {
	GuardVerdict bool `json:"guard_verdict"`
	Scores       bool `json:"scores"`
	Highlights   bool `json:"highlights"`
	Peers        bool `json:"peers"`      // what colleagues had said of the Item
	Precedents   bool `json:"precedents"` // how Items that are alike were decided
	Personal     bool `json:"personal"`   // personal data and secrets
}

// witness writes into a Decision what its author had seen: the exposure, their blind
// verdict, and of a control what was shown as the guard's. A Decision on an Item that is
// to be judged blind first, and was not, is both at once; no way to a Decision goes around
// this.
func witness(tx Tx, item Item, d *Decision) error {
	blind, err := tx.BlindVerdict(item.ID, d.Actor.ID)
	if err != nil {
		return err
	}
	if item.Blind && item.State == StateOpen && blind == nil {
		return unrevealed(tx, item, d)
	}
	if blind != nil {
		d.BlindVerdict = &blind.Judgement
		d.ChangedAfterReveal = blind.Judgement != d.FinalVerdict
		d.FocusedMS = min(d.FocusedMS+blind.FocusedMS, maxFocusedMS)
	}
	if err := shownSuggestion(tx, item, d); err != nil {
		return err
	}
	if d.BatchID != "" { // of a list that shows no texts
		d.Exposure = Exposure{GuardVerdict: true, Scores: true}
		return nil
	}
	d.Exposure = Exposure{GuardVerdict: true, Scores: true, Highlights: len(d.Findings) > 0}
	if d.Exposure.Personal, err = tx.Unmasked(item.ID, d.Actor.ID); err != nil {
		return err
	}
	if d.Exposure.Peers, err = tx.HasPeers(item.ID, d.Actor); err != nil {
		return err
	}
	if firstSaid(item, blind) {
		d.Exposure.Precedents, err = tx.HasPrecedents(item)
	}
	return err
}

// unrevealed makes a Decision of somebody who never asked to see what the guard says, as
// a script that decides at once: it is their blind verdict and, unchanged, their last
// word. In a batch there is no text to judge by.
func unrevealed(tx Tx, item Item, d *Decision) error {
	if d.BatchID != "" {
		return Errorf(CodeConflict, "this item is judged blind first: give your own verdict, then the guard's is shown")
	}
	verdict := BlindVerdict{
		ItemID: item.ID, UserID: d.Actor.ID, Judgement: d.Judgement, Confidence: d.Confidence, FocusedMS: d.FocusedMS, CreatedAt: d.CreatedAt,
	}
	if err := keepBlindVerdict(tx, item, d.Actor, verdict); err != nil {
		return err
	}
	d.BlindVerdict = &verdict.Judgement
	if err := shownSuggestion(tx, item, d); err != nil {
		return err
	}
	var err error
	d.Exposure.Personal, err = tx.Unmasked(item.ID, d.Actor.ID)
	return err
}

// firstSaid tells whether a first verdict on the Item has been given, so that how
// Items that are alike were decided can sway nobody's own.
func firstSaid(item Item, blind *BlindVerdict) bool {
	return blind != nil || item.State != StateOpen && item.State != StateSnoozed
}
