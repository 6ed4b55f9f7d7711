"""Drafts as a clerk meets them, put into a store by hand beside a picture of a sample."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desk.pictures import Pictures
from desk.web.site import Site
from records.drafts import Alternative, Draft, Origin, Reading, Source
from records.findings import Reason
from records.store import Store
from records.values import Value
from tests.clerk import SAMPLES
from tests.desk.test_review import SOUND

KEY = "shaoxing-2010"
PICTURE = SAMPLES / "23-shaoxing-2010-longcang-seal.jpg"


class Drawing(Pictures):
    """One drawing process for the sites of many tests: a site that closes leaves it alive."""

    def close(self) -> None:
        """Not yet."""

    def end(self) -> None:
        """The last test is over."""
        super().close()


@pytest.fixture(scope="session")
def drawing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drawing]:
    """A process that draws, kept for all tests."""
    found = Drawing(tmp_path_factory.mktemp("drawing") / "log")
    yield found
    found.end()


def spot(place: int) -> Source:
    """The spot of the nth field on the sample, a column of boxes."""
    return Source(1, (300 + 500 * (place % 2), 200 + 60 * place, 700 + 500 * (place % 2), 250 + 60 * place))


def doubt(value: Value, *others: Value, place: int = 0) -> Reading:
    """A reading that wants a look."""
    alternatives = tuple(Alternative(other, 0.2) for other in others)
    return Reading(value, f"{value}?", 0.4, True, (Reason("unsure"),), alternatives, spot(place))


def put(
    site: Site | Store, folder: Path, *, unit: str = "", picture: Path = PICTURE, **doubtful: Reading
) -> int:
    """A draft of a sound household in the store, but for the readings given; its number."""
    store = site if isinstance(site, Store) else site.store
    sound = {
        path: Reading(value, str(value), 0.99, source=spot(place))
        for place, (path, value) in enumerate(SOUND.items())
    }
    given = {path.replace("__", "."): reading for path, reading in doubtful.items()}
    file = folder / f"scan{len(store.scans())}{picture.suffix}"
    file.write_bytes(picture.read_bytes() + len(store.scans()).to_bytes(2, "big"))
    kept = store.keep(file, unit=unit)
    draft = Draft(KEY, sound | given, origin=Origin(file.name, kept.sha256, (1,)))
    return store.add_drafts(kept.sha256, [draft])[0]
