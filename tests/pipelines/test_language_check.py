"""A language that the text is not in is noticed; text that is what it is said to be never stops a job."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cscl_data.errors import ConfigError, InputError
from cscl_data.io.bitext import Bitext, BitextSpec
from cscl_data.pipelines.language_check import SAMPLED_ROWS, Side, check_bitext, check_sides, settle
from cscl_data.records import Pair
from tests.cli.calling import EXAMPLE, KOREAN, RECORDS, call

ENGLISH = ["The green tea of this small house is what the people of the valley like most of all."] * 9
INDONESIAN = ["Teh hijau dari rumah kecil ini adalah yang paling disukai oleh orang di lembah itu."] * 40
KOREAN_TEXT = ["이 작은 집의 녹차는 골짜기 사람들이 가장 좋아하는 차이며 해마다 봄이 오면 새로 딴다."] * 9
JAPANESE_TEXT = ["この小さな家の緑茶は谷の人々が一番好きなお茶で、毎年春になると新しく摘まれる。"] * 9
CHINESE = ["这座小房子的绿茶是山谷里的人们最喜欢的茶，每年春天都会重新采摘，味道非常好。"] * 9
RUSSIAN = ["Зелёный чай этого маленького дома нравится людям долины больше всего на свете."] * 9
HINDI_LATIN = ["Is chhote ghar ki hari chai ghati ke logon ko sabse zyada pasand hai, har saal."] * 9


def sides(src_lang: str, src: list[str], tgt_lang: str, tgt: list[str]) -> tuple[Side, Side]:
    return Side("--src-lang", src_lang, src), Side("--tgt-lang", tgt_lang, tgt)


@pytest.mark.parametrize(
    ("src_lang", "src", "tgt_lang", "tgt"),
    [
        ("ko", ENGLISH, "en", KOREAN_TEXT),
        ("en", JAPANESE_TEXT, "ja", ENGLISH),
        ("en", RUSSIAN, "ru", ENGLISH),
        ("en", INDONESIAN, "id", ENGLISH * 5),
        ("fr", ENGLISH * 5, "en", INDONESIAN),
    ],
)
def test_swapped_languages_are_refused_with_the_way_back(src_lang, src, tgt_lang, tgt) -> None:
    with pytest.raises(InputError, match=r"^x\.tsv: the two languages look swapped") as caught:
        check_sides(sides(src_lang, src, tgt_lang, tgt), "x.tsv")
    assert caught.value.hint.startswith(f"--src-lang {tgt_lang} --tgt-lang {src_lang}, or ")


@pytest.mark.parametrize(
    ("lang", "text", "looks"),
    [
        ("ko", ENGLISH, "Latin"),
        ("ja", KOREAN_TEXT, "Hangul"),
        ("en", CHINESE, "Han characters"),
        ("zh", JAPANESE_TEXT, "Japanese"),
        ("id", JAPANESE_TEXT, "Japanese"),
    ],
)
def test_side_in_another_script_is_refused_and_named(lang, text, looks) -> None:
    with pytest.raises(InputError) as caught:
        check_sides(sides("en", ENGLISH, lang, text), "x.tsv")
    assert caught.value.message == f"x.tsv: the text of --tgt-lang {lang} looks like {looks}"


@pytest.mark.parametrize(
    ("lang", "text"),
    [("hi", HINDI_LATIN), ("sr", HINDI_LATIN), ("ko", ["The green tea of this small house is good, they say."])],
)
def test_what_may_be_right_is_only_warned_of(lang, text, caplog) -> None:
    check_sides(sides("en", ENGLISH, lang, text), "x.tsv")
    assert f"the text of --tgt-lang {lang} looks like Latin" in caplog.text


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("ko", KOREAN_TEXT + ENGLISH),
        ("ko", ["`git commit` 을 실행하면 The Foo Project 의 Bar Module 이 설정됨"] * 20),
        ("ko-Latn", ENGLISH),
        ("ja", CHINESE),
        ("xx", KOREAN_TEXT),
        ("ko", ["OK", "GitHub"]),
        ("ko", []),
        ("id", INDONESIAN),
    ],
)
def test_text_that_may_be_what_it_is_said_to_be_passes_without_a_word(lang, text, caplog) -> None:
    check_sides(sides("en", ENGLISH, lang, text), "x.tsv")
    assert caplog.text == ""


def test_every_command_notices(tmp_path: Path) -> None:
    swapped = (
        "--src-lang",
        "ko",
        "--tgt-lang",
        "en",
        "--src-column",
        "translation.en",
        "--tgt-column",
        "translation.ko",
    )
    text = tmp_path / "en.txt"
    text.write_text("\n".join(ENGLISH), encoding="utf-8")
    out = ("--out", tmp_path / "out")
    for command in (
        ["align", KOREAN, *swapped],
        ["make-token-cs", KOREAN, *swapped, "--dry-run"],
        ["make-sentence-cs", KOREAN, *swapped, "--doc-column", "doc"],
        ["make-priors", KOREAN, *swapped],
        ["make-mono", text, text, "--src-lang", "en", "--tgt-lang", "ko"],
        [
            "translate-bundle",
            RECORDS,
            "--fields",
            "question",
            "--src-lang",
            "ko",
            "--tgt-lang",
            "en",
            "--model",
            "echo",
        ],
    ):
        called = call(*command, *out)
        assert called.code == 3, (command, called.stderr)
        assert "looks like Latin" in called.stderr
        assert not (tmp_path / "out").exists()


def test_unknown_language_is_warned_of_once_whatever_the_workers(tmp_path: Path) -> None:
    rows = [{"en": ENGLISH[0], "xyz": INDONESIAN[0]} for _ in range(12)]
    path = tmp_path / "b.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    arguments = ["make-token-cs", path, "--src-lang", "en", "--tgt-lang", "xyz", "--workers", 2, "--shard-rows", 3]
    command = [sys.executable, "-m", "cscl_data", *map(str, [*arguments, "--out", tmp_path / "out"])]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert [line for line in done.stderr.splitlines() if "warning" in line] == [
        "warning: language xyz is not in the table; it runs on the rules of its script (Latin)"
    ]


def test_code_of_a_country_is_warned_of_with_the_language(caplog) -> None:
    with caplog.at_level(logging.WARNING):
        assert settle("en", "kr") == ["en", "kr"]
    assert "the language is ko, kr a country" in caplog.text


def test_one_language_twice_is_refused() -> None:
    with pytest.raises(ConfigError, match="both are en"):
        settle("en", "eng_Latn")


def test_known_languages_are_settled_without_a_warning(caplog) -> None:
    with caplog.at_level(logging.WARNING):
        assert settle("EN", "kor_Hang", "pt-br") == ["en", "ko", "pt-BR"]
    assert caplog.text == ""


@pytest.mark.parametrize("lang", ["ko", "ja", "id"])
def test_shipped_examples_pass_in_order_and_are_refused_swapped(lang: str) -> None:
    path = str(EXAMPLE / f"bitext.en-{lang}.jsonl")
    check_bitext(BitextSpec(src_lang="en", tgt_lang=lang, paths=(path,)))
    columns = {"src_column": "translation.en", "tgt_column": f"translation.{lang}"}
    with pytest.raises(InputError, match="swapped"):
        check_bitext(BitextSpec(src_lang=lang, tgt_lang="en", paths=(path,), **columns))


def real_bitexts(data: Path) -> Iterator[BitextSpec]:
    for path in sorted((data / "pool").glob("*.[dt]e[vs]*.tsv.gz")):
        src, tgt = path.name.split(".")[0].split("-")
        yield BitextSpec(src_lang=src, tgt_lang=tgt, paths=(str(path),), src_column="4", tgt_column="5")
    for path in sorted((data / "opensource-guide").glob("osg.*.jsonl")):
        src, tgt = path.name.split(".")[1].split("-", 1)
        yield BitextSpec(src_lang=src, tgt_lang=tgt, paths=(str(path),), src_column="en", tgt_column="xx")
    for path in sorted((data / "flores200" / "dev").glob("*_*.dev")):
        names = {"src_file": str(path.parent / "eng_Latn.dev"), "tgt_file": str(path)}
        if path.name != "eng_Latn.dev":
            yield BitextSpec(src_lang="en", tgt_lang=path.stem, **names)


def test_real_bitexts_pass_wherever_one_looks_and_are_refused_swapped(shared_data: Path) -> None:
    seen = 0
    for spec in real_bitexts(shared_data):
        pairs = [item for item in Bitext(spec) if isinstance(item, Pair)]
        for at in range(0, len(pairs), max(SAMPLED_ROWS, len(pairs) // 5)):
            window = pairs[at : at + SAMPLED_ROWS]
            src, tgt = [pair.src_text for pair in window], [pair.tgt_text for pair in window]
            check_sides(sides(spec.src_lang, src, spec.tgt_lang, tgt), "x")
            check_sides(sides(spec.src_lang, src[:5], spec.tgt_lang, tgt[:5]), "x")
            if len(window) > 20:
                with pytest.raises(InputError, match="swapped"):
                    check_sides(sides(spec.tgt_lang, src, spec.src_lang, tgt), "x")
            seen += 1
    assert seen > 40
