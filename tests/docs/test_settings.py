"""docs/settings.md says what app/settings.py says (`make snapshot` writes it)."""

from jalon.settings import HINTS, PREFIX, SUBJECTS, described
from tests.docs.pages import DOCS, compare, table

PAGE = DOCS / "settings.md"


def test_snapshot_of_the_settings() -> None:
    parts = (
        f"## {subject}\n\n{table(('Variable', 'Default', 'Meaning'), rows)}" for subject, rows in described().items()
    )
    compare(PAGE, "settings", "\n\n".join(parts))


def test_every_setting_is_listed_once_under_a_subject() -> None:
    listed = [variable for rows in described().values() for variable, *_ in rows]
    assert sorted(listed) == sorted(f"`{PREFIX}{name.upper()}`" for name in HINTS)
    assert list(described()) == list(SUBJECTS.values())
    assert all(PAGE.read_text().count(f"| {variable} |") == 1 for variable in listed)
