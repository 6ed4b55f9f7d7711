"""The store's tables, for SQLite and PostgreSQL alike. Their history is `records/migrations`.

Times are stored in UTC without a zone and come out aware. Columns named for
JSON hold what `records.wire` writes. `events`, `medical_events` and `audit` are
append-only: the migrations have the database itself refuse a change or a deletion.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import (
    BigInteger,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

REVISION = "0018"


class UtcTime(TypeDecorator[datetime]):
    """An aware time; one without a zone is taken as local."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC, zone left off."""
        return value and value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware, in UTC."""
        return value and value.replace(tzinfo=UTC)


class Table(DeclarativeBase):
    """Root of the tables; constraints have names, so that later migrations can change them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {str: Text(), datetime: UtcTime()}  # noqa: RUF012  # SQLAlchemy's own name


class Scans(Table):
    """A kept scan; `read_at` is empty while nobody has read it, as after a kill."""

    __tablename__ = "scans"
    __table_args__ = (Index("ix_scans_unit", "unit", "kept_at"),)

    sha256: Mapped[str] = mapped_column(primary_key=True)
    file: Mapped[str]
    path: Mapped[str]
    size: Mapped[int]
    kept_at: Mapped[datetime] = mapped_column(index=True)
    read_at: Mapped[datetime | None] = mapped_column(index=True)
    unit: Mapped[str]


class SetAside(Table):
    """A page or a whole file (no pages) that gave no draft, and why; resolved when the scan is read anew."""

    __tablename__ = "set_aside"

    number: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(ForeignKey("scans.sha256"), index=True)
    pages_json: Mapped[str]
    code: Mapped[str]
    facts_json: Mapped[str]
    at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]


class Drafts(Table):
    """A draft, whole, with what a list shows of it; closed when settled or dropped.

    It comes from a scan, or from a record of another edition, its forerunner; it
    becomes a record of its own, or goes to the one that it joins.
    """

    __tablename__ = "drafts"
    __table_args__ = (Index("ix_drafts_closed_at", "closed_at", "unit"),)

    number: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str | None] = mapped_column(ForeignKey("scans.sha256"), index=True)
    pages_json: Mapped[str]
    edition: Mapped[str]
    name: Mapped[str]
    doubtful: Mapped[int]
    taken_at: Mapped[datetime]
    draft_json: Mapped[str]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None]
    closed_why: Mapped[str | None]
    record: Mapped[int | None] = mapped_column(ForeignKey("records.number"), index=True)
    forerunner: Mapped[int | None] = mapped_column(ForeignKey("records.number"), index=True)
    unit: Mapped[str]
    joins: Mapped[int | None] = mapped_column(ForeignKey("records.number"))


class HistoryLine:
    """What each line of a history holds, whatever it is the history of; see `records.archive.Event`."""

    number: Mapped[int] = mapped_column(primary_key=True)
    revision: Mapped[int]
    at: Mapped[datetime]
    who: Mapped[str]
    path: Mapped[str]
    before_json: Mapped[str]
    after_json: Mapped[str]
    why: Mapped[str]


class ValueLine:
    """One value in its order, whatever it is a value of; `folded` is what a search compares with."""

    path: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    value_json: Mapped[str]
    folded: Mapped[str]


class Records(Table):
    """A household's archive."""

    __tablename__ = "records"

    number: Mapped[int] = mapped_column(primary_key=True)
    edition: Mapped[str]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    revision: Mapped[int]
    ink_json: Mapped[str]
    unit: Mapped[str]


class RecordValues(ValueLine, Table):
    """One value of a record, in the paper's order."""

    __tablename__ = "record_values"

    record: Mapped[int] = mapped_column(ForeignKey("records.number"), primary_key=True)


class Events(HistoryLine, Table):
    """One line of history."""

    __tablename__ = "events"

    record: Mapped[int] = mapped_column(ForeignKey("records.number"), index=True)
    sha256: Mapped[str | None] = mapped_column(ForeignKey("scans.sha256"))
    page: Mapped[int | None]
    box_json: Mapped[str | None]
    on_day: Mapped[date | None]


class SignedCopies(Table):
    """A page that came back as a sheet of a record; see `records.archive.SignedCopy`."""

    __tablename__ = "signed_copies"

    number: Mapped[int] = mapped_column(primary_key=True)
    record: Mapped[int] = mapped_column(ForeignKey("records.number"), index=True)
    revision: Mapped[int]
    document: Mapped[str]
    sheet: Mapped[int]
    sha256: Mapped[str] = mapped_column(ForeignKey("scans.sha256"), index=True)
    page: Mapped[int]
    at: Mapped[datetime]
    ink_json: Mapped[str]


class States(Table):
    """Where a record stands in one process now; how it came there is in its events."""

    __tablename__ = "states"

    record: Mapped[int] = mapped_column(ForeignKey("records.number"), primary_key=True)
    process: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    on_day: Mapped[date]
    ground: Mapped[str]
    who: Mapped[str]


class Persons(Table):
    """An identity number of a household, 15 digits also under the 18 derived from them."""

    __tablename__ = "persons"

    record: Mapped[int] = mapped_column(ForeignKey("records.number"), primary_key=True)
    path: Mapped[str] = mapped_column(primary_key=True)
    id_number: Mapped[str] = mapped_column(primary_key=True, index=True)
    worker: Mapped[bool]


class MedicalCases(Table):
    """A medical case of a record; `numbered` counts the papers that ever were in it."""

    __tablename__ = "medical_cases"

    number: Mapped[int] = mapped_column(primary_key=True)
    record: Mapped[int] = mapped_column(ForeignKey("records.number"), index=True)
    year: Mapped[int]
    numbered: Mapped[int]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    revision: Mapped[int]


class MedicalValues(ValueLine, Table):
    """One thing told of a medical case."""

    __tablename__ = "medical_values"

    medical_case: Mapped[int] = mapped_column(ForeignKey("medical_cases.number"), primary_key=True)


class MedicalEvents(HistoryLine, Table):
    """One line of a medical case's history."""

    __tablename__ = "medical_events"

    medical_case: Mapped[int] = mapped_column(ForeignKey("medical_cases.number"), index=True)


class MedicalProposals(Table):
    """A paper as read, which waits for a clerk; closed when it was settled or dropped."""

    __tablename__ = "medical_proposals"

    number: Mapped[int] = mapped_column(primary_key=True)
    medical_case: Mapped[int] = mapped_column(ForeignKey("medical_cases.number"), index=True)
    sha256: Mapped[str] = mapped_column(ForeignKey("scans.sha256"))
    pages_json: Mapped[str]
    kind: Mapped[str | None]
    readings_json: Mapped[str]
    taken_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None]
    closed_why: Mapped[str | None]


class Accounts(Table):
    """Somebody who may sign in; `secret` is the password's hash, `failed` counts tries since a right one.

    `must_change` says that the password was given by an administrator.
    """

    __tablename__ = "accounts"

    number: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    shown: Mapped[str]
    role: Mapped[str]
    unit: Mapped[str]
    secret: Mapped[str]
    active: Mapped[bool]
    failed: Mapped[int]
    locked_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    must_change: Mapped[bool]


class Sessions(Table):
    """Somebody signed in; `token` is the SHA-256 of the secret in the browser."""

    __tablename__ = "sessions"

    token: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[int] = mapped_column(ForeignKey("accounts.number"), index=True)
    address: Mapped[str]
    began_at: Mapped[datetime]
    seen_at: Mapped[datetime]


class Tokens(Table):
    """A program that may ask on an account's behalf; `token` is the SHA-256 of its secret."""

    __tablename__ = "tokens"

    number: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(unique=True)
    account: Mapped[int] = mapped_column(ForeignKey("accounts.number"), index=True)
    label: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class AuditLines(Table):
    """One line of the audit log; see `records.audit.AuditLine`. `chain` is its hash."""

    __tablename__ = "audit"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    who: Mapped[str]
    what: Mapped[str]
    subject: Mapped[str] = mapped_column(index=True)
    detail: Mapped[str]
    chain: Mapped[str]


class FigureLines(Table):
    """A line of a block of figures, by which an edition's records are divided; see `records.overview`."""

    __tablename__ = "figure_lines"
    __table_args__ = (UniqueConstraint("edition", "block", "line", name="uq_figure_lines_edition"),)

    number: Mapped[int] = mapped_column(primary_key=True)
    edition: Mapped[str]
    block: Mapped[str]
    line: Mapped[str]


class FigureMembers(Table):
    """That a record stands in a line; unit and day are the record's own, so that counting asks this alone."""

    __tablename__ = "figure_members"
    __table_args__ = (Index("ix_figure_members_line", "line", "unit", "on_day"), {"sqlite_with_rowid": False})

    record: Mapped[int] = mapped_column(ForeignKey("records.number"), primary_key=True)
    line: Mapped[int] = mapped_column(ForeignKey("figure_lines.number"), primary_key=True)
    unit: Mapped[str]
    on_day: Mapped[date]


class FigureReadings(Table):
    """What became of one day's readings: of a field, said with a probability between two tenths, by a person.

    The line without a field counts the drafts themselves. `said` adds up the
    probabilities, in thousandths.
    """

    __tablename__ = "figure_readings"

    on_day: Mapped[date] = mapped_column(primary_key=True)
    unit: Mapped[str] = mapped_column(primary_key=True)
    edition: Mapped[str] = mapped_column(primary_key=True)
    who: Mapped[str] = mapped_column(primary_key=True)
    field: Mapped[str] = mapped_column(primary_key=True)
    tenth: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    read: Mapped[int]
    looked: Mapped[int]
    changed: Mapped[int]
    said: Mapped[int]


class FigureForms(Table):
    """What became of one form's readings, so that sums can be followed back; see `records.form_figures`.

    A line without a field is the form itself, one of the field `*` all that was said
    with a probability between two tenths; other fields have a line where
    any reading of theirs was changed, and its paths. What is asked for lies together, in the forms' order.
    """

    __tablename__ = "figure_forms"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012  # SQLAlchemy's own name

    edition: Mapped[str] = mapped_column(primary_key=True)
    field: Mapped[str] = mapped_column(primary_key=True)
    draft: Mapped[int] = mapped_column(ForeignKey("drafts.number"), primary_key=True, index=True)
    tenth: Mapped[int] = mapped_column(primary_key=True)
    on_day: Mapped[date]
    unit: Mapped[str]
    who: Mapped[str]
    read: Mapped[int]
    changed: Mapped[int]
    paths_json: Mapped[str]


WORD = Text().with_variant(Text(collation="C"), "postgresql")
"""A text that is compared by its bytes, so that a range of words is what begins alike."""
NUMBER = BigInteger().with_variant(Integer, "sqlite")


class IndexRows(Table):
    """A record in a list; see `records.index.IndexRow`. Made of the record, and made anew at need."""

    __tablename__ = "record_index"
    __table_args__ = (
        Index("ix_record_index_name", "shape", "born"),
        Index("ix_record_index_sound", "sound", "employer"),
        Index("ix_record_index_touched_at", "rests", "touched_at", "unit"),
        Index("ix_record_index_helped", "rests", "helped", "unit"),
        Index("ix_record_index_enter_by", "enter_by", "unit"),
        Index("ix_record_index_finish_by", "finish_by", "unit"),
        Index("ix_record_index_edition_enter_by", "edition", "enter_by", "unit"),
        Index("ix_record_index_edition_finish_by", "edition", "finish_by", "unit"),
        Index("ix_record_index_unit", "unit"),
    )

    record: Mapped[int] = mapped_column(ForeignKey("records.number"), primary_key=True)
    unit: Mapped[str]
    edition: Mapped[str]
    name: Mapped[str]
    shape: Mapped[str]
    sound: Mapped[str]
    id_number: Mapped[str]
    born: Mapped[str]
    employer: Mapped[str]
    place: Mapped[str]
    state: Mapped[str]
    changed_at: Mapped[datetime]
    touched_at: Mapped[datetime]
    rests: Mapped[bool]
    helped: Mapped[bool]
    enter_by: Mapped[date | None]
    finish_by: Mapped[date | None]
    numbers: Mapped[str]
    said: Mapped[str]
    held: Mapped[str]


class IndexWords(Table):
    """A word by which a record is found; the lower its rank, the more it says."""

    __tablename__ = "index_words"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012  # SQLAlchemy's own name

    rank: Mapped[int] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(WORD, primary_key=True)
    record: Mapped[int] = mapped_column(ForeignKey("records.number"), primary_key=True, index=True)


class IndexParts(Table):
    """A run of characters of a record's numbers or texts; see `records.index.Part`."""

    __tablename__ = "index_parts"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012  # SQLAlchemy's own name

    sort: Mapped[int] = mapped_column(primary_key=True)
    part: Mapped[str] = mapped_column(WORD, primary_key=True)
    record: Mapped[int] = mapped_column(ForeignKey("records.number"), primary_key=True)


class IndexTerms(Table):
    """What many records share; see `records.index.Term`."""

    __tablename__ = "index_terms"

    number: Mapped[int] = mapped_column(NUMBER, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(index=True)
    text: Mapped[str]
    folded: Mapped[str]


class RecordTerms(Table):
    """That a record shares a term."""

    __tablename__ = "record_terms"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012  # SQLAlchemy's own name

    term: Mapped[int] = mapped_column(NUMBER, ForeignKey("index_terms.number"), primary_key=True)
    record: Mapped[int] = mapped_column(ForeignKey("records.number"), primary_key=True, index=True)


class SettledPairs(Table):
    """Two records that somebody looked at beside each other and that are no longer told as duplicates.

    The lower number comes first. On which ground they were told: a surer one tells them again.
    """

    __tablename__ = "settled_pairs"

    first: Mapped[int] = mapped_column(ForeignKey("records.number"), primary_key=True, autoincrement=False)
    second: Mapped[int] = mapped_column(ForeignKey("records.number"), primary_key=True, autoincrement=False)
    ground: Mapped[str]
    why: Mapped[str]
    who: Mapped[str]
    at: Mapped[datetime]


class Marks(Table):
    """What the store remembers of itself, by name."""

    __tablename__ = "marks"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class Reviews(Table):
    """Where a draft stands in its review, who has it open, and how the review went; see `records.reviews`."""

    __tablename__ = "reviews"

    draft: Mapped[int] = mapped_column(ForeignKey("drafts.number"), primary_key=True, autoincrement=False)
    stage: Mapped[str]
    opened_at: Mapped[datetime]
    touched_at: Mapped[datetime]
    seconds: Mapped[int] = mapped_column(default=0)
    claimed_by: Mapped[str | None]
    claimed_account: Mapped[int | None]
    claimed_until: Mapped[datetime | None]
    filed_by: Mapped[str | None]
    filed_account: Mapped[int | None]
    filed_at: Mapped[datetime | None]
    override_why: Mapped[str] = mapped_column(default="")
    forced: Mapped[bool] = mapped_column(default=False)
    doubts: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    corrected: Mapped[int] = mapped_column(default=0)
    sent_back: Mapped[int] = mapped_column(default=0)
    sent_back_by: Mapped[str] = mapped_column(default="")
    sent_back_why: Mapped[str] = mapped_column(default="")
    sent_back_at: Mapped[datetime | None]
    skipped_at: Mapped[datetime | None]
    skipped_why: Mapped[str] = mapped_column(default="")
    approved_by: Mapped[str | None]
    approved_account: Mapped[int | None]
    approved_at: Mapped[datetime | None]


class ReviewDecisions(Table):
    """A decision on a draft that is not yet a record; see `records.reviews.Decided`."""

    __tablename__ = "review_decisions"

    draft: Mapped[int] = mapped_column(ForeignKey("drafts.number"), primary_key=True, autoincrement=False)
    path: Mapped[str] = mapped_column(primary_key=True)
    corrected: Mapped[bool] = mapped_column(primary_key=True)
    value_json: Mapped[str]
    text: Mapped[str]
    why: Mapped[str]
    who: Mapped[str]
    at: Mapped[datetime]
