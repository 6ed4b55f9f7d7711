from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from records.archive import Kept
from records.drafts import Draft, Ink, Origin, Reading, Source
from records.editions import Edition, Editions, load_editions
from records.findings import Reason
from records.store import Store

# A form that no notice ever printed: its keys are its own, so that nothing can rest on a key's name.
INVENTED = """
title = "互助卡"
notice = "虚构"
dated = "2020-01-01"

[[fields]]
key = "holder"
label = "持卡人"
kind = "text"
required = true
prior = "person"

[[fields]]
key = "holder_number"
label = "证件号"
kind = "id_number"
lengths = [15, 18]

[[fields]]
key = "grant"
label = "补助"
kind = "money"

[[fields]]
key = "grounds"
label = "理由"
kind = "choices"
choices = ["生病", "上学", "失业"]

[[fields]]
key = "kin"
label = "亲属"
kind = "rows"
printed_rows = 2

  [[fields.fields]]
  key = "called"
  label = "称呼"
  kind = "text"

  [[fields.fields]]
  key = "number"
  label = "证件号"
  kind = "id_number"
  lengths = [15, 18]

  [[fields.fields]]
  key = "earns"
  label = "收入"
  kind = "money"

[[fields]]
key = "remark"
label = "备注"
kind = "text"

[[ink]]
key = "seal"
label = "盖章"

[[rules]]
name = "required"
severity = "error"

[processes.aid]
label = "互助"

  [[processes.aid.states]]
  name = "asked"
  label = "申请"
  next = ["given"]

  [[processes.aid.states]]
  name = "given"
  label = "发放"
"""

WORKER = "330602196501010012"
WORKER_15 = "330602650101001"
WIFE = "330602196605050027"


@pytest.fixture(scope="session")
def editions(tmp_path_factory: pytest.TempPathFactory) -> Editions:
    folder = tmp_path_factory.mktemp("editions")
    (folder / "invented").mkdir()
    (folder / "invented" / "edition.toml").write_text(INVENTED, encoding="utf-8")
    return load_editions(folder)


@pytest.fixture(scope="session")
def edition(editions: Editions) -> Edition:
    return editions["invented"]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def store(home: Path, editions: Editions) -> Iterator[Store]:
    with Store.open(home, editions=editions, wait=0.1) as opened:
        yield opened


@pytest.fixture
def paper(tmp_path: Path) -> Callable[..., Path]:
    """Paper as it came: a file of this name and these bytes."""

    def written(name: str = "scan.JPG", content: bytes = b"paper") -> Path:
        file = tmp_path / "inbox" / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(content)
        return file

    return written


@pytest.fixture
def read() -> Callable[..., Draft]:
    """A draft read from a kept scan, doubtful where a value is given as a reading with a look wanted."""

    def drafted(kept: Kept, **values: object) -> Draft:
        stands = {"holder": "王小明", "holder_number": WORKER} | values
        return Draft(
            edition="invented",
            readings={path.replace("__", "."): _reading(value) for path, value in stands.items()},
            ink={"seal": Ink(True, 0.9, Source(1, (9, 9, 20, 20)))},
            origin=Origin(kept.file, kept.sha256, (1, 2)),
        )

    return drafted


@pytest.fixture
def doubtful() -> Callable[[object], Reading]:
    """A reading that wants a look."""

    def read(value: object) -> Reading:
        return Reading(value, str(value), 0.4, True, (Reason("unsure"),), source=Source(1, (1, 2, 3, 4)))  # type: ignore[arg-type]

    return read


def _reading(value: object) -> Reading:
    return value if isinstance(value, Reading) else Reading(value, source=Source(1, (5, 6, 7, 8)))  # type: ignore[arg-type]
