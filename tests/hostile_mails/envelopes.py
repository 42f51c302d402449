"""Who sent it, when, about what: odd, missing, several and forged headers (rows 22, 23, 30; section 2)."""

from __future__ import annotations

from tests.hostile_mails.build import attached, case, heads, mail, text, usual


@case()
def plain() -> bytes:
    """Nothing odd: what the others are measured by."""
    return usual()


@case()
def no_message_id() -> bytes:
    return usual(Message_ID=None)


@case()
def no_subject() -> bytes:
    return usual(Subject=None)


# --- when


@case()
def no_date() -> bytes:
    return usual(Date=None)


@case()
def date_impossible() -> bytes:
    return usual(Date="Tue, 31 Feb 2023 25:61:61 +0000")


@case()
def date_year_out_of_range() -> bytes:
    return usual(Date="Mon, 16 Oct 99999999999 11:00:00 +0100")


@case()
def date_zone_out_of_range() -> bytes:
    return usual(Date="Mon, 16 Oct 2023 11:00:00 +99999999999999999999")


@case()
def date_past_the_last_year() -> bytes:
    """In UTC this would be after the last year that a date can have."""
    return usual(Date="Fri, 31 Dec 9999 23:30:00 -0100")


@case()
def date_is_words() -> bytes:
    return usual(Date="last Tuesday, in the afternoon")


@case()
def date_without_zone() -> bytes:
    return usual(Date="Mon, 16 Oct 2023 10:00:00 -0000")


@case()
def date_with_comment() -> bytes:
    return usual(Date="Mon, 16 Oct 2023 11:00:00 +0100 (British Summer Time)")


@case()
def date_twice() -> bytes:
    return usual(Date=["Mon, 16 Oct 2023 11:00:00 +0100", "Mon, 16 Oct 2028 11:00:00 +0100"])


# --- who


@case()
def no_from() -> bytes:
    return usual(From=None)


@case()
def from_several() -> bytes:
    return usual(From="lead@police.example, lead@housing.example")


@case()
def from_twice() -> bytes:
    return usual(From=["lead@police.example", "other@elsewhere.example"])


@case()
def from_group() -> bytes:
    return usual(From="Leads: lead@police.example, lead@housing.example;")


@case()
def from_empty_group() -> bytes:
    return usual(From="undisclosed-recipients:;")


@case()
def from_capitals() -> bytes:
    return usual(From='"LEAD, Partnership" <Lead@Police.EXAMPLE>')


@case()
def from_encoded_line_break() -> bytes:
    """The line break is inside an encoded word, where a check of the raw header does not see it."""
    return usual(From="=?utf-8?q?Lead=0D=0ABcc=3A_evil=40evil.example?= <lead@police.example>")


@case()
def from_name_like_an_address() -> bytes:
    return usual(From='"lead@police.example" <evil@evil.example>')


@case()
def from_two_in_one() -> bytes:
    """What comes first looks like an address and stands where a name should."""
    return usual(From="lead@police.example <evil@evil.example>")


@case()
def from_encoded_address() -> bytes:
    """The name holds an address and a comma once it is decoded."""
    return usual(From="=?utf-8?q?lead=40police=2Eexample=2C?= <evil@evil.example>")


@case()
def from_encoded_whole() -> bytes:
    """An address in an encoded word is no address."""
    return usual(From="=?utf-8?q?lead=40police=2Eexample?=")


@case()
def from_comment() -> bytes:
    return usual(From="evil@evil.example (lead@police.example)")


@case()
def from_two_at_signs() -> bytes:
    return usual(From="lead@police.example@evil.example")


@case()
def from_with_nul() -> bytes:
    return usual(From=b"Lead <lead@police.example\x00.evil.example>")


@case()
def reply_to_other() -> bytes:
    return usual(Reply_To="evil@evil.example", Return_Path="<bounce@evil.example>", Sender="desk@police.example")


@case()
def forged_authentication() -> bytes:
    """The top-most is the one that our own server wrote; the other came with the mail."""
    results = [
        "mx.small.example; spf=fail smtp.mailfrom=evil.example; dkim=none",
        "mx.small.example; spf=pass smtp.mailfrom=police.example; dkim=pass",
    ]
    return heads(Authentication_Results=results) + usual()[len(heads()) :]


@case()
def authentication_with_line_break() -> bytes:
    return usual(Authentication_Results=b"mx.small.example;\r\n\tspf=pass \x1b[31m\r\n dkim=pass" + b" x" * 500)


# --- about what


@case()
def subject_encoded_line_break() -> bytes:
    return usual(Subject="=?utf-8?q?Q2=0D=0ABcc:_evil=40evil.example?=")


@case()
def subject_encoded_twice() -> bytes:
    """An encoded word that holds another one, with a line break in it."""
    return usual(Subject="=?utf-8?q?=3D=3Futf-8=3Fq=3FQ2=3D0D=3D0ABcc=3F=3D?=")


@case()
def subject_encoded_in_pieces() -> bytes:
    return usual(Subject="=?utf-8?q?R=C3=BCckmeldung?=\r\n =?utf-8?b?IFEy?=")


@case()
def subject_of_unknown_charset() -> bytes:
    return usual(Subject="=?x-nobody-knows?q?Q2?=")


@case()
def subject_of_undefined_charset() -> bytes:
    """Python has a codec of this name that fails whatever it is asked."""
    return usual(Subject="=?undefined?q?Q2?= =?utf-8\x00?q?Q2?= =?zlib?b?eJwLBAAAUgBS?=")


@case()
def subject_broken_base64() -> bytes:
    return usual(Subject="=?utf-8?b?Q2?= =?utf-8?b?A?=")


@case()
def subject_raw_utf8() -> bytes:
    return usual(Subject="Rückmeldung Q2".encode())


@case()
def subject_raw_windows() -> bytes:
    return usual(Subject="Rückmeldung – Q2".encode("cp1252"))


@case()
def subject_of_controls() -> bytes:
    return usual(Subject=b"Q2 \x1b]0;owned\x07\x1b[2J\x00 \xe2\x80\xaenruter\xe2\x80\xac")


@case()
def subject_like_a_path() -> bytes:
    """The subject of a message inside becomes part of a label: text and no path, and no level of its own."""
    message = mail(text(), attached(), boundary="b2", Subject="../../Fwd > Q2\\x")
    return mail(text(), b"Content-Type: message/rfc822\r\n\r\n" + message)


@case()
def recipients_injected() -> bytes:
    """No address of a mail is ever written to, whatever it is."""
    return usual(To="a@b.example, evil@evil.example", Cc="office@small.example\r\nBcc: evil@evil.example")
