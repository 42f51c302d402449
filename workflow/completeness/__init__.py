"""The whole return: what is in, what is missing, and the rules that look across fields, rows, partners and quarters.

A return may have come in several files, so this looks at what stands for the period after the merge, never at one file.
"""

from workflow.completeness.across import across
from workflow.completeness.facts import ReturnFacts
from workflow.completeness.review import Review, review
from workflow.completeness.still_open import open_findings, whole

__all__ = ["ReturnFacts", "Review", "across", "open_findings", "review", "whole"]
