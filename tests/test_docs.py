"""What the documents say is so: links lead somewhere, commands exist, the two commands are the two."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer.main

from duijie.cli import app

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("benchmarks/*.md")])


def commands(group, prefix=()):
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*prefix, name))
        else:
            yield " ".join((*prefix, name)), command


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_to_files(page):
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), target


def test_every_command_and_option_is_documented():
    page = (ROOT / "docs" / "commands.md").read_text("utf-8")
    for name, command in commands(typer.main.get_command(app)):
        assert f"duijie {name}" in page
        section = page.split(f"duijie {name}", 1)[1]
        for option in command.params:
            long = [o for o in option.opts if o.startswith("--")]
            assert not long or any(o in section for o in long), (name, long)


def test_readme_starts_with_the_two_commands_and_no_others():
    readme = (ROOT / "README.md").read_text("utf-8")
    assert re.findall(r"^make .*$", readme, re.MULTILINE) == ["make demo", "make test"]


def test_decisions_are_numbered_without_gaps():
    numbers = [int(p.name[:4]) for p in sorted((ROOT / "docs" / "decisions").glob("*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))


def test_every_engine_file_is_named_in_the_structure():
    page = (ROOT / "docs" / "structure.md").read_text("utf-8")
    for path in (ROOT / "src" / "duijie" / "engine" / "matching").glob("[a-z]*.py"):
        assert f"`{path.stem}`" in page, path.stem


def test_no_registry_host_or_machine_path_stands_in_the_project():
    hosts = re.compile(
        "|".join(("py" + r"pi\.org", "pythonhosted", "npm" + "js", "/ro" + "ot/", "/wo" + "rk/", "/o" + "pt/"))
    )
    for path in [*PAGES, *ROOT.glob("*.toml"), *ROOT.glob("*.lock"), ROOT / "Makefile", *(ROOT / "src").rglob("*.py")]:
        assert not hosts.search(path.read_text("utf-8")), path
