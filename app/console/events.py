"""Events: the organizer's list and the moderation queue."""

from typing import Any

from jalon.console.area import Area

areas: list[Area] = []
routes: list[Any] = []
