"""`dangan doctor`: the machine comes in, what works, what is missing and how to get it is shown."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from itertools import islice
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from desk import phrases, screen, words
from desk.guard import as_ours
from desk.workplace import Workplace, open_workplace
from records.findings import Reason, Severity

if TYPE_CHECKING:
    from records.audit import Mark

GIGABYTE = 1 << 30
COLOURS = {phrases.FINE: "green", phrases.MISSING_PART: "yellow", phrases.BROKEN: "red"}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: what, the result, more about it, and what to do."""

    what: str
    result: str
    about: str = ""
    how: str = ""


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help=phrases.AS_JSON)] = False,
) -> int:
    """Look at everything that dangan needs; status 1 when something wants attention."""
    place = open_workplace()
    checks = [check for look in LOOKS for check in look(place)]
    if as_json:
        for check in checks:
            screen.print_json(asdict(check))
    else:
        _print(checks)
    return words.OK if all(check.result == phrases.FINE for check in checks) else words.FAILED


def _print(checks: list[Check]) -> None:
    heads = (phrases.WHAT, phrases.RESULT, phrases.ABOUT, phrases.HOW)
    lines = (
        (check.what, Text(check.result, COLOURS[check.result]), check.about, check.how) for check in checks
    )
    screen.out().print(screen.rows("", heads, lines))
    wanting = sum(check.result != phrases.FINE for check in checks)
    screen.tell(phrases.DOCTOR_NOT_FINE.format(count=wanting) if wanting else phrases.DOCTOR_FINE)


def _home(place: Workplace) -> Iterator[Check]:
    home = place.settings.home
    nearest = next(folder for folder in (home, *home.parents) if folder.exists())
    if os.access(nearest, os.R_OK | os.W_OK | os.X_OK):
        yield Check(phrases.DOCTOR_HOME, phrases.FINE, str(home))
    else:
        how = phrases.DOCTOR_RIGHTS.format(folder=nearest)
        yield Check(phrases.DOCTOR_HOME, phrases.BROKEN, str(home), how)
    free = shutil.disk_usage(nearest).free
    about = phrases.DOCTOR_FREE.format(free=f"{free / GIGABYTE:.1f}")
    if free >= GIGABYTE:
        yield Check(phrases.DOCTOR_DISK, phrases.FINE, about)
    else:
        yield Check(phrases.DOCTOR_DISK, phrases.BROKEN, about, phrases.DOCTOR_NO_SPACE)


def _store(place: Workplace) -> Iterator[Check]:
    if not place.settings.home.is_dir():
        yield Check(phrases.DOCTOR_STORE, phrases.FINE, phrases.DOCTOR_NOT_YET)
        return
    from records.sanity import sanity

    try:
        with place.store() as store:
            faults, log = sanity(store), list(islice(store.audit.faults(), 1))
            mark = store.audit.mark()
            records, drafts = len(list(store.records())), len(store.drafts())
    except Exception as error:
        told = words.error(as_ours(error, place.settings.log))
        yield Check(phrases.DOCTOR_STORE, phrases.BROKEN, "", told)
        return
    about = phrases.DOCTOR_STORE_OK.format(records=records, drafts=drafts)
    yield Check(phrases.DOCTOR_STORE, phrases.FINE, about)
    for fault in faults:
        result = phrases.FINE if fault.severity is Severity.INFO else phrases.BROKEN
        yield Check(phrases.DOCTOR_STORE, result, "", words.reason(Reason(fault.rule, fault.facts)))
    yield from _log(mark, log)


def _log(mark: Mark | None, faults: list[Reason]) -> Iterator[Check]:
    about = phrases.AUDIT_MARK.format(number=mark.number, mark=mark.text) if mark else ""
    if not faults:
        yield Check(phrases.DOCTOR_AUDIT, phrases.FINE, about)
    for fault in faults:
        yield Check(phrases.DOCTOR_AUDIT, phrases.BROKEN, about, words.reason(fault))


def _editions(place: Workplace) -> Iterator[Check]:
    try:
        keys = "、".join(place.editions.keys)
    except Exception as error:
        told = words.error(as_ours(error, place.settings.log))
        yield Check(phrases.DOCTOR_EDITIONS, phrases.BROKEN, "", told)
        return
    yield Check(phrases.DOCTOR_EDITIONS, phrases.FINE, keys)


def _engines(place: Workplace) -> Iterator[Check]:
    what = phrases.DOCTOR_ENGINE.format(name="rapid")
    absent = [part for part in ("rapidocr", "onnxruntime", "cv2") if find_spec(part) is None]
    if absent:
        how = phrases.DOCTOR_INSTALL_PIP.format(package=" ".join(absent))
        yield Check(what, phrases.MISSING_PART, "", how)
    else:
        yield Check(what, phrases.FINE, "RapidOCR + ONNX Runtime")
    yield _tesseract()


def _tesseract() -> Check:
    what = phrases.DOCTOR_ENGINE.format(name="tesseract")
    if shutil.which("tesseract") is None:
        how = phrases.DOCTOR_INSTALL.format(package="tesseract-ocr tesseract-ocr-chi-sim")
        return Check(what, phrases.MISSING_PART, "", how)
    languages = _said("tesseract", "--list-langs")
    if "chi_sim" not in languages.split():
        how = phrases.DOCTOR_INSTALL.format(package="tesseract-ocr-chi-sim")
        return Check(what, phrases.MISSING_PART, "chi_sim", how)
    return Check(what, phrases.FINE, _said("tesseract", "--version").partition("\n")[0])


def _office(place: Workplace) -> Iterator[Check]:
    program = place.soffice
    if program is None:
        how = phrases.DOCTOR_INSTALL.format(package="libreoffice-writer-nogui")
        yield Check(phrases.DOCTOR_OFFICE, phrases.MISSING_PART, "", how)
    else:
        yield Check(phrases.DOCTOR_OFFICE, phrases.FINE, str(program))


def _fonts(place: Workplace) -> Iterator[Check]:
    from docgen.fonts import present_fonts

    fonts = present_fonts()
    for name in fonts.typefaces.stand_ins:
        what = phrases.DOCTOR_FONTS.format(name=name)
        face = fonts.face(name)
        if face is None:
            how = phrases.DOCTOR_INSTALL.format(package="fontconfig fonts-noto-cjk fonts-arphic-uming")
            yield Check(what, phrases.MISSING_PART, phrases.DOCTOR_FONT_WHY, how)
        else:
            about = "" if name in face.names else phrases.DOCTOR_FONT_INSTEAD.format(family=face.family)
            yield Check(what, phrases.FINE, about)


def _said(*command: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout or done.stderr


LOOKS: tuple[Callable[[Workplace], Iterator[Check]], ...] = (
    _home,
    _store,
    _editions,
    _engines,
    _office,
    _fonts,
)
