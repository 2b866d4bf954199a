"""Litestar keeps the last 1,024 queries that anybody sent, however long. Here each is read anew."""

from typing import Any

from litestar._kwargs import extractors
from litestar.connection import base

KEEPING = ((extractors, "parse_query_string"), (extractors, "create_query_default_dict"), (base, "parse_query_string"))


def keep_none() -> None:
    for module, name in KEEPING:
        keeping: Any = getattr(module, name)
        setattr(module, name, getattr(keeping, "__wrapped__", keeping))
