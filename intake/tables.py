"""Tables of rows inside a form: the row of column headings, and the rows under it.

A grid and the hits of its labels in, for each table the cell of every column
in every row out. Headings repeat labels of the form's own fields (姓名, 性别),
so tables are found first and their cells taken out of the search.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from intake.grid import Cell, Grid, Origin
from intake.labels import STRONG, Hit, Role, Wanted, best_only
from intake.misread import is_label_row, recovered
from intake.wording import plain
from records.editions import Edition, Field

_ENOUGH_COLUMNS = 0.3
"""A heading row names at least this share of the columns that the edition asks."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of rows: its heading cells by column key, and of each row the cell of every column.

    `owner` is the cell that names the whole table, often merged down its left side.
    """

    field: Field
    headings: Mapping[str, Cell]
    rows: tuple[Mapping[str, Cell], ...]
    owner: Cell | None

    @property
    def cells(self) -> set[Cell]:
        """Every cell that belongs to the table."""
        taken = set(self.headings.values())
        for row in self.rows:
            taken |= set(row.values())
        if self.owner is not None:
            taken.add(self.owner)
        return taken


@dataclass(frozen=True, slots=True)
class _Heading:
    """A row that may be the headings of a table, and how well it is."""

    row: int
    cells: Mapping[str, Cell]
    score: float


def tables_in(
    grid: Grid, edition: Edition, hits: Mapping[Cell, list[Hit]], closed: Collection[Cell] = ()
) -> tuple[Table, ...]:
    """The tables of an edition that the grid holds, one at most for each rows field.

    `closed` are cells known to be something else, a printed sentence for one.
    """
    found: dict[str, list[_Heading]] = {}
    taken: set[int] = set()
    for asked in sorted(edition.tables, key=lambda table: -len(table.fields)):
        headings = [head for head in _headings(grid, asked, hits) if head.row not in taken]
        if headings:
            best = max(headings, key=lambda head: (head.score, -head.row))
            alike = [head for head in headings if _alike(head, best)]
            found[asked.key] = [_with_misread(head, grid, asked, hits) for head in alike]
            taken |= {head.row for head in found[asked.key]}
    named = {cell for heads in found.values() for head in heads for cell in head.cells.values()}
    labels = best_only({cell: told for cell, told in hits.items() if cell not in named})
    walls = {*closed, *named}
    return tuple(_table(grid, edition.field(key), heads, labels, walls) for key, heads in found.items())


def _alike(one: _Heading, other: _Heading) -> bool:
    """Whether two rows are the same headings, printed again."""
    keys, others = set(one.cells), set(other.cells)
    return one is other or len(keys & others) >= 0.8 * len(keys | others)


def _headings(grid: Grid, asked: Field, hits: Mapping[Cell, list[Hit]]) -> Iterator[_Heading]:
    for row in range(grid.height):
        cells = grid.row(row)
        named = _columns(asked, cells, hits)
        strangers = [cell for cell in cells if cell not in named.values() and _is_label(hits.get(cell, ()))]
        own = sum(not _is_field(hits[cell]) for cell in named.values())
        owner = _owner(grid, asked, row, hits)
        enough = len(named) >= max(2, _ENOUGH_COLUMNS * len(asked.fields))
        # Its name alone stands beside the headings of a table; it is no stranger.
        others = [cell for cell in strangers if cell != owner]
        if enough and len(named) > 1.5 * len(others) and (own or owner is not None):
            yield _Heading(row, named, len(named) + own - len(others) + (2 if owner is not None else 0))


def _columns(asked: Field, cells: Sequence[Cell], hits: Mapping[Cell, list[Hit]]) -> dict[str, Cell]:
    offers = sorted(
        (
            (-hit.closeness, cell.column, hit.wanted.key.partition(".")[2], cell)
            for cell in cells
            for hit in hits.get(cell, ())
            if hit.wanted.role is Role.COLUMN and hit.wanted.key.startswith(f"{asked.key}.")
        ),
        key=lambda offer: offer[:3],
    )
    named: dict[str, Cell] = {}
    for _, _, key, cell in offers:
        if key not in named and cell not in named.values():
            named[key] = cell
    return dict(sorted(named.items(), key=lambda item: item[1].column))


def _with_misread(head: _Heading, grid: Grid, asked: Field, hits: Mapping[Cell, list[Hit]]) -> _Heading:
    """The headings with those that an engine misread, among the cells of their row that carry no wording."""
    named, cells = head.cells, grid.row(head.row)
    if grid.origin is not Origin.PICTURE or not is_label_row(cells, named.values()):
        return head
    missing = [
        Wanted(column.key, Role.COLUMN, label, plain(label), plain(label), primary=True)
        for column in asked.fields
        if column.key not in named
        for label in column.labels
    ]
    left = [cell for cell in cells if cell not in named.values() and not hits.get(cell)]
    more = {hit.wanted.key: hit.cell for hit in recovered(left, missing)}
    return replace(head, cells=dict(sorted({**named, **more}.items(), key=lambda item: item[1].column)))


def _is_label(hits: Sequence[Hit]) -> bool:
    return any(
        hit.closeness >= STRONG and hit.start is None and hit.wanted.role is not Role.COLUMN for hit in hits
    )


def _is_field(hits: Sequence[Hit]) -> bool:
    """Whether the wording is a label of the form's own fields, too, and so no proof of a table."""
    return any(hit.wanted.role in (Role.FIELD, Role.INK) for hit in hits)


def _owner(grid: Grid, asked: Field, row: int, hits: Mapping[Cell, list[Hit]]) -> Cell | None:
    beside = grid.row(row)[:1]
    left = grid.at(row, beside[0].column - 1) if beside else None
    for cell in (left, *beside, *grid.row(row - 1)[:1]):
        for hit in hits.get(cell, ()) if cell is not None else ():
            if hit.wanted.role is Role.ROWS and hit.wanted.key == asked.key:
                return cell
    return None


def _table(
    grid: Grid,
    asked: Field,
    heads: Sequence[_Heading],
    hits: Mapping[Cell, list[Hit]],
    closed: Collection[Cell],
) -> Table:
    owner = _owner(grid, asked, heads[0].row, hits)
    rows: list[Mapping[str, Cell]] = []
    for head in heads:
        stops = [_end_of(owner, head, grid), *(cell.row for cell in closed if cell.row > head.row)]
        rows += _rows_under(grid, head, min(stops), hits)
    return Table(asked, heads[0].cells, tuple(rows), owner)


def _end_of(owner: Cell | None, head: _Heading, grid: Grid) -> int:
    """Where the rows end at the latest: with the merged cell that names them, if it spans any."""
    below = max(cell.bottom for cell in head.cells.values())
    if (
        owner is not None
        and owner.column_span < _width(grid)
        and owner.row <= head.row < below < owner.bottom
    ):
        return owner.bottom
    return grid.height


def _width(grid: Grid) -> int:
    return max(cell.right for cell in grid.cells)


def _rows_under(
    grid: Grid, head: _Heading, stop: int, hits: Mapping[Cell, list[Hit]]
) -> Iterator[Mapping[str, Cell]]:
    row = first = max(cell.bottom for cell in head.cells.values())
    while row < stop:
        cells = {key: cell for key, above in head.cells.items() if (cell := _under(grid, above, row))}
        if not cells or _interrupts(grid, row, cells, hits):
            return
        if row == first and len(cells) > 1 and len(set(cells.values())) == 1:
            # Some forms print one blank under all headings, and no more rows.
            yield dict(list(cells.items())[:1])
            return
        if not _cut_alike(cells, head):
            return
        yield cells
        row = max(row + 1, min(cell.bottom for cell in cells.values()))


def _under(grid: Grid, heading: Cell, row: int) -> Cell | None:
    below = {cell for column in range(heading.column, heading.right) if (cell := grid.at(row, column))}
    return max(below, key=lambda cell: (heading.shared_width(cell), -cell.column), default=None)


def _interrupts(grid: Grid, row: int, cells: Mapping[str, Cell], hits: Mapping[Cell, list[Hit]]) -> bool:
    """Whether a label in this row ends the table; words printed in a blank (年 月 日) do not."""
    under = set(cells.values())
    return any(
        _is_label([hit for hit in found if cell not in under or hit.wanted.role is not Role.PRINTED])
        or any(hit.colon and hit.closeness >= STRONG and hit.wanted.role is not Role.COLUMN for hit in found)
        for cell in grid.row(row)
        for found in [hits.get(cell, ())]
    )


def _cut_alike(cells: Mapping[str, Cell], head: _Heading) -> bool:
    """Whether the cells of a row stand under the headings one by one."""
    fitting = sum(head.cells[key].stands_over(cell) for key, cell in cells.items())
    return len(set(cells.values())) == len(cells) and 2 * fitting > len(head.cells)
