package review

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
)

// selectItem decides whether an Interaction is reviewed: when a call waits for it, when
// it was flagged or blocked, or when the audit sample drew it.
func (s *Service) selectItem(policy Policy, in Interaction, a Assessment, sampled bool, hold *HoldTerms) (Item, bool) {
	item := s.newItem(in, a, KindInteraction, policy.decisive(a.Findings))
	switch {
	case hold != nil:
		item.Excerpt = a.Excerpt(in.Content)
		item.hold(*hold)
		return item, true
	case a.Verdict != VerdictAllow:
		item.SamplingKind, item.Propensity = "flagged", 1
	case sampled:
		item.Kind, item.SamplingKind, item.Propensity = KindAudit, "audit", policy.AuditRate
		item.Reason = auditReason(policy)
	default:
		return Item{}, false
	}
	item.Excerpt = a.Excerpt(in.Content)
	item.schedule(policy)
	return item, true
}

func auditReason(policy Policy) string {
	return fmt.Sprintf("Random sample of what was allowed (%.3g %%).", 100*policy.AuditRate)
}

// newItem fills in what every kind of Item takes from its Interaction; the gravest
// of the reasons explains it.
func (s *Service) newItem(in Interaction, a Assessment, kind ItemKind, reasons []Finding) Item {
	item := Item{
		ID: s.NewID(), AppID: in.AppID, InteractionID: in.ID, Kind: kind, State: StateOpen, Version: 1,
		Severity: SeverityLow, PolicyVersion: a.PolicyVersion, Fingerprint: fingerprint(in.Content.Prompt),
		Verdict: a.Verdict, Risk: a.Risk, UserID: in.UserID, Model: in.Model, CreatedAt: in.CreatedAt,
	}
	if f := lead(reasons); f != nil {
		item.lead(*f)
	} else if len(a.Failures) > 0 {
		item.Severity, item.Priority = SeverityMedium, SeverityMedium.Weight()
		item.Detector, item.Reason = a.Failures[0].Detector, "A detector could not answer ("+a.Failures[0].Reason+")."
	}
	return item
}

// lead lets a Finding explain the Item.
func (i *Item) lead(f Finding) {
	i.Detector, i.Category, i.Severity, i.Reason = f.Detector, f.Category, f.Severity, f.Message
	i.Priority = f.Severity.Weight() * f.Confidence
}

// schedule sets due time and place in the queue, and whether the Item is judged blind. Audit Items can wait: they are
// there to measure, not to protect.
func (i *Item) schedule(policy Policy) {
	if i.Kind == KindAudit {
		i.Severity, i.Priority = SeverityLow, 0
	}
	i.DueAt = i.CreatedAt.Add(policy.due(i.Severity))
	i.Rank = rank(i.CreatedAt, i.Priority)
	i.drawBlind(policy)
	i.drawOpinions(policy)
}

// subject is the text that a queue line shows: the prompt, or what there is.
func subject(c Content) (segment, text string) {
	for _, s := range c.Segments() {
		if s.Kind == SegmentPrompt && s.Name == "prompt" {
			return s.Name, s.Text
		}
	}
	for _, s := range c.Segments() {
		if s.Kind != SegmentSystem {
			return s.Name, s.Text
		}
	}
	return "", ""
}

func (s *Service) openItem(tx Tx, item Item, findings []Finding) error {
	if err := tx.PutItem(item, findings); err != nil {
		return err
	}
	return tx.AppendEvent(event(item.CreatedAt, Actor{ActorSystem, "guard"}, "item.opened", item.ID, item.AppID,
		openedDetail{Kind: item.Kind, SamplingKind: item.SamplingKind, Propensity: item.Propensity}))
}

type openedDetail struct {
	Kind         ItemKind `json:"kind"`
	SamplingKind string   `json:"sampling_kind"`
	Propensity   float64  `json:"propensity"`
}

// propose folds observations into the user's states; without a user there is no
// state to keep and nobody to prompt.
func (s *Service) propose(tx Tx, policy Policy, in Interaction, observations []Observation) ([]Proposal, error) {
	if in.UserID == "" {
		return nil, nil
	}
	var proposals []Proposal
	for _, o := range observations {
		if policy.Mode(o.Detector) == ModeOff {
			continue
		}
		state, known, err := tx.BiasState(in.AppID, in.UserID, o.Detector)
		if err != nil {
			return nil, err
		}
		if !known {
			state = BiasState{AppID: in.AppID, UserID: in.UserID, Detector: o.Detector}
		}
		state, proposal := s.Bias.Update(state, o, in.CreatedAt)
		if err := tx.PutBiasState(state); err != nil {
			return nil, err
		}
		if proposal != nil {
			proposals = append(proposals, *proposal)
		}
	}
	return proposals, nil
}

// openInterventions stores the proposals whose detector is enforced, each with the
// Item in which a person decides about it. Monitored ones stay Findings.
func (s *Service) openInterventions(tx Tx, policy Policy, in Interaction, a Assessment, proposals []Proposal) ([]Intervention, error) {
	var out []Intervention
	for _, p := range proposals {
		if policy.Mode(p.Finding.Detector) != ModeEnforce {
			continue
		}
		iv, speaks, err := s.intervention(tx, policy, in, p)
		if err != nil {
			return nil, err
		}
		if !speaks {
			continue
		}
		if err := s.openIntervention(tx, policy, in, a, &iv, p.Finding); err != nil {
			return nil, err
		}
		out = append(out, iv)
	}
	return out, nil
}

// intervention makes of a proposal what is said to the user: as the arm of a running Experiment says, or else as the
// policy does. False when nothing is to be said.
func (s *Service) intervention(tx Tx, policy Policy, in Interaction, p Proposal) (Intervention, bool, error) {
	tired, err := tired(tx, in, p.Finding.Detector)
	if err != nil || tired {
		return Intervention{}, false, err
	}
	iv := Intervention{
		ID: s.NewID(), AppID: in.AppID, InteractionID: in.ID, UserID: in.UserID,
		Bias: p.Finding.Detector, Confidence: p.Finding.Confidence, Severity: p.Finding.Severity,
		State: InterventionProposed, CreatedAt: in.CreatedAt,
	}
	experiment, arm, err := enrol(tx, in, iv.Bias)
	if err != nil {
		return Intervention{}, false, err
	}
	speaks := true
	if experiment == nil {
		p = s.word(policy, p)
	} else {
		iv.ExperimentID, iv.Arm = experiment.ID, arm
		p, speaks = s.treat(policy, p, experiment.Plan.Arms[arm])
	}
	iv.Strategy, iv.Text = p.Strategy, p.Text
	return iv, speaks, nil
}

// openIntervention stores an Intervention: as sent where the policy delivers it at once, and otherwise with the Item in
// which a person decides.
func (s *Service) openIntervention(tx Tx, policy Policy, in Interaction, a Assessment, iv *Intervention, f Finding) error {
	if policy.Interventions[iv.Bias].Automatic {
		iv.State, iv.DeliveredText = InterventionApproved, iv.Text
		if err := tx.PutIntervention(*iv); err != nil {
			return err
		}
		return tx.AppendEvent(event(in.CreatedAt, Actor{ActorSystem, "bias"}, "intervention.delivered", iv.ID, in.AppID,
			deliveredDetail{Bias: iv.Bias, Strategy: iv.Strategy}))
	}
	item := s.newItem(in, a, KindIntervention, []Finding{f})
	item.InterventionID, item.Excerpt = iv.ID, excerpt(iv.Text)
	item.SamplingKind, item.Propensity = "proposed", 1
	item.schedule(policy)
	if err := tx.PutIntervention(*iv); err != nil {
		return err
	}
	return s.openItem(tx, item, []Finding{f})
}

type deliveredDetail struct {
	Bias     string `json:"bias"`
	Strategy string `json:"strategy"`
}

func hexHash(h [32]byte) string { return hex.EncodeToString(h[:]) }

// publishable is what an App learns of a Decision.
type publishable struct {
	Type          string            `json:"type"` // item.decided
	DecisionID    string            `json:"decision_id"`
	ItemID        string            `json:"item_id"`
	InteractionID string            `json:"interaction_id"`
	Kind          ItemKind          `json:"kind"`
	Decision      Judgement         `json:"decision"`
	Label         string            `json:"label,omitempty"`
	Reason        string            `json:"reason,omitempty"`
	Intervention  *sentIntervention `json:"intervention,omitempty"`
	Reverses      string            `json:"reverses,omitempty"` // the decision in whose place this one stands
	Held          bool              `json:"held,omitempty"`     // something waited for it
	DecidedAt     time.Time         `json:"decided_at"`
}

type sentIntervention struct {
	ID    string            `json:"id"`
	State InterventionState `json:"state"`
	Text  string            `json:"text,omitempty"`
}

// notice makes the outbox row of a Decision; it becomes visible when it can no
// longer be undone.
func notice(d Decision, item Item, iv *Intervention) (Notice, error) {
	p := publishable{
		Type: TopicDecided, DecisionID: d.ID, ItemID: item.ID, InteractionID: item.InteractionID, Kind: item.Kind,
		Decision: d.Judgement, Label: d.Label, Reason: d.Reason, Reverses: d.Reverses, Held: item.Held(), DecidedAt: d.CreatedAt,
	}
	if iv != nil {
		p.Intervention = &sentIntervention{ID: iv.ID, State: iv.State, Text: iv.DeliveredText}
	}
	body, err := json.Marshal(p)
	if err != nil {
		return Notice{}, Wrap(CodeInternal, err, "the decision cannot be published")
	}
	return Notice{Key: d.ID, Topic: TopicDecided, AppID: item.AppID, Payload: body, NotBefore: d.CreatedAt.Add(UndoWindow)}, nil
}

// TopicDecided is the outbox topic of Decisions.
const TopicDecided = "item.decided"
