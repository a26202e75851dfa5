package review

import (
	"context"
	"iter"
	"time"
)

// Screener runs the detectors.
type Screener interface {
	// Specs lists the detectors, sorted by id.
	Specs() []DetectorSpec
	// CheckPolicy returns an Error when the policy is invalid, or when a detector could
	// not work with it.
	CheckPolicy(Policy) error
	// Screen never fails: a detector that cannot answer is a Failure. Findings come
	// in a fixed order; redactions sorted by Segment order, then Start, without overlap.
	Screen(ctx context.Context, segments []Segment, policy Policy) Screening
	// ScreenAmong looks at one Segment alone, beside others that were looked at before.
	ScreenAmong(ctx context.Context, segment Segment, others []Segment, policy Policy) Screening
}

// Screening is what a Screener returns.
type Screening struct {
	Findings   []Finding
	Faint      []Finding // too weak to be told, see LeastTold
	Failures   []Failure
	Redactions []Redaction
}

// BiasEngine reads what exchanges tell of a user's habits.
type BiasEngine interface {
	// Specs lists the bias detectors, sorted by id.
	Specs() []DetectorSpec
	// Texts lists what the detectors would say to a user, sorted by detector and strategy.
	Texts() []InterventionText
	// Outcomes reads from one exchange what the measures of experiments say of it.
	Outcomes(Interaction, Feedback) []Shown
	// Observe reads one exchange; it stores nothing.
	Observe(Interaction, *Feedback) []Observation
	// Update folds an Observation into the state; a Proposal comes when it fires.
	Update(BiasState, Observation, time.Time) (BiasState, *Proposal)
}

// Store keeps everything. Write runs fn on the one writer, together with the
// functions of other callers, in one durable transaction; when Write returns nil the
// effects are on disk. An error from fn undoes what fn did and is returned as it is.
// fn may be run more than once and so must only assign, never accumulate; it must
// not block or call Write.
type Store interface {
	Write(ctx context.Context, fn func(Tx) error) error
	Reader
}

// Tx is what a use case does inside Write. Absent rows are CodeNotFound.
type Tx interface {
	// Ingest.
	FindExternal(appID, externalID string) (id string, contentHash [32]byte, found bool, err error)
	PutInteraction(Interaction, Assessment) error
	PutIntervention(Intervention) error
	PutItem(Item, []Finding) error // the Findings make the Item filterable by detector and category
	Interaction(id string) (Interaction, error)
	PutFeedback(id, interactionID string, f Feedback, at time.Time) error
	Feedback(interactionID string) (*Feedback, error) // the first one, nil when there is none
	BiasState(appID, userID, detector string) (BiasState, bool, error)
	PutBiasState(BiasState) error

	// Review.
	Item(id string) (Item, error)
	// SetItemState moves the Item from one version to the next; false when the
	// version is no longer the one given.
	SetItemState(id string, version int, state ItemState) (bool, error)
	Claim(itemID string) (*Claim, error)     // live or not; nil when there is none
	ClaimsOf(userID string) ([]Claim, error) // all that the user holds
	PutClaim(Claim) error                    // inserts or replaces
	DeleteClaim(itemID string) error
	PutSkip(itemID, userID, reason string, at time.Time) error
	SetSnooze(itemID string, until time.Time) error
	SetEscalation(itemID, queue string) error
	SetOpinions(itemID string, n int) error
	Opinions(itemID string) ([]Decision, error) // that wait, the first one first
	Opinion(id string) (*Decision, error)       // that waits; nil when there is none
	PutOpinion(Decision) error                  // CodeConflict when its author has given one
	DeleteOpinion(id string) error
	PutInbox(InboxEntry) error                             // an entry that is there already stays
	ReadInbox(userID, id string, at time.Time) error       // all of the user's when id is ""
	Colleagues(appID string) ([]User, error)               // who sees the App, by name, without the disabled
	DecisionsOfItem(itemID string) ([]DecisionView, error) // in the order in which they were made
	Assessment(interactionID string) (Assessment, error)
	PutDecision(Decision) error
	LastDecision(itemID string) (*DecisionView, error) // undone or not, but no opinion; nil when there is none
	ActivePolicy(appID string) (Policy, error)
	Decision(id string) (DecisionView, error)
	DecisionsOfBatch(batchID string) ([]DecisionView, error) // in the order in which they were made
	Act(batchID string) (*Act, error)                        // nil when there is none
	PutAct(Act) error
	// TakeBackAct deletes the batch's labels, or the claims that their holders have not
	// renewed, with what the holder was told, and returns how many they were.
	TakeBackAct(Act) (int, error)
	PutUndo(Undo) error
	PutAnnotation(Annotation) error
	BlindVerdict(itemID, userID string) (*BlindVerdict, error) // nil when there is none
	PutBlindVerdict(BlindVerdict) error
	Unmasked(itemID, userID string) (bool, error)
	PutUnmasking(itemID, userID string, at time.Time) error
	HasPeers(itemID string, but Actor) (bool, error) // Decisions, undone ones too, or Annotations of others
	HasPrecedents(Item) (bool, error)
	Control(itemID string) (Control, error)
	PutControl(Control) error
	Intervention(id string) (Intervention, error)
	SetIntervention(id string, state InterventionState, deliveredText string) error
	SetOutcome(interventionID string, outcome InterventionOutcome, at time.Time) error
	LastInterventions(appID, userID, bias string, n int) ([]Intervention, error) // that were sent, the newest first

	// Conduct.
	AddConduct([]ConductHour) error   // to what is there
	AddCosts([]CostDay) error         // to what is there
	PutRestriction(Restriction) error // inserts or replaces

	// Retention. RemoveText is false for what is gone already, is held, is not indexed yet, or waits for a person.
	RemoveText(r Removal, at time.Time, waiting bool) (bool, error)
	// RemoveWords removes what somebody said in a Decision or an Annotation; false when it is held.
	RemoveWords(appID, id string) (bool, error)
	CountRemovals(appID string, kind RemovalKind, at time.Time, n int) error
	// CountErased adds to what an Erasure has removed.
	CountErased(erasureID string, kind RemovalKind, n int) error
	PutErasure(Erasure) error // CodeConflict when one of the same user is under way
	// Unname takes the user's id from some Interactions without texts and what hangs on them; false when there is nothing left to do.
	Unname(e Erasure, most int) (more bool, err error)
	// FinishErasure deletes what is kept by user and ends it, unless something of theirs is left.
	FinishErasure(e Erasure, at time.Time) (Erasure, bool, error)
	PutLegalHold(LegalHold) error // CodeConflict when the same is held already
	LiftLegalHold(appID, id string, by Actor, at time.Time) (LegalHold, error)

	// Experiments.
	PutExperiment(Experiment) error // inserts or replaces
	Experiment(id string) (Experiment, error)
	RunningExperiment(appID, bias string) (*Experiment, error) // nil when there is none
	PutEnrolment(Enrolment) error                              // the first one of a user stays
	Enrolments(appID, userID string) ([]Enrolment, error)      // in Experiments that run
	PutOutcome(Outcome) error                                  // the first one of a user stays

	// The outbox: what Apps are told, in order, not before the time given.
	Publish(Notice) error
	// Retract deletes a Notice; one that is visible by now is CodeConflict, an absent
	// one is no error.
	Retract(key string, now time.Time) error

	// The audit chain. The Event gets the Origin of the context that Write was given.
	AppendEvent(Event) error

	// Webhooks that have not ended, the oldest first.
	WebhooksOf(appID string) ([]Webhook, error)
	PutWebhook(Webhook) error // it is told of what is published from now on
	SetWebhook(Webhook) error // topics, secrets, pause and end
	Webhook(appID, id string) (Webhook, error)
	ReplayDelivery(webhookID string, delivery int64, at time.Time) error
	// ReplayDead has dead deliveries but tests tried again, the oldest first, and returns how many.
	ReplayDead(webhookID string, most int, at time.Time) (int, error)
	// RenewDeliveries gives what waits as long to be tried in as what is new.
	RenewDeliveries(webhookID string, at time.Time) error
	// PutTest is CodeConflict while a test of the webhook waits. Of its tests the newest are kept.
	PutTest(d WebhookDelivery, keep int) error
	PutDelivery(WebhookDelivery) error // beside what is made of the outbox

	// Alerts. Those that say bool say whether this was the first to do it: several servers look at the same rules.
	AlertRulesOf(appID string) ([]AlertRule, error) // that have not ended, by name
	PutAlertRule(AlertRule) error                   // inserts or replaces
	RaiseAlert(Alert) (bool, error)                 // false when one of its rule, subject and user is open
	RefireAlert(id string, at time.Time) error
	ResolveAlert(id string, at time.Time) (bool, error)
	ResolveAlertsOf(ruleID string, at time.Time) error
	// UntoldAlerts lists what an App's channels were not told yet, oldest first, and when they were last told anything: what is
	// open, and the end of what they were told of.
	UntoldAlerts(appID string) ([]Alert, time.Time, error)
	SetAlertTold(id, topic string, at time.Time) (bool, error)
	// RemindAlert notes that what is open was said again; false when it was said after a time.
	RemindAlert(id string, before, at time.Time) (bool, error)

	// Exports.
	PutExport(Export) error // inserts or replaces
	Export(id string) (Export, error)
	DeleteExport(id string) error
	CountOpenExports(userID string) (int, error)
	// PendingExport returns the oldest one that waits, or that nobody has touched since
	// quiet; nil when there is none.
	PendingExport(quiet time.Time) (*Export, error)
	OverdueExports(now time.Time, limit int) ([]Export, error)

	// People, Apps, keys, policies.
	PutApp(App) error
	Origins(appID string) ([]string, error) // sorted
	PutOrigin(appID, origin string) error
	DeleteOrigin(appID, origin string) error
	PutAPIKey(k APIKey, signing string) error // signing is the whole key of one that signs, "" for others
	RevokeAPIKey(prefix string, at time.Time) (APIKey, error)
	APIKey(appID, id string) (APIKey, error)
	SetKeyExpiry(id string, at time.Time) error
	SetKeyUse(id string, at time.Time) error
	PutUser(User) error
	UserByEmail(email string) (User, error)
	User(id string) (User, error)
	SetPassword(userID, hash string) error
	SetRole(userID string, role Role) error
	SetDisabled(userID string, at *time.Time) error // nil lets the person in again
	// AdminsBut counts the other admins who may sign in.
	AdminsBut(userID string) (int, error)
	// EndSessions ends those of a person, the one with the mark, or all when that is ""; it
	// returns how many they were.
	EndSessions(userID, mark string) (int, error)
	PutInvitation(Invitation) error // in the place of the one before
	// TakeInvitation returns the one of a link and deletes it; CodeNotFound when there is none
	// or it has expired.
	TakeInvitation(tokenHash []byte, now time.Time) (Invitation, error)
	// UserBySSO is CodeNotFound for an identity that was not seen before.
	UserBySSO(issuer, subject string) (User, error)
	PutSSO(issuer, subject, userID string, at time.Time) error
	TOTP(userID string) (*TOTP, error)                         // nil when there is none
	PutTOTP(TOTP) error                                        // inserts or replaces
	DeleteTOTP(userID string) error                            // with the recovery codes; one that is not there is no error
	PutRecoveryCodes(userID string, hashes [][]byte) error     // in the place of those before
	TakeRecoveryCode(userID string, hash []byte) (bool, error) // false when there is none
	Passkeys(userID string) ([]Passkey, error)                 // the oldest first
	PutPasskey(Passkey) error                                  // CodeConflict when it is somebody's already
	SetPasskeyUse(id string, document []byte, at time.Time) error
	DeletePasskeys(userID, id string) (int, error)     // one, or with "" all; how many there were
	PutPreferences(userID string, p Preferences) error // inserts or replaces
	SavedView(id string) (SavedView, error)
	PutSavedView(SavedView) error // inserts or replaces; CodeConflict when the name is taken
	DeleteSavedView(id string) error
	CountSavedViews(ownerID, appID string) (int, error) // of an owner, or with "" those shared with an App
	PutMembership(userID, appID string) error
	DeleteMembership(userID, appID string) error
	PutPolicy(p Policy, by Actor, reason string, at time.Time) error // and makes it the active one
	PolicyDraft(appID string) (*PolicyDraft, error)                  // nil when there is none
	PutPolicyDraft(PolicyDraft) error                                // inserts or replaces the one of its App
	DeletePolicyDraft(appID string) error
}

// Notice is one row of the outbox.
type Notice struct {
	Key       string // unique; Retract takes it back while it has not become visible
	Topic     string // "item.decided"
	AppID     string
	Payload   []byte // JSON
	NotBefore time.Time
}

// Reader is what use cases ask without changing anything. Reads see everything
// that an earlier Write made durable.
type Reader interface {
	ConductHours(ctx context.Context, appID, userID string, since time.Time) ([]ConductHour, error) // oldest first
	// CostSince adds up what each App cost, in millionths of its currency.
	CostSince(ctx context.Context, since time.Time) (map[string]int64, error)
	CostDays(ctx context.Context, appID string, f CostFilter) ([]CostDay, error)                       // of the filter's user and model together, oldest first
	CostModels(ctx context.Context, appID string, f CostFilter, limit int) ([]CostDay, error)          // each in sum over the month, the dearest first
	CostUsers(ctx context.Context, appID string, f CostFilter, limit int) ([]CostDay, error)           // the same of users
	EachCost(ctx context.Context, appID string, f CostFilter, yield func(CostDay) error) error         // by user and model, each in sum over the month
	BusiestUsers(ctx context.Context, appID string, since time.Time, limit int) ([]ConductHour, error) // each in sum, without denials and costs
	Restrictions(ctx context.Context, now time.Time) ([]Restriction, error)                            // in force

	AlertRules(ctx context.Context, appIDs []string) ([]AlertRule, error)                                         // that have not ended, by App and name
	OpenAlerts(ctx context.Context, appIDs []string) ([]Alert, error)                                             // the newest first
	RecentAlerts(ctx context.Context, appID string, limit int) ([]Alert, error)                                   // the newest first
	UntoldAlerts(ctx context.Context) (appIDs []string, err error)                                                // Apps of which there is something to tell
	TopicDeliveries(ctx context.Context, webhookID string, topics []string, limit int) ([]WebhookDelivery, error) // the newest first
	AbandonedDeliveries(ctx context.Context, appID string, since time.Time) (int, error)
	// UsersBeyond lists users of whom a metric of conduct was above a value, the highest first, in the hours since the start of one: the
	// highest count of an hour, or a share of all of them together.
	UsersBeyond(ctx context.Context, appID string, m AlertMetric, since time.Time, above float64, limit int) ([]UserFigure, error)
	// DetectorFailures counts Interactions since the start of an hour in which each detector could not answer.
	DetectorFailures(ctx context.Context, appID string, since time.Time) (map[string]int, error)

	// WithTexts lists Interactions that still have their texts.
	WithTexts(ctx context.Context, q ExpiryQuery) ([]Expiring, error)
	// WithWords lists Decisions and Annotations in which somebody said something, without those that are held.
	WithWords(ctx context.Context, q ExpiryQuery) ([]string, error)
	// Removals reads what has to be known to remove the texts of Interactions.
	Removals(ctx context.Context, interactionIDs []string) ([]Removal, error)
	ErasurePreview(ctx context.Context, appID, userID string) (ErasurePreview, error)
	Erasures(ctx context.Context, appID string, limit int) ([]Erasure, error)
	Erasure(ctx context.Context, appID, id string) (Erasure, error)
	RunningErasures(ctx context.Context) ([]Erasure, error)
	// TextsOfUser lists Interactions of a user that still have their texts, WordsOfUser what was said of them, held or not.
	TextsOfUser(ctx context.Context, e Erasure, after string, limit int) ([]string, error)
	WordsOfUser(ctx context.Context, e Erasure, limit int) ([]string, error)
	LegalHolds(ctx context.Context, appID string) ([]LegalHold, error)                         // in force, the newest first
	RemovalTallies(ctx context.Context, appID string, since time.Time) ([]RemovalTally, error) // the newest first

	Experiments(ctx context.Context, appID string) ([]Experiment, error)
	Experiment(ctx context.Context, id string) (ExperimentView, error)
	RunningExperiments(ctx context.Context) ([]string, error) // ids, whatever the App

	// Caller finds the App of a key by the key's hash; CodeNotFound when the key
	// is unknown, revoked or past its end.
	Caller(ctx context.Context, keyHash []byte) (Caller, error)
	Origins(ctx context.Context, appID string) ([]string, error) // sorted
	// AllowsOrigin tells whether the App lists the origin; with "" whether any App does.
	AllowsOrigin(ctx context.Context, appID, origin string) (bool, error)
	// Signer finds the App of a key that signs, by its prefix, and the whole key; CodeNotFound as Caller.
	Signer(ctx context.Context, prefix string) (c Caller, key []byte, err error)
	// People lists everybody after an e-mail address, by e-mail address; "" begins.
	People(ctx context.Context, after string, limit int) ([]Person, error)
	Person(ctx context.Context, id string) (Person, error)
	// Members lists who was made a member of the App, by name, the disabled too.
	Members(ctx context.Context, appID string) ([]User, error)
	// APIKeys lists the keys of the App, the newest first, at most KeysShown of them.
	APIKeys(ctx context.Context, appID string) ([]APIKey, error)
	// Invitation returns the one of a link; CodeNotFound when there is none or it has expired.
	Invitation(ctx context.Context, tokenHash []byte, now time.Time) (Invitation, error)
	TOTP(ctx context.Context, userID string) (*TOTP, error) // nil when there is none
	RecoveryCodes(ctx context.Context, userID string) (int, error)
	Passkeys(ctx context.Context, userID string) ([]Passkey, error) // the oldest first

	Policy(ctx context.Context, appID string, version int) (Policy, error)
	// ActivePolicy returns the version that is in force.
	ActivePolicy(ctx context.Context, appID string) (Policy, error)
	// PolicyVersions lists who made which version and why, the newest first.
	PolicyVersions(ctx context.Context, appID string, limit int) ([]PolicyVersion, error)
	PolicyDraft(ctx context.Context, appID string) (*PolicyDraft, error) // nil when there is none
	// DetectorTallies counts from the start of the day (UTC) of the time given.
	DetectorTallies(ctx context.Context, appID string, since time.Time) ([]DetectorTally, error)

	Receipt(ctx context.Context, appID, interactionID string) (Receipt, error)
	FindExternal(ctx context.Context, appID, externalID string) (id string, contentHash [32]byte, found bool, err error)
	Deliveries(ctx context.Context, appID string, topic string, after int64, limit int, now time.Time) ([]Delivery, error)

	// Queue looks at a bounded number of Items, however few of them the filter means.
	Queue(ctx context.Context, q QueueQuery) (QueueSlice, error)
	// Among returns those of the Items that the query means, in its order; with no state,
	// in any.
	Among(ctx context.Context, q QueueQuery, ids []string) ([]QueueRow, error)
	// Changed lists the Items that something happened to after a point in the chain, and
	// the point to go on from.
	Changed(ctx context.Context, after int64, limit int) (Changes, error)
	// HistoryEnd is the last point of the chain.
	HistoryEnd(ctx context.Context) (int64, error)
	// Unindexed is how many of the newest Items cannot be found by their words yet.
	Unindexed(ctx context.Context) (int, error)
	// Holders lists who holds Items of the Apps now, by name.
	Holders(ctx context.Context, appIDs []string, now time.Time) ([]Holder, error)
	Counts(ctx context.Context, appIDs []string) (Counts, error)
	// QueueAge is when the oldest open Item was made, zero when there is none.
	QueueAge(ctx context.Context) (time.Time, error)
	// ItemView is what there is to see of an Item. viewer is a user id; a control of
	// somebody else is CodeNotFound.
	ItemView(ctx context.Context, appIDs []string, itemID, viewer string) (ItemView, error)
	// HeldItem returns an Item that something of the App waits for, and its Decisions in the order in which they were made.
	HeldItem(ctx context.Context, appID, itemID string) (Item, []DecisionView, error)
	// Webhooks lists those of an App that have not ended, the oldest first.
	Webhooks(ctx context.Context, appID string) ([]Webhook, error)
	// EndedWebhooks lists those that have ended, the last one first.
	EndedWebhooks(ctx context.Context, appID string, limit int) ([]Webhook, error)
	// Webhook is one of an App, also one that has ended.
	Webhook(ctx context.Context, appID, id string) (Webhook, error)
	// Undelivered tells by the id of a webhook of the App what it has not been told; who has been told everything is left out.
	Undelivered(ctx context.Context, appID string) (map[string]Undelivered, error)
	// UndeliveredToAll is what all webhooks that have not ended together have not been told.
	UndeliveredToAll(ctx context.Context) (Undelivered, error)
	// WebhookDeliveries lists the newest first.
	WebhookDeliveries(ctx context.Context, appID string, q DeliveryQuery) ([]WebhookDelivery, error)
	WebhookDelivery(ctx context.Context, webhookID string, id int64) (WebhookDelivery, error)
	// DeliveryAttempts lists the newest first.
	DeliveryAttempts(ctx context.Context, delivery int64, limit int) ([]DeliveryAttempt, error)
	ControlDesk(ctx context.Context, userID string) (ControlDesk, error)
	// ControlCandidates returns the ids of a few Items that were decided as asked for, by
	// two who agree and did not know of each other, and whose texts are all there. It
	// looks at a bounded number of Decisions.
	ControlCandidates(ctx context.Context, q ControlQuery) ([]string, error)
	// OwnControls counts the user's controls that are not decided, by the kind that they
	// show.
	OwnControls(ctx context.Context, userID string, appIDs []string) (Counts, error)
	Decisions(ctx context.Context, q DecisionQuery) iter.Seq2[DecisionRow, error]
	// CountDecisions counts what Decisions would return, at most up to q.Limit.
	CountDecisions(ctx context.Context, q DecisionQuery) (int, error)
	Export(ctx context.Context, id string) (Export, error)
	// Exports lists a user's, or with "" everybody's, the newest first.
	Exports(ctx context.Context, userID string, limit int) ([]Export, error)
	// ExportsMarked lists those whose mark is like the pattern, in which _ is any digit.
	ExportsMarked(ctx context.Context, pattern string, limit int) ([]Export, error)

	// SavedViews lists the user's own views by name, then those shared with the Apps.
	SavedViews(ctx context.Context, userID string, appIDs []string, limit int) ([]SavedView, error)
	// EventSlice looks at a bounded number of Events, however few of them the filter means.
	EventSlice(ctx context.Context, q EventQuery) (EventSlice, error)
	// EventLog iterates over the Events that the filter means from after on, in the
	// order of the chain.
	EventLog(ctx context.Context, f EventFilter, after int64) iter.Seq2[TrailEvent, error]

	Holds(ctx context.Context, q HoldsQuery) ([]Hold, error)
	Desk(ctx context.Context, userID string, appIDs []string, now time.Time) (Desk, error)
	// Inbox returns the user's entries about these Apps, the newest first, those after
	// the one with the id before; "" begins.
	Inbox(ctx context.Context, userID string, appIDs []string, before string, limit int) ([]InboxEntry, error)
	Colleagues(ctx context.Context, appID string) ([]User, error)
	// AlikeItems lists the open Items of the kind of one that are alike, the newest first.
	AlikeItems(ctx context.Context, of Item, viewer string, limit int) ([]ClusterMember, error)
	// NearItems lists Items of the App whose prompts share pieces with one, other than those
	// of its fingerprint: those that share most first, a bounded number of them.
	NearItems(ctx context.Context, of Item, prompt string) ([]ClusterMember, error)
	// NearOpenItems lists those of them that are open and of the kind of the one, at most so many.
	NearOpenItems(ctx context.Context, of Item, prompt, viewer string, limit int) ([]ClusterMember, error)
	// Untended lists Items whose snooze is over at now, and Items that are not open on
	// which opinions given before settled wait.
	Untended(ctx context.Context, now, settled time.Time, limit int) ([]string, error)

	// What pages about work are made from. userID "" means everybody.
	Hours(ctx context.Context, appIDs []string, since time.Time) ([]HourTally, error)
	Work(ctx context.Context, appIDs []string, userID string, since time.Time) ([]WorkTally, error)
	// Telling returns the newest first, TellingLimit at most; with a userID theirs, and
	// what others said of the Items on which they gave an opinion.
	Telling(ctx context.Context, appIDs []string, userID string, since time.Time) ([]Telling, error)
	// Steps returns the newest first, StepLimit at most, without Interventions.
	Steps(ctx context.Context, appIDs []string, userID string, since time.Time) ([]Step, error)
	DetectorDays(ctx context.Context, appIDs []string, since time.Time) ([]DetectorDay, error) // oldest first
	Screenings(ctx context.Context, appIDs []string, since time.Time) ([]Screened, error)      // oldest first
	// HiddenDecisions returns the newest standing ones that were blind first or audit samples.
	HiddenDecisions(ctx context.Context, appID string, limit int) ([]Hidden, error)
	OldestOpen(ctx context.Context, appIDs []string, severity Severity) (time.Time, error) // of any severity for ""; zero when there is none
	DueBefore(ctx context.Context, appIDs []string, before time.Time, limit int) (int, error)

	User(ctx context.Context, id string) (User, error)
	UserByEmail(ctx context.Context, email string) (User, error)
	AppsOf(ctx context.Context, userID string) ([]App, error) // by name
	Apps(ctx context.Context) ([]App, error)                  // all, by name
}

// QueueQuery asks for Items in the order of Filter.Sort.
type QueueQuery struct {
	AppIDs []string // empty: none
	Filter Filter
	Viewer string    // user id, for Mine, skips, claims, controls and what they judged blind
	Masked bool      // the viewer does not find what stands in personal data and secrets
	Judges bool      // the viewer may come to judge: what is blind to them does not show in filters on what the guard says
	Free   bool      // only what the viewer could claim now: not held by others, not skipped by them
	After  *Position // exclusive
	Before *Position // exclusive; the Items then come in reversed order, the nearest first
	Limit  int
	Now    time.Time
}

// DecisionQuery asks for Decisions, oldest first.
type DecisionQuery struct {
	AppIDs []string
	Filter Filter
	Viewer string
	Newest bool // newest first, for pages
	Shown  bool // with the viewer's own controls, as the Items that they look like
	Limit  int  // 0: all
	Now    time.Time
}

// Meter is told what happened, for metrics. It must be fast and safe for
// concurrent use.
type Meter interface {
	Screened(Assessment)
	Denied(detector string)
	Decided(Judgement)
}

// Clock tells the time; use cases truncate it to microseconds, as stores keep it.
type Clock func() time.Time
