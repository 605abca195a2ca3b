"""Many calls at once, then their sum."""

import asyncio
from dataclasses import dataclass

import cairn


@dataclass
class Input:
    files: list[str]


@dataclass
class Rows:
    rows: int


@cairn.workflow
async def run(input: Input) -> int:
    begun = [cairn.call(cairn.key("rows/file[{}]/parse", file), "rows.parse", {"file": file}, gives=Rows) for file in input.files]
    return sum(parsed.rows for parsed in await asyncio.gather(*begun))
