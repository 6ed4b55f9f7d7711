import numpy as np
import onnxruntime
import pytest

from intake.head import taken_off
from intake.rapid import model_file


def test_the_model_and_its_head_apart_say_what_they_say_together() -> None:
    model = model_file().read_bytes()
    rest, head = taken_off(model)
    crop = np.random.default_rng(1).uniform(-1, 1, (1, 3, 48, 96)).astype(np.float32)
    (whole,) = onnxruntime.InferenceSession(model).run(None, {"x": crop})
    (features,) = onnxruntime.InferenceSession(rest).run(None, {"x": crop})
    logits = head.logits(features[0])
    said = np.exp(logits - logits.max(axis=1, keepdims=True))
    assert said / said.sum(axis=1, keepdims=True) == pytest.approx(whole[0], abs=1e-4)
    assert head.logits_of(features[0], [7, 0]) == pytest.approx(logits[:, [7, 0]], abs=1e-3)


@pytest.mark.parametrize("model", [b"", b"no model", b"\x3a\x05ab"])
def test_what_is_no_such_model_is_refused(model: bytes) -> None:
    with pytest.raises(ValueError, match="the model"):
        taken_off(model)


def test_a_model_that_does_not_end_in_probabilities_is_refused() -> None:
    rest, _ = taken_off(model_file().read_bytes())
    with pytest.raises(ValueError, match="does not end in Softmax"):
        taken_off(rest)
