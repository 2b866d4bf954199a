"""Webhooks: endpoints and their deliveries."""

from typing import Any

from jalon.console.area import Area

areas: list[Area] = []
routes: list[Any] = []
