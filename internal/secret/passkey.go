package secret

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"net/url"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
)

// ErrNoPasskeys says that passkeys cannot be used at an origin: browsers bind them to a host name, and offer them over
// HTTPS or on this machine only.
var ErrNoPasskeys = errors.New("secret: passkeys need HTTPS and a host name")

// errPasskey is why an answer of an authenticator counts for nothing; the library's own words may repeat what was sent.
var errPasskey = errors.New("secret: the authenticator's answer proves nothing")

// PasskeyOwner is somebody as authenticators know them, and what is kept of their passkeys.
type PasskeyOwner struct {
	ID        string // never shown; the authenticator gives it back
	Name      string // by which people tell their accounts apart
	Display   string
	Documents [][]byte
}

// PasskeyProof is what an authenticator showed.
type PasskeyProof struct {
	Owner      string // id
	Credential []byte // id
	Document   []byte // to be kept in the place of the one before
	// Cloned says that the counter of signatures did not go on: there may be two of it.
	Cloned bool
}

// Passkeys asks authenticators to sign for one origin, and checks what they sign (WebAuthn Level 3).
type Passkeys struct{ at *webauthn.WebAuthn }

// NewPasskeys is for pages of an origin, such as https://guardroom.example.org.
func NewPasskeys(origin string) (Passkeys, error) {
	u, err := url.Parse(origin)
	if err != nil {
		return Passkeys{}, ErrNoPasskeys
	}
	host := u.Hostname()
	_, notAddress := netip.ParseAddr(host)
	if host == "" || notAddress == nil || u.Scheme != "https" && host != "localhost" {
		return Passkeys{}, ErrNoPasskeys
	}
	at, err := webauthn.New(&webauthn.Config{
		RPID: host, RPDisplayName: "Guardroom", RPOrigins: []string{origin},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, UserVerification: protocol.VerificationRequired,
		},
	})
	if err != nil {
		return Passkeys{}, fmt.Errorf("secret: passkeys: %w", err)
	}
	return Passkeys{at}, nil
}

// passkeyUser implements webauthn.User.
type passkeyUser struct {
	PasskeyOwner
	credentials []webauthn.Credential
}

func newPasskeyUser(o PasskeyOwner) (passkeyUser, error) {
	u := passkeyUser{PasskeyOwner: o, credentials: make([]webauthn.Credential, len(o.Documents))}
	for i, document := range o.Documents {
		if err := json.Unmarshal(document, &u.credentials[i]); err != nil {
			return u, fmt.Errorf("secret: a stored passkey cannot be read: %w", err)
		}
	}
	return u, nil
}

func (u passkeyUser) WebAuthnID() []byte                         { return []byte(u.ID) }
func (u passkeyUser) WebAuthnName() string                       { return u.Name }
func (u passkeyUser) WebAuthnDisplayName() string                { return u.Display }
func (u passkeyUser) WebAuthnCredentials() []webauthn.Credential { return u.credentials }

// BeginAdding returns what the browser is asked, and what has to be remembered until it answers, once; both are JSON.
func (p Passkeys) BeginAdding(o PasskeyOwner) (ask, remember []byte, err error) {
	u, err := newPasskeyUser(o)
	if err != nil {
		return nil, nil, err
	}
	var known []protocol.CredentialDescriptor
	for i := range u.credentials {
		known = append(known, u.credentials[i].Descriptor())
	}
	creation, session, err := p.at.BeginRegistration(u, webauthn.WithExclusions(known))
	if err != nil {
		return nil, nil, fmt.Errorf("secret: begin a passkey: %w", err)
	}
	return marshalBoth(creation.Response, session)
}

func marshalBoth(ask, remember any) ([]byte, []byte, error) {
	a, err := json.Marshal(ask)
	if err != nil {
		return nil, nil, fmt.Errorf("secret: %w", err)
	}
	r, err := json.Marshal(remember)
	if err != nil {
		return nil, nil, fmt.Errorf("secret: %w", err)
	}
	return a, r, nil
}

// FinishAdding checks what the browser answered, and returns what is to be kept.
func (p Passkeys) FinishAdding(o PasskeyOwner, remember, answer []byte) (credential, document []byte, err error) {
	u, err := newPasskeyUser(o)
	if err != nil {
		return nil, nil, err
	}
	var session webauthn.SessionData
	if err := json.Unmarshal(remember, &session); err != nil {
		return nil, nil, errPasskey
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return nil, nil, errPasskey
	}
	made, err := p.at.CreateCredential(u, session, parsed)
	if err != nil {
		return nil, nil, errPasskey
	}
	if document, err = json.Marshal(made); err != nil {
		return nil, nil, fmt.Errorf("secret: %w", err)
	}
	return made.ID, document, nil
}

// BeginProving is BeginAdding for who signs in. The question is the same for everybody: the authenticator knows whose it
// is, so that nobody can ask who is there.
func (p Passkeys) BeginProving() (ask, remember []byte, err error) {
	assertion, session, err := p.at.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return nil, nil, fmt.Errorf("secret: begin with a passkey: %w", err)
	}
	return marshalBoth(assertion.Response, session)
}

// FinishProving checks what the browser answered. find returns the owner with an id; what it fails with is returned as it is.
func (p Passkeys) FinishProving(remember, answer []byte, find func(id string) (PasskeyOwner, error)) (PasskeyProof, error) {
	var session webauthn.SessionData
	if err := json.Unmarshal(remember, &session); err != nil {
		return PasskeyProof{}, errPasskey
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return PasskeyProof{}, errPasskey
	}
	var failed error
	user, credential, err := p.at.ValidatePasskeyLogin(func(_, handle []byte) (webauthn.User, error) {
		owner, err := find(string(handle))
		if err != nil {
			failed = err
			return nil, err
		}
		return newPasskeyUser(owner)
	}, session, parsed)
	if failed != nil {
		return PasskeyProof{}, failed
	}
	if err != nil {
		return PasskeyProof{}, errPasskey
	}
	proof := PasskeyProof{Owner: string(user.WebAuthnID()), Credential: credential.ID, Cloned: credential.Authenticator.CloneWarning}
	if proof.Document, err = json.Marshal(credential); err != nil {
		return PasskeyProof{}, fmt.Errorf("secret: %w", err)
	}
	return proof, nil
}
