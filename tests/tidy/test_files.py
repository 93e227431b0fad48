"""How files begin, how long they may be, where their tests are, and what none of them may name."""

import ast
import re
from pathlib import Path

from tests.tidy.tree import ROOT, parsed, python_files, text_of, tracked

FILE_LINES_MAX = {"src": 400, "bench": 400, "tests": 500}
FUNCTION_LINES_MAX = 60
HEADER_LINES_MAX = 12

MACHINE_PATH = re.compile(r"(?<![\w/.])/(?:root|work|home/\w+|Users/\w+|opt)/")
# Spelt with one-letter classes, so that this file does not name what it looks for.
REGISTRY = re.compile(
    r"registr[y]\.npmj[s]|registr[y]\.yarnpk[g]|pyp[i]\.org|pythonhoste[d]|prox[y]\.golan[g]|crate[s]\.io/ap[i]"
    r"|nodej[s]\.org/dis[t]|deb\.debia[n]\.org|ghc[r]\.io|qua[y]\.io|index\.docke[r]"
)


def test_every_python_file_says_why_it_exists() -> None:
    silent = [
        str(name)
        for name in python_files("src", "tests", "bench")
        if not ast.get_docstring(parsed(name)) and not (name.name == "__init__.py" and not text_of(name))
    ]
    assert not silent, "these need a docstring that says why they exist and what must never go in: " + ", ".join(silent)


def test_headers_are_short() -> None:
    long = [
        str(name)
        for name in python_files("src")
        if name.parts[-2:] != ("kit", "errors.py")  # its header draws the tree of errors
        and len((ast.get_docstring(parsed(name)) or "").splitlines()) > HEADER_LINES_MAX
    ]
    assert not long, f"headers of more than {HEADER_LINES_MAX} lines: {long}"


def test_a_long_file_answers_for_itself() -> None:
    """Its length is a question; the answer stands in the file's header as "Long because …"."""
    asked = [
        f"{name} ({len(text_of(name).splitlines())})"
        for name in python_files("src", "tests", "bench")
        if len(text_of(name).splitlines()) > FILE_LINES_MAX[name.parts[0]] and not answered(name)
    ]
    assert not asked, "split, or say “Long because …” in the header: " + ", ".join(asked)


def test_a_long_function_answers_for_itself() -> None:
    asked = [
        f"{name}:{node.lineno} {node.name} ({node.end_lineno - node.lineno + 1})"
        for name in python_files("src", "tests", "bench")
        for node in ast.walk(parsed(name))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno >= FUNCTION_LINES_MAX
        and not answered(name)
    ]
    assert not asked, "split, or say “Long because …” in the file's header: " + ", ".join(asked)


def answered(name: Path) -> bool:
    return "long because" in (ast.get_docstring(parsed(name)) or "").lower()


def test_tests_mirror_the_tree() -> None:
    """tests/veza/a/test_b.py tests src/veza/a/b.py, or the package src/veza/a/b."""
    astray = []
    for name in python_files("tests"):
        if name.parts[1] != "veza" or not name.name.startswith("test_"):
            continue
        subject = ROOT / "src" / Path(*name.parts[1:-1]) / name.stem.removeprefix("test_")
        if not (subject.with_suffix(".py").exists() or subject.is_dir() or name.stem == "test_statements"):
            astray.append(str(name))
    assert not astray, "nothing in src answers to these names: " + ", ".join(astray)


def test_pure_code_has_tests_of_its_own() -> None:
    """kit and media decide all that can be decided without I/O: a test in the mirrored folder uses each file.

    Through a neighbour is enough: `segmenter` is the door of `timeline`.
    """
    bare = []
    for name in python_files("src"):
        if name.parts[2] not in {"kit", "media"} or name.name in {"__init__.py", "clock.py", "errors.py", "units.py"}:
            continue
        mirror = Path("tests", *name.parts[1:-1])
        neighbours = [other for other in python_files("src") if other.parent == name.parent and uses(other, name)]
        tests = [test for test in python_files("tests") if mirror in test.parents]
        if not any(uses(test, subject) for test in tests for subject in [name, *neighbours]):
            bare.append(str(name))
    assert not bare, "no test in the mirrored folder uses these: " + ", ".join(bare)


def uses(user: Path, used: Path) -> bool:
    """Whether one file imports another."""
    package, _, stem = ".".join(used.with_suffix("").parts[1:]).rpartition(".")
    pattern = rf"from {re.escape(package)}\.{stem} import|from {re.escape(package)} import .*\b{stem}\b"
    return re.search(pattern, text_of(user)) is not None


def test_nothing_names_a_registry_or_this_machine() -> None:
    found = [
        f"{name}:{number}: {match[0]}"
        for name in tracked()
        if name != Path(__file__).relative_to(ROOT)
        for number, line in enumerate(text_of(name).splitlines(), 1)
        for match in [REGISTRY.search(line) or MACHINE_PATH.search(line)]
        if match
    ]
    assert not found, "\n".join(found)


def test_locks_hold_hashes_and_no_addresses() -> None:
    for name in tracked():
        if name.suffix == ".lock" and name.parts[0] == "requirements":
            text = text_of(name)
            assert "://" not in text, name
            for requirement in re.findall(r"^\S+==.*(?:\n {4}.*)*", text, re.MULTILINE):
                assert "--hash=sha256:" in requirement, requirement
    assert '"resolved"' not in text_of(Path("web/package-lock.json"))
