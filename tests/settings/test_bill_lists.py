"""Lists of bills that checks read, as the estate knows them."""

from pathlib import Path

from tests.support.settings_files import HEAD, load_text


def test_the_estate_knows_which_lists_have_a_check_and_for_whom(tmp_path: Path) -> None:
    text = (
        HEAD + "vendors: {acme: {name: Acme}}\n"
        "checks:\n"
        "  - {id: all, kind: invoice_due, csv: /srv/all.csv}\n"
        "  - {id: acme, kind: invoice_due, csv: /srv/some.csv, vendor: acme}\n"
        "  - {id: settings, kind: invoice_due}\n"
    )
    lists = load_text(tmp_path, text).estate.billing.lists
    assert lists == {("/srv/all.csv", None), ("/srv/some.csv", "acme")}
