"""Dossiers: list, status, bulk change, timeline."""

from typing import Any

from jalon.console.area import Area

areas: list[Area] = []
routes: list[Any] = []
