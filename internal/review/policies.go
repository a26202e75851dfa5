package review

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"
)

// The bounds of what is typed on the pages of policies, in bytes, and of their lists.
const (
	maxPolicyReasonBytes = 1 << 10
	maxTrialBytes        = 64 << 10
	PolicyVersionsPage   = 100
)

// PolicyVersion says who made a version of a policy, when and why.
type PolicyVersion struct {
	Version   int
	Actor     Actor
	ActorName string // filled in on reads
	Reason    string
	CreatedAt time.Time
}

// PolicyDraft is the one draft of an App's policy.
type PolicyDraft struct {
	AppID      string
	Revision   string // changes with every save; a form that shows another one is stale
	Base       int    // the version that was live when the draft was begun
	Policy     Policy
	Actor      Actor  // who saved it last
	ActorName  string // filled in on reads
	ModifiedAt time.Time
}

// PolicyView is everything that the pages of an App's policy show.
type PolicyView struct {
	App      App
	Live     Policy
	Versions []PolicyVersion // the newest first, PolicyVersionsPage at most; the first one is live
	Draft    *PolicyDraft    // nil when there is none
	Tallies  map[string]DetectorTally
	Since    time.Time // the first moment that the tallies count
}

// Edited is the policy that a form begins with: the draft, or what is live.
func (v PolicyView) Edited() Policy {
	if v.Draft != nil {
		return v.Draft.Policy
	}
	return v.Live
}

// Changes lists what the draft would change, nothing without one.
func (v PolicyView) Changes(specs []DetectorSpec) []FieldChange {
	if v.Draft == nil {
		return nil
	}
	return PolicyDiff(v.Live, v.Draft.Policy, specs)
}

// PolicyOf returns what there is to see of the policy of one of the viewer's Apps.
func (s *Service) PolicyOf(ctx context.Context, v Viewer, appName string) (PolicyView, error) {
	view, err := s.policySummary(ctx, v, appName, PolicyVersionsPage)
	if err != nil {
		return PolicyView{}, err
	}
	view.Since = tallySince(s.now()).Truncate(24 * time.Hour)
	tallies, err := s.Store.DetectorTallies(ctx, view.App.ID, view.Since)
	if err != nil {
		return PolicyView{}, err
	}
	view.Tallies = make(map[string]DetectorTally, len(tallies))
	for _, t := range tallies {
		view.Tallies[t.Detector] = t
	}
	return view, nil
}

// PolicySummaries returns, for each of the viewer's Apps, the live policy, its last
// version and the draft, without tallies.
func (s *Service) PolicySummaries(ctx context.Context, v Viewer) ([]PolicyView, error) {
	out := make([]PolicyView, 0, len(v.Apps))
	for _, app := range v.Apps {
		view, err := s.policySummary(ctx, v, app.Name, 1)
		if err != nil {
			return nil, err
		}
		out = append(out, view)
	}
	return out, nil
}

func (s *Service) policySummary(ctx context.Context, v Viewer, appName string, versions int) (view PolicyView, err error) {
	if !v.May(PermRead) {
		return view, Errorf(CodeForbidden, "your role may not read policies")
	}
	if view.App, err = v.AppNamed(appName); err != nil {
		return view, err
	}
	if view.Versions, err = s.Store.PolicyVersions(ctx, view.App.ID, versions); err != nil {
		return view, err
	}
	if len(view.Versions) == 0 {
		return view, Errorf(CodeNotFound, "this App has no policy")
	}
	if view.Live, err = s.policyCopy(ctx, view.App.ID, view.Versions[0].Version); err != nil {
		return view, err
	}
	view.Draft, err = s.Store.PolicyDraft(ctx, view.App.ID)
	if view.Draft != nil {
		view.Draft.Policy = view.Draft.Policy.WithDefaults(s.specs)
	}
	return view, err
}

// PolicyAt returns an earlier version of the policy of one of the viewer's Apps.
func (s *Service) PolicyAt(ctx context.Context, v Viewer, appName string, version int) (Policy, error) {
	if !v.May(PermRead) {
		return Policy{}, Errorf(CodeForbidden, "your role may not read policies")
	}
	app, err := v.AppNamed(appName)
	if err != nil {
		return Policy{}, err
	}
	return s.policyCopy(ctx, app.ID, version)
}

// policyCopy is policy for callers that edit what they get.
func (s *Service) policyCopy(ctx context.Context, appID string, version int) (Policy, error) {
	p, err := s.policy(ctx, appID, version)
	return p.WithDefaults(s.specs), err
}

// ownPolicy returns the App whose policy the viewer may change.
func ownPolicy(v Viewer, appName string) (App, error) {
	if !v.May(PermPolicy) {
		return App{}, Errorf(CodeForbidden, "your role may not change policies")
	}
	return v.AppNamed(appName)
}

// SaveDraft makes or replaces the App's draft. Revision is that of the draft which was
// edited, "" when there was none; another one in the store is CodeConflict.
func (s *Service) SaveDraft(ctx context.Context, v Viewer, appName, revision string, p Policy) (PolicyDraft, error) {
	app, err := ownPolicy(v, appName)
	if err != nil {
		return PolicyDraft{}, err
	}
	if err := s.Screener.CheckPolicy(p); err != nil {
		return PolicyDraft{}, err
	}
	var bad invalidFields
	if p.validateAutomatic(&bad, s.Bias.Specs()); len(bad) > 0 {
		return PolicyDraft{}, bad.err()
	}
	now, next := s.now(), s.NewID()
	var saved PolicyDraft
	err = s.Store.Write(ctx, func(tx Tx) error {
		live, err := tx.ActivePolicy(app.ID)
		if err != nil {
			return err
		}
		draft, err := tx.PolicyDraft(app.ID)
		if err != nil {
			return err
		}
		if revisionOf(draft) != revision {
			return Errorf(CodeConflict, "this draft was changed by somebody else since you opened it")
		}
		saved = PolicyDraft{AppID: app.ID, Revision: next, Base: live.Version, Policy: p, Actor: v.Actor(), ActorName: v.User.Name, ModifiedAt: now}
		if draft != nil {
			saved.Base = draft.Base
		}
		saved.Policy.AppID, saved.Policy.Version = app.ID, 0
		if err := tx.PutPolicyDraft(saved); err != nil {
			return err
		}
		return tx.AppendEvent(event(now, v.Actor(), "policy.drafted", next, app.ID, draftedDetail{Base: saved.Base, DocumentHash: p.hash()}))
	})
	return saved, err
}

func revisionOf(d *PolicyDraft) string {
	if d == nil {
		return ""
	}
	return d.Revision
}

type draftedDetail struct {
	Base         int    `json:"base"`
	DocumentHash string `json:"document_hash"`
}

// hash is the SHA-256 of the document; encoding/json writes structs and maps in a
// fixed order.
func (p Policy) hash() string {
	document, err := json.Marshal(p)
	if err != nil {
		panic("review: a policy must be plain data: " + err.Error())
	}
	sum := sha256.Sum256(document)
	return hex.EncodeToString(sum[:])
}

// DiscardDraft throws the App's draft away; CodeConflict when it is not the one given.
func (s *Service) DiscardDraft(ctx context.Context, v Viewer, appName, revision string) error {
	app, err := ownPolicy(v, appName)
	if err != nil {
		return err
	}
	now := s.now()
	return s.Store.Write(ctx, func(tx Tx) error {
		if _, err := draftAt(tx, app.ID, revision); err != nil {
			return err
		}
		if err := tx.DeletePolicyDraft(app.ID); err != nil {
			return err
		}
		return tx.AppendEvent(event(now, v.Actor(), "policy.draft_discarded", revision, app.ID, none{}))
	})
}

// draftAt returns the App's draft if it is the one that somebody looked at.
func draftAt(tx Tx, appID, revision string) (PolicyDraft, error) {
	draft, err := tx.PolicyDraft(appID)
	if err != nil {
		return PolicyDraft{}, err
	}
	if draft == nil {
		return PolicyDraft{}, Errorf(CodeConflict, "there is no draft any more")
	}
	if draft.Revision != revision {
		return PolicyDraft{}, Errorf(CodeConflict, "this draft was changed by somebody else since you opened it")
	}
	return *draft, nil
}

// ActivateCommand puts a draft into force.
type ActivateCommand struct {
	App      string // name
	Revision string // of the draft that was looked at
	Live     int    // the version that it was compared with
	Reason   string
}

// Activate makes the App's draft the next version of its policy. The draft and the
// live version must be those whose difference the viewer saw.
func (s *Service) Activate(ctx context.Context, v Viewer, cmd ActivateCommand) (Policy, error) {
	app, err := ownPolicy(v, cmd.App)
	if err != nil {
		return Policy{}, err
	}
	reason, err := policyReason(cmd.Reason)
	if err != nil {
		return Policy{}, err
	}
	now := s.now()
	var next Policy
	err = s.Store.Write(ctx, func(tx Tx) error {
		draft, err := draftAt(tx, app.ID, cmd.Revision)
		if err != nil {
			return err
		}
		live, err := liveAt(tx, app.ID, cmd.Live)
		if err != nil {
			return err
		}
		if len(PolicyDiff(live, draft.Policy, s.specs)) == 0 {
			return Errorf(CodeUnprocessable, "the draft changes nothing")
		}
		next = draft.Policy
		next.AppID, next.Version = app.ID, live.Version+1
		if err := tx.PutPolicy(next, v.Actor(), reason, now); err != nil {
			return err
		}
		if err := tx.DeletePolicyDraft(app.ID); err != nil {
			return err
		}
		return tx.AppendEvent(event(now, v.Actor(), "policy.activated", app.ID, app.ID, activatedDetail{
			Version: next.Version, Replaces: live.Version, DocumentHash: next.hash(),
		}))
	})
	return next, err
}

type activatedDetail struct {
	Version      int    `json:"version"`
	Replaces     int    `json:"replaces"`
	Restores     int    `json:"restores,omitempty"` // the version whose document came back
	DocumentHash string `json:"document_hash"`
}

// liveAt returns the policy in force if it is the one that somebody looked at.
func liveAt(tx Tx, appID string, version int) (Policy, error) {
	live, err := tx.ActivePolicy(appID)
	if err == nil && live.Version != version {
		return Policy{}, Errorf(CodeConflict, "version %d is live by now: look at what would change", live.Version)
	}
	return live, err
}

func policyReason(text string) (string, error) {
	reason := strings.TrimSpace(text)
	var bad invalidFields
	switch {
	case reason == "":
		bad.addf("reason", "is needed: colleagues and auditors will read it")
	case len(reason) > maxPolicyReasonBytes || !utf8.ValidString(reason):
		bad.addf("reason", "must be text of at most %d bytes", maxPolicyReasonBytes)
	}
	return reason, bad.err()
}

// RollBackCommand brings an earlier version back.
type RollBackCommand struct {
	App     string // name
	Version int    // whose document comes back
	Live    int    // the version that it was compared with
	Reason  string
}

// RollBack makes the document of an earlier version the next version. History only
// grows, and the draft stays as it is.
func (s *Service) RollBack(ctx context.Context, v Viewer, cmd RollBackCommand) (Policy, error) {
	app, err := ownPolicy(v, cmd.App)
	if err != nil {
		return Policy{}, err
	}
	old, err := s.Store.Policy(ctx, app.ID, cmd.Version)
	if err != nil {
		return Policy{}, err
	}
	reason, err := policyReason(cmd.Reason)
	if err != nil {
		return Policy{}, err
	}
	now := s.now()
	var next Policy
	err = s.Store.Write(ctx, func(tx Tx) error {
		live, err := liveAt(tx, app.ID, cmd.Live)
		if err != nil {
			return err
		}
		if len(PolicyDiff(live, old, s.specs)) == 0 {
			return Errorf(CodeUnprocessable, "version %d says the same as what is live", cmd.Version)
		}
		next = old
		next.Version = live.Version + 1
		if err := tx.PutPolicy(next, v.Actor(), reason, now); err != nil {
			return err
		}
		return tx.AppendEvent(event(now, v.Actor(), "policy.rolled_back", app.ID, app.ID, activatedDetail{
			Version: next.Version, Replaces: live.Version, Restores: cmd.Version, DocumentHash: next.hash(),
		}))
	})
	return next, err
}

// Trial is what live policy and draft make of one text.
type Trial struct {
	Live  Assessment
	Draft *Assessment // nil when there is no draft
}

// TrialKinds lists as what a text can be tried.
func TrialKinds() []SegmentKind { return []SegmentKind{SegmentPrompt, SegmentDocument} }

// Try screens a text under the live policy and the draft. Nothing is stored, counted
// or learnt from it.
func (s *Service) Try(ctx context.Context, v Viewer, appName string, kind SegmentKind, text string) (Trial, error) {
	if _, err := ownPolicy(v, appName); err != nil {
		return Trial{}, err
	}
	content, err := trialContent(kind, text)
	if err != nil {
		return Trial{}, err
	}
	view, err := s.policySummary(ctx, v, appName, 1)
	if err != nil {
		return Trial{}, err
	}
	trial := Trial{Live: s.try(ctx, content, view.Live)}
	if view.Draft != nil {
		a := s.try(ctx, content, view.Draft.Policy)
		trial.Draft = &a
	}
	return trial, nil
}

func trialContent(kind SegmentKind, text string) (Content, error) {
	var bad invalidFields
	if strings.TrimSpace(text) == "" {
		bad.addf("text", "is empty")
	}
	if len(text) > maxTrialBytes || !utf8.ValidString(text) {
		bad.addf("text", "must be text of at most %d bytes", maxTrialBytes)
	}
	var content Content
	switch kind {
	case SegmentPrompt:
		content.Prompt = text
	case SegmentDocument:
		content.Documents = []Document{{Content: text}}
	default:
		bad.addf("kind", "must be prompt or document")
	}
	return content, bad.err()
}

// try screens as Submit does, with what the bias engine sees in the text alone.
func (s *Service) try(ctx context.Context, content Content, policy Policy) Assessment {
	a := s.screen(ctx, content.Segments(), policy)
	seen := s.Bias.Observe(Interaction{Content: content, CreatedAt: s.now()}, nil)
	a.Findings = append(a.Findings, textFindings(policy, seen)...)
	return a
}
