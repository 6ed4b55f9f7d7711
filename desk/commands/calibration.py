"""`dangan calibration`: forms with known answers come in, how far confidence can be trusted is shown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from desk import phrases, screen, words
from desk.guard import as_ours
from desk.reliability import Bin, Point, bins, curve, points, told
from desk.truth import Proof, proved, truth_of, with_truth
from desk.workplace import Workplace, open_workplace
from records.drafts import Draft
from records.masking import mask

if TYPE_CHECKING:
    from intake.engine import Engine


def calibration(
    folder: Annotated[
        Path, typer.Argument(metavar=phrases.PLACE_FOLDER, help=phrases.CALIBRATION_FOLDER, file_okay=False)
    ],
    engine: Annotated[str, typer.Option("--engine", metavar=phrases.PLACE_ENGINE, help=phrases.ENGINE)] = "",
    picture: Annotated[
        Path | None,
        typer.Option("--picture", metavar=phrases.PLACE_PICTURE, help=phrases.CALIBRATION_PICTURE),
    ] = None,
) -> int:
    """Read forms whose answers are known, and show what each error budget gives."""
    from intake.calibration import fitted

    place = open_workplace()
    files = with_truth(folder)
    if not files:
        screen.say(phrases.NO_TRUTH.format(folder=folder), "yellow")
        return words.FAILED
    proofs = list(_proofs(place, files, place.engine(engine)))
    fields = [field for proof in proofs for field in told(proof.said)]
    lost = sum(proof.lost for proof in proofs)
    found, sorted_ = points(fields, fitted(), lost), bins(fields)
    title = phrases.CURVE_TITLE.format(forms=len(proofs), fields=len(fields) + lost, lost=lost)
    screen.out().print(screen.rows(title, phrases.CURVE_HEADS, map(_point, found)))
    screen.out().print(
        screen.rows(phrases.BINS_TITLE, phrases.BINS_HEADS, map(_bin, filter(lambda one: one.count, sorted_)))
    )
    if picture is not None:
        from desk.diagram import draw

        picture.parent.mkdir(parents=True, exist_ok=True)
        draw(picture, curve(fields, lost), found, sorted_)
    return words.OK if len(proofs) == len(files) else words.FAILED


def _proofs(place: Workplace, files: list[Path], engine: Engine) -> Iterator[Proof]:
    """Every file held against its truth; told when none of its forms could be read."""
    from intake.reading import read_file

    for file in files:
        try:
            truth = truth_of(file)
            read = read_file(file, place.editions, engine, place.to_docx, budget=place.budget)
            drafts = [found for found in read if isinstance(found, Draft)]
        except Exception as error:  # one bad file never stops the others
            screen.complain(as_ours(error, place.settings.log, file))
            continue
        if not drafts:
            screen.say(phrases.NO_FORM_FOR_TRUTH.format(file=mask(file.name)), "yellow")
            continue
        draft = next((one for one in drafts if one.edition == truth["edition"]), drafts[0])
        proof = proved(draft, truth, place.editions[draft.edition])
        screen.say(_told(file, proof))
        yield proof


def _told(file: Path, proof: Proof) -> str:
    wrong = sum(not one.right for one in proof.said) + proof.lost
    silent = sum(one.silent for one in proof.said) + proof.lost
    return phrases.READ_FOR_TRUTH.format(
        file=mask(file.name), fields=proof.fields, wrong=wrong, silent=silent
    )


def _point(point: Point) -> tuple[str, ...]:
    return (
        f"{point.per_thousand:g}",
        f"{point.threshold:.4f}",
        f"{point.accepted:.2%}",
        f"{point.straight:.2%}",
        f"{point.silent * 1000:.2f}",
    )


def _bin(one: Bin) -> tuple[str, ...]:
    holds = phrases.HOLDS if one.holds else phrases.HOLDS_NOT
    return (
        f"{one.low:.1f}–{one.high:.1f}",
        str(one.count),
        f"{one.said:.3f}",
        f"{one.right:.3f}",
        holds if one.tells else phrases.TOO_FEW,
    )
