package review

import "context"

// Origin is where an act came from, for the audit chain. All of it may be empty: what
// Guardroom does by itself comes from nowhere.
type Origin struct {
	Address string `json:"address,omitempty"` // of the client
	Session string `json:"session,omitempty"` // tells sessions apart and opens none
	Request string `json:"request,omitempty"` // the id that log and answer carry
	Role    Role   `json:"role,omitempty"`    // of the person, at that time
}

type originKey struct{}

// WithOrigin says where what is done under the context comes from: whoever appends an
// Event inside Store.Write has it stamped on.
func WithOrigin(ctx context.Context, o Origin) context.Context {
	return context.WithValue(ctx, originKey{}, o)
}

// OriginOf returns what WithOrigin said, the zero Origin when nobody did.
func OriginOf(ctx context.Context) Origin {
	o, _ := ctx.Value(originKey{}).(Origin)
	return o
}
