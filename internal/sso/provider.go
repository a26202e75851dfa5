package sso

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/internal/secret"
)

// Options are what an operator says of the provider.
type Options struct {
	Issuer       string // its URL, whose /.well-known/openid-configuration describes it
	ClientID     string
	ClientSecret string
	Scopes       []string // beside openid, email and profile
	GroupsClaim  string
	Clock        review.Clock
	Random       io.Reader
}

// Provider is the provider. It is asked when somebody signs in, never before: a server starts without it.
type Provider struct {
	Options
	client *http.Client

	mu    sync.Mutex
	found *oidc.Provider
}

// New checks the options and asks nobody.
func New(o Options) (*Provider, error) {
	u, err := url.Parse(o.Issuer)
	if err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, fmt.Errorf("sso: the issuer %q is no URL", o.Issuer)
	}
	if o.ClientID == "" || o.GroupsClaim == "" || o.Clock == nil || o.Random == nil {
		return nil, errors.New("sso: client id, groups claim, clock and randomness are needed")
	}
	return &Provider{Options: o, client: newClient(u.Hostname())}, nil
}

// errDown says that the provider did not answer, or not as one.
func errDown(err error) error {
	return review.Unavailable(err, "The single sign-on service does not answer. Try again in a moment; a password works as ever.", 10*time.Second)
}

// errNoProof is the one answer to everything that comes back and proves nothing.
func errNoProof(err error) error {
	return review.Wrap(review.CodeUnauthenticated, err, "Single sign-on did not prove who you are. Start over.")
}

// discovered asks the provider for its description, once.
func (p *Provider) discovered() (*oidc.Provider, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found != nil {
		return p.found, nil
	}
	// The context is kept for fetching keys later, so it is not that of a request; the client's patience bounds both.
	found, err := oidc.NewProvider(oidc.ClientContext(context.Background(), p.client), p.Issuer)
	if err != nil {
		return nil, errDown(err)
	}
	p.found = found
	return found, nil
}

func (p *Provider) config(found *oidc.Provider, redirect string) oauth2.Config {
	return oauth2.Config{ClientID: p.ClientID, ClientSecret: p.ClientSecret, Endpoint: found.Endpoint(), RedirectURL: redirect,
		Scopes: slices.Concat([]string{oidc.ScopeOpenID, "email", "profile"}, p.Scopes)}
}

// Begin returns where the browser goes, and what has to come back with it. again asks the provider to make sure
// that it is still the same person.
func (p *Provider) Begin(redirect string, again bool) (string, review.SSOAttempt, error) {
	found, err := p.discovered()
	if err != nil {
		return "", review.SSOAttempt{}, err
	}
	var a review.SSOAttempt
	for _, token := range []*string{&a.State, &a.Nonce, &a.Verifier} {
		if *token, err = secret.NewToken(p.Random); err != nil {
			return "", review.SSOAttempt{}, err
		}
	}
	options := []oauth2.AuthCodeOption{oidc.Nonce(a.Nonce), oauth2.S256ChallengeOption(a.Verifier)}
	if again {
		options = append(options, oauth2.SetAuthURLParam("prompt", "login"))
	}
	config := p.config(found, redirect)
	return config.AuthCodeURL(a.State, options...), a, nil
}

// Finish redeems the code that came back and returns whom it proves.
func (p *Provider) Finish(ctx context.Context, a review.SSOAttempt, redirect, code string) (review.SSOIdentity, error) {
	found, err := p.discovered()
	if err != nil {
		return review.SSOIdentity{}, err
	}
	ctx = oidc.ClientContext(ctx, p.client)
	config := p.config(found, redirect)
	token, err := config.Exchange(ctx, code, oauth2.VerifierOption(a.Verifier))
	if err != nil {
		var said *oauth2.RetrieveError
		if errors.As(err, &said) && said.Response != nil && said.Response.StatusCode < 500 {
			return review.SSOIdentity{}, errNoProof(err)
		}
		return review.SSOIdentity{}, errDown(err)
	}
	raw, _ := token.Extra("id_token").(string)
	proof, err := found.Verifier(&oidc.Config{ClientID: p.ClientID, Now: p.Clock}).Verify(ctx, raw)
	if err != nil {
		return review.SSOIdentity{}, errNoProof(err)
	}
	if a.Nonce == "" || subtle.ConstantTimeCompare([]byte(proof.Nonce), []byte(a.Nonce)) != 1 {
		return review.SSOIdentity{}, errNoProof(errors.New("sso: the nonce is another"))
	}
	var claims map[string]json.RawMessage
	if err := proof.Claims(&claims); err != nil {
		return review.SSOIdentity{}, errNoProof(err)
	}
	if err := p.complete(ctx, found, token, proof.Subject, claims); err != nil {
		return review.SSOIdentity{}, err
	}
	return p.identity(proof, claims), nil
}

// complete asks for what does not stand in the token: many providers tell groups and addresses only then.
func (p *Provider) complete(ctx context.Context, found *oidc.Provider, token *oauth2.Token, subject string, claims map[string]json.RawMessage) error {
	if claims["email"] != nil && claims[p.GroupsClaim] != nil || found.UserInfoEndpoint() == "" {
		return nil
	}
	info, err := found.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		return errDown(err)
	}
	if info.Subject != subject { // OpenID Connect Core, 5.3.2
		return errNoProof(errors.New("sso: the user info is somebody else's"))
	}
	var more map[string]json.RawMessage
	if err := info.Claims(&more); err != nil {
		return errNoProof(err)
	}
	for name, value := range more {
		if claims[name] == nil {
			claims[name] = value
		}
	}
	return nil
}

// maxGroups bounds what is looked at.
const maxGroups = 1000

func (p *Provider) identity(proof *oidc.IDToken, claims map[string]json.RawMessage) review.SSOIdentity {
	i := review.SSOIdentity{Issuer: proof.Issuer, Subject: proof.Subject, Email: text(claims["email"]), Name: text(claims["name"])}
	verified := string(claims["email_verified"])
	i.EmailVerified = verified == "true" || verified == `"true"` // some send it as a string
	i.Groups = groups(claims[p.GroupsClaim])
	return i
}

// text reads a string; what is none is "".
func text(raw json.RawMessage) (s string) {
	if json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return s
}

// groups reads a list of strings, or one string; what is neither is none.
func groups(raw json.RawMessage) []string {
	var many []json.RawMessage
	if json.Unmarshal(raw, &many) != nil {
		many = []json.RawMessage{raw}
	}
	var out []string
	for _, one := range many[:min(len(many), maxGroups)] {
		if g := text(one); g != "" {
			out = append(out, g)
		}
	}
	return out
}
