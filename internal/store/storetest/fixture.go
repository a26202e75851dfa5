package storetest

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/internal/store"
)

// start is when every test begins.
var start = time.Date(2026, 3, 1, 12, 0, 0, 123_456_000, time.UTC)

// clock stands still until it is told to move.
type clock struct{ micros atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.micros.Store(start.UnixMicro())
	return c
}

func (c *clock) now() time.Time          { return time.UnixMicro(c.micros.Load()).UTC() }
func (c *clock) advance(d time.Duration) { c.micros.Add(d.Microseconds()) }

// ids grow and sort like UUIDv7; every fixture has its own range.
var fixtures atomic.Int64

type ids struct {
	fixture int64
	last    atomic.Int64
}

func newIDs() *ids { return &ids{fixture: fixtures.Add(1)} }

func (i *ids) next() string {
	return fmt.Sprintf("01900000-%04x-7000-8000-%012x", i.fixture&0xffff, i.last.Add(1))
}

// fixture is an empty database with one App, its key, two analysts and a lead, and
// the use cases on top.
type fixture struct {
	*store.Store
	options  store.Options
	below    func(testing.TB, store.Options) *sql.DB
	clock    *clock
	unsealed bool // the scenario writes below the store
	ids      *ids
	service  *review.Service
	accounts *review.Accounts
	caller   review.Caller
	ann      review.Viewer
	bob      review.Viewer
	lead     review.Viewer
}

func newFixture(t testing.TB, database Database, open bool) *fixture {
	t.Helper()
	f := &fixture{options: database.Options(t), below: database.SQL, clock: newClock(), ids: newIDs()}
	f.options.Clock = f.clock.now
	f.options.SearchKey = []byte("a key")
	if !open {
		f.options.Keys = newTestKeys(t).source
	}
	f.options.Logger = slog.New(slog.DiscardHandler)
	_, err := store.Migrate(t.Context(), f.options)
	require.NoError(t, err)
	t.Cleanup(func() { checkSealed(t, f) }) // runs after the store is closed
	f.Store = f.open(t)
	f.service, f.accounts = f.over(t, f.Store)
	app := f.addApp(t, "support")
	f.caller = review.Caller{App: app, KeyID: "", PolicyVersion: 1}
	f.ann = f.addViewer(t, "ann@example.com", review.RoleAnalyst, app)
	f.bob = f.addViewer(t, "bob@example.com", review.RoleAnalyst, app)
	f.lead = f.addViewer(t, "lead@example.com", review.RoleLead, app)
	return f
}

// open returns another handle on the same database, as another process has it.
func (f *fixture) open(t testing.TB) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), f.options)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// sql returns the database below the store.
func (f *fixture) sql(t testing.TB) *sql.DB {
	t.Helper()
	db := f.below(t, f.options)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

// count returns the number that a query selects.
func (f *fixture) count(t testing.TB, query string) int {
	t.Helper()
	var n int
	require.NoError(t, f.sql(t).QueryRowContext(t.Context(), query).Scan(&n))
	return n
}

// over puts the use cases on a store.
func (f *fixture) over(t testing.TB, s review.Store) (*review.Service, *review.Accounts) {
	t.Helper()
	service, err := review.NewService(review.Deps{
		Store: s, Screener: screener{}, Bias: biasEngine{}, Conduct: conduct{}, Ledger: ledger{}, Meter: meter{}, Clock: f.clock.now,
		NewID: f.ids.next, NewToken: f.ids.next, Rand: func() float64 { return 0.5 },
	})
	require.NoError(t, err)
	accounts, err := review.NewAccounts(review.AccountDeps{
		Store: s, Passwords: passwords{}, Keys: keys{}, Replays: &replays{}, SecondFactors: factors{}, Passkeys: passkeys{}, Clock: f.clock.now, NewID: f.ids.next, Specs: specs(), FirstPolicy: plainPolicy,
	})
	require.NoError(t, err)
	return service, accounts
}

var cli = review.Actor{Kind: review.ActorSystem, ID: "cli"}

func (f *fixture) addApp(t testing.TB, name string) review.App {
	t.Helper()
	app, err := f.accounts.AddApp(t.Context(), cli, name)
	require.NoError(t, err)
	return app
}

func (f *fixture) addViewer(t testing.TB, email string, role review.Role, apps ...review.App) review.Viewer {
	t.Helper()
	var names []string
	for _, a := range apps {
		names = append(names, a.Name)
	}
	u, err := f.accounts.AddUser(t.Context(), cli, review.NewUser{Email: email, Role: role, Apps: names, Password: "correct horse battery"})
	require.NoError(t, err)
	v, err := f.accounts.Viewer(t.Context(), u.ID)
	require.NoError(t, err)
	return v
}

func (f *fixture) submit(t testing.TB, s review.Submission) review.Receipt {
	t.Helper()
	r, err := f.service.Submit(t.Context(), f.caller, s)
	require.NoError(t, err)
	return r
}

// flagged submits a prompt that the screener flags and returns its Item's id.
func (f *fixture) flagged(t testing.TB, prompt string) string {
	t.Helper()
	r := f.submit(t, review.Submission{Prompt: "suspicious " + prompt, UserID: "u1", Model: "m1"})
	require.NotNil(t, r.Item)
	return r.Item.ID
}

// decide claims the Item and decides it.
func (f *fixture) decide(t testing.TB, v review.Viewer, itemID string, j review.Judgement) review.Decision {
	t.Helper()
	claim, err := f.service.ClaimItem(t.Context(), v, itemID)
	require.NoError(t, err)
	view, err := f.service.View(t.Context(), v, itemID)
	require.NoError(t, err)
	d, err := f.service.Decide(t.Context(), v, review.DecideCommand{
		ItemID: itemID, Token: claim.Token, Version: view.Item.Version, Judgement: j, Label: "injection", Reason: "because", FocusedMS: 1500,
	})
	require.NoError(t, err)
	return d
}

// write runs fn and wants it to succeed.
func (f *fixture) write(t testing.TB, fn func(review.Tx) error) {
	t.Helper()
	require.NoError(t, f.Write(t.Context(), fn))
}

// verifyChain wants every Event to be what was written.
func (f *fixture) verifyChain(t testing.TB) int64 {
	t.Helper()
	report, err := f.VerifyChain(t.Context())
	require.NoError(t, err)
	require.True(t, report.OK(), "event %d: %s", report.Broken, report.Reason)
	return report.Head.Seq
}

// plainPolicy has nothing judged blind, and no controls.
func plainPolicy(specs []review.DetectorSpec) review.Policy {
	p := review.DefaultPolicy(specs)
	p.Blind, p.Controls = review.BlindRules{}, review.ControlRules{}
	return p
}

// screener finds the words suspicious, forbidden and secret.
type screener struct{}

func specs() []review.DetectorSpec {
	rule := review.Rule{Mode: review.ModeEnforce, Flag: 0.5, Block: 0.95}
	return []review.DetectorSpec{
		{ID: "bias.test", Category: review.CategoryBias, Default: rule},
		{ID: "injection.test", Category: review.CategoryInjection, Default: rule},
		{ID: "pii.test", Category: review.CategoryPII, Default: review.Rule{Mode: review.ModeMonitor}},
	}
}

func (screener) Specs() []review.DetectorSpec { return specs()[1:] }

func (screener) CheckPolicy(p review.Policy) error { return p.Validate() }

func (s screener) ScreenAmong(ctx context.Context, segment review.Segment, _ []review.Segment, p review.Policy) review.Screening {
	return s.Screen(ctx, []review.Segment{segment}, p)
}

func (screener) Screen(_ context.Context, segments []review.Segment, _ review.Policy) review.Screening {
	var out review.Screening
	for _, s := range segments {
		for _, word := range []struct {
			text       string
			detector   string
			category   review.Category
			confidence float64
		}{
			{"suspicious", "injection.test", review.CategoryInjection, 0.8},
			{"forbidden", "injection.test", review.CategoryInjection, 0.97},
			{"secret", "pii.test", review.CategoryPII, 0.9},
		} {
			start := strings.Index(s.Text, word.text)
			if start < 0 {
				continue
			}
			end := start + len(word.text)
			out.Findings = append(out.Findings, review.Finding{
				Detector: word.detector, Category: word.category, Severity: review.SeverityHigh, Confidence: word.confidence,
				Segment: s.Name, Start: start, End: end, Message: "The word " + word.text + ".",
			})
			if word.category == review.CategoryPII {
				out.Redactions = append(out.Redactions, review.Redaction{Segment: s.Name, Start: start, End: end, Placeholder: "[HIDDEN_1]"})
			}
		}
	}
	return out
}

// biasEngine fires at once when a response was accepted without review.
type biasEngine struct{}

func (biasEngine) Specs() []review.DetectorSpec { return specs()[:1] }

func (biasEngine) Texts() []review.InterventionText {
	return []review.InterventionText{{Bias: "bias.test", Strategy: "text", Text: "What would change your mind?"}}
}

func (biasEngine) Outcomes(_ review.Interaction, f review.Feedback) []review.Shown {
	if f.AITruth != "wrong" {
		return nil
	}
	return []review.Shown{{Measure: review.MeasureOverReliance, Value: 1}}
}

func (biasEngine) Observe(_ review.Interaction, f *review.Feedback) []review.Observation {
	if f == nil || f.Action != review.FeedbackAcceptedWithoutReview {
		return nil
	}
	return []review.Observation{{Detector: "bias.test", X: 1}}
}

func (biasEngine) Update(s review.BiasState, o review.Observation, now time.Time) (review.BiasState, *review.Proposal) {
	s.Alpha, s.Beta, s.Weight, s.Firing, s.FiredAt, s.UpdatedAt = s.Alpha+o.X, s.Beta+1-o.X, s.Weight+1, true, &now, now
	return s, &review.Proposal{
		Finding:  review.Finding{Detector: o.Detector, Category: review.CategoryBias, Severity: review.SeverityMedium, Confidence: 0.7, Message: "Accepted unread."},
		Strategy: "text", Text: "What would change your mind?",
	}
}

// conduct finds nothing unusual.
type conduct struct{}

func (conduct) Specs() []review.DetectorSpec { return nil }
func (conduct) Observe(review.Interaction, []review.Finding, review.Policy) []review.Finding {
	return nil
}

func (conduct) Denied(string, string, time.Time)                   {}
func (conduct) HoldBack(string, string, review.Finding, time.Time) {}
func (conduct) Release(string, string, time.Time)                  {}
func (conduct) HeldBack(string, string, time.Time) (review.Held, bool) {
	return review.Held{}, false
}

// ledger counts nothing and has room for everything.
type ledger struct{}

func (ledger) Take(_ string, _ time.Time, charges []review.Charge, _ bool) ([]review.Level, bool, error) {
	levels := make([]review.Level, len(charges))
	for i, c := range charges {
		levels[i] = review.Level{Used: c.Amount, Fits: true}
	}
	return levels, true, nil
}
func (ledger) Settle(string, time.Time, []review.Settlement) {}
func (ledger) Spent(string, string, time.Time, int64)        {}

type meter struct{}

func (meter) Screened(review.Assessment) {}
func (meter) Denied(string)              {}
func (meter) Decided(review.Judgement)   {}

// passwords is for speed: the real hasher takes its time on purpose.
type passwords struct{}

func (passwords) Hash(_ context.Context, password string, _ ...string) (string, error) {
	return "plain:" + password, nil
}
func (passwords) Verify(_ context.Context, hash, password string) (bool, error) {
	return hash == "plain:"+password, nil
}

// factors takes the code "123456" for the step of the time.
type factors struct{}

func (factors) NewTOTP(userID string) ([]byte, error) { return []byte("sealed for " + userID), nil }
func (factors) ShowTOTP(sealed []byte, u review.User) (review.TOTPSetup, error) {
	return review.TOTPSetup{Secret: string(sealed)}, nil
}
func (factors) CheckTOTP(_ []byte, _, code string, now time.Time, last int64) (int64, bool, error) {
	step := now.Unix() / 30
	return step, code == "123456" && step > last, nil
}
func (factors) NewRecoveryCodes() ([]string, [][]byte, error) {
	return []string{"one", "two"}, [][]byte{[]byte("hash of one"), []byte("hash of two")}, nil
}
func (factors) HashRecoveryCode(code string) []byte {
	if code == "123456" {
		return nil
	}
	return []byte("hash of " + code)
}

// passkeys are authenticators whose answer is "user credential counter".
type passkeys struct{}

func (passkeys) BeginAdding(_ string, u review.User, have []review.Passkey) ([]byte, []byte, error) {
	return []byte(fmt.Sprint(u.ID, len(have))), []byte("asked"), nil
}

func (passkeys) FinishAdding(_ string, _ review.User, _ []review.Passkey, _, answer []byte) (credentialID, document []byte, err error) {
	if len(answer) == 0 {
		return nil, nil, review.Errorf(review.CodeUnprocessable, "nothing")
	}
	return answer, []byte("0"), nil
}
func (passkeys) BeginProving(string) ([]byte, []byte, error) {
	return []byte("who"), []byte("asked"), nil
}

func (passkeys) FinishProving(_ string, _, answer []byte, find func(string) (review.User, []review.Passkey, error)) (review.PasskeyProof, error) {
	words := strings.Fields(string(answer))
	u, have, err := find(words[0])
	if err != nil {
		return review.PasskeyProof{}, err
	}
	for _, p := range have {
		if string(p.CredentialID) == words[1] {
			return review.PasskeyProof{UserID: u.ID, CredentialID: p.CredentialID, Document: []byte(words[2]), Cloned: words[2] <= string(p.Document)}, nil
		}
	}
	return review.PasskeyProof{}, review.Errorf(review.CodeUnprocessable, "unknown")
}

// replays remember every word.
type replays struct{ came sync.Map }

func (r *replays) First(_ context.Context, appID, word string, _, _ time.Time) (bool, error) {
	_, came := r.came.LoadOrStore(appID+word, true)
	return !came, nil
}

type keys struct{}

var minted atomic.Int64

func (keys) Mint() (string, string, []byte, error) {
	key := fmt.Sprintf("key-%d", minted.Add(1))
	hash, _ := keys{}.Hash(key)
	return key, key, hash, nil
}

func (keys) Hash(key string) ([]byte, bool) {
	sum := sha256.Sum256([]byte(key))
	return sum[:], strings.HasPrefix(key, "key-")
}

func (keys) MintLink() (string, []byte, error) {
	token := fmt.Sprintf("link-%d", minted.Add(1))
	return token, keys{}.HashLink(token), nil
}

func (keys) HashLink(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}
