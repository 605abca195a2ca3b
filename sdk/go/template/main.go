// NAME: a step, a sleep and an event.
package main

import (
	"fmt"
	"time"

	"cairn.example/cairn"
)

type Input struct {
	Name string `json:"name"`
}

type Word struct {
	Word string `json:"word"`
}

func run(input Input) (string, error) {
	greeting, err := cairn.Step("greet", func(cairn.Attempt) (string, error) {
		return fmt.Sprintf("Hello, %s!", input.Name), nil
	})
	if err != nil {
		return "", err
	}
	fmt.Println(greeting)
	time.Sleep(200 * time.Millisecond)
	event, err := cairn.Receive[Word]("answer", "answer").Wait()
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s %s said %s.", greeting, input.Name, event.Data.Word), nil
}

func init() { cairn.Workflow(run) }
func main() {}
