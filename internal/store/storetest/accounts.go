package storetest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/internal/secret"
	"github.com/guardroom/guardroom/internal/store"
)

// accountScenarios: Apps, keys, people, policies, sessions, migrations.
func accountScenarios() []scenario {
	return []scenario{
		{"a key opens the door until it is revoked", keyOpensTheDoor},
		{"a policy has versions and one is in force", policyHasVersions},
		{"people are found and change their password", peopleAreFound},
		{"names and addresses are unique", namesAreUnique},
		{"Apps come by name and by membership", appsByMembership},
		{"a session is kept, replaced, ended and expires", sessionLives},
		{"a key has scopes, an end and a last use", keyHasAnEnd},
		{"a key that signs is kept, and never sent", keyThatSigns},
		{"an App lists whose pages may call it", originsOfAnApp},
		{"an identity of a provider belongs to one person", identityOfAProvider},
		{"people are listed with their Apps and links", peopleAreListed},
		{"a link works once and ends with the next one", linkWorksOnce},
		{"a second factor lives", secondFactor},
		{"passkeys live", passkeysLive},
		{"role, access and sessions of a person change", personChanges},
		{"migrating twice changes nothing", migratingTwice},
	}
}

func contextEnded(t testing.TB) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx, cancel
}

func keyOpensTheDoor(t *testing.T, f *fixture) {
	key, err := f.accounts.AddKey(t.Context(), cli, "support")
	require.NoError(t, err)
	c, err := f.accounts.Caller(t.Context(), key)
	require.NoError(t, err)
	require.Equal(t, f.caller.App, c.App)
	require.Equal(t, 1, c.PolicyVersion)
	require.NotEmpty(t, c.KeyID)

	_, err = f.Caller(t.Context(), []byte("unknown"))
	require.Equal(t, review.CodeNotFound, review.CodeOf(err))
	var revoked review.APIKey
	f.write(t, func(tx review.Tx) (err error) {
		revoked, err = tx.RevokeAPIKey(key, start)
		return err
	})
	require.Equal(t, c.KeyID, revoked.ID)
	require.Equal(t, pointer(start), revoked.RevokedAt)
	hash, _ := keys{}.Hash(key)
	_, err = f.Caller(t.Context(), hash)
	require.Equal(t, review.CodeNotFound, review.CodeOf(err))
	require.Equal(t, review.CodeConflict, review.CodeOf(f.accounts.RevokeKey(t.Context(), cli, key)), "once")
	require.Equal(t, review.CodeNotFound, review.CodeOf(f.accounts.RevokeKey(t.Context(), cli, "none")))
	err = f.Write(t.Context(), func(tx review.Tx) error {
		return tx.PutAPIKey(review.APIKey{ID: f.ids.next(), AppID: c.App.ID, Prefix: "other", Hash: hash, CreatedAt: start}, "")
	})
	require.Equal(t, review.CodeConflict, review.CodeOf(err))
}

func policyHasVersions(t *testing.T, f *fixture) {
	app := f.caller.App.ID
	first, err := f.ActivePolicy(t.Context(), app)
	require.NoError(t, err)
	require.Equal(t, 1, first.Version)
	second := first
	second.Version, second.AuditRate, second.Labels = 2, 0.5, []review.Label{{ID: "nul\x00", Title: "<T>"}}
	put := func(tx review.Tx) error { return tx.PutPolicy(second, f.lead.Actor(), "tried on last week\x00", start) }
	f.write(t, put)
	require.Equal(t, review.CodeConflict, review.CodeOf(f.Write(t.Context(), put)), "a version never changes")

	active, err := f.ActivePolicy(t.Context(), app)
	require.NoError(t, err)
	require.Equal(t, second, active)
	old, err := f.Policy(t.Context(), app, 1)
	require.NoError(t, err)
	require.Equal(t, first, old)
	f.write(t, func(tx review.Tx) error {
		active, err := tx.ActivePolicy(app)
		assert.Equal(t, second, active)
		return err
	})
	for _, version := range []int{0, 3} {
		_, err = f.Policy(t.Context(), app, version)
		require.Equal(t, review.CodeNotFound, review.CodeOf(err))
	}
	_, err = f.ActivePolicy(t.Context(), "none")
	require.Equal(t, review.CodeNotFound, review.CodeOf(err))
}

func peopleAreFound(t *testing.T, f *fixture) {
	want := review.User{ID: f.ids.next(), Email: "eve@example.com", Name: "Eve Ω", Role: review.RoleAuditor, PasswordHash: "h1",
		CreatedAt: start, DisabledAt: pointer(start.Add(time.Hour))}
	f.write(t, func(tx review.Tx) error { return tx.PutUser(want) })
	f.write(t, func(tx review.Tx) error { return tx.SetPassword(want.ID, "h2") })
	want.PasswordHash = "h2"
	f.write(t, func(tx review.Tx) error { return tx.PutPreferences(want.ID, review.Preferences{Blur: true}) })
	want.Preferences = review.Preferences{Language: "de", Theme: review.ThemeDark, Stay: true, Keys: map[string]string{"approve": "y"}}
	f.write(t, func(tx review.Tx) error { return tx.PutPreferences(want.ID, want.Preferences) })
	for name, find := range map[string]func() (review.User, error){
		"by id":    func() (review.User, error) { return f.User(t.Context(), want.ID) },
		"by email": func() (review.User, error) { return f.UserByEmail(t.Context(), want.Email) },
		"in tx": func() (u review.User, err error) {
			f.write(t, func(tx review.Tx) error { u, err = tx.UserByEmail(want.Email); return err })
			return u, err
		},
	} {
		got, err := find()
		require.NoError(t, err, name)
		require.Equal(t, want, got, name)
	}
	for name, err := range map[string]error{
		"by id":        second(f.User(t.Context(), "none")),
		"by email":     second(f.UserByEmail(t.Context(), "none")),
		"in tx":        f.Write(t.Context(), func(tx review.Tx) error { return second(tx.UserByEmail("none")) }),
		"set password": f.Write(t.Context(), func(tx review.Tx) error { return tx.SetPassword("none", "h") }),
	} {
		require.Equal(t, review.CodeNotFound, review.CodeOf(err), name)
	}
}

func second[T any](_ T, err error) error { return err }

func namesAreUnique(t *testing.T, f *fixture) {
	_, err := f.accounts.AddApp(t.Context(), cli, "support")
	require.Equal(t, review.CodeConflict, review.CodeOf(err))
	require.ErrorContains(t, err, "App with this name")
	_, err = f.accounts.AddUser(t.Context(), cli, review.NewUser{Email: "ANN@example.com", Role: review.RoleViewer, Password: "correct horse battery"})
	require.Equal(t, review.CodeConflict, review.CodeOf(err))
	require.ErrorContains(t, err, "e-mail address")
	require.Equal(t, 1, f.count(t, "SELECT COUNT(*) FROM apps"))
	require.Equal(t, 3, f.count(t, "SELECT COUNT(*) FROM users"))
	f.verifyChain(t)
}

func appsByMembership(t *testing.T, f *fixture) {
	zeta, alpha := f.addApp(t, "zeta"), f.addApp(t, "alpha")
	f.write(t, func(tx review.Tx) error { return tx.PutMembership(f.ann.User.ID, zeta.ID) })
	f.write(t, func(tx review.Tx) error { return tx.PutMembership(f.ann.User.ID, zeta.ID) })
	all, err := f.Apps(t.Context())
	require.NoError(t, err)
	require.Equal(t, []review.App{alpha, f.caller.App, zeta}, all)
	anns, err := f.AppsOf(t.Context(), f.ann.User.ID)
	require.NoError(t, err)
	require.Equal(t, []review.App{f.caller.App, zeta}, anns)
	none, err := f.AppsOf(t.Context(), "none")
	require.NoError(t, err)
	require.Empty(t, none)
}

func sessionLives(t *testing.T, f *fixture) {
	ctx, sessions := t.Context(), f.Sessions()
	find := func(token string) string {
		data, found, err := sessions.FindCtx(ctx, token)
		require.NoError(t, err)
		require.Equal(t, found, data != nil)
		return string(data)
	}
	require.Empty(t, find("t1"))
	require.NoError(t, sessions.CommitCtx(ctx, "t1", []byte("a\x00b"), start.Add(time.Hour)))
	require.NoError(t, sessions.Commit("t2", []byte("other"), start.Add(2*time.Hour)))
	require.Equal(t, "a\x00b", find("t1"))
	require.NoError(t, sessions.CommitCtx(ctx, "t1", []byte("c"), start.Add(time.Hour)))
	require.Equal(t, "c", find("t1"))

	f.clock.advance(time.Hour)
	require.Empty(t, find("t1"), "expired")
	require.Equal(t, "other", find("t2"))
	require.NoError(t, sessions.CommitCtx(ctx, "t3", []byte("new"), start.Add(3*time.Hour)))
	require.Equal(t, 2, f.count(t, "SELECT COUNT(*) FROM sessions"), "what has expired is gone")

	digest := secret.DigestOf("t2")
	var stored []byte
	require.NoError(t, f.sql(t).QueryRowContext(ctx, "SELECT token_hash FROM sessions WHERE data = (SELECT data FROM sessions ORDER BY expires_at LIMIT 1)").Scan(&stored))
	require.Equal(t, digest[:], stored, "the token itself is nowhere")
	require.NoError(t, sessions.Delete("t2"))
	require.NoError(t, sessions.DeleteCtx(ctx, "t2"))
	data, found, err := sessions.Find("t2")
	require.NoError(t, err)
	require.False(t, found)
	require.Nil(t, data)
}

func migratingTwice(t *testing.T, f *fixture) {
	item := f.flagged(t, "x")
	n, err := store.Migrate(t.Context(), f.options)
	require.NoError(t, err)
	require.Zero(t, n)
	view, err := f.service.View(t.Context(), f.ann, item)
	require.NoError(t, err)
	require.Equal(t, item, view.Item.ID)

	db := f.sql(t)
	last := f.count(t, "SELECT MAX(version_id) FROM goose_db_version")
	for _, step := range []struct{ change, want string }{
		{"INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, true)", "newer than this program"},
		{fmt.Sprintf("DELETE FROM goose_db_version WHERE version_id IN (%d, 99)", last), "run guardroom migrate"},
		{fmt.Sprintf("INSERT INTO goose_db_version (version_id, is_applied) VALUES (%d, true)", last), ""},
	} {
		_, err := db.ExecContext(t.Context(), step.change)
		require.NoError(t, err)
		s, err := store.Open(t.Context(), f.options)
		if step.want != "" {
			require.ErrorContains(t, err, step.want)
			continue
		}
		require.NoError(t, err)
		require.NoError(t, s.Close())
	}
}

func keyHasAnEnd(t *testing.T, f *fixture) {
	minted, err := f.accounts.MintKey(t.Context(), cli, review.NewKey{App: "support", Name: "nightly \u00e9", Scopes: []review.Scope{review.ScopeRead, review.ScopeSubmit}, Life: time.Hour})
	require.NoError(t, err)
	c, err := f.accounts.Caller(t.Context(), minted.Secret)
	require.NoError(t, err)
	require.Equal(t, []review.Scope{review.ScopeSubmit, review.ScopeRead}, c.Scopes)
	require.Nil(t, c.UsedAt)
	of := func() review.APIKey {
		all, err := f.APIKeys(t.Context(), f.caller.App.ID)
		require.NoError(t, err)
		require.Equal(t, minted.ID, all[0].ID, "the newest first")
		return all[0]
	}
	want := minted.APIKey
	want.UsedAt = pointer(start)
	require.Equal(t, want, of())

	f.clock.advance(review.UseGrain - time.Second)
	_, err = f.accounts.Caller(t.Context(), minted.Secret)
	require.NoError(t, err)
	require.Equal(t, start, *of().UsedAt, "not every use is written")
	f.clock.advance(time.Second)
	c, err = f.accounts.Caller(t.Context(), minted.Secret)
	require.NoError(t, err)
	require.Equal(t, start, *c.UsedAt, "as it was before")
	require.Equal(t, start.Add(review.UseGrain), *of().UsedAt)

	f.clock.advance(time.Hour - review.UseGrain)
	_, err = f.accounts.Caller(t.Context(), minted.Secret)
	require.Equal(t, review.CodeUnauthenticated, review.CodeOf(err), "its hour is over")
	f.write(t, func(tx review.Tx) error { return tx.SetKeyExpiry(minted.ID, start.Add(3*time.Hour)) })
	_, err = f.accounts.Caller(t.Context(), minted.Secret)
	require.NoError(t, err)
	for name, lookup := range map[string][2]string{"another App": {"none", minted.ID}, "no key": {f.caller.App.ID, "none"}} {
		err = f.Write(t.Context(), func(tx review.Tx) error { return second(tx.APIKey(lookup[0], lookup[1])) })
		require.Equal(t, review.CodeNotFound, review.CodeOf(err), name)
	}
}

func keyThatSigns(t *testing.T, f *fixture) {
	mint := func() review.MintedKey {
		k, err := f.accounts.MintKey(t.Context(), cli, review.NewKey{App: "support", Scopes: review.Scopes(), Signs: true})
		require.NoError(t, err)
		return k
	}
	minted := mint()
	signed := func(k review.MintedKey, nonce string) (review.Caller, error) {
		return f.accounts.CallerBySignature(t.Context(), review.SignedRequest{KeyPrefix: k.Prefix, Nonce: nonce, Created: f.clock.now(),
			Verify: func(key []byte) bool { return string(key) == k.Secret }})
	}
	c, err := signed(minted, "n-1")
	require.NoError(t, err)
	require.True(t, c.Signs)
	require.Equal(t, minted.ID, c.KeyID)
	require.Equal(t, review.CodeUnauthenticated, review.CodeOf(second(signed(minted, "n-1"))), "it came before")
	require.NoError(t, second(signed(minted, "n-2")))
	require.Equal(t, review.CodeUnauthenticated, review.CodeOf(second(f.accounts.Caller(t.Context(), minted.Secret))), "it is never sent")
	all, err := f.APIKeys(t.Context(), f.caller.App.ID)
	require.NoError(t, err)
	require.True(t, all[0].Signs)

	other := mint()
	require.Equal(t, review.CodeUnauthenticated, review.CodeOf(second(signed(review.MintedKey{APIKey: other.APIKey, Secret: minted.Secret}, "n-3"))))
	require.Equal(t, review.CodeUnauthenticated, review.CodeOf(second(signed(review.MintedKey{}, "n-3"))))
	sent, err := f.accounts.MintKey(t.Context(), cli, review.NewKey{App: "support", Scopes: review.Scopes()})
	require.NoError(t, err)
	require.Equal(t, review.CodeUnauthenticated, review.CodeOf(second(signed(review.MintedKey{APIKey: sent.APIKey}, "n-3"))), "one that is sent signs nothing")
	require.Zero(t, f.count(t, "SELECT COUNT(*) FROM api_keys WHERE LENGTH(signing) > 0 AND signs = 0"), "of that one nothing is kept")

	lead := f.addViewer(t, "root@example.com", review.RoleAdmin)
	viewer, err := f.accounts.Viewer(t.Context(), lead.User.ID)
	require.NoError(t, err)
	fresh, err := f.accounts.RotateKey(t.Context(), viewer, "support", minted.ID, time.Hour)
	require.NoError(t, err)
	require.NoError(t, second(signed(fresh, "n-4")), "the one in its place signs, too")
	require.NoError(t, f.accounts.RevokeKey(t.Context(), cli, minted.Prefix))
	require.Equal(t, review.CodeUnauthenticated, review.CodeOf(second(signed(minted, "n-5"))))
	require.Equal(t, 2, f.count(t, "SELECT COUNT(*) FROM api_keys WHERE LENGTH(signing) > 0"), "what opens nothing is not kept")
	f.clock.advance(time.Hour)
	for created, code := range map[time.Duration]review.Code{
		-review.SignatureWindow:               review.CodeUnauthenticated,
		review.SignatureWindow:                review.CodeUnauthenticated,
		-review.SignatureWindow + time.Second: "",
		review.SignatureWindow - time.Second:  "",
	} {
		_, err := f.accounts.CallerBySignature(t.Context(), review.SignedRequest{KeyPrefix: fresh.Prefix, Nonce: created.String(),
			Created: f.clock.now().Add(created), Verify: func(key []byte) bool { return string(key) == fresh.Secret }})
		require.Equal(t, code, review.CodeOf(err), created)
	}
	_, err = f.accounts.CallerBySignature(t.Context(), review.SignedRequest{KeyPrefix: fresh.Prefix, Nonce: "n-6", Created: f.clock.now(),
		Expires: f.clock.now(), Verify: func([]byte) bool { return true }})
	require.ErrorContains(t, err, "expired")
	f.verifyChain(t)
}

func originsOfAnApp(t *testing.T, f *fixture) {
	const shop, desk = "https://shop.example.org", "https://desk.example.org:8443"
	other := f.addApp(t, "other")
	allows := func(app, origin string) bool {
		ok, err := f.accounts.AllowsOrigin(t.Context(), app, origin)
		require.NoError(t, err)
		return ok
	}
	change := func(app string, allow, forbid []string) []string {
		list, err := f.accounts.ChangeOrigins(t.Context(), cli, app, allow, forbid)
		require.NoError(t, err)
		return list
	}
	require.False(t, allows("", shop), "none by default")
	require.Equal(t, []string{desk, shop}, change("support", []string{shop, desk, shop}, nil))
	require.Equal(t, []string{desk, shop}, change("support", []string{shop}, []string{"https://nobody.example"}))
	require.Equal(t, []string{shop}, change("other", []string{shop}, nil))
	require.True(t, allows(f.caller.App.ID, shop) && allows(f.caller.App.ID, desk) && allows(other.ID, shop) && allows("", desk))
	require.False(t, allows(other.ID, desk) || allows(other.ID, "https://shop.example.org:8443") || allows("", "null") || allows("", "*"))
	require.Equal(t, []string{desk}, change("support", nil, []string{shop}))
	require.True(t, allows("", shop), "the other App still lists it")
	lists, err := f.Origins(t.Context(), f.caller.App.ID)
	require.NoError(t, err)
	require.Equal(t, []string{desk}, lists)
	for _, wrong := range [][]string{{"*"}, {"https://*.example.org"}, {"null"}, {shop + "/"}, strings.Split(strings.Repeat("https://a.example ", 3), " ")} {
		_, err := f.accounts.ChangeOrigins(t.Context(), cli, "support", wrong, nil)
		require.Equal(t, review.CodeUnprocessable, review.CodeOf(err), wrong)
	}
	require.Equal(t, review.CodeNotFound, review.CodeOf(second(f.accounts.ChangeOrigins(t.Context(), cli, "none", nil, nil))))
	require.Equal(t, 3, f.count(t, "SELECT COUNT(*) FROM events WHERE action = 'app.origins_changed'"), "what changes nothing is no event")
	f.verifyChain(t)
}

func identityOfAProvider(t *testing.T, f *fixture) {
	const op = "https://op.example"
	find := func(issuer, subject string) (u review.User, err error) {
		err = f.Write(t.Context(), func(tx review.Tx) error {
			found, err := tx.UserBySSO(issuer, subject)
			u = found
			return err
		})
		return u, err
	}
	put := func(issuer, subject, user string) error {
		return f.Write(t.Context(), func(tx review.Tx) error { return tx.PutSSO(issuer, subject, user, start) })
	}
	require.Equal(t, review.CodeNotFound, review.CodeOf(second(find(op, "s-1"))))
	require.NoError(t, put(op, "s-1", f.ann.User.ID))
	require.NoError(t, put(op, "s-2", f.ann.User.ID), "one person may have several")
	require.NoError(t, put("https://other.example", "s-1", f.lead.User.ID), "a subject is its issuer's own")
	for identity, want := range map[[2]string]string{
		{op, "s-1"}: f.ann.User.ID, {op, "s-2"}: f.ann.User.ID, {"https://other.example", "s-1"}: f.lead.User.ID,
	} {
		u, err := find(identity[0], identity[1])
		require.NoError(t, err)
		require.Equal(t, want, u.ID)
	}
	for _, other := range [][2]string{{op, "S-1"}, {op, "s-1 "}, {op + "/", "s-1"}, {"", ""}} {
		require.Equal(t, review.CodeNotFound, review.CodeOf(second(find(other[0], other[1]))), other)
	}
	require.Equal(t, review.CodeConflict, review.CodeOf(put(op, "s-1", f.lead.User.ID)), "nobody takes an identity over")
	require.Error(t, put(op, "s-3", "nobody"), "it belongs to somebody who is there")
	u, err := find(op, "s-1")
	require.NoError(t, err)
	require.Equal(t, f.ann.User.ID, u.ID)
	for id, sso := range map[string]bool{f.ann.User.ID: true, f.lead.User.ID: true, f.addViewer(t, "new@example.com", review.RoleViewer).User.ID: false} {
		p, err := f.Person(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, sso, p.SSO)
	}
	f.verifyChain(t)
}

func peopleAreListed(t *testing.T, f *fixture) {
	zeta := f.addApp(t, "zeta")
	f.write(t, func(tx review.Tx) error { return tx.PutMembership(f.ann.User.ID, zeta.ID) })
	f.write(t, func(tx review.Tx) error {
		return tx.PutInvitation(review.Invitation{TokenHash: []byte("h"), UserID: f.ann.User.ID, ExpiresAt: start.Add(time.Hour)})
	})
	ann, err := f.Person(t.Context(), f.ann.User.ID)
	require.NoError(t, err)
	require.Equal(t, review.Person{User: f.ann.User, Member: []review.App{f.caller.App, zeta}, Invited: pointer(start.Add(time.Hour))}, ann)
	_, err = f.Person(t.Context(), "none")
	require.Equal(t, review.CodeNotFound, review.CodeOf(err))

	var seen []string
	for after := ""; ; {
		page, err := f.People(t.Context(), after, 2)
		require.NoError(t, err)
		if len(page) == 0 {
			break
		}
		for _, p := range page {
			seen = append(seen, p.Email)
		}
		after = seen[len(seen)-1]
	}
	require.IsIncreasing(t, seen)
	require.Len(t, seen, f.count(t, "SELECT COUNT(*) FROM users"))

	f.write(t, func(tx review.Tx) error { return tx.DeleteMembership(f.ann.User.ID, f.caller.App.ID) })
	f.write(t, func(tx review.Tx) error { return tx.DeleteMembership(f.ann.User.ID, f.caller.App.ID) })
	members, err := f.Members(t.Context(), zeta.ID)
	require.NoError(t, err)
	require.Equal(t, []review.User{f.ann.User}, members)
	apps, err := f.AppsOf(t.Context(), f.ann.User.ID)
	require.NoError(t, err)
	require.Equal(t, []review.App{zeta}, apps)
}

func linkWorksOnce(t *testing.T, f *fixture) {
	link := func(hash string, ends time.Time) {
		f.write(t, func(tx review.Tx) error {
			return tx.PutInvitation(review.Invitation{TokenHash: []byte(hash), UserID: f.ann.User.ID, ExpiresAt: ends})
		})
	}
	found := func(hash string, now time.Time) review.Code {
		i, err := f.Invitation(t.Context(), []byte(hash), now)
		if err == nil {
			require.Equal(t, f.ann.User.ID, i.UserID)
		}
		return review.CodeOf(err)
	}
	take := func(hash string, now time.Time) error {
		return f.Write(t.Context(), func(tx review.Tx) error { return second(tx.TakeInvitation([]byte(hash), now)) })
	}
	link("first", start.Add(time.Hour))
	link("second", start.Add(time.Hour))
	require.Equal(t, review.CodeNotFound, found("first", start), "the next one ends it")
	require.Empty(t, found("second", start))
	require.Equal(t, review.CodeNotFound, found("second", start.Add(time.Hour)))
	require.Equal(t, review.CodeNotFound, review.CodeOf(take("second", start.Add(time.Hour))))
	require.NoError(t, take("second", start))
	require.Equal(t, review.CodeNotFound, review.CodeOf(take("second", start)))
	require.Zero(t, f.count(t, "SELECT COUNT(*) FROM invitations"))
}

func personChanges(t *testing.T, f *fixture) {
	id, sessions := f.ann.User.ID, f.Sessions()
	f.write(t, func(tx review.Tx) error { return tx.SetRole(id, review.RoleAdmin) })
	f.write(t, func(tx review.Tx) error { return tx.SetDisabled(id, pointer(start)) })
	u, err := f.User(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, review.RoleAdmin, u.Role)
	require.Equal(t, pointer(start), u.DisabledAt)
	admins := func(but string) (n int) {
		f.write(t, func(tx review.Tx) (err error) { n, err = tx.AdminsBut(but); return err })
		return n
	}
	require.Zero(t, admins("none"), "one who may not sign in is none")
	f.write(t, func(tx review.Tx) error { return tx.SetDisabled(id, nil) })
	require.Equal(t, 1, admins("none"))
	require.Zero(t, admins(id))

	for _, token := range []string{"a", "b", "c", "stranger", "nobody's"} {
		require.NoError(t, sessions.CommitCtx(t.Context(), token, []byte("data of "+token), start.Add(time.Hour)))
	}
	for _, token := range []string{"a", "b", "c"} {
		require.NoError(t, sessions.Own(t.Context(), token, id, "mark "+token))
	}
	require.NoError(t, sessions.Own(t.Context(), "stranger", f.lead.User.ID, "mark s"))
	require.NoError(t, sessions.CommitCtx(t.Context(), "a", []byte("touched"), start.Add(time.Hour)))
	of, err := sessions.Of(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, map[string][]byte{"mark a": []byte("touched"), "mark b": []byte("data of b"), "mark c": []byte("data of c")}, of)
	end := func(mark string) (n int) {
		f.write(t, func(tx review.Tx) (err error) { n, err = tx.EndSessions(id, mark); return err })
		return n
	}
	require.Zero(t, end("mark s"), "somebody else's")
	require.Equal(t, 1, end("mark b"))
	require.Equal(t, 2, end(""))
	require.Equal(t, 2, f.count(t, "SELECT COUNT(*) FROM sessions"))
	none, err := sessions.Of(t.Context(), "")
	require.NoError(t, err)
	require.Empty(t, none, "sessions without an owner are nobody's")
	require.NoError(t, sessions.Own(t.Context(), "nobody's", id, "late"))
	f.clock.advance(time.Hour)
	of, err = sessions.Of(t.Context(), id)
	require.NoError(t, err)
	require.Empty(t, of, "expired")
}

func secondFactor(t *testing.T, f *fixture) {
	ctx, id := t.Context(), f.ann.User.ID
	state := func() review.FactorState {
		s, err := f.accounts.Factors(ctx, id)
		require.NoError(t, err)
		return s
	}
	require.Equal(t, review.FactorState{}, state())
	require.NoError(t, f.accounts.BeginTOTP(ctx, f.ann))
	require.False(t, state().On())
	_, err := f.accounts.SecondStep(ctx, id, "123456")
	require.Equal(t, review.CodeUnauthenticated, review.CodeOf(err), "what was not confirmed counts for nothing")
	require.NoError(t, f.Sessions().CommitCtx(ctx, "a", []byte("a"), start.Add(time.Hour)))
	require.NoError(t, f.Sessions().Own(ctx, "a", id, "mark"))
	require.Equal(t, review.CodeUnprocessable, review.CodeOf(second(f.accounts.ConfirmTOTP(ctx, f.ann, "654321"))))
	codes, err := f.accounts.ConfirmTOTP(ctx, f.ann, "123456")
	require.NoError(t, err)
	require.Equal(t, []string{"one", "two"}, codes)
	require.Zero(t, f.count(t, "SELECT COUNT(*) FROM sessions"))
	want := review.TOTP{UserID: id, Sealed: []byte("sealed for " + id), CreatedAt: start, ConfirmedAt: pointer(start), LastStep: start.Unix() / 30}
	require.Equal(t, review.FactorState{TOTP: &want, Recovery: 2}, state())
	for _, again := range []error{f.accounts.BeginTOTP(ctx, f.ann), second(f.accounts.ConfirmTOTP(ctx, f.ann, "123456"))} {
		require.Equal(t, review.CodeConflict, review.CodeOf(again))
	}

	step := func(code string) review.Code { return review.CodeOf(second(f.accounts.SecondStep(ctx, id, code))) }
	require.Equal(t, review.CodeUnauthenticated, step("123456"), "the code that confirmed it is used up")
	f.clock.advance(30 * time.Second)
	require.Empty(t, step("123456"))
	require.Equal(t, review.CodeUnauthenticated, step("123456"))
	require.Empty(t, step("one"))
	require.Equal(t, review.CodeUnauthenticated, step("one"))
	require.Equal(t, 1, state().Recovery)
	_, err = f.accounts.RenewRecoveryCodes(ctx, f.ann)
	require.NoError(t, err)
	require.Equal(t, 2, state().Recovery)
	require.Equal(t, review.CodeUnprocessable, review.CodeOf(f.accounts.ConfirmByCode(ctx, f.ann, "three")))
	require.NoError(t, f.accounts.ConfirmByCode(ctx, f.ann, "two"))

	require.NoError(t, f.accounts.RemoveTOTP(ctx, f.ann))
	require.NoError(t, f.accounts.RemoveTOTP(ctx, f.ann))
	require.Equal(t, review.FactorState{}, state())
	require.Zero(t, f.count(t, "SELECT COUNT(*) FROM recovery_codes"))
	require.Equal(t, review.CodeConflict, review.CodeOf(second(f.accounts.RenewRecoveryCodes(ctx, f.ann))))
	require.Equal(t, review.CodeUnauthenticated, review.CodeOf(second(f.accounts.SecondStep(ctx, "none", "123456"))))
	require.NoError(t, f.accounts.ResetFactorsOf(ctx, cli, "ANN@example.com"))
	require.Equal(t, review.CodeNotFound, review.CodeOf(f.accounts.ResetFactorsOf(ctx, cli, "none@example.com")))
	for action, n := range map[string]int{"user.factor_added": 1, "user.code_refused": 5, "user.signed_in": 2, "user.confirmed": 1, "user.factor_removed": 1, "user.factors_reset": 1} {
		require.Equal(t, n, f.count(t, "SELECT COUNT(*) FROM events WHERE action = '"+action+"'"), action)
	}
	f.verifyChain(t)
}

func passkeysLive(t *testing.T, f *fixture) {
	const origin = "https://guardroom.example"
	ctx, sessions := t.Context(), f.Sessions()
	user, err := f.accounts.AddUser(ctx, cli, review.NewUser{Email: "kim@example.com", Role: review.RoleAnalyst, Apps: []string{"support"}, Password: "correct horse battery"})
	require.NoError(t, err)
	kim, err := f.accounts.Viewer(ctx, user.ID)
	require.NoError(t, err)
	require.NoError(t, sessions.CommitCtx(ctx, "t", []byte("data"), start.Add(time.Hour)))
	require.NoError(t, sessions.Own(ctx, "t", user.ID, "mark"))
	add := func(v review.Viewer, name, credential string) ([]string, error) {
		return f.accounts.AddPasskey(ctx, v, origin, name, []byte("asked"), []byte(credential))
	}
	prove := func(answer string) (review.Code, string) {
		u, err := f.accounts.SignInByPasskey(ctx, origin, []byte("asked"), []byte(answer))
		return review.CodeOf(err), u.ID
	}
	for _, wrong := range []string{"", " ", "a\u202eb", strings.Repeat("x", 81)} {
		require.Equal(t, review.CodeUnprocessable, review.CodeOf(second(add(kim, wrong, "c-1"))), wrong)
	}
	codes, err := add(kim, "Laptop \u00e9", "c-1")
	require.NoError(t, err)
	require.NotEmpty(t, codes, "with the first factor come codes")
	require.Zero(t, f.count(t, "SELECT COUNT(*) FROM sessions WHERE user_id = '"+user.ID+"'"), "and who came without is out")
	f.clock.advance(time.Minute)
	codes, err = add(kim, "Key", "c-2")
	require.NoError(t, err)
	require.Empty(t, codes)
	require.Equal(t, review.CodeConflict, review.CodeOf(second(add(f.ann, "Stolen", "c-1"))), "it is somebody's already")
	have, err := f.Passkeys(ctx, user.ID)
	require.NoError(t, err)
	require.Len(t, have, 2)
	require.Equal(t, review.Passkey{ID: have[0].ID, UserID: user.ID, CredentialID: []byte("c-1"), Name: "Laptop \u00e9", Document: []byte("0"), CreatedAt: start}, have[0], "the oldest first")

	_, owes, err := f.accounts.SignIn(ctx, "kim@example.com", "correct horse battery")
	require.NoError(t, err)
	require.True(t, owes, "a password alone is not enough")
	code, who := prove(user.ID + " c-1 1")
	require.Empty(t, code)
	require.Equal(t, user.ID, who)
	code, _ = prove(user.ID + " c-1 1")
	require.Equal(t, review.CodeUnauthenticated, code, "its counter did not go on")
	code, _ = prove(user.ID + " c-1 2")
	require.Empty(t, code)
	for _, wrong := range []string{user.ID + " c-9 1", f.ann.User.ID + " c-1 3", "nobody c-1 3"} {
		code, _ = prove(wrong)
		require.Equal(t, review.CodeUnauthenticated, code, wrong)
	}
	have, err = f.Passkeys(ctx, user.ID)
	require.NoError(t, err)
	require.Equal(t, "2", string(have[0].Document))
	require.Equal(t, pointer(f.clock.now()), have[0].UsedAt)
	require.Nil(t, have[1].UsedAt)
	require.NoError(t, f.accounts.ConfirmByPasskey(ctx, kim, origin, nil, []byte(user.ID+" c-2 1")))
	require.Equal(t, review.CodeUnprocessable, review.CodeOf(f.accounts.ConfirmByPasskey(ctx, f.ann, origin, nil, []byte(user.ID+" c-2 2"))), "another's confirms nothing")

	f.write(t, func(tx review.Tx) error { return tx.SetDisabled(user.ID, pointer(start)) })
	code, _ = prove(user.ID + " c-1 5")
	require.Equal(t, review.CodeUnauthenticated, code, "disabled")
	f.write(t, func(tx review.Tx) error { return tx.SetDisabled(user.ID, nil) })
	f.accounts.PasswordsFor = []string{"boss@example.com"}
	code, _ = prove(user.ID + " c-1 5")
	require.Equal(t, review.CodeUnauthenticated, code, "where single sign-on is the only way, it is no way around")
	f.accounts.PasswordsFor = nil

	require.NoError(t, f.accounts.RemovePasskey(ctx, f.ann, have[0].ID), "of another: nothing happens")
	require.NoError(t, f.accounts.RemovePasskey(ctx, kim, have[0].ID))
	require.NoError(t, f.accounts.RemovePasskey(ctx, kim, have[0].ID), "twice is no error")
	codes, err = f.accounts.RenewRecoveryCodes(ctx, kim)
	require.NoError(t, err)
	require.NotEmpty(t, codes)
	require.NoError(t, f.accounts.RemovePasskey(ctx, kim, have[1].ID))
	state, err := f.accounts.Factors(ctx, user.ID)
	require.NoError(t, err)
	require.False(t, state.On())
	require.Zero(t, f.count(t, "SELECT COUNT(*) FROM recovery_codes"), "codes go with the last factor")
	require.Equal(t, review.CodeConflict, review.CodeOf(second(f.accounts.RenewRecoveryCodes(ctx, kim))))

	for n := range review.MaxPasskeys {
		_, err = add(kim, "many", fmt.Sprint("many-", n))
		require.NoError(t, err)
	}
	require.Equal(t, review.CodeConflict, review.CodeOf(second(add(kim, "many", "one more"))))
	require.NoError(t, f.accounts.ResetFactorsOf(ctx, cli, "kim@example.com"))
	require.Zero(t, f.count(t, "SELECT COUNT(*) FROM passkeys"))
	for action, n := range map[string]int{"user.passkey_added": 2 + review.MaxPasskeys, "user.passkey_removed": 2, "user.passkey_refused": 1, "user.confirmed": 1, "user.factors_reset": 1} {
		require.Equal(t, n, f.count(t, "SELECT COUNT(*) FROM events WHERE action = '"+action+"'"), action)
	}
	f.verifyChain(t)
}
