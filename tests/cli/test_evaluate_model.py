"""`cscl-data evaluate model`: what it prints and writes, over seeds, and how it fails."""

from __future__ import annotations

import json
import shutil
import sys

import pytest

from tests.cli.calling import EN_KO, KOREAN, call, make
from tests.language_models import save_language_model

QUICK = ("--threads", "1", "--device", "cpu", "--limit", "12")
QUERY = {
    "prompt": {"en": "The capital of Japan is <mask>.", "ko": "일본의 수도는 <mask>이다."},
    "candidates": {"en": ["Tokyo", "Seoul", "Paris"], "ko": ["도쿄", "서울", "파리"]},
    "answer": 0,
}


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Two seeds, the first as `train` leaves a run."""
    root = tmp_path_factory.mktemp("runs")
    save_language_model(root / "a" / "model")
    save_language_model(root / "b", seed=1)
    return root


def lines_of(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def write(path, *records):
    path.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), encoding="utf-8")
    return path


def test_all_figures_stand_side_by_side(runs, tmp_path):
    prompts = write(
        tmp_path / "ask.jsonl",
        *({"id": n, "prompt": f"tea {n}?", "lang": lang} for n, lang in enumerate(("en", "ko", "ko"))),
    )
    queries = write(tmp_path / "queries.jsonl", QUERY, {**QUERY, "answer": 1})
    more = tmp_path / "more.txt"
    more.write_text("물 한 잔\n\n녹차 두 잔\n", encoding="utf-8")
    called = make(
        *("evaluate", "model", "--run", f"both={runs / 'a'},{runs / 'b'}", "--model", f"one={runs / 'b'}", *QUICK),
        *("--bitext", KOREAN, *EN_KO, "--text", f"ko={more}", "--prompts", f"ask={prompts}", "--max-new-tokens", "4"),
        *("--consistency", queries, "--out", tmp_path / "report"),
    )
    report = json.loads((tmp_path / "report" / "report.json").read_text(encoding="utf-8"))
    both, one = report["groups"]
    assert [len(group["models"]) for group in (both, one)] == [2, 1]
    assert [list(table) for table in both["tables"].values()] == [
        ["en", "ko", "ko more.txt"],
        ["en", "ko", "ko more.txt"],
        ["P@1, mean of layers", "P@1, best layer", "MEXA, mean of layers", "MEXA, best layer"],
        ["ask en", "ask ko"],
        ["ask en", "ask ko"],
        ["RankC en-ko", "right in en", "right in ko"],
    ]
    bits = both["tables"]["bits a byte, by language"]["ko"]
    assert bits["mean"] == pytest.approx(sum(bits["values"]) / 2)
    assert bits["sd"] > 0
    assert one["tables"]["bits a byte, by language"]["ko"] == {
        "mean": bits["values"][1],
        "sd": None,
        "values": bits["values"][1:],
    }
    assert [layer["layer"] for layer in one["models"][0]["layers"]] == [0, 1, 2]
    answers = lines_of(tmp_path / "report" / "answers.jsonl")
    assert [(answer["name"], answer["id"], answer["lang"]) for answer in answers[:3]] == [
        ("both", "0", "en"),
        ("both", "1", "ko"),
        ("both", "2", "ko"),
    ]
    assert len(answers) == 9
    page = (tmp_path / "report" / "model.html").read_text(encoding="utf-8")
    assert page.count("<svg") == 3
    assert all(text in page for text in ("both", "P@1 by CSLS by layer", "MEXA by layer", "±", "RankC en-ko"))
    assert "±" in next(line for line in called.stdout.splitlines() if line.split()[0:1] == ["both"])
    assert "by chance 8.3 %" in called.stdout
    assert "loss, ko more.txt" in called.stderr


def test_json_is_one_line_and_the_same_again(runs):
    arguments = ("evaluate", "model", "--model", runs / "b", *QUICK, "--bitext", KOREAN, *EN_KO, "--json")
    first = make(*arguments)
    assert len(first.stdout.splitlines()) == 1
    assert json.loads(first.stdout)["groups"][0]["name"] == "b"
    assert make(*arguments).stdout == first.stdout


def test_sentences_that_are_cut_are_counted_and_named(runs, tmp_path):
    pairs = tmp_path / "pairs.tsv"
    pairs.write_text("tea\t차\nbus\t" + "물 " * 15 + "\n", encoding="utf-8")
    queries = write(tmp_path / "queries.jsonl", QUERY)
    asked = ("--bitext", pairs, *EN_KO, "--consistency", queries)
    for context, cut in ((12, {"retrieval": 1, "consistency": 6}), (100, {"retrieval": 0, "consistency": 0})):
        called = make("evaluate", "model", "--model", runs / "b", *QUICK, *asked, "--context", context, "--json")
        report = json.loads(called.stdout)
        assert report["groups"][0]["models"][0]["cut"] == cut
        for what, n in cut.items():
            note = f"{runs / 'b'}: {n} sentences are longer than the context, and were cut for {what}"
            assert (note in report["notes"]) == (n > 0)


def test_pairs_that_nothing_can_tell_apart_are_left_out_and_said(runs, tmp_path):
    for name, texts in (("en", "tea\ntea\ncup\n\n"), ("ko", "차\n녹차\n잔\n물\n")):
        (tmp_path / name).write_text(texts, encoding="utf-8")
    moses = ("--src-file", tmp_path / "en", "--tgt-file", tmp_path / "ko", *EN_KO)
    called = make("evaluate", "model", "--model", runs / "b", "--threads", "1", *moses)
    assert "1 rows cannot be used and are left out; 2 are measured" in called.stdout
    assert "1 pairs share a text with one before and are left out of 3" in called.stdout


def test_chat_template_of_the_model_is_used_and_said(runs, tmp_path):
    shutil.copytree(runs / "b", tmp_path / "chat")
    template = "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}<assistant>"
    (tmp_path / "chat" / "chat_template.jinja").write_text(template, encoding="utf-8")
    prompts = write(tmp_path / "ask.jsonl", {"prompt": "tea?", "prompt_lang": "en"})
    common = ("evaluate", "model", "--model", tmp_path / "chat", *QUICK, "--prompts", prompts, "--max-new-tokens", "3")
    assert "prompts written by chat template" in make(*common).stdout
    assert "prompts written by plain" in make(*common, "--chat-template", "plain").stdout


def test_answer_behind_its_cue_is_what_is_judged_and_the_missing_ones_are_counted(runs, tmp_path):
    """The cue is what the model, which says the same each time, begins its first Korean answer with."""
    asked = [{"id": n, "prompt": text, "lang": lang} for n, (text, lang) in enumerate((("tea?", "en"), ("차?", "ko")))]
    common = (
        *("evaluate", "model", "--model", runs / "b", *QUICK, "--max-new-tokens", "8"),
        *("--prompts", f"ask={write(tmp_path / 'ask.jsonl', *asked)}"),
    )
    make(*common, "--out", tmp_path / "plain")
    said = [answer["answer"] for answer in lines_of(tmp_path / "plain" / "answers.jsonl")]
    cue, rest = said[1][:1], said[1][1:].strip()
    expected = {cue: (rest, [0.0, 100.0, 0.0]), "한국어:": ("", [0.0, 0.0, 100.0])}
    for n, (own, (taken, shares)) in enumerate(expected.items()):
        called = make(*common, "--extract", "plug", "--cue", f"ko={own}", "--out", tmp_path / str(n))
        answers = lines_of(tmp_path / str(n) / "answers.jsonl")
        assert [(answer["answer"], answer["taken"]) for answer in answers] == [(said[0], None), (said[1], taken)]
        report = json.loads((tmp_path / str(n) / "report.json").read_text(encoding="utf-8"))
        table = report["groups"][0]["tables"]["answers taken out behind their cues, %"]
        assert list(table) == ["ask ko both", "ask ko monolingual", "ask ko not found"]
        assert [value["mean"] for value in table.values()] == shares
        assert "answers taken out behind their cues" in called.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ([], 2, "error: nothing to measure is given"),
        (["--bitext", str(KOREAN)], 2, "error: sentence pairs need --src-lang and --tgt-lang"),
        (["--bitext", "none.tsv", *EN_KO], 3, "error: none.tsv: no such file"),
        (["--text", "more.txt"], 2, "error: --text 'more.txt': expected LANG=PATH"),
        (["--consistency", "{bad}"], 3, "a prompt has no <mask>"),
        (["--prompts", "{bad}"], 3, "bad.jsonl: no prompts"),
        (["--bitext", str(KOREAN), *EN_KO, "--pooling", "max"], 2, "error: unknown pooling 'max'"),
        (["--refusals", "mine.yaml", "--bitext", str(KOREAN), *EN_KO], 2, "error: --refusals is for --prompts"),
        (["--extract", "plug", "--bitext", str(KOREAN), *EN_KO], 2, "error: --extract is for --prompts"),
        (["--max-new-tokens", "9", "--bitext", str(KOREAN), *EN_KO], 2, "error: --max-new-tokens is for --prompts"),
        (["--chat-template", "plain", "--bitext", str(KOREAN), *EN_KO], 2, "error: --chat-template is for --prompts"),
        (["--pooling", "mean", "--text", f"en={KOREAN}"], 2, "error: --pooling is for sentence pairs"),
        (["--src-lang", "en", "--text", f"en={KOREAN}"], 2, "error: --src-lang is for sentence pairs"),
        (["--prompts", "{ask}", "--extract", "plugs"], 2, "unknown way to extract answers 'plugs'"),
        (["--prompts", "{ask}", "--cue", "ko=x", "--pivot", "en"], 2, "--pivot and --cue: for --extract plug"),
        (["--prompts", "{ask}", "--extract", "plug", "--pivot", "ko"], 2, "all prompts are in ko"),
        (["--prompts", "{ask}", "--extract", "plug", "--cue", "ja=x"], 2, "the languages are en and ko"),
        (["--bitext", str(KOREAN), *EN_KO, "--model", "nowhere"], 2, "error: --model nowhere: no such directory"),
    ],
)
def test_errors_are_clear(runs, tmp_path, arguments, code, message):
    bad = write(tmp_path / "bad.jsonl", {**QUERY, "prompt": {"en": "What?", "ko": "<mask>"}})
    ask = write(tmp_path / "ask.jsonl", {"prompt": "차?", "lang": "ko"})
    called = call("evaluate", "model", "--model", runs / "b", *(item.format(bad=bad, ask=ask) for item in arguments))
    assert called.code == code
    assert message in called.stderr
    assert "Traceback" not in called.stderr


def test_harness_that_is_not_installed_is_named(runs, monkeypatch):
    monkeypatch.setitem(sys.modules, "lm_eval", None)
    called = call("evaluate", "model", "--model", runs / "b", "--lm-eval", "arc_easy")
    assert called.code == 4
    assert called.stderr.splitlines() == [
        "error: option '--lm-eval' needs the package lm-eval",
        "hint: pip install 'cscl-data[lm-eval]'",
    ]


@pytest.mark.slow
@pytest.mark.backend
def test_task_of_ones_own_runs_in_the_harness(runs, tmp_path):
    pytest.importorskip("lm_eval")
    rows = [
        {"question": "The capital of Japan is", "choices": ["Tokyo", "Seoul"], "answer": 0},
        {"question": "The capital of Korea is", "choices": ["Tokyo", "Seoul"], "answer": 1},
    ]
    data = write(tmp_path / "capitals.jsonl", *rows)
    (tmp_path / "capitals.yaml").write_text(
        f"task: capitals\ndataset_path: json\ndataset_kwargs:\n  data_files:\n    test: {data}\ntest_split: test\n"
        "output_type: multiple_choice\ndoc_to_text: '{{question}}'\ndoc_to_choice: '{{choices}}'\n"
        "doc_to_target: answer\nmetric_list:\n  - metric: acc\n",
        encoding="utf-8",
    )
    common = ("evaluate", "model", "--model", runs / "b", "--threads", "1", "--lm-eval-include", tmp_path)
    called = make(*common, "--lm-eval", "capitals", "--json")
    [model] = json.loads(called.stdout.splitlines()[-1])["groups"][0]["models"]
    assert model["tasks"]["capitals"]["acc"] in (0.0, 0.5, 1.0)
    assert "the harness has no task 'nothing'" in call(*common, "--lm-eval", "nothing").stderr
