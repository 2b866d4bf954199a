"""The navigation: the areas that a person may enter, with how much waits in each, as the database says it.

What was said is kept for a minute in this process, so that a page needs no call of its own. A page for which nothing
is kept, or something older, has it fetched by navigation.js; so does every move.
"""

import time
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, NamedTuple

from litestar import Response, get

from jalon.console import page as pages
from jalon.console.area import GROUPS, HOME, Area
from jalon.server.auth import Caller
from jalon.server.call import Request
from jalon.server.middleware import request_context

SECONDS, PEOPLE = 60.0, 2000
Counts = Mapping[str, int | None]


class Group(NamedTuple):
    """Areas under one heading, each with how much waits there."""

    label: str
    areas: list[tuple[Area, int | None]]


class Navigation:
    """What was last said, by person."""

    def __init__(self, areas: list[Area]) -> None:
        self.areas = [HOME, *areas]
        self.kept: OrderedDict[Any, tuple[float, Counts]] = OrderedDict()

    @property
    def names(self) -> list[str]:
        return [area.name for area in self.areas]

    def keep(self, caller: Caller, counts: Counts) -> None:
        self.kept[key(caller)] = (time.monotonic(), counts)
        self.kept.move_to_end(key(caller))
        if len(self.kept) > PEOPLE:
            self.kept.popitem(last=False)

    def is_fresh(self, caller: Caller) -> bool:
        said = self.kept.get(key(caller))
        return said is not None and time.monotonic() - said[0] < SECONDS

    def groups(self, caller: Caller) -> list[Group]:
        """The areas that may be entered, by heading; none while nothing is known."""
        _, counts = self.kept.get(key(caller), (0.0, {}))
        entered = [(area, counts[area.name]) for area in self.areas if area.name in counts]
        found = [Group(label, [each for each in entered if each[0].group == label]) for label in GROUPS]
        return [group for group in found if group.areas]


def key(caller: Caller) -> tuple[str, tuple[str, ...]]:
    return caller.actor, tuple(caller.roles)


@get("/console/navigation")
async def navigation(request: Request, here: pages.Filter = None) -> Response[str]:
    """The navigation alone, for the page at the address `here`."""
    kept: Navigation = request.app.state.navigation
    caller = request_context(request.scope).caller
    assert caller is not None  # noqa: S101 - the guard of all pages
    kept.keep(caller, await pages.asked(request, pages.ask("navigation", areas=kept.names)))
    return pages.render(request, "navigation.html", {"path": here or "/console"})


routes: list[Any] = [navigation]
