package cairn

import (
	"os"
	"runtime"
	"unsafe"
)

// How memory is shared with the host.
//
// What the host gives it puts where the export cabi_realloc says, in the middle of a call of ours; no Go may run then, so that function is none: `cairn component`
// adds it to the module. It gives out a piece of `arena` and, when that is full, memory of its own. Whatever lies there is
// copied at once, and all of it is free again.
//
// Go's runtime takes it that memory grows at its own wish only. Where that function has let it grow, the runtime is told to go on behind.

// The function is made for what begins like this: a mark and its length. The adapter of WASI lives at the beginning of its room.
var arena = struct {
	mark                          [16]byte
	bytes, next, end, base, grown uint32
	room                          [512<<10 - 36]byte
}{
	mark:  [16]byte{'c', 'a', 'i', 'r', 'n', ' ', 'a', 'r', 'e', 'n', 'a', ' ', 'v', '1', '\r', '\n'},
	bytes: 512 << 10,
}

//go:linkname bloc runtime.bloc
var bloc uintptr

//go:linkname blocMax runtime.blocMax
var blocMax uintptr

//go:linkname currentMemory runtime.currentMemory
func currentMemory() int32

func init() {
	// The adapter has what it needs as soon as it was asked for anything.
	os.Stdout.Stat()
	// Its samples are drawn from the chance that the program draws from, as often as it allocates.
	runtime.MemProfileRate = 0
	arena.base = arena.next
}

// frame is one call of the host: what is given to it stays where it is, and what it gives, until the call is over.
type frame struct{ kept []any }

// What is open: nothing of it may lie on a stack, which moves, or be collected. There may be several, since a goroutine can be held up wherever it allocates.
var frames = map[*frame]struct{}{}

func open() *frame {
	f := &frame{}
	frames[f] = struct{}{}
	return f
}

// came is to be called first when the host has given something.
func (f *frame) came() {
	if arena.grown != 0 {
		arena.grown = 0
		bloc = uintptr(currentMemory()) * 65536
		blocMax = bloc
	}
}

func (f *frame) close() {
	delete(frames, f)
	if len(frames) == 0 {
		arena.next = arena.base
	}
}

// copy makes a text of Go's.
func (t text) copy() string {
	return string(unsafe.Slice((*byte)(unsafe.Add(unsafe.Pointer(nil), t.at)), t.bytes))
}

func (f *frame) text(of string) text {
	f.kept = append(f.kept, of)
	return text{uint32(uintptr(unsafe.Pointer(unsafe.StringData(of)))), uint32(len(of))}
}

// place is where something lies that the host reads or writes.
func place[T any](f *frame, of *T) uint32 {
	f.kept = append(f.kept, of)
	return uint32(uintptr(unsafe.Pointer(of)))
}

func listOf[T any](f *frame, of []T) list {
	f.kept = append(f.kept, of)
	return list{uint32(uintptr(unsafe.Pointer(unsafe.SliceData(of)))), uint32(len(of))}
}

func (f *frame) result(value string, err error) worldResult {
	if err == nil {
		return worldResult{value: f.text(value)}
	}
	failure := failureOf(err)
	return worldResult{1, f.text(string(failure.Kind)), f.text(failure.Message), f.text(string(failure.Detail))}
}

// read makes what it says Go's.
func (r *worldResult) read() (string, error) {
	if r.failed == 0 {
		return r.value.copy(), nil
	}
	return "", &Failure{Kind(r.value.copy()), r.message.copy(), []byte(r.detail.copy())}
}

func (t *worldTurn) number() uint32 {
	return *(*uint32)(unsafe.Pointer(&t.recorded))
}

func (t *worldTurn) idempotencyKey() string {
	return (*text)(unsafe.Add(unsafe.Pointer(&t.recorded), 4)).copy()
}
