"""Recaps: time in status, funnel, overdue, transitions per week."""

from typing import Any

from jalon.console.area import Area

areas: list[Area] = []
routes: list[Any] = []
