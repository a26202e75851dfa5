package review

import (
	"slices"
	"time"
)

// Role is what a person may do; memberships say in which Apps.
type Role string

// The roles, from least to most.
const (
	RoleViewer  Role = "viewer"
	RoleAnalyst Role = "analyst"
	RoleLead    Role = "lead"
	RoleAuditor Role = "auditor"
	RoleAdmin   Role = "admin"
)

// Roles lists every role in the order in which pages and help show them.
func Roles() []Role { return []Role{RoleViewer, RoleAnalyst, RoleLead, RoleAuditor, RoleAdmin} }

// Permission is one thing that a role may or may not do.
type Permission string

// The permissions that routes and navigation ask for.
const (
	PermRead   Permission = "read"   // queue, items, decisions
	PermDecide Permission = "decide" // claim, decide, annotate, skip, undo
	PermExport Permission = "export" // decisions as CSV or JSON Lines
	PermPolicy Permission = "policy" // draft, try, activate and roll back policies

	// PermOversee is for seeing and ending what colleagues hold, deciding what was
	// escalated, and reversing anybody's Decision.
	PermOversee Permission = "oversee"

	PermInsight Permission = "insight" // figures about the queue, the guard and colleagues
	PermConduct Permission = "conduct" // how Apps and their users behave over time

	// PermPersonal is for reading texts with the personal data and secrets in them;
	// without it they are placeholders.
	PermPersonal Permission = "personal"

	PermAudit Permission = "audit" // the audit trail, of everybody in every App

	PermWebhooks Permission = "webhooks" // where an App is told of decisions

	PermStatus Permission = "status" // how services, databases and background work do

	PermAdminister Permission = "administer" // people, Apps, memberships and API keys
)

// Permissions lists every permission.
func Permissions() []Permission {
	return []Permission{PermRead, PermDecide, PermExport, PermPolicy, PermOversee, PermInsight, PermPersonal, PermAudit, PermConduct, PermWebhooks, PermStatus, PermAdminister}
}

// grants is the one table of who may do what; routes, navigation and the matrix
// test are made from it.
var grants = map[Role][]Permission{
	RoleViewer:  {PermRead},
	RoleAnalyst: {PermRead, PermDecide, PermExport, PermPersonal, PermConduct},
	RoleLead:    {PermRead, PermDecide, PermExport, PermPolicy, PermOversee, PermInsight, PermPersonal, PermConduct, PermWebhooks, PermStatus},
	RoleAuditor: {PermRead, PermExport, PermInsight, PermAudit, PermConduct},
	RoleAdmin:   {PermRead, PermDecide, PermExport, PermPolicy, PermOversee, PermInsight, PermPersonal, PermAudit, PermConduct, PermWebhooks, PermStatus, PermAdminister},
}

// May tells whether the role has the permission; an unknown role has none.
func (r Role) May(p Permission) bool { return slices.Contains(grants[r], p) }

// Valid tells whether the role is one of Roles.
func (r Role) Valid() bool { _, ok := grants[r]; return ok }

// RolesWithAllApps lists the roles that see every App without being its member.
func RolesWithAllApps() []Role {
	return slices.DeleteFunc(Roles(), func(r Role) bool { return !r.seesAllApps() })
}

// seesAllApps: auditors and admins answer for the whole installation.
func (r Role) seesAllApps() bool { return r == RoleAuditor || r == RoleAdmin }

// User is a person with a password.
type User struct {
	ID           string
	Email        string // lower case, unique
	Name         string // shown to colleagues
	Role         Role
	PasswordHash string // PHC string; never leaves the server
	CreatedAt    time.Time
	DisabledAt   *time.Time
	Preferences  Preferences
}

// Viewer is a signed-in person and the Apps that they may see. Every read and
// every act of a person passes through one.
type Viewer struct {
	User User
	Apps []App // memberships, by name; for auditors and admins every App
}

// May tells whether the viewer's role has the permission.
func (v Viewer) May(p Permission) bool { return v.User.Role.May(p) }

// Sees tells whether the App is one of the viewer's.
func (v Viewer) Sees(appID string) bool {
	return slices.ContainsFunc(v.Apps, func(a App) bool { return a.ID == appID })
}

// HasApp tells whether an App of that name is one of the viewer's.
func (v Viewer) HasApp(name string) bool {
	return slices.ContainsFunc(v.Apps, func(a App) bool { return a.Name == name })
}

// AppNamed returns the viewer's App of that name; CodeNotFound for one that is not
// there and for one that is not theirs.
func (v Viewer) AppNamed(name string) (App, error) {
	for _, a := range v.Apps {
		if a.Name == name {
			return a, nil
		}
	}
	return App{}, Errorf(CodeNotFound, "there is no such App")
}

// AppIDs lists the ids of the viewer's Apps.
func (v Viewer) AppIDs() []string {
	ids := make([]string, len(v.Apps))
	for i, a := range v.Apps {
		ids[i] = a.ID
	}
	return ids
}

// Actor returns who acts, for Events and Decisions.
func (v Viewer) Actor() Actor { return Actor{Kind: ActorUser, ID: v.User.ID} }

// ActorKind tells people, Apps and Guardroom itself apart.
type ActorKind string

// The kinds of Actor.
const (
	ActorUser   ActorKind = "user"
	ActorApp    ActorKind = "app"
	ActorSystem ActorKind = "system"
)

// Actor is who did something. ID is a user id, an App id, or for the system the
// part that acted ("cli", "demo").
type Actor struct {
	Kind ActorKind `json:"kind"`
	ID   string    `json:"id"`
}

// App is a client application; the unit of access.
type App struct {
	ID        string
	Name      string // unique, 1–64 of [a-z0-9-]
	CreatedAt time.Time
}

// APIKey lets an App in. The key itself is shown once and never stored.
type APIKey struct {
	ID        string
	AppID     string
	Name      string // what it is for, as who made it says
	Prefix    string // shown in lists so that a key can be recognised
	Hash      []byte // SHA-256 of the whole key
	Signs     bool   // requests are signed with it; it is never sent itself
	Scopes    []Scope
	CreatedAt time.Time
	ExpiresAt *time.Time // nil: never
	UsedAt    *time.Time // to within UseGrain; nil: never
	RevokedAt *time.Time
}

// InForce tells whether the key opens anything at a time.
func (k APIKey) InForce(now time.Time) bool {
	return k.RevokedAt == nil && (k.ExpiresAt == nil || k.ExpiresAt.After(now))
}

// Scope is what an API key opens; the routes say which one they ask for.
type Scope string

// The scopes.
const (
	ScopeSubmit  Scope = "submit"  // interactions, their feedback and the outcomes of interventions
	ScopeRead    Scope = "read"    // interactions and decisions of the App
	ScopeModel   Scope = "model"   // the language models behind the gateway
	ScopeApprove Scope = "approve" // asking a person, and waiting for the answer
	ScopeWebhook Scope = "webhook" // where the App is told what was decided
	ScopeErase   Scope = "erase"   // erasing what is known of one user of the App
)

// Scopes lists every scope in the order in which pages and help show them.
func Scopes() []Scope {
	return []Scope{ScopeSubmit, ScopeRead, ScopeModel, ScopeApprove, ScopeWebhook, ScopeErase}
}

// UsualScopes lists those that a key has when nobody says which: what cannot be undone is asked for by name.
func UsualScopes() []Scope {
	return slices.DeleteFunc(Scopes(), func(s Scope) bool { return s == ScopeErase })
}

// Caller is an App that showed a valid key.
type Caller struct {
	App           App
	KeyID         string
	Signs         bool       // the key is one that signs
	PolicyVersion int        // the active one, read together with the key
	Scopes        []Scope    // of the key
	UsedAt        *time.Time // when the key was last noted to be used
}

// May tells whether the key has the scope.
func (c Caller) May(s Scope) bool { return slices.Contains(c.Scopes, s) }

// Actor returns who acts, for Events.
func (c Caller) Actor() Actor { return Actor{Kind: ActorApp, ID: c.App.ID} }
