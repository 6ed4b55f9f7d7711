"""Where the time of a page goes: a thread looks every few milliseconds at what the main thread is doing.

The innermost module of intake that is at work names the stage; time spent in
libraries and in the other rooms belongs to the module that called them.
"""

from __future__ import annotations

import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping
from types import FrameType, MappingProxyType

_EVERY = 0.004

STAGES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "page": ("files", "shots", "page", "upright", "blank", "pdf", "pdf_pages", "word", "digital"),
        "grid": ("ruling", "grid", "writing", "transcript", "cutting", "tiling"),
        "recognise": ("rapid", "tesseract", "engine", "weights", "threads"),
        "match": ("match", "labels", "wording", "sheet", "tables", "sentences", "places"),
        "options": ("options", "marks"),
        "decode": ("decode", "ctc", "guessing", "candidates", "misread", "priors", "looks", "weighing"),
        "household": ("household", "bonds"),
        "confidence": ("evidence", "doubts", "limits", "calibration"),
        "join": ("reading", "joining", "stacking", "running_on", "continued", "pieces", "picture", "workers"),
    }
)
"""The modules of intake that make up each stage, in the order of a page's path."""
_STAGE_OF = {module: stage for stage, modules in STAGES.items() for module in modules}


class Sampled:
    """The seconds of each stage since the sampling began."""

    def __init__(self) -> None:
        self._seconds: Counter[str] = Counter()
        self._watched = threading.get_ident()
        threading.Thread(target=self._watch, daemon=True).start()

    def seconds(self) -> Counter[str]:
        """Seconds by stage so far."""
        return Counter(self._seconds)

    def _watch(self) -> None:
        before = time.perf_counter()
        while True:
            time.sleep(_EVERY)
            frame = sys._current_frames().get(self._watched)
            now = time.perf_counter()
            self._seconds[stage_of(frame)] += now - before  # type: ignore[assignment]
            before = now


def sampling() -> Sampled:
    """Begins to watch the thread that calls this."""
    return Sampled()


def stage_of(frame: FrameType | None) -> str:
    """The stage of the innermost module of intake on a stack; `other` where there is none."""
    while frame is not None:
        room, _, module = str(frame.f_globals.get("__name__", "")).partition(".")
        if room == "intake" and module in _STAGE_OF:
            return _STAGE_OF[module]
        frame = frame.f_back
    return "other"
