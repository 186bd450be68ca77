from pathlib import Path

import pytest

from benchmarks.peers import PEERS, Peer, how_to_get, missing


def test_what_is_not_there_is_named_with_its_debian_package(tmp_path: Path) -> None:
    absent = missing(PEERS, str(tmp_path))
    text = how_to_get(absent)
    assert absent == list(PEERS)
    for peer in PEERS:
        assert f"{peer.program}: {peer.why} (Debian package {peer.package})" in text
    assert text.splitlines()[-1] == (
        "get them with: apt-get install nginx-light libnginx-mod-mail bind9 prometheus-blackbox-exporter"
        " monitoring-plugins-basic prometheus-pushgateway util-linux"
    )


def test_what_is_there_is_not_asked_for(tmp_path: Path) -> None:
    program = tmp_path / "prober"
    program.touch(mode=0o755)
    assert missing([Peer("prober", "a-package", "to compare")], str(tmp_path)) == []


def test_a_required_peer_that_is_missing_says_how_to_get_it() -> None:
    with pytest.raises(LookupError, match="apt-get install no-such-package"):
        Peer("no-such-program", "no-such-package", "nothing").require()


def test_a_package_that_debian_did_not_install_has_no_version() -> None:
    assert Peer("no-such-program", "no-such-package", "nothing").version() == "not from Debian"
