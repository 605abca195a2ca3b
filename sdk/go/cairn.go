// Package cairn is for durable workflows in Go.
//
// A workflow is a function from an input to a result. It may be stopped anywhere, on purpose or by a crash, and goes on from its
// journal: all that it asked for through this package is answered from there and not done again.
//
//	func run(input Input) (string, error) {
//		greeting, err := cairn.Step("greet", func(cairn.Attempt) (string, error) {
//			return "Hello, " + input.Name + "!", nil
//		})
//		if err != nil {
//			return "", err
//		}
//		time.Sleep(time.Hour) // durable: the code is unloaded meanwhile
//		return greeting, nil
//	}
//
//	func init() { cairn.Workflow(run) }
//	func main() {}
//
// Everything durable has a key, which names it in the journal: give each its own, and in loops one that names the item (see [Key]).
// What goes in and out is what encoding/json reads and writes.
package cairn

import (
	"encoding/json"
	"fmt"
	"log"
)

var workflow func(input string) (string, error)

// Workflow makes a function the workflow of this component. Call it from init; main stays empty.
func Workflow[I, O any](run func(I) (O, error)) {
	workflow = func(input string) (string, error) { return answer(run, input, "the input") }
}

// answer runs a function from JSON to JSON.
func answer[I, O any](run func(I) (O, error), input, what string) (string, error) {
	given, err := read[I](input, what)
	if err != nil {
		return "", err
	}
	result, err := run(given)
	if err != nil {
		return "", err
	}
	return write(result, "the result")
}

// How it ended is read by the host when the export has returned.
var ended = open()

//go:wasmexport run
func exportedRun(at, bytes uint32) uint32 {
	input := handed(at, bytes)
	if workflow == nil {
		log.Fatal("this program has no workflow: call cairn.Workflow from init")
	}
	result := ended.result(workflow(input))
	return place(ended, &result)
}

// handed is a text that the host handed in.
func handed(at, bytes uint32) string {
	in := open()
	defer in.close()
	in.came()
	return text{at, bytes}.copy()
}

// read makes a T of JSON.
func read[T any](of, what string) (value T, err error) {
	if err := json.Unmarshal([]byte(of), &value); err != nil {
		return value, Fail("bad_data", fmt.Sprintf("%s is not as wanted: %v", what, err), nil)
	}
	return value, nil
}

func write(value any, what string) (string, error) {
	written, err := json.Marshal(value)
	if err != nil {
		return "", Fail("bad_data", fmt.Sprintf("%s cannot be written as JSON: %v", what, err), nil)
	}
	return string(written), nil
}

// Identity says who this is.
type Identity struct {
	Tenant, Workflow, Version, Instance string
	// Started is in milliseconds since the Unix epoch.
	Started int64
}

// Who says who this is.
func Who() Identity {
	f := open()
	defer f.close()
	world := &worldIdentity{}
	worldWho(place(f, world))
	f.came()
	return Identity{
		world.tenant.copy(), world.workflow.copy(), world.version.copy(), world.instance.copy(),
		int64(world.started),
	}
}

// Expose sets what a status query shows of this run from now on.
func Expose(status any) error {
	written, err := write(status, "a status")
	if err == nil {
		worldExpose(written)
	}
	return err
}

// Level says how important a line of the log is.
type Level uint32

// The levels.
const (
	Debug Level = iota
	Info
	Warn
	Error
)

// Log writes a line of the run's log, once. Fields is anything that is a JSON object, or nil. What is printed goes there too: to standard
// output at Info, to standard error at Warn.
func Log(level Level, message string, fields any) error {
	if fields == nil {
		fields = struct{}{}
	}
	written, err := write(fields, "the fields of a line")
	if err == nil {
		worldLog(uint32(level), message, written)
	}
	return err
}
