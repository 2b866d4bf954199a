"""Health: what status and verify say."""

from typing import Any

from jalon.console.area import Area

areas: list[Area] = []
routes: list[Any] = []
