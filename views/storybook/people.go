package storybook

import (
	"time"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views"
)

func (s stories) people() []Story {
	with := func(u review.User) review.User { u.PasswordHash = "set"; return u }
	soon, gone := now.Add(20*time.Hour), now.Add(-time.Hour)
	hostile := review.User{ID: "0195b000-0000-7000-8000-000000000010", Email: "a-very-long-address-that-goes-on-and-on-and-on@departments.example.com", Name: "\u202e<script>alert(1)</script>", Role: review.RoleViewer, DisabledAt: &gone}
	everybody := []review.Person{
		{User: hostile}, {User: with(anna), Member: []review.App{appSupport, appCheckout}}, {User: admin},
		{User: review.User{ID: "0195b000-0000-7000-8000-000000000011", Email: "new@example.com", Name: "new", Role: review.RoleAnalyst}, Invited: &soon},
		{User: review.User{ID: "0195b000-0000-7000-8000-000000000012", Email: "old@example.com", Name: "old", Role: review.RoleAnalyst}, Invited: &gone},
	}
	list := views.PeoplePage{Shell: shell(s.assets, admin), People: everybody, Next: "old@example.com"}
	refused := list
	refused.Form = review.NewUser{Email: "nonsense", Role: review.RoleLead, Apps: []string{appSupport.Name}}
	refused.Problem = refusal("email", "the e-mail address cannot be read")
	sessions := []views.Session{
		{Mark: "a1b2c3d4e5f60718", At: now.Add(-3 * time.Hour), Seen: now.Add(-time.Minute), Address: "192.0.2.7", Agent: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36"},
		{Mark: "b1b2c3d4e5f60718", At: now.Add(-26 * time.Hour), Seen: now.Add(-2 * time.Hour), Address: "2001:db8::17", Agent: "<b>curl</b>"},
	}
	person := views.PersonPage{Shell: shell(s.assets, admin), Person: everybody[1], Sessions: sessions}
	link := person
	link.Person, link.Sessions, link.Link = everybody[3], nil, "https://guardroom.example.com"+views.InvitationPath("AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-_AbCdE")
	self := person
	self.Person = everybody[2]
	account := views.AccountPage{Shell: shell(s.assets, anna), SignedInAt: now.Add(-3 * time.Hour), Sessions: sessions, Session: sessions[0].Mark}
	since := now.Add(-30 * 24 * time.Hour)
	app := review.FactorState{TOTP: &review.TOTP{ConfirmedAt: &since}, Recovery: 7}
	person.Factors = app
	return []Story{
		{"people", views.People(list)},
		{"people-refused", views.People(refused)},
		{"person", views.PersonAdmin(person)},
		{"person-link", views.PersonAdmin(link)},
		{"person-self", views.PersonAdmin(self)},
		{"person-disabled", views.PersonAdmin(views.PersonPage{Shell: shell(s.assets, admin), Person: everybody[0], Problem: &views.Problem{Code: review.CodeConflict, Message: "this is the last administrator who can sign in"}})},
		{"account-sessions", views.Account(account)},
		{"security", views.Security(views.SecurityPage{Shell: shell(s.assets, with(anna)), Owes: true})},
		{"security-app", views.Security(views.SecurityPage{Shell: shell(s.assets, with(anna)), Factors: app})},
		{"security-codes", views.Security(views.SecurityPage{Shell: shell(s.assets, with(anna)), Factors: app, Codes: []string{"0123-4567-89ab-cdef", "ghjk-mnpq-rstv-wxyz"}})},
		{"totp", views.TOTP(views.TOTPPage{Shell: shell(s.assets, with(anna)), Setup: review.TOTPSetup{Secret: "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", Picture: "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABAQAAAAA3bvkkAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="}, Problem: refusal("code", "The code is wrong or too old. Does the clock of the phone show the right time?")})},
		{"login-code", views.LoginCode(views.LoginCodePage{Assets: s.assets, Problem: &views.Problem{Code: review.CodeUnauthenticated, Message: "The code is wrong, too old, or was used before."}})},
		{"login-sso", views.Login(views.LoginPage{Assets: s.assets, Next: views.PathDecisions, SignOn: "Example Corp", Problem: &views.Problem{Code: review.CodeUnavailable, Message: "The single sign-on service does not answer. Try again in a moment; a password works as ever."}})},
		{"confirm-code", views.Confirm(views.ConfirmPage{Shell: shell(s.assets, admin), Code: true, SignOn: "Example Corp"})},
		{"security-passkeys", views.Security(views.SecurityPage{Shell: shell(s.assets, with(anna)), TakesPasskeys: true, PasskeyName: "<b>phone</b>", Problem: refusal("name", "name it, so that you know it again: 80 visible characters at most"),
			Factors: review.FactorState{Recovery: 9, Passkeys: []review.Passkey{{ID: "0195e100-0000-7000-8000-000000000001", Name: "<i>Laptop</i> \u202eevil", CreatedAt: now.Add(-48 * time.Hour), UsedAt: &passkeyUsed}, {ID: "0195e100-0000-7000-8000-000000000002", Name: "Key in the safe", CreatedAt: now.Add(-time.Hour)}}}})},
		{"login-passkey", views.Login(views.LoginPage{Assets: s.assets, Passkey: true, SignOn: "Example Corp"})},
		{"code-passkey", views.LoginCode(views.LoginCodePage{Assets: s.assets, Passkey: true})},
		{"security-refused", views.Security(views.SecurityPage{Shell: shell(s.assets, with(anna)), Problem: refusal("new_password", "this password is too easy to guess: add another word or two that do not belong together, and leave out names, dates, repetitions and rows of keys")})},
		{"confirm", views.Confirm(views.ConfirmPage{Shell: shell(s.assets, admin), Next: views.PathPeople, Problem: refusal("password", "The password is wrong.")})},
		{"invitation", views.Invitation(views.InvitationPage{Assets: s.assets, User: &anna, Token: "t", Problem: refusal("password", "a password has at least 12 characters")})},
		{"invitation-spent", views.Invitation(views.InvitationPage{Assets: s.assets, Problem: &views.Problem{Code: review.CodeUnprocessable, Message: "This link has been used or has expired. An administrator can make a new one."}})},
	}
}

// passkeyUsed is when the passkey of the stories was last used.
var passkeyUsed = now.Add(-20 * time.Minute)

func refusal(field, message string) *views.Problem {
	return &views.Problem{Code: review.CodeUnprocessable, Message: field + ": " + message, Fields: []review.FieldError{{Field: field, Message: message}}}
}

func (s stories) apps() []Story {
	ended, later, used := now.Add(-time.Hour), now.Add(200*24*time.Hour), now.Add(-7*time.Minute)
	keys := []review.APIKey{
		{ID: "0195e000-0000-7000-8000-000000000001", Prefix: "Ab3dEf9h", Name: "production, eu-central", Scopes: review.Scopes(), Signs: true, CreatedAt: now.Add(-time.Hour), UsedAt: &used},
		{ID: "0195e000-0000-7000-8000-000000000002", Prefix: "Zz3dEf9h", Name: "<i>nightly</i> \u202eexport", Scopes: []review.Scope{review.ScopeRead}, CreatedAt: now.Add(-165 * 24 * time.Hour), ExpiresAt: &later},
		{ID: "0195e000-0000-7000-8000-000000000003", Prefix: "Qq3dEf9h", Scopes: []review.Scope{review.ScopeSubmit, review.ScopeRead}, CreatedAt: now.Add(-300 * 24 * time.Hour), ExpiresAt: &ended, UsedAt: &ended},
		{ID: "0195e000-0000-7000-8000-000000000004", Prefix: "Rr3dEf9h", Scopes: review.Scopes(), CreatedAt: now.Add(-400 * 24 * time.Hour), RevokedAt: &ended},
	}
	page := views.AppPage{Shell: shell(s.assets, admin), Admin: review.AppAdmin{App: appSupport, Keys: keys, Members: []review.User{anna, josef}}, Form: views.NewKeyForm()}
	minted := page
	minted.Minted = &review.MintedKey{APIKey: keys[0], Secret: "gr_Ab3dEf9h_notakeynotakeynotakeynotakeynotakeynotakeynotakey"}
	refused := page
	refused.Form, refused.Problem = review.NewKey{Name: "nothing"}, refusal("scopes", "a key opens something: choose at least one")
	fresh := shell(s.assets, admin)
	fresh.Viewer.Apps = nil
	kept := views.RetentionPage{Shell: shell(s.assets, admin), View: review.RetentionView{
		App: appSupport, Rules: review.DefaultRetentionRules(),
		Holds: []review.LegalHold{
			{ID: "0195f000-0000-7000-8000-000000000001", Kind: review.HoldUser, Subject: "u-<b>7730</b> \u202eevil", Reason: "Case <i>17</i>", ActorName: "Admin", CreatedAt: now.Add(-time.Hour)},
			{ID: "0195f000-0000-7000-8000-000000000002", Kind: review.HoldItem, Subject: "0195a000-0000-7000-8000-000000000001", Reason: "An authority asked.", ActorName: "Admin", CreatedAt: now.Add(-50 * time.Hour)},
			{ID: "0195f000-0000-7000-8000-000000000003", Kind: review.HoldApp, Reason: "Until the audit is over.", ActorName: "Admin", CreatedAt: now.Add(-90 * time.Hour)},
		},
		Removed: []review.RemovalTally{{Day: now, Kind: review.RemovedAllowed, N: 12_044}, {Day: now, Kind: review.RemovedErased, N: 3}, {Day: now.Add(-24 * time.Hour), Kind: review.RemovedFlagged, N: 1}, {Day: now.Add(-24 * time.Hour), Kind: review.RemovedWords, N: 7}},
	}, Form: review.HoldCommand{Kind: review.HoldUser, Subject: "u-7"}, Problem: refusal("reason", "is needed: colleagues and auditors will read it")}
	erased := now.Add(-time.Hour)
	erasures := views.ErasuresPage{Shell: shell(s.assets, admin), User: "u-<b>7730</b>", Problem: refusal("reason", "is needed: colleagues and auditors will read it"), View: review.ErasuresView{
		App: appSupport, Preview: &review.ErasurePreview{UserID: "u-<b>7730</b>", Interactions: 412, WithTexts: 380, Waiting: 2, Held: 1, Figures: 51},
		List: []review.Erasure{
			{ID: "0195f100-0000-7000-8000-000000000001", UserHash: review.HashOfErased("1", "a"), Reason: "<i>Asked</i> for it.", ActorName: "Admin", CreatedAt: now},
			{ID: "0195f100-0000-7000-8000-000000000002", UserHash: review.HashOfErased("2", "b"), Reason: "Left the company.", ActorName: "Admin", CreatedAt: now.Add(-2 * time.Hour), FinishedAt: &erased, Texts: 1204},
		},
	}}
	audited := kept
	auditor := josef
	auditor.Role = review.RoleAuditor
	audited.Shell, audited.Problem = shell(s.assets, auditor), nil
	return []Story{
		{"apps", views.Apps(views.AppsPage{Shell: shell(s.assets, admin)})},
		{"apps-none", views.Apps(views.AppsPage{Shell: fresh, Name: "Bad Name", Problem: refusal("name", "an App's name has 1 to 64 of a–z, 0–9 and inner hyphens")})},
		{"app", views.AppAdmin(page)},
		{"app-new", views.AppAdmin(views.AppPage{Shell: shell(s.assets, admin), Admin: review.AppAdmin{App: appCheckout}, Form: views.NewKeyForm()})},
		{"app-minted", views.AppAdmin(minted)},
		{"origins", views.Origins(views.OriginsPage{Shell: shell(s.assets, admin), App: appSupport.Name, Typed: "https://shop.example.org\nhttps://*.example.org", Problem: refusal("origins", "an origin is scheme and host as browsers write them, such as https://app.example.org: in small letters, without a path, a pattern or the scheme's own port")})},
		{"app-refused", views.AppAdmin(refused)},
		{"retention", views.Retention(kept)},
		{"retention-none", views.Retention(views.RetentionPage{Shell: shell(s.assets, admin), View: review.RetentionView{App: appCheckout}})},
		{"retention-seen", views.Retention(audited)},
		{"erasures", views.Erasures(erasures)},
		{"erasures-none", views.Erasures(views.ErasuresPage{Shell: shell(s.assets, admin), View: review.ErasuresView{App: appCheckout}})},
	}
}
