"""What the docs promise: settings, commands and targets are those that exist."""

import re
from pathlib import Path

import typer
from tests.tidy.settings_page import settings_page
from tests.tidy.tree import ROOT, text_of, tracked

from veza.cli import app
from veza.settings import describe_settings


def test_the_settings_page_is_that_of_the_settings() -> None:
    assert text_of(Path("docs/reference/settings.md")) == settings_page(), "run `make schema`"


def test_documents_name_only_settings_that_exist() -> None:
    known = {name for name, _, _ in describe_settings()}
    wrong = [
        f"{name}: {found}"
        for name in tracked()
        if name.suffix in {".md", ".example", ".service", ".yaml", ".yml"}
        for found in re.findall(r"\bVEZA_[A-Z_]+\b", text_of(name))
        if found not in known and not found.endswith("_")
    ]
    assert not wrong, wrong


def test_documents_name_only_commands_and_targets_that_exist() -> None:
    group = typer.main.get_command(app)
    commands = set(getattr(group, "commands", {}))
    targets = set(re.findall(r"^([a-z][a-z-]*):", text_of(Path("Makefile")), re.MULTILINE))
    promises = [(r"`veza ([a-z]+)", commands), (r"`make ([a-z-]+)", targets)]
    wrong = [
        f"{name}: {found}"
        for name in tracked()
        if name.suffix == ".md" and name.name != "feature-status.md" and "adr" not in name.parts
        for pattern, known in promises
        for found in re.findall(pattern, text_of(name))
        if found not in known
    ]
    assert not wrong, wrong


def test_links_inside_documents_lead_somewhere() -> None:
    dead = [
        f"{name}: {target}"
        for name in tracked()
        if name.suffix == ".md"
        for target in re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", text_of(name))
        if not (ROOT / name.parent / target).exists()
    ]
    assert not dead, dead
