"""Forms that a browser posts without a script. They are small, and read before anybody is known."""

from typing import Any
from urllib.parse import parse_qsl

from jalon.server.call import Request
from jalon.server.problems import Problem

MAX_BYTES = 16_384  # twice the longest token
MAX_FIELDS = 20
LIMITS: dict[str, Any] = {"request_max_body_size": MAX_BYTES}  # of the routes that read one


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a form; the last of a name counts. Litestar would keep each form that it reads."""
    body = await request.body()
    try:
        return dict(parse_qsl(body.decode("latin-1"), keep_blank_values=True, max_num_fields=MAX_FIELDS))
    except ValueError:
        raise Problem(400, f"A form has at most {MAX_FIELDS} fields.", "JL405", field="body") from None
