"""Stylesheet and scripts, held in memory under an address that changes with them, so that browsers may keep them."""

import hashlib
import re
from pathlib import Path
from typing import Any

import msgspec
from litestar import Response, get
from litestar.params import FromPath

from jalon import modules
from jalon.console import texts
from jalon.server.problems import Problem

FOLDER = Path(__file__).parent / "static"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


def load() -> dict[str, bytes]:
    folders = [FOLDER, *modules.folders("static").values()]
    paths = sorted(path for folder in folders for path in folder.iterdir() if path.suffix in TYPES)
    files = {path.name: path.read_bytes() for path in paths}
    for language in texts.LANGUAGES:
        words = msgspec.json.encode(texts.translations(language))
        files[f"texts.{language}.js"] = b"window.jalonTexts = " + words + b";\n"
    return files


FILES = load()
VERSION = hashlib.sha256(
    b"\0".join(part for name, body in FILES.items() for part in (name.encode(), body))
).hexdigest()[:12]
ICONS = frozenset(re.findall(r'<symbol id="([\w-]+)"', FILES["icons.svg"].decode()))


def address(name: str) -> str:
    return f"/console/static/{VERSION}/{name}"


@get("/console/static/{version:str}/{name:str}", opt={"public": True})
async def static(version: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    if name not in FILES:
        raise Problem(404, f"There is no file {name}.")
    cache_control = "public, max-age=31536000, immutable" if version == VERSION else "no-cache"
    return Response(FILES[name], media_type=TYPES[Path(name).suffix], headers={"cache-control": cache_control})


routes: list[Any] = [static]
