"""Writes docs/reference/settings.md from the settings themselves: `make schema`. The test beside it compares."""

import sys
from decimal import Decimal

from veza.settings import Settings, describe_settings

HEAD = """# Settings

Everything is set by environment variables, and everything has a default that makes Veza run on a fresh machine.
A name that is not in this list, or a value that cannot be used, stops the start with a sentence that names it.
An empty value counts as absent. Lists are separated by commas. `make schema` writes this page.

| Variable | Default | What it does |
| --- | --- | --- |
"""


def settings_page() -> str:
    """The whole page, as it must be committed."""
    defaults = {f"VEZA_{name.upper()}": getattr(Settings(), name) for name in Settings.__dataclass_fields__}
    return HEAD + "".join(f"| `{name}` | {shown(defaults[name])} | {text} |\n" for name, _, text in describe_settings())


def shown(value: object) -> str:
    """A default as one would type it."""
    if isinstance(value, bool):
        return f"`{int(value)}`"
    if isinstance(value, float):
        return f"`{value:g}`"
    if value in ("", b"", (), None):
        return "–"
    return f"`{value}`" if isinstance(value, Decimal | int | str) else f"`{value!s}`"


if __name__ == "__main__":
    sys.stdout.write(settings_page())
