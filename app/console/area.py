"""What an area of the console says about itself in the navigation."""

from typing import NamedTuple


class Area(NamedTuple):
    """A link in the navigation: where, what it is called (in English; texts/fr has the rest), its place and its icon."""

    path: str
    label: str
    order: int
    icon: str = "table"
