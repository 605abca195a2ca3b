package cairn

import "fmt"

// Those of this component: each has its place as its number.
var blocks []func(captured string) (string, error)

// Block is a function that can run side by side with everything else, as code of its own.
type Block[I, O any] struct{ number uint32 }

// The world wants an object.
type captured[I any] struct {
	Input I `json:"input"`
}

// NewBlock makes a function a block. Call it for a variable of the package, so that it is there whenever the code is loaded:
//
//	var parse = cairn.NewBlock(func(file string) (int, error) { … })
func NewBlock[I, O any](run func(I) (O, error)) Block[I, O] {
	number := uint32(len(blocks))
	blocks = append(blocks, func(of string) (string, error) {
		inner := func(of captured[I]) (O, error) { return run(of.Input) }
		return answer(inner, of, "the input of a block")
	})
	return Block[I, O]{number}
}

// Begin begins it, in an instance of its own: it has nothing of whoever began it but this input, and its keys stand in the journal as KEY/…
// While it waits it is unloaded, alone.
func (b Block[I, O]) Begin(key string, input I) Operation[O] {
	begin := func(of string) uint32 { return worldBlock(key, b.number, of) }
	return begun[O](begin, captured[I]{input}, "the input of a block")
}

// Undo registers it as what undoes the work so far, as [Undo] does a call.
func (b Block[I, O]) Undo(key string, input I) error {
	written, err := write(captured[I]{input}, "the input of a block")
	if err == nil {
		gate()
		worldUndoBlock(key, b.number, written)
	}
	return err
}

//go:wasmexport cairn:workflow/blocks@0.3.0#run-block
func exportedRunBlock(number, at, bytes uint32) uint32 {
	of := handed(at, bytes)
	run := func(string) (string, error) {
		return "", Fail(BadData, fmt.Sprintf("this code has no block %d", number), nil)
	}
	if int(number) < len(blocks) {
		run = blocks[number]
	}
	result := ended.result(run(of))
	return place(ended, &result)
}
