"""Settings: the environment and one file come in, once; one frozen object goes out.

The file is `settings.toml` in the home folder and holds the same names as the
object (`user`, `engine`, `soffice`, `budget`, `inbox`, `two_people`); an environment variable
`DANGAN_<NAME>` wins over it. `DANGAN_HOME` names the home folder itself.
"""

from __future__ import annotations

import getpass
import os
import sys
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from records.errors import DanganError

FILE = "settings.toml"
LOG = "dangan.log"
NAMES = ("user", "engine", "soffice", "budget", "inbox", "two_people")
DEFAULT_ENGINE = "rapid"
DEFAULT_BUDGET = 1.0
"""Of a thousand fields so many may be wrong without a clerk being asked to look."""


class SettingsError(DanganError):
    """The settings' file is wrong; facts: file, what."""

    code = "settings"


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the archive lies, who works with it, and which outside programs serve.

    `template_folders` hold a unit's own editions and Word sheets; they win over
    the built-in ones file by file. `soffice` is None to look on the PATH.
    `budget` is how many of a thousand fields may be wrong in silence. `inbox` is the folder
    that the desk in the browser watches for files to take in; None for none. With
    `two_people` what one files at the desk waits for somebody else's approval.
    """

    home: Path
    user: str
    engine: str = DEFAULT_ENGINE
    soffice: Path | None = None
    budget: float = DEFAULT_BUDGET
    inbox: Path | None = None
    two_people: bool = True

    @property
    def template_folders(self) -> tuple[Path, ...]:
        """The unit's own templates, before the built-in ones."""
        return (self.home / "templates",)

    @property
    def log(self) -> Path:
        """The file that keeps what went wrong unexpectedly, masked."""
        return self.home / LOG


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of this run. Raises SettingsError naming the file when it is wrong."""
    given = os.environ if environment is None else environment
    home = home_folder(given)
    told = _file(home / FILE) | {
        name: given[f"DANGAN_{name.upper()}"] for name in NAMES if given.get(f"DANGAN_{name.upper()}")
    }
    soffice, inbox = told.get("soffice"), told.get("inbox")
    return Settings(
        home=home,
        user=told.get("user") or _login(),
        engine=told.get("engine", DEFAULT_ENGINE),
        soffice=Path(soffice).expanduser() if soffice else None,
        budget=_budget(told.get("budget"), home / FILE),
        inbox=Path(inbox).expanduser().absolute() if inbox else None,
        two_people=_yes(told.get("two_people", "true"), home / FILE),
    )


def _budget(told: str | None, file: Path) -> float:
    """A number from 0 to 1000. Raises SettingsError."""
    if told is None:
        return DEFAULT_BUDGET
    try:
        budget = float(told)
    except ValueError as error:
        raise SettingsError(file=file, what=f"budget = {told}") from error
    if not 0 <= budget <= 1000:
        raise SettingsError(file=file, what=f"budget = {told}")
    return budget


def _yes(told: str, file: Path) -> bool:
    """True or false. Raises SettingsError."""
    if told.lower() not in ("true", "false"):
        raise SettingsError(file=file, what=f"two_people = {told}")
    return told.lower() == "true"


def calm_outside_programs() -> None:
    """Tesseract's threads fight each other for the same cores: one of them is ten times as fast.

    The processes that we start inherit the limit; one that is set already stays.
    """
    os.environ.setdefault("OMP_THREAD_LIMIT", "1")


def calm_libraries() -> None:
    """For a process among others, before numpy is loaded: one thread each."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"


def surroundings() -> dict[str, str]:
    """The environment, for a process that is to work as if in this one."""
    return dict(os.environ)


def move_to(told: Mapping[str, str]) -> None:
    """Work in the environment of whoever told it."""
    os.environ.clear()
    os.environ.update(told)


@contextmanager
def same_modules() -> Iterator[None]:
    """A program that begins meanwhile loads what this one has, nothing from the folder it is called in."""
    before = surroundings()
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
    os.environ["PYTHONSAFEPATH"] = "1"
    try:
        yield
    finally:
        for name in ("PYTHONPATH", "PYTHONSAFEPATH"):
            os.environ.pop(name)
        os.environ.update(before)


def home_folder(environment: Mapping[str, str] | None = None) -> Path:
    """The folder that holds the store: DANGAN_HOME, or `dangan` where programs keep a person's data."""
    given = os.environ if environment is None else environment
    if given.get("DANGAN_HOME"):
        return Path(given["DANGAN_HOME"]).expanduser().absolute()
    shared = given.get("XDG_DATA_HOME")
    return (Path(shared) if shared else Path.home() / ".local" / "share") / "dangan"


def _file(file: Path) -> dict[str, str]:
    if not file.is_file():
        return {}
    try:
        told = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(file=file, what=error) from error
    unknown = [name for name, value in told.items() if name not in NAMES or not _fits(name, value)]
    if unknown:
        raise SettingsError(file=file, what=", ".join(unknown))
    return {name: str(value) for name, value in told.items()}


def _fits(name: str, value: object) -> bool:
    if isinstance(value, bool):
        return name == "two_people"
    return isinstance(value, str) or (name == "budget" and isinstance(value, int | float))


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "clerk"
