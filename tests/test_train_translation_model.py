"""`examples/train-translation-model/`: its parts, both directions, scores, and a run from the shipped model on."""

from __future__ import annotations

import importlib
import json
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cscl_data.translators import given_directory
from cscl_data.translators.ctranslate2 import CTranslate2Translator

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "examples" / "train-translation-model"
PAIRS = [
    ("The ferry to Larantuka leaves at 9.", "Feri ke Larantuka berangkat pukul 9."),
    ("We met Tom in Kupang.", "Kami bertemu Tom di Kupang."),
    ("She gave Tom a lamp.", "Dia memberi Tom sebuah lampu."),
    ("I saw Tom at the market.", "Saya melihat Tom di pasar."),
    ("Open the `notes` folder.", "Buka folder `notes`."),
    ("The goat eats the roof.", "Kambing itu memakan atap."),
]


@pytest.fixture(scope="module")
def script():
    """The script's modules by name; they stand at the top of the path only as long as the fixture lives."""
    names = [path.stem for path in FOLDER.glob("*.py")]
    sys.path.insert(0, str(FOLDER))
    yield importlib.import_module
    sys.path.remove(str(FOLDER))
    for name in names:
        sys.modules.pop(name, None)


def corpus(script, source="plain", tokenised=()):
    data = script("data")
    segments = [data.Segment(english, other, source, "trip") for english, other in PAIRS]
    return data.Corpus("id", segments, data.Sampling(tokenised=frozenset(tokenised)))


def sampler(script, **options):
    bundles = script("bundles")
    assets = ROOT / "cscl_data" / "assets" / "catalysts.yaml"
    catalysts = bundles.Catalysts(assets, FOLDER / "catalyst_variants.yaml")
    return bundles.ExampleSampler([corpus(script)], [1.0], catalysts, bundles.BundleOptions(**options))


def drawn(sampler, n=200):
    rng = random.Random(4)
    return [sampler.draw(rng) for _ in range(n)]


def test_sentences_are_read_in_one_language_and_written_in_the_other(script):
    out = {(one.source.lower(), one.target) for one in drawn(sampler(script, share=0.0))}
    assert ("the goat eats the roof.", "Kambing itu memakan atap.") in out
    back = {(one.source, one.target) for one in drawn(sampler(script, share=0.0, into_english=True))}
    assert back == {(other, english) for english, other in PAIRS}


@pytest.mark.parametrize("into_english", [False, True])
def test_bundles_have_an_indicator_a_field_on_both_sides(script, into_english):
    examples = drawn(sampler(script, share=1.0, noisy=0.0, into_english=into_english))
    written = {english if into_english else other for english, other in PAIRS}
    assert {one.fields for one in examples} >= {1, 2, 3}
    for one in examples:
        _, *targets = one.target.split(one.indicator)
        assert one.source.count(one.indicator) == len(targets) == one.fields
        assert {text.strip() for text in targets} <= written


def test_the_statement_before_a_bundle_is_in_the_language_that_is_read(script):
    examples = drawn(sampler(script, share=1.0, catalyst=1.0, paraphrase=0.0, into_english=True))
    statements = {(one.source.split(one.indicator)[0].strip(), one.target.split(one.indicator)[0]) for one in examples}
    assert all(read != written for read, written in statements)
    assert any(read.startswith("Berikut") and "following" in written for read, written in statements)


def test_tokenised_english_is_written_out_as_far_as_cased_text_tells(script):
    text = script("text")
    proper = text.proper_words(english for english, _ in PAIRS)
    assert proper == {"tom": "Tom"}
    assert text.write_out("where 's tom ? i saw him at ten o 'clock .", proper) == (
        "Where's Tom? I saw him at ten o'clock."
    )


@pytest.mark.parametrize(
    ("english", "other", "reason"),
    [
        ("Open the `notes` folder.", "Buka folder `notes`.", None),
        ("Open the `notes` folder.", "Buka folder `catatan`.", "protected span"),
        ("It leaves at 9.", "Berangkat pukul 11.", "number"),
        ("Kupang", "kupang", "copy"),
        ("The goat eats.", "염소가 먹는다.", "script"),
    ],
)
def test_pairs_that_disagree_are_left_out(script, english, other, reason):
    assert script("text").rejects_pair(english, other, "id") == reason


@pytest.mark.backend
def test_weights_of_a_directory_are_read_back_as_they_were_written(script, tmp_path):
    import torch

    model, convert, weights = script("model"), script("convert"), script("weights")
    shipped = given_directory("default")
    vocabulary = len(script("tokenizer").Tokenizer(shipped / "spm.model").pieces)
    first, second = (model.Translator(model.ModelOptions(vocabulary=vocabulary)) for _ in range(2))
    convert.write_directory(first, shipped / "spm.model", tmp_path / "float32", None)
    weights.set_weights(second, tmp_path / "float32")
    for name, tensor in first.state_dict().items():
        assert torch.equal(tensor, second.state_dict()[name]), name
    small = model.Translator(model.ModelOptions(vocabulary=vocabulary, width=128))
    with pytest.raises(ValueError, match="expected"):
        weights.set_weights(small, tmp_path / "float32")


@pytest.mark.backend
def test_a_run_into_english_starts_from_the_shipped_model_and_gives_one_that_loads(tmp_path):
    bitext = tmp_path / "pairs.tsv"
    bitext.write_text("".join(f"{english}\t{other}\n" for english, other in PAIRS), encoding="utf-8")
    command = [sys.executable, str(FOLDER / "train.py"), "--bitext", f"id={bitext}", "--dev", f"id={bitext}"]
    command += ["--out", str(tmp_path / "run"), "--start", str(given_directory("default")), "--into-english"]
    command += ["--steps", "1", "--tokens", "100"]
    env = {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    directory = tmp_path / "run" / "int8"
    assert json.loads((directory / "cscl_model.json").read_text("utf-8"))["directions"] == [["id", "en"]]
    translator = CTranslate2Translator(directory, inter_threads=1)
    assert translator.translate(["Kambing itu memakan atap."], "id", "en")[0].text
    shutil.rmtree(directory)
    again = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert "resumed at step 1" in again.stderr
    assert (directory / "model.bin").is_file()


def score_command(*values):
    command = [sys.executable, str(FOLDER / "score.py"), *map(str, values)]
    env = {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


def table_of(printed):
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in printed.splitlines() if line[:1] == "|"]
    return {row[0]: row[1:] for row in rows}


@pytest.mark.backend
def test_a_model_is_scored_on_sentences_and_bundles_in_its_own_direction(tmp_path):
    bitext = tmp_path / "pairs.tsv"
    rows = [*(("plain", *pair) for pair in PAIRS), ("spoken", "where 's tom ?", "Tom di mana?")]
    bitext.write_text("".join("\t".join(row) + "\n" for row in [*rows, ("plain", "Kupang", "kupang")]), "utf-8")
    read = ("--test", f"id={bitext}", "--columns", "source=1,english=2,other=3", "--bundles", 6, "--everyday", "spoken")
    done = score_command(given_directory("default"), *read)
    assert done.returncode == 0, done.stderr
    table = table_of(done.stdout)
    assert (table[""], table["sentences"], table["bundles"]) == (["en-id"], ["7"], ["6"])
    assert table["chrF of everyday sources alone (rows)"][0].endswith("(1)")
    assert table["whole"] == ["100.0 %"]
    into = score_command(given_directory("default:into-english"), *read, "--tokenised", "spoken")
    assert "--bitext has to name the training files" in into.stderr
    into = score_command(
        given_directory("default:into-english"), *read, "--tokenised", "spoken", "--bitext", f"id={bitext}"
    )
    assert table_of(into.stdout)[""] == ["id-en"]


@pytest.mark.backend
def test_every_line_of_two_plain_files_is_scored(tmp_path):
    for name, texts in zip(("en", "id"), zip(*[*PAIRS, ("Kupang", "kupang")], strict=True), strict=True):
        (tmp_path / name).write_text("\n".join(texts) + "\n", "utf-8")
    test = f"id={tmp_path / 'en'},{tmp_path / 'id'}"
    table = table_of(score_command(given_directory("default"), "--test", test, "--bundles", 0).stdout)
    assert table["sentences"] == ["7"]
    assert "bundles" not in table
    lacking = score_command(given_directory("default"), "--test", test.replace("id=", "de=", 1))
    assert "the model has ko, ja, id, not de" in lacking.stderr


def test_a_bundle_that_lost_a_field_is_not_whole(script):
    score = script("score")
    bundles = [
        script("bundles").Example("id", "@ one 1 @ two 2", "@ satu 1 @ dua 2", "@", 2),
        script("bundles").Example("id", "Two facts: # a 3 # b # c # d", "Dua fakta: # e 3 # f # g # h", "#", 4),
    ]
    right = [bundle.target for bundle in bundles]
    cells = score.bundle_rows(lambda _: right, lambda _: [right[0], "Dua fakta: # e f g h"], bundles, into=False)
    assert (cells["whole"], cells["whole, decoder left to itself"]) == ("100.0 %", "50.0 %")
    assert cells["whole, of four fields and more"] == "1 of 1"
    assert cells["fields of whole ones whose digits all return"] == "100.0 %"
    assert cells["chrF, indicators taken out"] == "100.0"
    assert cells["the same, two fields and more without a statement (bundles)"] == "100.0 (1)"
    assert score.without("Dua: @ satu @ dua", "@") == "Dua: satu dua"
