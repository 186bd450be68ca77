"""What else fails because of an incident."""

from collections.abc import Iterable

from alerts.incident import EventKind, Part
from alerts.words.escape import one_line
from alerts.words.scene import Scene
from alerts.words.wording import count, listed

#: Services named one by one, and checks of one service; the rest is counted.
MAX_NAMED = 12
MAX_CHECKS = 4


def also_down(scene: Scene) -> str:
    """Like "Also down because of it: Official e-mail (mx/mx1, mx/mx2) and portal."; "" for nothing."""
    parts = scene.event.parts
    if not parts or scene.event.kind is EventKind.RESOLVED:
        return ""
    again = " What was told before is part of this now." if any(part.was_told for part in parts) else ""
    return f"Also down because of it: {_named(parts, scene)}.{again}"


def still_down(scene: Scene) -> str:
    """At an end: what went down with it and is not well; "" for nothing."""
    parts = [part for part in scene.event.parts if part.still_fails]
    if not parts or scene.event.kind is not EventKind.RESOLVED:
        return ""
    told = "told by itself" if all(part.was_told for part in parts) else "told by itself once that is sure"
    return f"Not over with it: {_named(parts, scene)}, still down and {told}."


def titles_hit(scene: Scene) -> str:
    """The services that do not work, its own first."""
    titles = [one_line(service.title, 80) for service in scene.services]
    if rest := titles[MAX_NAMED:]:
        titles = [*titles[:MAX_NAMED], count(len(rest), "other")]
    return listed(titles)


def how_many_more(scene: Scene) -> str:
    """Behind a subject: ", and 6 more because of it"; "" for none."""
    parts = scene.event.parts
    return f", and {len(parts)} more because of it" if parts else ""


def _named(parts: Iterable[Part], scene: Scene) -> str:
    by_service: dict[str, list[str]] = {}
    for part in parts:
        by_service.setdefault(part.service or "", []).append(_check(part, scene))
    named = [_service(id_, of_it, scene) for id_, of_it in by_service.items() if id_]
    named += by_service.get("", [])
    if rest := named[MAX_NAMED:]:
        named = [*named[:MAX_NAMED], count(len(rest), "other")]
    return listed(named)


def _service(service_id: str, checks: list[str], scene: Scene) -> str:
    service = scene.directory.estate.services.get(service_id)
    title = one_line(service.title if service else service_id, 80)
    if rest := checks[MAX_CHECKS:]:
        checks = [*checks[:MAX_CHECKS], f"{len(rest)} more"]
    return f"{title} ({', '.join(checks)})"


def _check(part: Part, scene: Scene) -> str:
    name = one_line(part.check_id, 80)
    return f"{name}, told before" if part.was_told and scene.event.kind is not EventKind.RESOLVED else name
