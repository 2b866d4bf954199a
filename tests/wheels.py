"""A wheel of this checkout."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def copy_tracked(source: Path, *, everything: bool = False) -> Path:
    """A copy of what is tracked, of all of it or of what a wheel is made of: a build writes beside its source."""
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in tracked.splitlines():
        if (everything or not name.startswith(("tests/", "bench/", "docs/"))) and (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((ROOT / name).read_bytes())
    return source


def build_wheel(folder: Path) -> Path:
    """The wheel, built in the folder."""
    source = copy_tracked(folder / "source")
    command: list[str | Path] = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, source]
    subprocess.run(command, check=True, capture_output=True)
    return next(folder.glob("jalon-*.whl"))
