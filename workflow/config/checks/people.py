"""Checks of who: partners, their contacts and other names, and the leads of every row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from workflow import fields
from workflow.config.checks.facts import Facts, Spot
from workflow.model import OFFICE, Alias, Partner
from workflow.validate import Trouble

# One plain address or domain: ASCII, no display name, no list. Anything else is asked about before a letter goes wrong.
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]", re.IGNORECASE)
_LOCAL = re.compile(r"[a-z0-9_%+'&/-]+(?:\.[a-z0-9_%+'&/-]+)*", re.IGNORECASE)
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def partners(facts: Facts) -> Iterator[Trouble]:
    """Ids fit for file names, nothing twice, dates in order, domains that are domains."""
    rows = facts.register.partners
    yield from facts.twice(((p.id, _at(p, "id")) for p in rows), "partner")
    yield from facts.twice(((p.name, _at(p, "name")) for p in rows), "partner")
    yield from facts.twice(((p.short_name, _at(p, "short_name")) for p in rows), "partner")
    known = [f.name for f in facts.forms.values() if f.layout == "table"]
    for p in rows:
        yield from bad_id(facts, _at(p, "id"), "public-health")
        if p.id == OFFICE:
            yield facts.trouble("register-id-reserved", _at(p, "id"), p.id)
        for domain in p.domains:
            if not _DOMAIN.fullmatch(domain):
                yield facts.trouble("register-domain", _at(p, "domains"), domain)
        for form in p.forms:
            if form not in known:
                yield facts.unknown(_at(p, "forms"), form, "a form", known)
        if p.active_from and p.active_to and p.active_to < p.active_from:
            yield before(facts, _at(p, "active_to"), (p.active_to, p.active_from), "Active from")


def contacts(facts: Facts) -> Iterator[Trouble]:
    """Every address is one plain address, of a partner that exists; every partner that returns has someone to write to."""
    ids = [p.id for p in facts.register.partners]
    for contact in facts.register.contacts:
        at = Spot("contacts", contact.partner, contact.place, "partner", contact.post)
        if contact.partner not in ids:
            yield from _unknown_partner(facts, at, contact.partner)
        yield from bad_email(facts, Spot("contacts", contact.partner, contact.place, "email", contact.post), contact.email)
    leads = {c.partner for c in facts.register.contacts if c.role == "lead"}
    owing = {p for i in facts.register.items if i.text("state") != "Closed" for p in i.partners}
    for p in facts.register.partners:
        if p.id in owing and p.id not in leads and p.active(facts.today):
            yield facts.trouble("register-contact-missing", _at(p, "id"), p.name)


def aliases(facts: Facts) -> Iterator[Trouble]:
    """An alias names a partner that exists, and means one partner at a time."""
    rows = facts.register.aliases
    ids = {p.id: p for p in facts.register.partners}
    for alias in rows:
        if alias.partner not in ids:
            yield from _unknown_partner(facts, _alias(alias, "partner"), alias.partner)
        if alias.valid_from and alias.valid_to and alias.valid_to < alias.valid_from:
            yield before(facts, _alias(alias, "valid_to"), (alias.valid_to, alias.valid_from), "From")
        clashing = [a for a in rows if a.partner != alias.partner and _same(a.alias, alias.alias) and _meet(a, alias)]
        owners = [p for p in ids.values() if p.id != alias.partner and _bears(p, alias)]
        if clashing or owners:
            others = {alias.partner, *(a.partner for a in clashing), *(p.id for p in owners)}
            shown = next(a.alias for a in rows if _same(a.alias, alias.alias))
            yield facts.trouble(
                "register-alias-clash", Spot("aliases", alias.alias, alias.place, "alias", ""), shown,
                partners=fields.listed(sorted(others), "and"),
            )


def leads(facts: Facts) -> Iterator[Trouble]:
    """Exactly one accountable lead, joint leads and contributors: partners, active, each once."""
    for item in facts.register.items:
        for field, words in (("lead", (item.lead,)), ("joint_leads", item.joint_leads), ("contributors", item.contributors)):
            spot = Spot("items", item.key, item.place, field, item.label)
            for word in words:
                yield from _lead(facts, spot, word)
        shared = [*item.joint_leads, *item.contributors]
        for word in dict.fromkeys(item.partners):
            if item.partners.count(word) > 1:
                field = "joint_leads" if word in item.joint_leads else "contributors"
                place = Spot("items", item.key, item.place, field, item.label)
                yield facts.trouble("register-lead-twice", place, word if word in shared else item.lead)


def addresses(facts: Facts) -> Iterator[Trouble]:
    """The partnership's and the boards' own addresses."""
    who = facts.register.partnership
    for name, text in (("email", who.email), ("reply_to", who.reply_to)):
        place = facts.register.places.get(("partnership", "", name))
        if text and place:
            yield from bad_email(facts, Spot("partnership", "", place, name), text)
    for board in facts.register.boards:
        if board.email:
            yield from bad_email(facts, Spot("boards", board.id, board.place, "email"), board.email)


def bad_email(facts: Facts, spot: Spot, text: str) -> Iterator[Trouble]:
    """A trouble where the text is not one plain address."""
    local, _, domain = text.strip().rpartition("@")
    if not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(domain):
        yield facts.trouble("register-email", spot, text)


def bad_id(facts: Facts, spot: Spot, example: str) -> Iterator[Trouble]:
    """A trouble where an id is not fit for a file name on every system."""
    if not _ID.fullmatch(spot.key):
        suggestion = re.sub(r"[^a-z0-9]+", "-", fields.fold(spot.key)).strip("-")
        yield facts.trouble("register-id", spot, spot.key, suggestion, example=example)


def before(facts: Facts, spot: Spot, days: tuple[date, date], what: str, code: str = "register-date-before") -> Trouble:
    """A day that comes too early: `days` are the day that was entered and the one that it should follow."""
    return facts.trouble(code, spot, fields.show(days[0]), what=what, other=fields.show(days[1]))


def _lead(facts: Facts, spot: Spot, word: str) -> Iterator[Trouble]:
    partner = facts.register.partner(word)
    if partner is None:
        if word not in facts.keys("partners"):
            yield facts.trouble("register-lead-unknown", spot, word, facts.names.near(word))
    elif partner.active_to and partner.active_to < facts.today:
        item = facts.register.item(spot.key)
        if item is None or item.text("state") != "Closed":
            yield facts.trouble("register-partner-inactive", spot, partner.name)


def _unknown_partner(facts: Facts, spot: Spot, word: str) -> Iterator[Trouble]:
    if word not in facts.keys("partners"):
        near = facts.names.near(word)
        trouble = facts.unknown(spot, word, "a partner", [p.id for p in facts.register.partners])
        yield replace(trouble, suggestion=near or trouble.suggestion)


def _at(partner: Partner, field: str) -> Spot:
    return Spot("partners", partner.id, partner.place, field)


def _alias(alias: Alias, field: str) -> Spot:
    return Spot("aliases", alias.alias, alias.place, field)


def _same(one: str, other: str) -> bool:
    return bool(one) and fields.fold(one) == fields.fold(other)


def _bears(partner: Partner, alias: Alias) -> bool:
    """Whether a partner is called by the alias in its own right on a day on which the alias holds."""
    called = any(_same(alias.alias, word) for word in (partner.id, partner.name, partner.short_name))
    return called and _meet(Alias(alias.alias, partner.id, partner.active_from, partner.active_to), alias)


def _meet(one: Alias, other: Alias) -> bool:
    """Whether two aliases hold on a day in common."""
    start = max(one.valid_from or date.min, other.valid_from or date.min)
    return start <= min(one.valid_to or date.max, other.valid_to or date.max)
