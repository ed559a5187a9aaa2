"""Memory and time of SALT's rows for large vocabularies of random data.

    python -m benchmarks.embeddings --tokens 150000 --width 2048

Each line is a process of its own: source and target vocabularies of that many tokens, a share of them in both, random
source rows (float32), helper rows and static vectors; then mixtures, the new rows, and nothing else. The bar is 16 GB
at 150,000 tokens and width 2,048.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence

from benchmarks.memory import own_peak

BAR_GB = 16.0


def measure(
    tokens: int, width: int, helper_width: int, static_width: int, shared: float, device: str
) -> dict[str, float]:
    """Make the rows once; return seconds, peak memory and the mean support."""
    import torch

    from cscl_data.embeddings import METHODS, Materials, MixSettings
    from cscl_data.embeddings.base import Vectors
    from cscl_data.embeddings.report import support_sizes
    from cscl_data.embeddings.rows import build_rows

    generator = torch.Generator().manual_seed(0)
    common = int(tokens * shared)
    source = torch.randn(tokens, width, generator=generator)
    everything = torch.ones(tokens, dtype=torch.bool)
    materials = Materials(
        new=torch.arange(common, tokens),
        shared_target=torch.arange(common),
        shared_source=torch.randperm(tokens, generator=generator)[:common],
        static=Vectors(torch.randn(tokens, static_width, generator=generator), everything),
        helper=Vectors(torch.randn(tokens, helper_width, generator=generator), everything),
    )
    began = time.monotonic()
    mixtures = list(METHODS["salt"].mix(materials, MixSettings(device=device)))
    mixed = time.monotonic()
    build_rows(source, materials, mixtures, rows=tokens, rest="gaussian", generator=generator)
    ended = time.monotonic()
    peak = own_peak()
    sizes = support_sizes(mixtures) or {"mean": 0.0}
    return {
        "mix_s": mixed - began,
        "rows_s": ended - mixed,
        "cpu_s": time.process_time(),
        "peak_gb": peak / 1e9,
        "support": sizes["mean"],
    }


def table(lines: Sequence[tuple[int, dict[str, float]]]) -> list[str]:
    """Return the measurements as a Markdown table."""
    rows = ["| tokens | mean support | mixtures | rows | processor time | peak memory |", "|---" * 6 + "|"]
    for tokens, found in lines:
        rows.append(
            f"| {tokens:,} | {found['support']:.0f} | {found['mix_s']:.0f} s | {found['rows_s']:.0f} s "
            f"| {found['cpu_s']:.0f} s | {found['peak_gb']:.2f} GB |"
        )
    return rows


def main() -> None:
    """Measure every size in a process of its own, smallest first, and stop where memory passes the bar."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tokens", type=int, nargs="+", default=[20_000, 50_000, 150_000])
    parser.add_argument("--width", type=int, default=2048)
    parser.add_argument("--helper-width", type=int, default=768)
    parser.add_argument("--static-width", type=int, default=300)
    parser.add_argument("--shared", type=float, default=0.3, help="share of the tokens that both vocabularies have")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        sizes = (args.width, args.helper_width, args.static_width)
        print(json.dumps(measure(args.tokens[0], *sizes, args.shared, args.device)))
        return
    lines: list[tuple[int, dict[str, float]]] = []
    for tokens in args.tokens:
        more = [
            f"--{name}={getattr(args, name.replace('-', '_'))}" for name in ("width", "helper-width", "static-width")
        ]
        more += [f"--shared={args.shared}", f"--device={args.device}"]
        command = [sys.executable, "-m", "benchmarks.embeddings", "--one", f"--tokens={tokens}", *more]
        done = subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ)
        lines.append((tokens, json.loads(done.stdout.splitlines()[-1])))
        print(table(lines)[-1], file=sys.stderr, flush=True)
        if lines[-1][1]["peak_gb"] > BAR_GB:
            print(f"above {BAR_GB:.0f} GB: larger sizes are left out", file=sys.stderr)
            break
    print("\n".join(table(lines)))


if __name__ == "__main__":
    main()
