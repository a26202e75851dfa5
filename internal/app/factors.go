package app

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"time"

	"github.com/guardroom/guardroom/internal/config"
	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/internal/secret"
)

const (
	// factorKeyName is the file with the key that seals what authenticator apps share with us.
	factorKeyName = "factor.key"
	issuer        = "Guardroom"
	picturePixels = 232
)

// factors lets review use secret for second factors.
type factors struct{ box *secret.Box }

func newFactors(storage config.Storage) (factors, error) {
	key := storage.FactorKey.Reveal()
	if key == "" {
		var err error
		if key, err = folderKey(storage.Data, factorKeyName); err != nil {
			return factors{}, fmt.Errorf("the key of second factors: %w", err)
		}
	}
	box, err := secret.NewBox(rand.Reader, key)
	if err != nil {
		return factors{}, fmt.Errorf("the key of second factors: %w", err)
	}
	return factors{box}, nil
}

// sealedFor ties a secret to its person: a row that is moved to another opens nothing.
func sealedFor(userID string) string { return "totp of " + userID }

func (f factors) NewTOTP(userID string) ([]byte, error) {
	shared, err := secret.NewTOTP(rand.Reader)
	if err != nil {
		return nil, err
	}
	return f.box.Seal([]byte(shared), sealedFor(userID))
}

func (f factors) ShowTOTP(sealed []byte, u review.User) (review.TOTPSetup, error) {
	shared, err := f.box.Open(sealed, sealedFor(u.ID))
	if err != nil {
		return review.TOTPSetup{}, err
	}
	address := secret.TOTPAddress(string(shared), issuer, u.Email)
	picture, err := secret.TOTPPicture(address, picturePixels)
	return review.TOTPSetup{Secret: string(shared), Picture: "data:image/png;base64," + base64.StdEncoding.EncodeToString(picture)}, err
}

func (f factors) CheckTOTP(sealed []byte, userID, code string, now time.Time, last int64) (int64, bool, error) {
	shared, err := f.box.Open(sealed, sealedFor(userID))
	if err != nil {
		return 0, false, err
	}
	return secret.CheckTOTP(string(shared), code, now, last)
}

func (factors) NewRecoveryCodes() (codes []string, hashes [][]byte, err error) {
	for range review.RecoveryCodes {
		code, err := secret.NewRecoveryCode(rand.Reader)
		if err != nil {
			return nil, nil, err
		}
		hash, _ := secret.RecoveryDigest(code)
		codes, hashes = append(codes, code), append(hashes, hash[:])
	}
	return codes, hashes, nil
}

func (factors) HashRecoveryCode(code string) []byte {
	hash, ok := secret.RecoveryDigest(code)
	if !ok {
		return nil
	}
	return hash[:]
}
