"""Habits that no linter knows: bounded queues, whole money, one home for each job name."""

import ast
import re
from collections import Counter

from tests.tidy.tree import parsed, python_files, text_of, tracked

FLOAT_MONEY = re.compile(r"_cents\s*:\s*float|float\(\s*\w*_cents|_cents\s*[*/]\s*\d+\.\d|\d+\.\d+\s*\*\s*\w*_cents")
SQL_FLOAT_MONEY = re.compile(r"_cents\s+(?:real|double precision|float\d?|numeric|money)", re.IGNORECASE)


def test_no_queue_is_unbounded() -> None:
    unbounded = [
        f"{name}:{node.lineno}"
        for name in python_files("src")
        for node in ast.walk(parsed(name))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute | ast.Name)
        and (node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id)
        in {"Queue", "LifoQueue", "PriorityQueue", "SimpleQueue"}
        and not node.args
        and not any(keyword.arg == "maxsize" for keyword in node.keywords)
    ]
    assert not unbounded, f"give these a maxsize, and count what is dropped: {unbounded}"


def test_money_is_never_a_float() -> None:
    found = [str(name) for name in python_files("src") if FLOAT_MONEY.search(text_of(name))]
    found += [str(name) for name in tracked() if name.suffix == ".sql" and SQL_FLOAT_MONEY.search(text_of(name))]
    assert not found, f"money is whole minor units: {found}"


def test_each_job_name_is_written_once() -> None:
    """Job names are constants of the slice that handles them; a second spelling would be a second job."""
    names = Counter(
        node.value.value
        for name in python_files("src")
        if name.name in {"jobs.py", "housekeeping.py", "domain.py"}
        for node in parsed(name).body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
        and re.fullmatch(r"[a-z_]+\.[a-z_]+", node.value.value)
    )
    assert names, "no job name found: did their form change?"
    assert not [name for name, count in names.items() if count > 1]


def test_defer_is_called_with_a_name_that_is_a_constant() -> None:
    literal = [
        f"{name}:{node.lineno}"
        for name in python_files("src")
        for node in ast.walk(parsed(name))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "defer"
        and len(node.args) > 1
        and isinstance(node.args[1], ast.Constant)
    ]
    assert not literal, f"name the job in the slice's domain.py: {literal}"


def test_no_two_shapes_of_answers_share_a_name() -> None:
    """The OpenAPI document names `Ok[X]` by X alone: of two it would keep one, and nobody would hear of it."""
    named: dict[str, list[str]] = {}
    for file in python_files("src"):
        if file.name == "schemas.py":
            for node in parsed(file).body:
                if isinstance(node, ast.ClassDef):
                    named.setdefault(node.name, []).append(str(file))
    assert not {name: files for name, files in named.items() if len(files) > 1}
