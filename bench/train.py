"""Trains the recogniser further on drawn lines: `python -m bench.train`, writes intake/weights.npz.

Needs what `pip install '.[train]'` adds (torch, onnx) and the typefaces of
`python -m bench.typefaces`. The loss is CTC (Graves et al. 2006); the weights
are held near those of the wheel's model (L2-SP, Li et al. 2018), so that print
is read as before. `--leave-out HAND` trains without one hand: how that hand is
read then tells what training is worth for hands that nobody drew.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch
import torch.nn.functional as functional
from numpy.typing import NDArray

from bench.lines import Drawn, drawn
from bench.recogniser import CUT, Recogniser
from bench.typefaces import use_typefaces
from intake.decode import fold
from intake.rapid import model_file
from intake.weights import BASE, FILE, trained_further

Weights = Mapping[str, torch.Tensor]

_BATCH = 16
_NEAR = 1e-3
"""How strongly the weights are held near where they began."""
_STEEPEST = 4e-4
_WARM_UP = 100
_CLIP = 2.0


@dataclass(frozen=True, slots=True)
class Example:
    """A drawn line as the trainable part sees it: features, the classes of its characters."""

    line: Drawn
    features: NDArray[np.float16]
    classes: tuple[int, ...]


class Front:
    """The part of the model that stays as it is."""

    def __init__(self, model: Path) -> None:
        with tempfile.TemporaryDirectory() as folder:
            part = Path(folder) / "front.onnx"
            onnx.utils.extract_model(str(model), str(part), ["x"], [CUT], check_model=False)
            self._session = onnxruntime.InferenceSession(str(part))
        whole = onnxruntime.InferenceSession(str(model))
        known = whole.get_modelmeta().custom_metadata_map["character"].split("\n")
        self.alphabet = ("", *known, " ")[: whole.get_outputs()[0].shape[-1]]
        self._class = {
            char: place for place, char in reversed(list(enumerate(self.alphabet))) if char.strip()
        }

    def examples(self, lines: Iterable[Drawn]) -> Iterator[Example]:
        """The lines that the model's alphabet can spell in the steps that it has for them."""
        for line in lines:
            text = [self._class.get(char, 0) for char in line.text if not char.isspace()]
            repeated = sum(one == other for one, other in pairwise(text))
            if all(text) and len(text) + repeated <= line.picture.shape[1] // 8:
                yield Example(line, self._features(line), tuple(text))

    def _features(self, line: Drawn) -> NDArray[np.float16]:
        picture = np.repeat(line.picture[None], 3, 0).astype(np.float32) / 127.5 - 1
        return np.asarray(self._session.run(None, {"x": picture[None]})[0][0], np.float16)


def train(net: Recogniser, examples: Sequence[Example], rounds: int) -> None:
    """Trains the weights in place, so many times over all examples."""
    weights = list(net.trained().values())
    began = [weight.detach().clone() for weight in weights]
    optimiser = torch.optim.AdamW(weights, lr=_STEEPEST, weight_decay=0)
    plan = [batch for turn in range(rounds) for batch in _batches(examples, Random(turn))]
    start = time.monotonic()
    for step, batch in enumerate(plan, 1):
        for group in optimiser.param_groups:
            group["lr"] = _STEEPEST * min(1, step / _WARM_UP) * _cooled(step / len(plan))
        loss = _loss(net, batch)
        near = sum(((now - then) ** 2).sum() for now, then in zip(weights, began, strict=True))
        optimiser.zero_grad()
        (loss + _NEAR * near).backward()
        torch.nn.utils.clip_grad_norm_(weights, _CLIP)
        optimiser.step()
        if step % 100 == 0:
            print(f"{step}/{len(plan)} {loss.item():.3f} {time.monotonic() - start:.0f} s", flush=True)


def _cooled(share: float) -> float:
    return 0.05 + 0.95 * 0.5 * (1 + float(np.cos(np.pi * share)))


def _batches(examples: Sequence[Example], random: Random) -> list[list[Example]]:
    """Lines of one width together, in an order of chance."""
    by_width: dict[int, list[Example]] = defaultdict(list)
    for one in examples:
        by_width[one.features.shape[-1]].append(one)
    batches: list[list[Example]] = []
    for group in by_width.values():
        random.shuffle(group)
        batches += [group[start : start + _BATCH] for start in range(0, len(group), _BATCH)]
    random.shuffle(batches)
    return batches


def _scores(net: Recogniser, batch: Sequence[Example]) -> torch.Tensor:
    features = np.stack([one.features for one in batch]).astype(np.float32)
    scores: torch.Tensor = net(torch.tensor(features))
    return scores


def _loss(net: Recogniser, batch: Sequence[Example]) -> torch.Tensor:
    chances = functional.log_softmax(_scores(net, batch), -1).permute(1, 0, 2)
    steps = torch.full((len(batch),), chances.shape[0])
    lengths = torch.tensor([len(one.classes) for one in batch])
    wanted = torch.tensor([place for one in batch for place in one.classes])
    return functional.ctc_loss(chances, wanted, steps, lengths, zero_infinity=True)


def read_whole(net: Recogniser, examples: Sequence[Example], alphabet: Sequence[str]) -> dict[str, float]:
    """For each hand the share of its lines that the best text gives without a fault."""
    right: dict[str, list[bool]] = defaultdict(list)
    with torch.no_grad():
        for batch in _batches(examples, Random(0)):
            for one, best in zip(batch, _scores(net, batch).argmax(-1).tolist(), strict=True):
                text = "".join(
                    alphabet[now]
                    for now, before in zip(best, [0, *best], strict=False)
                    if now and now != before
                )
                right[one.line.hand].append(_folded(text) == _folded(one.line.text))
    return {hand: float(np.mean(found)) for hand, found in sorted(right.items())}


def _folded(text: str) -> str:
    return "".join(fold(char) for char in text if not char.isspace())


def save(net: Recogniser, model: Path, target: Path, share: float) -> None:
    """Writes the weights, this far from the wheel's to the trained ones, under their places in the file."""
    whole = model.read_bytes()
    mixed = _mixed(Recogniser(whole).trained(), net.trained(), share)
    layers: dict[str, Any] = {BASE: np.array(sha256(whole).hexdigest()), **dict(_places(whole, mixed))}
    np.savez_compressed(target, **layers)


def _mixed(wheel: Weights, trained: Weights, share: float) -> dict[str, torch.Tensor]:
    """The two sets of weights averaged (WiSE-FT, Wortsman et al. 2022): what each can do mostly stays."""
    return {name: wheel[name].detach().lerp(trained[name].detach(), share) for name in trained}


def _places(whole: bytes, weights: Weights) -> Iterator[tuple[str, NDArray[np.float16]]]:
    for tensor in onnx.load_from_string(whole).graph.initializer:
        if tensor.name in weights:
            assert whole.count(tensor.raw_data) == 1, tensor.name
            yield str(whole.index(tensor.raw_data)), weights[tensor.name].numpy().astype(np.float16)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="bench.train", description=__doc__)
    parser.add_argument("--lines", type=int, default=24_000, help="how many lines to draw")
    parser.add_argument("--rounds", type=int, default=2, help="how many times over all lines")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--leave-out", default="", help="a typeface that is only judged on")
    parser.add_argument(
        "--go-on", action="store_true", help="from the weights that are there, not the wheel's"
    )
    parser.add_argument("--share", type=float, default=0.5, help="how far from the wheel's weights, 0 to 1")
    parser.add_argument("--out", type=Path, default=FILE)
    asked = parser.parse_args(arguments)
    use_typefaces()
    model = model_file()
    whole = model.read_bytes()
    front, net = Front(model), Recogniser(trained_further(whole) if asked.go_on else whole)
    judged = list(front.examples(drawn(2_000, asked.seed + 1)))
    lines = (line for line in drawn(asked.lines, asked.seed) if line.hand != asked.leave_out)
    examples = list(front.examples(lines))
    before = read_whole(net, judged, front.alphabet)
    train(net, examples, asked.rounds)
    after = read_whole(net, judged, front.alphabet)
    print("".join(f"{hand:24} {before[hand]:7.1%} → {after[hand]:7.1%}\n" for hand in after), end="")
    save(net, model, asked.out, asked.share)
    return 0


if __name__ == "__main__":
    sys.exit(main())
