"""The guard at the door: any exception comes in, one of dangan's own errors goes out.

What nobody foresaw is written to a log with identity and card numbers masked,
so that a clerk gets a sentence and a maintainer gets the trace.
"""

from __future__ import annotations

import errno
import os
import tempfile
import traceback
from datetime import datetime
from pathlib import Path

from desk import phrases
from records.errors import DanganError, DiskFull, TooLarge, Unreadable
from records.masking import mask


class Unexpected(DanganError):
    """Something that nobody foresaw; facts: log (the file that holds the trace)."""

    code = "unexpected"


def as_ours(error: Exception, log: Path, file: Path | str = "") -> DanganError:
    """The exception as an error of ours; an unforeseen one is logged first."""
    if isinstance(error, DanganError):
        return error
    if isinstance(error, OSError):
        return _of_system(error, file) or Unexpected(log=write_log(error, log))
    if isinstance(error, MemoryError):
        return TooLarge("out_of_memory", file=file)
    return Unexpected(log=write_log(error, log))


def _of_system(error: OSError, file: Path | str) -> DanganError | None:
    named = error.filename or file or phrases.STANDARD_OUTPUT
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(file=named)
    if isinstance(error, FileNotFoundError):
        return Unreadable("no_file", file=named)
    if isinstance(error, PermissionError):
        return Unreadable("no_rights", file=named)
    if isinstance(error, IsADirectoryError):
        return Unreadable("is_a_folder", file=named)
    if isinstance(error, FileExistsError | NotADirectoryError):
        return Unreadable("is_a_file", file=_plain_file(Path(os.fsdecode(named))))
    return None


def _plain_file(path: Path) -> Path:
    """The file that stands where a folder was wanted: the path itself, or one above it."""
    return next((place for place in (path, *path.parents) if place.is_file()), path)


def write_log(error: Exception, log: Path) -> Path:
    """Append the trace, masked; gives the log, or another file when the log cannot be written."""
    trace = mask("".join(traceback.format_exception(error)))
    entry = f"{datetime.now().astimezone().isoformat(timespec='seconds')}\n{trace}\n"
    try:
        log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with log.open("a", encoding="utf-8") as lines:
            lines.write(entry)
    except OSError:
        handle, name = tempfile.mkstemp(prefix="dangan-", suffix=".log")
        os.close(handle)
        Path(name).write_text(entry, encoding="utf-8")
        return Path(name)
    return log
