package review

import (
	"context"
	"time"
)

// SignatureWindow is how far the time of a signature may be from ours, either way.
const SignatureWindow = 5 * time.Minute

// SignedRequest is a request that an App signed with its key.
type SignedRequest struct {
	KeyPrefix string
	Nonce     string
	Created   time.Time
	Expires   time.Time // zero: when the window ends
	// Verify tells whether a whole key made the signature.
	Verify func(key []byte) bool
}

// Replays remember what came once.
type Replays interface {
	// First tells whether an App's word did not come before, and remembers it until a time.
	// An error says that nobody knows: CodeRateLimited or CodeUnavailable.
	First(ctx context.Context, appID, word string, now, until time.Time) (bool, error)
}

// errUnsigned is the one answer to every signature that a key in force did not make.
var errUnsigned = Errorf(CodeUnauthenticated, "the signature was not made by an API key that is in force and signs requests")

// CallerBySignature returns the App whose key signed a request; CodeUnauthenticated when none did, when it is too old,
// and when it came before. What is wrong with the time is told: who sends it knows it anyway.
func (a *Accounts) CallerBySignature(ctx context.Context, r SignedRequest) (Caller, error) {
	now := a.now()
	if err := r.inTime(now); err != nil {
		return Caller{}, err
	}
	c, key, err := a.Store.Signer(ctx, r.KeyPrefix)
	if err != nil && CodeOf(err) != CodeNotFound {
		return Caller{}, err
	}
	known := err == nil
	if made := r.Verify(key); !made || !known || len(key) == 0 {
		return Caller{}, errUnsigned
	}
	first, err := a.Replays.First(ctx, c.App.ID, c.KeyID+" "+r.Nonce, now, r.Created.Add(SignatureWindow))
	if err != nil {
		return Caller{}, err
	}
	if !first {
		return Caller{}, Errorf(CodeUnauthenticated, "a request with this nonce came before: sign each one anew")
	}
	a.noteUse(ctx, c)
	return c, nil
}

func (r SignedRequest) inTime(now time.Time) error {
	apart := now.Sub(r.Created)
	if apart >= SignatureWindow || apart <= -SignatureWindow {
		return Errorf(CodeUnauthenticated, "the signature was created more than %d minutes from now, which is %s", int(SignatureWindow.Minutes()), now.Format(time.RFC3339))
	}
	if !r.Expires.IsZero() && !r.Expires.After(now) {
		return Errorf(CodeUnauthenticated, "the signature has expired; now is %s", now.Format(time.RFC3339))
	}
	return nil
}
