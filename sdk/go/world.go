package cairn

// The world cairn:workflow@0.3.0, in the core ABI of components.

//go:wasmimport cairn:workflow/types@0.3.0 [method]operation.outcome
func worldOutcome(operation, result uint32)

//go:wasmimport cairn:workflow/types@0.3.0 [method]operation.cancel
func worldCancel(operation uint32)

//go:wasmimport cairn:workflow/step@0.3.0 call
func worldCall(asked uint32) uint32

//go:wasmimport cairn:workflow/step@0.3.0 begin
func worldBegin(opened, turn uint32)

//go:wasmimport cairn:workflow/step@0.3.0 end
func worldEnd(failed uint32, a, aBytes, b, bBytes, c, cBytes, turn uint32)

//go:wasmimport cairn:workflow/step@0.3.0 undo
func worldUndo(asked uint32)

//go:wasmimport cairn:workflow/step@0.3.0 undo-depth
func worldUndoDepth() uint32

//go:wasmimport cairn:workflow/step@0.3.0 unwind
func worldUnwind(key string, depth uint32) uint32

//go:wasmimport cairn:workflow/sleep@0.3.0 span
func worldSpan(key string, span uint64) uint32

//go:wasmimport cairn:workflow/sleep@0.3.0 until
func worldUntil(key string, due uint64) uint32

//go:wasmimport cairn:workflow/event@0.3.0 receive
func worldReceive(key string, subscriptions, count uint32) uint32

//go:wasmimport cairn:workflow/event@0.3.0 ask
func worldAsk(key, whom, task string) uint32

//go:wasmimport cairn:workflow/event@0.3.0 emit
func worldEmit(key, event, data string, some uint32, to string) uint32

//go:wasmimport cairn:workflow/flow@0.3.0 first
func worldFirst(of, count uint32) uint32

//go:wasmimport cairn:workflow/flow@0.3.0 block
func worldBlock(key string, number uint32, captured string) uint32

//go:wasmimport cairn:workflow/flow@0.3.0 undo-block
func worldUndoBlock(key string, number uint32, captured string)

//go:wasmimport cairn:workflow/flow@0.3.0 child
func worldChild(key, workflow, input string) uint32

//go:wasmimport cairn:workflow/flow@0.3.0 spawn
func worldSpawn(key, workflow, input string) uint32

//go:wasmimport cairn:workflow/flow@0.3.0 lock
func worldLock(key, name string, places uint32) uint32

//go:wasmimport cairn:workflow/flow@0.3.0 unlock
func worldUnlock(key string)

//go:wasmimport cairn:workflow/flow@0.3.0 restart
func worldRestart(input string)

//go:wasmimport cairn:workflow/context@0.3.0 who
func worldWho(identity uint32)

//go:wasmimport cairn:workflow/context@0.3.0 now
func worldNow(key string) uint64

//go:wasmimport cairn:workflow/context@0.3.0 random
func worldRandom(key string) uint64

//go:wasmimport cairn:workflow/context@0.3.0 log
func worldLog(level uint32, message, fields string)

//go:wasmimport cairn:workflow/context@0.3.0 expose
func worldExpose(status string)

//go:wasmimport cairn:workflow/context@0.3.0 calendar
func worldCalendar(key, question string, of uint64, zone, arguments string, result uint32)

// ---- Its shapes in memory: pointers have 32 bits there ----

type text struct{ at, bytes uint32 }

type list struct{ at, count uint32 }

type worldResult struct {
	failed uint8
	// The value, or the kind of the failure.
	value, message, detail text
}

type worldTurn struct {
	// 0: recorded is how it ended; else its bytes hold the number of the attempt and its key.
	attempt  uint32
	recorded worldResult
}

type optionalTime struct {
	some  uint32
	value uint64
}

type worldRetry struct {
	attempts uint32
	delay    uint64
	backoff  uint8
	factor   float64
	longest  uint64
	jitter   float64
	on       list
}

type worldOptions struct {
	timeout, deadline optionalTime
	retrySome         uint64
	retry             worldRetry
	cacheSome         uint64
	cacheKey          text
	cacheAge          uint64
	unclear           uint8
	_                 [7]uint8
}

type worldAsked struct {
	key, tool, arguments text
	secrets              list
	options              worldOptions
}

type worldOpened struct {
	key     text
	options worldOptions
}

type worldField struct{ name, json text }

type worldSubscription struct {
	event         text
	where         list
	conditionSome uint32
	condition     text
}

type worldIdentity struct {
	tenant, workflow, version, instance text
	started                             uint64
}
