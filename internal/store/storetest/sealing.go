package storetest

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/internal/secret"
	"github.com/guardroom/guardroom/internal/store"
)

// testKeys are keys that every process of a test has at once.
type testKeys struct {
	now atomic.Pointer[secret.Keyring]
}

func newTestKeys(t testing.TB) *testKeys {
	t.Helper()
	keys, err := secret.NewKeyring()
	require.NoError(t, err)
	k := &testKeys{}
	k.now.Store(keys)
	return k
}

func (k *testKeys) source(context.Context) (*secret.Keyring, error) { return k.now.Load(), nil }

// add adds a key, which nobody uses yet.
func (k *testKeys) add(t testing.TB) uint32 {
	t.Helper()
	keys, err := k.now.Load().WithNew()
	require.NoError(t, err)
	k.now.Store(keys)
	return keys.Primary()
}

// checkSealed wants every text that a scenario has left behind to be sealed: no writer can forget to.
func checkSealed(t testing.TB, f *fixture) {
	t.Helper()
	if t.Failed() || f.unsealed || f.options.Keys == nil {
		return
	}
	db := f.below(t, f.options)
	defer db.Close()
	checked := 0
	for table, columns := range store.SealedColumns() {
		for _, column := range columns {
			rows, err := db.QueryContext(context.Background(), "SELECT "+column+" FROM "+table+" WHERE octet_length("+column+") > 0")
			require.NoError(t, err)
			for rows.Next() {
				var value []byte
				require.NoError(t, rows.Scan(&value))
				_, sealed := secret.SealedWith(value)
				require.True(t, sealed, "%s.%s holds a text that is not sealed: %q", table, column, strings.ToValidUTF8(string(value), "?"))
				checked++
			}
			require.NoError(t, rows.Err())
			require.NoError(t, rows.Close())
		}
	}
	require.Positive(t, checked, "the policy of an App, at least")
}

// sealingScenarios: what people wrote is sealed, whoever wrote it and when.
func sealingScenarios() []scenario {
	return []scenario{
		{"no word of anybody is in the database", noWordIsThere},
		{"a sealed text opens in its own place alone", sealedForItsPlace},
		{"the key is changed while others write, and the old one is kept as long as it is needed", keyIsChanged},
		{"a wrong or missing key is told at once", wrongKeyIsTold},
		{"a text that was changed does not stop the others from being sealed", changedTextStopsNothing},
		{"records may be sealed anew, and not written anew", recordsAreSealedAnew},
		{"what stays when a text is removed is sealed", whatStaysIsSealed},
	}
}

// openScenarios begin on a database whose texts are not sealed.
func openScenarios() []scenario {
	// The scenarios of retention and erasure look for words below the store.
	return append(slices.Concat(retentionScenarios(), erasingScenarios()),
		scenario{"texts from before they were sealed are read, and sealed behind the writes", earlierTextsAreSealed})
}

// planted is a word that nothing but a person writes.
const planted = "zebracorn"

// signingPrefix begins the API key whose secret is planted.
const signingPrefix = "gr_planted"

// putEverything writes the planted word wherever people write, and returns an Item.
func (f *fixture) putEverything(t testing.TB) string {
	t.Helper()
	said := func(n int) string { return fmt.Sprintf("%s %d", planted, n) }
	app, ann, id := f.caller.App.ID, f.ann.User.ID, f.ids.next
	in := review.Interaction{ID: id(), AppID: app, UserID: "u1", Error: said(1), Context: []byte(`{"page":"` + said(2) + `"}`), CreatedAt: start, OccurredAt: start,
		Content: review.Content{Prompt: said(3) + strings.Repeat(" and so on", 3_000), Response: said(4), System: said(5),
			Documents: []review.Document{{Content: said(6)}}, ToolCalls: []review.ToolCall{{Name: "t", Arguments: []byte(`"` + said(7) + `"`), Output: said(8)}}}}
	findings := []review.Finding{{Detector: "injection.test", Category: review.CategoryInjection, Segment: "prompt", Message: "m", Evidence: said(9)}}
	assessment := review.Assessment{Verdict: review.VerdictFlag, Findings: findings, Failures: []review.Failure{{Detector: "d"}},
		Redactions: []review.Redaction{{Segment: "response", Start: 0, End: 1, Placeholder: said(10)}}}
	iv := review.Intervention{ID: id(), AppID: app, InteractionID: in.ID, Text: said(11), CreatedAt: start}
	item := review.Item{ID: id(), AppID: app, InteractionID: in.ID, Kind: review.KindInteraction, State: review.StateOpen, Version: 1,
		Verdict: review.VerdictFlag, Reason: said(12), Excerpt: said(13), CreatedAt: start, DueAt: start, Opinions: 1, Fingerprint: "same"}
	control := item
	control.ID, control.Kind = id(), review.KindControl
	d := review.Decision{ID: id(), ItemID: item.ID, AppID: app, Actor: f.ann.Actor(), Judgement: review.JudgeBlock, Reason: said(14), Text: said(15),
		Findings: findings, CreatedAt: start}
	opinion := d
	opinion.ID, opinion.Actor = id(), f.bob.Actor()
	policy, err := f.ActivePolicy(t.Context(), app)
	require.NoError(t, err)
	draft := policy
	draft.Labels = append(draft.Labels[:len(draft.Labels):len(draft.Labels)], review.Label{ID: "x", Title: said(16)})
	answer := said(19)
	hook := review.Webhook{ID: id(), AppID: app, URL: "https://example.com", Topics: []string{review.TopicDecided}, Secret: []byte("s"), CreatedAt: start}
	f.write(t, func(tx review.Tx) error {
		for _, put := range []func() error{
			func() error { return tx.PutInteraction(in, assessment) },
			func() error { return tx.PutIntervention(iv) },
			func() error { return tx.SetIntervention(iv.ID, review.InterventionApproved, said(17)) },
			func() error { return tx.PutItem(item, findings) },
			func() error { return tx.PutDecision(d) },
			func() error {
				return tx.PutAnnotation(review.Annotation{ID: id(), ItemID: item.ID, AppID: app, UserID: ann, Segment: "prompt", Body: said(18), CreatedAt: start})
			},
			func() error { return tx.PutFeedback(id(), in.ID, review.Feedback{FinalAnswer: &answer}, start) },
			func() error { return tx.PutOpinion(opinion) },
			func() error {
				return tx.PutInbox(review.InboxEntry{ID: id(), UserID: ann, AppID: app, ItemID: item.ID, Actor: f.bob.Actor(), Body: said(20), CreatedAt: start})
			},
			func() error { return tx.PutSkip(item.ID, ann, said(21), start) },
			func() error { return tx.PutItem(control, nil) },
			func() error {
				return tx.PutControl(review.Control{ItemID: control.ID, UserID: ann, OriginalID: item.ID, Gold: review.JudgeBlock, Findings: findings, CreatedAt: start})
			},
			func() error {
				return tx.PutRestriction(review.Restriction{AppID: app, UserID: "u1", Standing: "block", Until: start.Add(time.Hour), Reason: said(22), Actor: f.ann.Actor(), CreatedAt: start})
			},
			func() error {
				return tx.PutExperiment(review.Experiment{ID: id(), AppID: app, Bias: "bias.test", State: "draft", Plan: review.ExperimentPlan{Name: "n", Question: said(23)}, CreatedAt: start})
			},
			func() error {
				return tx.PutSavedView(review.SavedView{ID: id(), OwnerID: ann, Name: "n", Query: "text=" + said(24), CreatedAt: start})
			},
			func() error {
				return tx.PutPolicyDraft(review.PolicyDraft{AppID: app, Revision: "r", Base: 1, Policy: draft, Actor: f.ann.Actor(), ModifiedAt: start})
			},
			func() error { draft.Version = 2; return tx.PutPolicy(draft, cli, said(25), start) },
			func() error {
				return tx.PutLegalHold(review.LegalHold{ID: id(), AppID: app, Kind: review.HoldUser, Subject: "u9", Reason: said(27), Actor: f.ann.Actor(), CreatedAt: start})
			},
			func() error {
				return tx.PutErasure(review.Erasure{ID: id(), AppID: app, UserID: "u9", Reason: said(28), Actor: f.ann.Actor(), CreatedAt: start})
			},
			func() error {
				return tx.PutExport(review.Export{ID: id(), By: f.ann.Actor(), State: review.ExportDone, File: said(29), AskedAt: start, TouchedAt: start, EndedAt: start, ExpiresAt: start.Add(time.Hour)})
			},
			func() error {
				return tx.PutAlertRule(review.AlertRule{ID: id(), AppID: app, Name: "n", Metric: review.AlertQueueAge, SilencedUntil: start, SilenceReason: said(30), CreatedAt: start})
			},
			func() error {
				return tx.PutAPIKey(review.APIKey{ID: id(), AppID: app, Prefix: signingPrefix, Hash: []byte("h"), Signs: true, CreatedAt: start}, said(31))
			},
			func() error { return tx.PutWebhook(hook) },
			func() error {
				return tx.Publish(review.Notice{Key: d.ID, Topic: review.TopicDecided, AppID: app, Payload: []byte(`{"item_id":"` + item.ID + `","reason":"` + said(26) + `"}`), NotBefore: start})
			},
		} {
			if err := put(); err != nil {
				return err
			}
		}
		return nil
	})
	made, err := f.FanOut(t.Context(), start.Add(time.Minute))
	require.NoError(t, err)
	require.Equal(t, 1, made)
	return item.ID
}

// everything reads all that putEverything wrote.
func (f *fixture) everything(t testing.TB, s *store.Store, itemID string) []any {
	t.Helper()
	ctx, app, ann := t.Context(), f.caller.App.ID, f.ann.User.ID
	var out []any
	add := func(v any, err error) {
		require.NoError(t, err)
		out = append(out, v)
	}
	view, err := s.ItemView(ctx, []string{app}, itemID, ann)
	add(view, err)
	receipt, err := s.Receipt(ctx, app, view.Interaction.ID)
	add(receipt, err)
	queue, err := s.Queue(ctx, review.QueueQuery{AppIDs: []string{app}, Viewer: ann, Limit: 1})
	add(queue, err)
	inbox, err := s.Inbox(ctx, ann, []string{app}, "", 10)
	add(inbox, err)
	holds, err := s.LegalHolds(ctx, app)
	add(holds, err)
	erasures, err := s.Erasures(ctx, app, 10)
	add(erasures, err)
	rules, err := s.AlertRules(ctx, []string{app})
	add(rules, err)
	_, signing, err := s.Signer(ctx, signingPrefix)
	add(signing, err)
	exports, err := s.Exports(ctx, ann, 10)
	add(exports, err)
	restrictions, err := s.Restrictions(ctx, start)
	add(restrictions, err)
	experiments, err := s.Experiments(ctx, app)
	add(experiments, err)
	views, err := s.SavedViews(ctx, ann, []string{app}, 10)
	add(views, err)
	draft, err := s.PolicyDraft(ctx, app)
	add(draft, err)
	versions, err := s.PolicyVersions(ctx, app, 10)
	add(versions, err)
	deliveries, err := s.Deliveries(ctx, app, review.TopicDecided, 0, 10, start.Add(time.Hour))
	add(deliveries, err)
	hooks, err := s.Webhooks(ctx, app)
	add(hooks, err)
	sent, err := s.WebhookDeliveries(ctx, app, review.DeliveryQuery{WebhookID: hooks[0].ID, Limit: 10})
	add(sent, err)
	for row, err := range s.Decisions(ctx, review.DecisionQuery{AppIDs: []string{app}}) {
		add(row, err)
	}
	for taught, err := range s.LatestTaught(ctx, app, 10) {
		add(taught, err)
	}
	taught, _, err := s.TaughtAfter(ctx, 0, 100)
	add(taught, err)
	alike, err := s.AlikeItems(ctx, review.Item{AppID: app, Fingerprint: "same", Kind: review.KindInteraction}, ann, 10)
	add(alike, err)
	require.NotEmpty(t, alike)
	return out
}

func noWordIsThere(t *testing.T, f *fixture) {
	item := f.putEverything(t)
	require.Contains(t, fmt.Sprintf("%+v", f.everything(t, f.Store, item)), planted, "it is read again")
	columns := 0
	for table, names := range store.SealedColumns() {
		for _, column := range names {
			columns++
			require.Positive(t, f.count(t, "SELECT COUNT(*) FROM "+table+" WHERE octet_length("+column+") > 0"), "%s.%s is written", table, column)
			require.Empty(t, f.containing(t, table, column), "%s.%s", table, column)
		}
	}
	require.Equal(t, 36, columns)
	for _, column := range []string{"detail", "origin"} {
		require.Empty(t, f.containing(t, "events", column))
	}
}

// containing returns a value of a column in which the planted word stands.
func (f *fixture) containing(t testing.TB, table, column string) string {
	t.Helper()
	for _, value := range f.values(t, table, column) {
		if strings.Contains(string(value), planted) {
			return string(value)
		}
	}
	return ""
}

func (f *fixture) values(t testing.TB, table, column string) [][]byte {
	t.Helper()
	rows, err := f.sql(t).QueryContext(t.Context(), "SELECT "+column+" FROM "+table+" WHERE octet_length("+column+") > 0")
	require.NoError(t, err)
	defer rows.Close()
	var out [][]byte
	for rows.Next() {
		var value []byte
		require.NoError(t, rows.Scan(&value))
		out = append(out, value)
	}
	require.NoError(t, rows.Err())
	return out
}

// resealAll seals until nothing is left, and tells in how many steps.
func resealAll(t testing.TB, s *store.Store) (steps int) {
	t.Helper()
	for more := true; more; steps++ {
		var err error
		more, err = s.Reseal(t.Context())
		require.NoError(t, err)
		require.Less(t, steps, 1_000, "it ends")
	}
	return steps
}

// checkKey wants all that is sealed to be sealed with one key.
func (f *fixture) checkKey(t testing.TB, id uint32) {
	t.Helper()
	values := 0
	for table, columns := range store.SealedColumns() {
		for _, column := range columns {
			for _, value := range f.values(t, table, column) {
				used, sealed := secret.SealedWith(value)
				require.True(t, sealed && used == id, "%s.%s: %d", table, column, used)
				values++
			}
		}
	}
	require.Positive(t, values)
}

func earlierTextsAreSealed(t *testing.T, f *fixture) {
	item := f.putEverything(t)
	require.NotEmpty(t, f.containing(t, "decisions", "reason"), "it is not sealed yet")
	f.decide(t, f.ann, f.flagged(t, "and another"), review.JudgeBlock)
	before := f.everything(t, f.Store, item)
	keys := newTestKeys(t)
	f.options.Keys = keys.source
	s := f.open(t)
	require.True(t, reflect.DeepEqual(before, f.everything(t, s, item)), "what is not sealed is read")
	resealAll(t, s)
	f.checkKey(t, keys.now.Load().Primary())
	require.True(t, reflect.DeepEqual(before, f.everything(t, s, item)), "what is sealed is read")
	for _, table := range sealings(t, s) {
		require.True(t, table.Finished && table.Done == table.Total, "%+v", table)
	}
	f.verifyChain(t)
	require.Equal(t, 1, resealAll(t, s), "nothing is left to do")
}

func sealings(t testing.TB, s *store.Store) []store.Sealing {
	t.Helper()
	out, err := s.Sealings(t.Context())
	require.NoError(t, err)
	require.Len(t, out, len(store.SealedColumns()))
	return out
}

func sealedForItsPlace(t *testing.T, f *fixture) {
	a, b := f.submit(t, review.Submission{Prompt: "one", Response: "two"}), f.submit(t, review.Submission{Prompt: "three", Response: "four"})
	db := f.sql(t)
	for n, swap := range []string{
		"UPDATE interactions SET prompt = (SELECT o.prompt FROM interactions o WHERE o.id = '" + b.ID + "') WHERE id = '" + a.ID + "'", // from another row
		"UPDATE interactions SET response = prompt WHERE id = '" + b.ID + "'",                                                          // from another column
	} {
		_, err := db.ExecContext(t.Context(), swap)
		require.NoError(t, err)
		_, err = f.Receipt(t.Context(), f.caller.App.ID, []string{a.ID, b.ID}[n])
		require.Equal(t, review.CodeInternal, review.CodeOf(err))
		require.ErrorIs(t, err, secret.ErrChanged)
	}
}

func keyIsChanged(t *testing.T, f *fixture) {
	keys := newTestKeys(t)
	keys.now.Store(f.keysNow(t))
	f.options.Keys = keys.source
	mine, theirs := f.open(t), f.open(t) // two processes
	item := f.putEverything(t)
	before := f.everything(t, f.Store, item)
	service, _ := f.over(t, theirs)
	old := keys.now.Load()

	stop := make(chan struct{})
	var others sync.WaitGroup
	posted := newMilestones()
	for range 3 {
		others.Go(func() {
			defer posted.end()
			for {
				select {
				case <-stop:
					return
				default:
				}
				r, err := service.Submit(t.Context(), f.caller, review.Submission{Prompt: "suspicious " + planted})
				if err == nil {
					_, err = theirs.Receipt(t.Context(), f.caller.App.ID, r.ID)
				}
				if err != nil {
					t.Error("a request failed while the key was changed: ", err)
					return
				}
				posted.add()
			}
		})
	}
	posted.more(20)
	id := keys.add(t)
	key, changed, err := mine.UseNewKey(t.Context())
	require.NoError(t, err)
	require.True(t, changed)
	require.Equal(t, id, key.ID)
	_, changed, err = mine.UseNewKey(t.Context())
	require.NoError(t, err)
	require.False(t, changed, "once is enough")
	kept, stale, err := mine.DropOldKeys(t.Context())
	require.NoError(t, err)
	require.Equal(t, id, kept)
	require.Positive(t, stale, "the old key is still needed")
	used, err := mine.TextKeys(t.Context())
	require.NoError(t, err)
	require.Len(t, used, 2)

	_, err = mine.Reseal(t.Context()) // and is killed; somebody else goes on
	require.NoError(t, err)
	_, err = mine.Reseal(t.Context())
	require.NoError(t, err)
	resealAll(t, theirs)
	posted.more(20)
	close(stop)
	others.Wait()
	f.checkKey(t, id)
	_, stale, err = mine.DropOldKeys(t.Context())
	require.NoError(t, err)
	require.Zero(t, stale)
	fresh, err := keys.now.Load().Only(id)
	require.NoError(t, err)
	keys.now.Store(fresh)
	require.False(t, fresh.Has(old.Primary()))
	require.True(t, reflect.DeepEqual(before, f.everything(t, f.open(t), item)), "a process that was never given the old key")
	f.verifyChain(t)
}

// milestones count what others do, for somebody who waits until they have done some more.
type milestones struct {
	mu      sync.Mutex
	changed *sync.Cond
	n       int
	ended   bool
}

func newMilestones() *milestones {
	m := &milestones{}
	m.changed = sync.NewCond(&m.mu)
	return m
}

func (m *milestones) add() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.n++
	m.changed.Broadcast()
}

// end says that one of those who count has stopped, so that nobody waits for what does not come.
func (m *milestones) end() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.ended = true
	m.changed.Broadcast()
}

// more waits until so many more are counted, or somebody has stopped.
func (m *milestones) more(n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for want := m.n + n; m.n < want && !m.ended; {
		m.changed.Wait()
	}
}

func (f *fixture) keysNow(t testing.TB) *secret.Keyring {
	t.Helper()
	keys, err := f.options.Keys(t.Context())
	require.NoError(t, err)
	return keys
}

func wrongKeyIsTold(t *testing.T, f *fixture) {
	right := f.options.Keys
	_, err := f.tryOpen(t, nil)
	require.Equal(t, review.CodeUnavailable, review.CodeOf(err))
	require.ErrorContains(t, err, "no key was given")
	_, err = f.tryOpen(t, newTestKeys(t).source)
	require.ErrorContains(t, err, "is not among the keys that were given")
	_, err = f.tryOpen(t, func(context.Context) (*secret.Keyring, error) { return nil, context.DeadlineExceeded })
	require.ErrorIs(t, err, context.DeadlineExceeded)

	_, err = f.sql(t).ExecContext(t.Context(), "UPDATE text_keys SET proof = (SELECT reason FROM policies LIMIT 1)")
	require.NoError(t, err)
	_, err = f.tryOpen(t, right)
	require.ErrorContains(t, err, "another one of the same number")
}

func (f *fixture) tryOpen(t testing.TB, source store.KeySource) (*store.Store, error) {
	t.Helper()
	o := f.options
	o.Keys = source
	return store.Open(t.Context(), o)
}

func changedTextStopsNothing(t *testing.T, f *fixture) {
	keys := newTestKeys(t)
	keys.now.Store(f.keysNow(t))
	f.options.Keys = keys.source
	s := f.open(t)
	a, b := f.submit(t, review.Submission{Prompt: "one"}), f.submit(t, review.Submission{Prompt: "two"})
	_, err := f.sql(t).ExecContext(t.Context(), "UPDATE interactions SET prompt = excerpt WHERE id = '"+a.ID+"'")
	require.NoError(t, err)
	keys.add(t)
	_, _, err = s.UseNewKey(t.Context())
	require.NoError(t, err)
	resealAll(t, s)
	_, stale, err := s.DropOldKeys(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, stale, "the key that could tell more of it stays")
	r, err := s.Receipt(t.Context(), f.caller.App.ID, b.ID)
	require.NoError(t, err)
	require.Equal(t, "two", r.Content.Prompt)
}

func recordsAreSealedAnew(t *testing.T, f *fixture) {
	f.putEverything(t)
	db := f.sql(t)
	tried := 0
	for table, columns := range map[string][]string{
		"decisions": {"id", "item_id", "app_id", "actor_kind", "actor_id", "from_state", "judgement", "label", "confidence", "policy_version", "guard_verdict",
			"guard_risk", "blind_verdict", "final_verdict", "changed_after_reveal", "focused_ms", "sampling_kind", "propensity", "batch_id", "created_at",
			"opinion", "escalation", "reverses"},
		"controls": {"item_id", "user_id", "original_id", "gold", "misleading", "shown_id", "propensity", "created_at"},
	} {
		texts := store.SealedColumns()[table]
		require.Equal(t, f.columns(t, table), len(columns)+len(texts), "%s has other columns", table)
		for _, column := range columns {
			_, err := db.ExecContext(t.Context(), "UPDATE "+table+" SET "+column+" = "+column)
			require.ErrorContains(t, err, table+" are append-only", column)
			tried++
		}
		for _, column := range texts {
			_, err := db.ExecContext(t.Context(), "UPDATE "+table+" SET "+column+" = $1", []byte("plain"))
			require.ErrorContains(t, err, table+" are append-only", column)
			tried++
			value := f.values(t, table, column)[0]
			_, err = db.ExecContext(t.Context(), "UPDATE "+table+" SET "+column+" = $1", append(value[:len(value):len(value)], 0))
			require.NoError(t, err, column)
		}
	}
	require.Equal(t, 31+5, tried)
}

// columns counts those of a table.
func (f *fixture) columns(t testing.TB, table string) int {
	t.Helper()
	rows, err := f.sql(t).QueryContext(t.Context(), "SELECT * FROM "+table+" LIMIT 1")
	require.NoError(t, err)
	defer rows.Close()
	columns, err := rows.Columns()
	require.NoError(t, err)
	require.NoError(t, rows.Err())
	return len(columns)
}

func whatStaysIsSealed(t *testing.T, f *fixture) {
	r := f.submit(t, review.Submission{Prompt: "suspicious " + planted})
	answer := planted
	_, err := f.service.AddFeedback(t.Context(), f.caller, r.ID, review.Feedback{Action: review.FeedbackEdited, InitialAnswer: &answer})
	require.NoError(t, err)
	removals, err := f.Removals(t.Context(), []string{r.ID})
	require.NoError(t, err)
	f.write(t, func(tx review.Tx) error {
		removed, err := tx.RemoveText(removals[0], start, true)
		require.True(t, removed)
		return err
	})
	view, err := f.ItemView(t.Context(), []string{f.caller.App.ID}, r.Item.ID, f.ann.User.ID)
	require.NoError(t, err)
	require.Empty(t, view.Interaction.Content.Prompt)
	require.Equal(t, "injection.test", view.Assessment.Findings[0].Detector)
	require.Equal(t, review.FeedbackEdited, view.Feedback.Action)
	require.Nil(t, view.Feedback.InitialAnswer)
}
