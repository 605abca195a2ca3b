"""Does what its input says: the cases of `sdk/conformance.md`, for the tests of the host."""

import itertools
import logging
import os
import random
import sys
import time
import uuid
from collections.abc import Callable
from typing import Any, NoReturn

import cairn

Input = dict[str, Any]

cases: dict[str, Callable[[Input], Any]] = {}


def case(of: Callable[[Input], Any]) -> Callable[[Input], Any]:
    cases[of.__name__.rstrip("_")] = of
    return of


@cairn.workflow
def run(input: Input) -> Any:
    chosen = cases.get(input["case"])
    if chosen is None:
        raise cairn.Failure("bad_data", f"no such case: {input['case']}")
    return chosen(input)


def go(key: str = "go", **where: Any) -> Any:
    """Waits for the event `go`."""
    return cairn.receive(key, "go", where=where).wait().data


def reserved(item: str) -> Any:
    """Reserves something, which is released if the run fails."""
    held = cairn.call(item, "t.reserve", {"item": item}).wait()
    cairn.undo(f"undo_{item}", "t.release", {"item": item})
    return held


def brief(attempts: int, on: list[str], delay: float = 0.01) -> cairn.Retry:
    return cairn.Retry(attempts, delay, backoff="constant", on=on)


def kind_of(asked: Callable[[], Any]) -> Any:
    """How it failed."""
    try:
        return asked()
    except cairn.Failure as failure:
        return failure.kind


def millis(seconds: float) -> int:
    return round(seconds * 1000)


def compute() -> int:
    return sum(n * 31 % 7 for n in range(100_000))


@case
def echo(input: Input) -> Any:
    return input["value"]


@case
def fail(input: Input) -> NoReturn:
    raise cairn.Failure("refused", "as asked", {"code": 7})


@case
def crash(input: Input) -> NoReturn:
    raise ValueError("as the input said")


@case
def call(input: Input) -> Any:
    return cairn.call("call", "t.echo", {"text": input["text"]}).wait()


@case
def call_failed(input: Input) -> Any:
    try:
        return cairn.call("refuse", "t.refuse").wait()
    except cairn.Failure as failure:
        return {"kind": failure.kind, "message": failure.message, "detail": failure.detail}


@case
def call_uncaught(input: Input) -> Any:
    return cairn.call("refuse", "t.refuse").wait()


@case
def call_retry(input: Input) -> Any:
    return cairn.call("shaky", "t.shaky", retry=brief(3, [])).wait()


@case
def call_not_retried(input: Input) -> Any:
    return kind_of(cairn.call("refuse", "t.refuse", retry=brief(3, ["http_5xx"])).wait)


@case
def call_timeout(input: Input) -> Any:
    return kind_of(cairn.call("slow", "t.slow", timeout=0.2).wait)


@case
def together(input: Input) -> Any:
    return cairn.gather(*[cairn.call(f"item[{text}]", "t.slowly", {"text": text}) for text in input["texts"]])


@case
def first(input: Input) -> Any:
    both = [cairn.call("a", "t.slow"), cairn.call("b", "t.echo", {"text": "b"})]
    quick = cairn.first(*both)
    result = quick.wait()
    for other in both:
        if other is not quick:
            other.cancel()
    go()
    return {"index": both.index(quick), "result": result}


@case
def sleep(input: Input) -> int:
    before = time.time()
    cairn.sleep("nap", input["ms"] / 1000).wait()
    return millis(time.time() - before)


@case
def sleep_native(input: Input) -> int:
    before = time.time()
    time.sleep(input["ms"] / 1000)
    return millis(time.time() - before)


@case
def sleep_until(input: Input) -> int:
    cairn.sleep_until("until", input["at"] / 1000).wait()
    return millis(time.time())


@case
def time_(input: Input) -> Any:
    wall, steady = time.time(), time.monotonic()
    compute()
    frozen = (wall, steady) == (time.time(), time.monotonic())
    print("wall", millis(wall))
    go()
    return {"frozen": frozen, "wall": millis(wall)}


@case
def random_(input: Input) -> str:
    drawn = f"{random.random()} {random.random()}"
    print(drawn)
    go()
    return drawn


@case
def ids(input: Input) -> str:
    made = str(uuid.uuid4())
    print(made)
    go()
    return made


@case
def order(input: Input) -> str:
    walked = "".join(set("abcdefghij"))
    print(walked)
    go()
    return walked


@case
def now(input: Input) -> int:
    moment = millis(cairn.now("moment").timestamp())
    print("now", moment)
    go()
    return moment


@case
def event(input: Input) -> Any:
    return go()


@case
def two_events(input: Input) -> Any:
    return [go("one")["n"], go("two")["n"]]


@case
def event_where(input: Input) -> Any:
    return go(id=input["id"])


@case
def event_timeout(input: Input) -> str:
    came, patience = cairn.receive("go"), cairn.sleep("patience", input["ms"] / 1000)
    in_time = cairn.first(came, patience) is came
    (patience if in_time else came).cancel()
    return "came" if in_time else "late"


@case
def ask(input: Input) -> Any:
    answer = cairn.ask("ask", "ops", "Go on?", choices=["yes", "no"]).wait()
    return {"choice": answer.choice, "by": answer.by}


@case
def emit(input: Input) -> Any:
    cairn.emit("tell", "go", {"n": 1}, to=cairn.who().instance).wait()
    return go()


@case
def step(input: Input) -> Any:
    def body(attempt: cairn.Attempt) -> Any:
        print("body ran")
        return {"n": 1}

    given = cairn.step("body", body)
    go()
    return given


@case
def step_retry(input: Input) -> Any:
    def shaky(attempt: cairn.Attempt) -> Any:
        print("attempt", attempt.number)
        if attempt.number < 3:
            raise cairn.Failure("shaky", f"attempt {attempt.number}")
        return {"attempt": attempt.number, "key": attempt.idempotency_key}

    given = cairn.step("shaky", shaky, retry=brief(3, ["shaky"], 0.02))
    go()
    return given


@case
def step_failed(input: Input) -> Any:
    def lost(attempt: cairn.Attempt) -> NoReturn:
        raise cairn.Failure("gone", "for good")

    return kind_of(lambda: cairn.step("lost", lost))


@case
def step_slow(input: Input) -> Any:
    def slow(attempt: cairn.Attempt) -> Any:
        while attempt.number == 1:
            pass
        return {"attempt": attempt.number}

    return cairn.step("slow", slow, timeout=0.3, retry=brief(2, []))


@case
def step_nested(input: Input) -> Any:
    return cairn.step("outer", lambda attempt: cairn.step("inner", lambda attempt: 1))


@case
def call_in_step(input: Input) -> Any:
    return cairn.step("outer", lambda attempt: cairn.call("call", "t.echo", {"text": "inside"}).wait())


@case
def undo(input: Input) -> NoReturn:
    reserved("a")
    reserved("b")
    raise cairn.Failure("refused", "as asked")


@case
def unwind(input: Input) -> str:
    depth = cairn.undo_depth()
    reserved("a")
    cairn.unwind("back", depth).wait()
    return "back"


@case
def undo_cancel(input: Input) -> Any:
    reserved("a")
    return go()


@case
def cancel_seen(input: Input) -> Any:
    try:
        return go()
    except cairn.Failure as failure:
        if failure.kind == "cancelled":
            print("cleaning up")
        raise


@case
def loop(input: Input) -> NoReturn:
    while True:
        pass


@case
def memory(input: Input) -> NoReturn:
    held = []
    for n in itertools.count(1):
        held.append(bytes([n % 256]) * (1 << 20))
    raise AssertionError("counting has no end")


@case
def restart(input: Input) -> str:
    if input["n"]:
        cairn.restart({**input, "n": input["n"] - 1})
    return "done"


@case
def lock(input: Input) -> str:
    with cairn.lock("door"):
        go()
    return "held"


@case
def who(input: Input) -> Any:
    identity = cairn.who()
    return {"instance": identity.instance, "workflow": identity.workflow}


@case
def expose(input: Input) -> None:
    cairn.expose({"at": "door"})
    go()


@case
def log(input: Input) -> None:
    logging.info("noted", extra={"n": 1})
    logging.warning("careful")
    go()


@case
def print_(input: Input) -> None:
    print("one")
    print("two", file=sys.stderr)
    go()
    print("three", end="")


@case
def closed(input: Input) -> Any:
    return {"file": os.path.exists("/etc/passwd"), "vars": len(os.environ), "args": len(sys.argv[1:])}


@case
def exit_(input: Input) -> NoReturn:
    sys.exit(3)


@cairn.block
def part(text: str) -> list[Any]:
    print(f"part {text}")
    said = cairn.call("say", "t.slowly", {"text": text}).wait()
    cairn.sleep("nap", 0.005).wait()
    return [text, said]


@case
def blocks(input: Input) -> Any:
    begun = [part.begin(cairn.key("part[{}]", text), text) for text in ("a", "b")]
    return cairn.gather(*begun)


@cairn.block
def bad() -> None:
    reserved("a")
    raise cairn.Failure("refused", "as asked")


@case
def block_failed(input: Input) -> Any:
    try:
        bad.begin("bad").wait()
    except cairn.Failure as failure:
        return {"kind": failure.kind, "message": failure.message}


@cairn.block
def good() -> None:
    reserved("a")
    reserved("b")


@case
def block_undo(input: Input) -> Any:
    good.begin("good").wait()
    raise cairn.Failure("refused", "as asked")


@case
def saga(input: Input) -> Any:
    def body(attempt: cairn.Attempt) -> int:
        print("body")
        return 1

    a = reserved("a")
    worked = cairn.step("body", body)
    cairn.sleep("nap", 0.005).wait()
    b = reserved("b")
    return {"a": a, "body": worked, "b": b, "go": go()}
