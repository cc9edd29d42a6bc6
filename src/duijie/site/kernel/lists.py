"""Lists of records: filters in the address, a known order, pages, a total, and what an export must hold to be the same.

A room names its columns and its filters; :func:`list_page` reads the address and answers with the rows of one page.
What the address asks wrongly is ignored, and the page says so.

On 100,000 rows a page costs three statements whatever it shows: the count, the page's keys in order (an index holds
them), and the rows with those keys. Pages beyond the middle are read from the other end.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar
from urllib.parse import urlencode

from django import forms
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duijie.site.kernel.forms import UNCHOSEN, LineField, OfficeForm, fold

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from django.http import QueryDict
    from django.utils.functional import _StrOrPromise

M = TypeVar("M", bound=Model)
SIZES = (20, 50, 100)
MOST_PAGES = 10_000
"""A page number beyond this is a typing error or a robot."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its key in ``?sort=``, its heading, and the fields it sorts by (none: it does not sort)."""

    key: str
    label: _StrOrPromise
    by: tuple[str, ...] = ()
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """A column as the table's head shows it: the address that sorts by it, and how it sorts now."""

    label: _StrOrPromise
    numeric: bool
    url: str
    order: str


@dataclass(frozen=True, slots=True)
class PageLink:
    """One page number; ``url`` is empty where pages are left out."""

    number: int
    url: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class SizeLink:
    """One choice of rows a page."""

    size: int
    url: str
    current: bool


class FilterForm(OfficeForm):
    """What a list can be narrowed by. Every field is optional; its name stands in the address.

    ``lookups`` says what a field is compared with (``{"since": "created_at__gte"}``); without a word there, the column
    of the same name must equal it. A room overrides :meth:`narrow` for anything else.
    """

    lookups: ClassVar[Mapping[str, str]] = {}

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for name, field in self.fields.items():
            field.required = False
            if isinstance(field, forms.ModelChoiceField) and self.base_fields[name].empty_label == UNCHOSEN:  # type: ignore[attr-defined]
                field.empty_label = _("全部")

    @property
    def given(self) -> dict[str, Any]:
        """What was asked for and understood."""
        return {
            name: value for name, value in self.cleaned_data.items() if value is not False and (value or value == 0)
        }

    @property
    def ignored(self) -> list[str]:
        """The labels of what was asked for and not understood."""
        return [str(self[name].label) for name in self.errors if name in self.fields]

    def narrow(self, rows: QuerySet[M]) -> QuerySet[M]:
        """Return the rows that answer what was given."""
        return rows.filter(**{self.lookups.get(name, name): value for name, value in self.given.items()})


class WordsFilter(FilterForm):
    """A filter with a field for words; each of them must stand in one of the columns ``words_in``."""

    q = LineField(label=gettext_lazy("关键词"), max_length=100)
    words_in: ClassVar[tuple[str, ...]] = ("name",)

    def narrow(self, rows: QuerySet[M]) -> QuerySet[M]:
        """Return the rows that hold every word and answer the rest."""
        given = dict(self.given)
        for word in given.pop("q", "").split():
            rows = rows.filter(reduce(or_, (Q(**{f"{field}__icontains": word}) for field in self.words_in)))
        return rows.filter(**{self.lookups.get(name, name): value for name, value in given.items()})


class AnyChoice(forms.ChoiceField):
    """A choice whose first entry means all; ``choices`` may be a callable, asked for each form."""

    def __init__(self, *, choices: Any = (), every: _StrOrPromise = "", **options: Any) -> None:
        super().__init__(
            choices=lambda: [("", every or _("全部")), *(choices() if callable(choices) else choices)], **options
        )


SortedChoice = AnyChoice


@dataclass(frozen=True)
class ListPage(Generic[M]):
    """One page of a list, with everything its parts show."""

    rows: Sequence[M]
    filters: FilterForm
    total: int
    page: int
    size: int
    sort: str
    headings: Sequence[Heading]
    query: QueryDict
    remarks: Sequence[str]
    matching: QuerySet[M]
    """Every row the filters let through, in order: what batch actions and exports are about."""

    @property
    def pages(self) -> int:
        """How many pages there are; an empty list has one."""
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        """The number of the first row shown, counted from 1."""
        return (self.page - 1) * self.size + 1 if self.rows else 0

    @property
    def last(self) -> int:
        """The number of the last row shown."""
        return self.first + len(self.rows) - 1 if self.rows else 0

    @property
    def is_filtered(self) -> bool:
        """Whether anything narrows the list."""
        return bool(self.filters.given)

    @property
    def address(self) -> str:
        """The query that shows the same rows again, without the page: for exports, tabs and saved links."""
        return self._to(page=None)

    @property
    def unfiltered(self) -> str:
        """The query without any filter, the order and the size kept."""
        return self._to(page=None, **dict.fromkeys(self.filters.fields))

    @property
    def links(self) -> list[PageLink]:
        """The page numbers worth showing: the ends, and those around this one."""
        shown = sorted({1, 2, self.pages - 1, self.pages, *range(self.page - 2, self.page + 3)} & set(self._numbers()))
        links: list[PageLink] = []
        for number in shown:
            if links and number > links[-1].number + 1:
                links.append(PageLink(0, ""))
            links.append(PageLink(number, self._to(page=number), number == self.page))
        return links

    def _numbers(self) -> range:
        return range(1, self.pages + 1)

    @property
    def previous(self) -> str:
        """The query of the page before, or nothing."""
        return self._to(page=self.page - 1) if self.page > 1 else ""

    @property
    def next(self) -> str:
        """The query of the page after, or nothing."""
        return self._to(page=self.page + 1) if self.page < self.pages else ""

    @property
    def sizes(self) -> list[SizeLink]:
        """The choices of rows a page."""
        return [SizeLink(size, self._to(page=None, size=size), size == self.size) for size in SIZES]

    def _to(self, **changes: object) -> str:
        return changed(self.query, **changes)


def list_page(
    rows: QuerySet[M],
    data: QueryDict,
    *,
    columns: Sequence[Column],
    filters: type[FilterForm] | FilterForm = FilterForm,
    order: str,
    size: int = SIZES[0],
    total: Callable[[QuerySet[M]], int] = QuerySet.count,
) -> ListPage[M]:
    """Read the address ``data`` and return one page of ``rows``.

    ``order`` is the list's own order, a column's key, ``-`` before it for downwards. ``rows`` may carry
    ``select_related`` and ``only``; they cost only the rows of the page. A room whose filters need more than the address
    (who asks, which regions) makes the form itself and hands it in. ``total`` counts them, where a room knows a shorter way.
    """
    form = filters if isinstance(filters, FilterForm) else filters(data)
    form.is_valid()
    remarks = [_("没有看懂筛选条件“%(label)s”，已忽略。") % {"label": label} for label in form.ignored]
    sort = _known_sort(data.get("sort") or order, columns) or order
    if data.get("sort") and sort != data["sort"]:
        remarks.append(_("不能按“%(sort)s”排序，已按默认顺序列出。") % {"sort": data["sort"][:40]})
    size = _whole(data.get("size"), size, among=SIZES, label=_("每页条数"), remarks=remarks)
    page = _whole(data.get("page"), 1, among=range(1, MOST_PAGES), label=_("页码"), remarks=remarks)
    matching = form.narrow(rows).order_by(*_fields(sort, columns))
    number = total(matching.order_by())
    found, page = _fetch(matching, page, size, number)
    return ListPage(
        rows=found,
        filters=form,
        total=number,
        page=page,
        size=size,
        sort=sort,
        headings=[_heading(column, sort, data) for column in columns],
        query=data,
        remarks=remarks,
        matching=matching,
    )


def matching_rows(
    rows: QuerySet[M], data: QueryDict, *, columns: Sequence[Column], filters: type[FilterForm] | FilterForm, order: str
) -> QuerySet[M]:
    """Return all rows, in order, that the list at the same address is about: for exports."""
    form = filters if isinstance(filters, FilterForm) else filters(data)
    form.is_valid()
    sort = _known_sort(data.get("sort") or order, columns) or order
    return form.narrow(rows).order_by(*_fields(sort, columns))


def changed(query: QueryDict, **changes: object) -> str:
    """Return the query as ``?…`` with some parameters set, those set to None left out, and empty ones dropped."""
    kept = [(name, value) for name, values in query.lists() if name not in changes for value in values if value]
    return "?" + urlencode(kept + [(name, str(value)) for name, value in changes.items() if value is not None])


def _fetch(matching: QuerySet[M], page: int, size: int, total: int) -> tuple[list[M], int]:
    """Return the rows of the page, and the page really shown: the last one where ``page`` is beyond it."""
    page = min(page, max(1, -(-total // size)))
    keys = _keys(matching, (page - 1) * size, size, total)
    by_key = matching.order_by().in_bulk(keys)
    return [by_key[key] for key in keys if key in by_key], page


def _keys(matching: QuerySet[Any], start: int, size: int, total: int) -> list[Any]:
    """Return the page's keys. From the middle on it is nearer to count from the end."""
    end = min(start + size, total)
    keys = matching.values_list("pk", flat=True)
    if start <= total // 2:
        return list(keys[start:end])
    return list(keys.reverse()[total - end : total - start])[::-1]


def _known_sort(asked: str, columns: Sequence[Column]) -> str:
    return asked if any(column.by and column.key == asked.removeprefix("-") for column in columns) else ""


def _fields(sort: str, columns: Sequence[Column]) -> list[str]:
    """The key of the row comes last, so that rows alike keep their places from page to page."""
    key, down = sort.removeprefix("-"), sort.startswith("-")
    by = next(column.by for column in columns if column.key == key)
    return [_turned(field) if down else field for field in (*by, "pk")]


def _turned(field: str) -> str:
    return field[1:] if field.startswith("-") else f"-{field}"


def _heading(column: Column, sort: str, data: QueryDict) -> Heading:
    if not column.by:
        return Heading(column.label, column.numeric, "", "")
    order = {column.key: "ascending", f"-{column.key}": "descending"}.get(sort, "")
    turned = f"-{column.key}" if order == "ascending" else column.key
    return Heading(column.label, column.numeric, changed(data, sort=turned, page=None), order)


def _whole(asked: str | None, default: int, *, among: Sequence[int], label: str, remarks: list[str]) -> int:
    text = fold(asked or "")
    if not text:
        return default
    if text.isascii() and text.isdecimal() and len(text) < 9 and int(text) in among:
        return int(text)
    remarks.append(_("“%(label)s”不能是“%(asked)s”，已忽略。") % {"label": label, "asked": text[:20]})
    return default


def ticked(data: QueryDict, *, most: int = max(SIZES)) -> list[str]:
    """Return the codes ticked in a list's batch form, each once, in order."""
    return list(dict.fromkeys(code for code in data.getlist("code") if code))[:most]
