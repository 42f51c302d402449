"""What the coordinator and the maintainer own: the forms (TOML), the settings and the register. This is the room's one door."""

from workflow.config.book import OWN, as_row, empty_register_book, register_book
from workflow.config.cells import Line
from workflow.config.checks import check_register
from workflow.config.forms import check_forms, load_forms
from workflow.config.headings import check_meanings, load_meanings
from workflow.config.keep import Kept, keep_register
from workflow.config.mailsettings import Mailbox, MailServer, Sending
from workflow.config.papers import check_words, paper_words, section_name
from workflow.config.planning import bank_holidays, plan_year, working_days_after
from workflow.config.rag import contrast, rag_presets, shipped
from workflow.config.register import SHEETS, load_register
from workflow.config.reports import check_reports, load_reports, usable_reports
from workflow.config.settings import Settings, check_settings, load_settings
from workflow.config.steps import Step, load_steps
from workflow.config.typed import type_rows

__all__ = [
    "OWN", "SHEETS", "Kept", "Line", "MailServer", "Mailbox", "Sending", "Settings", "Step", "as_row", "bank_holidays",
    "check_forms", "check_meanings", "check_register", "check_reports", "check_settings", "check_words", "contrast",
    "empty_register_book", "keep_register", "load_forms", "load_meanings", "load_register", "load_reports", "load_settings",
    "load_steps", "paper_words", "plan_year", "rag_presets", "register_book", "section_name", "shipped", "type_rows",
    "usable_reports", "working_days_after",
]
