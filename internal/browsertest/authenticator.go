package browsertest

import (
	"context"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// Authenticator is a device with passkeys, built into the browser of a tab. Its owner is always there.
type Authenticator struct {
	page *Page
	id   webauthn.AuthenticatorID
}

// Authenticator gives the tab one that holds nothing yet.
func (p *Page) Authenticator(t testing.TB) *Authenticator {
	t.Helper()
	a := &Authenticator{page: p}
	p.call(t, func(ctx context.Context) error {
		if _, err := chromedp.Call(ctx, webauthn.Enable, webauthn.EnableParams{}); err != nil {
			return err
		}
		made, err := chromedp.Call(ctx, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
			Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal,
			HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true,
		}})
		a.id = made.AuthenticatorID
		return err
	})
	return a
}

// addPasskey leaves out what an authenticator need not know: the library's own sends all, and is refused.
var addPasskey = cdp.Command[passkeyToAdd, cdp.Empty]{Method: webauthn.CommandAddCredential}

type passkeyToAdd struct {
	AuthenticatorID webauthn.AuthenticatorID `json:"authenticatorId"`
	Credential      struct {
		ID       []byte  `json:"credentialId"`
		Resident bool    `json:"isResidentCredential"`
		RP       string  `json:"rpId"`
		Key      []byte  `json:"privateKey"`
		User     []byte  `json:"userHandle"`
		Count    float64 `json:"signCount"`
	} `json:"credential"`
}

// Verified says whether the owner passes the test of finger, face or PIN from now on.
func (a *Authenticator) Verified(t testing.TB, passes bool) {
	t.Helper()
	a.page.call(t, func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, webauthn.SetUserVerified, webauthn.SetUserVerifiedParams{AuthenticatorID: a.id, IsUserVerified: passes})
		return err
	})
}

// Passkeys are those that it holds.
func (a *Authenticator) Passkeys(t testing.TB) (all []*webauthn.Credential) {
	t.Helper()
	a.page.call(t, func(ctx context.Context) error {
		got, err := chromedp.Call(ctx, webauthn.GetCredentials, webauthn.GetCredentialsParams{AuthenticatorID: a.id})
		all = got.Credentials
		return err
	})
	return all
}

// Restore puts a passkey back as it was, as somebody does who has copied it.
func (a *Authenticator) Restore(t testing.TB, passkey *webauthn.Credential) {
	t.Helper()
	require.NotEmpty(t, passkey.CredentialID)
	a.page.call(t, func(ctx context.Context) error {
		if _, err := chromedp.Call(ctx, webauthn.RemoveCredential, webauthn.RemoveCredentialParams{AuthenticatorID: a.id, CredentialID: passkey.CredentialID}); err != nil {
			return err
		}
		restored := passkeyToAdd{AuthenticatorID: a.id}
		restored.Credential.ID, restored.Credential.Resident, restored.Credential.RP = passkey.CredentialID, true, passkey.RpID
		restored.Credential.Key, restored.Credential.User, restored.Credential.Count = passkey.PrivateKey, passkey.UserHandle, passkey.SignCount
		_, err := chromedp.Call(ctx, addPasskey, restored)
		return err
	})
}
