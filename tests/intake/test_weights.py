from hashlib import sha256
from pathlib import Path

import numpy as np

from intake.rapid import model_file
from intake.weights import BASE, FILE, trained_further


def test_the_weights_belong_to_the_model_of_the_pinned_wheel() -> None:
    model = model_file().read_bytes()
    changed = trained_further(model)
    assert len(changed) == len(model)
    assert changed != model


def test_only_the_trained_layers_change() -> None:
    model = np.frombuffer(model_file().read_bytes(), np.uint8)
    changed = np.frombuffer(trained_further(model.tobytes()), np.uint8)
    with np.load(FILE) as layers:
        places = {int(place): 4 * layers[place].size for place in layers.files if place != BASE}
    kept = np.ones(len(model), bool)
    for place, size in places.items():
        kept[place : place + size] = False
    assert (model[kept] == changed[kept]).all()
    assert all(np.isfinite(changed[place : place + size].view("<f4")).all() for place, size in places.items())


def test_another_model_is_left_as_it_is() -> None:
    assert trained_further(b"another model") == b"another model"


def test_weights_of_another_file_are_put_where_they_belong(tmp_path: Path) -> None:
    model = np.arange(8, dtype="<f4").tobytes()
    np.savez(
        tmp_path / "w.npz", **{BASE: np.array(sha256(model).hexdigest()), "8": np.array([9, 9], np.float16)}
    )
    changed = np.frombuffer(trained_further(model, tmp_path / "w.npz"), "<f4")
    assert changed.tolist() == [0, 1, 9, 9, 4, 5, 6, 7]
