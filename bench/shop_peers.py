"""The peers of the shop's list: Fastify with pg, and FastAPI with SQLAlchemy's ORM. Neither is part of the project.

Both are installed by their registries' own clients into .cache/bench when first needed, in the versions named here.
They read the database of the platform that they are measured beside.
"""

import contextlib
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psutil
from hatch_build import node_folder, npm

from bench.peers import NotMeasured
from bench.ports import free_port, wait_until_listening

NODE_PACKAGES = ("fastify@5.12.8", "pg@8.23.1")
PYTHON_PACKAGES = ("fastapi==0.165.0", "sqlalchemy[asyncio]==2.1.9")
_HERE = Path(__file__).parent
_CACHE = _HERE.parent / ".cache" / "bench"


@contextlib.contextmanager
def fastify(dsn: str, statements: Mapping[str, str]) -> Iterator[tuple[int, psutil.Process]]:
    """Its port and process. `statements`: by the names under which `shop_peer.mjs` looks for them."""
    folder = _node_modules()
    program = _HERE / "shop_peer.mjs"
    given = {"host": _socket_folder(dsn), "user": "veza", "database": "postgres", "statements": dict(statements)}
    port = free_port()
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(given, file)
        file.flush()
        command = [str(node_folder() / "bin" / "node"), str(program), str(folder), str(port), file.name]
        with _serving(command, port, {}) as process:
            yield port, process


@contextlib.contextmanager
def fastapi(dsn: str) -> Iterator[tuple[int, psutil.Process]]:
    """Its port and process, on the uvicorn, uvloop and asyncpg of this project."""
    port = free_port()
    environ = {
        "PYTHONPATH": os.pathsep.join([str(_python_packages()), str(_HERE)]),
        "SHOP_DSN": dsn.replace("postgresql://", "postgresql+asyncpg://", 1),
    }
    command = [sys.executable, "-m", "uvicorn", "shop_peer_fastapi:app", "--port", str(port), "--no-access-log"]
    with _serving([*command, "--log-level", "warning"], port, environ) as process:
        yield port, process


@contextlib.contextmanager
def _serving(command: list[str], port: int, environ: dict[str, str]) -> Iterator[psutil.Process]:
    process = subprocess.Popen(command, env=os.environ | environ)
    try:
        wait_until_listening(port)
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(20)


def _socket_folder(dsn: str) -> str:
    return parse_qs(urlsplit(dsn).query)["host"][0]


def _node_modules() -> Path:
    folder = _folder("node", NODE_PACKAGES)
    if not (folder / "complete").exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text("{}", encoding="ascii")
        try:
            npm(folder, "install", "--ignore-scripts", "--no-audit", "--no-fund", *NODE_PACKAGES)
        except subprocess.CalledProcessError:
            raise NotMeasured(f"{' and '.join(NODE_PACKAGES)} (npm)") from None
        (folder / "complete").touch()
    return folder


def _python_packages() -> Path:
    folder = _folder("python", PYTHON_PACKAGES)
    if not (folder / "complete").exists():
        command = [str(Path(sys.executable).with_name("uv")), "pip", "install", "--quiet", "--python", sys.executable]
        try:
            subprocess.run([*command, "--target", str(folder), *PYTHON_PACKAGES], check=True)
        except (subprocess.CalledProcessError, FileNotFoundError):
            raise NotMeasured(f"{' and '.join(PYTHON_PACKAGES)} (uv pip)") from None
        (folder / "complete").touch()
    return folder


def _folder(kind: str, packages: tuple[str, ...]) -> Path:
    return _CACHE / f"shop-{kind}-{hashlib.sha256(' '.join(packages).encode()).hexdigest()[:12]}"
