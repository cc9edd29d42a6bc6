"""Keep the English of every room complete: ``python tools/messages.py update | check | compile  [room …]``.

``update`` collects the Chinese sentences of a room's Python files and templates into its
``locale/en/LC_MESSAGES/django.po``. English already there is kept; English written elsewhere for the same sentence is
taken over; a sentence that vanished stays at the end as ``#~`` until ``update --prune``. ``check`` names what is
missing and fails; ``compile`` writes the ``.mo`` files that Django reads (they are not committed).
"""

from __future__ import annotations

import argparse
import ast
import io
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
SITE = ROOT / "src" / "duijie" / "site"
HEADER = r"""# English of the room “{room}”. Kept by tools/messages.py; translations are written by people.
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Language: en\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

"""
SINGLE = {"_", "gettext", "gettext_lazy", "gettext_noop"}
CALLS = SINGLE | {"ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy", "npgettext", "npgettext_lazy"}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sdfr]|%[sdfr]|\{(\w*)\}")
IN_TEMPLATE = re.compile(r"(?<![\w.])(_|n?p?gettext)\(")
LITERAL = re.compile(r"""\s*,?\s*u?('(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")""")


@dataclass(frozen=True, order=True)
class Sentence:
    """One sentence to translate; ``plural`` and ``context`` may be empty."""

    context: str
    singular: str
    plural: str = ""

    @property
    def key(self) -> str | tuple[str, str]:
        """What a catalogue calls it."""
        return (self.singular, self.plural) if self.plural else self.singular


def rooms(chosen: list[str]) -> dict[str, list[Path]]:
    """Return the files of each room; those between the rooms (settings, navigation) belong to the kernel."""
    found = {place.parent.name: _files(place.parent) for place in sorted(SITE.glob("*/apps.py"))}
    found["kernel"] = found.get("kernel", []) + sorted(SITE.glob("*.py"))
    return {room: files for room, files in found.items() if not chosen or room in chosen}


def _files(place: Path) -> list[Path]:
    kinds = {".py", ".html", ".txt"}
    return sorted(path for path in place.rglob("*") if path.suffix in kinds and "migrations" not in path.parts)


def sentences(path: Path) -> set[Sentence]:
    """Return the sentences marked for translation in one file."""
    text = path.read_text(encoding="utf-8")
    return _from_python(text, path) if path.suffix == ".py" else _from_template(text, path)


def _from_python(text: str, path: Path) -> set[Sentence]:
    found = set()
    for node in ast.walk(ast.parse(text, filename=str(path))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in CALLS:
            words = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
            found |= _sentence(name.removesuffix("_lazy"), words)
    return found


def _from_template(text: str, path: Path) -> set[Sentence]:
    """Django turns a template into calls of gettext among noise; the calls are read, the noise skipped."""
    from django.utils.translation.template import templatize  # noqa: PLC0415

    calls = templatize(text, origin=str(path.relative_to(ROOT)))
    found = set()
    for call in IN_TEMPLATE.finditer(calls):
        words, place = [], call.end()
        while literal := LITERAL.match(calls, place):
            words.append(ast.literal_eval(literal[1]))
            place = literal.end()
        found |= _sentence(call[1], words)
    return found


def _sentence(name: str, words: list[str]) -> set[Sentence]:
    context = words.pop(0) if "pgettext" in name and words else ""
    if not words:
        return set()
    return {Sentence(context, words[0], words[1] if name.startswith("n") and len(words) > 1 else "")}


def po_file(room: str) -> Path:
    """Return where a room's English stands."""
    return SITE / room / "locale" / "en" / "LC_MESSAGES" / "django.po"


def read(path: Path) -> Catalog:
    """Read a catalogue; one that is not there yet is empty."""
    if not path.exists():
        return Catalog(locale="en")
    with path.open("rb") as file:
        return read_po(file, locale="en")


def update(room: str, wanted: set[Sentence], elsewhere: dict[tuple[str, object], object], *, prune: bool) -> int:
    """Write a room's catalogue; return how many sentences still lack English."""
    path, held = po_file(room), read(po_file(room))
    if not wanted and not path.exists():
        return 0
    catalog, lacking = Catalog(locale="en"), 0
    for one in sorted(wanted):
        here = held.get(one.singular, one.context or None) or _gone(held, one)
        said = _english(here) or elsewhere.get((one.context, one.singular), "")
        if one.plural and isinstance(said, str):
            said = (said, said)
        catalog.add(one.key, said, context=one.context or None)
        lacking += not said
    gone = [message for message in (*held, *held.obsolete.values()) if message.id and not _is_wanted(message, wanted)]
    for message in [] if prune else gone:
        message.locations, message.auto_comments = [], []
        if _english(message):
            catalog.obsolete[message.id if isinstance(message.id, str) else message.id[0]] = message
    body = io.BytesIO()
    write_po(body, catalog, omit_header=True, no_location=True, sort_output=True, width=120)
    text = HEADER.format(room=room) + body.getvalue().decode()
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, text.encode())
    return lacking


def _gone(held: Catalog, one: Sentence) -> Message | None:
    """Return the sentence as it was before it vanished."""
    return next((old for old in held.obsolete.values() if _is(old, one)), None)


def _is(message: Message, one: Sentence) -> bool:
    singular = message.id if isinstance(message.id, str) else message.id[0]
    return bool(one.singular == singular and one.context == (message.context or ""))


def _replace(path: Path, content: bytes) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_bytes(content)
    draft.replace(path)


def _is_wanted(message: Message, wanted: set[Sentence]) -> bool:
    return any(_is(message, one) for one in wanted)


def _english(message: Message | None) -> object:
    """Return the English, or nothing where any form of it is missing."""
    if message is None or message.fuzzy:
        return ""
    return message.string if (message.string if isinstance(message.string, str) else all(message.string)) else ""


def check(room: str, wanted: set[Sentence]) -> list[str]:
    """Return what is wrong with a room's English, one line each."""
    held, wrong = read(po_file(room)), []
    for one in sorted(wanted):
        message = held.get(one.singular, one.context or None)
        english = _english(message)
        if message is None:
            wrong.append(f"{room}: not in django.po (run update): {one.singular!r}")
        elif not english:
            wrong.append(f"{room}: not translated: {one.singular!r}")
        elif bad := [
            text for text in _forms(english) if _placeholders(text) - _placeholders(one.singular + one.plural)
        ]:
            wrong.append(f"{room}: names something its Chinese does not: {one.singular!r} → {bad[0]!r}")
        elif not one.plural and _placeholders(one.singular) - _placeholders(str(english)):
            wrong.append(f"{room}: leaves something out: {one.singular!r} → {english!r}")
    gone = [message for message in held if message.id and not _is_wanted(message, wanted)]
    return wrong + [f"{room}: vanished from the sources (run update --prune): {message.id!r}" for message in gone]


def _forms(english: object) -> list[str]:
    return [english] if isinstance(english, str) else [str(one) for one in english]  # type: ignore[attr-defined]


def _placeholders(text: str) -> set[str]:
    return {found[0] for found in PLACEHOLDER.finditer(text.replace("%%", ""))}


def contradictions(chosen: dict[str, list[Path]]) -> list[str]:
    """Return sentences that two rooms translate differently: Django takes the first room's for both."""
    said: dict[tuple[str, str], dict[str, str]] = {}
    for room in chosen:
        for message in read(po_file(room)):
            if message.id and isinstance(message.id, str) and _english(message):
                said.setdefault((message.context or "", message.id), {})[room] = str(message.string)
    return [
        f"{' / '.join(each)}: one sentence, different English: {sentence!r}: {' | '.join(sorted(set(each.values())))}"
        for (_context, sentence), each in sorted(said.items())
        if len(set(each.values())) > 1
    ]


def compile_room(room: str) -> None:
    """Write the file Django reads, if the room has any English."""
    path = po_file(room)
    if not path.exists():
        return
    body = io.BytesIO()
    write_mo(body, read(path))
    _replace(path.with_suffix(".mo"), body.getvalue())


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["update", "check", "compile"])
    parser.add_argument("room", nargs="*", help="only these rooms; all by default")
    parser.add_argument("--prune", action="store_true", help="with update: forget sentences that vanished")
    given = parser.parse_args(arguments)
    chosen = rooms(given.room)
    if unknown := set(given.room) - set(chosen):
        parser.error(f"no such room: {', '.join(sorted(unknown))}")
    if given.command == "compile":
        for room in chosen:
            compile_room(room)
        return 0
    wanted = {room: set().union(*map(sentences, files)) for room, files in chosen.items()}
    if given.command == "check":
        wrong = [line for room, found in wanted.items() for line in check(room, found)] + contradictions(chosen)
        print(*wrong, sep="\n") if wrong else None
        return 1 if wrong else 0
    elsewhere = {
        (message.context or "", message.id): _english(message)
        for room in rooms([])
        for message in read(po_file(room))
        if isinstance(message.id, str) and message.id and _english(message)
    }
    for room, found in wanted.items():
        lacking = update(room, found, elsewhere, prune=given.prune)
        compile_room(room)
        print(f"{room}: {len(found)} sentences, {lacking} without English")
    return 0


if __name__ == "__main__":
    sys.exit(main())
