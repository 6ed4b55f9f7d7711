"""The recogniser as a network that can be trained: the end of an ONNX model, run by torch.

Only the operators that PP-OCR's recogniser uses; its front part stays in ONNX
Runtime, whose output at `CUT` is what the trainable part takes in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import onnx
import torch
import torch.nn.functional as functional
from onnx import numpy_helper

CUT = "p2o.pd_op.add.51.0"
"""Where the trained part begins, before the deepest convolutions: 192 × 6 × a quarter of the width."""
SCORES = "p2o.pd_op.add.79.0"
"""The scores of all classes before they become probabilities."""
_FROZEN = ("linear_8.", "batch_norm")
"""The characters themselves and the running statistics stay as they are."""

Tensors = list[Any]
Attributes = Mapping[str, Any]


class Recogniser(torch.nn.Module):
    """The model from `CUT` to its scores; `layers` are its weights by their names in the file."""

    def __init__(self, model: bytes) -> None:
        super().__init__()
        graph = onnx.load_from_string(model).graph
        first = next(place for place, node in enumerate(graph.node) if CUT in node.output)
        self._nodes = list(graph.node)[first + 1 :]
        used = {name for node in self._nodes for name in node.input}
        self._fixed: dict[str, Any] = {}
        self._names: dict[str, str] = {}
        self.layers = torch.nn.ParameterDict()
        for tensor in graph.initializer:
            if tensor.name in used:
                self._take(tensor)

    def _take(self, tensor: Any) -> None:
        value = torch.tensor(numpy_helper.to_array(tensor))
        if value.dtype != torch.float32 or value.numel() == 1:
            self._fixed[tensor.name] = value
            return
        key = tensor.name.replace(".", "_")
        trained = not any(part in tensor.name for part in _FROZEN)
        self._names[tensor.name] = key
        self.layers[key] = torch.nn.Parameter(value, requires_grad=trained)

    def trained(self) -> dict[str, Any]:
        """The weights that training changes, by their names in the file."""
        return {name: self.layers[key] for name, key in self._names.items() if self.layers[key].requires_grad}

    def forward(self, features: Any) -> Any:
        """Batch × 192 × 6 × width in, batch × steps × classes out."""
        values = {CUT: features}
        for node in self._nodes:
            given = [self._value(name, values) for name in node.input if name]
            attributes = {one.name: onnx.helper.get_attribute_value(one) for one in node.attribute}
            values[node.output[0]] = _OPERATORS[node.op_type](given, attributes)
            if node.output[0] == SCORES:
                break
        return values[SCORES]

    def _value(self, name: str, values: Mapping[str, Any]) -> Any:
        if name in self._names:
            return self.layers[self._names[name]]
        return self._fixed[name] if name in self._fixed else values[name]


def _convolved(given: Tensors, how: Attributes) -> Any:
    top, left, _, _ = how["pads"]
    bias = given[2] if len(given) > 2 else None
    return functional.conv2d(
        given[0], given[1], bias, how["strides"], (top, left), how["dilations"], how["group"]
    )


def _normalised(given: Tensors, how: Attributes) -> Any:
    values, weight, bias, mean, variance = given
    return functional.batch_norm(
        values, mean.detach(), variance.detach(), weight, bias, False, 0, how["epsilon"]
    )


def _mean(given: Tensors, how: Attributes) -> Any:
    axes = how["axes"] if "axes" in how else given[1].tolist()
    return given[0].mean(dim=tuple(axes), keepdim=bool(how.get("keepdims", 1)))


def _sliced(given: Tensors, how: Attributes) -> Any:
    values, *bounds = given
    for start, end, axis in zip(*(bound.tolist() for bound in bounds[:3]), strict=True):
        values = values.narrow(axis, start, min(end, values.shape[axis]) - start)
    return values


def _squeezed(given: Tensors, how: Attributes) -> Any:
    return given[0].squeeze(tuple(how["axes"] if "axes" in how else given[1].tolist()))


def _unsqueezed(given: Tensors, how: Attributes) -> Any:
    values = given[0]
    for axis in sorted(how["axes"] if "axes" in how else given[1].tolist()):
        values = values.unsqueeze(axis)
    return values


def _reshaped(given: Tensors, how: Attributes) -> Any:
    values, shape = given
    return values.reshape([size or values.shape[axis] for axis, size in enumerate(shape.tolist())])


def _leant(given: Tensors, how: Attributes) -> Any:
    return torch.clamp(how.get("alpha", 0.2) * given[0] + how.get("beta", 0.5), 0, 1)


_OPERATORS: Mapping[str, Callable[[Tensors, Attributes], Any]] = {
    "Add": lambda given, how: given[0] + given[1],
    "AveragePool": lambda given, how: functional.avg_pool2d(
        given[0], tuple(how["kernel_shape"]), tuple(how["strides"])
    ),
    "BatchNormalization": _normalised,
    "Concat": lambda given, how: torch.cat([one.reshape(-1) for one in given], how["axis"]),
    "Conv": _convolved,
    "Div": lambda given, how: given[0] / given[1],
    "Erf": lambda given, how: torch.erf(given[0]),
    "HardSigmoid": _leant,
    "Identity": lambda given, how: given[0],
    "MatMul": lambda given, how: given[0] @ given[1],
    "Mul": lambda given, how: given[0] * given[1],
    "Pow": lambda given, how: given[0] ** given[1],
    "ReduceMean": _mean,
    "Relu": lambda given, how: functional.relu(given[0]),
    "Reshape": _reshaped,
    "Shape": lambda given, how: torch.tensor(given[0].shape),
    "Sigmoid": lambda given, how: torch.sigmoid(given[0]),
    "Slice": _sliced,
    "Softmax": lambda given, how: torch.softmax(given[0], how.get("axis", -1)),
    "Sqrt": lambda given, how: torch.sqrt(given[0]),
    "Squeeze": _squeezed,
    "Sub": lambda given, how: given[0] - given[1],
    "Transpose": lambda given, how: given[0].permute(how["perm"]),
    "Unsqueeze": _unsqueezed,
}
