package views

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/static"
	"github.com/guardroom/guardroom/views/text"
	"github.com/guardroom/guardroom/views/ui"
)

// The paths of people, Apps, keys and of getting in.
const (
	PathPeople         = "/people"
	PathApps           = "/apps"
	PathConfirm        = "/confirm"    // GET and POST: the password once more
	PathInvitation     = "/invitation" // GET and POST: the link by which a password is chosen
	PathOwnSessionsEnd = PathAccount + "/sessions"
	PathSecurity       = PathAccount + "/security" // GET: password, second factor, passkeys
	PathOwnPassword    = PathSecurity + "/password"
	PathTOTP           = PathSecurity + "/totp" // GET: the secret, until its first code; POST: makes one
	PathTOTPCode       = PathTOTP + "/code"
	PathTOTPRemoval    = PathTOTP + "/removal"
	PathRecovery       = PathSecurity + "/recovery-codes"
	PathPasskeys       = PathSecurity + "/passkeys" // POST: adds one
	PathPasskeysAsk    = PathPasskeys + "/question" // POST: what the browser is asked, JSON
	PathPasskeyRemoval = PathPasskeys + "/removal"

	PathLoginPasskey      = PathLogin + "/passkey" // POST: signs in by one
	PathLoginPasskeyAsk   = PathLoginPasskey + "/question"
	PathConfirmPasskey    = PathConfirm + "/passkey" // POST: one in the place of the password
	PathConfirmPasskeyAsk = PathConfirmPasskey + "/question"

	PathSignOn     = PathLogin + "/sso" // GET: leads to the provider of single sign-on
	PathSignOnBack = PathSignOn + "/callback"
	PathLoginCode  = PathLogin + "/code" // GET and POST: the second step of signing in
)

// The last steps of the paths below /people/{id} and /apps/{app}.
const (
	StepRole       = "role"
	StepAccess     = "access"      // lets the person in, or not any more
	StepSessions   = "sessions"    // ends them
	StepMember     = "memberships" // begins or ends one
	StepLink       = "link"        // makes a new one
	StepFactors    = "factors"     // takes a lost second factor away
	StepKeys       = "keys"
	StepRotation   = "rotation"   // POST below a key: makes one in its place
	StepRevocation = "revocation" // POST below a key: ends it
	StepRetention  = "retention"  // GET: what is kept, held and removed
	StepHolds      = "holds"      // POST: sets one
	StepLift       = "lift"       // POST below a hold: ends it
	StepOrigins    = "origins"    // GET and POST: whose pages may call the API from a browser
	StepErasures   = "erasures"   // GET: the list, and a look ahead; POST: begins one
)

// The fields of those forms.
const (
	FieldNewPassword = "new_password"
	FieldCode        = "code"
	FieldAnswer      = "answer"  // of an authenticator, JSON; the script fills it in
	FieldPasskey     = "passkey" // id

	FieldRole    = "role"
	FieldApps    = "apps"
	FieldScopes  = "scopes"
	FieldLife    = "life"    // of a key, in days; "" has no end
	FieldSigns   = "signs"   // AccessOn: the key signs
	FieldOrigins = "origins" // one a line
	FieldOverlap = "overlap" // of two keys, in hours
	FieldAccess  = "access"  // AccessOn or AccessOff
	FieldMember  = "member"  // the same
	FieldMark    = "mark"    // of a session; "" means all
	FieldSubject = "subject" // whom or what it keeps
)

// What a form of access or membership says.
const (
	AccessOn  = "on"
	AccessOff = "off"
)

// Session is one place where somebody is signed in.
type Session struct {
	Mark     string // as in the audit trail
	At, Seen time.Time
	Address  string
	Agent    string // what the browser says of itself
}

// PeoplePage is GET /people, and what a refused invitation answers.
type PeoplePage struct {
	Shell
	People  []review.Person
	Paged   bool
	Next    string // where the following page begins; "" at the end
	Form    review.NewUser
	Problem *Problem
}

// PersonPage is GET /people/{id}, and what follows an act on it.
type PersonPage struct {
	Shell
	Person   review.Person
	Sessions []Session
	Factors  review.FactorState
	Link     string // the whole address; shown once
	Problem  *Problem
}

// AppsPage is GET /apps, and what a refused name answers.
type AppsPage struct {
	Shell
	Name    string // as typed
	Problem *Problem
}

// AppPage is GET /apps/{app}, and what follows an act on its keys.
type AppPage struct {
	Shell
	Admin   review.AppAdmin
	Minted  *review.MintedKey // shown once
	Form    review.NewKey
	Problem *Problem
}

// ConfirmPage is GET /confirm, and what a wrong password answers.
type ConfirmPage struct {
	Shell
	Next     string
	SignOn   string // the provider's name; "" when there is none
	Code     bool   // one of an app may stand in for the password
	Passkeys bool   // one may, too
	Problem  *Problem
}

// InvitationPage is GET /invitation, and what a refused password answers.
type InvitationPage struct {
	Assets  *static.Assets
	User    *review.User // nil: the link opens nothing
	Token   string
	Problem *Problem
}

// PersonPath is where one person is administered; step is what is done, "" to look.
func PersonPath(id, step string) string { return join(PathPeople, id, step) }

// AppPath is where one App is administered.
func AppPath(name, step string) string { return join(PathApps, name, step) }

// KeyPath is where something is done to a key.
func KeyPath(app, id, step string) string {
	return AppPath(app, StepKeys) + "/" + url.PathEscape(id) + "/" + step
}

func join(path, name, step string) string {
	path += "/" + url.PathEscape(name)
	if step != "" {
		path += "/" + step
	}
	return path
}

// InvitationPath is the link of an invitation. It works once.
func InvitationPath(token string) string {
	return PathInvitation + "?" + url.Values{FieldToken: {token}}.Encode()
}

// signOnPath leads to the provider, and on to a page of ours.
func signOnPath(next string) string {
	if next == "" {
		return PathSignOn
	}
	return PathSignOn + "?" + url.Values{FieldNext: {next}}.Encode()
}

// PeopleFrom is the page of people that begins after an address.
func PeopleFrom(email string) string {
	return PathPeople + "?" + url.Values{ParamBefore: {email}}.Encode()
}

// ParseInvitee reads the form of an invitation.
func ParseInvitee(form url.Values) review.NewUser {
	return review.NewUser{
		Email: form.Get(FieldEmail), Name: form.Get(FieldName), Role: review.Role(form.Get(FieldRole)), Apps: form[FieldApps],
	}
}

// NewKeyForm proposes the least that most Apps need.
func NewKeyForm() review.NewKey {
	return review.NewKey{Scopes: []review.Scope{review.ScopeSubmit, review.ScopeRead}, Life: 365 * 24 * time.Hour}
}

// ParseKeyForm reads the form of a new key.
func ParseKeyForm(app string, form url.Values) (review.NewKey, error) {
	k := review.NewKey{App: app, Name: form.Get(FieldName), Signs: form.Get(FieldSigns) == AccessOn}
	for _, s := range form[FieldScopes] {
		k.Scopes = append(k.Scopes, review.Scope(s))
	}
	life, err := hours(FieldLife, form.Get(FieldLife), 24)
	k.Life = life
	return k, err
}

// ParseOverlap reads how long two keys are to overlap.
func ParseOverlap(form url.Values) (time.Duration, error) {
	return hours(FieldOverlap, form.Get(FieldOverlap), 1)
}

// hours reads a whole number of so many hours; "" is 0.
func hours(field, value string, each int) (time.Duration, error) {
	if value == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < 0 || n > 100_000 {
		return 0, review.Unprocessable([]review.FieldError{{Field: field, Message: text.Say("choose one of the list")}})
	}
	return time.Duration(n*each) * time.Hour, nil
}

func roleOptions(ctx context.Context) []ui.Option {
	var all []ui.Option
	for _, r := range review.Roles() {
		all = append(all, ui.Option{Value: string(r), Text: text.T(ctx, roleWord(r))})
	}
	return all
}

func lifeOptions(ctx context.Context) []ui.Option {
	return []ui.Option{
		{Value: "30", Text: text.T(ctx, "for 30 days")}, {Value: "90", Text: text.T(ctx, "for 90 days")},
		{Value: "365", Text: text.T(ctx, "for a year")}, {Value: "730", Text: text.T(ctx, "for two years")},
	}
}

func overlapOptions(ctx context.Context) []ui.Option {
	return []ui.Option{
		{Value: "1", Text: text.T(ctx, "an hour")}, {Value: "24", Text: text.T(ctx, "a day")}, {Value: "168", Text: text.T(ctx, "a week")},
	}
}

// lifeValue is the choice of lifeOptions.
func lifeValue(life time.Duration) string {
	if life == 0 {
		return ""
	}
	return strconv.Itoa(int(life / (24 * time.Hour)))
}

func scopeMeans(s review.Scope) string {
	switch s {
	case review.ScopeSubmit:
		return text.Say("Submit interactions, feedback and outcomes")
	case review.ScopeRead:
		return text.Say("Read interactions and decisions")
	case review.ScopeModel:
		return text.Say("Use language models through the gateway")
	case review.ScopeApprove:
		return text.Say("Ask a person for approval")
	case review.ScopeWebhook:
		return text.Say("Set up webhooks, which tell of decisions")
	case review.ScopeErase:
		return text.Say("Erase what is known of a user, which cannot be undone")
	}
	return string(s)
}

// scopeWords is a list of scopes as a cell of a table shows it.
func scopeWords(ctx context.Context, scopes []review.Scope) string {
	if len(scopes) == len(review.Scopes()) {
		return text.T(ctx, "everything")
	}
	words := make([]string, len(scopes))
	for i, s := range scopes {
		words[i] = string(s)
	}
	return strings.Join(words, ", ")
}

// mintedWords stand above a new key.
func mintedWords(ctx context.Context, signs bool) string {
	if signs {
		return text.T(ctx, "This is the new key, with which requests are signed. It is shown only now: Guardroom keeps it sealed, to check signatures. Never send it.")
	}
	return text.T(ctx, "This is the new key. It is shown only now: Guardroom keeps nothing from which it could be shown again.")
}

// factorWords say by what somebody proves themselves beside a password.
func factorWords(ctx context.Context, f review.FactorState) string {
	switch {
	case f.App() && len(f.Passkeys) > 0:
		return text.T(ctx, "An authenticator app, passkeys (%d), and %d recovery codes left.", len(f.Passkeys), f.Recovery)
	case f.App():
		return text.T(ctx, "An authenticator app, and %d recovery codes left.", f.Recovery)
	}
	return text.T(ctx, "Passkeys (%d), and %d recovery codes left.", len(f.Passkeys), f.Recovery)
}

// keyState is a word for how a key stands.
func keyState(k review.APIKey, now time.Time) string {
	switch {
	case k.RevokedAt != nil:
		return text.Say("revoked")
	case !k.InForce(now):
		return text.Say("expired")
	}
	return text.Say("in force")
}

// personState is a word for how somebody stands.
func personState(p review.Person, now time.Time) string {
	switch {
	case p.DisabledAt != nil:
		return text.Say("disabled")
	case p.PasswordHash != "", p.SSO:
		return text.Say("active")
	case p.Invited != nil && p.Invited.After(now):
		return text.Say("invited")
	}
	return text.Say("the link has expired")
}

// joinable are the Apps that the person is no member of.
func joinable(p PersonPage) []ui.Option {
	var all []ui.Option
	for _, a := range p.Viewer.Apps {
		if !slices.ContainsFunc(p.Person.Member, func(m review.App) bool { return m.ID == a.ID }) {
			all = append(all, ui.Option{Value: a.Name, Text: a.Name})
		}
	}
	return all
}

func appWords(apps []review.App) string {
	names := make([]string, len(apps))
	for i, a := range apps {
		names[i] = a.Name
	}
	return strings.Join(names, ", ")
}

// in is of, as the reader speaks.
func (p *Problem) in(ctx context.Context, field string) string { return text.Word(ctx, p.of(field)) }

// day is a date as machines and people write it.
func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// What use cases say on these pages; they know no languages.
var _ = [...]string{
	text.Say("the e-mail address cannot be read"),
	text.Say("a password has at least 12 characters"),
	text.Say("The single sign-on service does not answer. Try again in a moment; a password works as ever."),
	text.Say("Single sign-on did not prove who you are. Start over."),
	text.Say("You are known to the provider, but may not sign in here. An administrator can tell why."),
	text.Say("The code is wrong, too old, or was used before."),
	text.Say("The code is wrong or too old. Does the clock of the phone show the right time?"),
	text.Say("there is an authenticator app already: remove it first"),
	text.Say("no authenticator app is being set up"),
	text.Say("There were too many tries. Wait a little, then try again."),
	text.Say("a password has at most 1024 bytes"),
	text.Say("this password is too easy to guess: add another word or two that do not belong together, and leave out names, dates, repetitions and rows of keys"),
	text.Say("The password is wrong."),
	text.Say("a key opens something: choose at least one"),
	text.Say("an App's name has 1 to 64 of a–z, 0–9 and inner hyphens"),
	text.Say("This passkey does not sign you in here."),
	text.Say("This passkey is not one of yours."),
	text.Say("The answer of the authenticator proves nothing. Try again."),
	text.Say("That took too long, or was sent twice. Try again."),
	text.Say("Passkeys need HTTPS and a host name here."),
	text.Say("there are 20 passkeys already: remove one first"),
	text.Say("this passkey is known already"),
	text.Say("name it, so that you know it again: 80 visible characters at most"),
	text.Say("choose an App"),
	text.Say("an origin is scheme and host as browsers write them, such as https://app.example.org: in small letters, without a path, a pattern or the scheme's own port"),
	text.Say("an App lists 50 origins at most"),
	text.Say("choose a role"),
	text.Say("this is the last administrator who can sign in"),
	text.Say("This link has been used or has expired. An administrator can make a new one."),
}
