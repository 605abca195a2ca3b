// Starts a job and looks after it, with growing pauses.
package main

import (
	"fmt"
	"time"

	"cairn.example/cairn"
)

type Input struct {
	Scene string `json:"scene"`
}

type Job struct {
	ID string `json:"id"`
}

type State struct {
	State string `json:"state"`
	URL   string `json:"url"`
}

func run(input Input) (string, error) {
	job, err := cairn.Call[Job]("start", "render.start", input).Wait()
	if err != nil {
		return "", err
	}
	for round := range 20 {
		seen, err := cairn.Call[State](cairn.Key("look[%d]/seen", round), "render.look", job).Wait()
		switch {
		case err != nil:
			return "", err
		case seen.State == "done" && seen.URL == "":
			return "", cairn.Fail(cairn.BadData, "it is done and nowhere", nil)
		case seen.State == "done":
			return seen.URL, nil
		case seen.State == "failed":
			return "", cairn.Fail("job_failed", fmt.Sprintf("the job %s failed", job.ID), nil)
		}
		cairn.Sleep(cairn.Key("look[%d]/sleep", round), 100*time.Millisecond<<min(round, 6)).Wait()
	}
	return "", cairn.Fail(cairn.Timeout, "the job did not come to its end", nil)
}

func init() { cairn.Workflow(run) }
func main() {}
