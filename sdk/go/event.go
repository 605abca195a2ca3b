package cairn

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Event is one that came.
type Event[T any] struct {
	Event string `json:"event"`
	ID    string `json:"id"`
	Data  T      `json:"data"`
}

// Where says which fields of an event have to equal what.
type Where map[string]any

// Receive waits for the oldest event of this name whose fields equal these and that nobody has taken, also one that came before.
func Receive[T any](key, event string, where ...Where) Operation[Event[T]] {
	gate()
	f := open()
	defer f.close()
	var fields []worldField
	for _, of := range where {
		for _, name := range slices.Sorted(maps.Keys(of)) { // a map has another order each time
			written, err := write(of[name], "a field of an event")
			if err != nil {
				return Operation[Event[T]]{refused: err}
			}
			fields = append(fields, worldField{f.text(name), f.text(written)})
		}
	}
	subscription := &worldSubscription{event: f.text(event), where: listOf(f, fields)}
	return Operation[Event[T]]{handle: worldReceive(key, place(f, subscription), 1)}
}

// Question is what a person is asked.
type Question struct {
	// Title is in a line, Text in full.
	Title string `json:"title"`
	Text  string `json:"text,omitempty"`
	// Choices are what can be answered.
	Choices []string `json:"choices,omitempty"`
	// Show is data to look at.
	Show any `json:"show,omitempty"`
	// Remind is after how many milliseconds they are asked again.
	Remind int64 `json:"remind,omitempty"`
}

// Answer is what a person answered.
type Answer struct {
	// Choice is one of those offered, By who chose it, Note what else they said.
	Choice string  `json:"choice"`
	By     string  `json:"by"`
	Note   *string `json:"note"`
	// At is when, in RFC 3339.
	At string `json:"at"`
}

// Ask asks a person.
func Ask(key, whom string, question Question) Operation[Answer] {
	return begun[Answer](func(task string) uint32 { return worldAsk(key, whom, task) }, question, "a question")
}

// Emit sends an event exactly once: to an instance, or with "" to all that know it.
func Emit(key, event string, data any, to string) Operation[any] {
	some := uint32(0)
	if to != "" {
		some = 1
	}
	return begun[any](func(data string) uint32 { return worldEmit(key, event, data, some, to) }, data, "an event")
}

var encode = strings.NewReplacer("%", "%25", "/", "%2F", "[", "%5B", "]", "%5D")

// Key makes a key by fmt.Sprintf; texts that it puts in have their %, /, [ and ] percent-encoded, as data has to be.
//
//	cairn.Key("item[%s]/hold", item)
func Key(format string, data ...any) string {
	for i, one := range data {
		switch text := one.(type) {
		case string:
			data[i] = encode.Replace(text)
		case fmt.Stringer:
			data[i] = encode.Replace(text.String())
		}
	}
	return fmt.Sprintf(format, data...)
}
