// Asks a person, and does not wait for ever.
package main

import (
	"fmt"
	"time"

	"cairn.example/cairn"
)

type Input struct {
	Text     string `json:"text"`
	Editor   string `json:"editor"`
	Patience int64  `json:"patience_ms"`
}

func run(input Input) (string, error) {
	answer := cairn.Ask("approve", input.Editor, cairn.Question{
		Title:   "Publish this?",
		Text:    input.Text,
		Choices: []string{"yes", "no"},
	})
	tooLate := cairn.Sleep("approve.deadline", time.Duration(input.Patience)*time.Millisecond)
	if cairn.First(answer, tooLate) == 1 {
		answer.Cancel()
		return "", cairn.Fail(cairn.Timeout, fmt.Sprintf("%s did not answer", input.Editor), nil)
	}
	said, err := answer.Wait()
	switch {
	case err != nil:
		return "", err
	case said.Choice == "yes":
		return fmt.Sprintf("published; %s agreed", said.By), nil
	default:
		return "", cairn.Fail("rejected", fmt.Sprintf("%s did not agree", said.By), nil)
	}
}

func init() { cairn.Workflow(run) }
func main() {}
