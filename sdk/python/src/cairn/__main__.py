"""`python -m cairn build FILE [-o OUT]`: makes a component of a workflow."""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

ENTRY = "cairn_component"
"""The module that the component begins with: it imports the workflow's, which registers itself."""


def main() -> int:
    """Runs the command line."""
    parser = argparse.ArgumentParser(prog="python -m cairn", description="Durable workflows in Python.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    command = commands.add_parser("build", help="make a component of a workflow")
    command.add_argument("file", type=Path, help="the Python file with the function that is marked @cairn.workflow")
    command.add_argument("-o", "--output", type=Path, help="the component; FILE with .wasm where in doubt")
    command.add_argument(
        "-p", "--path", type=Path, action="append", default=[], help="a folder with more modules, such as site-packages"
    )
    args = parser.parse_args()
    return build(args.file, args.output or args.file.with_suffix(".wasm"), args.path)


def build(file: Path, output: Path, paths: list[Path]) -> int:
    """Gives the exit code."""
    if not file.is_file():
        return _refused(f"there is no file {file}")
    if file.suffix != ".py":
        return _refused(f"{file} is no Python file")
    name = file.stem
    if not name.isidentifier() or name in ("cairn", "wit_world", ENTRY):
        return _refused(f"a module cannot be called `{name}` here: rename {file.name}")
    tool = _tool()
    if tool is None:
        return _refused(
            "componentize-py is not here: activate the environment that has it (`. .venv/bin/activate`), or `pip install componentize-py==0.25.1`"
        )
    here = Path(__file__).resolve().parent
    with tempfile.TemporaryDirectory() as scratch:
        entry = Path(scratch, f"{ENTRY}.py")
        entry.write_text(f"import {name}\nfrom cairn._guest import Blocks, WitWorld, entered\n\nentered()\n")
        # Only this library of its folder: what else is installed beside it is for people, such as checkers.
        shutil.copytree(here, Path(scratch, "cairn"), ignore=shutil.ignore_patterns("wit", "__pycache__", "__main__.py"))
        command = [tool, "-q", "-d", str(here / "wit"), "-w", "compiled", "componentize", ENTRY, "-o", str(output)]
        for path in (file.resolve().parent, Path(scratch), *paths):
            command += ["-p", str(path)]
        return _made(command, output, file.parent)


def _made(command: list[str], output: Path, folder: Path) -> int:
    # Its own trace is of its insides, and would stand below what went wrong here.
    environment = {**os.environ, "RUST_BACKTRACE": "0"}
    ran = subprocess.run(command, env=environment, stderr=subprocess.PIPE, text=True, errors="replace")
    if ran.returncode:
        return _refused(_why(ran.stderr, folder))
    print(ran.stderr, end="", file=sys.stderr)
    print(f"{output}: {output.stat().st_size / 1e6:.1f} MB")
    return 0


def _why(said: str, folder: Path) -> str:
    """What the workflow's author can use of what componentize-py says: the words of the exception that ended it, without the traces of its
    own program and runtime around them."""
    why = re.split(r"^\S*AssertionError: ?", said, maxsplit=1, flags=re.MULTILINE)[-1].partition("\n\nCaused by:")[0].strip()
    if "panicked at runtime/" in why:
        return f"{_PANICKED}\n{why}"
    # The first lines of a trace are the import by what is made here; the workflow's folder is called `/0` in there.
    return re.sub(rf'  File "[^"]*{ENTRY}\.py", .*\n    import .*\n', "", why).replace('File "/0/', f'File "{folder}{os.sep}')


_PANICKED = "something durable is asked for while it is built, as by `cairn.step` at the top of a module: ask for it inside of the workflow"


def _tool() -> str | None:
    beside = Path(sysconfig.get_path("scripts"), "componentize-py")
    return str(beside) if beside.exists() else shutil.which("componentize-py")


def _refused(why: str) -> int:
    print(f"error: {why}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
