from __future__ import annotations

from pathlib import Path

import pytest

from docgen import packet
from docgen.case_sheets import Case
from docgen.office import Office
from docgen.packet import make_packet
from records.assessing import assess
from records.drafts import Origin
from records.editions import Editions
from records.medical import MedicalCase

from .conftest import a_record
from .test_case_sheets import SAY


def not_kept(origin: Origin) -> Path:
    raise AssertionError(f"nothing was scanned: {origin}")


def test_page_numbers_that_do_not_settle_are_told(
    editions: Editions, office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edition = next(one for one in editions if one.medical)
    record, case = a_record(1, edition, {"name": "竺月岚"}), MedicalCase(1, 2010)
    whole = Case(edition, record, case, assess(edition, record, case), SAY)
    monkeypatch.setattr(packet, "_TRIES", 1)
    made = make_packet(whole, not_kept, tmp_path, office)
    assert [note.code for note in made.notes] == ["packet_pages_unsettled"]
    assert [note["code"] for note in made.manifest["notes"]] == ["packet_pages_unsettled"]
