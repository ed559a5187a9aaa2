"""`make-token-cs --method llm` as a user calls it, against a server of the tests: resume, budget, keys, report."""

from __future__ import annotations

import inspect
import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cscl_data.cli.llm_options import OPTIONS
from cscl_data.cli.make_token_cs import make_token_cs_cli
from cscl_data.generators import token
from tests.cli.calling import EN_KO, Called, assert_conserved, call, hashes, make, manifest, rows
from tests.factories import ten_pairs
from tests.generators.llm.chat_server import ChatServer, Reply, Seen, chat_server, fails, says

KEY = "sk-secret-of-the-test"
ANSWERS = (
    "My grandmother drinks 녹차 every morning.",
    "She boils the 물을 in an old 주전자.",
    "The 찻잎이 must not burn, she says.",
    'Then she asks: "Do you want a 커피?"',
    "The 막차 leaves at 11:40 p.m.",
    "안나 missed it twice this 주.",
    "A 택시 would cost 18,000 won.",
    "So she walked 집에 along the 강.",
    "Please water the 화분 🌱 on 금요일.",
    "Run `make test` before you 커밋.",
)
"""One answer a pair; the fourth has a word of nowhere."""
N = len(ANSWERS)


def model(seen: Seen, _: int) -> Reply:
    """A model that knows the ten pairs, and does not mend its ways."""
    task = seen.body["messages"][1]["content"]
    sides = [(pair.src_text, pair.tgt_text) for pair in ten_pairs()]
    number = next(i for i, texts in enumerate(sides) if any(f"sentence:\n{text}\n\n" in task for text in texts))
    return says(ANSWERS[number])


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    path = tmp_path / "corpus.jsonl"
    lines = [
        {"id": pair.id, "doc": pair.doc_id, "translation": {"en": pair.src_text, "ko": pair.tgt_text}}
        for pair in ten_pairs()
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with chat_server(model) as running:
        yield running


@pytest.fixture(autouse=True)
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CSCL_LLM_API_KEY", raising=False)


def command(corpus: Path, server: ChatServer, out: Path, *more: object) -> list[Any]:
    where = ("--endpoint", server.url, "--llm-model", "tiny/model")
    return ["make-token-cs", corpus, *EN_KO, "--method", "llm", *where, "--out", out, *more]


FREE = ("--llm-fallback", "reject")


def test_rows_are_the_answers_and_the_bad_one_is_a_reject(corpus: Path, server: ChatServer, tmp_path: Path) -> None:
    called = make(*command(corpus, server, tmp_path / "t", *FREE, "--price-in", 2, "--price-out", 10))
    made = assert_conserved(tmp_path / "t", N)
    assert [row["text"] for row in rows(tmp_path / "t")] == [*ANSWERS[:3], *ANSWERS[4:]]
    [reject] = rows(tmp_path / "t", "rejects")
    assert (reject["id"], reject["reason"]) == ("p3/en/0", "llm_invalid")
    assert "provenance: 커피: not in the Korean translation" in reject["detail"]
    assert made["deterministic"] is False
    assert re.fullmatch(
        r"schema:token_cs/1\|method:llm\.3\|llm:tiny/model\|prompt:[0-9a-f]{8}\|mode:free\|unit:phrase\|ratio:0\.2\|"
        r"matrix:src\|constraints:free-morpheme\|seed:0",
        made["sig"],
    )
    assert {row["sig"] for row in rows(tmp_path / "t")} == {made["sig"]}
    assert len(server.seen) == N + 1, "the bad one was asked for twice"
    assert made["report"]["llm"] == {
        "answer_tokens": 110,
        "answers": 11,
        "cost": 0.0033,
        "fault:provenance": 2,
        "prompt_tokens": 1100,
        "valid": 9,
    }
    host = server.url.removeprefix("http://").removesuffix("/v1")
    assert f"llm: 10 rows by model tiny/model at {host}, without a key" in called.stderr
    assert "llm: 11 answers, 1,100 prompt tokens, 110 answer tokens, cost 0.0033" in called.stderr
    assert "this run paid for 11 answers" in called.stderr
    make("inspect", tmp_path / "t", "--verify")


def test_merged_parts_have_the_report_of_the_whole(corpus: Path, server: ChatServer, tmp_path: Path) -> None:
    priced = (*FREE, "--shard-rows", 3, "--price-in", 2, "--price-out", 10)
    make(*command(corpus, server, tmp_path / "whole", *priced))
    parts = [tmp_path / f"part-{number}" for number in (1, 2)]
    for number, part in enumerate(parts, start=1):
        make(*command(corpus, server, part, *priced, "--part", f"{number}/2"))
    told = make("merge", *parts, "--out", tmp_path / "merged").stderr
    assert "llm: 11 answers, 1,100 prompt tokens, 110 answer tokens, cost 0.0033" in told
    assert manifest(tmp_path / "merged")["report"] == manifest(tmp_path / "whole")["report"]
    make(*command(corpus, server, parts[0], *FREE, "--shard-rows", 3, "--part", "1/2", "--overwrite"))
    make("merge", *parts, "--out", tmp_path / "unpriced")
    assert manifest(tmp_path / "unpriced")["report"]["llm"].keys() == {
        *("answers", "answer_tokens", "prompt_tokens", "valid", "fault:provenance")
    }, "the price of one part is not known"


def test_fallback_says_so_in_its_row_and_in_the_report(corpus: Path, server: ChatServer, tmp_path: Path) -> None:
    called = make(*command(corpus, server, tmp_path / "t", "--llm-mode", "guided", "--constraint", "none"))
    made = assert_conserved(tmp_path / "t", N)
    signatures = {row["id"]: row["sig"] for row in rows(tmp_path / "t")}
    assert signatures.pop("p3/en/0") == f"{made['sig']}|fallback:{token.METHOD}"
    assert set(signatures.values()) == {made["sig"]}
    assert "|mode:guided|aligner:statistical." in made["sig"]
    assert made["report"]["notes"]["made_by_alignment_instead"] == 1
    assert "made by alignment instead 1 rows" in called.stderr
    assert "Switch these, and nothing else (English = Korean):" in server.seen[0].asked


def test_same_command_again_asks_nothing(corpus: Path, server: ChatServer, tmp_path: Path) -> None:
    make(*command(corpus, server, tmp_path / "t", *FREE))
    before, asked = hashes(tmp_path / "t"), len(server.seen)
    make(*command(corpus, server, tmp_path / "t", *FREE))
    assert (hashes(tmp_path / "t"), len(server.seen)) == (before, asked)


def test_budget_stops_with_5_and_the_same_command_pays_for_the_rest(
    corpus: Path, server: ChatServer, tmp_path: Path
) -> None:
    make(*command(corpus, server, tmp_path / "whole", *FREE, "--shard-rows", 3))
    once = len(server.seen)
    codes = []
    for _ in range(4):
        called = call(*command(corpus, server, tmp_path / "t", *FREE, "--shard-rows", 3, "--max-requests", 4))
        codes.append(called.code)
        if called.code == 0:
            break
        assert "error: --max-requests 4 is reached: this run may pay for no more; every answer is kept" in called.stderr
        assert "llm: this run paid for 4 answers, 400 prompt tokens" in called.stderr
        assert "hint: the same command again goes on and pays for no answer twice" in called.stderr
        assert not (tmp_path / "t" / "manifest.json").exists()
    assert codes == [5, 5, 0], "eleven answers, four at a time"
    assert len(server.seen) == 2 * once
    assert hashes(tmp_path / "t") == hashes(tmp_path / "whole")
    assert manifest(tmp_path / "t")["report"]["llm"]["answers"] == 11


def test_killed_run_pays_for_no_answer_twice(corpus: Path, tmp_path: Path) -> None:
    """The sixth answer never comes; the run is killed while it waits for it."""
    waiting = threading.Event()

    def stuck(seen: Seen, number: int) -> Reply:
        if number == 5:
            waiting.set()
            return model(seen, number)._replace(takes_s=600)
        return model(seen, number)

    with chat_server(stuck) as server:
        arguments = [str(each) for each in command(corpus, server, tmp_path / "t", *FREE, "--llm-concurrency", 1)]
        run = subprocess.Popen([sys.executable, "-m", "cscl_data", *arguments], stderr=subprocess.DEVNULL)
        try:
            assert waiting.wait(60)
        finally:
            run.kill()
            run.wait()
        assert not (tmp_path / "t" / "manifest.json").exists()
        make(*arguments)
        asked = [json.dumps(seen.body) for seen in server.seen]
        assert len(asked) == N + 2, "eleven answers, and the one that the kill lost"
        assert len(set(asked)) == N + 1


def test_budget_of_tokens_stops_with_5(corpus: Path, server: ChatServer, tmp_path: Path) -> None:
    called = call(*command(corpus, server, tmp_path / "t", *FREE, "--max-tokens-total", 600))
    assert called.code == 5
    assert 0 < len(server.seen) < N
    assert make(*command(corpus, server, tmp_path / "t", *FREE)).code == 0
    assert len(server.seen) == N + 1


def test_other_settings_and_overwrite_keep_the_answers(corpus: Path, server: ChatServer, tmp_path: Path) -> None:
    make(*command(corpus, server, tmp_path / "t", *FREE))
    asked = len(server.seen)
    other = command(corpus, server, tmp_path / "t", *FREE, "--llm-ratio-bounds", "0.1,0.9")
    refused = call(*other)
    assert refused.code == 2
    assert "llm_ratio_bounds (None -> [0.1, 0.9])" in refused.stderr
    make(*other, "--overwrite")
    assert len(server.seen) == asked


def test_runs_may_share_a_folder_of_answers(corpus: Path, server: ChatServer, tmp_path: Path) -> None:
    shared = ("--llm-cache", tmp_path / "answers")
    make(*command(corpus, server, tmp_path / "a", *FREE, *shared))
    asked = len(server.seen)
    make(*command(corpus, server, tmp_path / "b", *FREE, *shared))
    assert len(server.seen) == asked
    assert hashes(tmp_path / "a") == hashes(tmp_path / "b")


def test_key_is_sent_and_written_nowhere(
    corpus: Path, server: ChatServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CSCL_LLM_API_KEY", KEY)
    called = make(*command(corpus, server, tmp_path / "t", *FREE, "--json"))
    assert {seen.headers["Authorization"] for seen in server.seen} == {f"Bearer {KEY}"}
    assert "with a key" in called.stderr
    files = [path for path in (tmp_path / "t").rglob("*") if path.is_file()]
    assert any(path.parent.parent.name == "llm-cache" for path in files)
    for text in (called.stdout, called.stderr, *(path.read_bytes().decode("latin-1") for path in files)):
        assert KEY not in text
        assert "Bearer" not in text


def test_key_that_no_header_carries_is_refused_and_not_shown(
    corpus: Path, server: ChatServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CSCL_LLM_API_KEY", "sk-비밀")
    called = call(*command(corpus, server, tmp_path / "t", *FREE))
    assert called.code == 2
    assert "CSCL_LLM_API_KEY: holds characters that no key has" in called.stderr
    assert "비밀" not in called.stderr


def test_server_that_cannot_be_used_is_exit_4_and_the_run_goes_on_later(corpus: Path, tmp_path: Path) -> None:
    replies = [fails(401, "bad key")]
    with chat_server(lambda seen, n: replies[0] if replies else model(seen, n)) as server:
        called = call(*command(corpus, server, tmp_path / "t", *FREE, "--llm-concurrency", 1))
        assert called.code == 4
        assert f"{server.url}/chat/completions: model 'tiny/model': HTTP 401" in called.stderr
        assert "hint: export CSCL_LLM_API_KEY=" in called.stderr
        replies.clear()
        make(*command(corpus, server, tmp_path / "t", *FREE))


def test_dry_run_asks_nothing(corpus: Path, server: ChatServer, tmp_path: Path) -> None:
    both = ("--matrix-lang", "both", "--price-in", 1, "--price-out", 2)
    called = make(*command(corpus, server, tmp_path / "t", "--dry-run", *both))
    assert server.seen == []
    assert not (tmp_path / "t").exists()
    numbers = r"[\d,]+ prompt tokens and [\d,]+ answer tokens; cost about 0\.\d+"
    assert re.search(rf"llm: about 20 requests to 127\.0\.0\.1:\d+, {numbers}", called.stderr)
    assert "estimated from the bytes of the text" in called.stderr


def test_ratio_zero_asks_nothing(corpus: Path, server: ChatServer, tmp_path: Path) -> None:
    make(*command(corpus, server, tmp_path / "t", "--ratio", 0))
    assert server.seen == []
    assert [row["text"] for row in rows(tmp_path / "t")] == [pair.src_text for pair in ten_pairs()]
    assert manifest(tmp_path / "t")["deterministic"] is True


def refused(*more: object) -> Called:
    return call("make-token-cs", "corpus.jsonl", *EN_KO, *more, "--out", "never")


_LLM = ("--method", "llm", "--endpoint", "http://127.0.0.1:1/v1", "--llm-model", "m")


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (("--method", "lmm"), "unknown method 'lmm'. Available: align"),
        (("--method", "llm"), "--method llm needs --endpoint URL and --llm-model NAME"),
        (("--endpoint", "http://127.0.0.1:1/v1"), "--endpoint is for --method llm, and the method is align"),
        (("--max-requests", 5), "--max-requests is for --method llm, and the method is align"),
        ((*_LLM, "--n-variants", 2), "--method llm: a model at temperature 0 answers one way"),
        ((*_LLM, "--ratio-by", "char"), "--method llm counts words"),
        ((*_LLM, "--target-cmi", "20,5"), "--method llm counts words"),
        ((*_LLM, "--price-in", 1), "--price-in and --price-out go together"),
        ((*_LLM, *FREE, "--unit", "phrase"), "aligns nothing, so --unit would do nothing"),
        ((*_LLM, *FREE, "--aligner", "statistical"), "aligns nothing, so --aligner would do nothing"),
    ],
)
def test_what_does_not_go_together_is_refused(more: tuple[object, ...], message: str) -> None:
    called = refused(*more)
    assert called.code == 2, called.stderr
    assert message in called.stderr


def test_every_option_of_the_method_is_refused_elsewhere() -> None:
    names = set(inspect.signature(make_token_cs_cli).parameters)
    assert {name for name in names if "llm" in name} | {"endpoint", "max_requests", "price_in"} <= set(OPTIONS) <= names


def test_progress_is_told(corpus: Path, server: ChatServer, tmp_path: Path) -> None:
    called = make(*command(corpus, server, tmp_path / "t", *FREE, "--matrix-lang", "both", "--max-reject-rate", 1))
    assert "llm: 10 of 20 answers" in called.stderr


def test_other_processes_of_this_machine_are_refused(corpus: Path, server: ChatServer, tmp_path: Path) -> None:
    called = call(*command(corpus, server, tmp_path / "t", *FREE, "--workers", 2))
    assert (called.code, "--method llm needs --workers 1, not 2" in called.stderr) == (2, True)
    assert "--llm-concurrency" in called.stderr
