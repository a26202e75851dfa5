package gateway

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/guardroom/guardroom/internal/review"
)

// alias is the name under which an upstream knows an end user: the same for the same one, and telling nothing of them.
func alias(caller review.Caller, userID string) string {
	if userID == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(caller.App.ID + "\x00" + userID))
	return hex.EncodeToString(sum[:16])
}
