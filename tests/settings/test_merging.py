"""A directory of files is one configuration."""

from pathlib import Path

import pytest

from tests.support.settings_files import HEAD, own_registry
from watchdog.settings.load import load
from watchdog.settings.places import default_path, default_state_dir
from watchdog.settings.problems import SettingsError
from watchdog.settings.values import Settings


def load_files(folder: Path, **texts: str) -> Settings:
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    return load(folder, own_registry(), {})


def problems(folder: Path, **texts: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load_files(folder, **texts)
    return [str(problem).replace(f"{folder}/", "") for problem in caught.value.problems]


def check(name: str, rest: str = "port: 80") -> str:
    return f"checks: [{{id: {name}, kind: tcp, host: {name}.example, {rest}}}]\n"


def test_lists_follow_each_other_in_the_order_of_the_files(tmp_path: Path) -> None:
    settings = load_files(tmp_path, a=HEAD, c=check("second"), b=check("first"))
    assert [one.spec.id for one in settings.checks] == ["first", "second"]


def test_mappings_join(tmp_path: Path) -> None:
    settings = load_files(tmp_path, a=HEAD + "vendors: {acme: {name: Acme}}\n", b="vendors: {best: {name: Best}}\n")
    assert list(settings.estate.vendors) == ["acme", "best"]


def test_a_key_in_two_files_is_told_with_both_places(tmp_path: Path) -> None:
    vendor = "vendors: {acme: {name: Acme}}\n"
    assert problems(tmp_path, a=HEAD + vendor, b=vendor) == [
        f"b.yaml:1:11: vendors.acme: this stands already at {tmp_path}/a.yaml:4:11; keep one of the two".replace(
            f"{tmp_path}/", ""
        )
    ]


def test_a_list_and_a_mapping_do_not_join(tmp_path: Path) -> None:
    (told,) = problems(tmp_path, a=HEAD + check("a"), b="checks: {}\n")
    assert told.startswith("b.yaml:1:1: checks: this stands already at")


def test_problems_of_every_file_are_told_at_their_own_place(tmp_path: Path) -> None:
    assert problems(tmp_path, a=HEAD + check("a", "port: x"), b=check("b", "port: y"), c="\n" + check("a")) == [
        "a.yaml:4:52: checks[0].port: must be a whole number",
        "b.yaml:1:52: checks[1].port: must be a whole number",
        "c.yaml:2:15: checks[2].id: this id is taken by the check at a.yaml:4:10",
    ]


def test_a_file_that_cannot_be_read_hides_no_problem_and_invents_none(tmp_path: Path) -> None:
    told = problems(tmp_path, a="receivers: [\n", b="routes: [{match: {}, to: [ops]}]\nlisten: 9417\n")
    assert [line.split(":")[0] for line in told] == ["a.yaml", "b.yaml"]


def test_paths_are_taken_from_the_folder_of_the_file(tmp_path: Path) -> None:
    text = HEAD + "checks: [{id: p, kind: http, url: https://a.example/, ca_file: ca.pem}]\n"
    (one,) = load_files(tmp_path, a=text).checks
    assert one.spec.options.model_dump()["ca_file"] == tmp_path / "ca.pem"


def test_paths_do_not_hang_on_where_the_daemon_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.yaml").write_text(HEAD + "checks: [{id: b, kind: invoice_due, csv: lists/bills.csv}]\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    (one,) = load(Path("a.yaml"), own_registry(), {}).checks
    assert one.spec.options.model_dump()["csv"] == tmp_path / "lists" / "bills.csv"


def test_an_absolute_path_stays(tmp_path: Path) -> None:
    text = HEAD + "checks: [{id: b, kind: invoice_due, csv: /srv/bills.csv}]\n"
    (one,) = load_files(tmp_path, a=text).checks
    assert one.spec.options.model_dump()["csv"] == Path("/srv/bills.csv")


def test_files_called_yml_are_read_too(tmp_path: Path) -> None:
    (tmp_path / "b.yml").write_text(check("b"), "utf-8")
    assert [one.spec.id for one in load_files(tmp_path, a=HEAD + check("a"), c=check("c")).checks] == ["a", "b", "c"]


@pytest.mark.parametrize("first", ["", check("b")])
@pytest.mark.parametrize("second", ["checks:\n", "checks: []\n"])
def test_an_empty_section_is_no_clash_in_any_file(tmp_path: Path, first: str, second: str) -> None:
    assert len(load_files(tmp_path, a=HEAD + first, b=second).checks) == bool(first)
    assert len(load_files(tmp_path, a=second, b=HEAD + first).checks) == bool(first)


def test_an_empty_section_of_the_first_file_takes_no_place_from_the_second(tmp_path: Path) -> None:
    (told,) = problems(tmp_path, a=HEAD + "checks:\nlisten:\n", b=check("a", "port: x"), c="checks: {}\n")[1:]
    assert told.endswith("b.yaml:1:1; keep one of the two")


def test_an_empty_directory_is_told(tmp_path: Path) -> None:
    (told,) = problems(tmp_path)
    assert told.endswith("no *.yaml or *.yml file in this directory; `nigehban config example` writes one")


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no such file; name another with --config"):
        load(tmp_path / "none.yaml", own_registry(), {})


def test_settings_are_where_one_says_else_where_the_environment_says_else_in_etc() -> None:
    assert default_path({"NIGEHBAN_CONFIG": "/a"}, Path("/b")) == Path("/b")
    assert default_path({"NIGEHBAN_CONFIG": "/a"}, None) == Path("/a")
    assert default_path({}, None) == Path("/etc/nigehban")


def test_state_is_where_one_says_else_systemd_else_the_xdg_folder() -> None:
    assert default_state_dir({"STATE_DIRECTORY": "/var/lib/a:/var/lib/b"}) == Path("/var/lib/a")
    none = Path("/nowhere/at/all")
    assert default_state_dir({"XDG_STATE_HOME": "/x", "HOME": "/h"}, None, none) == Path("/x/nigehban")
    assert default_state_dir({"HOME": "/h"}, None, none) == Path("/h/.local/state/nigehban")
    assert default_state_dir({"NIGEHBAN_STATE": "/n", "STATE_DIRECTORY": "/s"}) == Path("/n")
    assert default_state_dir({"NIGEHBAN_STATE": "/n"}, Path("/o")) == Path("/o")


def test_where_the_service_was_started_its_state_is_meant_even_by_those_who_may_not_enter(tmp_path: Path) -> None:
    link = tmp_path / "nigehban"
    link.symlink_to(tmp_path / "private" / "nigehban")
    assert default_state_dir({"HOME": "/h"}, None, link) == link
    assert default_state_dir({"HOME": "/h", "STATE_DIRECTORY": "/s"}, None, link) == Path("/s")
