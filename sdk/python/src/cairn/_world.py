"""The world, as componentize-py generates it. Elsewhere than in a component it is not there, and only its use is an error: so a
workflow can be imported, checked and tested in parts by ordinary tools."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from componentize_py_types import Err as Err, Ok as Ok
    from wit_world.imports import context as context, event as event, flow as flow
    from wit_world.imports import sleep as sleep, step as step, types as types
else:
    try:
        from componentize_py_types import Err, Ok
        from wit_world.imports import context, event, flow, sleep, step, types
    except ImportError:

        class _Absent:
            def __getattr__(self, name):
                if name.startswith("__"):
                    raise AttributeError(name)
                raise RuntimeError("this is not a component: build it with `python -m cairn build FILE`, run it with `cairn run`")

        class Err(Exception):
            pass

        Ok = context = event = flow = sleep = step = types = _Absent()
