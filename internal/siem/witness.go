package siem

import (
	"context"
	"strconv"

	"github.com/guardroom/guardroom/internal/audit"
)

// Witness posts signed Checkpoints to where whoever can write to the database cannot take them back.
type Witness struct{ poster *poster }

// NewWitness does not connect. token is a bearer token, "" for none.
func NewWitness(url, token string) *Witness {
	return &Witness{newPoster(url, token, "application/json")}
}

// Post sends one Checkpoint, as the line that stands in a file of them. nil says that the other side has taken it.
func (w *Witness) Post(ctx context.Context, c audit.Checkpoint) error {
	return w.poster.post(ctx, c.Line(), "guardroom-checkpoint-"+strconv.FormatInt(c.Seq, 10))
}
