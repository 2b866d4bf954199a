"""An area of the console: its entry in the navigation."""

from typing import NamedTuple


class Area(NamedTuple):
    """A link in the navigation: its path, its label (in English; texts/fr has the French one), its order and its icon.

    `table` is the tracked table whose records have their own page below `path`. `group` is the heading that it stands
    under. Who may enter it, and how much waits there, the database says of its name.
    """

    path: str
    label: str
    order: int
    icon: str = "table"
    table: str | None = None
    group: str = "Work"

    @property
    def name(self) -> str:
        return self.path.removeprefix("/console").strip("/").replace("-", "_") or "home"


HOME = Area("/console", "Home", 0, "home")
GROUPS = ("Work", "Design", "Insight", "Administration")
