"""What goes dark, and for whom."""

from checks.billing.risk.blast import blast_radius
from checks.billing.risk.concentration import concentration_of, concentrations
from checks.ledger.rules import Contract
from tests.support.risky import connected_estate, open_bill


def test_a_bill_of_a_contract_takes_the_services_of_the_contract() -> None:
    contract = Contract(id="links", vendor="zeta", title="Links", services=("portal",))
    blast = blast_radius(open_bill(vendor="zeta", contract="links"), connected_estate(contract))
    assert [service.id for service in blast.services[: blast.cut]] == ["portal"]


def test_what_hangs_on_a_dark_service_goes_dark_with_it_at_any_remove() -> None:
    blast = blast_radius(open_bill(service="official-email"), connected_estate())
    assert [service.id for service in blast.services] == ["official-email", "portal", "filing"]
    assert blast.cut == 1


def test_each_department_counts_once() -> None:
    blast = blast_radius(open_bill(), connected_estate())
    assert blast.departments_text() == "Health Department (1,200 users), Excise (300 users), Museum"
    assert blast.users == 1500


def test_a_bill_without_contract_and_service_takes_all_of_its_vendor() -> None:
    assert blast_radius(open_bill(vendor="zeta"), connected_estate()).services_text() == "Citizens' portal, Tax filing"


def test_a_bill_for_a_service_that_has_left_the_settings_takes_all_of_its_vendor() -> None:
    assert blast_radius(open_bill(service="fax"), connected_estate()).services[0].id == "official-email"


def test_services_of_a_contract_that_have_left_the_settings_are_left_out() -> None:
    contract = Contract(id="mail", vendor="acme", title="Mail", services=("fax", "official-email"))
    assert blast_radius(open_bill(), connected_estate(contract)).cut == 1


def test_a_vendor_of_whom_nothing_is_known_takes_nothing() -> None:
    blast = blast_radius(open_bill(vendor="nobody"), connected_estate())
    assert (blast.services, blast.departments, blast.users) == ((), (), 0)


def test_concentration_says_how_much_hangs_on_a_vendor() -> None:
    found = concentration_of("zeta", connected_estate())
    assert found.text() == "2 of 3 services and 1,500 of 1,500 users (100%)"


def test_concentrations_come_heaviest_first() -> None:
    assert [one.vendor for one in concentrations(connected_estate())] == ["acme", "zeta"]
