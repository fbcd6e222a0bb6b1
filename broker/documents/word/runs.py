"""Words, data and gaps inside a paragraph."""

from __future__ import annotations

from docx.enum.text import WD_COLOR_INDEX
from docx.text.paragraph import Paragraph

from broker.documents.content import Datum, Gap, Runs
from broker.documents.word.letters import clean
from broker.documents.word.styles import DATUM, GAP


def write_runs(paragraph: Paragraph, runs: Runs, *, marked: bool = True, bold: bool = False) -> None:
    """Append the runs. A gap is framed and highlighted, a datum shaded where it is `marked`."""
    for run in runs:
        written = paragraph.add_run(clean(run.text))
        if isinstance(run, Gap):
            written.style = GAP
            written.font.highlight_color = WD_COLOR_INDEX.YELLOW
        elif isinstance(run, Datum) and marked:
            written.style = DATUM
        if bold:
            written.bold = True
