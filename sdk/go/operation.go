package cairn

import (
	"runtime"
	"slices"
)

// Operation is something durable that takes time. It began when it was made: begin several, then wait for each, and they take as long as the longest.
type Operation[T any] struct {
	handle  uint32
	refused error
}

// Waitable is any operation, whatever it gives.
type Waitable interface{ operation() uint32 }

func (o Operation[T]) operation() uint32 { return o.handle }

// Wait waits for the outcome. Asking again gives the same one. Other goroutines go on meanwhile; when all of them wait, the run does.
func (o Operation[T]) Wait() (value T, err error) {
	if o.refused != nil {
		return value, o.refused
	}
	await([]uint32{o.handle})
	json, err := outcome(func(result uint32) { worldOutcome(o.handle, result) })
	if err != nil {
		return value, err
	}
	return read[T](json, "an outcome")
}

// outcome is what the host gives as one.
func outcome(ask func(result uint32)) (string, error) {
	gate()
	f := open()
	defer f.close()
	result := &worldResult{}
	ask(place(f, result))
	f.came()
	return result.read()
}

// Cancel gives up waiting: what is not recorded by now fails [Cancelled].
func (o Operation[T]) Cancel() {
	gate()
	if o.refused == nil {
		worldCancel(o.handle)
	}
}

// begun is an operation that was asked for with these arguments, or could not be.
func begun[T any](begin func(arguments string) uint32, arguments any, what string) Operation[T] {
	written, err := write(arguments, what)
	if err != nil {
		return Operation[T]{refused: err}
	}
	gate()
	return Operation[T]{handle: begin(written)}
}

// First waits until one of these has ended and gives its place, from 0: the one whose outcome was recorded first, also on every replay.
func First(of ...Waitable) int {
	handles := make([]uint32, len(of))
	for i, one := range of {
		handles[i] = one.operation()
	}
	return await(handles)
}

func first(handles []uint32) int {
	f := open()
	defer f.close()
	of := listOf(f, handles)
	return int(worldFirst(of.at, of.count))
}

// ---- Goroutines that wait ----
//
// There is one thread, and waiting in the host stops all of it. So it is done only when no goroutine has anything left to do, by one for all of them:
// it asks the host which of their operations ends first. Whether there is anything to do is not told by the scheduler of Go, but a goroutine
// that yields twice comes back when every other one has had its turn.

type waiter struct {
	handles []uint32
	// awake is closed when one of them has ended, or when this waiter is to do the waiting for the others.
	awake chan struct{}
	ended bool
	// place is which.
	place int
}

// The first of them does the waiting.
var waiting []*waiter

// await returns when one of the operations has ended, and which.
func await(handles []uint32) int {
	if gate(); body.over != nil {
		return first(handles) // the host says why nothing may be waited for in the body of a step
	}
	me := &waiter{handles: handles, awake: make(chan struct{})}
	waiting = append(waiting, me)
	if waiting[0] != me {
		<-me.awake
	}
	for !me.ended {
		quiesce()
		if one := nextToEnd(); one != me {
			close(one.awake)
		} else if len(waiting) > 0 {
			close(waiting[0].awake)
		}
	}
	return me.place
}

// nextToEnd takes the one out of those that wait whose operation ends first.
func nextToEnd() *waiter {
	one := waiting[0]
	if len(waiting) > 1 {
		var all []uint32
		for _, waiter := range waiting {
			all = append(all, waiter.handles...)
		}
		place := first(all)
		for _, one = range waiting {
			if place < len(one.handles) {
				break
			}
			place -= len(one.handles)
		}
		one.place = place
	} else if len(one.handles) > 1 {
		one.place = first(one.handles)
	} // else it asks for its outcome itself
	one.ended = true
	waiting = slices.DeleteFunc(waiting, func(other *waiter) bool { return other == one })
	return one
}

// quiesce returns when nobody else has anything to do.
func quiesce() {
	runtime.Gosched()
	runtime.Gosched()
	gate()
}
