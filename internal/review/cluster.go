package review

import (
	"cmp"
	"context"
	"hash/maphash"
	"slices"
	"unicode"
)

// Cluster is the Items that can be decided alike: open ones of one App and kind with the
// same fingerprint, and those whose prompts differ by small edits.
type Cluster struct {
	Item   Item // the one that it is asked about; its Version is as of now
	App    App
	Policy Policy
	Rows   []ClusterRow // without the Item; those that are only near first, and the least alike of each before the others
	More   bool         // there are more than a batch takes
}

// ClusterRow is one of the others.
type ClusterRow struct {
	Item     Item
	Holder   string  // name of a colleague who holds it; it is left out
	Alone    string  // why else it cannot be decided with others, "" when it can
	Likeness float64 // to the Item: the share of pieces of text that both have, in [0,1]
	Near     bool    // its prompt is worded otherwise
}

// Decidable tells whether a batch can take it.
func (r ClusterRow) Decidable() bool { return r.Holder == "" && r.Alone == "" }

// Near counts the rows that are worded otherwise.
func (c Cluster) Near() (n int) {
	for _, r := range c.Rows {
		if r.Near {
			n++
		}
	}
	return n
}

// Decidable are the rows that a batch can take.
func (c Cluster) Decidable() []ClusterRow {
	return slices.DeleteFunc(slices.Clone(c.Rows), func(r ClusterRow) bool { return !r.Decidable() })
}

// ClusterMember is what a store tells of one Item that is alike.
type ClusterMember struct {
	Item    Item
	Claim   *Claim  // live or not
	Judged  bool    // the viewer has judged it blind
	Content Content // as much of it as tells it apart
}

// Cluster returns what is alike. It needs the right to decide, changes nothing, and reads
// at most as many Items as a batch takes.
func (s *Service) Cluster(ctx context.Context, v Viewer, itemID string) (Cluster, error) {
	if !v.May(PermDecide) {
		return Cluster{}, Errorf(CodeForbidden, "your role may not decide")
	}
	view, err := s.Store.ItemView(ctx, v.AppIDs(), itemID, v.User.ID)
	if err != nil {
		return Cluster{}, err
	}
	var members []ClusterMember
	if view.Interaction.Content.Prompt != "" { // without one there is nothing to be alike in
		if members, err = s.Store.AlikeItems(ctx, view.Item, v.User.ID, MaxTogether); err != nil {
			return Cluster{}, err
		}
	}
	c := Cluster{Item: view.Item.disguised(), App: view.App, Policy: view.Policy.WithDefaults(s.specs)}
	if c.More = len(members) == MaxTogether; c.More { // one place is the Item's own
		members = members[:MaxTogether-1]
	}
	if view.Item.blindTo(v, view.BlindVerdict != nil) {
		c.Item = c.Item.blinded()
	}
	own := shinglesOf(view.Interaction.Content)
	for _, m := range members {
		c.Rows = append(c.Rows, s.clusterRow(v, m, own))
	}
	if err := s.addNear(ctx, v, view, &c, own); err != nil {
		return Cluster{}, err
	}
	slices.SortStableFunc(c.Rows, func(a, b ClusterRow) int {
		switch {
		case a.Near == b.Near:
			return cmp.Compare(a.Likeness, b.Likeness)
		case a.Near:
			return -1
		}
		return 1
	})
	return c, nil
}

// maxNear is how many Items that are only near are compared for a Cluster.
const maxNear = 200

// addNear adds the Items whose prompts differ by small edits, as far as a batch has room. What is judged blind is decided by itself, and is not
// told what resembles it.
func (s *Service) addNear(ctx context.Context, v Viewer, view ItemView, c *Cluster, own map[uint64]bool) error {
	prompt := view.Interaction.Content.Prompt
	room := MaxTogether - 1 - len(c.Rows)
	if prompt == "" || room <= 0 || view.Item.blindTo(v, view.BlindVerdict != nil) {
		return nil
	}
	found, err := s.Store.NearOpenItems(ctx, view.Item, prompt, v.User.ID, maxNear)
	if err != nil {
		return err
	}
	asked := shinglesOf(Content{Prompt: prompt})
	for _, m := range found {
		if room == 0 {
			c.More = true
			return nil
		}
		if jaccard(asked, shinglesOf(Content{Prompt: m.Content.Prompt})) < nearFrom {
			continue
		}
		row := s.clusterRow(v, m, own)
		row.Near = true
		c.Rows = append(c.Rows, row)
		room--
	}
	return nil
}

func (s *Service) clusterRow(v Viewer, m ClusterMember, own map[uint64]bool) ClusterRow {
	row := ClusterRow{Item: m.Item, Likeness: jaccard(own, shinglesOf(m.Content))}
	if now := s.now(); m.Claim.Live(now) && m.Claim.UserID != v.User.ID {
		row.Holder = m.Claim.UserName
	}
	switch {
	case m.Item.blindTo(v, m.Judged):
		row.Alone = "is judged blind first"
		row.Item = row.Item.blinded()
	case m.Item.Opinions > 1:
		row.Alone = "wants two independent opinions"
	}
	return row
}

// The bounds of comparing texts.
const (
	shingleRunes  = 5
	comparedRunes = 4_000 // of one exchange: what lies behind does not tell it apart
)

var shingleSeed = maphash.MakeSeed()

// shinglesOf are the pieces of the texts of an exchange, without case and spacing.
func shinglesOf(c Content) map[uint64]bool {
	out := map[uint64]bool{}
	left := comparedRunes
	for _, s := range c.Segments() {
		if s.Kind == SegmentSystem {
			continue
		}
		window := make([]rune, 0, shingleRunes)
		for _, r := range s.Text {
			if left == 0 {
				return out
			}
			if unicode.IsSpace(r) {
				continue
			}
			left--
			if len(window) == shingleRunes {
				window = append(window[:0], window[1:]...)
			}
			window = append(window, unicode.ToLower(r))
			out[maphash.String(shingleSeed, string(window))] = true
		}
	}
	return out
}

// jaccard is the share of pieces that two texts have in common; 1 for two without any.
func jaccard(a, b map[uint64]bool) float64 {
	both := 0
	for x := range a {
		if b[x] {
			both++
		}
	}
	all := len(a) + len(b) - both
	if all == 0 {
		return 1
	}
	return float64(both) / float64(all)
}
