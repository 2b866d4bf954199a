"""Structured logs: one JSON object a line, on standard error. No bodies, no tokens, no query strings."""

import logging
import sys
import time
from collections.abc import Callable
from typing import Any

import msgspec

# The trace that a line belongs to; telemetry.py knows, where it is on.
trace_fields: Callable[[], dict[str, str]] = dict
encode = msgspec.json.Encoder(order=None).encode


def write(event: str, **fields: Any) -> None:
    now = time.time()
    timestamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now)) + f".{int(now % 1 * 1000):03d}Z"
    line = (
        {"time": timestamp, "event": event}
        | trace_fields()
        | {name: value for name, value in fields.items() if value is not None}
    )
    sys.stderr.write(encode(line).decode() + "\n")


class JsonFormatter(logging.Formatter):
    """Records of other libraries, in the same shape."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03d}Z",
            "event": "log",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= trace_fields()
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return encode(line).decode()


def configure(level: str = "info") -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)  # it warns at every attempt to reconnect
    logging.getLogger("httpx").setLevel(logging.WARNING)
