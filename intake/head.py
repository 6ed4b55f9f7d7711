"""The recogniser's last layer, taken off its model: a model file in, the rest of it and the layer out.

The layer turns a step's few features into a score for each of many thousand
characters. Kept apart, it is worked out for several lines at once, and again
for just the characters that somebody asks about: the features of a line are a
hundredth of its scores. The model's file is read as what it is, a protocol
buffer of numbered fields (ONNX 1.x), without a library for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

_GRAPH = 7
_NODE, _INITIALIZER, _OUTPUT = 1, 5, 12
_INPUT, _RESULT, _KIND = 1, 2, 4
_DIMS, _NAME, _RAW = 1, 8, 9
_NAME_OF_VALUE = 1
_COUNTED = 2
"""The wire type of what says its own length."""
_FIXED: Mapping[int, int] = MappingProxyType({1: 8, 5: 4})
"""The wire types of a fixed number of bytes."""


@dataclass(frozen=True, slots=True)
class Head:
    """A linear layer over classes; `weights` is classes × features, the last column what each
    class starts from.
    """

    weights: NDArray[np.float32]

    @property
    def classes(self) -> int:
        """How many classes there are."""
        return len(self.weights)

    def logits(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """The logits of every class, steps × classes."""
        return np.asarray(_and_one(features) @ self.weights.T, np.float32)

    def logits_of(self, features: NDArray[np.float32], classes: Sequence[int]) -> NDArray[np.float32]:
        """The logits of some classes alone, steps × those."""
        return np.asarray(_and_one(features) @ self.weights[np.asarray(classes, np.int64)].T, np.float32)


def _and_one(features: NDArray[np.float32]) -> NDArray[np.float32]:
    more = np.ones((features.shape[0], features.shape[1] + 1), np.float32)
    more[:, :-1] = features
    return more


@dataclass(frozen=True, slots=True)
class _Part:
    """A numbered field of a message: what it holds, and its bytes as they stand in the file."""

    number: int
    held: bytes
    whole: bytes


@dataclass(frozen=True, slots=True)
class _Node:
    """An operation of the graph: its kind, the names of what goes in and comes out, its bytes."""

    kind: str
    inputs: tuple[str, ...]
    result: str
    held: bytes


def taken_off(model: bytes) -> tuple[bytes, Head]:
    """The model without its head, giving features, and the head. Raises ValueError where it has no such."""
    parts = list(_parts(model))
    graph = b"".join(part.held for part in parts if part.number == _GRAPH)
    rest, head = _cut(graph)
    return b"".join(part.whole for part in parts if part.number != _GRAPH) + _packed(_GRAPH, rest), head


def _cut(graph: bytes) -> tuple[bytes, Head]:
    parts = list(_parts(graph))
    output = next((_text(part.held, _NAME_OF_VALUE) for part in parts if part.number == _OUTPUT), "")
    tail, features = _tail({node.result: node for node in _nodes(parts)}, output)
    tensors = {_text(part.held, _NAME): part.held for part in parts if part.number == _INITIALIZER}
    weights, added = (tensors[name] for node in tail for name in node.inputs if name in tensors)
    gone = {weights, added, *(node.held for node in tail)}
    kept = b"".join(
        part.whole
        for part in parts
        if part.number != _OUTPUT and not (part.number in (_NODE, _INITIALIZER) and part.held in gone)
    )
    named = _packed(_NAME_OF_VALUE, features.encode())
    return kept + _packed(_OUTPUT, named), Head(np.vstack([_tensor(weights), _tensor(added)]).T.copy())


def _tail(nodes: Mapping[str, _Node], output: str) -> tuple[list[_Node], str]:
    """The operations of the head, first to last, and the name of what goes into them."""
    tail: list[_Node] = []
    name = output
    for kind in ("Softmax", "Add", "MatMul"):
        while name in nodes and nodes[name].kind == "Identity":
            tail.append(nodes[name])
            name = nodes[name].inputs[0]
        if name not in nodes or nodes[name].kind != kind:
            raise ValueError(f"the model does not end in {kind}")
        tail.append(nodes[name])
        name = nodes[name].inputs[0]
    return tail[::-1], name


def _nodes(parts: Iterable[_Part]) -> Iterator[_Node]:
    for held in (part.held for part in parts if part.number == _NODE):
        inputs = tuple(part.held.decode() for part in _parts(held) if part.number == _INPUT)
        yield _Node(_text(held, _KIND), inputs, _text(held, _RESULT), held)


def _text(message: bytes, number: int) -> str:
    return next((part.held.decode() for part in _parts(message) if part.number == number), "")


def _tensor(message: bytes) -> NDArray[np.float32]:
    """A tensor of 32-bit floats."""
    parts = list(_parts(message))
    shape = [_number(part.held, 0)[0] for part in parts if part.number == _DIMS]
    raw = next((part.held for part in parts if part.number == _RAW), b"")
    return np.frombuffer(raw, "<f4").reshape(shape).astype(np.float32)


def _parts(message: bytes) -> Iterator[_Part]:
    """The fields of a message, in their order."""
    place = 0
    while place < len(message):
        start = place
        key, place = _number(message, place)
        if key & 7 == _COUNTED:
            size, place = _number(message, place)
            end = place + size
        else:
            end = place + _FIXED[key & 7] if key & 7 in _FIXED else _number(message, place)[1]
        if end > len(message):
            raise ValueError("the model's file is cut off")
        yield _Part(key >> 3, message[place:end], message[start:end])
        place = end


def _number(message: bytes, place: int) -> tuple[int, int]:
    """A number of seven bits a byte, the lowest first, and the place behind it."""
    value = shift = 0
    while True:
        if place >= len(message):
            raise ValueError("the model's file is cut off")
        byte = message[place]
        value |= (byte & 127) << shift
        place, shift = place + 1, shift + 7
        if byte < 128:
            return value, place


def _packed(number: int, held: bytes) -> bytes:
    return _sevens(number << 3 | _COUNTED) + _sevens(len(held)) + held


def _sevens(value: int) -> bytes:
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    return bytes([*found, value])
