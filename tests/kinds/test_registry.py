from collections.abc import Callable
from dataclasses import dataclass, replace

from checks.registry import load_registry
from checks.web import tcp


@dataclass(frozen=True, slots=True)
class Entry:
    name: str
    load: Callable[[], object]
    value: str = "plugin:KIND"


def broken_import() -> object:
    raise ImportError("No module named 'ldap'\nand a long story")


def test_our_own_kinds_are_there_without_any_plugin() -> None:
    registry = load_registry(())
    assert set(registry.kinds) == {
        "tcp",
        "http",
        "tls_certificate",
        "smtp",
        "imap",
        "pop3",
        "dns",
        "domain_expiry",
        "invoice_due",
        "payment_stage",
        "payment_cut_off",
        "payee",
        "contract",
        "outage_forecast",
        "bookkeeping",
        "eoffice_capacity",
    }
    assert registry.broken == {}


def test_installed_plugins_are_found_without_being_asked_for() -> None:
    assert set(load_registry().kinds) >= set(load_registry(()).kinds)


def test_a_plugin_adds_a_kind() -> None:
    printer = replace(tcp.KIND, name="printer")
    assert load_registry([Entry("printer", lambda: printer)]).kinds["printer"] is printer


def test_a_plugin_that_cannot_be_imported_is_listed_with_its_reason() -> None:
    registry = load_registry([Entry("ldap", broken_import)])
    assert registry.broken == {"ldap (plugin:KIND)": "cannot be imported: ImportError: No module named 'ldap'"}
    assert "tcp" in registry.kinds


def test_a_plugin_that_is_no_kind_is_listed_with_its_reason() -> None:
    assert load_registry([Entry("odd", lambda: 5)]).broken == {
        "odd (plugin:KIND)": "names a int, not a checks.plugin.CheckKind"
    }


def test_a_plugin_cannot_replace_a_kind() -> None:
    registry = load_registry([Entry("mine", lambda: tcp.KIND)])
    assert registry.kinds["tcp"] is tcp.KIND
    assert "kind 'tcp' exists already" in registry.broken["mine (plugin:KIND)"]


def test_a_plugin_that_ends_the_interpreter_is_only_broken() -> None:
    def leave() -> object:
        raise SystemExit(3)

    assert "SystemExit" in load_registry([Entry("bad", leave)]).broken["bad (plugin:KIND)"]
