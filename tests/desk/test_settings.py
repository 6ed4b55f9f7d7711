from __future__ import annotations

import os
from pathlib import Path

import pytest

from desk.settings import SettingsError, calm_outside_programs, read_settings


def test_dangan_home_names_the_home(tmp_path: Path) -> None:
    settings = read_settings({"DANGAN_HOME": str(tmp_path)})
    assert settings.home == tmp_path
    assert settings.template_folders == (tmp_path / "templates",)
    assert settings.log.parent == tmp_path


def test_without_dangan_home_the_archive_lies_where_programs_keep_data(tmp_path: Path) -> None:
    assert read_settings({"XDG_DATA_HOME": str(tmp_path)}).home == tmp_path / "dangan"


def test_the_file_sets_and_the_environment_wins(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('user = "李文书"\nengine = "tesseract"\n', encoding="utf-8")
    told = read_settings({"DANGAN_HOME": str(tmp_path), "DANGAN_ENGINE": "rapid"})
    assert (told.user, told.engine) == ("李文书", "rapid")


@pytest.mark.parametrize(
    ("text", "two"), [("", True), ("two_people = false", False), ("two_people = true", True)]
)
def test_two_people_work_on_a_form_unless_the_office_has_one(tmp_path: Path, text: str, two: bool) -> None:
    (tmp_path / "settings.toml").write_text(text, encoding="utf-8")
    assert read_settings({"DANGAN_HOME": str(tmp_path)}).two_people is two
    told = read_settings({"DANGAN_HOME": str(tmp_path), "DANGAN_TWO_PEOPLE": "False"})
    assert told.two_people is False


def test_a_given_libreoffice_is_a_path(tmp_path: Path) -> None:
    told = read_settings({"DANGAN_HOME": str(tmp_path), "DANGAN_SOFFICE": "/opt/office/soffice"})
    assert told.soffice == Path("/opt/office/soffice")


@pytest.mark.parametrize(("before", "after"), [(None, "1"), ("3", "3")])
def test_outside_programs_are_calmed_unless_somebody_said_otherwise(
    monkeypatch: pytest.MonkeyPatch, before: str | None, after: str
) -> None:
    monkeypatch.delenv("OMP_THREAD_LIMIT", raising=False)
    if before is not None:
        monkeypatch.setenv("OMP_THREAD_LIMIT", before)
    calm_outside_programs()
    assert os.environ["OMP_THREAD_LIMIT"] == after


@pytest.mark.parametrize(
    "text", ["user = ", 'usr = "李文书"', "user = 5", "user = true", "two_people = 1", 'two_people = "no"']
)
def test_a_wrong_file_is_an_error_that_names_it(tmp_path: Path, text: str) -> None:
    (tmp_path / "settings.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        read_settings({"DANGAN_HOME": str(tmp_path)})
    assert caught.value.facts["file"] == str(tmp_path / "settings.toml")


@pytest.mark.parametrize(("text", "budget"), [("", 1.0), ("budget = 0.5", 0.5), ('budget = "2"', 2.0)])
def test_the_error_budget_is_a_number_of_fields_in_a_thousand(
    tmp_path: Path, text: str, budget: float
) -> None:
    (tmp_path / "settings.toml").write_text(text, encoding="utf-8")
    assert read_settings({"DANGAN_HOME": str(tmp_path)}).budget == budget
    assert read_settings({"DANGAN_HOME": str(tmp_path), "DANGAN_BUDGET": "5"}).budget == 5.0


@pytest.mark.parametrize("text", ["budget = -1", "budget = 1001", 'budget = "few"', "budget = true"])
def test_an_error_budget_that_is_none_is_an_error(tmp_path: Path, text: str) -> None:
    (tmp_path / "settings.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError):
        read_settings({"DANGAN_HOME": str(tmp_path)})


def test_the_inbox_of_the_settings_is_a_path(tmp_path: Path) -> None:
    assert read_settings({"DANGAN_HOME": str(tmp_path)}).inbox is None
    (tmp_path / "settings.toml").write_text('inbox = "/srv/scans"', encoding="utf-8")
    assert read_settings({"DANGAN_HOME": str(tmp_path)}).inbox == Path("/srv/scans")
