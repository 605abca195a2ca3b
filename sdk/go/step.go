package cairn

import (
	"runtime"
	"strings"
	"unsafe"
)

// Attempt is what the body of a step is told.
type Attempt struct {
	// Number counts from 1.
	Number uint32
	// IdempotencyKey is for whatever the body asks of others: the same for all attempts at this step, and for no other step.
	IdempotencyKey string
}

// The body that runs, if one does: whose goroutine it is, and what is closed at its end.
var body struct {
	goroutine string
	over      chan struct{}
}

// gate holds up whoever wants something durable while the body of another goroutine runs.
func gate() {
	for body.over != nil && body.goroutine != goroutine() {
		<-body.over
	}
}

// goroutine is the number of this one, which is told in front of its stack only.
func goroutine() string {
	stack := make([]byte, 40)
	return strings.Fields(string(stack[:runtime.Stack(stack, false)]))[1]
}

// Step does work of this program's own once: its outcome is recorded, and the body does not run again when the code is replayed. A failure is
// tried again as the options say. If the host dies within the body, it runs again, with the same idempotency key.
//
// Within the body nothing durable may be asked for.
func Step[T any](key string, do func(Attempt) (T, error), options ...Options) (value T, err error) {
	gate()
	turn := begin(key, one(options))
	for turn.attempt != nil {
		turn = end(within(do, *turn.attempt))
	}
	reseed()
	if turn.err != nil {
		return value, turn.err
	}
	return read[T](turn.recorded, "the outcome of a step")
}

// turn is what a step of this program is told: an attempt, or how it has ended.
type turn struct {
	attempt  *Attempt
	recorded string
	err      error
}

func begin(key string, options Options) turn {
	f := open()
	defer f.close()
	opened := &worldOpened{f.text(key), f.options(options)}
	return f.turn(func(told uint32) { worldBegin(place(f, opened), told) })
}

func end(value string, err error) turn {
	f := open()
	defer f.close()
	o := f.result(value, err)
	return f.turn(func(told uint32) {
		worldEnd(uint32(o.failed), o.value.at, o.value.bytes, o.message.at, o.message.bytes, o.detail.at, o.detail.bytes, told)
	})
}

func (f *frame) turn(ask func(told uint32)) (of turn) {
	told := &worldTurn{}
	ask(place(f, told))
	f.came()
	if told.attempt != 0 {
		of.attempt = &Attempt{told.number(), told.idempotencyKey()}
	} else {
		of.recorded, of.err = told.recorded.read()
	}
	return of
}

// within runs the body; those who wait for something wait for its end first.
func within[T any](do func(Attempt) (T, error), attempt Attempt) (string, error) {
	over := make(chan struct{})
	body.goroutine, body.over = goroutine(), over
	value, err := do(attempt)
	body.over = nil
	close(over)
	if err != nil {
		return "", err
	}
	return write(value, "the result of a step")
}

// What a body has drawn of chance (an iteration over a map draws as well) is not drawn when it does not run again: what comes behind a step begins
// anew, from seeds of the runtime that nothing else draws of.
func reseed() { mrandinit(unsafe.Pointer(&m0)) }

//go:linkname mrandinit runtime.mrandinit
func mrandinit(thread unsafe.Pointer)

// The only thread.
//
//go:linkname m0 runtime.m0
var m0 byte

// Call asks a tool of the tenant, such as `payments.charge`, with arguments that are a JSON object, for a T.
func Call[T any](key, tool string, arguments any, options ...Options) Operation[T] {
	return begun[T](func(arguments string) uint32 {
		f := open()
		defer f.close()
		return worldCall(f.asked(key, tool, arguments, options))
	}, arguments, "the arguments of a call")
}

// Undo registers what undoes the work so far: the host asks this tool when the run fails or is cancelled, newest first, also when this
// code cannot run any more.
func Undo(key, tool string, arguments any, options ...Options) error {
	written, err := write(arguments, "the arguments of an undo")
	if err == nil {
		gate()
		f := open()
		defer f.close()
		worldUndo(f.asked(key, tool, written, options))
	}
	return err
}

// UndoDepth says how many undos are registered and not yet run.
func UndoDepth() uint32 {
	gate()
	return worldUndoDepth()
}

// Unwind runs those above the depth, newest first. It fails [UndoFailed], with those that did not succeed.
func Unwind(key string, depth uint32) error {
	gate()
	_, err := Operation[any]{handle: worldUnwind(key, depth)}.Wait()
	return err
}

func (f *frame) asked(key, tool, arguments string, options []Options) uint32 {
	return place(f, &worldAsked{f.text(key), f.text(tool), f.text(arguments), list{}, f.options(one(options))})
}
