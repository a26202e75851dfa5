package store

import (
	"context"
	"time"

	"github.com/guardroom/guardroom/internal/review"
)

type policyVersionRow struct {
	Version   int
	ActorKind review.ActorKind
	ActorID   string
	ActorName string
	Reason    sealed
	Created   instant `gorm:"column:created_at"`
}

const selectPolicyVersions = `SELECT p.version, p.actor_kind, p.actor_id, COALESCE(u.name, p.actor_id) AS actor_name, p.reason, p.created_at
FROM policies p LEFT JOIN users u ON p.actor_kind = 'user' AND u.id = p.actor_id
WHERE p.app_id = ? ORDER BY p.version DESC LIMIT ?`

// PolicyVersions implements review.Reader. The documents stay where they are.
func (s *Store) PolicyVersions(ctx context.Context, appID string, limit int) ([]review.PolicyVersion, error) {
	var rows []policyVersionRow
	if err := s.read(ctx).Raw(selectPolicyVersions, appID, limit).Scan(&rows).Error; err != nil {
		return nil, s.fault(err)
	}
	out := make([]review.PolicyVersion, len(rows))
	o := s.opener(ctx)
	for i, r := range rows {
		out[i] = review.PolicyVersion{Version: r.Version, Actor: review.Actor{Kind: r.ActorKind, ID: r.ActorID},
			ActorName: r.ActorName, CreatedAt: r.Created.time(),
			Reason: string(o.text("policies", "reason", policyRecord(appID, r.Version), r.Reason))}
	}
	return out, o.err
}

type policyDraftRow struct {
	AppID     string
	Revision  string
	Base      int
	Document  sealed
	ActorKind review.ActorKind
	ActorID   string
	ActorName string
	Modified  instant `gorm:"column:modified_at"`
}

func (r policyDraftRow) draft(o *opener) (*review.PolicyDraft, error) {
	document := o.text("policy_drafts", "document", r.AppID, r.Document)
	if o.err != nil {
		return nil, o.err
	}
	policy, err := review.ParsePolicy(r.AppID, 0, document)
	if err != nil {
		return nil, err
	}
	return &review.PolicyDraft{AppID: r.AppID, Revision: r.Revision, Base: r.Base, Policy: policy,
		Actor: review.Actor{Kind: r.ActorKind, ID: r.ActorID}, ActorName: r.ActorName, ModifiedAt: r.Modified.time()}, nil
}

const selectPolicyDraft = `SELECT d.*, COALESCE(u.name, d.actor_id) AS actor_name
FROM policy_drafts d LEFT JOIN users u ON d.actor_kind = 'user' AND u.id = d.actor_id WHERE d.app_id = ?`

func findPolicyDraft(db reads, appID string) (*review.PolicyDraft, error) {
	var rows []policyDraftRow
	if err := db.Raw(selectPolicyDraft, appID).Scan(&rows).Error; err != nil || len(rows) == 0 {
		return nil, err
	}
	return rows[0].draft(db.opener())
}

// PolicyDraft implements review.Reader.
func (s *Store) PolicyDraft(ctx context.Context, appID string) (*review.PolicyDraft, error) {
	d, err := findPolicyDraft(s.read(ctx), appID)
	return d, s.fault(err)
}

// PolicyDraft implements review.Tx.
func (t *tx) PolicyDraft(appID string) (*review.PolicyDraft, error) {
	d, err := findPolicyDraft(t.orm(), appID)
	return d, t.note(err)
}

// PutPolicyDraft implements review.Tx.
func (t *tx) PutPolicyDraft(d review.PolicyDraft) error {
	document, err := encode(d.Policy)
	if err != nil {
		return err
	}
	return t.exec(`INSERT INTO policy_drafts (app_id, revision, base, document, actor_kind, actor_id, modified_at) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (app_id) DO UPDATE SET revision = excluded.revision, base = excluded.base, document = excluded.document,
actor_kind = excluded.actor_kind, actor_id = excluded.actor_id, modified_at = excluded.modified_at`,
		d.AppID, d.Revision, d.Base, t.seal("policy_drafts", "document", d.AppID, document), string(d.Actor.Kind), d.Actor.ID, at(d.ModifiedAt))
}

// DeletePolicyDraft implements review.Tx.
func (t *tx) DeletePolicyDraft(appID string) error {
	return t.exec("DELETE FROM policy_drafts WHERE app_id = ?", appID)
}

// The outcomes of detector_days beside the judgements.
const (
	outcomeFound = "found"
	outcomeItem  = "item"
)

// microsPerDay makes days of instants, in Go and in SQL.
const microsPerDay = 86_400_000_000

func dayOf(t time.Time) int64 { return int64(at(t)) / microsPerDay }

// tallyFindings counts one more for each detector.
func (t *tx) tallyFindings(appID string, made time.Time, kind review.ItemKind, outcome string, findings []review.Finding) error {
	for _, detector := range review.DetectorIDs(findings) {
		err := t.exec(`INSERT INTO detector_days (app_id, day, detector, kind, outcome, n) VALUES (?, ?, ?, ?, ?, 1)
ON CONFLICT (app_id, day, detector, kind, outcome) DO UPDATE SET n = detector_days.n + 1`, appID, dayOf(made), detector, string(kind), outcome)
		if err != nil {
			return err
		}
	}
	return nil
}

// tallyDecision counts a Decision for each detector of its Item, or with step -1 no longer.
func (t *tx) tallyDecision(decisionID string, step int) error {
	return t.exec(`INSERT INTO detector_days (app_id, day, detector, kind, outcome, n)
SELECT DISTINCT i.app_id, i.created_at / 86400000000, f.detector, i.kind, d.judgement, CAST(? AS BIGINT)
FROM decisions d JOIN items i ON i.id = d.item_id JOIN item_findings f ON f.item_id = i.id WHERE d.id = ? AND d.opinion = 0 AND i.kind <> 'control'
ON CONFLICT (app_id, day, detector, kind, outcome) DO UPDATE SET n = detector_days.n + excluded.n`, step, decisionID)
}

const selectTallies = `SELECT detector, kind, outcome, CAST(SUM(n) AS BIGINT) AS n FROM detector_days
WHERE app_id = ? AND day >= ? GROUP BY detector, kind, outcome ORDER BY detector, kind, outcome`

type tallyRow struct {
	Detector string
	Kind     review.ItemKind
	Outcome  string
	N        int
}

// DetectorTallies implements review.Reader.
func (s *Store) DetectorTallies(ctx context.Context, appID string, since time.Time) ([]review.DetectorTally, error) {
	var rows []tallyRow
	if err := s.read(ctx).Raw(selectTallies, appID, dayOf(since)).Scan(&rows).Error; err != nil {
		return nil, s.fault(err)
	}
	var out []review.DetectorTally
	for _, row := range rows {
		if len(out) == 0 || out[len(out)-1].Detector != row.Detector {
			out = append(out, review.DetectorTally{Detector: row.Detector})
		}
		row.addTo(&out[len(out)-1])
	}
	return out, nil
}

// addTo leaves out what analysts said of audit samples and controls: the guard had not
// stopped those.
func (r tallyRow) addTo(t *review.DetectorTally) {
	stopped := r.Kind == review.KindInteraction || r.Kind == review.KindIntervention
	switch {
	case r.Outcome == outcomeFound:
		t.Interactions += r.N
	case r.Outcome == outcomeItem:
		t.Items += r.N
	case !stopped:
	case r.Outcome == string(review.JudgeApprove):
		t.Approved += r.N
		if r.Kind == review.KindInteraction {
			t.Overturned += r.N
		}
	case r.Outcome == string(review.JudgeBlock):
		t.Blocked += r.N
		if r.Kind == review.KindIntervention {
			t.Overturned += r.N
		}
	}
}
