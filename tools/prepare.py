"""Make a fresh clone ready and hand over to the command that was asked for.

Called by `./run`. Uses the standard library only, since nothing is installed yet. Each step leaves a stamp
made from its inputs, so a second call with nothing changed costs a fraction of a second. Everything lands in
`.tools/`, `.venv/`, `web/node_modules/` and the two git-ignored folders of built package data; nothing outside
the clone is touched, but by one last resort: root on a machine without any browser gets Debian's.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

from chromium import find_browser
from steps import BIN, NPM_NETWORK, ROOT, TOOLS, VENV, Trouble, call, digest, npm, say, stamped

STATIC = ROOT / "src/seawarden/service/static"
BASE_MAP = ROOT / "src/seawarden/data/built"
LEVELS = ("build", "dev", "bench")  # each holds all that the one before it holds
JUST = ("check", "test", "ci", "prove", "bench", "evaluate", "fuzz", "docs", "lock", "web", "fix", "bare")
NEEDS_BROWSER = ("check", "test", "ci", "prove")

HELP = """\
Seawarden: the open watch over undersea cables, power links and pipelines.

  ./run demo [--no-browser] [--exit] [--port N]   replay real ships over real assets, then serve the page
  ./run test                                      everything set up, then the tests (under 10 minutes)
  ./run COMMAND ...                               any other seawarden command; `./run --help` lists them
  ./run setup [build|dev|bench|browser]           only set up (build: what running needs; the default)
  ./run check|ci|prove|bench|evaluate|fuzz|docs   the other tasks of the justfile
  ./run just TASK ...                             any task of the justfile
  ./run python ...                                the project's Python

The first call fetches what it needs from the Python and npm registries (about 2 GB on disk), into this folder.
"""


def pip_settings() -> dict[str, str]:
    """Return what pip is told of index and certificates: a machine set up for pip is set up for uv and npm."""
    asked = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    found = {}
    for line in asked.stdout.splitlines():
        name, _, value = line.partition("=")
        found[name.removeprefix(":env:.").removeprefix("global.").removeprefix("install.")] = value.strip("'\"")
    return found


def trust_the_machine() -> None:
    """Let uv and Node use the machine's certificates and pip's index, unless the user already said which."""
    if os.environ.get("SEAWARDEN_RUN_ENV"):
        return
    configured = pip_settings()
    bundle = os.environ.get("SSL_CERT_FILE") or configured.get("cert") or "/etc/ssl/certs/ca-certificates.crt"
    if Path(bundle).is_file():
        os.environ.setdefault("SSL_CERT_FILE", bundle)
        os.environ.setdefault("NODE_EXTRA_CA_CERTS", bundle)
    if configured.get("index-url"):
        os.environ.setdefault("UV_DEFAULT_INDEX", configured["index-url"])
    os.environ.setdefault("UV_PYTHON_DOWNLOADS", "never")
    os.environ.setdefault("PIP_ROOT_USER_ACTION", "ignore")
    os.environ["SEAWARDEN_RUN_ENV"] = "1"


NETWORK = (
    "Is the network up, and may this machine reach the Python package index? A mirror is taken from pip's settings."
)


def fetch_uv() -> Path:
    """Fetch uv into .tools, pinned and hashed; pip is the one thing a bare machine must have."""
    pins = ROOT / "requirements/uv.txt"
    home = TOOLS / "uv"
    with stamped(home / "stamp", digest([pins], sys.version)) as stale:
        if stale:
            if subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True).returncode:
                raise Trouble(f"{sys.executable} has no pip. Debian: apt-get install python3-pip.")
            say("fetching uv")
            shutil.rmtree(home, ignore_errors=True)
            pip: list[str | Path] = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            exact: list[str | Path] = [
                "--require-hashes",
                "--only-binary",
                ":all:",
                "--no-deps",
                "--target",
                home,
                "-r",
                pins,
            ]
            call("uv", NETWORK, [*pip, *exact])
    return home / "bin/uv"


def venv_is_sound() -> bool:
    """Return whether .venv holds a Python that starts."""
    python = BIN / "python"
    try:
        return subprocess.run([str(python), "-c", ""], capture_output=True).returncode == 0
    except OSError:
        return False


def synced_level() -> str:
    """Return the highest level that .venv now matches, or an empty word."""
    stamp = VENV / "seawarden-synced"
    held = stamp.read_text().split() if stamp.is_file() else []
    if len(held) == 2 and held[0] in LEVELS and held[1] == digest([ROOT / f"requirements/{held[0]}.txt"]):
        return held[0]
    return ""


def make_venv(level: str) -> None:
    """Make .venv and install the locked packages of a level, then Seawarden itself, editable."""
    uv = TOOLS / "uv/bin/uv"
    stamp = VENV / "seawarden-synced"
    held = synced_level()
    if not held or LEVELS.index(held) < LEVELS.index(level):
        uv = fetch_uv()
        if not venv_is_sound():
            say("making .venv")
            shutil.rmtree(VENV, ignore_errors=True)
            call("venv", "Is this folder writable?", [uv, "venv", "--no-config", "--python", sys.executable, VENV])
        say(f"installing the locked Python packages ({level})")
        pins = ROOT / f"requirements/{level}.txt"
        stamp.unlink(missing_ok=True)
        (VENV / "seawarden-editable").unlink(missing_ok=True)
        sync: list[str | Path] = [
            uv,
            "pip",
            "sync",
            "--no-config",
            "--python",
            BIN / "python",
            "--require-hashes",
            pins,
        ]
        call("packages", NETWORK, sync)
        stamp.write_text(f"{level} {digest([pins])}\n")
    inputs = [ROOT / "pyproject.toml", ROOT / "hatch_build.py", ROOT / "src/seawarden/__init__.py"]
    with stamped(VENV / "seawarden-editable", digest(inputs, str(ROOT))) as stale:
        if stale:
            say("installing seawarden (editable)")
            install: list[str | Path] = [
                fetch_uv(),
                "pip",
                "install",
                "--no-config",
                "--python",
                BIN / "python",
                "--offline",
            ]
            advice = "The package itself does not build: is pyproject.toml sound, is README.md there?"
            call("seawarden", advice, [*install, "--no-deps", "--no-build-isolation", "--editable", ROOT])


def build_page() -> None:
    """Install the page's locked packages, make the base map, and build the page with Vite."""
    web = ROOT / "web"
    lock = web / "package-lock.json"
    if not lock.is_file():
        say("there is no web/package-lock.json: the page is left out")
        return
    with stamped(web / "node_modules/.seawarden-stamp", digest([lock, web / ".npmrc"])) as stale:
        if stale:
            say("installing the locked npm packages of the page")
            npm("npm", NPM_NETWORK, web, "ci", "--ignore-scripts")
    builder = ROOT / "tools/basemap.py"
    if builder.is_file():
        grid = sorted((ROOT / "src/seawarden/data").glob("*.nc"))
        with stamped(BASE_MAP / ".stamp", digest([builder, ROOT / "tools/basemap", lock, *grid])) as stale:
            if stale:
                say("making the base map")
                call("basemap", "tools/basemap.py failed; the page would have no land.", [BIN / "python", builder])
    sources = [web, ROOT / "schemas"]
    with stamped(STATIC / ".stamp", digest(sources)) as stale:
        if stale or not (STATIC / "index.html").is_file():
            say("building the page")
            npm("page", "The page's sources do not build.", web, "run", "build")
            if not (STATIC / "index.html").is_file():
                raise Trouble(f"the page was built, but {STATIC}/index.html is not there: see web/vite.config.ts")


def lend_libgomp() -> None:
    """Where the machine has no libgomp (LightGBM wants one to train), lend it the one inside scikit-learn's wheel."""
    if sys.platform != "linux":
        return
    try:
        ctypes.CDLL("libgomp.so.1")
    except OSError:
        for library in VENV.glob("lib/python3*/site-packages/scikit_learn.libs/libgomp*"):
            lent = TOOLS / "lib"
            lent.mkdir(exist_ok=True)
            with contextlib.suppress(FileExistsError):
                (lent / "libgomp.so.1").symlink_to(library)
            paths = [str(lent), *filter(None, [os.environ.get("LD_LIBRARY_PATH")])]
            os.environ["LD_LIBRARY_PATH"] = os.pathsep.join(paths)


def prepare(level: str, browser: bool, page: bool = True) -> None:
    """Bring the clone to a level; one call at a time."""
    TOOLS.mkdir(exist_ok=True)
    with (TOOLS / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        trust_the_machine()
        make_venv(level)
        if page:
            build_page()
        if browser:
            os.environ["SEAWARDEN_CHROMIUM"] = str(find_browser())
    lend_libgomp()
    os.environ["VIRTUAL_ENV"] = str(VENV)
    os.environ["PATH"] = f"{BIN}{os.pathsep}{os.environ['PATH']}"


def become(*command: str | Path) -> None:
    """Replace this process by the command."""
    sys.stdout.flush()
    os.execv(str(command[0]), [str(c) for c in command])


def main(words: list[str]) -> None:
    """Do what was asked."""
    if not words:
        print(HELP, end="")
    elif words[0] == "setup":
        wanted = words[1] if len(words) > 1 else "build"
        if wanted not in (*LEVELS, "browser"):
            raise Trouble(f"setup knows {', '.join(LEVELS)} and browser, not {wanted}")
        prepare("dev" if wanted == "browser" else wanted, browser=wanted == "browser")
        say("ready")
    elif words[0] == "python":
        prepare("build", browser=False)
        become(BIN / "python", *words[1:])
    elif words[0] == "just" or words[0] in JUST:
        tasks = words[1:] if words[0] == "just" else words
        level = "bench" if tasks[:1] in (["bench"], ["prove"]) else "dev"
        prepare(level, browser=tasks[:1] != [] and tasks[0] in NEEDS_BROWSER)
        become(BIN / "just", "--justfile", ROOT / "justfile", "--working-directory", ROOT, *tasks)
    else:
        prepare("build", browser=False)
        become(BIN / "seawarden", *words)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except Trouble as trouble:
        print(f"run: {trouble}", file=sys.stderr)
        sys.exit(1)
    except OSError as error:
        print(f"run: {error}\nIs the disk full, or the folder not yours to write in?", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
