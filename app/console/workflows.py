"""Workflows: graph, draft, check, diff, publish."""

from typing import Any

from jalon.console.area import Area

areas: list[Area] = []
routes: list[Any] = []
