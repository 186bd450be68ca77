"""From settings to what each storey needs of them: pure."""

from collections.abc import Mapping, Sequence

from alerts.digests.rule import DigestKind
from alerts.directory import Directory
from alerts.judging.episode import CheckFacts
from checks.calendars import OfficeCalendars
from checks.estate import Estate
from checks.model import CheckId
from checks.spec import CheckSpec
from watchdog.links import links_of
from watchdog.own_checks import RESOLVER_CHECK, RESOLVER_TITLE
from watchdog.settings.billing_checks import BILLING_TITLES
from watchdog.settings.values import ConfiguredCheck, Settings
from watchdog.sight_check import SIGHT_CHECK, SIGHT_TITLE


def specs_of(checks: Sequence[ConfiguredCheck]) -> Mapping[CheckId, CheckSpec]:
    return {check.spec.id: check.spec for check in checks}


def facts_of(checks: Sequence[ConfiguredCheck]) -> Mapping[CheckId, CheckFacts]:
    """What judging knows of each check."""
    return {
        check.spec.id: CheckFacts(
            kind=check.spec.kind.name,
            subject=check.spec.kind.subject(check.spec.options),
            service=check.spec.service,
            labels=check.spec.labels,
            rule=check.threshold,
            interval_s=check.spec.interval_s,
            formerly=check.formerly,
            is_on_record=check.spec.kind.is_on_record,
        )
        for check in checks
    }


def titles_of_links(estate: Estate, checks: Sequence[ConfiguredCheck]) -> Mapping[CheckId, str]:
    """What people call a site's uplink, which mostly belongs to no service."""
    sites = {site.uplink: site.title for site in estate.sites.values() if site.uplink is not None}
    return {
        check.spec.id: f"Link of {title}"
        for check in checks
        if (title := sites.get(check.spec.id) or sites.get(check.spec.id.partition("/")[0])) is not None
    }


def directory_of(settings: Settings, checks: Sequence[ConfiguredCheck]) -> Directory:
    """Who there is to tell of `checks`."""
    return Directory(
        estate=settings.estate,
        receivers=settings.receivers,
        routes=settings.routes,
        rotas=dict(settings.rotas),
        escalations=settings.escalations,
        calendars=OfficeCalendars(settings.estate),
        runbooks={check.spec.id: check.spec.runbook for check in checks if check.spec.runbook},
        titles={
            **titles_of_links(settings.estate, checks),
            **{CheckId(id_): title for id_, title in BILLING_TITLES.items()},
            RESOLVER_CHECK: RESOLVER_TITLE,
            SIGHT_CHECK: SIGHT_TITLE,
        },
        digested=digested(settings),
        links=links_of(settings),
    )


def digested(settings: Settings) -> frozenset[str]:
    """Receivers who read the list of bills on every working day; of a rota nobody reads it always."""
    rules = [rule for rule in settings.digests if rule.kind is DigestKind.BILLS and not rule.weekdays]
    return frozenset(
        one for rule in rules for one in rule.to if one in settings.receivers and not settings.receivers[one].rota
    )
