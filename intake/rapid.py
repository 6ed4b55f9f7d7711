"""RapidOCR's recognition model on ONNX Runtime: the default engine.

The model (PP-OCRv6 small) lies inside the `rapidocr` wheel; its deepest layers
were trained further on pens (`intake.weights`). It is run directly, since
RapidOCR's own call throws the probabilities away. Nothing is loaded before the
first crop, nothing is ever downloaded.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from intake.engine import Glyph, Line, Picture, Scores
from intake.weights import trained_further
from records.errors import EngineFailed, EngineMissing

if TYPE_CHECKING:
    import onnxruntime

_HEIGHT = 48
"""The model's input height in pixels (PP-OCR)."""
_BLANK = 0
_FLOOR = 1e-9


class RapidEngine:
    """Reads line crops with PP-OCR's recogniser and hands out its class probabilities."""

    name = "rapid"

    def __init__(self, threads: int = 2) -> None:
        self._threads = threads

    def read(self, crops: Sequence[Picture]) -> list[Line]:
        """One `Line` a crop, in order. Raises EngineMissing, EngineFailed."""
        session = self._session
        order = sorted(range(len(crops)), key=lambda index: crops[index].shape[1] / crops[index].shape[0])
        lines: dict[int, Line] = {}
        for index in order:
            try:
                probabilities = session.run(None, {self._input: _normalised(crops[index])})[0][0]
            except Exception as error:  # ONNX Runtime raises classes of its own making
                raise EngineFailed(engine=self.name, what=repr(error)) from error
            lines[index] = self._line(np.asarray(probabilities, np.float32), crops[index].shape[1])
        return [lines[index] for index in range(len(crops))]

    @cached_property
    def _session(self) -> onnxruntime.InferenceSession:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.log_severity_level = 3
        # Threads that spin while they wait take the processor from other pages and gain hardly anything.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        model = trained_further(model_file().read_bytes())
        try:
            return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        except Exception as error:
            raise EngineFailed(engine=self.name, what=repr(error)) from error

    @cached_property
    def _input(self) -> str:
        return str(self._session.get_inputs()[0].name)

    @cached_property
    def alphabet(self) -> tuple[str, ...]:
        """The character of each class; class 0 is the blank, the last one is the space."""
        known = self._session.get_modelmeta().custom_metadata_map["character"].split("\n")
        classes = int(self._session.get_outputs()[0].shape[-1])
        return ("", *known, " ")[:classes]

    def _line(self, probabilities: NDArray[np.float32], width: int) -> Line:
        best = probabilities.argmax(axis=1)
        starts = np.flatnonzero((best != _BLANK) & (best != np.r_[-1, best[:-1]]))
        step = width / len(best)
        glyphs: list[Glyph] = []
        changes = np.r_[np.flatnonzero(np.diff(best)) + 1, len(best)]
        ends = changes[np.searchsorted(changes, starts, side="right")]
        for start, end in zip(starts, ends, strict=True):
            confidence = float(probabilities[start:end, best[start]].max())
            glyphs.append(Glyph(self.alphabet[best[start]], start * step, end * step, confidence))
        scores = Scores(np.log(np.maximum(probabilities, _FLOOR)), self.alphabet, step)
        mean = float(np.mean([glyph.confidence for glyph in glyphs])) if glyphs else 0.0
        return Line("".join(glyph.char for glyph in glyphs), mean, tuple(glyphs), scores)


def model_file() -> Path:
    """The recogniser's file inside the `rapidocr` wheel. Raises EngineMissing."""
    spec = find_spec("rapidocr")
    if spec is None or spec.origin is None:
        raise EngineMissing(engine="rapid")
    models = sorted((Path(spec.origin).parent / "models").glob("PP-OCR*_rec_*.onnx"))
    if not models:
        raise EngineMissing(engine="rapid")
    return models[-1]


def _normalised(crop: Picture) -> NDArray[np.float32]:
    """1 × 3 × 48 × width, values in -1…1, as the model was trained."""
    height, width = crop.shape[:2]
    wide = max(_HEIGHT // 2, round(width * _HEIGHT / height))
    how = cv2.INTER_AREA if height > _HEIGHT else cv2.INTER_CUBIC
    resized = cv2.resize(crop, (wide, _HEIGHT), interpolation=how)
    scaled: NDArray[np.float32] = resized.astype(np.float32).transpose(2, 0, 1) / 127.5 - 1.0
    return scaled[None]
