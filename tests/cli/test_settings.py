"""Settings: read once, refused by name."""

from pathlib import Path

import pytest

from jalon.refusal import Refusal
from jalon.settings import Settings, load


def test_defaults_need_no_environment() -> None:
    assert load({}).port == 8000


def test_values_come_from_the_environment() -> None:
    settings = load({"JALON_PORT": "9000", "JALON_DEMO": "false", "JALON_HOME": "~/somewhere", "PATH": "/bin"})
    assert (settings.port, settings.demo, settings.home) == (9000, False, Path("~/somewhere").expanduser())


def test_an_empty_value_is_none_at_all() -> None:
    assert load({"JALON_DSN": "", "JALON_PORT": ""}) == load({})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "http"),
        ("PORT", "0"),
        ("PORT", "70000"),
        ("WORKERS", "none"),
        ("POOL_TIMEOUT", "-1"),
        ("DEMO", "perhaps"),
        ("LOG_LEVEL", "loud"),
    ],
)
def test_a_wrong_value_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(Refusal, match=f"^JALON_{name} is '{value}': "):
        load({f"JALON_{name}": value})


def test_a_misspelt_setting_is_refused_with_the_likely_one() -> None:
    with pytest.raises(Refusal, match=r"Unknown setting JALON_PROT\. Did you mean JALON_PORT\?"):
        load({"JALON_PROT": "9000"})


def test_settings_are_frozen() -> None:
    with pytest.raises(AttributeError):
        Settings(home=Path()).port = 1  # type: ignore[misc]


def test_who_names_a_home_needs_none_of_the_platform(monkeypatch: pytest.MonkeyPatch) -> None:
    def without_home() -> Path:
        raise RuntimeError("this user has no home")

    monkeypatch.setattr("jalon.settings.default_home", without_home)
    assert load({"JALON_HOME": "/somewhere"}).home == Path("/somewhere")
