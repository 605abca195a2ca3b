package cairn

import "time"

// Options say how patiently a step is done. The zero value makes one attempt, as long as the host lets it.
//
//	var patient = cairn.Options{Timeout: 10 * time.Second, Retry: cairn.Retry{Attempts: 4}}
type Options struct {
	// Timeout is that of one attempt.
	Timeout time.Duration
	// Deadline is that of the whole.
	Deadline time.Time
	// Retry says what is done about attempts that fail.
	Retry Retry
	// CacheKey is for calls: a success is kept under it for others of the tenant, and theirs will do if it is not older than CacheAge.
	CacheKey string
	CacheAge time.Duration
	// Unclear is for calls: what is done when nobody can know whether it was carried out.
	Unclear WhenUnclear
}

// Retry says how often and when a failed attempt is made again.
type Retry struct {
	// Attempts is how many there are at most, in all.
	Attempts uint32
	// Delay is that in front of the second; a second if it is left out.
	Delay time.Duration
	// Backoff is how it grows.
	Backoff Backoff
	// LongestDelay is where it stops growing; a minute if it is left out.
	LongestDelay time.Duration
	// Jitter, from 0 to 1, is the part of a delay that is drawn at random.
	Jitter float64
	// On lists the kinds that are worth another attempt; those that pass by themselves (timeouts, networks) if it is empty.
	On []Kind
}

// Backoff is how a delay grows.
type Backoff uint8

// Twice as long each time, by the first delay each time, or not at all.
const (
	Exponential Backoff = iota
	Linear
	Constant
)

// WhenUnclear is what is done when nobody can know whether a call was carried out.
type WhenUnclear uint8

// It is made again with the same idempotency key, it fails `unclear`, or a person says.
const (
	RetryUnclear WhenUnclear = iota
	FailUnclear
	AskUnclear
)

func one(options []Options) Options {
	if len(options) == 0 {
		return Options{}
	}
	return options[0]
}

func (f *frame) options(o Options) (world worldOptions) {
	if o.Timeout > 0 {
		world.timeout = optionalTime{1, millis(o.Timeout)}
	}
	if !o.Deadline.IsZero() {
		world.deadline = optionalTime{1, moment(o.Deadline)}
	}
	if o.CacheKey != "" {
		world.cacheSome = 1
		world.cacheKey = f.text(o.CacheKey)
		world.cacheAge = millis(o.CacheAge)
	}
	world.unclear = uint8(o.Unclear)
	if o.Retry.Attempts == 0 {
		return world
	}
	retry := o.Retry
	on := make([]text, len(retry.On))
	for i, kind := range retry.On {
		on[i] = f.text(string(kind))
	}
	world.retrySome = 1
	world.retry = worldRetry{
		attempts: retry.Attempts,
		delay:    millis(or(retry.Delay, time.Second)),
		backoff:  uint8(Constant - retry.Backoff),
		factor:   2,
		longest:  millis(or(retry.LongestDelay, time.Minute)),
		jitter:   retry.Jitter,
		on:       listOf(f, on),
	}
	return world
}

func or(span, otherwise time.Duration) time.Duration {
	if span == 0 {
		return otherwise
	}
	return span
}
