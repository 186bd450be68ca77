"""Which audience's Urdu an event is put in."""

from alerts.words.blocks import Draft, Text
from alerts.words.scene import Scene


def urdu_draft(scene: Scene) -> Draft:
    return Draft(subject=scene.title, blocks=(Text((scene.title,)),), short=(scene.title,))
