"""The clerk's workplace: settings come in, the editions, the store, the engine and LibreOffice go out.

Each part is loaded when first asked for, so that a command pays only for what it uses.
"""

from __future__ import annotations

import shutil
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from desk.settings import Settings, calm_outside_programs, read_settings
from records.codes import Code, Standing, check_letters, document_of
from records.editions import Editions, load_editions
from records.errors import DanganError, NoSuchRecord
from records.known import NOTHING_KNOWN, Known

if TYPE_CHECKING:
    from docgen.office import Office
    from intake.engine import Engine
    from intake.returned import Recalled
    from records.store import Store


@dataclass(frozen=True)
class Workplace:
    """Everything that a command works with."""

    settings: Settings

    @cached_property
    def editions(self) -> Editions:
        """The built-in editions and the unit's own. Raises EditionError."""
        return load_editions(*self.settings.template_folders)

    def store(self) -> Store:
        """The archive, opened; a context manager. Raises StoreError."""
        from records.store import Store

        return Store.open(self.settings.home, editions=self.editions)

    @cached_property
    def known(self) -> Known:
        """Words that stand in the archive, for reading to lean on; asked of the store once a run.

        Reading goes without them where there is no store yet or it cannot be opened now.
        """
        from records.store import Store

        if not Store.is_in(self.settings.home):
            return NOTHING_KNOWN
        try:
            with self.store() as store:
                return store.words()
        except DanganError:
            return NOTHING_KNOWN

    def recall(self, code: Code) -> Recalled:
        """What the archive knows of the record that a sheet's code names. Raises StoreError."""
        from intake.returned import Recalled

        with self.store() as store:
            try:
                record = store.record(code.record)
            except NoSuchRecord:
                return Recalled(Standing.UNKNOWN)
        edition = self.editions[record.edition]
        document = document_of(code, edition.key, (use.name for use in edition.documents))
        if document is None or code.revision > record.revision:
            return Recalled(Standing.UNKNOWN)
        if code.revision < record.revision:
            return Recalled(Standing.STALE, document)
        if code.check != check_letters(record.values):
            return Recalled(Standing.UNKNOWN)
        return Recalled(Standing.CURRENT, document, record.values)

    def engine(self, name: str | None = None) -> Engine:
        """The engine asked for, or the one of the settings. Raises EngineMissing."""
        from desk.engines import load_engine

        return load_engine(name or self.settings.engine)

    @property
    def budget(self) -> float:
        """The share of fields that may be wrong without a clerk being asked to look."""
        return self.settings.budget / 1000

    @cached_property
    def office(self) -> Office:
        """LibreOffice, started on use."""
        from docgen.office import Office

        return Office(self.soffice)

    @cached_property
    def soffice(self) -> Path | None:
        """LibreOffice's program: the one of the settings, or the one on the PATH; None when there is none."""
        if self.settings.soffice is not None:
            return self.settings.soffice if self.settings.soffice.is_file() else None
        found = shutil.which("soffice") or shutil.which("libreoffice")
        return Path(found) if found else None

    def lent(self, user: str, turn: AbstractContextManager[object]) -> Workplace:
        """The same workplace with another user; its calls of LibreOffice wait for their turn."""
        from docgen.office import Office

        lent = replace(self, settings=replace(self.settings, user=user))
        # What a cached property has found lies under its own name.
        vars(lent).update(editions=self.editions, office=Office(self.soffice, at_once=1, turn=turn))
        return lent

    def to_docx(self, file: Path, folder: Path) -> Path:
        """An old Word or WPS file as .docx in the folder. Raises OfficeMissing, OfficeFailed."""
        return self.office.to_docx(file, folder)


def open_workplace(budget: float | None = None) -> Workplace:
    """The workplace of this run; with another error budget for this once. Raises SettingsError."""
    calm_outside_programs()
    settings = read_settings()
    return Workplace(settings if budget is None else replace(settings, budget=budget))
