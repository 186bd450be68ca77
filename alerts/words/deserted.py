"""A message that reaches its reader because nobody is on duty says so first: nobody else will see to it."""

from dataclasses import replace

from alerts.incident import EventKind
from alerts.route import Language
from alerts.words.bidi import latin
from alerts.words.blocks import Draft, Text
from alerts.words.escape import one_line
from alerts.words.scene import Scene, named_in


def with_desertion(draft: Draft, scene: Scene) -> Draft:
    """`draft`, with the rotas of its receivers in which nobody is on duty before all else."""
    rotas = scene.directory.deserted(named_in(scene.event, scene.directory), scene.event.at)
    if not rotas or scene.event.kind is EventKind.RESOLVED:
        return draft
    said = _said(rotas, scene.receiver.language)
    what, *rest = draft.short or ("",)
    return replace(draft, blocks=(Text((said,)), *draft.blocks), short=(what, said, *rest))


def _said(rotas: tuple[str, ...], language: Language) -> str:
    if language is Language.URDU:
        named = "، ".join(latin(one, 80) for one in rotas)
        return f"{named} میں اس وقت کوئی ڈیوٹی پر نہیں ہے، اس لیے آپ کو بتایا جا رہا ہے۔"
    return f"Nobody is on duty in {', '.join(one_line(one, 80) for one in rotas)} now; you are told instead."
