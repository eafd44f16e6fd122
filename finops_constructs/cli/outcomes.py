"""`finops outcomes`: what the spend brought back, recorded by people."""

from __future__ import annotations

from pathlib import Path

import click

from finops_constructs.cli.import_rows import import_options, import_rows


@click.group()
def outcomes() -> None:
    """Business results: what ROI and the cost of a unit of work are computed from."""


@outcomes.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@import_options
def import_outcomes(
    *,
    file: Path,
    into: str,
    columns: tuple[tuple[str, str], ...],
    constants: tuple[tuple[str, str], ...],
    date_format: str | None,
    skip_empty: tuple[str, ...],
    dry_run: bool,
    as_json: bool,
) -> None:
    """Check a CSV of business results and append it to those that are there.

    Columns: outcome_date, source (measured, survey or estimate), sample_size (of a survey), tenant,
    project, unit_of_work, units, hours_saved, hourly_rate_usd, velocity, velocity_unit. Either
    every row is good or nothing is imported; the same rows are never counted twice.

    An issue tracker's export has other headers, and one line an issue:

    \b
    Example:
      finops outcomes import outcomes.csv --into build/sample
      finops outcomes import jira.csv --into s3://example-cost-lake \\
          --map outcome_date=Resolved --map tenant=Component --date-format "%d/%b/%y" \\
          --set source=measured --set unit_of_work=issue --set units=1 --skip-empty outcome_date
    """  # noqa: D301 - \b is click's mark for text that keeps its line breaks
    import_rows(
        "outcomes",
        file,
        into,
        columns=columns,
        constants=constants,
        date_format=date_format,
        skip_empty=skip_empty,
        dry_run=dry_run,
        as_json=as_json,
    )
