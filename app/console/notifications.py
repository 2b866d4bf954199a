"""Notifications: the bell and its page."""

from typing import Any

from jalon.console.area import Area

areas: list[Area] = []
routes: list[Any] = []
