package web

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2/memstore"
	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
)

// countingStore keeps sessions in memory and counts writes.
type countingStore struct {
	*memstore.MemStore
	writes int
	broken error
}

func (s *countingStore) DeleteCtx(_ context.Context, token string) error {
	return errors.Join(s.broken, s.Delete(token))
}

func (s *countingStore) Own(context.Context, string, string, string) error { return s.broken }

func (s *countingStore) Of(context.Context, string) (map[string][]byte, error) { return nil, s.broken }

func (s *countingStore) FindCtx(_ context.Context, token string) ([]byte, bool, error) {
	b, found, err := s.Find(token)
	return b, found, errors.Join(s.broken, err)
}

func (s *countingStore) CommitCtx(_ context.Context, token string, b []byte, expiry time.Time) error {
	s.writes++
	return errors.Join(s.broken, s.Commit(token, b, expiry))
}

// browser holds the cookies of one person.
type browser struct {
	t        *testing.T
	sessions *sessions
	cookie   *http.Cookie
}

// request makes a call with the browser's cookie; done keeps what came back.
func (b *browser) request() (c *call, done func()) {
	r := httptest.NewRequest(http.MethodGet, "/queue", nil)
	if b.cookie != nil {
		r.AddCookie(b.cookie)
	}
	answer := httptest.NewRecorder()
	c = &call{Context: echo.New().NewContext(r, answer)}
	return c, func() {
		for _, cookie := range answer.Result().Cookies() {
			b.cookie = cookie
		}
		require.NotContains(b.t, answer.Header().Values("Cache-Control"), `no-cache="Set-Cookie"`)
	}
}

func (b *browser) signIn(u review.User) {
	c, done := b.request()
	require.NoError(b.t, b.sessions.begin(c, u, false))
	done()
}

func (b *browser) visit() (signIn, error) {
	c, done := b.request()
	defer done()
	in, err := b.sessions.load(c)
	if err != nil {
		return in, err
	}
	return in, b.sessions.touch(c, in)
}

func newBrowser(t *testing.T, clock *stopwatch, secure bool) (*browser, *countingStore) {
	store := &countingStore{MemStore: memstore.NewWithCleanupInterval(0)}
	o := Options{SessionLifetime: 12 * time.Hour, SessionIdle: 2 * time.Hour, SecureCookies: secure}
	return &browser{t: t, sessions: newSessions(store, o, clock.now)}, store
}

var weber = review.User{ID: "u-1", PasswordHash: "$argon2id$secret"}

func TestASessionEndsWithItsTime(t *testing.T) {
	clock := newStopwatch()
	b, store := newBrowser(t, clock, false)
	_, err := b.visit()
	require.ErrorIs(t, err, errSignedOut, "nobody has signed in")

	b.signIn(weber)
	signedInAt := clock.now()
	for range 11 { // in use, every hour
		clock.advance(time.Hour)
		in, err := b.visit()
		require.NoError(t, err)
		require.Equal(t, "u-1", in.userID)
		require.Equal(t, signedInAt, in.at)
	}
	require.Equal(t, 12, store.writes)
	clock.advance(time.Hour)
	_, err = b.visit()
	require.ErrorIs(t, err, errSignedOut, "after its lifetime")

	b.signIn(weber)
	clock.advance(2 * time.Hour)
	_, err = b.visit()
	require.ErrorIs(t, err, errSignedOut, "after lying idle")
}

func TestASessionInUseIsRarelyWritten(t *testing.T) {
	clock := newStopwatch()
	b, store := newBrowser(t, clock, false)
	b.signIn(weber)
	for range 600 { // ten minutes, a page a second
		clock.advance(time.Second)
		_, err := b.visit()
		require.NoError(t, err)
	}
	require.Equal(t, 2, store.writes)
}

func TestSigningInTakesANewToken(t *testing.T) {
	b, _ := newBrowser(t, newStopwatch(), false)
	b.signIn(weber)
	planted := b.cookie
	b.signIn(review.User{ID: "u-2", PasswordHash: "other"})
	require.NotEqual(t, planted.Value, b.cookie.Value)
	b.cookie = planted
	_, err := b.visit()
	require.ErrorIs(t, err, errSignedOut, "the old token opens nothing")
}

func TestSigningOut(t *testing.T) {
	b, _ := newBrowser(t, newStopwatch(), false)
	b.signIn(weber)
	kept := b.cookie
	c, done := b.request()
	_, err := b.sessions.load(c)
	require.NoError(t, err)
	require.NoError(t, b.sessions.end(c))
	done()
	require.Negative(t, b.cookie.MaxAge)
	b.cookie = kept
	_, err = b.visit()
	require.ErrorIs(t, err, errSignedOut)
}

func TestCookies(t *testing.T) {
	for secure, name := range map[bool]string{true: "__Host-guardroom_session", false: "guardroom_session"} {
		b, _ := newBrowser(t, newStopwatch(), secure)
		b.signIn(weber)
		require.Equal(t, name, b.cookie.Name)
		require.Equal(t, secure, b.cookie.Secure)
		require.True(t, b.cookie.HttpOnly)
		require.Equal(t, http.SameSiteLaxMode, b.cookie.SameSite)
		require.Equal(t, "/", b.cookie.Path)
		require.Empty(t, b.cookie.Domain)
	}
}

func TestABrokenStoreIsNoSignOut(t *testing.T) {
	b, store := newBrowser(t, newStopwatch(), false)
	b.signIn(weber)
	store.broken = errors.New("disk full")
	_, err := b.visit()
	require.Equal(t, review.CodeUnavailable, review.CodeOf(err))
	c, _ := b.request()
	require.Equal(t, review.CodeUnavailable, review.CodeOf(b.sessions.begin(c, weber, false)))
}

func TestANewPasswordIsANewMark(t *testing.T) {
	other := weber
	other.PasswordHash += "x"
	require.NotEqual(t, passwordMark(weber), passwordMark(other))
	require.NotContains(t, passwordMark(weber), "secret")
}
