package behavior

import (
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	// redisTimeout bounds how long an Interaction waits for Redis.
	redisTimeout = 250 * time.Millisecond
	// redisPause is how long a Redis that did not answer is left alone: meanwhile nobody waits for it.
	redisPause = time.Second
	retryAlone = 2 * time.Second
)

// redisOptions bound every wait.
func redisOptions(url string) (*redis.Options, error) {
	options, err := redis.ParseURL(url)
	if err != nil {
		return nil, errors.New("behavior: the Redis URL cannot be read") // the cause holds the password
	}
	options.DialTimeout, options.ReadTimeout, options.WriteTimeout, options.PoolTimeout = redisTimeout, redisTimeout, redisTimeout, redisTimeout
	options.MaxRetries = -1 // what was done may not be done again: it counted, or it came once
	options.ContextTimeoutEnabled = true
	options.DisableIdentity = true
	return options, nil
}

// keyOf puts all keys of an App onto one node of a cluster.
func keyOf(appID, key string) string { return "guardroom:{" + appID + "}:" + key }

// absence leaves a Redis alone for a moment that did not answer, and says so when it begins.
type absence struct {
	log   *slog.Logger
	means string       // what happens meanwhile
	until atomic.Int64 // in nanoseconds since 1970
}

func (a *absence) now() bool { return time.Now().UnixNano() < a.until.Load() }

func (a *absence) begin(err error) {
	before := a.until.Swap(time.Now().Add(redisPause).UnixNano())
	if time.Now().UnixNano() >= before+int64(redisPause) {
		a.log.Warn("Redis does not answer: "+a.means, "error", err)
	}
}
