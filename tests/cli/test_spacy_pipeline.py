"""`make-token-cs --spacy-pipeline`: no unit cuts an entity, and tags serve `--pos` and `matrix-frame`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.calling import assert_conserved, call, make, manifest, rows
from tests.spacy_pipelines import german, make_nlp, saved, spanish

PAIRS = (
    ("Sie sah die Bank von England am Morgen.", "Ella vio el Banco de Inglaterra por la mañana."),
    ("Er kennt der alte mann und das meer auch.", "El conoce el viejo y el mar también."),
    ("Die Tür und der tiefe Fluss.", "La puerta y el río profundo."),
)
LINKS = (
    "0-0 1-1 2-2 3-3 4-4 5-5 6-6 7-8 8-9",
    "0-0 1-1 2-2 3-3 4-3 5-4 6-5 7-6 8-7 9-8",
    "0-0 1-1 2-2 3-3 4-5 5-4 6-6",
)
NAMES = ("Bank von England", "alte mann und das meer", "Banco de Inglaterra", "viejo y el mar")
FUNCTION = {"Sie", "die", "von", "am", "Er", "der", "und", "das", "Die"}


@pytest.fixture
def command(tmp_path: Path) -> list[object]:
    corpus, links = tmp_path / "corpus.tsv", tmp_path / "links.pharaoh"
    corpus.write_text("".join(f"{german}\t{spanish}\n" for german, spanish in PAIRS), encoding="utf-8")
    links.write_text("".join(f"{line}\n" for line in LINKS), encoding="utf-8")
    return ["make-token-cs", corpus, "--src-lang", "de", "--tgt-lang", "es", "--alignments", links]


@pytest.fixture
def both(tmp_path: Path) -> list[object]:
    return ["--spacy-pipeline", f"de={german(tmp_path)}", "--spacy-pipeline", f"es={spanish(tmp_path)}"]


def cut_names(out: Path) -> list[str]:
    """What was switched, on either side, that holds a part of a name and not the whole."""
    found: list[str] = []
    for row in rows(out):
        from_src = row["matrix_lang"] == "de"
        matrix, embedded = (row["src_text"], row["tgt_text"]) if from_src else (row["tgt_text"], row["src_text"])
        for edit in row["edits"]:
            for text, side in ((matrix, "matrix"), (embedded, "embedded")):
                start, end = edit[f"{side}_start"], edit[f"{side}_end"]
                spans = [(text.index(name), text.index(name) + len(name)) for name in NAMES if name in text]
                found += [text[start:end] for a, b in spans if a < end and start < b and not start <= a < b <= end]
    return found


def switched(out: Path) -> list[str]:
    """What was switched of the matrix sentences."""
    return [
        row["src_text"][edit["matrix_start"] : edit["matrix_end"]]
        for row in rows(out)
        if row["matrix_lang"] == "de"
        for edit in row["edits"]
    ]


@pytest.mark.parametrize(
    "more",
    [
        ("--ratio", 0.4, "--n-variants", 6, "--max-phrase-len", 6),
        ("--ratio", 0.4, "--n-variants", 6, "--unit", "word", "--constraint", "none"),
        ("--method", "annotate", "--ratio", 0.5),
    ],
    ids=["phrases", "words", "annotations"],
)
def test_no_unit_cuts_an_entity(tmp_path: Path, command: list[object], both: list[object], more: tuple) -> None:
    shared = [*command, *more, "--matrix-lang", "both", "--max-reject-rate", 1]
    make(*shared, "--out", tmp_path / "without")
    assert cut_names(tmp_path / "without")
    make(*shared, *both, "--out", tmp_path / "with")
    assert cut_names(tmp_path / "with") == []
    assert len(switched(tmp_path / "with")) > 3


def test_an_entity_is_switched_whole(tmp_path: Path, command: list[object], both: list[object]) -> None:
    make(*command, *both, "--ratio", 1, "--max-phrase-len", 6, "--constraint", "matrix-frame", "--out", tmp_path / "t")
    assert [row["text"] for row in rows(tmp_path / "t")][:2] == [
        "Sie vio die Banco de Inglaterra am mañana.",
        "Er conoce der viejo y el mar también.",
    ]


def test_function_words_stay_by_their_tags(tmp_path: Path, command: list[object], both: list[object]) -> None:
    frame = [*command, "--ratio", 1, "--constraint", "matrix-frame"]
    make(*frame, *both, "--out", tmp_path / "with")
    pieces = " ".join(one for one in switched(tmp_path / "with") if one not in NAMES).split()
    assert not FUNCTION & set(pieces)
    assert {"sah", "kennt", "Morgen", "tiefe", "Fluss"} <= set(pieces)


def test_pos_takes_words_with_a_tag(tmp_path: Path, command: list[object], both: list[object]) -> None:
    asked = [*command, "--ratio", 1, "--max-reject-rate", 1]
    refused = call(*asked, "--pos", "VERB", "--out", tmp_path / "t")
    assert refused.code == 2
    assert "no parts of speech are known of de and es words" in refused.stderr
    make(*asked, *both, "--pos", "VERB", "--out", tmp_path / "verbs")
    assert switched(tmp_path / "verbs") == ["sah", "kennt"]
    make(*asked, *both, "--pos", "NOUN,PROPN", "--max-phrase-len", 6, "--unit", "word", "--out", tmp_path / "nouns")
    assert switched(tmp_path / "nouns") == ["Bank von England", "Morgen", "alte mann und das meer", "Tür", "Fluss"]


def test_sig_settings_and_inputs_name_the_pipelines(tmp_path: Path, command: list[object], both: list[object]) -> None:
    make(*command, "--out", tmp_path / "without")
    make(*command, *both, "--out", tmp_path / "with")
    plain, made = manifest(tmp_path / "without"), assert_conserved(tmp_path / "with", 3)
    named = made["settings"].pop("spacy_pipelines")
    assert made["settings"] == plain["settings"]
    part = f"pipelines:de={named['de']}+es={named['es']}|"
    assert made["sig"] == plain["sig"].replace("|unit:", f"|{part}unit:")
    assert {item["path"] for item in made["inputs"] if item.get("role") == "pipeline"} >= {
        f"{tmp_path}/de/config.cfg",
        f"{tmp_path}/es/entity_ruler/patterns.jsonl",
    }
    other = call(*command, "--out", tmp_path / "with")
    assert other.code == 2
    assert "spacy_pipelines" in other.stderr
    make(*command, *both, "--ratio", 0, "--out", tmp_path / "zero")
    idle = manifest(tmp_path / "zero")
    assert "pipelines" not in idle["sig"]
    assert "spacy_pipelines" not in idle["settings"]


def test_workers_and_shards_change_nothing(tmp_path: Path, command: list[object], both: list[object]) -> None:
    one = [*command, *both, "--n-variants", 2, "--ratio", 0.4]
    make(*one, "--workers", 1, "--out", tmp_path / "a")
    make(*one, "--workers", 2, "--shard-rows", 2, "--out", tmp_path / "b")
    assert rows(tmp_path / "a") == rows(tmp_path / "b")


def test_a_lexicon_takes_what_the_tags_of_the_text_say(tmp_path: Path) -> None:
    text, lexicon = tmp_path / "text.txt", tmp_path / "lexicon.tsv"
    text.write_text("Der Mann sah die Bank von England.\n", encoding="utf-8")
    lexicon.write_text("Mann\t남자\nsah\t보았다\nBank\t은행\nEngland\t영국\n", encoding="utf-8")
    command = ["make-token-cs", text, "--src-lang", "de", "--tgt-lang", "ko", "--method", "lexicon", "--ratio", 1]
    command += ["--lexicon", lexicon, "--priors", "none", "--pos", "NOUN,PROPN"]
    make(*command, "--spacy-pipeline", f"de={german(tmp_path)}", "--out", tmp_path / "t")
    assert [row["text"] for row in rows(tmp_path / "t")] == ["Der 남자 sah die Bank von England."]


def test_several_target_languages_share_the_source_s_pipeline(tmp_path: Path) -> None:
    corpus = tmp_path / "c.jsonl"
    corpus.write_text('{"de": "Sie kennt Bank von England.", "es": "Ella lo sabe.", "id": "Dia tahu."}\n' * 3)
    command = ["make-token-cs", corpus, "--src-lang", "de", "--tgt-lang", "es", "--tgt-lang", "id", "--method", "salad"]
    made = make(*command, "--spacy-pipeline", f"de={german(tmp_path)}", "--max-reject-rate", 1, "--out", tmp_path / "t")
    assert made.stderr.count("spaCy pipeline of de") == 1
    sig = manifest(tmp_path / "t")["sig"]
    assert f"|pipelines:de={manifest(tmp_path / 't')['settings']['spacy_pipelines']['de']}|" in sig
    assert cut_names(tmp_path / "t") == []


def test_an_error_in_a_pipeline_ends_the_run_before_anything_is_aligned(tmp_path: Path, command: list[object]) -> None:
    nlp = make_nlp("de", names={"PER": ("Anna",)})
    nlp.get_pipe("entity_ruler").add_patterns([{"label": "PER", "pattern": [{"LEMMA": "haus"}]}])
    broken = call(*command[:-2], "--spacy-pipeline", f"de={saved(tmp_path, nlp)}", "--out", tmp_path / "t")
    assert broken.code == 4
    assert "fails on a text" in broken.stderr
    assert "fitting" not in broken.stderr
    missing = call(*command, "--spacy-pipeline", "de=de_core_news_xx", "--out", tmp_path / "t")
    assert missing.code == 4
    assert "python -m spacy download de_core_news_xx" in missing.stderr
