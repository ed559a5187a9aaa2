"""How well the risk of a switch tells what readers reject, and the weights of it fitted anew.

    python -m benchmarks.switch_risk [--data DIR] [--write]

`judged_units.tsv.gz` holds verdicts on single units, each judged as if it were the only switch in its sentence: corpus,
direction (the language of the frame first), line of the corpus (counted from 0), the code points that are replaced and
those that come in, and `ok` or what is the matter. `verbal` is a Korean or Japanese verbal noun in the slot of an
English verb, which counts as half a rejection. The sentences are those of ../shared/data: FLORES-200 dev, park dev of
korean-parallel-corpora, NusaX valid and train.

Each corpus is aligned by itself with the defaults. Units are divided by sentence into eight parts, and each part is
scored by weights fitted on the seven others. `--write` fits on all of them and writes `assets/switch_risk.json`.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import math
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from cscl_data.generators.amount import DEFAULT_RATIO, TOKEN, how_many, size
from cscl_data.generators.candidates import Candidate
from cscl_data.generators.config import DEFAULT_MAX_RISK, TokenCsConfig
from cscl_data.generators.item import Side
from cscl_data.generators.placement import sentence_of, units_of
from cscl_data.generators.risk import least_risk
from cscl_data.generators.risk_features import features
from cscl_data.generators.selection import KEPT, choose_words, in_order
from cscl_data.io.bitext import Bitext, BitextSpec
from cscl_data.pipelines.align_settings import AlignSettings
from cscl_data.pipelines.alignment import LinkedPair, align_pairs, prepare
from cscl_data.records import Alignment, Pair
from cscl_data.text.words import WordSplitter

SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
FLORES = {"ko": "kor_Hang", "ja": "jpn_Jpan", "id": "ind_Latn"}
PARTS, RIDGE, LEAST_SEEN, DRAWS = 8, 2.0, 10, 10
HALF = 0.5
Doubles = npt.NDArray[np.float64]


class Judged(NamedTuple):
    """A unit with its verdict: what it is of, its features, and the words of its frame."""

    corpus: str
    direction: str
    line: int
    unit: Candidate
    verdict: str
    features: dict[str, float]
    least_risk: float
    n_words: int

    @property
    def sentence(self) -> tuple[str, str, int]:
        """What the unit is of, in either direction."""
        return self.corpus, min(self.direction.split("-")), self.line

    @property
    def badness(self) -> float:
        """1 for a rejection, 0 for none."""
        return {"ok": 0.0, "verbal": HALF}.get(self.verdict, 1.0)


def lines_of(data: Path, corpus: str, other: str) -> list[tuple[str, str]]:
    """Return the pairs of a corpus, English first."""
    if corpus == "flores":
        names = "eng_Latn", FLORES[other]
        texts = [(data / "flores200" / "dev" / f"{name}.dev").read_text("utf-8").splitlines() for name in names]
        return list(zip(*texts, strict=True))
    if corpus == "park":
        rows = (data / "korean-parallel-corpora" / "park.dev.en-ko.tsv").read_text("utf-8").splitlines()
        return [(row.split("\t")[0], row.split("\t")[1]) for row in rows]
    found = []
    for part in ("valid", "train"):
        with (data / "nusax" / f"mt.{part}.csv").open(encoding="utf-8", newline="") as rows_of:
            found += [(row["english"], row["indonesian"]) for row in csv.DictReader(rows_of)]
    return found


def aligned(pairs: Sequence[tuple[str, str]], other: str) -> list[tuple[Pair, Alignment]]:
    """Align a corpus by itself."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "text.jsonl"
        path.write_text("".join(json.dumps({"en": en, other: text}) + "\n" for en, text in pairs), "utf-8")
        spec = BitextSpec(src_lang="en", tgt_lang=other, paths=(str(path),))
        how = prepare(AlignSettings(), spec, Path(folder))
        read = [pair for pair in Bitext(spec) if isinstance(pair, Pair)]
        return list(zip(read, align_pairs(how, [LinkedPair(pair, None) for pair in read]), strict=True))


def judged_units(data: Path) -> Iterator[Judged]:
    """Yield the judged units that are units still."""
    wanted: dict[tuple[str, str], dict[int, dict[tuple[int, ...], str]]] = defaultdict(lambda: defaultdict(dict))
    with gzip.open(Path(__file__).with_name("judged_units.tsv.gz"), "rt", encoding="utf-8") as rows:
        for row in csv.DictReader(rows, delimiter="\t"):
            where = tuple(int(row[f"{side}_{end}"]) for side in ("matrix", "embedded") for end in ("start", "end"))
            wanted[row["corpus"], row["direction"]][int(row["line"])][where] = row["verdict"]
    texts: dict[tuple[str, str], list[tuple[Pair, Alignment]]] = {}
    split = {lang: WordSplitter(lang) for lang in ("en", *FLORES)}
    for (corpus, direction), by_line in wanted.items():
        frame_lang, other_lang = direction.split("-")
        foreign = other_lang if frame_lang == "en" else frame_lang
        if (corpus, foreign) not in texts:
            texts[corpus, foreign] = aligned(lines_of(data, corpus, foreign), foreign)
        for line, verdicts in by_line.items():
            pair, alignment = texts[corpus, foreign][line]
            sides = [
                Side(lang, text, split[lang].words(text))
                for lang, text in ((pair.src_lang, pair.src_text), (pair.tgt_lang, pair.tgt_text))
            ]
            matrix = "src" if frame_lang == "en" else "tgt"
            frame, other = sides if matrix == "src" else sides[::-1]
            sentence = sentence_of(alignment, frame, other, matrix=matrix)
            for unit in units_of(alignment, frame, other, matrix=matrix, config=TokenCsConfig()):
                verdict = verdicts.get(_where(unit, frame, other))
                if verdict is not None:
                    heads = sentence.heads(unit)
                    found = sentence.whole | features(unit, sentence, heads)
                    least, n_words = least_risk(unit, sentence, heads, found), size(frame.words, TOKEN)
                    yield Judged(corpus, direction, line, unit, verdict, found, least, n_words)


def _where(unit: Candidate, frame: Side, other: Side) -> tuple[int, ...]:
    return (
        frame.words[unit.first].start, frame.words[unit.last].stem_end,
        other.words[unit.emb_first].start, other.words[unit.emb_last].stem_end,
    )  # fmt: skip


class Model(NamedTuple):
    """Names of features and their weights, the bias last."""

    names: list[str]
    weights: Doubles

    def risks(self, units: Sequence[Judged]) -> Doubles:
        """Return [n_units] risks."""
        plain: Doubles = 1 / (1 + np.exp(-_matrix(units, self.names) @ self.weights))
        return np.maximum(plain, [one.least_risk for one in units])


def fitted(units: Sequence[Judged]) -> Model:
    """Fit a logistic regression with an L2 penalty of `RIDGE` to features seen `LEAST_SEEN` times or more."""
    seen = Counter(name for one in units for name in one.features)
    names = sorted(name for name, times in seen.items() if times >= LEAST_SEEN)
    x, y = _matrix(units, names), np.array([one.badness for one in units])

    def loss(w: Doubles) -> tuple[float, Doubles]:
        z, held = x @ w, np.append(w[:-1], 0.0)
        value = float((np.logaddexp(0, z) - y * z).sum() + RIDGE * (held @ held) / 2)
        return value, x.T @ (1 / (1 + np.exp(-z)) - y) + RIDGE * held

    return Model(names, minimize(loss, np.zeros(x.shape[1]), jac=True, method="L-BFGS-B").x)


def _matrix(units: Sequence[Judged], names: Sequence[str]) -> Doubles:
    index = {name: i for i, name in enumerate(names)}
    x = np.zeros((len(units), len(names) + 1))
    x[:, -1] = 1
    for row, one in enumerate(units):
        for name, value in one.features.items():
            if name in index:
                x[row, index[name]] = value
    return x


def held_out(units: Sequence[Judged]) -> Doubles:
    """Return [n_units] risks by weights fitted without the sentence."""
    sentences = sorted({one.sentence for one in units})
    Random(0).shuffle(sentences)
    part_of = {sentence: i % PARTS for i, sentence in enumerate(sentences)}
    parts = np.array([part_of[one.sentence] for one in units])
    risks = np.zeros(len(units))
    for part in range(PARTS):
        model = fitted([one for one, own in zip(units, parts, strict=True) if own != part])
        risks[parts == part] = model.risks([one for one, own in zip(units, parts, strict=True) if own == part])
    return risks


def rejected_rows(units: Sequence[Judged], risks: Doubles, ratio: float, limit: float) -> tuple[float, float]:
    """Return the share of rows with a rejected unit, and the share of words switched, drawn as the method does."""
    by_line: dict[int, list[tuple[Candidate, str, int]]] = defaultdict(list)
    for one, risk in zip(units, risks, strict=True):
        by_line[one.line].append((one.unit._replace(risk=float(risk)), one.verdict, one.n_words))
    bad = rows = words = switched = 0
    for line, found in by_line.items():
        for draw in range(DRAWS):
            rng = Random(f"{draw}/{line}")
            wanted = how_many(ratio, found[0][2], rng)
            order = in_order([unit for unit, _, _ in found], rng)
            chosen = choose_words(order, wanted, orders=KEPT, max_risk=limit).units
            verdicts = {unit[:4]: verdict for unit, verdict, _ in found}
            bad += any(verdicts[unit[:4]] not in ("ok", "verbal") for unit in chosen)
            rows, words = rows + 1, words + found[0][2]
            switched += sum(unit.n_words for unit in chosen)
    return bad / rows, switched / words


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=SHARED)
    parser.add_argument("--write", action="store_true", help="fit on all units and write the weights")
    args = parser.parse_args()
    units = list(judged_units(args.data))
    risks, y = held_out(units), np.array([one.badness for one in units])
    print(f"{len(units)} units, {sum(one.badness == 1 for one in units)} rejected")
    print("\nrisk            units   rejected")
    edges = (0, 0.03, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1.01)
    for low, high in pairwise(edges):
        inside = (risks >= low) & (risks < high)
        print(f"{low:4.2f} to {min(high, 1):4.2f} {inside.sum():8} {y[inside].mean():9.1%}")
    columns = [(DEFAULT_RATIO, limit) for limit in (0.3, 0.2, 0.15, DEFAULT_MAX_RISK)]
    print("\nrows of 50 with a rejected unit (words switched), by --ratio / --max-risk")
    print("corpus direction".ljust(18) + "".join(f"{ratio:g} / {limit:g}".rjust(16) for ratio, limit in columns))
    for corpus, direction in sorted({(one.corpus, one.direction) for one in units}):
        own = [i for i, one in enumerate(units) if (one.corpus, one.direction) == (corpus, direction)]
        cells = [rejected_rows([units[i] for i in own], risks[own], *column) for column in columns]
        print(
            f"{corpus} {direction}".ljust(18)
            + "".join(f"{50 * bad:9.1f} ({share:.3f})"[-16:].rjust(16) for bad, share in cells)
        )
    if args.write:
        model = fitted(units)
        table = dict(zip(model.names, model.weights[:-1].tolist(), strict=True))
        kept = {name: round(weight, 3) for name, weight in table.items() if not math.isclose(weight, 0, abs_tol=0.02)}
        kept["bias"] = round(float(model.weights[-1]), 3)
        path = Path(str(files("cscl_data.assets").joinpath("switch_risk.json")))
        path.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        print(f"\n{len(kept)} weights written to {path.name}")


if __name__ == "__main__":
    main()
