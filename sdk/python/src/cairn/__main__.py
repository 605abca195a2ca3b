"""`python -m cairn build FILE [-o OUT]`: makes a component of a workflow."""

from __future__ import annotations

import argparse
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
    if not file.is_file() or file.suffix != ".py":
        return _refused(f"{file} is no Python file")
    name = file.stem
    if not name.isidentifier() or name in ("cairn", "wit_world", ENTRY):
        return _refused(f"a module cannot be called `{name}` here: rename {file.name}")
    tool = _tool()
    if tool is None:
        return _refused("componentize-py is not here: pip install componentize-py==0.25.1")
    here = Path(__file__).resolve().parent
    with tempfile.TemporaryDirectory() as scratch:
        entry = Path(scratch, f"{ENTRY}.py")
        entry.write_text(f"import {name}\nfrom cairn._guest import Blocks, WitWorld, entered\n\nentered()\n")
        # Only this library of its folder: what else is installed beside it is for people, such as checkers.
        shutil.copytree(here, Path(scratch, "cairn"), ignore=shutil.ignore_patterns("wit", "__pycache__", "__main__.py"))
        command = [tool, "-q", "-d", str(here / "wit"), "-w", "compiled", "componentize", ENTRY, "-o", str(output)]
        for path in (file.resolve().parent, Path(scratch), *paths):
            command += ["-p", str(path)]
        return subprocess.run(command).returncode


def _tool() -> str | None:
    beside = Path(sysconfig.get_path("scripts"), "componentize-py")
    return str(beside) if beside.exists() else shutil.which("componentize-py")


def _refused(why: str) -> int:
    print(f"error: {why}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
