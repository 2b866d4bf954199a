"""Roadshow: statuses, interactions, the weekly recap."""

from typing import Any

from jalon.console.area import Area

areas: list[Area] = []
routes: list[Any] = []
