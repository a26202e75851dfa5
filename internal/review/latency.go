package review

import (
	"math"
	"time"
)

// Latencies counts durations in buckets of which each is 9 % wider than the one before: from a microsecond to hours with
// an error that nobody sees in a chart, and few rows.
type Latencies map[int]int // by LatencyBucket

// bucketsPerOctave is how many buckets there are until a duration has doubled.
const bucketsPerOctave = 8

// LatencyBucket returns the bucket of a duration in microseconds, 0 or more.
func LatencyBucket(us int64) int {
	if us <= 1 {
		return 0
	}
	return int(bucketsPerOctave * math.Log2(float64(us)))
}

// LatencyEnd is the longest duration of a bucket.
func LatencyEnd(bucket int) time.Duration {
	return time.Duration(math.Exp2(float64(bucket+1)/bucketsPerOctave) * float64(time.Microsecond))
}

// Screened is how long the screenings of a day took.
type Screened struct {
	Day       time.Time // its start, UTC
	Latencies Latencies
}
