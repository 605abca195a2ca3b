// Does what its input says and tells what it saw: for the tests of the host.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"time"

	"cairn.example/cairn"
)

// Input is what all the cases take.
type Input struct {
	Case  string          `json:"case"`
	Value json.RawMessage `json:"value,omitempty"`
	Text  string          `json:"text,omitempty"`
	Texts []string        `json:"texts,omitempty"`
	MS    int64           `json:"ms,omitempty"`
	At    int64           `json:"at,omitempty"`
	ID    json.RawMessage `json:"id,omitempty"`
	N     int             `json:"n,omitempty"`
}

type object map[string]any

var cases = map[string]func(Input) (any, error){
	"echo": func(input Input) (any, error) { return input.Value, nil },
	"fail": func(Input) (any, error) {
		return nil, cairn.Fail("refused", "as asked", object{"code": 7})
	},
	"crash": func(Input) (any, error) { panic("as the input said") },

	"call":             call,
	"call_failed":      callFailed,
	"call_uncaught":    func(Input) (any, error) { return refused() },
	"call_retry":       callRetry,
	"call_not_retried": callNotRetried,
	"call_timeout":     callTimeout,
	"together":         together,
	"first":            first,

	"sleep":        sleep,
	"sleep_native": sleepNative,
	"sleep_until":  sleepUntil,
	"time":         clocks,
	"random":       random,
	"now":          now,

	"event":         func(Input) (any, error) { return waitForGo() },
	"two_events":    twoEvents,
	"event_where":   eventWhere,
	"event_timeout": eventTimeout,
	"ask":           ask,
	"emit":          emit,

	"step":         step,
	"step_retry":   stepRetry,
	"step_failed":  stepFailed,
	"step_slow":    stepSlow,
	"step_nested":  stepNested,
	"call_in_step": callInStep,

	"undo":        undo,
	"unwind":      unwind,
	"undo_cancel": undoCancel,
	"cancel_seen": cancelSeen,

	"loop":    func(Input) (any, error) { computeForEver(); return nil, nil },
	"memory":  memory,
	"restart": restart,
	"lock":    lock,
	"who":     who,
	"expose":  expose,
	"log":     logLines,
	"print":   printLines,
	"closed":  closed,
	"exit":    func(Input) (any, error) { os.Exit(3); return nil, nil },
	"saga":    saga,

	"blocks":       bothParts,
	"block_failed": blockFailed,
	"block_undo":   blockUndo,
}

func run(input Input) (any, error) {
	if do, ok := cases[input.Case]; ok {
		return do(input)
	}
	return nil, cairn.Fail(cairn.BadData, "no such case: "+input.Case, nil)
}

func init() { cairn.Workflow(run) }
func main() {}

func waitForGo() (json.RawMessage, error) {
	event, err := cairn.Receive[json.RawMessage]("go", "go").Wait()
	return event.Data, err
}

// afterGo gives something once `go` has come.
func afterGo(value any) (any, error) {
	_, err := waitForGo()
	return value, err
}

// kindOf gives the kind of a failure that was to come.
func kindOf(err error) (any, error) {
	if failure, ok := err.(*cairn.Failure); ok {
		return failure.Kind, nil
	}
	return nil, fmt.Errorf("it was to fail, and did not: %w", err)
}

// ---- Calls

func call(input Input) (any, error) {
	return cairn.Call[any]("call", "t.echo", object{"text": input.Text}).Wait()
}

func refused() (any, error) {
	return cairn.Call[any]("refuse", "t.refuse", object{}).Wait()
}

func callFailed(Input) (any, error) {
	_, err := refused()
	return err, nil
}

func callRetry(Input) (any, error) {
	retry := cairn.Retry{Attempts: 3, Delay: 10 * time.Millisecond}
	return cairn.Call[any]("shaky", "t.shaky", object{}, cairn.Options{Retry: retry}).Wait()
}

func callNotRetried(Input) (any, error) {
	retry := cairn.Retry{Attempts: 3, Delay: 10 * time.Millisecond, On: []cairn.Kind{"http_5xx"}}
	_, err := cairn.Call[any]("refuse", "t.refuse", object{}, cairn.Options{Retry: retry}).Wait()
	return kindOf(err)
}

func callTimeout(Input) (any, error) {
	_, err := cairn.Call[any]("slow", "t.slow", object{}, cairn.Options{Timeout: 200 * time.Millisecond}).Wait()
	return kindOf(err)
}

// together has a goroutine for each call.
func together(input Input) (any, error) {
	results := make([]any, len(input.Texts))
	failures := make(chan error)
	for i, text := range input.Texts {
		go func() {
			result, err := cairn.Call[any](cairn.Key("item[%s]", text), "t.slowly", object{"text": text}).Wait()
			results[i] = result
			failures <- err
		}()
	}
	for range input.Texts {
		if err := <-failures; err != nil {
			return nil, err
		}
	}
	return results, nil
}

func first(Input) (any, error) {
	both := []cairn.Operation[any]{
		cairn.Call[any]("a", "t.slow", object{}),
		cairn.Call[any]("b", "t.echo", object{"text": "b"}),
	}
	index := cairn.First(both[0], both[1])
	both[1-index].Cancel()
	if _, err := waitForGo(); err != nil {
		return nil, err
	}
	result, err := both[index].Wait()
	return object{"index": index, "result": result}, err
}

// ---- Time and chance

func sleep(input Input) (any, error) {
	before := time.Now()
	_, err := cairn.Sleep("nap", time.Duration(input.MS)*time.Millisecond).Wait()
	return time.Since(before).Milliseconds(), err
}

func sleepNative(input Input) (any, error) {
	before := time.Now()
	time.Sleep(time.Duration(input.MS) * time.Millisecond)
	return time.Since(before).Milliseconds(), nil
}

func sleepUntil(input Input) (any, error) {
	_, err := cairn.SleepUntil("until", time.UnixMilli(input.At)).Wait()
	return time.Now().UnixMilli(), err
}

func clocks(Input) (any, error) {
	before := time.Now() // of both clocks
	sum := 0
	for n := range 100_000 {
		sum = sum*31 + n
	}
	after := time.Now()
	frozen := sum != 1 && after.Sub(before) == 0 && after.UnixNano() == before.UnixNano()
	fmt.Printf("wall %d\n", before.UnixMilli())
	return afterGo(object{"frozen": frozen, "wall": before.UnixMilli()})
}

func random(Input) (any, error) {
	text := fmt.Sprintf("%d %d", rand.Uint64(), rand.Uint64())
	fmt.Println(text)
	return afterGo(text)
}

func now(Input) (any, error) {
	moment := cairn.Now("moment").UnixMilli()
	fmt.Printf("now %d\n", moment)
	return afterGo(moment)
}

// ---- Events

func twoEvents(Input) (any, error) {
	type numbered struct {
		N json.RawMessage `json:"n"`
	}
	var numbers []json.RawMessage
	for _, key := range []string{"one", "two"} {
		event, err := cairn.Receive[numbered](key, "go").Wait()
		if err != nil {
			return nil, err
		}
		numbers = append(numbers, event.Data.N)
	}
	return numbers, nil
}

func eventWhere(input Input) (any, error) {
	event, err := cairn.Receive[any]("go", "go", cairn.Where{"id": input.ID}).Wait()
	return event.Data, err
}

func eventTimeout(input Input) (any, error) {
	came := cairn.Receive[any]("go", "go")
	late := cairn.Sleep("patience", time.Duration(input.MS)*time.Millisecond)
	if cairn.First(came, late) == 0 {
		late.Cancel()
		return "came", nil
	}
	came.Cancel()
	return "late", nil
}

func ask(Input) (any, error) {
	said, err := cairn.Ask("ask", "ops", cairn.Question{Title: "Go on?", Choices: []string{"yes", "no"}}).Wait()
	return object{"choice": said.Choice, "by": said.By}, err
}

func emit(Input) (any, error) {
	if _, err := cairn.Emit("tell", "go", object{"n": 1}, cairn.Who().Instance).Wait(); err != nil {
		return nil, err
	}
	return waitForGo()
}

// ---- Steps

func step(Input) (any, error) {
	given, err := cairn.Step("body", func(cairn.Attempt) (object, error) {
		fmt.Println("body ran")
		return object{"n": 1}, nil
	})
	if err != nil {
		return nil, err
	}
	return afterGo(given)
}

func stepRetry(Input) (any, error) {
	retry := cairn.Retry{Attempts: 3, Delay: 20 * time.Millisecond, On: []cairn.Kind{"shaky"}}
	given, err := cairn.Step("shaky", func(attempt cairn.Attempt) (object, error) {
		fmt.Printf("attempt %d\n", attempt.Number)
		if attempt.Number < 3 {
			return nil, cairn.Fail("shaky", fmt.Sprintf("attempt %d", attempt.Number), nil)
		}
		return object{"attempt": 3, "key": attempt.IdempotencyKey}, nil
	}, cairn.Options{Retry: retry})
	if err != nil {
		return nil, err
	}
	return afterGo(given)
}

func stepFailed(Input) (any, error) {
	_, err := cairn.Step("lost", func(cairn.Attempt) (any, error) {
		return nil, cairn.Fail("gone", "for good", nil)
	})
	return kindOf(err)
}

func stepSlow(Input) (any, error) {
	options := cairn.Options{
		Timeout: 300 * time.Millisecond,
		Retry:   cairn.Retry{Attempts: 2, Delay: 10 * time.Millisecond},
	}
	return cairn.Step("slow", func(attempt cairn.Attempt) (object, error) {
		if attempt.Number == 1 {
			computeForEver()
		}
		return object{"attempt": attempt.Number}, nil
	}, options)
}

func stepNested(Input) (any, error) {
	return cairn.Step("outer", func(cairn.Attempt) (int, error) {
		return cairn.Step("inner", func(cairn.Attempt) (int, error) { return 1, nil })
	})
}

func callInStep(Input) (any, error) {
	return cairn.Step("outer", func(cairn.Attempt) (any, error) {
		return cairn.Call[any]("call", "t.echo", object{"text": "in a step"}).Wait()
	})
}

// ---- Undos

func reserve(item string) (any, error) {
	held, err := cairn.Call[any](item, "t.reserve", object{"item": item}).Wait()
	if err == nil {
		err = cairn.Undo("undo_"+item, "t.release", object{"item": item})
	}
	return held, err
}

func undo(Input) (any, error) {
	for _, item := range []string{"a", "b"} {
		if _, err := reserve(item); err != nil {
			return nil, err
		}
	}
	return nil, cairn.Fail("refused", "after both", nil)
}

func unwind(Input) (any, error) {
	depth := cairn.UndoDepth()
	if _, err := reserve("a"); err != nil {
		return nil, err
	}
	return "back", cairn.Unwind("back", depth)
}

func undoCancel(Input) (any, error) {
	if _, err := reserve("a"); err != nil {
		return nil, err
	}
	return waitForGo()
}

func cancelSeen(Input) (any, error) {
	data, err := waitForGo()
	if kind, _ := kindOf(err); kind == cairn.Cancelled {
		fmt.Println("cleaning up")
	}
	return data, err
}

// ---- The rest

func computeForEver() {
	for n := 0; ; n++ {
	}
}

func memory(Input) (any, error) {
	var all [][]byte
	for {
		more := make([]byte, 1<<20)
		for i := range more {
			more[i] = byte(i)
		}
		all = append(all, more)
	}
}

func restart(input Input) (any, error) {
	if input.N == 0 {
		return "done", nil
	}
	input.N--
	return nil, cairn.Restart(input)
}

func lock(Input) (any, error) {
	unlock, err := cairn.Lock("door", "door", 1)
	if err != nil {
		return nil, err
	}
	defer unlock()
	return afterGo("held")
}

func who(Input) (any, error) {
	me := cairn.Who()
	return object{"instance": me.Instance, "workflow": me.Workflow}, nil
}

func expose(Input) (any, error) {
	if err := cairn.Expose(object{"at": "door"}); err != nil {
		return nil, err
	}
	return afterGo(nil)
}

func logLines(Input) (any, error) {
	if err := cairn.Log(cairn.Info, "noted", object{"n": 1}); err != nil {
		return nil, err
	}
	if err := cairn.Log(cairn.Warn, "careful", nil); err != nil {
		return nil, err
	}
	return afterGo(nil)
}

func printLines(Input) (any, error) {
	fmt.Println("one")
	fmt.Fprintln(os.Stderr, "two")
	_, err := waitForGo()
	fmt.Print("three")
	return nil, err
}

func closed(Input) (any, error) {
	_, err := os.ReadFile("/etc/passwd")
	return object{"file": err == nil, "vars": len(os.Environ()), "args": max(len(os.Args)-1, 0)}, nil
}

var part = cairn.NewBlock(func(text string) ([]any, error) {
	fmt.Println("part " + text)
	said, err := cairn.Call[any]("say", "t.slowly", object{"text": text}).Wait()
	if err != nil {
		return nil, err
	}
	_, err = cairn.Sleep("nap", 5*time.Millisecond).Wait()
	return []any{text, said}, err
})

var bad = cairn.NewBlock(func(any) (any, error) {
	if _, err := reserve("a"); err != nil {
		return nil, err
	}
	return nil, cairn.Fail("refused", "as asked", nil)
})

var good = cairn.NewBlock(func(any) (any, error) {
	if _, err := reserve("a"); err != nil {
		return nil, err
	}
	return reserve("b")
})

func bothParts(Input) (any, error) {
	a, b := part.Begin("part[a]", "a"), part.Begin("part[b]", "b")
	first, err := a.Wait()
	if err != nil {
		return nil, err
	}
	second, err := b.Wait()
	return []any{first, second}, err
}

func blockFailed(Input) (any, error) {
	_, err := bad.Begin("bad", nil).Wait()
	var failure *cairn.Failure
	if errors.As(err, &failure) {
		return object{"kind": failure.Kind, "message": failure.Message}, nil
	}
	return nil, err
}

func blockUndo(Input) (any, error) {
	if _, err := good.Begin("good", nil).Wait(); err != nil {
		return nil, err
	}
	return nil, cairn.Fail("refused", "as asked", nil)
}

func saga(Input) (any, error) {
	a, err := reserve("a")
	if err != nil {
		return nil, err
	}
	body, err := cairn.Step("body", func(cairn.Attempt) (int, error) {
		fmt.Println("body")
		return 1, nil
	})
	if err != nil {
		return nil, err
	}
	if _, err := cairn.Sleep("nap", 5*time.Millisecond).Wait(); err != nil {
		return nil, err
	}
	b, err := reserve("b")
	if err != nil {
		return nil, err
	}
	data, err := waitForGo()
	return object{"a": a, "body": body, "b": b, "go": data}, err
}
