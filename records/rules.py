"""Rules between fields: an edition and a form's values come in, findings go out.

An edition's `[[rules]]` name functions of this module, with their severity and
settings: the fields they look at, the words that matter, thresholds. What a
kind says about one value becomes a finding as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from records import banks, dates, identity, kinds, money
from records.findings import Finding
from records.forms import Edition, Field, RuleUse, as_decimal
from records.values import Values, row_count, row_path

Settings = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Breach:
    """That values do not go together: at which paths, with which facts."""

    paths: tuple[str, ...]
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Person:
    """The worker (no prefix) or a row of the household: the same keys, other paths."""

    form: Filled
    prefix: str = ""

    def path(self, key: str) -> str:
        """The path of this person's field."""
        return f"{self.prefix}{key}"

    def text(self, key: str) -> str:
        """A text of this person; empty when blank."""
        return self.form.text(self.path(key))


@dataclass(frozen=True, slots=True)
class Filled:
    """A filled form as rules look at it; `today` bounds dates."""

    edition: Edition
    values: Values
    today: date

    def text(self, path: str) -> str:
        """A text, choice or date; empty when blank or of another kind."""
        value = self.values.get(path)
        return value if isinstance(value, str) else ""

    def chosen(self, path: str) -> tuple[str, ...]:
        """The entries of a set, or the one of a choice; none when blank."""
        value = self.values.get(path)
        return value if isinstance(value, tuple) else (value,) if isinstance(value, str) else ()

    def number(self, path: str) -> Decimal | None:
        """A number; None when blank or of another kind."""
        value = self.values.get(path)
        return value if isinstance(value, Decimal) else None

    def rows(self, table: str) -> tuple[Person, ...]:
        """The rows of a table that hold anything."""
        count = row_count(table, self.values)
        prefixes = (row_path(table, index, "") for index in range(count))
        return tuple(Person(self, prefix) for prefix in prefixes if self._holds_any(prefix))

    def people(self, settings: Settings) -> tuple[Person, ...]:
        """The worker and the rows of the tables that the settings name."""
        return (Person(self), *(row for table in settings.get("tables", ()) for row in self.rows(table)))

    def _holds_any(self, prefix: str) -> bool:
        return any(value is not None for path, value in self.values.items() if path.startswith(prefix))


Rule = Callable[[Filled, Settings], Iterator[Breach]]


class Reach(StrEnum):
    """What a rule looks at in one glance: the form, each person, or each row beside the plain fields."""

    FORM = "form"
    PERSON = "person"
    ROW = "row"


@dataclass(frozen=True, slots=True)
class Registered:
    """A rule, with the settings that must name fields of the edition and the others that it needs."""

    check: Rule
    fields: tuple[str, ...]
    others: tuple[str, ...]
    reach: Reach


_REGISTERED: dict[str, Registered] = {}
RULES: Mapping[str, Registered] = MappingProxyType(_REGISTERED)
"""Every rule by the name that editions use."""


def rule(*fields: str, others: tuple[str, ...] = (), reach: Reach = Reach.FORM) -> Callable[[Rule], Rule]:
    """Enter a function under its own name; `fields` are the settings that name fields."""

    def enter(check: Rule) -> Rule:
        _REGISTERED[check.__name__] = Registered(check, fields, others, reach)
        return check

    return enter


def findings(edition: Edition, values: Values, today: date | None = None) -> tuple[Finding, ...]:
    """Everything that is wrong or odd about a form's values; `today` bounds dates."""
    form = Filled(edition, values, today or date.today())
    return (*_of_kinds(form), *(finding for use in edition.rules for finding in _of_rule(form, use)))


def wrong_settings(edition: Edition, use: RuleUse) -> str | None:
    """What is wrong with a rule's use (name, missing setting, unknown field); None when nothing is."""
    if use.name not in RULES:
        return f"unknown rule {use.name}"
    rule_ = RULES[use.name]
    missing = [setting for setting in (*rule_.fields, *rule_.others) if setting not in use.settings]
    if missing:
        return f"rule {use.name} lacks {missing}"
    named = [key for setting in rule_.fields for key in _listed(use.settings[setting])]
    unknown = [key for key in named if not _is_asked(edition, key)]
    return f"rule {use.name} names unknown fields {unknown}" if unknown else None


def _listed(setting: str | list[str]) -> list[str]:
    return setting if isinstance(setting, list) else [setting]


def _is_asked(edition: Edition, key: str) -> bool:
    table, _, column = key.partition(".")
    return edition.has(row_path(table, 0, column) if column else key)


def _of_kinds(form: Filled) -> Iterator[Finding]:
    for path, value in form.values.items():
        if form.edition.has(path):
            for problem in kinds.check(value, form.edition.field(path)):
                yield Finding(problem.code, problem.severity, (path,), problem.facts)


def _of_rule(form: Filled, use: RuleUse) -> Iterator[Finding]:
    for breach in RULES[use.name].check(form, use.settings):
        yield Finding(use.name, use.severity, breach.paths, breach.facts)


def _breach(*paths: str, **facts: object) -> Breach:
    return Breach(paths, {key: str(fact) for key, fact in facts.items()})


def _label(form: Filled, path: str) -> str:
    return form.edition.field(path).label


# --- what must stand -------------------------------------------------------------------------------


@rule()
def required(form: Filled, settings: Settings) -> Iterator[Breach]:
    """Starred fields, or those of `fields`, without `except`, are filled; columns in every row in use."""
    for asked in form.edition.fields:
        if asked.is_rows:
            yield from _required_columns(form, asked, settings)
        elif _is_wanted(asked, asked.key, settings) and form.values.get(asked.key) is None:
            yield _breach(asked.key, label=asked.label)


def _is_wanted(asked: Field, key: str, settings: Settings) -> bool:
    named = key in settings["fields"] if "fields" in settings else asked.required
    return named and key not in settings.get("except", ())


def _required_columns(form: Filled, table: Field, settings: Settings) -> Iterator[Breach]:
    for row in form.rows(table.key):
        for column in table.fields:
            wanted = _is_wanted(column, f"{table.key}.{column.key}", settings)
            if wanted and form.values.get(row.path(column.key)) is None:
                yield _breach(row.path(column.key), label=column.label)


@rule("flag", "fields", others=("words",))
def only_when(form: Filled, settings: Settings) -> Iterator[Breach]:
    """Fields that are filled only where a flag stands at one of `words`."""
    if form.text(settings["flag"]) in settings["words"]:
        return
    for key in settings["fields"]:
        if form.values.get(key) is not None:
            yield _breach(key, settings["flag"], label=_label(form, key), flag=_label(form, settings["flag"]))


@rule("flag", "fields", others=("words",))
def wanted_when(form: Filled, settings: Settings) -> Iterator[Breach]:
    """Fields of which at least one is filled where a flag stands at one of `words`."""
    keys = settings["fields"]
    if form.text(settings["flag"]) in settings["words"] and not any(form.values.get(key) for key in keys):
        labels = "、".join(_label(form, key) for key in keys)
        yield _breach(*keys, settings["flag"], label=labels, flag=_label(form, settings["flag"]))


@rule(others=("word",))
def other_text(form: Filled, settings: Settings) -> Iterator[Breach]:
    """An entry that wants a note (`word`) has one, and no note stands without its entry."""
    for asked in form.edition.fields:
        if asked.other_text is None:
            continue
        chosen, noted = settings["word"] in form.chosen(asked.key), form.text(asked.other_text) != ""
        if chosen != noted:
            facts = {"label": asked.label, "word": settings["word"], "chosen": chosen}
            yield _breach(asked.other_text, asked.key, **facts)


@rule("primary", "secondary")
def secondary_repeats_primary(form: Filled, settings: Settings) -> Iterator[Breach]:
    """The main entry of a list does not stand among the further ones."""
    primary = form.text(settings["primary"])
    if primary and primary in form.chosen(settings["secondary"]):
        yield _breach(settings["secondary"], settings["primary"], text=primary)


# --- identity numbers ------------------------------------------------------------------------------


@rule("id", "birth", reach=Reach.PERSON)
def birth_matches_id(form: Filled, settings: Settings) -> Iterator[Breach]:
    """A birth date is the one of the identity number, as far as it is told."""
    for person in form.people(settings):
        told, born = identity.birth_date(person.text(settings["id"])), person.text(settings["birth"])
        if told and born and not dates.agree(told, born):
            yield _breach(
                person.path(settings["birth"]), person.path(settings["id"]), birth=born, id_birth=told
            )


@rule("id", "gender", others=("male", "female"), reach=Reach.PERSON)
def sex_matches_id(form: Filled, settings: Settings) -> Iterator[Breach]:
    """A sex is the one of the identity number; `male` and `female` are the form's words."""
    for person in form.people(settings):
        sex, written = identity.sex(person.text(settings["id"])), person.text(settings["gender"])
        if sex and written and written != settings[sex.value]:
            paths = person.path(settings["gender"]), person.path(settings["id"])
            yield _breach(*paths, gender=written, id_gender=settings[sex.value])


@rule("id", reach=Reach.PERSON)
def id_upgrade(form: Filled, settings: Settings) -> Iterator[Breach]:
    """A number of 15 digits where the form wants 18; the later number is only a candidate."""
    for person in form.people(settings):
        path = person.path(settings["id"])
        number, lengths = form.text(path), form.edition.field(path).lengths
        if identity.is_written_well(number) and len(number) not in lengths:
            yield _breach(path, text=number, candidate=identity.upgraded(number) or "")


@rule("id")
def ids_distinct(form: Filled, settings: Settings) -> Iterator[Breach]:
    """No two people of a household have one identity number, be it once with 15 digits and once with 18."""
    seen: dict[str, str] = {}
    for person in form.people(settings):
        path = person.path(settings["id"])
        number = identity.upgraded(form.text(path)) or form.text(path)
        if number and number in seen:
            yield _breach(path, seen[number], text=form.text(path))
        seen.setdefault(number, path)


@rule("id", "region")
def region_matches_id(form: Filled, settings: Settings) -> Iterator[Breach]:
    """The county of the identity number is the registered one; people who moved keep their number."""
    county, registered = identity.region(form.text(settings["id"])), form.text(settings["region"])
    if county and registered and not _names_county(registered, county):
        yield _breach(settings["region"], settings["id"], region=registered, id_region=county.name)


def _names_county(text: str, county: identity.Region) -> bool:
    # 上虞市 became 上虞区: the word behind the name does not matter.
    return county.names[-1].rstrip("省市区县旗") in text or (len(county.names) == 1 and county.name in text)


# --- money and people ------------------------------------------------------------------------------


@rule("income", "size", "per_head", others=("within_yuan", "within_share"))
def income_per_head_month(form: Filled, settings: Settings) -> Iterator[Breach]:
    """The monthly income a head is the household's yearly income by twelve and by its people."""
    yield from _per_head(form, settings, Decimal(12))


@rule("income", "size", "per_head", others=("within_yuan", "within_share"))
def income_per_head_year(form: Filled, settings: Settings) -> Iterator[Breach]:
    """The yearly income a head is the household's yearly income by its people."""
    yield from _per_head(form, settings, Decimal(1))


def _per_head(form: Filled, settings: Settings, months: Decimal) -> Iterator[Breach]:
    income, size, written = (form.number(settings[name]) for name in ("income", "size", "per_head"))
    if income is None or not size or written is None:
        return
    expected = round(income / months / size, 2)
    if not _about(written, expected, settings):
        paths = settings["per_head"], settings["income"], settings["size"]
        yield _breach(*paths, written=money.show(written), expected=money.show(expected))


@rule("annual", "own", "members", others=("within_yuan", "within_share"))
def annual_income_plausible(form: Filled, settings: Settings) -> Iterator[Breach]:
    """The yearly income is about twelve months of everybody's income and `other`; part-year work differs."""
    table, _, column = str(settings["members"]).partition(".")
    annual, own = form.number(settings["annual"]), form.number(settings["own"])
    if annual is None or own is None:
        return
    monthly = own + sum((form.number(row.path(column)) or Decimal(0) for row in form.rows(table)), Decimal(0))
    other = form.number(settings["other"]) if "other" in settings else None
    expected = monthly * 12 + (other or Decimal(0))
    if not _about(annual, expected, settings):
        yield _breach(
            settings["annual"], settings["own"], written=money.show(annual), expected=money.show(expected)
        )


def _about(written: Decimal, expected: Decimal, settings: Settings) -> bool:
    """Within `within_yuan` or `within_share` of what is expected, whichever is more."""
    share = expected * as_decimal(settings["within_share"])
    return abs(written - expected) <= max(as_decimal(settings["within_yuan"]), share)


@rule("size", "table")
def household_size_matches_rows(form: Filled, settings: Settings) -> Iterator[Breach]:
    """The people of the household are its rows, or one more: forms do not say whether the worker counts."""
    size, count = form.number(settings["size"]), len(form.rows(settings["table"]))
    if size is not None and size not in (count, count + 1):
        yield _breach(settings["size"], size=money.show(size), rows=count, expected=count + 1)


@rule("category", "income", "size", "region", others=("word", "lines"))
def dibao_vs_income(form: Filled, settings: Settings) -> Iterator[Breach]:
    """A household on the dibao (`word`) of a region whose line is known has no more than the line a head.

    `lines` is a list of tables `region` (a text that the registered region contains) and `monthly` in 元.
    """
    income, size = form.number(settings["income"]), form.number(settings["size"])
    line = _line(form.text(settings["region"]), settings["lines"])
    if form.text(settings["category"]) != settings["word"] or income is None or not size or line is None:
        return
    per_head = round(income / 12 / size, 2)
    if per_head > line:
        facts = {"per_head": money.show(per_head), "line": money.show(line), "word": settings["word"]}
        yield _breach(settings["category"], settings["income"], **facts)


def _line(region: str, lines: list[Mapping[str, Any]]) -> Decimal | None:
    return next((as_decimal(line["monthly"]) for line in lines if str(line["region"]) in region), None)


@rule("field", others=("least",))
def at_least(form: Filled, settings: Settings) -> Iterator[Breach]:
    """A number is not below `least`."""
    number, least = form.number(settings["field"]), as_decimal(settings["least"])
    if number is not None and number < least:
        label = _label(form, settings["field"])
        yield _breach(settings["field"], label=label, written=money.show(number), least=money.show(least))


@rule("bank", "card")
def card_of_bank(form: Filled, settings: Settings) -> Iterator[Breach]:
    """A card is one of the bank that the form names, where the table of banks knows both."""
    card, written = form.text(settings["card"]), form.text(settings["bank"])
    bank, told = banks.issuer(card), banks.named(written)
    if bank is not None and told and bank not in told:
        facts = {"prefix": card[: banks.PREFIX], "issuer": bank.name, "bank": written}
        yield _breach(settings["card"], settings["bank"], **facts)


# --- what households are like ----------------------------------------------------------------------


@rule("flag", "own", "members", others=("word", "employed"))
def zero_employment_consistent(form: Filled, settings: Settings) -> Iterator[Breach]:
    """In a household said (`word`) to have nobody employed, nobody's status is one of `employed`."""
    if form.text(settings["flag"]) != settings["word"]:
        return
    table, _, column = str(settings["members"]).partition(".")
    paths = (settings["own"], *(row.path(column) for row in form.rows(table)))
    for path in paths:
        if form.text(path) in settings["employed"]:
            yield _breach(settings["flag"], path, text=form.text(path))


@rule("health", "disability", others=("word", "none"))
def disability_consistent(form: Filled, settings: Settings) -> Iterator[Breach]:
    """The sort of disability is filled where health is `word`, and only there; `none` are words for none."""
    kind = form.text(settings["disability"])
    disabled, filled = form.text(settings["health"]) == settings["word"], kind not in ("", *settings["none"])
    if disabled != filled:
        health = form.text(settings["health"])
        yield _breach(settings["disability"], settings["health"], health=health, disability=kind)


@rule("flag", "relation", others=("word", "spouses"), reach=Reach.ROW)
def single_parent_no_spouse(form: Filled, settings: Settings) -> Iterator[Breach]:
    """A single parent (`word`) has none of `spouses` among the members."""
    if form.text(settings["flag"]) == settings["word"]:
        paths = _related(form, settings["relation"], settings["spouses"])
        if paths:
            yield _breach(settings["flag"], *paths, relation=_texts(form, paths))


@rule("status", "relation", others=("alone", "spouses"), reach=Reach.ROW)
def spouse_fits_marital_status(form: Filled, settings: Settings) -> Iterator[Breach]:
    """Somebody who is `alone` has none of `spouses` among the members."""
    if form.text(settings["status"]) in settings["alone"]:
        paths, status = _related(form, settings["relation"], settings["spouses"]), settings["status"]
        if paths:
            yield _breach(status, *paths, status=form.text(status), relation=_texts(form, paths))


def _related(form: Filled, relation: str, words: list[str]) -> tuple[str, ...]:
    table, _, column = relation.partition(".")
    return tuple(row.path(column) for row in form.rows(table) if row.text(column) in words)


def _texts(form: Filled, paths: tuple[str, ...]) -> str:
    return "、".join(dict.fromkeys(form.text(path) for path in paths))


@rule("relation", "gender", others=("words",), reach=Reach.ROW)
def gender_fits_relation(form: Filled, settings: Settings) -> Iterator[Breach]:
    """A relation that tells a sex fits the member's; `words` maps each sex to its relations."""
    table, _, relation = str(settings["relation"]).partition(".")
    gender = str(settings["gender"]).partition(".")[2]
    told = {word: sex for sex, words in settings["words"].items() for word in words}
    for row in form.rows(table):
        sex, written = told.get(row.text(relation)), row.text(gender)
        if sex and written and sex != written:
            yield _breach(row.path(relation), row.path(gender), relation=row.text(relation), gender=written)


@rule("birth", "relation", others=("parents", "children", "years"), reach=Reach.ROW)
def age_fits_relation(form: Filled, settings: Settings) -> Iterator[Breach]:
    """`parents` are at least `years` older than the worker, `children` as many younger."""
    table, _, relation = str(settings["relation"]).partition(".")
    worker = form.text(settings["birth"])
    for row in form.rows(table):
        member, word = row.text(settings["birth"]), row.text(relation)
        if word not in (*settings["parents"], *settings["children"]) or not (
            _is_date(member) and _is_date(worker)
        ):
            continue
        years = _years(member, worker) if word in settings["parents"] else _years(worker, member)
        if years < settings["years"]:
            paths = row.path(relation), row.path(settings["birth"]), settings["birth"]
            yield _breach(*paths, relation=word, birth=member, worker=worker, years=settings["years"])


def _years(earlier: str, later: str) -> int:
    """Whole years between two dates at most, when they are told only by year or month."""
    return dates.years_between(dates.span(earlier)[0], dates.span(later)[1])


@rule("identity", "birth", others=("ages",), reach=Reach.ROW)
def age_fits_schooling(form: Filled, settings: Settings) -> Iterator[Breach]:
    """A member's age fits the school or status: `ages` maps a word to its least and most years."""
    table, _, column = str(settings["identity"]).partition(".")
    birth = str(settings["birth"]).partition(".")[2]
    day = _day_of_form(form, settings)
    for row in form.rows(table):
        word, born = row.text(column), row.text(birth)
        if word in settings["ages"] and _is_date(born):
            age = _years(born, day)
            least, most = settings["ages"][word]
            if not least <= age <= most:
                yield _breach(row.path(column), row.path(birth), word=word, age=age, least=least, most=most)


def _day_of_form(form: Filled, settings: Settings) -> str:
    """When the form was filled: the field `as_of`, else the day of the notice."""
    told = form.text(settings["as_of"]) if "as_of" in settings else ""
    return told if _is_date(told) else form.edition.dated


@rule("birth", "start", others=("least",))
def work_start_age(form: Filled, settings: Settings) -> Iterator[Breach]:
    """Nobody starts to work below `least` years."""
    born, started = form.text(settings["birth"]), form.text(settings["start"])
    if _is_date(born) and _is_date(started) and _years(born, started) < settings["least"]:
        yield _breach(
            settings["start"], settings["birth"], birth=born, start=started, least=settings["least"]
        )


@rule()
def not_in_the_future(form: Filled, settings: Settings) -> Iterator[Breach]:
    """No date but those of `except` lies behind today."""
    for path, value in form.values.items():
        if path in settings.get("except", ()) or not _is_asked_date(form.edition, path):
            continue
        if isinstance(value, str) and _is_date(value) and dates.span(value)[0] > form.today:
            yield _breach(path, text=value, label=_label(form, path))


def _is_asked_date(edition: Edition, path: str) -> bool:
    return edition.has(path) and edition.field(path).kind == "date"


def _is_date(value: str) -> bool:
    return value != "" and not dates.check(value)


@rule("postcode", others=("prefixes",))
def postcode_region(form: Filled, settings: Settings) -> Iterator[Breach]:
    """A postcode begins like those of the notice's region, `prefixes`."""
    postcode = form.text(settings["postcode"])
    if postcode and not postcode.startswith(tuple(settings["prefixes"])):
        yield _breach(settings["postcode"], text=postcode, prefixes="、".join(settings["prefixes"]))
