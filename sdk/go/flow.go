package cairn

// Run starts another workflow, deployed together with this one, for its result.
func Run[T any](key, workflow string, input any) Operation[T] {
	return begun[T](func(input string) uint32 { return worldChild(key, workflow, input) }, input, "an input")
}

// Spawn starts another workflow and lets it go its own way: gives its id.
func Spawn(key, workflow string, input any) Operation[string] {
	return begun[string](func(input string) uint32 { return worldSpawn(key, workflow, input) }, input, "an input")
}

// Lock waits for one of so many places under a name of the tenant. What it gives returns the place: defer it.
func Lock(key, name string, places uint32) (unlock func(), err error) {
	gate()
	if _, err := (Operation[any]{handle: worldLock(key, name, places)}).Wait(); err != nil {
		return nil, err
	}
	return func() { worldUnlock(key) }, nil
}

// Restart ends this run and begins the next under the same id, with this input and an empty journal. It returns only if the input cannot be written.
func Restart(input any) error {
	written, err := write(input, "an input")
	if err == nil {
		gate()
		worldRestart(written)
	}
	return err
}
