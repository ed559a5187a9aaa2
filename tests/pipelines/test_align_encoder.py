"""`align --aligner simalign` as a job: the same rows from any shards and workers, and what its signature says."""

import re

import pytest

from cscl_data.errors import ConfigError
from cscl_data.io.bitext import BitextSpec
from cscl_data.io.dataset import iter_dataset
from cscl_data.pipelines.align import AlignJob, plan_align, run_align
from cscl_data.pipelines.align_settings import AlignSettings
from cscl_data.pipelines.job import RunOptions
from cscl_data.pipelines.plan import Basics
from tests.aligners.tiny_encoders import build_bert

pytestmark = pytest.mark.backend


@pytest.fixture(scope="module")
def bert(tmp_path_factory):
    return build_bert(tmp_path_factory.mktemp("encoder") / "bert")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    words, hangul = ["the", "cat", "sat", "mat", "dogs", "green", "house"], ["고양이", "매트", "개", "집", "강", "초록"]
    sides = [(words[k % 7 :][:3] * (k % 5 + 1), hangul[k % 6 :][:3] * (k % 4 + 1)) for k in range(60)]
    rows = [f"{' '.join(src)}\t{' '.join(tgt)}" for src, tgt in sides]
    path = tmp_path_factory.mktemp("corpus") / "corpus.tsv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def job(corpus, out, bert, *, shard_rows=100, **alignment):
    return AlignJob(
        bitext=BitextSpec(src_lang="en", tgt_lang="ko", paths=(str(corpus),)),
        alignment=AlignSettings(aligner="simalign", encoder=str(bert), layer=2, **alignment),
        basics=Basics(out=out, seed=0, shard_rows=shard_rows),
    )


def rows_of(job, workers=1):
    run_align(job, RunOptions(workers=workers))
    return list(iter_dataset(job.basics.out))


def test_rows_do_not_depend_on_shards_or_workers(corpus, tmp_path, bert):
    whole = rows_of(job(corpus, tmp_path / "whole", bert))
    assert len(whole) == 60
    assert all(row["links"] for row in whole)
    assert rows_of(job(corpus, tmp_path / "shards", bert, shard_rows=7)) == whole
    assert rows_of(job(corpus, tmp_path / "workers", bert, shard_rows=25), workers=2) == whole


def test_min_score_drops_links_below_it(corpus, tmp_path, bert):
    whole = rows_of(job(corpus, tmp_path / "whole", bert, matching="fwd"))
    scores = sorted(link["score"] for row in whole for link in row["links"])
    assert 0.0 <= scores[0] < scores[-1] <= 1.0
    middle = scores[len(scores) // 2]
    kept = rows_of(job(corpus, tmp_path / "kept", bert, matching="fwd", min_score=middle))
    assert [row["links"] for row in kept] == [[x for x in row["links"] if x["score"] >= middle] for row in whole]


def test_signature_names_encoder_layer_matching_and_compute_type(corpus, tmp_path, bert):
    plan = plan_align(job(corpus, tmp_path, bert, compute_type="auto", device="auto"))
    parts = dict(part.split(":", 1) for part in plan.sig.split("|"))
    assert parts["aligner"] == "simalign.2"
    assert re.fullmatch("[0-9a-f]{8}", parts["encoder"])
    assert (parts["layer"], parts["matching"]) == ("2", "itermax")
    assert parts["compute"] in ("int8", "bfloat16")
    other = plan_align(job(corpus, tmp_path, build_bert(tmp_path / "bert", seed=1)))
    assert f"encoder:{parts['encoder']}|" not in other.sig
    assert "compute:float32" in other.sig


def test_wrong_settings_are_refused_before_anything_runs(corpus, tmp_path, bert):
    with pytest.raises(ConfigError, match="unknown matching 'intr'"):
        job(corpus, tmp_path, bert, matching="intr")
    with pytest.raises(ConfigError, match="unknown compute type 'int4'"):
        job(corpus, tmp_path, bert, compute_type="int4")
    with pytest.raises(ConfigError, match="no directory with a"):
        plan_align(job(corpus, tmp_path, tmp_path / "nothing"))
    with pytest.raises(ConfigError, match="--device nowhere"):
        plan_align(job(corpus, tmp_path, bert, device="nowhere"))
