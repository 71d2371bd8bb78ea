"""Renders the page's templates. Everything they may use is given here; they escape everything."""

from datetime import datetime
from functools import partial

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from anshim_relay import VERSION
from anshim_relay.envelope import Priority
from anshim_relay.page import texts
from anshim_relay.page.picture import Picture, headline
from anshim_relay.page.visitor import Visitor

ENVIRONMENT = Environment(
    loader=PackageLoader("anshim_relay", "page/templates"),
    autoescape=select_autoescape(default=True, default_for_string=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render(template: str, visitor: Visitor, *, picture: Picture, **values: object) -> str:
    language = visitor.language
    return ENVIRONMENT.get_template(template).render(
        t=partial(texts.text, language),
        word=partial(texts.word, language),
        reason=partial(texts.reason, language),
        span=partial(texts.span, language),
        ago=partial(texts.ago, language),
        took=partial(texts.took, language),
        local=partial(local, language=language, now=picture.now),
        kind=kind,
        language=language,
        other_language=visitor.other_language,
        version=VERSION,
        priorities=list(Priority),
        head=headline(picture),
        picture=picture,
        **values,
    )


def local(moment: datetime, *, language: str, now: datetime | None) -> str:
    """This device's own time of day; the date as well when it is not today's."""
    here = moment.astimezone()
    clock = f"{here:%H:%M}"
    if now is not None and here.date() == now.astimezone().date():
        return clock
    return texts.text(language, "date", month=here.month, day=here.day, clock=clock)


def kind(type_: str) -> str:
    return type_.removeprefix("kr.anshim.knock.").partition(".")[0]
