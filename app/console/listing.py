"""The one list of the console: what a table's page declares, and how it is asked for, shown and exported.

    LIST = List("dossiers", "dossier", "/console/dossiers", "Dossiers", columns=(…), filters=(…), sort="-updatedAt")

    @get("/console/dossiers")
    async def dossiers(request: Request) -> Response[str]:
        return await list_page(request, LIST, "dossiers/list.html", ask("dossiers", moves=True), choices=ask("…"))

The template extends list.html, which shows everything; a page adds its head, its actions and what an empty list says.
"""

import csv
import io
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

import msgspec
from litestar import Response
from litestar.response import Stream

from jalon.console import templates, texts
from jalon.console.page import HEADERS, Question, answer, answered, ask, language_of, page_caller, render
from jalon.server.call import Request, csv_cell, csv_headers
from jalon.server.problems import Problem

PAGE_SIZE = 50
EXPORT_SIZE = 500  # rows that an export reads at a time
COUNTED = 10_001  # a list is counted no further; it then says "more than 10,000"
MAX_LENGTH = 1000
OWN = ("sort", "columns", "after", "format")
Item = Mapping[str, Any]
Parts = Mapping[str, Any]


class Column(NamedTuple):
    """A column: its name in the address, its label (in English) and its value in an item.

    kind: text, status ({label, code, color, icon}), moment, day, number, amount ([number, currency]), boolean.
    `sort` is the order of the list that it stands for. A minor column is left out on a narrow screen.
    """

    name: str
    label: str
    value: Callable[[Any], Any] | None = None
    kind: str = "text"
    sort: str | None = None
    is_shown: bool = True
    is_minor: bool = False

    def of(self, item: Item) -> Any:
        return item.get(self.name) if self.value is None else self.value(item)


class Filter(NamedTuple):
    """A filter: its name in the address, its label, how it is entered. `options` makes it a choice."""

    name: str
    label: str
    kind: str = "text"
    options: Callable[[Parts], list[dict[str, Any]]] | None = None
    suggest: str | None = None
    are_words: bool = False  # the labels of its options are texts of the console
    shown_if: Callable[[Parts], bool] | None = None  # the answer is the part "answer"


class List(NamedTuple):
    """A list: its name (that of its saved views), tracked table, address, title, columns, filters and usual order.

    `title_of` names an item where its columns are shown, `what_of` wherever it stands alone; `to_move` says to which
    codes several can be moved at once, and `column` of which status column.
    """

    name: str
    table: str
    path: str
    title: str
    columns: tuple[Column, ...]
    filters: tuple[Filter, ...]
    sort: str
    title_of: Callable[[Any], str]
    title_sort: str | None = None
    lead: str = ""
    subtitle_of: Callable[[Any], str | None] = lambda item: None
    views: tuple[tuple[str, Mapping[str, str]], ...] = ()
    to_move: Callable[[Parts], list[dict[str, Any]]] | None = None
    column: str = ""
    what_of: Callable[[Any], str] | None = None

    def what(self, item: Item) -> str:
        return (self.what_of or self.title_of)(item)


class Asked:
    """What an address asks of a list."""

    def __init__(self, request: Request, spec: List) -> None:
        sent = dict(request.query_params)
        if long := next((name for name, value in sent.items() if len(value) > MAX_LENGTH), None):
            raise Problem(400, f"{long}: at most {MAX_LENGTH} characters.", "JL405", field=long)
        self.values = {f.name: sent[f.name] for f in spec.filters if sent.get(f.name)}
        self.sort = sent.get("sort") or spec.sort
        self.after = sent.get("after") or None
        names = {column.name: column for column in spec.columns}
        chosen = [names[name] for name in sent.get("columns", "").split(",") if name in names]
        self.columns = chosen or [column for column in spec.columns if column.is_shown]
        known = {f.name for f in spec.filters}
        self.unknown = sorted(name for name in sent if name not in known and name not in OWN)
        kept = {"sort": sent.get("sort"), "columns": sent.get("columns")}
        self.query = self.values | {name: value for name, value in kept.items() if value}

    def question(self, question: Question, **form: Any) -> Question:
        given = question.input | self.values | {"sort": self.sort} | form
        return question._replace(input={name: value for name, value in given.items() if value is not None})


class Shown:
    """A list as its template shows it."""

    def __init__(self, spec: List, asked: Asked, answer: Mapping[str, Any], parts: Parts, views: list[Any]) -> None:
        self.spec, self.asked, self.columns, self.query = spec, asked, asked.columns, asked.query
        self.unknown, self.is_filtered = asked.unknown, bool(asked.values)
        self.items, self.next, self.previous = answer["items"], answer.get("next"), answer.get("previous")
        self.total, self.is_long = answer.get("total"), (answer.get("total") or 0) >= COUNTED
        self.filters = [
            (each, asked.values.get(each.name, ""), each.options(parts) if each.options else None)
            for each in spec.filters
            if each.shown_if is None or each.shown_if(parts)
        ]
        self.to_move = spec.to_move(parts) if spec.to_move else []
        self.views = [view | {"query": {k: str(v) for k, v in view["query"].items()}} for view in views]

    def address(self, **changes: str | None) -> str:
        """This list with other parameters; what is None is left out."""
        query = {name: value for name, value in (self.query | changes).items() if value}
        return self.spec.path + ("?" + urlencode(query) if query else "")

    @property
    def title(self) -> Column:
        """The first column, which names each row."""
        return Column("title", "", self.spec.title_of, sort=self.spec.title_sort)

    def sorted_by(self, column: Column) -> str | None:
        """How a column is sorted now, as aria-sort says it."""
        if column.sort is None or self.asked.sort.removeprefix("-") != column.sort:
            return None
        return "descending" if self.asked.sort.startswith("-") else "ascending"

    def order(self, column: Column) -> str:
        """The order that the head of a column leads to: times begin with the latest."""
        falls = self.sorted_by(column) == "ascending" or (
            self.sorted_by(column) is None and column.kind in ("moment", "day")
        )
        return f"{'-' if falls else ''}{column.sort}"

    def unfiltered(self) -> str:
        return self.address(**dict.fromkeys(self.asked.values))

    def all_views(self, actor: str) -> list[dict[str, Any]]:
        """All, those of the list's declaration (`{me}` is who looks), and those that people saved."""
        own = [("All", {}), *self.spec.views]
        given = [
            {"name": name, "query": {key: value.replace("{me}", actor) for key, value in query.items()}}
            for name, query in own
        ]
        return [*given, *self.views]

    def view(self, query: Mapping[str, str]) -> str:
        return self.spec.path + ("?" + urlencode(query) if query else "")

    def is_view(self, query: Mapping[str, str]) -> bool:
        return dict(query) == self.query

    def is_saved(self, actor: str) -> bool:
        return any(self.is_view(view["query"]) for view in self.all_views(actor))


async def list_page(
    request: Request, spec: List, template: str, question: Question, /, **parts: Any
) -> Response[str] | Stream:
    """A page of a list, or all of what it shows as CSV (`format=csv`)."""
    asked = Asked(request, spec)
    if request.query_params.get("format") == "csv":
        return await as_file(request, spec, asked, question)
    found = asked.question(question, after=asked.after, limit=PAGE_SIZE, countTo=COUNTED)
    given = await answered(request, parts | {"answer": found, "views": ask("saved_views", list=spec.name)})
    shown = Shown(spec, asked, given["answer"], given, given["views"]["items"])
    return render(request, template, given | {"list": shown})


async def as_file(request: Request, spec: List, asked: Asked, question: Question) -> Stream:
    """Every row that the list shows on all its pages, with the columns that it shows, in its order."""
    language, caller = language_of(request), msgspec.json.encode(page_caller(request))
    # The first page is read before the answer begins, so that a refusal is a page.
    first = await answer(request, asked.question(question, limit=EXPORT_SIZE), caller)

    async def lines() -> AsyncIterator[bytes]:
        yield line([texts.text(language, "Record"), *(texts.text(language, column.label) for column in asked.columns)])
        page = first
        while True:
            for item in page["items"]:
                cells = [cell(language, column, column.of(item)) for column in asked.columns]
                yield line([spec.title_of(item), *cells])
            if not page["next"]:
                return
            page = await answer(request, asked.question(question, limit=EXPORT_SIZE, after=page["next"]), caller)

    return Stream(lines(), media_type="text/csv", headers=HEADERS | csv_headers(*spec.name.split("/")))


def line(cells: list[Any]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerow([csv_cell(each) for each in cells])
    return out.getvalue().encode()


def cell(language: str, column: Column, value: Any) -> Any:
    """A value as an export has it: what a page shows, without markup."""
    if value is None:
        return ""
    if column.kind == "status":
        return value.get("label") or value.get("code") or ""
    if column.kind == "amount":
        return " ".join(str(part) for part in value if part is not None)
    if column.kind == "boolean":
        return texts.text(language, "yes" if value else "no")
    if column.kind == "day":
        return templates.as_datetime(value).date().isoformat()
    return value
