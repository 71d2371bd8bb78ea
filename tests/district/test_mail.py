"""The control centre's mailbox: told beside the telephone, encrypted, and nobody waits for it."""

from collections.abc import Callable, Iterator
from pathlib import Path
import shutil

import pytest

from anshim_district.certificates import self_signed
from anshim_district.options import OptionsError, read_options
from tests.district.conftest import admin_with_phone, resident_with_phone
from tests.district.support.mailbox import PASSWORD, USER, Mailbox
from tests.district.support.moved import MovedDistrict
from tests.district.support.provider import Provider
from tests.district.support.reaching import CONTROL, told

type Place = Callable[..., MovedDistrict]


@pytest.fixture
def mailbox(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Mailbox]:
    mailbox = Mailbox(pem=self_signed(tmp_path), starttls=getattr(request, "param", False))
    yield mailbox
    mailbox.close()


@pytest.fixture
def mailing(
    tmp_path: Path, opened_once: Path, provider: Provider, mailbox: Mailbox
) -> Iterator[Place]:
    shutil.copytree(opened_once, tmp_path, dirs_exist_ok=True)
    made: list[MovedDistrict] = []

    def one(**other: str) -> MovedDistrict:
        mail = {
            "server": mailbox.server,
            "security": "starttls" if mailbox.starttls else "tls",
            "user": USER,
            "password": PASSWORD,
            "sender": "anshim@gu.example",
            "to": "center@gu.example",
        }
        options = {"reach": provider.options, "mail": mail | other}
        made.append(MovedDistrict(data=tmp_path, options=options))
        return made[-1]

    yield one
    for district in made:
        district.close()


@pytest.mark.parametrize("mailbox", [False, True], ids=["tls", "starttls"], indirect=True)
def test_the_control_centre_gets_a_mail_and_a_text_that_name_nobody(
    mailing: Place,
    mailbox: Mailbox,
    provider: Provider,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(mailbox.pem))
    district = mailing()
    home = resident_with_phone(district, admin := admin_with_phone(district))
    home.send(home.emergency())
    district.pass_time(seconds=0)
    (letter,) = mailbox.letters
    assert told(provider) == [("texts", CONTROL)]
    assert letter["To"] == "center@gu.example"
    assert "도움 요청" in letter["Subject"]
    words = letter.get_content()
    assert home.household in words
    assert "김영순" not in words
    assert "문안로" not in words
    case = admin.case_of(home.household)
    assert case
    assert "관제센터에 전자우편" in admin.page(f"/cases/{case.id}").text
    # it goes on until somebody has it, each time under an id of its own
    district.pass_time(minutes=1)
    for _ in range(3):
        district.pass_time(minutes=3)
    ids = {letter["Message-ID"] for letter in mailbox.letters}
    assert len(ids) == len(mailbox.letters) > 1


@pytest.mark.parametrize("wrong", ["stranger", "password", "nobody"])
def test_a_mailbox_that_does_not_take_it_keeps_no_text_waiting(
    mailing: Place,
    mailbox: Mailbox,
    provider: Provider,
    monkeypatch: pytest.MonkeyPatch,
    wrong: str,
) -> None:
    if wrong != "stranger":  # else its certificate is signed by nobody we know
        monkeypatch.setenv("SSL_CERT_FILE", str(mailbox.pem))
    other = {"password": {"password": "wrong"}, "nobody": {"server": "127.0.0.1:9"}}
    district = mailing(**other.get(wrong, {}))
    home = resident_with_phone(district, admin := admin_with_phone(district))
    home.send(home.emergency())
    district.pass_time(seconds=0)
    assert mailbox.letters == []
    assert told(provider) == [("texts", CONTROL)]
    case = admin.case_of(home.household)
    assert case
    assert "전자우편을 보내지 못함" in admin.page(f"/cases/{case.id}").text


@pytest.mark.parametrize(
    ("mail", "sentence"),
    [
        ('{"server": "mail"}', "mail.sender and mail.to are needed"),
        ('{"server": "mail", "sender": "a@b", "to": "c@d"}', "without a telephone"),
        ('{"server": "mail", "sender": "a@b", "to": "c@d, e@f"}', "/mail/to"),
        ('{"server": "mail", "security": "none"}', "/mail/security"),
        ('{"server": "mail", "password": "비밀번호"}', "/mail/password"),
    ],
)
def test_a_mailbox_half_described_is_refused_with_a_sentence(
    tmp_path: Path, mail: str, sentence: str
) -> None:
    path = tmp_path / "options.json"
    path.write_text(
        f'{{"district": {{"id": "d", "name": "구"}}, "mail": {mail}}}', encoding="utf-8"
    )
    with pytest.raises(OptionsError, match=sentence):
        read_options(path)
