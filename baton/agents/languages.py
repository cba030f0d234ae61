"""Which language a message is in; the rules read English alone and say so about the rest."""

import re

from .words import word_set

_TELLING = {
    "af": word_set(
        "ek is het nie en die wil graag asseblief dankie my bestelling terugstuur kanselleer verander julle kan met "
        "vir ons van baie geld pakkie waar aflewering hallo goeie môre middag groete nog wat word moet stuur adres"
    ),
    "zu": word_set("ngiyabonga sawubona ngicela ukuthi ngifuna imali yami umyalelo ngi uku kanjani ngo iphi"),
    "xh": word_set("enkosi molo ndicela ndifuna imali yam umyalelo njani phi ukuba"),
}
_ENGLISH = word_set(
    "i the to and my is it of for in a please you have want order would like with this that can not was return cancel"
)


def language_of(text: str) -> str:
    """'en', or another language of the country when more of its everyday words stand in the text than English ones."""
    words = re.findall(r"[^\W\d_]+", text.lower())
    english = sum(1 for word in words if word in _ENGLISH)
    counted = {
        name: sum(1 for word in words if word in telling and word not in _ENGLISH) for name, telling in _TELLING.items()
    }
    best = max(counted, key=lambda name: counted[name])
    return best if counted[best] >= 3 and counted[best] > english else "en"
