package sso

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/coreos/go-oidc/v3/oidc"

	"github.com/guardroom/guardroom/internal/review"
)

func identityOf(t testing.TB, claims, groupsClaim string) (review.SSOIdentity, map[string]any, bool) {
	t.Helper()
	var raw map[string]json.RawMessage
	var plain map[string]any
	if json.Unmarshal([]byte(claims), &raw) != nil || json.Unmarshal([]byte(claims), &plain) != nil {
		return review.SSOIdentity{}, nil, false
	}
	p := &Provider{Options: Options{GroupsClaim: groupsClaim}}
	return p.identity(&oidc.IDToken{Issuer: "https://op.example", Subject: "s-1"}, raw), plain, true
}

func TestClaims(t *testing.T) {
	t.Parallel()
	for claims, want := range map[string]review.SSOIdentity{
		`{}`: {},
		`{"email":"a@b.c","email_verified":true,"name":"A","groups":["g","h"]}`: {Email: "a@b.c", EmailVerified: true, Name: "A", Groups: []string{"g", "h"}},
		`{"email_verified":"true","groups":"g"}`:                                {EmailVerified: true, Groups: []string{"g"}},
		`{"email_verified":"True"}`:                                             {},
		`{"email_verified":1,"email":["a@b.c"],"name":{"x":1}}`:                 {},
		`{"email_verified":null,"groups":null}`:                                 {},
		`{"groups":[1,null,["admins"],{"admins":true},"",  "g"]}`:               {Groups: []string{"g"}},
		`{"groups":{"admins":true}}`:                                            {},
		`{"groups":"admins,staff"}`:                                             {Groups: []string{"admins,staff"}},
	} {
		want.Issuer, want.Subject = "https://op.example", "s-1"
		got, _, _ := identityOf(t, claims, "groups")
		if got.Email != want.Email || got.EmailVerified != want.EmailVerified || got.Name != want.Name || !slices.Equal(got.Groups, want.Groups) {
			t.Errorf("%s is %+v, want %+v", claims, got, want)
		}
	}
}

// FuzzClaims: whatever a provider says, nobody becomes somebody else, gets a group that does not stand there by itself,
// or a verified address by anything but the word.
func FuzzClaims(f *testing.F) {
	f.Add(`{"sub":"x","iss":"y","email":"a@b.c","email_verified":true,"name":"A","groups":["admins","\u0000"]}`, "groups")
	f.Add(`{"email_verified":"true","roles":"admins"}`, "roles")
	f.Add(`{"groups":[["admins"],{"a":"admins"},null,1]}`, "groups")
	f.Add(`{"email":"\ud800@b.c","groups":`+"["+strings.Repeat(`"g",`, 1200)+`"g"]}`, "groups")
	f.Fuzz(func(t *testing.T, claims, groupsClaim string) {
		i, said, ok := identityOf(t, claims, groupsClaim)
		if !ok {
			return
		}
		if i.Issuer != "https://op.example" || i.Subject != "s-1" {
			t.Errorf("a claim changed who it is: %+v", i)
		}
		if i.EmailVerified && said["email_verified"] != true && said["email_verified"] != "true" {
			t.Errorf("verified by %v", said["email_verified"])
		}
		if len(i.Groups) > maxGroups {
			t.Errorf("%d groups", len(i.Groups))
		}
		list, _ := said[groupsClaim].([]any)
		for _, g := range i.Groups {
			if g == "" || !utf8.ValidString(g) || said[groupsClaim] != any(g) && !slices.Contains(list, any(g)) {
				t.Errorf("the group %q is not in %v", g, said[groupsClaim])
			}
		}
		if !utf8.ValidString(i.Email) || !utf8.ValidString(i.Name) {
			t.Error("text that is none")
		}
	})
}
