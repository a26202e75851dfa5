package review

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"
)

// UseGrain is how exactly it is known when a key was last used: to note every use would
// cost a write for every request.
const UseGrain = 5 * time.Minute

// KeysShown bounds the list of an App's keys.
const KeysShown = 200

// The longest that a key may be said to live, and that two keys may overlap.
const (
	maxKeyLife    = 5 * 366 * 24 * time.Hour
	maxKeyOverlap = 31 * 24 * time.Hour
)

// NewKey is a key to be made.
type NewKey struct {
	App    string // name
	Name   string // what it is for; may be empty
	Scopes []Scope
	Life   time.Duration // 0: it has no end
	Signs  bool          // requests are signed with it, and it is never sent
}

// MintedKey is a key and its secret, which cannot be shown again.
type MintedKey struct {
	APIKey
	Secret string
}

// AddKey makes an API key with the usual scopes and without an end.
func (a *Accounts) AddKey(ctx context.Context, by Actor, appNamed string) (string, error) {
	k, err := a.MintKey(ctx, by, NewKey{App: appNamed, Scopes: UsualScopes()})
	return k.Secret, err
}

// MintKey makes an API key.
func (a *Accounts) MintKey(ctx context.Context, by Actor, n NewKey) (MintedKey, error) {
	app, err := a.App(ctx, n.App)
	if err != nil {
		return MintedKey{}, err
	}
	if err := n.validate(); err != nil {
		return MintedKey{}, err
	}
	now := a.now()
	k, err := a.mint(APIKey{AppID: app.ID, Name: strings.TrimSpace(n.Name), Scopes: ordered(n.Scopes), Signs: n.Signs, CreatedAt: now, ExpiresAt: after(now, n.Life)})
	if err != nil {
		return MintedKey{}, err
	}
	return k, a.Store.Write(ctx, func(tx Tx) error { return putKey(tx, by, k, "key.added", "") })
}

func (n NewKey) validate() error {
	var wrong invalidFields
	if !plainName(strings.TrimSpace(n.Name)) {
		wrong.addf("name", "a name has at most %d characters, all of them visible", maxNameRunes)
	}
	if len(n.Scopes) == 0 {
		wrong.addf("scopes", "a key opens something: choose at least one")
	}
	for _, s := range n.Scopes {
		if !slices.Contains(Scopes(), s) {
			wrong.addf("scopes", "a scope is one of %v", Scopes())
			break
		}
	}
	if n.Life < 0 || n.Life > maxKeyLife {
		wrong.addf("life", "a key lives for five years at most, or has no end")
	}
	return wrong.err()
}

// ordered lists scopes once each, as Scopes does.
func ordered(scopes []Scope) []Scope {
	return slices.DeleteFunc(Scopes(), func(s Scope) bool { return !slices.Contains(scopes, s) })
}

func after(now time.Time, life time.Duration) *time.Time {
	if life == 0 {
		return nil
	}
	end := now.Add(life)
	return &end
}

func (a *Accounts) mint(k APIKey) (MintedKey, error) {
	secret, prefix, hash, err := a.Keys.Mint()
	if err != nil {
		return MintedKey{}, Wrap(CodeInternal, err, "no key could be made")
	}
	k.ID, k.Prefix, k.Hash = a.NewID(), prefix, hash
	return MintedKey{APIKey: k, Secret: secret}, nil
}

// keyDetail is what the audit trail says of a key.
type keyDetail struct {
	Name    string     `json:"name"` // its prefix
	Purpose string     `json:"purpose,omitempty"`
	Scopes  []Scope    `json:"scopes,omitempty"`
	Signs   bool       `json:"signs,omitempty"`
	Expires *time.Time `json:"expires,omitempty"`
	Of      string     `json:"of,omitempty"` // the prefix of the key in whose place it comes
}

func putKey(tx Tx, by Actor, k MintedKey, action, of string) error {
	signing := "" // of a key that is sent, nothing is kept that opens anything
	if k.Signs {
		signing = k.Secret
	}
	if err := tx.PutAPIKey(k.APIKey, signing); err != nil {
		return err
	}
	return tx.AppendEvent(event(k.CreatedAt, by, action, k.ID, k.AppID,
		keyDetail{Name: k.Prefix, Purpose: k.Name, Scopes: k.Scopes, Signs: k.Signs, Expires: k.ExpiresAt, Of: of}))
}

// RotateKey makes a key that opens what another does and lives as long as that was to
// live, and lets the other end after the overlap, if it does not end sooner.
func (a *Accounts) RotateKey(ctx context.Context, v Viewer, appNamed, id string, overlap time.Duration) (MintedKey, error) {
	app, err := a.administered(v, appNamed)
	if err != nil {
		return MintedKey{}, err
	}
	if overlap < 0 || overlap > maxKeyOverlap {
		return MintedKey{}, Unprocessable([]FieldError{{Field: "overlap", Message: "keys overlap for a month at most"}})
	}
	minted, err := a.mint(APIKey{AppID: app.ID, CreatedAt: a.now()})
	if err != nil {
		return MintedKey{}, err
	}
	now := minted.CreatedAt
	var fresh MintedKey
	err = a.Store.Write(ctx, func(tx Tx) error {
		old, err := tx.APIKey(app.ID, id)
		if err != nil {
			return err
		}
		if !old.InForce(now) {
			return Errorf(CodeConflict, "this key is not in force any more: make a new one")
		}
		fresh = minted
		fresh.Name, fresh.Scopes, fresh.Signs = old.Name, old.Scopes, old.Signs
		if old.ExpiresAt != nil {
			fresh.ExpiresAt = after(now, old.ExpiresAt.Sub(old.CreatedAt))
		}
		if end := now.Add(overlap); old.ExpiresAt == nil || old.ExpiresAt.After(end) {
			if err := tx.SetKeyExpiry(old.ID, end); err != nil {
				return err
			}
		}
		return putKey(tx, v.Actor(), fresh, "key.rotated", old.Prefix)
	})
	return fresh, err
}

// EndKey revokes a key of an App, at once.
func (a *Accounts) EndKey(ctx context.Context, v Viewer, appNamed, id string) error {
	app, err := a.administered(v, appNamed)
	if err != nil {
		return err
	}
	now := a.now()
	return a.Store.Write(ctx, func(tx Tx) error {
		k, err := tx.APIKey(app.ID, id)
		if err != nil {
			return err
		}
		if _, err := tx.RevokeAPIKey(k.Prefix, now); err != nil {
			return err
		}
		return tx.AppendEvent(event(now, v.Actor(), "key.revoked", k.ID, app.ID, named{k.Prefix}))
	})
}

// keyUses remembers which keys' uses are noted, so that of many requests at once one writes.
type keyUses struct {
	mu    sync.Mutex
	noted map[string]time.Time // by key id
}

func newKeyUses() *keyUses { return &keyUses{noted: map[string]time.Time{}} }

// due tells whether a use is to be noted, and takes it that it will be.
func (u *keyUses) due(c Caller, now time.Time) bool {
	if c.UsedAt != nil && now.Sub(*c.UsedAt) < UseGrain {
		return false
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if last, ok := u.noted[c.KeyID]; ok && now.Sub(last) < UseGrain {
		return false
	}
	u.noted[c.KeyID] = now
	return true
}

// noteUse keeps when a key was used. That it could not be kept is no reason to refuse
// the caller: what they came for will say whether the store works.
func (a *Accounts) noteUse(ctx context.Context, c Caller) {
	now := a.now()
	if a.uses.due(c, now) {
		_ = a.Store.Write(ctx, func(tx Tx) error { return tx.SetKeyUse(c.KeyID, now) })
	}
}
