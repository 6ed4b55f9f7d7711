from __future__ import annotations

from docgen.tags import label_of
from intake.continued import path_called
from records.editions import Editions


def test_what_a_continuation_sheet_is_printed_with_is_known_again(editions: Editions) -> None:
    for edition in editions:
        for path in ("family.2.name", "family.11.employer", "remarks"):
            assert path_called(label_of(path, edition), edition) == path


def test_a_row_called_by_its_table_is_known_too(editions: Editions) -> None:
    for edition in editions:
        assert path_called(f"{edition.field('family').label}3姓名", edition) == "family.2.name"
        assert path_called("家庭成员0姓名", edition) is None
