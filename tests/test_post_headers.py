"""The headers of messages that came, whatever is wrong with them (field-notes rows 22, 24, 30)."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hostile_mails.build import heads
from workflow.post import headers, read_mail
from workflow.post.headers import Fields, Value


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        (b"lead@police.example", "lead@police.example"),
        (b"Lead <Lead@Police.Example>", "lead@police.example"),
        (b'"Lead, Partnership" <lead@police.example>', "lead@police.example"),
        (b"Lead, Partnership <lead@police.example>", "lead@police.example"),
        (b"=?utf-8?q?Lead=2C_x=40y=2Eexample:?= <lead@police.example>", "lead@police.example"),
        (b"R\xfcck <lead@police.example>", "lead@police.example"),
        (b"lead@police.example (Lead (of) other@x.example)", "lead@police.example"),
        (b'"a@b.example" <lead@police.example>', "lead@police.example"),
        (b"a@b.example <lead@police.example>", ""),
        (b"a@b.example, lead@police.example", ""),
        (b"a@b.example lead@police.example", ""),
        (b"<a@b.example> <lead@police.example>", ""),
        (b"<a@b.example", ""),
        (b"Leads: lead@police.example;", ""),
        (b"undisclosed-recipients:;", ""),
        (b"lead@police.example\0.evil.example", ""),
        (b'"lead"@police.example', ""),
        (b"=?utf-8?q?lead=40police=2Eexample?=", ""),
        (b"<Saved by a browser>", ""),
        (b"", ""),
    ],
)
def test_a_sender_is_exactly_one_address(given: bytes, meant: str) -> None:
    assert headers.sender([given]) == meant
    assert headers.sender([given, given]) == ""


@given(st.integers(-2_000_000_000, 250_000_000_000), st.integers(-14 * 60, 14 * 60))
def test_a_date_is_told_in_utc(seconds: int, minutes: int) -> None:
    here = datetime.fromtimestamp(seconds, timezone(timedelta(minutes=minutes)))
    told = headers.when(format_datetime(here).encode())
    assert datetime.fromisoformat(told) == here
    assert told.endswith("Z")


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        (b"Mon, 16 Oct 2023 11:00:00 +0100 (British Summer Time)", "2023-10-16T10:00:00Z"),
        (b"16 Oct 2023 10:00:00 -0000", "2023-10-16T10:00:00Z"),
        (b"Mon, 16 Oct 2023 10:00", "2023-10-16T10:00:00Z"),
        (b"Mon, 31 Feb 2023 10:00:00 +0000", ""),
        (b"Mon, 16 Oct 2023 25:00:00 +0000", ""),
        (b"Mon, 16 Oct 2023 10:00:00 +9999", ""),
        (b"Fri, 31 Dec 9999 23:30:00 -0100", ""),
        (b"16 Oct " + b"9" * 5000, ""),
        (b"tomorrow", ""),
        (b"\xff\0", ""),
        (b"", ""),
    ],
)
def test_a_date_that_cannot_be_is_none(given: bytes, meant: str) -> None:
    assert headers.when(given) == meant


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        (b"=?utf-8?b?UsO8?= \r\n =?UTF-8?q?ck?=", "Rück"),
        (b"=?utf-8?b?UsM=?= =?utf-8?b?vGNr?=", "Rück"),  # a letter cut in two
        (b"=?utf-8*de?q?R=C3=BCck?= Q2", "Rück Q2"),
        (b"Re: =?iso-8859-1?q?R=FCck_a?=  b", "Re: Rück a b"),
        (b"=?x-unheard-of?q?R=FCck?=", "Rück"),
        (b"=?u\xe7f?q?R=FCck?=", "Rück"),
        (b"=?utf-8?b?Q?= =?utf-8?b?UTI?=", "Q2"),
        (b"=?utf-8?q?Ready??=", "Ready?"),
        (b"=?punycode?q?abc-?=", "abc-"),
        (b"=?utf-8?q?=C3=BC?= =?iso-8859-1?q?=FC?=", "üü"),
        (b"=?utf-8?q?=3D=3Futf-8=3Fq=3FQ2=3D0D=3D0ABcc=3F=3D?=", "Q2 Bcc"),
        (b"=?utf-8?q?open", "= ?utf-8?q?open"),
        (b"R\xc3\xbcck", "Rück"),
        (b"R\xfcck \x96 Q2", "Rück – Q2"),
        (b"Q2 \x1b[2J\0\xe2\x80\xaex", "Q2 [2Jx"),
    ],
)
def test_a_subject_is_decoded_whatever_its_character_set(given: bytes, meant: str) -> None:
    assert read_mail(b"Subject: " + given + b"\r\n\r\n").message.subject == meant


@pytest.mark.parametrize(
    ("given", "name"),
    [
        (b'attachment; filename="Q2.xlsx"', "Q2.xlsx"),
        (b"attachment; filename=Q2 police.xlsx ; size=3", "Q2 police.xlsx"),
        (b'attachment; FileName = "a;b\\"c\\\\d"', 'a;b"c\\d'),
        (b'attachment; filename="open', "open"),
        (b"attachment; filename*=utf-8'en'R%C3%BCck; filename=\"Rck\"", "Rück"),
        (b"attachment; filename*1*=%C3%BCck; filename*0*=utf-8''R; filename*2=\" Q2\"", "Rück Q2"),
        (b"attachment; filename*=x-unheard-of''R%FCck", "Rück"),
        (b"attachment; filename*=R%FCck", "Rück"),
        (b"attachment; filename*" + b"9" * 5000 + b"=x; filename=y", "y"),
        (b'attachment; filename="=?utf-8?b?UsO8Y2s=?="', "Rück"),
        (b'attachment; filename="R\xc3\xbcck"', "Rück"),
        (b'attachment; filename="R\xfcck"', "Rück"),
        (b"attachment;;; ; =; filename", ""),
        (b"", ""),
    ],
)
def test_a_name_is_decoded_in_every_way_in_use(given: bytes, name: str) -> None:
    assert Value(given).text("filename") == name


@given(st.binary(max_size=200) | st.text("=?qb;:'\"*%<>()@. \r\n\t\\ü", max_size=200).map(lambda t: t.encode()))
def test_no_header_is_too_odd(raw: bytes) -> None:
    names = (b"From", b"Date", b"Subject", b"Content-Type", b"Content-Disposition", b"Authentication-Results")
    message = read_mail(b"".join(name + b": " + raw + b"\n" for name in names) + b"\n" + raw).message
    for words in (message.sender, message.subject, message.sent, message.authentication):
        assert words.isprintable() or not set(words) & set("\r\n\0\x1b")
    Value(raw).text("filename")
    Fields(raw)


def test_only_the_top_most_authentication_counts() -> None:
    lines = ["mx.small.example; spf=fail", "mx.small.example; spf=pass"]
    assert read_mail(heads(Authentication_Results=lines)).message.authentication == lines[0]
