package secret

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/crypto/argon2"
)

// ErrMalformedHash says that a stored password hash is not an argon2id PHC string within the accepted bounds.
var ErrMalformedHash = errors.New("secret: not an argon2id hash")

// Bounds of what is read back: a row that somebody tampered with must not make a log-in cost gigabytes or minutes.
const (
	maxEncodedLength = 512
	maxMemoryKiB     = 256 * 1024
	maxPasses        = 16
	maxThreads       = 16
	minSaltBytes     = 8
	maxSaltBytes     = 64
	minKeyBytes      = 16
	maxKeyBytes      = 64
)

// cost is what one argon2id hash takes (RFC 9106, section 3.1).
type cost struct {
	memoryKiB uint32
	passes    uint32
	threads   uint8
}

// argonHash is a PHC string taken apart: $argon2id$v=19$m=…,t=…,p=…$salt$key.
// See https://github.com/P-H-C/phc-string-format/blob/master/phc-sf-spec.md.
type argonHash struct {
	cost cost
	salt []byte
	key  []byte
}

func (h argonHash) String() string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		h.cost.memoryKiB, h.cost.passes, h.cost.threads,
		base64.RawStdEncoding.EncodeToString(h.salt), base64.RawStdEncoding.EncodeToString(h.key))
}

func parseArgonHash(encoded string) (argonHash, error) {
	if len(encoded) > maxEncodedLength {
		return argonHash{}, ErrMalformedHash
	}
	fields := strings.Split(encoded, "$")
	if len(fields) != 6 || fields[0] != "" || fields[1] != "argon2id" || fields[2] != "v="+strconv.Itoa(argon2.Version) {
		return argonHash{}, ErrMalformedHash
	}
	parsedCost, err := parseCost(fields[3])
	if err != nil {
		return argonHash{}, err
	}
	salt, err := decodeBounded(fields[4], minSaltBytes, maxSaltBytes)
	if err != nil {
		return argonHash{}, err
	}
	key, err := decodeBounded(fields[5], minKeyBytes, maxKeyBytes)
	if err != nil {
		return argonHash{}, err
	}
	return argonHash{cost: parsedCost, salt: salt, key: key}, nil
}

func parseCost(text string) (cost, error) {
	fields := strings.Split(text, ",")
	if len(fields) != 3 {
		return cost{}, ErrMalformedHash
	}
	memory, err := parseParameter(fields[0], "m=", maxMemoryKiB)
	if err != nil {
		return cost{}, err
	}
	passes, err := parseParameter(fields[1], "t=", maxPasses)
	if err != nil {
		return cost{}, err
	}
	threads, err := parseParameter(fields[2], "p=", maxThreads)
	if err != nil {
		return cost{}, err
	}
	// RFC 9106: at least 8 KiB for each lane.
	if memory < 8*threads {
		return cost{}, ErrMalformedHash
	}
	return cost{memoryKiB: memory, passes: passes, threads: uint8(threads)}, nil
}

func parseParameter(text, name string, maximum uint32) (uint32, error) {
	digits, found := strings.CutPrefix(text, name)
	if !found {
		return 0, ErrMalformedHash
	}
	value, err := strconv.ParseUint(digits, 10, 32)
	// The second form of a number ("+2", "02") would give one hash two spellings.
	if err != nil || value == 0 || value > uint64(maximum) || strconv.FormatUint(value, 10) != digits {
		return 0, ErrMalformedHash
	}
	return uint32(value), nil
}

func decodeBounded(text string, minimum, maximum int) ([]byte, error) {
	if strings.ContainsAny(text, "\r\n") {
		return nil, ErrMalformedHash
	}
	raw, err := base64.RawStdEncoding.Strict().DecodeString(text)
	if err != nil || len(raw) < minimum || len(raw) > maximum {
		return nil, ErrMalformedHash
	}
	return raw, nil
}
