package outbox

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// Signing as Standard Webhooks say (https://www.standardwebhooks.com): the receiver proves who sent a message and when, with
// any of their libraries.

const (
	secretPrefix = "whsec_"
	secretBytes  = 32
	sealedFor    = "webhook secret"
)

// NewSecret makes a secret as receivers get it.
func NewSecret(random io.Reader) (string, error) {
	raw := make([]byte, secretBytes)
	if _, err := io.ReadFull(random, raw); err != nil {
		return "", fmt.Errorf("outbox: read randomness: %w", err)
	}
	return secretPrefix + base64.StdEncoding.EncodeToString(raw), nil
}

// signature signs a message under each of the secrets.
func signature(secrets []string, id string, at time.Time, body []byte) (string, error) {
	signed := make([]string, len(secrets))
	for i, s := range secrets {
		key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(s, secretPrefix))
		if err != nil {
			return "", fmt.Errorf("outbox: a secret is none")
		}
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(id + "." + strconv.FormatInt(at.Unix(), 10) + "."))
		mac.Write(body)
		signed[i] = "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	}
	return strings.Join(signed, " "), nil
}
