"""Where the SQL lies, and what it is: beside this package in a checkout, inside it in a wheel."""

import hashlib
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
ROOT = next(folder for folder in (HERE / "sql", HERE.parent / "sql") if (folder / "migrations").is_dir())
MIGRATIONS = ROOT / "migrations"


def text(path: Path) -> str:
    """The file's text, with the same line ends on every platform."""
    return path.read_text(encoding="utf-8").replace("\r\n", "\n")


def digest(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()


def migrations(root: Path = ROOT) -> dict[str, str]:
    """Id and digest of every migration, in order."""
    files = sorted((root / "migrations").glob("*.sql"))
    return {path.stem: digest(text(path)) for path in files if not path.name.endswith(".rollback.sql")}


def reloaded(root: Path = ROOT) -> dict[str, str]:
    """Path and text of everything that is reloaded, in loading order: functions, then triggers."""
    return {
        str(path.relative_to(root).as_posix()): text(path)
        for folder in ("functions", "triggers")
        for path in sorted((root / folder).rglob("*.sql"), key=lambda path: path.relative_to(root).parts)
    }
