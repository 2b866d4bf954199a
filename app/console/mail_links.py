"""What the links of an e-mail lead to. Whoever follows one reads the e-mail: its secret is enough, without a session.

A program that looks at links before a person does makes GET requests: these change nothing. One click on "Unsubscribe"
in a mail program is a POST to the same address (RFC 8058), from wherever that program runs.
"""

from typing import Annotated, Any

import msgspec
from litestar import Response, get, post
from litestar.params import PathParameter

from jalon.console.page import render
from jalon.server.auth import hash_key
from jalon.server.call import Request
from jalon.server.problems import Problem

Secret = Annotated[str, PathParameter(max_length=200)]
MAIL = "/console/recap-mail/{secret:str}"


async def answer(request: Request, function: str, secret: str) -> Response[str]:
    """A page about the subscription of an e-mail. The call is made in nobody's name."""
    database = request.app.state.database
    try:
        found = await database.call(function, hash_key(secret), b"{}", b"{}")
    except Problem as problem:
        if problem.status != 404:
            raise
        return render(request, "recaps/mail-link.html", {"mail": None}, 404)
    made = render(request, "recaps/mail-link.html", {"mail": msgspec.json.decode(found.body or b""), "secret": secret})
    made.headers["referrer-policy"] = "no-referrer"  # the address is a secret
    made.headers["cache-control"] = "no-store"
    return made


@get(MAIL, opt={"public": True})
async def mail(request: Request, secret: Secret) -> Response[str]:
    return await answer(request, "recap_mail", secret)


@post(MAIL, status_code=200, opt={"public": True})
async def unsubscribe(request: Request, secret: Secret) -> Response[str]:
    return await answer(request, "unsubscribe_recap_mail", secret)


@post(f"{MAIL}/confirm", status_code=200, opt={"public": True})
async def confirm(request: Request, secret: Secret) -> Response[str]:
    return await answer(request, "confirm_recap_mail", secret)


routes: list[Any] = [mail, unsubscribe, confirm]
