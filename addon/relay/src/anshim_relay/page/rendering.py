"""Renders the page's templates. Everything they may use is given here; they escape everything."""

from functools import partial

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from anshim_relay import VERSION
from anshim_relay.envelope import Priority
from anshim_relay.page import texts, words
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
    language, now, first = visitor.language, picture.now, headline(picture)
    return ENVIRONMENT.get_template(template).render(
        t=partial(texts.text, language),
        word=partial(texts.word, language),
        reason=partial(texts.reason, language),
        span=partial(texts.span, language),
        took=partial(texts.took, language),
        clock=lambda moment: words.clock(language, moment, now),
        state=lambda line, is_whole: words.state(language, line, now, is_whole=is_whole),
        kind=kind,
        language=language,
        other_language=visitor.other_language,
        version=VERSION,
        priorities=list(Priority),
        tone=first.tone,
        said=words.said(language, picture, first),
        looks=words.looks(language, picture),
        picture=picture,
        **values,
    )


def kind(type_: str) -> str:
    return type_.removeprefix("kr.anshim.knock.").partition(".")[0]
