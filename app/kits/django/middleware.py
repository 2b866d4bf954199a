"""Names the user of a request for all that it writes, and answers a refusal with 409."""

from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.html import format_html

from jalon.kits.acting import Actor, acting_as
from jalon.kits.django import Refused


class ActorMiddleware:
    """Behind AuthenticationMiddleware. A subclass may say where roles and the reason come from."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        name = self.name(request)
        actor = Actor(name, tuple(self.roles(request)), self.reason(request)) if name else None
        with acting_as(actor):
            return self.get_response(request)

    def name(self, request: HttpRequest) -> str:
        """Empty for a stranger: then the login of the database acts."""
        return str(request.user.get_username())

    def roles(self, request: HttpRequest) -> Iterable[str]:
        """Beside those that Jalon has granted to the name."""
        return ()

    def reason(self, request: HttpRequest) -> str | None:
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refused):
            return None
        if request.get_preferred_type(["application/json", "text/html"]) == "text/html":
            return HttpResponse(page(exception), status=409)
        return JsonResponse(exception.as_json(), status=409)


def page(refused: Refused) -> Any:
    return format_html("<!doctype html><title>409</title><p>{}</p><p>{}</p>", refused.message, refused.hint)
