"""Records and cases as they stand in a store, without any paper."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from desk.web.site import Site
from records.archive import Record
from records.medical import MedicalCase, add_paper
from records.values import Value

ID_NUMBER = "330602196504120015"
CARD = "6222021001112223338"
PHONE = "13805750012"
OF_2016: Mapping[str, Value] = {
    "name": "王小明",
    "id_number": ID_NUMBER,
    "health": "患重大疾病",
    "mobile": PHONE,
    "bank_card": CARD,
    "remarks": f"配偶身份证 {ID_NUMBER}",
    "family.0.name": "李小红",
    "family.0.id_number": "330602196808080024",
    "family.0.health": "良好",
    "monthly_income": Decimal(1200),
}


def filed(site: Site, edition: str, values: Mapping[str, Value] = OF_2016, unit: str = "") -> Record:
    """A record, whatever its rules say of it."""
    return site.store.save(
        site.editions[edition], values, "王经办", "", override_why="样例", force=True, unit=unit
    )


def case_of(site: Site, record: Record) -> MedicalCase:
    """A medical case with one invoice."""
    case = MedicalCase(record.number, 2010, illness="肝癌", help="补助五千元")
    facts = {"name": "王小明", "id_number": ID_NUMBER, "hospital": "市肿瘤医院"}
    return site.store.medical.save(add_paper(case, "invoice", facts), "王经办")
