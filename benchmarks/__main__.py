"""`make bench`: measures and writes build/bench.json, a flat object of metric -> number."""

import json
from pathlib import Path

from benchmarks import (
    archiver,
    audit_verify,
    canary,
    cli_speed,
    cost_data,
    doctor,
    evidence,
    guard_report,
    meter,
    replay,
    standing_cost,
    suspension,
    synthesis,
)

OUT = Path(__file__).resolve().parent.parent / "build" / "bench.json"


def main() -> None:
    """Run every benchmark; later ones still run if a machine is slow."""
    figures: dict[str, float] = {}
    measured = (
        *(cli_speed, standing_cost, synthesis, meter, suspension, replay, cost_data),
        *(doctor, guard_report, canary),
        *(archiver, audit_verify, evidence),
    )
    for benchmark in measured:
        for name, value in benchmark.measure().items():
            figures[name] = round(value, 4)
            print(f"{name:<48} {figures[name]:>10}", flush=True)  # noqa: T201 - for a person
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
