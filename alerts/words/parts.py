"""What else fails because of an incident."""

from alerts.incident import Part
from alerts.words.escape import one_line
from alerts.words.scene import Scene
from alerts.words.wording import count, listed

#: Services named one by one, and checks of one service; the rest is counted.
MAX_NAMED = 12
MAX_CHECKS = 4


def also_down(scene: Scene) -> str:
    """Like "Also down because of it: Official e-mail (mx/mx1, mx/mx2) and portal."; "" for nothing."""
    parts = scene.event.parts
    if not parts:
        return ""
    by_service: dict[str, list[Part]] = {}
    for part in parts:
        by_service.setdefault(part.service or "", []).append(part)
    named = [_service(id_, of_it, scene) for id_, of_it in by_service.items() if id_]
    named += [_check(part) for part in by_service.get("", ())]
    if rest := named[MAX_NAMED:]:
        named = [*named[:MAX_NAMED], count(len(rest), "other")]
    again = " What was told before is part of this now." if any(part.was_told for part in parts) else ""
    return f"Also down because of it: {listed(named)}.{again}"


def how_many_more(scene: Scene) -> str:
    """Behind a subject: ", and 6 more because of it"; "" for none."""
    parts = scene.event.parts
    return f", and {len(parts)} more because of it" if parts else ""


def _service(service_id: str, parts: list[Part], scene: Scene) -> str:
    service = scene.directory.estate.services.get(service_id)
    title = one_line(service.title if service else service_id, 80)
    checks = [_check(part) for part in parts]
    if rest := checks[MAX_CHECKS:]:
        checks = [*checks[:MAX_CHECKS], f"{len(rest)} more"]
    return f"{title} ({', '.join(checks)})"


def _check(part: Part) -> str:
    name = one_line(part.check_id, 80)
    return f"{name}, told before" if part.was_told else name
