"""Cross-Lingual Optimization against fine-tuning on the same translations: which language answers, and how well.

One command makes a small English instruct model (text in both languages, then English instructions), and from it, for
every number of samples and every seed, the arms: `sft-target`, `sft-both`, `clo`, `clo-all`. All have the same records.
Each is asked held-out questions in both languages. What is done is kept: the same command goes on where it stopped.

    python clo.py cpu.yaml --pages tldr.en-ko.jsonl --text en-ko.tsv.gz --tgt-lang ko --out out/clo
"""

from __future__ import annotations

import argparse
import json
import shlex
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parent))

from measure import language_rates, last_losses
from records import Parts, parted, read_pages, records_of, sampled, write_lines

ARMS = {
    "sft-target": ("sft", "sft-target"),
    "sft-both": ("sft", "sft-both"),
    "clo": ("clo", "clo"),
    "clo-all": ("clo", "clo"),
}
"""Objective and scheme by arm; `clo-all` trains all weights, the paper's `clo` those of attention."""
GOLD = ("--tgt-prompt-field", "prompt_xx", "--tgt-response-field", "response_xx")


class Study:
    """The study: its settings, its languages, and where it writes."""

    def __init__(self, options: argparse.Namespace, settings: dict[str, Any]) -> None:
        self.out: Path = options.out
        self.settings = settings
        self.langs: tuple[str, str] = ("en", options.tgt_lang)
        self.pair = ("--src-lang", "en", "--tgt-lang", options.tgt_lang)
        self.translated = ("--model", options.translate_with) if options.translate_with else GOLD

    def command(self, *arguments: object) -> None:
        """Run one `cscl-data` command; one that is done does nothing."""
        words = [str(argument) for argument in arguments]
        print("cscl-data", shlex.join(words), flush=True)
        if subprocess.run([sys.executable, "-m", "cscl_data", "--quiet", *words], check=False).returncode:
            raise SystemExit("clo.py: the command did not finish; the message above says why")

    def rows(self, name: str, records: Sequence[dict[str, str]], scheme: str) -> Path:
        """Make the rows of a scheme from records."""
        lines = write_lines(self.out / "records" / f"{name}.jsonl", records)
        made = self.out / "data" / f"{name}-{scheme}"
        self.command("make-preferences", lines, *self.pair, *self.translated, "--scheme", scheme, "--out", made)
        return made

    def train(self, name: str, model: object, stage: str, *flags: str, **options: object) -> Path:
        """Train; return the run's directory."""
        named = {**options, **self.settings["train"]}
        more = [word for key, value in named.items() for word in (f"--{key.replace('_', '-')}", value)]
        self.command("train", "--model", model, "--stage", stage, *more, *flags, "--out", self.out / "runs" / name)
        return self.out / "runs" / name

    def tests(self, parts: Parts) -> list[str]:
        """Return the flags that have the loss on held-out answers measured in both languages."""
        schemes = zip(self.langs, ("sft-english", "sft-target"), strict=True)
        return [f"--eval={lang}={self.rows('test', parts.test, scheme)}" for lang, scheme in schemes]

    def base(self, parts: Parts, text: Path, columns: Sequence[str]) -> Path:
        """Train on text of both languages, then on English instructions."""
        wanted = self.settings["base"]
        both = ("--src-column", columns[0], "--tgt-column", columns[1], "--budget", wanted["text"])
        self.command("make-mono", text, text, *self.pair, *both, "--out", self.out / "data" / "text")
        of_text = f"text={self.out / 'data' / 'text'}@{wanted['tokens']}"
        first = self.train("text", wanted["model"], of_text, vocab_size=wanted["vocab_size"])
        english = self.rows("start", parts.start, "sft-english")
        plain = {"objective": "sft", "chat_template": "plain", "lr": wanted["lr"]}
        stage = f"en={english}@{wanted['epochs']}epochs"
        return self.train("start", first / "model", stage, *self.tests(parts), **plain)

    def arms(self, base: Path, parts: Parts) -> Iterator[dict[str, list[dict[str, Any]]]]:
        """Train and measure every arm; yield all so far after each number of samples, the start model first."""
        tests = self.tests(parts)
        found = {"start 0": [self.measured(base, parts)]}
        for n in self.settings["samples"]:
            for seed in range(self.settings["seeds"]):
                records = sampled(parts.pool, n, seed)
                for arm, (objective, scheme) in ARMS.items():
                    stage = f"{scheme}={self.rows(f'{n}-{seed}', records, scheme)}@{self.settings['epochs']}epochs"
                    options = {"objective": objective, "chat_template": "plain", "seed": seed, **self.settings[arm]}
                    run = self.train(f"{arm}-{n}-{seed}", base / "model", stage, *tests, **options)
                    found.setdefault(f"{arm} {n}", []).append(self.measured(run, parts))
            yield found

    def measured(self, run: Path, parts: Parts) -> dict[str, Any]:
        """Return in which language a model answers, and its loss on held-out answers."""
        prompts = [[record[field] for record in parts.test] for field in ("prompt", "prompt_xx")]
        asked = dict(zip(self.langs, prompts, strict=True))
        rates = language_rates(run, asked, **self.settings["answers"])
        return {"rates": rates, "loss": last_losses(run, self.langs)}


def table(found: dict[str, list[dict[str, Any]]], langs: tuple[str, str]) -> list[str]:
    """Return the lines of a Markdown table: means over the seeds, and the standard deviation behind them."""
    here, there = langs
    lines = [
        f"| arm | samples | {there} prompts answered in {there} | {here} in {here} | loss {there} | loss {here} |",
        "|---|---|---|---|---|---|",
    ]
    for name, seeds in found.items():
        arm, n = name.split()
        cells = [spread([100 * seed["rates"][lang][lang] for seed in seeds], ".1f") for lang in (there, here)]
        cells += [spread([seed["loss"][lang] for seed in seeds], ".3f") for lang in (there, here)]
        lines.append(f"| `{arm}` | {n} | {' | '.join(cells)} |")
    return lines


def spread(values: Sequence[float], form: str) -> str:
    """Return mean and standard deviation; one value has none."""
    mean = format(statistics.mean(values), form)
    return f"{mean} ± {format(statistics.stdev(values), form)}" if len(values) > 1 else mean


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the study, print its table, and write it with all numbers."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("settings", type=Path, help="cpu.yaml, gpu.yaml, or your own")
    parser.add_argument("--pages", type=Path, required=True, help="tldr pages in two languages, JSON lines")
    parser.add_argument("--text", type=Path, required=True, help="text in both languages: a bitext for the base model")
    parser.add_argument("--text-columns", default="en,xx", help="its columns: names, or numbers from 1")
    parser.add_argument("--tgt-lang", default="ko")
    parser.add_argument("--translate-with", help="a translation model, in place of the pages' own translations")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(arguments)
    settings = yaml.safe_load(options.settings.read_text(encoding="utf-8"))

    study = Study(options, settings)
    records = records_of(read_pages(options.pages), options.tgt_lang, settings["longest"])
    parts = parted(records, max(settings["samples"]), settings["test"])
    print(
        f"{len(parts.start)} records for the start, {len(parts.pool)} to draw samples from, {len(parts.test)} to test"
    )
    base = study.base(parts, options.text, options.text_columns.split(","))
    for found in study.arms(base, parts):
        lines = table(found, study.langs)
        print("\n" + "\n".join(lines), flush=True)
        (options.out / "table.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
        (options.out / "clo.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
