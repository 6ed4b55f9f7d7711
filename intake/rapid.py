"""RapidOCR's recognition model on ONNX Runtime: the default engine.

The model (PP-OCRv6 small) lies inside the `rapidocr` wheel; its deepest layers
were trained further on pens (`intake.weights`). It is run directly, since
RapidOCR's own call throws the probabilities away. Nothing is loaded before the
first crop, nothing is ever downloaded.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from intake.engine import LIKELY, Glyph, Line, Picture, Scores
from intake.head import Head, taken_off
from intake.weights import trained_further
from records.errors import EngineFailed, EngineMissing

if TYPE_CHECKING:
    import onnxruntime

_HEIGHT = 48
"""The model's input height in pixels (PP-OCR)."""
_BLANK = 0
_FAINTEST = np.float32(np.log(1e-9))
_TOGETHER = 256
"""Steps for which the last layer is worked out at once, so that its weights are fetched once for all."""


class RapidEngine:
    """Reads line crops with PP-OCR's recogniser and hands out its class probabilities."""

    name = "rapid"

    def __init__(self, threads: int = 2) -> None:
        self._threads = threads

    def read(self, crops: Sequence[Picture]) -> list[Line]:
        """One `Line` a crop, in order. Raises EngineMissing, EngineFailed."""
        order = sorted(range(len(crops)), key=lambda index: crops[index].shape[1] / crops[index].shape[0])
        lines: dict[int, Line] = {}
        waiting: list[int] = []
        features: list[NDArray[np.float32]] = []
        for index in order:
            waiting.append(index)
            features.append(self._features(crops[index]))
            if sum(map(len, features)) >= _TOGETHER or index == order[-1]:
                said = self._spelled([crops[one].shape[1] for one in waiting], features)
                lines.update(zip(waiting, said, strict=True))
                waiting, features = [], []
        return [lines[index] for index in range(len(crops))]

    def _features(self, crop: Picture) -> NDArray[np.float32]:
        """What the model sees in a crop, steps × features."""
        session, _ = self._model
        try:
            return np.asarray(session.run(None, {self._input: _normalised(crop)})[0][0], np.float32)
        except Exception as error:  # ONNX Runtime raises classes of its own making
            raise EngineFailed(engine=self.name, what=repr(error)) from error

    def _spelled(self, widths: Sequence[int], features: Sequence[NDArray[np.float32]]) -> list[Line]:
        """The lines of a few crops: all characters are weighed for them together, the layer being large."""
        _, head = self._model
        weights = head.logits(np.concatenate(features))
        best = weights.argmax(axis=1)
        highest = weights[np.arange(len(best)), best]
        weights -= highest[:, None]
        np.exp(weights, out=weights)
        spread = weights.sum(axis=1)
        lines, end = [], 0
        for width, part in zip(widths, features, strict=True):
            own = slice(end, end := end + len(part))
            scores = Scores(
                self.alphabet,
                best[own],
                _likely(weights[own], best[own], spread[own]),
                partial(_log_probs, head, part, highest[own] + np.log(spread[own])),
            )
            lines.append(self._line(scores, 1 / spread[own], width))
        return lines

    @cached_property
    def _model(self) -> tuple[onnxruntime.InferenceSession, Head]:
        file = model_file().read_bytes()
        try:
            model, head = taken_off(trained_further(file))
            return _session(model, self._threads), head
        except Exception as error:
            raise EngineFailed(engine=self.name, what=repr(error)) from error

    @cached_property
    def _input(self) -> str:
        return str(self._model[0].get_inputs()[0].name)

    @cached_property
    def alphabet(self) -> tuple[str, ...]:
        """The character of each class; class 0 is the blank, the last one is the space."""
        session, head = self._model
        known = session.get_modelmeta().custom_metadata_map["character"].split("\n")
        return ("", *known, " ")[: head.classes]

    def _line(self, scores: Scores, sure: NDArray[np.float32], width: int) -> Line:
        best = scores.best
        starts = np.flatnonzero((best != _BLANK) & (best != np.r_[-1, best[:-1]]))
        step = width / len(best)
        glyphs: list[Glyph] = []
        changes = np.r_[np.flatnonzero(np.diff(best)) + 1, len(best)]
        ends = changes[np.searchsorted(changes, starts, side="right")]
        for start, end in zip(starts, ends, strict=True):
            confidence = float(sure[start:end].max())
            glyphs.append(Glyph(self.alphabet[best[start]], start * step, end * step, confidence))
        mean = float(np.mean([glyph.confidence for glyph in glyphs])) if glyphs else 0.0
        return Line("".join(glyph.char for glyph in glyphs), mean, tuple(glyphs), scores)


class RapidFinder:
    """Says where on a whole page lines of text are, by PP-OCR's detector (DB, Liao et al. 2020)."""

    name = "rapid"

    def __init__(self, threads: int = 2) -> None:
        self._threads = threads

    def text_map(self, picture: Picture) -> NDArray[np.float32]:
        """For each pixel how likely it lies inside a line of text; the sides are multiples of GRAIN.

        Raises EngineMissing, EngineFailed.
        """
        scaled = (picture.astype(np.float32) / 127.5 - 1.0).transpose(2, 0, 1)[None]
        session = self._model
        try:
            found = session.run(None, {str(session.get_inputs()[0].name): scaled})[0]
        except Exception as error:
            raise EngineFailed(engine=self.name, what=repr(error)) from error
        return np.asarray(found[0, 0], np.float32)

    @cached_property
    def _model(self) -> onnxruntime.InferenceSession:
        file = model_file("det").read_bytes()
        try:
            return _session(file, self._threads)
        except Exception as error:
            raise EngineFailed(engine=self.name, what=repr(error)) from error


GRAIN = 32
"""The detector takes pictures whose sides are multiples of so many pixels."""


def _session(model: bytes, threads: int) -> onnxruntime.InferenceSession:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    # Threads that spin while they wait take the processor from other pages and gain hardly anything.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _likely(
    weights: NDArray[np.float32], best: NDArray[np.int64], spread: NDArray[np.float32]
) -> frozenset[int]:
    """The classes that are likely at a step; most steps leave next to nothing for any but the best."""
    unsure = spread > 1 + LIKELY
    others = (weights[unsure] > LIKELY * spread[unsure, None]).any(axis=0)
    return frozenset([*best.tolist(), *np.flatnonzero(others).tolist()])


def _log_probs(
    head: Head, features: NDArray[np.float32], whole: NDArray[np.float32], classes: Sequence[int]
) -> NDArray[np.float32]:
    """The logarithms of the probabilities of some classes, steps × those."""
    logits = head.logits_of(features, classes)
    return np.asarray(np.maximum(logits - whole[:, None], _FAINTEST), np.float32)


def model_file(part: str = "rec") -> Path:
    """The file of the recogniser, or of the detector ("det"), inside the `rapidocr` wheel.

    Raises EngineMissing.
    """
    spec = find_spec("rapidocr")
    if spec is None or spec.origin is None:
        raise EngineMissing(engine="rapid")
    models = sorted((Path(spec.origin).parent / "models").glob(f"PP-OCR*_{part}_*.onnx"))
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
