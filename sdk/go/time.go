package cairn

import "time"

// Sleep begins a sleep. [time.Sleep] is durable as well; this one can be waited for beside others, see [First].
func Sleep(key string, span time.Duration) Operation[any] {
	gate()
	return Operation[any]{handle: worldSpan(key, millis(span))}
}

// SleepUntil begins a sleep until then.
func SleepUntil(key string, due time.Time) Operation[any] {
	gate()
	return Operation[any]{handle: worldUntil(key, moment(due))}
}

// Now is the host's time, recorded. [time.Now] gives the time of the newest thing that this code was told.
func Now(key string) time.Time {
	gate()
	return time.UnixMilli(int64(worldNow(key)))
}

// Random is 64 bits of the host's chance, recorded.
func Random(key string) uint64 {
	gate()
	return worldRandom(key)
}

// Calendar does arithmetic in a time zone: `date`, `format` ("%Y-%m"), `next` ("09:00"), `add_months` (n), `add_days` (n).
//
//	next, err := cairn.Calendar[time.Time]("next", "next", now, "Europe/Berlin", "09:00")
func Calendar[T any](key, question string, of time.Time, zone string, arguments ...any) (value T, err error) {
	if arguments == nil {
		arguments = []any{}
	}
	written, err := write(arguments, "the arguments of a question")
	if err != nil {
		return value, err
	}
	json, err := outcome(func(result uint32) { worldCalendar(key, question, moment(of), zone, written, result) })
	if err != nil {
		return value, err
	}
	return read[T](json, "an answer of the calendar")
}

func millis(span time.Duration) uint64 {
	return uint64(max(span, 0).Milliseconds())
}

func moment(at time.Time) uint64 {
	return uint64(max(at.UnixMilli(), 0))
}
