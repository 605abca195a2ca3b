// Many calls at once, then their sum.
package main

import "cairn.example/cairn"

type Input struct {
	Files []string `json:"files"`
}

type File struct {
	File string `json:"file"`
}

type Rows struct {
	Rows uint64 `json:"rows"`
}

func run(input Input) (rows uint64, err error) {
	var parsed []cairn.Operation[Rows]
	for _, file := range input.Files {
		parsed = append(parsed, cairn.Call[Rows](cairn.Key("rows/file[%s]/parse", file), "rows.parse", File{file}))
	}
	for _, one := range parsed {
		of, err := one.Wait()
		if err != nil {
			return 0, err
		}
		rows += of.Rows
	}
	return rows, nil
}

func init() { cairn.Workflow(run) }
func main() {}
