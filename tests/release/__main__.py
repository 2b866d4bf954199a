"""What is to be released is built, looked at, installed alone, and served; nothing is uploaded.

make release                    from a clean checkout, when the version and CHANGELOG.md are as they shall be
make release ARGS=--rehearse    between releases: what is unreleased may be there
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from pathlib import Path

import psycopg

from jalon.install import embedded
from tests.docs.reader import served
from tests.release.stories import PEOPLE, STORIES, Person
from tests.serving import free_port
from tests.wheels import ROOT, copy_tracked

TWINE = ROOT / ".venv/release/bin/twine"
SHOP = """
create schema shop;
create table shop.orders (id bigint primary key, status text not null default 'NEW');
insert into shop.orders values (1, 'NEW');
select jalon.apply_template('orders', 'ORDER_STATUS');
select jalon.track('shop.orders', category => 'ORDER_STATUS');
select jalon.set_permission('any', 'read_all', 'orders');
"""


class Unfit(Exception):
    """It can't be released as it is."""


def changelog_faults(changelog: str, version: str, rehearse: bool) -> list[str]:
    """What CHANGELOG.md lacks for this version."""
    parts = re.split(r"^## \[(.+?)\].*\n", changelog, flags=re.MULTILINE)
    sections = dict(zip(parts[1::2], parts[2::2], strict=True))
    faults = []
    if not re.search(r"^- ", sections.get(version, ""), re.MULTILINE):
        faults.append(f"CHANGELOG.md says nothing of {version}.")
    if not rehearse and sections.get("Unreleased", "").strip():
        faults.append("CHANGELOG.md has changes under Unreleased: they belong to a version.")
    return faults


def checkout_faults(version: str) -> list[str]:
    """What is built is what is committed, and no version is released twice."""
    faults = []
    if run("git", "-C", ROOT, "status", "--porcelain").strip():
        faults.append("There are changes that are not committed.")
    if run("git", "-C", ROOT, "tag", "--list", f"v{version}").strip():
        faults.append(f"There is a tag v{version} already: give pyproject.toml the next version.")
    return faults


def wheel_faults(names: list[str], sources: list[str]) -> list[str]:
    """What the wheel has and shouldn't have, and what it lacks."""
    inside = [name for name in names if ".dist-info/" not in name]
    faults = [f"The wheel carries {name}." for name in inside if not name.startswith("jalon/")]
    faults += [f"The wheel carries documentation: {name}." for name in inside if re.search(r"\.(md|rst|html?)$", name)
        and "/templates/" not in name]  # fmt: skip
    wanted = {re.sub(r"^app/", "jalon/", re.sub(r"^sql/", "jalon/sql/", name)) for name in sources}
    return faults + [f"The wheel lacks {name}." for name in sorted(wanted - set(inside))]


def run(*command: str | Path, **environment: str) -> str:
    done = subprocess.run(
        [str(part) for part in command], env=clean() | environment, text=True, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    if done.returncode:
        raise Unfit(f"{' '.join(map(str, command))}\n{done.stdout[-4000:]}")
    return done.stdout


def clean() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("JALON_", "PYTHON"))}


def build(folder: Path) -> tuple[Path, Path]:
    """The sdist of what is tracked, and the wheel that is built of it."""
    source = copy_tracked(folder / "source", everything=True)
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder / "dist", source)
    (sdist,) = (folder / "dist").glob("*.tar.gz")
    (wheel,) = (folder / "dist").glob("*.whl")
    return sdist, wheel


def install(wheel: Path, folder: Path) -> Path:
    """An empty venv with the wheel and what it asks for; its folder of programs."""
    run(sys.executable, "-m", "venv", folder)
    run(folder / "bin/python", "-m", "pip", "--disable-pip-version-check", "-q", "install", wheel)
    run(folder / "bin/python", "-m", "pip", "check")
    return folder / "bin"


def serve_stories(programs: Path, home: Path) -> list[str]:
    """What was installed serves one story of each module, on a PostgreSQL that is made for it."""
    told = []
    with embedded.running(home) as dsn:
        port = free_port()
        settings = {"JALON_DSN": dsn, "JALON_HOME": str(home / "jalon"), "JALON_PORT": str(port)}
        settings["JALON_TOKEN_SECRET"] = "for-this-check-only-" * 3
        jalon = programs / "jalon"
        run(jalon, "migrate", "--modules", "all", "--languages", "all", **settings)
        with psycopg.connect(dsn, autocommit=True) as owner:
            owner.execute(SHOP)
        with served(clean() | settings, [str(jalon), "serve"]):
            people = [
                Person(f"http://127.0.0.1:{port}", run(jalon, "token", name, "--roles", roles, **settings).strip())
                for name, roles in PEOPLE.items()
            ]
            for story in STORIES:
                story(*people)
                told.append(story.__name__)
        run(jalon, "doctor", **settings)
    return told


def check(rehearse: bool, folder: Path) -> tuple[Path, Path]:
    """All of it; raises Unfit with what is wrong."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    faults = changelog_faults((ROOT / "CHANGELOG.md").read_text(), version, rehearse)
    if not rehearse:
        faults += checkout_faults(version)
    if faults:
        raise Unfit("\n".join(faults))
    print(f"Building jalon {version} …", flush=True)
    sdist, wheel = build(folder)
    run(TWINE, "check", "--strict", sdist, wheel)
    sources = run("git", "-C", ROOT, "ls-files", "app", "sql").splitlines()
    faults = wheel_faults(zipfile.ZipFile(wheel).namelist(), sources)
    if faults:
        raise Unfit("\n".join(faults[:20]))
    print("Installing the wheel alone into an empty venv …", flush=True)
    programs = install(wheel, folder / "venv")
    said = run(programs / "jalon", "--version").strip()
    if said != f"jalon {version}":
        raise Unfit(f"What was installed calls itself {said}.")
    print(f"Served: {', '.join(serve_stories(programs, folder / 'home'))}.", flush=True)
    return sdist, wheel


def main() -> int:
    parser = argparse.ArgumentParser(prog="make release", description=__doc__)
    parser.add_argument("--rehearse", action="store_true", help="let pass what is unreleased")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="jalon-release-", ignore_cleanup_errors=True) as temporary:
        folder = Path(temporary)
        folder.chmod(0o755)
        try:
            made = check(options.rehearse, folder)
        except Unfit as unfit:
            print(unfit, file=sys.stderr)
            return 1
        (ROOT / "dist").mkdir(exist_ok=True)
        names = [shutil.copy(file, ROOT / "dist") for file in made]
    version = made[0].name.removeprefix("jalon-").removesuffix(".tar.gz")
    print("All is well. In dist/: " + ", ".join(Path(name).name for name in names))
    print("Nothing was uploaded. What is left to do:")
    print(f"  git tag -a v{version} -m 'Jalon {version}' && git push origin v{version}")
    print("  write the commit of the tag into tests/install/previous, and commit that")
    print("  .venv/release/bin/twine upload dist/jalon-" + version + "*")
    return 0


if __name__ == "__main__":
    sys.exit(main())
