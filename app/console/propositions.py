"""Propositions: roles, actions and what they trigger."""

from typing import Any

from jalon.console.area import Area

areas: list[Area] = []
routes: list[Any] = []
