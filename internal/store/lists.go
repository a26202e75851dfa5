package store

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"strconv"
	"strings"

	"github.com/guardroom/guardroom/internal/review"
)

// term is a property by which Items are listed; the zero term is that of all.
type term struct{ name, value string }

// sparse tells whether few Items have the property, as a rule: it is listed in one
// order, and sorted when another is asked for.
func (t term) sparse() bool { return t.name == "user" || t.name == "label" || t.name == "by" }

// The orders of lists. Each property that is not sparse is listed in the first three; by
// due time only all Items are.
const (
	orderPriority = "priority"
	orderAge      = "age"
	orderRisk     = "risk"
	orderDue      = "due"
	orderNumber   = "number" // that of found words, which have lists of their own
)

// listID is the name of a list: a hash, so that a line of it is three numbers. The
// function of the same name in SQL gives the same.
func listID(scope, state, order, name, value string) int64 {
	sum := sha256.Sum256([]byte(strings.Join([]string{scope, state, order, name, value}, "\x1f")))
	return int64(binary.BigEndian.Uint64(sum[:8])) //nolint:gosec // all 64 bits count, whatever their sign
}

// orderOf is the order of lists that gives a sort, and whether from its end.
func orderOf(s review.Sort) (order string, descending bool) {
	switch s {
	case review.SortOldest:
		return orderAge, false
	case review.SortNewest:
		return orderAge, true
	case review.SortRisk:
		return orderRisk, true
	case review.SortFound:
		return orderNumber, true
	default:
		return orderPriority, false
	}
}

// refillLists makes the lists of all Items, each in its order. The views item_terms and
// item_scopes say in SQL what itemTerms, decisionTerms and scopesOf say.
const refillLists = `INSERT INTO item_lists (list, key, number)
SELECT DISTINCT list_id(t.scope, t.state, s.sort, t.name, t.value),
    CASE s.sort WHEN 'priority' THEN t.by_priority WHEN 'age' THEN t.by_age WHEN 'risk' THEN t.by_risk ELSE t.by_due END, t.number
FROM item_terms t CROSS JOIN (SELECT 'priority' AS sort UNION ALL SELECT 'age' UNION ALL SELECT 'risk' UNION ALL SELECT 'due') s
WHERE (s.sort <> 'due' OR t.name = '') AND (s.sort = 'priority' OR t.name NOT IN ('user', 'label', 'by')) AND NOT (s.sort = 'risk' AND t.guarded)
ORDER BY 1, 2, 3`

// Relist makes all lists anew from what they follow from, while nobody else writes.
func Relist(ctx context.Context, o Options) error {
	d, err := o.dialect()
	if err != nil {
		return err
	}
	db := d.openMigrations()
	defer db.Close()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return normalise(d, err)
	}
	defer func() { _ = tx.Rollback() }() // after the commit it does nothing
	for _, statement := range []string{"DELETE FROM item_lists", refillLists} {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return normalise(d, err)
		}
	}
	return normalise(d, tx.Commit())
}

// telling tells whether the property says what the guard or colleagues say.
func (t term) telling() bool {
	switch t.name {
	case "detector", "category", "severity", "label":
		return true
	case "kind":
		return t.value == string(review.KindAudit)
	}
	return false
}

// scope is part of what some people see of an App, and the first part of a list's name.
type scope struct {
	name    string
	guarded bool // without what the guard and colleagues say
}

// The scopes of an App: what everybody sees; what is to be judged blind, for those who
// judge, for the others, and for who has judged it; and the controls of a person.
func plainScope(app string) scope              { return scope{name: app} }
func blindScope(app string) scope              { return scope{app + "/blind", true} }
func sightedScope(app string) scope            { return scope{name: app + "/sighted"} }
func seenScope(app, user string) scope         { return scope{name: app + "/seen/" + user} }
func controlScope(app, user string) scope      { return scope{name: app + "/control/" + user} }
func blindControlScope(app, user string) scope { return scope{app + "/control-blind/" + user, true} }

// scopesOf are the scopes in which an Item is: owner is whom a control is for, and
// judges those who have judged it blind.
func scopesOf(i review.Item, owner string, judges []string) []scope {
	blind := i.Blind && i.State == review.StateOpen
	var out []scope
	switch {
	case i.Kind == review.KindControl && blind:
		out = append(out, blindControlScope(i.AppID, owner))
	case i.Kind == review.KindControl:
		return append(out, controlScope(i.AppID, owner))
	case blind:
		out = append(out, blindScope(i.AppID), sightedScope(i.AppID))
	default:
		return append(out, plainScope(i.AppID))
	}
	for _, user := range judges {
		out = append(out, seenScope(i.AppID, user))
	}
	return out
}

// scopesFor are the scopes of an App in which the viewer of a query looks. What they are
// to judge blind does not come up where it would tell them something.
func scopesFor(q review.QueueQuery, app string, telling bool) []scope {
	switch {
	case !q.Judges:
		return []scope{plainScope(app), sightedScope(app)}
	case telling:
		return []scope{plainScope(app), controlScope(app, q.Viewer), seenScope(app, q.Viewer)}
	default:
		return []scope{plainScope(app), blindScope(app), controlScope(app, q.Viewer), blindControlScope(app, q.Viewer)}
	}
}

// itemTerms are the properties that an Item has by itself and by its Findings.
func itemTerms(i review.Item, findings []term) []term {
	kind := i.Kind
	if kind == review.KindControl {
		kind = review.ShownKind(i.Verdict)
	}
	out := []term{{}, {"kind", string(kind)}, {"severity", string(i.Severity)}, {"policy", strconv.Itoa(i.PolicyVersion)}}
	if i.UserID != "" {
		out = append(out, term{"user", i.UserID})
	}
	if i.Model != "" {
		out = append(out, term{"model", i.Model})
	}
	return append(out, findings...)
}

// findingTerms are the properties that an Item has by its Findings.
func findingTerms(findings []review.Finding) []term {
	var out []term
	for _, f := range findings {
		out = append(out, term{"detector", f.Detector}, term{"category", string(f.Category)})
	}
	return out
}

// decisionTerms are the properties that an Item has by a standing Decision.
func decisionTerms(actor review.Actor, label string) []term {
	var out []term
	if label != "" {
		out = append(out, term{"label", label})
	}
	if actor.Kind == review.ActorUser {
		out = append(out, term{"by", actor.ID})
	}
	return out
}

// listLines are the lines of an Item in the lists of its properties, as arguments.
func listLines(i review.Item, scopes []scope, terms []term) []any {
	var out []any
	for _, sc := range scopes {
		seen := make(map[term]bool, len(terms))
		for _, t := range terms {
			if sc.guarded && t.name == "kind" {
				t.value = string(review.KindInteraction)
			}
			if !seen[t] && !(sc.guarded && t.telling()) {
				out = append(out, termLines(i, sc, t)...)
			}
			seen[t] = true
		}
	}
	return out
}

func termLines(i review.Item, sc scope, t term) []any {
	list := func(order string) int64 { return listID(sc.name, string(i.State), order, t.name, t.value) }
	out := []any{list(orderPriority), i.Rank, i.Number}
	if t.sparse() {
		return out
	}
	out = append(out, list(orderAge), i.CreatedAt.UnixMicro(), i.Number)
	if !sc.guarded {
		out = append(out, list(orderRisk), review.RiskKey(i.Risk), i.Number)
	}
	if t == (term{}) {
		out = append(out, list(orderDue), i.DueAt.UnixMicro(), i.Number)
	}
	return out
}

// putOnLists and takeOffLists write and delete lines.
func (t *tx) putOnLists(lines []any) error {
	if len(lines) == 0 {
		return nil
	}
	return t.exec("INSERT INTO item_lists (list, key, number) VALUES "+rowsOf(lines)+" ON CONFLICT DO NOTHING", lines...)
}

func (t *tx) takeOffLists(lines []any) error {
	if len(lines) == 0 {
		return nil
	}
	return t.exec("DELETE FROM item_lists WHERE (list, key, number) IN (VALUES "+rowsOf(lines)+")", lines...)
}

func rowsOf(lines []any) string {
	return strings.TrimSuffix(strings.Repeat("(CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT)), ", len(lines)/3), ", ")
}

// termsOf reads the properties of an Item.
func (t *tx) termsOf(i review.Item) ([]term, error) {
	var terms []term
	err := t.each("SELECT detector, category FROM item_findings WHERE item_id = ?", i.ID, func(scan func(...any) error) error {
		var detector, category string
		err := scan(&detector, &category)
		terms = append(terms, term{"detector", detector}, term{"category", category})
		return err
	})
	if err != nil {
		return nil, err
	}
	err = t.each(`SELECT d.label, d.actor_kind, d.actor_id FROM decisions d
WHERE d.item_id = ? AND NOT EXISTS (SELECT 1 FROM undos x WHERE x.decision_id = d.id)`, i.ID, func(scan func(...any) error) error {
		var label string
		var actor review.Actor
		err := scan(&label, &actor.Kind, &actor.ID)
		terms = append(terms, decisionTerms(actor, label)...)
		return err
	})
	return itemTerms(i, terms), err
}

// scopesOf reads who sees an Item.
func (t *tx) scopesOf(i review.Item) ([]scope, error) {
	owner, judges := "", []string(nil)
	if i.Kind == review.KindControl {
		if _, err := t.first("SELECT user_id FROM controls WHERE item_id = ?", []any{i.ID}, &owner); err != nil {
			return nil, err
		}
		if owner == "" {
			return nil, nil // the control is not complete yet: PutControl lists it
		}
	}
	if i.Blind && i.State == review.StateOpen {
		err := t.each("SELECT user_id FROM blind_verdicts WHERE item_id = ?", i.ID, func(scan func(...any) error) error {
			var user string
			err := scan(&user)
			judges = append(judges, user)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return scopesOf(i, owner, judges), nil
}

// linesOf reads the lines of an Item in all its lists.
func (t *tx) linesOf(i review.Item) ([]any, error) {
	scopes, err := t.scopesOf(i)
	if err != nil {
		return nil, err
	}
	terms, err := t.termsOf(i)
	return listLines(i, scopes, terms), err
}

// listItem puts an Item on all lists where it is missing.
func (t *tx) listItem(id string) error {
	item, err := t.Item(id)
	if err != nil {
		return err
	}
	lines, err := t.linesOf(item)
	if err != nil {
		return err
	}
	return t.putOnLists(lines)
}

// moveOnLists moves an Item from the lists of one state to those of another.
func (t *tx) moveOnLists(i review.Item, to review.ItemState) error {
	lines, err := t.linesOf(i)
	if err != nil {
		return err
	}
	if err := t.takeOffLists(lines); err != nil {
		return err
	}
	i.State = to
	if lines, err = t.linesOf(i); err != nil {
		return err
	}
	return t.putOnLists(lines)
}

// listDecision puts the Item on the lists of a Decision.
func (t *tx) listDecision(d review.Decision) error {
	lines, err := t.linesOfDecision(d)
	if err != nil {
		return err
	}
	return t.putOnLists(lines)
}

func (t *tx) linesOfDecision(d review.Decision) ([]any, error) {
	item, err := t.Item(d.ItemID)
	if err != nil {
		return nil, err
	}
	scopes, err := t.scopesOf(item)
	return listLines(item, scopes, decisionTerms(d.Actor, d.Label)), err
}

// unlistDecision takes an Item off the lists of a Decision that was undone, unless
// another one keeps it there.
func (t *tx) unlistDecision(d review.Decision) error {
	lines, err := t.linesOfDecision(d)
	if err != nil {
		return err
	}
	if err := t.takeOffLists(lines); err != nil {
		return err
	}
	return t.listItem(d.ItemID)
}

// nextNumber is that of the next Item: nobody else opens one while the transaction
// lasts.
func (t *tx) nextNumber() (int64, error) {
	var last int64
	_, err := t.first("SELECT COALESCE(MAX(number), 0) FROM items", nil, &last)
	return last + 1, err
}
