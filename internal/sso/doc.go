// Package sso speaks OpenID Connect with the provider of single sign-on that an operator names: the authorization code
// flow with PKCE, state and nonce. It says who somebody is at the provider, and knows nothing of who may come in.
package sso
