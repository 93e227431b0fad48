"""A comparison of money as a person reads it in a terminal. Prints; compares nothing."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from veza.admin.domain import CheckReport


def print_report(report: CheckReport) -> None:
    """What was found, one row each, and how far it was looked."""
    console, differences = Console(highlight=False), report.check.differences
    if differences:
        table = Table("code", "cents", "of", "what", box=None, pad_edge=False, header_style="bold")
        for found in differences:
            cents = "" if found.difference_cents is None else f"{found.difference_cents:+,}"
            table.add_row(*(Text(cell) for cell in (found.code, cents, str(found.subject_id or ""), found.sentence)))
        console.print(table)
    verdict = f"{len(differences)} differences." if differences else "The books agree with everything they are made of."
    asked = f"Asked the providers about {report.asked:,} payments and transfers"
    unanswered = f", {report.unanswered:,} of them in vain." if report.unanswered else "."
    console.print(f"{verdict} {asked}{unanswered}" if report.asked or report.unanswered else verdict, soft_wrap=True)
