"""An area of the console: its entry in the navigation."""

from typing import NamedTuple


class Area(NamedTuple):
    """A link in the navigation: its path, its label (in English; texts/fr has the French one), its order and its icon.

    `table` is the tracked table whose records have their own page below `path`.
    """

    path: str
    label: str
    order: int
    icon: str = "table"
    table: str | None = None
