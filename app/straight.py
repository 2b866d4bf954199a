"""The straight way: endpoints that are called most are reached without the framework's routing, parsing and responses.

Each of them is an ordinary Litestar handler marked `coalesce`, and documented as such; here its own function is called,
with the same path parameters, the same decoded body and the same answer. Whatever is not quite ordinary goes the
framework's way, from the beginning: another method, parameters in the address, a token seen for the first time, a body
that is too long, does not come at once or does not decode, a browser from another origin. So nothing is refused here
that is not refused there, and in the same words. JALON_STRAIGHT=0 turns it off.
"""

import re
from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute
from litestar.types import Receive, Send

from jalon import errors
from jalon.auth import Authenticator
from jalon.errors import Told
from jalon.frame import Visit, dressed
from jalon.protocol import WHOLE, Whole


class Straightforward:
    """What a handler, and what it calls, needs of a request."""

    __slots__ = ("app", "route_handler", "scope")
    query_params: Mapping[str, str] = {}

    def __init__(self, app: Litestar, handler: HTTPRouteHandler, scope: Any) -> None:
        self.app, self.route_handler, self.scope = app, handler, scope


class Way:
    """One handler, the addresses that lead to it, and what may stand in them."""

    def __init__(self, app: Litestar, route: HTTPRoute, handler: HTTPRouteHandler) -> None:
        self.app, self.handler, self.template = app, handler, route.path_format
        self.names: list[str] = []
        self.limits: list[tuple[int, re.Pattern[str] | None]] = []
        given = handler.parsed_fn_signature.parameters
        named = {getattr(field.kwarg_definition, "name", None) or name: name for name, field in given.items()}
        parts = []
        for part in route.path_components:
            if isinstance(part, str):
                parts.append(re.escape(part))
                continue
            if part.type is not str:
                raise TypeError(f"{route.path}: {part.name} is no text")
            parts.append(r"([^/\0]+)")  # a NUL stands for a slash inside a segment (frame.py): the framework knows
            self.names.append(named[part.name])
            meta: Any = given[named[part.name]].kwarg_definition
            self.limits.append((meta.max_length or 1 << 16, re.compile(meta.pattern) if meta.pattern else None))
        self.pattern = re.compile("/" + "/".join(parts))
        body = handler.parsed_data_field
        self.decode = msgspec.json.Decoder(body.annotation).decode if body else None

    def parameters(self, path: str) -> dict[str, Any] | None:
        """The path parameters, where this is the handler's address and they are as they should be."""
        found = self.pattern.fullmatch(path)
        if not found:
            return None
        for text, (longest, pattern) in zip(found.groups(), self.limits, strict=True):
            if len(text) > longest or (pattern and not pattern.search(text)):
                return None
        return dict(zip(self.names, found.groups(), strict=True))


class Straight:
    """Tries to answer a request; says what is left to read where that is the framework's business."""

    def __init__(self, app: Litestar, authenticator: Authenticator, longest: int) -> None:
        self.authenticator, self.longest = authenticator, longest
        self.ways: dict[str, list[Way]] = {}
        for route in app.routes:
            for method, (handler, _) in route.route_handler_map.items() if isinstance(route, HTTPRoute) else ():
                if "coalesce" in handler.opt:
                    self.ways.setdefault(method, []).append(Way(app, route, handler))  # type: ignore[arg-type]

    async def take(self, scope: Any, seen: Visit, receive: Receive, send: Send) -> Receive | None:
        """None: it is answered. Otherwise what the framework reads from."""
        headers = seen.headers
        if scope["query_string"] or b"origin" in headers:
            return receive
        for way in self.ways.get(scope["method"], ()):
            if (arguments := way.parameters(scope["path"])) is not None:
                break
        else:
            return receive
        caller = self.authenticator.remembered(headers.get(b"authorization"))
        if caller is None:
            return receive
        if way.decode:
            length = headers.get(b"content-length", b"")
            kind = headers.get(b"content-type", b"")
            if not (
                length.isdigit() and len(length) < 10 and int(length) <= self.longest and kind == b"application/json"
            ):
                return receive
            message = await receive()
            try:
                if message["type"] != "http.request" or message["more_body"]:
                    return again(message, receive)
                arguments["data"] = way.decode(message["body"])
            except (msgspec.DecodeError, UnicodeDecodeError, KeyError):
                return again(message, receive)
        seen.caller, seen.straight = caller, True
        scope["path_template"] = way.template
        request = Straightforward(way.app, way.handler, scope)
        try:
            told: Told = await way.handler.fn(request=request, **arguments)
        except errors.Problem as problem:
            told = errors.told(scope, problem)
        except Exception as error:
            told = errors.unforeseen(scope, error)
        whole: Whole | None = scope.get(WHOLE)
        head = told.head()
        if whole and all(value.isprintable() for value in told.headers.values()):
            seen.status = told.status
            if whole(told.status, dressed(scope, seen, head), told.body):
                return None
            head = told.head()
        await send({"type": "http.response.start", "status": told.status, "headers": head})
        await send({"type": "http.response.body", "body": told.body, "more_body": False})
        return None


def again(message: Any, receive: Receive) -> Receive:
    """What was received already is received once more."""
    kept = [message]

    async def receive_again() -> Any:
        return kept.pop() if kept else await receive()

    return receive_again
