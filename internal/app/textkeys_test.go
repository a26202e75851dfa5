package app_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/app"
	"github.com/guardroom/guardroom/internal/config"
	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/internal/secret"
)

// whispered is a word that only people say.
const whispered = "quokkaphone"

func keyringIn(t *testing.T, dir string) *secret.Keyring {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "texts.key"))
	require.NoError(t, err)
	keys, _, err := secret.ParseKeyring(t.Context(), text, nil)
	require.NoError(t, err)
	return keys
}

// untilTold ends a context when something is said.
type untilTold struct {
	word   string
	cancel context.CancelFunc
	bytes.Buffer
}

func (u *untilTold) Write(b []byte) (int, error) {
	if strings.Contains(string(b), u.word) {
		u.cancel()
	}
	return u.Buffer.Write(b)
}

func TestKeysAreRotatedWhileAppsPost(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := openSite(t, dir).populate()
	key, err := s.Accounts.AddKey(t.Context(), app.CLI, "first")
	require.NoError(t, err)
	web := httptest.NewServer(s.Web.Handler())
	defer web.Close()
	first := s.submit("first", whispered+" before all of it")
	old := keyringIn(t, dir)

	stop := make(chan struct{})
	var apps sync.WaitGroup
	var posted, failed atomic.Int64
	for range 4 {
		apps.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, web.URL+"/api/v1/interactions", strings.NewReader(`{"prompt":"`+whispered+`"}`))
				if err != nil {
					t.Error(err)
					return
				}
				r.Header.Set("Authorization", "Bearer "+key)
				r.Header.Set("Content-Type", "application/json")
				answer, err := web.Client().Do(r)
				if err != nil || answer.StatusCode != http.StatusCreated && answer.StatusCode != http.StatusOK {
					failed.Add(1)
				}
				if err == nil {
					_, _ = io.Copy(io.Discard, answer.Body)
					_ = answer.Body.Close()
				}
				posted.Add(1)
			}
		})
	}
	for posted.Load() < 200 {
		s.submit("second", "something else")
	}
	rotate := func(ctx context.Context, notes io.Writer) error {
		keys, err := app.OpenTextKeys(context.WithoutCancel(ctx), config.Storage{Data: dir})
		require.NoError(t, err)
		defer func() { require.NoError(t, keys.Close()) }()
		return keys.Rotate(ctx, io.Discard, notes)
	}
	ctx, cancel := context.WithCancel(t.Context())
	broken := &untilTold{word: "Sealed anew", cancel: cancel}
	require.ErrorIs(t, rotate(ctx, broken), context.Canceled, "it is broken off on the way")
	require.Len(t, keyringIn(t, dir).IDs(), 2, "both keys are needed")
	var notes bytes.Buffer
	require.NoError(t, rotate(t.Context(), &notes))
	require.Contains(t, notes.String(), "what was begun goes on")
	require.Contains(t, notes.String(), "All texts are sealed with key")
	for before := posted.Load(); posted.Load() < before+20; {
		s.submit("second", "something else")
	}
	close(stop)
	apps.Wait()
	require.Zero(t, failed.Load(), "of %d requests", posted.Load())
	t.Logf("%d requests while the key was rotated, none failed", posted.Load())

	now := keyringIn(t, dir)
	require.Len(t, now.IDs(), 1, "the old key is gone")
	require.False(t, now.Has(old.Primary()))
	report, err := s.VerifyAudit(t.Context(), "", "")
	require.NoError(t, err)
	require.True(t, report.OK())
	require.NoError(t, s.Close())

	again := openSite(t, dir).populate()
	receipt, err := again.Store.Receipt(t.Context(), again.callers["first"].App.ID, first.ID)
	require.NoError(t, err)
	require.Equal(t, whispered+" before all of it", receipt.Content.Prompt)
	var status bytes.Buffer
	require.NoError(t, again.TextKeys().Status(t.Context(), &status))
	require.Contains(t, status.String(), "seals")
	require.NotContains(t, status.String(), "opens what is sealed")
	require.NoError(t, again.Close())
}

func TestABackupWithoutItsKeyIsUnreadable(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := openSite(t, dir).populate()
	for range 20 {
		_, err := s.Service.Submit(t.Context(), s.callers["first"], review.Submission{Prompt: strange + whispered, Response: whispered + strings.Repeat(" "+whispered, 5_000),
			UserID: "u", Documents: []review.Document{{Title: whispered, Content: whispered}}, Error: whispered})
		require.NoError(t, err)
	}
	item := s.flagged("first")
	s.decide(item, review.JudgeBlock)
	_, err := s.Service.Annotate(t.Context(), s.analyst, review.AnnotateCommand{ItemID: item, Body: whispered})
	require.NoError(t, err)
	require.Positive(t, s.searched(item))

	look := func() (files int) {
		entries, err := os.ReadDir(dir)
		require.NoError(t, err)
		for _, e := range entries {
			b, err := os.ReadFile(filepath.Join(dir, e.Name()))
			require.NoError(t, err)
			require.False(t, bytes.Contains(b, []byte(whispered)), e.Name())
			require.False(t, bytes.Contains(b, []byte("admin password")), e.Name())
			if strings.HasPrefix(e.Name(), "guardroom.db") && len(b) > 0 {
				files++
			}
		}
		return files
	}
	require.GreaterOrEqual(t, look(), 2, "the database and its log")
	require.NoError(t, s.Close())
	require.Positive(t, look())

	key := filepath.Join(dir, "texts.key")
	info, err := os.Stat(key)
	require.NoError(t, err)
	require.EqualValues(t, 0o600, info.Mode().Perm())
	require.NoError(t, os.Rename(key, key+".kept"))
	_, err = app.OpenTextKeys(t.Context(), config.Storage{Data: dir})
	require.Equal(t, review.CodeUnavailable, review.CodeOf(err))
	require.ErrorContains(t, err, "put it back")
	require.NoFileExists(t, key, "no other key is made in its place")

	other := t.TempDir()
	elsewhere, err := app.OpenTextKeys(t.Context(), config.Storage{Data: other})
	require.NoError(t, err)
	require.NoError(t, elsewhere.Close())
	_, err = app.OpenTextKeys(t.Context(), config.Storage{Data: dir, TextsKeyFile: filepath.Join(other, "texts.key")})
	require.Equal(t, review.CodeUnavailable, review.CodeOf(err))
	require.ErrorContains(t, err, "is not among the keys")
	require.NoError(t, os.WriteFile(key, []byte("{}"), 0o600))
	_, err = app.OpenTextKeys(t.Context(), config.Storage{Data: dir})
	require.ErrorContains(t, err, "texts.key")
	require.NoError(t, os.Rename(key+".kept", key))
	keys, err := app.OpenTextKeys(t.Context(), config.Storage{Data: dir})
	require.NoError(t, err)
	require.NoError(t, keys.Close())
	require.NoError(t, os.Chmod(key, 0o644))
	_, err = app.OpenTextKeys(t.Context(), config.Storage{Data: dir})
	require.ErrorContains(t, err, "can be read by others")
}

// searched indexes what there is and tells how many Items say the whispered word.
func (s *site) searched(itemID string) int {
	s.t.Helper()
	for more := 1; more > 0; {
		var err error
		more, err = s.Store.IndexTexts(s.t.Context())
		require.NoError(s.t, err)
	}
	view, err := s.Service.View(s.t.Context(), s.analyst, itemID)
	require.NoError(s.t, err)
	slice, err := s.Store.Queue(s.t.Context(), review.QueueQuery{AppIDs: []string{view.Item.AppID}, Viewer: s.analyst.User.ID,
		Filter: review.Filter{Text: "password", Sort: review.SortFound}, Limit: 5})
	require.NoError(s.t, err)
	return len(slice.Rows)
}

func TestKeysInASettingAreRotatedByWhoSetsThem(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	ring, err := secret.NewKeyring()
	require.NoError(t, err)
	text, err := ring.Marshal(t.Context(), nil)
	require.NoError(t, err)
	with := func(setting []byte, do func(*app.TextKeys, *bytes.Buffer) error) (string, error) {
		keys, err := app.OpenTextKeys(t.Context(), config.Storage{Data: dir, TextsKey: config.NewSecret(string(setting))})
		require.NoError(t, err)
		var out bytes.Buffer
		err = do(keys, &out)
		require.NoError(t, keys.Close())
		return out.String(), err
	}
	rotate := func(keys *app.TextKeys, out *bytes.Buffer) error {
		return keys.Rotate(t.Context(), out, io.Discard)
	}
	_, err = with(text, rotate)
	require.Equal(t, review.CodeConflict, review.CodeOf(err), "nothing can be written into a setting")
	more, err := with(text, func(keys *app.TextKeys, out *bytes.Buffer) error { return keys.Add(t.Context(), out, io.Discard) })
	require.NoError(t, err)
	require.NoFileExists(t, filepath.Join(dir, "texts.key"))
	_, err = with([]byte(more), func(keys *app.TextKeys, out *bytes.Buffer) error { return keys.Add(t.Context(), out, io.Discard) })
	require.Equal(t, review.CodeConflict, review.CodeOf(err), "one at a time")
	status, err := with([]byte(more), func(keys *app.TextKeys, out *bytes.Buffer) error { return keys.Status(t.Context(), out) })
	require.NoError(t, err)
	require.Contains(t, status, "added, not used yet")
	last, err := with([]byte(more), rotate)
	require.NoError(t, err)
	fresh, _, err := secret.ParseKeyring(t.Context(), []byte(last), nil)
	require.NoError(t, err)
	require.Len(t, fresh.IDs(), 1)
	require.False(t, fresh.Has(ring.Primary()))
	_, err = with([]byte(last), func(keys *app.TextKeys, out *bytes.Buffer) error { return keys.Status(t.Context(), out) })
	require.NoError(t, err)
}

// kmsScript stands in for the command of a key management service.
const kmsScript = `#!/bin/sh
case "$1 $2" in
"well wrap") exec base64 ;;
"well unwrap") exec base64 -d ;;
broken*) printf 'the service is away\033[31m' >&2; exit 1 ;;
endless*) exec head -c 2000000 /dev/zero ;;
esac
`

func TestKeysAreWrappedByACommand(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	script := filepath.Join(t.TempDir(), "kms")
	require.NoError(t, os.WriteFile(script, []byte(kmsScript), 0o700))
	kms := func(manner string) config.Storage {
		return config.Storage{Data: dir, KMSCommand: script + " " + manner}
	}
	open := func(storage config.Storage) error {
		keys, err := app.OpenTextKeys(t.Context(), storage)
		if err != nil {
			return err
		}
		return keys.Close()
	}
	require.NoError(t, open(config.Storage{Data: dir}))
	require.Len(t, keyringIn(t, dir).IDs(), 1, "nobody wraps it")
	require.NoError(t, open(kms("well")))
	file, err := os.ReadFile(filepath.Join(dir, "texts.key"))
	require.NoError(t, err)
	require.Contains(t, string(file), "encryptedKeyset", "it is wrapped from now on")
	require.NoError(t, open(kms("well")))
	for manner, complaint := range map[string]string{"broken": "the service is away", "silent": "says nothing", "endless": "says more than a key"} {
		err := open(kms(manner))
		require.ErrorContains(t, err, complaint)
		require.NotContains(t, err.Error(), "\x1b")
	}
	require.ErrorContains(t, open(config.Storage{Data: dir}), "key management service")
	require.Error(t, open(config.Storage{Data: dir, KMSCommand: filepath.Join(dir, "nothing")}))

	keys, err := app.OpenTextKeys(t.Context(), kms("well"))
	require.NoError(t, err)
	require.NoError(t, keys.Rotate(t.Context(), io.Discard, io.Discard))
	require.NoError(t, keys.Close())
	file, err = os.ReadFile(filepath.Join(dir, "texts.key"))
	require.NoError(t, err)
	require.Contains(t, string(file), "encryptedKeyset")
	require.NoError(t, open(kms("well")))
}
