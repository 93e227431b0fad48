"""The tracked files of this project, for the rules beside this file. Falls back to the disk where there is no git."""

import ast
import functools
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
NOT_OURS = {".git", ".venv", "node_modules", "web_dist", "dist", "data", "__pycache__", ".cache", "storybook-static"}


@functools.cache
def tracked() -> tuple[Path, ...]:
    """Every tracked or new file that git does not ignore, relative to the root."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    if done.returncode == 0 and done.stdout:
        names = [Path(name) for name in done.stdout.decode().split("\0") if name]
    else:
        names = [path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file()]
    return tuple(sorted({name for name in names if not NOT_OURS.intersection(name.parts) and (ROOT / name).is_file()}))


def python_files(*folders: str) -> list[Path]:
    """Python files under these folders, relative to the root."""
    return [name for name in tracked() if name.suffix == ".py" and name.parts[0] in folders]


@functools.cache
def parsed(name: Path) -> ast.Module:
    """The syntax tree of a Python file."""
    return ast.parse(text_of(name))


@functools.cache
def text_of(name: Path) -> str:
    """The text of a file; empty for one that is not text."""
    try:
        return (ROOT / name).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""
