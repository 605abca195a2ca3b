package cairn

import (
	"encoding/json"
	"errors"
)

// Failure is what goes wrong in a way that a workflow can answer. All errors of this package are of this type; any other that a workflow
// returns is told as one of the kind `failed`.
//
//	var failure *cairn.Failure
//	if errors.As(err, &failure) { … failure.Detail … }
//	if errors.Is(err, cairn.Timeout) { … }
type Failure struct {
	// Kind is what sort, for those who decide by it: `timeout`, `cancelled`, `card_declined` …
	Kind Kind `json:"kind"`
	// Message is in words.
	Message string `json:"message"`
	// Detail is more, for programs; null if there is nothing.
	Detail json.RawMessage `json:"detail"`
}

// Kind is the sort of a failure. It is an error so that errors.Is finds it: any text will do.
//
//	errors.Is(err, cairn.Kind("card_declined"))
type Kind string

// The kinds that a host knows.
const (
	Cancelled  Kind = "cancelled"
	Timeout    Kind = "timeout"
	Network    Kind = "network"
	Limit      Kind = "limit"
	Missing    Kind = "missing"
	BadData    Kind = "bad_data"
	ToolFailed Kind = "tool_failed"
	Denied     Kind = "denied"
	UndoFailed Kind = "undo_failed"
	Unclear    Kind = "unclear"
)

func (k Kind) Error() string { return string(k) }

func (f *Failure) Error() string { return string(f.Kind) + ": " + f.Message }

// Is says whether it is of this kind.
func (f *Failure) Is(target error) bool {
	kind, ok := target.(Kind)
	return ok && kind == f.Kind
}

// Fail makes a failure of this kind. Detail is anything that json.Marshal writes, or nil.
func Fail(kind Kind, message string, detail any) *Failure {
	written, err := json.Marshal(detail)
	if err != nil {
		written = []byte("null")
	}
	return &Failure{kind, message, written}
}

// failureOf makes a failure of any error.
func failureOf(err error) *Failure {
	var failure *Failure
	if errors.As(err, &failure) {
		return failure
	}
	return Fail("failed", err.Error(), nil)
}
