package web

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"io"
	"iter"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2/memstore"
	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/export"
	"github.com/guardroom/guardroom/internal/gateway"
	"github.com/guardroom/guardroom/internal/llm"
	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/static"
	"github.com/guardroom/guardroom/views"
)

// broken is a store in which one thing fails at a time: faults that a real database
// does not show on command. What is not overridden panics.
type broken struct {
	review.Store
	write, counts, user error
	wellFor             int // writes
	rows                iter.Seq2[review.DecisionRow, error]
}

var analyst = review.User{ID: "u-1", Name: "analyst", Role: review.RoleAnalyst, PasswordHash: "hash"}

func (b *broken) Caller(context.Context, []byte) (review.Caller, error) {
	return review.Caller{App: review.App{ID: "a-1", Name: "app"}, PolicyVersion: 1, Scopes: review.Scopes()}, nil
}

func (b *broken) Policy(context.Context, string, int) (review.Policy, error) {
	return review.DefaultPolicy(nil), nil
}

func (b *broken) User(context.Context, string) (review.User, error) { return analyst, b.user }

func (b *broken) AppsOf(context.Context, string) ([]review.App, error) {
	return []review.App{{ID: "a-1", Name: "app"}}, nil
}

func (b *broken) Counts(context.Context, []string) (review.Counts, error) { return nil, b.counts }

func (b *broken) OwnControls(context.Context, string, []string) (review.Counts, error) {
	return nil, nil
}

func (b *broken) SavedViews(context.Context, string, []string, int) ([]review.SavedView, error) {
	return nil, nil
}

func (b *broken) Desk(context.Context, string, []string, time.Time) (review.Desk, error) {
	return review.Desk{}, nil
}

// Write fails after as many times as it is to go well.
func (b *broken) Write(context.Context, func(review.Tx) error) error {
	if b.wellFor > 0 {
		b.wellFor--
		return nil
	}
	return b.write
}

func (b *broken) CountDecisions(context.Context, review.DecisionQuery) (int, error) { return 1, nil }

func (b *broken) Decisions(context.Context, review.DecisionQuery) iter.Seq2[review.DecisionRow, error] {
	return b.rows
}

func (b *broken) FindExternal(context.Context, string, string) (string, [32]byte, bool, error) {
	return "", [32]byte{}, false, nil
}

type anyKey struct{}

func (anyKey) Mint() (key, prefix string, hash []byte, err error) { return "", "", nil, nil }
func (anyKey) Hash(string) ([]byte, bool)                         { return []byte{1}, true }
func (anyKey) MintLink() (token string, hash []byte, err error)   { return "", nil, nil }
func (anyKey) HashLink(string) []byte                             { return nil }

// nothingCame remembers nothing.
type nothingCame struct{}

func (nothingCame) First(context.Context, string, string, time.Time, time.Time) (bool, error) {
	return true, nil
}

type anyPassword struct{}

func (anyPassword) Hash(context.Context, string, ...string) (string, error) { return "hash", nil }
func (anyPassword) Verify(context.Context, string, string) (bool, error)    { return true, nil }

type noFactors struct{}

func (noFactors) NewTOTP(string) ([]byte, error) { return nil, nil }
func (noFactors) ShowTOTP([]byte, review.User) (review.TOTPSetup, error) {
	return review.TOTPSetup{}, nil
}
func (noFactors) CheckTOTP([]byte, string, string, time.Time, int64) (int64, bool, error) {
	return 0, false, nil
}
func (noFactors) NewRecoveryCodes() ([]string, [][]byte, error) { return nil, nil, nil }
func (noFactors) HashRecoveryCode(string) []byte                { return nil }

func (b *broken) TOTP(context.Context, string) (*review.TOTP, error) { return nil, nil }
func (b *broken) Passkeys(context.Context, string) ([]review.Passkey, error) {
	return nil, nil
}

type noPasskeys struct{ review.PasskeyMaker }

func (noPasskeys) BeginProving(string) (ask, remember []byte, err error) {
	return nil, nil, review.Errorf(review.CodeConflict, "there are none")
}

type quietGuard struct{}

func (quietGuard) Specs() []review.DetectorSpec      { return nil }
func (quietGuard) CheckPolicy(p review.Policy) error { return p.Validate() }
func (quietGuard) Screen(context.Context, []review.Segment, review.Policy) review.Screening {
	return review.Screening{}
}
func (quietGuard) Texts() []review.InterventionText                            { return nil }
func (quietGuard) Outcomes(review.Interaction, review.Feedback) []review.Shown { return nil }
func (quietGuard) ScreenAmong(context.Context, review.Segment, []review.Segment, review.Policy) review.Screening {
	return review.Screening{}
}
func (quietGuard) Observe(review.Interaction, *review.Feedback) []review.Observation { return nil }
func (quietGuard) Update(s review.BiasState, _ review.Observation, _ time.Time) (review.BiasState, *review.Proposal) {
	return s, nil
}

type quietConduct struct{}

func (quietConduct) Specs() []review.DetectorSpec { return nil }
func (quietConduct) Observe(review.Interaction, []review.Finding, review.Policy) []review.Finding {
	return nil
}

func (quietConduct) Denied(string, string, time.Time)                   {}
func (quietConduct) HoldBack(string, string, review.Finding, time.Time) {}
func (quietConduct) Release(string, string, time.Time)                  {}
func (quietConduct) HeldBack(string, string, time.Time) (review.Held, bool) {
	return review.Held{}, false
}

type quietLedger struct{}

func (quietLedger) Take(_ string, _ time.Time, charges []review.Charge, _ bool) ([]review.Level, bool, error) {
	return make([]review.Level, len(charges)), true, nil
}
func (quietLedger) Settle(string, time.Time, []review.Settlement) {}
func (quietLedger) Spent(string, string, time.Time, int64)        {}

// fault is a server on a broken store, and what it logs.
type fault struct {
	*Server
	store    *broken
	sessions *countingStore
	log      bytes.Buffer
}

func newFault(t testing.TB, change func(*Deps)) *fault {
	t.Helper()
	f := &fault{store: &broken{rows: noRows}, sessions: &countingStore{MemStore: memstore.NewWithCleanupInterval(0)}}
	metrics, err := NewMetrics()
	require.NoError(t, err)
	assets, err := static.New()
	require.NoError(t, err)
	id := func() string { return "0198-request" }
	service, err := review.NewService(review.Deps{
		Store: f.store, Screener: quietGuard{}, Bias: quietGuard{}, Conduct: quietConduct{}, Ledger: quietLedger{}, Meter: metrics,
		Clock: time.Now, NewID: id, NewToken: id, Rand: func() float64 { return 1 },
	})
	require.NoError(t, err)
	accounts, err := review.NewAccounts(review.AccountDeps{
		Store: f.store, Passwords: anyPassword{}, Keys: anyKey{}, Replays: nothingCame{}, SecondFactors: noFactors{}, Passkeys: noPasskeys{}, Clock: time.Now, NewID: id, FirstPolicy: review.DefaultPolicy,
	})
	require.NoError(t, err)
	models, err := llm.New(llm.Options{Patience: llm.DefaultPatience(), Rand: func() float64 { return 0 }, Wait: llm.Wait})
	require.NoError(t, err)
	guarded, err := gateway.New(gateway.Deps{Service: service, Models: models, Meter: metrics, Clock: time.Now,
		NewID: func() string { return "i-1" }, Nonce: func() string { return "n" }})
	require.NoError(t, err)
	deps := Deps{
		Gateway: guarded, Webhooks: &review.Webhooks{}, Alerts: &review.Alerts{}, Parts: func(context.Context) review.Parts { return review.Parts{} },
		Service: service, Accounts: accounts, Sessions: f.sessions, Assets: assets, Metrics: metrics,
		Exports: newOffice(t, service, accounts),
		Decode:  func(review.Content, []review.Finding) []views.DecodedText { return nil },
		Ready:   func(context.Context) error { return nil },
		Logger:  slog.New(slog.NewJSONHandler(&f.log, nil)), Clock: time.Now, NewID: id,
		Options: Options{MaxBody: 1 << 20, MaxBatchBody: 1 << 20, SessionLifetime: time.Hour, SessionIdle: time.Hour},
	}
	change(&deps)
	f.Server, err = New(deps)
	require.NoError(t, err)
	return f
}

func newOffice(t testing.TB, service *review.Service, accounts *review.Accounts) *export.Office {
	none := func(io.Writer, iter.Seq2[review.TrailEvent, error], string) (int, error) { return 0, nil }
	office, err := export.NewOffice(export.Deps{
		Service: service, Accounts: accounts, Signer: signer{ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))}, Folder: t.TempDir(), Clock: time.Now, Create: export.CreateFile,
		Trail: []export.TrailFormat{{Name: "jsonl", Write: none}}, RowsAtOnce: 100, EventsAtOnce: 100,
	})
	require.NoError(t, err)
	return office
}

type signer struct{ key ed25519.PrivateKey }

func (signer) Load() error                    { return nil }
func (s signer) PublicKey() ed25519.PublicKey { return s.key.Public().(ed25519.PublicKey) }
func (s signer) SignMessage(m []byte) []byte  { return ed25519.Sign(s.key, m) }

func asIs(*Deps) {}

func noRows(func(review.DecisionRow, error) bool) {}

// signIn makes a session by hand and returns its cookie.
func (f *fault) signIn(t *testing.T) *http.Cookie {
	t.Helper()
	b := &browser{t: t, sessions: f.Server.sessions}
	b.signIn(analyst)
	return b.cookie
}

func (f *fault) do(r *http.Request) *httptest.ResponseRecorder {
	answer := httptest.NewRecorder()
	f.Handler().ServeHTTP(answer, r)
	return answer
}

func (f *fault) page(t *testing.T, target string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, target, nil)
	r.Header.Set("Accept", "text/html")
	r.AddCookie(f.signIn(t))
	return f.do(r)
}

func post(body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, pathInteractions, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	return r
}

var errDisk = review.Unavailable(errors.New("secret cause: disk full at /var/lib"), "Guardroom cannot store anything now.", 7*time.Second)

func TestAFullDiskIsSaidWithWhenToTryAgain(t *testing.T) {
	f := newFault(t, asIs)
	f.store.write = errDisk
	answer := f.do(post(`{"prompt":"x"}`))
	require.Equal(t, http.StatusServiceUnavailable, answer.Code)
	require.Equal(t, "7", answer.Header().Get("Retry-After"))
	require.Contains(t, answer.Body.String(), `"detail":"Guardroom cannot store anything now."`)
	require.NotContains(t, answer.Body.String(), "secret")
	require.Contains(t, f.log.String(), "secret cause", "the log knows")
	require.Contains(t, f.log.String(), `"level":"ERROR"`)

	f.store.write = nil
	require.Equal(t, http.StatusCreated, f.do(post(`{"prompt":"x"}`)).Code, "and goes on without a restart")
}

func TestAFullDiskInABatchIsSaidForEach(t *testing.T) {
	f := newFault(t, asIs)
	f.store.write = errDisk
	r := post(`[{"prompt":"x"},{"nope":1}]`)
	r.URL.Path += "/batch"
	answer := f.do(r)
	require.Equal(t, http.StatusOK, answer.Code)
	require.Contains(t, answer.Body.String(), `"status":503`)
	require.Contains(t, answer.Body.String(), `"status":422`)
	require.NotContains(t, answer.Body.String(), "secret")
	require.Contains(t, f.log.String(), "secret cause")
}

func TestAPanicIsOurFaultAndSaysNothing(t *testing.T) {
	f := newFault(t, asIs)
	for name, answer := range map[string]*httptest.ResponseRecorder{
		"page": f.page(t, "/items/0198"), // the store has no ItemView
		"api": f.do(func() *http.Request {
			return httptest.NewRequest(http.MethodGet, pathInteractions+"/0198", nil) // nor Receipt
		}()),
	} {
		require.Equal(t, http.StatusInternalServerError, answer.Code, name)
		for _, secret := range []string{"nil pointer", "goroutine", ".go:", "runtime"} {
			require.NotContains(t, answer.Body.String(), secret, name)
		}
		require.Contains(t, answer.Body.String(), "0198-request", "the id under which the log tells more")
	}
	require.Equal(t, 2, strings.Count(f.log.String(), `"stack":"goroutine`))
	require.Equal(t, http.StatusOK, f.do(httptest.NewRequest(http.MethodGet, "/healthz", nil)).Code)
}

func TestAPanicInABatchIsOneInteractions(t *testing.T) {
	f := newFault(t, func(d *Deps) { d.Service.Screener = panickingGuard{} })
	r := post(`[{"prompt":"x"},{"prompt":"y"}]`)
	r.URL.Path += "/batch"
	answer := f.do(r)
	require.Equal(t, http.StatusOK, answer.Code)
	require.Equal(t, 2, strings.Count(answer.Body.String(), `"status":500`)/2, "in the result and in its problem")
}

type panickingGuard struct{ quietGuard }

func (panickingGuard) Screen(context.Context, []review.Segment, review.Policy) review.Screening {
	panic("secret")
}

func TestAnErrorPageCanDoWithoutTheCounters(t *testing.T) {
	f := newFault(t, asIs)
	f.store.counts = errDisk
	answer := f.page(t, "/account")
	require.Equal(t, http.StatusServiceUnavailable, answer.Code)
	require.Contains(t, answer.Body.String(), "<html")
	require.Equal(t, "7", answer.Header().Get("Retry-After"))
	require.NotContains(t, answer.Body.String(), "secret")
}

func TestABrokenStoreSendsNobodyToTheSignInPage(t *testing.T) {
	f := newFault(t, asIs)
	f.store.user = errDisk
	require.Equal(t, http.StatusServiceUnavailable, f.page(t, "/queue").Code)

	f = newFault(t, asIs)
	cookie := f.signIn(t)
	f.sessions.broken = errors.New("secret")
	for _, target := range []string{"/queue", "/login"} {
		r := httptest.NewRequest(http.MethodGet, target, nil)
		r.AddCookie(cookie)
		answer := f.do(r)
		require.Equal(t, http.StatusServiceUnavailable, answer.Code, target)
		require.NotContains(t, answer.Body.String(), "secret")
	}
}

func TestNotReady(t *testing.T) {
	f := newFault(t, func(d *Deps) { d.Ready = func(context.Context) error { return errors.New("secret") } })
	answer := f.do(httptest.NewRequest(http.MethodGet, "/readyz", nil))
	require.Equal(t, http.StatusServiceUnavailable, answer.Code)
	require.NotContains(t, answer.Body.String(), "secret")
	require.Equal(t, http.StatusOK, f.do(httptest.NewRequest(http.MethodGet, "/healthz", nil)).Code)
}

func TestAnExportThatFails(t *testing.T) {
	row := func(prompt int) review.DecisionRow {
		return review.DecisionRow{Prompt: strings.Repeat("x", prompt)}
	}
	failing := func(prompt int) iter.Seq2[review.DecisionRow, error] {
		return func(yield func(review.DecisionRow, error) bool) {
			_ = yield(row(prompt), nil) && yield(review.DecisionRow{}, errDisk)
		}
	}
	whole := func(yield func(review.DecisionRow, error) bool) { yield(row(10*exportChunk), nil) }
	for name, c := range map[string]struct {
		rows    iter.Seq2[review.DecisionRow, error]
		write   error // of the database,
		wellFor int   // after so many that went well
		want    string
	}{
		"before anything was sent": {failing(100), nil, 0, "refused"},
		"after a part was sent":    {failing(2 * exportChunk), nil, 0, "broken off"},
		"before it is noted":       {whole, errDisk, 0, "refused"},
		"in the audit chain":       {whole, errDisk, 1, "broken off"},
		"not at all":               {whole, nil, 0, "whole"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFault(t, asIs)
			f.store.write, f.store.wellFor, f.store.rows = c.write, c.wellFor, c.rows
			server := httptest.NewServer(f.Handler())
			defer server.Close()
			r, err := http.NewRequest(http.MethodGet, server.URL+views.PathExportCSV, nil)
			require.NoError(t, err)
			r.AddCookie(f.signIn(t))
			answer, err := server.Client().Do(r)
			require.NoError(t, err)
			defer func() { _ = answer.Body.Close() }()
			body, err := io.ReadAll(answer.Body)
			switch c.want {
			case "refused":
				require.NoError(t, err)
				require.Equal(t, http.StatusServiceUnavailable, answer.StatusCode)
				require.Empty(t, answer.Header.Get("Content-Disposition"))
				require.Contains(t, answer.Header.Get("Content-Type"), "text/html")
				require.NotContains(t, string(body), "xxx")
			case "broken off":
				require.Error(t, err, "nobody takes a part for the whole")
				server.Close() // waits for the request, and so for its line of log
				require.Contains(t, f.log.String(), "secret cause")
			default:
				require.NoError(t, err)
				require.Equal(t, 10*exportChunk, strings.Count(string(body), "x")-strings.Count(strings.Join(export.Header(), ""), "x"))
			}
		})
	}
}

func TestACallerWhoWentAway(t *testing.T) {
	f := newFault(t, asIs)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	f.store.write = context.Canceled
	f.do(post(`{"prompt":"x"}`).WithContext(ctx))
	require.Contains(t, f.log.String(), `"status":499`)
	require.NotContains(t, f.log.String(), `"level":"ERROR"`)
}

func TestABodyThatDoesNotArrive(t *testing.T) {
	f := newFault(t, asIs)
	for _, cause := range []error{io.ErrUnexpectedEOF, errors.New("secret: connection reset")} {
		r := post("")
		r.Body = io.NopCloser(io.MultiReader(strings.NewReader(`{"prompt":`), failingReader{cause}))
		r.ContentLength = -1
		answer := f.do(r)
		require.Equal(t, http.StatusBadRequest, answer.Code)
		require.NotContains(t, answer.Body.String(), "secret")
	}
}

type failingReader struct{ err error }

func (r failingReader) Read([]byte) (int, error) { return 0, r.err }

func TestNewRefusesWhatIsMissingOrOutOfBounds(t *testing.T) {
	good := newFault(t, asIs).Deps
	for name, change := range map[string]func(*Deps){
		"no service":               func(d *Deps) { d.Service = nil },
		"no clock":                 func(d *Deps) { d.Clock = nil },
		"no limit":                 func(d *Deps) { d.Options.MaxBody = 0 },
		"a batch below one":        func(d *Deps) { d.Options.MaxBatchBody = 1 },
		"no idle time":             func(d *Deps) { d.Options.SessionIdle = 0 },
		"a lifetime below idle":    func(d *Deps) { d.Options.SessionLifetime = time.Second },
		"a negative grace":         func(d *Deps) { d.Options.ShutdownGrace = -1 },
		"a public URL with a path": func(d *Deps) { d.Options.PublicURL = "https://example.org/x" },
		"a public URL of files":    func(d *Deps) { d.Options.PublicURL = "file:///etc" },
		"a second queue gauge":     func(*Deps) {}, // the metrics are in use by the first server
	} {
		t.Run(name, func(t *testing.T) {
			deps := good
			change(&deps)
			_, err := New(deps)
			require.Error(t, err)
		})
	}
}
