"""The error tree: every error that dangan raises on purpose.

DanganError
├── EditionError            an edition's folder is wrong (for whoever edits it)
├── IntakeError             this file cannot be taken in
│   ├── Unreadable          broken, empty, truncated, of no kind that we read
│   ├── Encrypted           locked by a password
│   ├── TooLarge            a picture or archive bomb, over a stated limit
│   ├── AlreadyTaken        the same file, by checksum
│   └── EngineMissing · EngineFailed
├── RecordError             NotSettled · NoSuchRecord · NoSuchDraft · NoSuchCase · Refused
├── StoreError              StoreNewer · StoreBusy · DiskFull
└── DocumentError           TemplateBroken · Overflow · OfficeMissing · OfficeFailed

An error carries a code and facts, no sentences: `desk.words` turns the code
into Chinese with what to do next, an exit code and, later, an HTTP status.
Its text, for logs and tracebacks, hides identity and card numbers; its facts do not.
What is wrong with a *form* is not an error but a `records.findings.Finding`.
"""

from __future__ import annotations

from records.masking import mask


class DanganError(Exception):
    """Root of the tree; `code` names the sentence in `desk.words`, `facts` fill it."""

    code = "failed"

    def __init__(self, code: str | None = None, **facts: object) -> None:
        if code is not None:
            self.code = code
        self.facts: dict[str, str] = {key: str(fact) for key, fact in facts.items()}
        told = ", ".join(f"{key}={fact}" for key, fact in self.facts.items())
        super().__init__(mask(f"{self.code}({told})"))

    def __reduce__(self) -> tuple[object, ...]:
        """So that an error survives the way between two processes."""
        return _again, (type(self), self.code, self.facts)


def _again(kind: type[DanganError], code: str, facts: dict[str, str]) -> DanganError:
    return kind(code, **facts)


class EditionError(DanganError):
    """An edition's data is wrong; facts: file, what."""

    code = "edition"


class IntakeError(DanganError):
    """A file that cannot be taken in; facts: file."""

    code = "intake"


class Unreadable(IntakeError):
    """The file is broken, empty or of no kind that is read; facts: file, what."""

    code = "unreadable"


class Encrypted(IntakeError):
    """The file is locked by a password; facts: file."""

    code = "encrypted"


class TooLarge(IntakeError):
    """The file is over a limit that protects the machine; facts: file, what, limit."""

    code = "too_large"


class AlreadyTaken(IntakeError):
    """The same file, by SHA-256, was taken: file, sha256, first (when), kept_as (name), drafts, records."""

    code = "already_taken"


class EngineMissing(IntakeError):
    """A recognition engine is not installed; facts: engine."""

    code = "engine_missing"


class EngineFailed(IntakeError):
    """A recognition engine broke down on a page; facts: engine, what."""

    code = "engine_failed"


class RecordError(DanganError):
    """A record or a draft cannot do what was asked."""

    code = "record"


class NotSettled(RecordError):
    """Fields still wait for a clerk; facts: fields (joined by a comma)."""

    code = "not_settled"


class NoSuchRecord(RecordError):
    """No record has this number; facts: number."""

    code = "no_such_record"


class NoSuchDraft(RecordError):
    """No draft has this number; facts: number."""

    code = "no_such_draft"


class NoSuchCase(RecordError):
    """No medical case has this number; facts: number."""

    code = "no_such_case"


class Refused(RecordError):
    """A change that the rules of the archive do not allow; facts: what."""

    code = "refused"


class StoreError(DanganError):
    """The store cannot be opened or written."""

    code = "store"


class StoreNewer(StoreError):
    """The store was written by a newer dangan; facts: file, revision."""

    code = "store_newer"


class StoreBusy(StoreError):
    """Another process holds the store; facts: file."""

    code = "store_busy"


class DiskFull(StoreError):
    """No room left to write; facts: file."""

    code = "disk_full"


class DocumentError(DanganError):
    """A document cannot be made."""

    code = "document"


class TemplateBroken(DocumentError):
    """A tag in a Word template cannot be understood; facts: file, tag, what."""

    code = "template_broken"


class Overflow(DocumentError):
    """A document came out with more pages than its form allows; facts: file, pages, expected."""

    code = "overflow"


class OfficeMissing(DocumentError):
    """LibreOffice is not installed."""

    code = "office_missing"


class OfficeFailed(DocumentError):
    """LibreOffice gave nothing, broke down or took too long; facts: file, what."""

    code = "office_failed"
