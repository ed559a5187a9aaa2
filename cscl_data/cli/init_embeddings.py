"""`cscl-data init-embeddings`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cscl_data.cli import options as opt
from cscl_data.cli.report import listening, print_json, size
from cscl_data.io.telling import show, tell
from cscl_data.io.trust import trust_code

if TYPE_CHECKING:
    from cscl_data.pipelines.embeddings.settings import EmbeddingJob


def init_embeddings_cli(
    method: Annotated[str, typer.Option(help="salt, focus, wechsel, ofa, transtok, mean, multivariate or random.")],
    model: Annotated[str, typer.Option(help="The source model: a directory of transformers, or hub:ORG/NAME.")],
    out: Annotated[Path, typer.Option(help="The model directory to be made.", parser=opt.local_path, metavar="<path>")],
    tokenizer: Annotated[str | None, typer.Option(help="Directory of the new tokenizer, or hub:ORG/NAME.")] = None,
    train_tokenizer: Annotated[
        str | None, typer.Option(help="Text or dataset that a new tokenizer, or with --extend new tokens, come from.")
    ] = None,
    vocab_size: Annotated[int | None, typer.Option(help="Of the tokenizer that is learned.")] = None,
    tokenizer_kind: Annotated[str, typer.Option(help="Of the tokenizer that is learned: bpe or unigram.")] = "bpe",
    extend: Annotated[
        int | None, typer.Option(help="Keep the model's tokenizer and add its best N new tokens of --train-tokenizer.")
    ] = None,
    helper_model: Annotated[
        str | None, typer.Option(help="salt: an encoder or language model of the target language.")
    ] = None,
    static_vectors: Annotated[
        str | None, typer.Option(help="fastText vectors of the target language, .vec, .vec.gz or .bin.")
    ] = None,
    train_vectors: Annotated[
        str | None, typer.Option(help="Text in the target language that vectors are learned from (gensim).")
    ] = None,
    source_vectors: Annotated[
        str | None, typer.Option(help="wechsel, ofa: fastText vectors of the source language.")
    ] = None,
    train_source_vectors: Annotated[
        str | None, typer.Option(help="wechsel, ofa: text in the source language that vectors are learned from.")
    ] = None,
    save_vectors: Annotated[
        Path | None, typer.Option(help="File that keeps the learned target vectors for another run.")
    ] = None,
    vector_dim: Annotated[int, typer.Option(help="Numbers in a learned vector.")] = 100,
    vector_epochs: Annotated[int, typer.Option(help="Passes over the text that vectors are learned from.")] = 3,
    vector_min_count: Annotated[int, typer.Option(help="Rarer words get no vector of their own.")] = 10,
    text_column: Annotated[
        str | None, typer.Option(help="Of texts that are tables: a name, or a number from 1.")
    ] = None,
    lexicon: Annotated[
        str | None, typer.Option(help="wechsel, ofa: lexicon that joins the two spaces, source word first.")
    ] = None,
    bitext: Annotated[
        list[str] | None, typer.Option(help="transtok: bitext, source language first. Repeatable.")
    ] = None,
    src_lang: Annotated[str | None, typer.Option(help="Language of the source model, as BCP-47.")] = None,
    tgt_lang: Annotated[str | None, typer.Option(help="Target language, as BCP-47.")] = None,
    src_column: opt.SrcColumn = None,
    tgt_column: opt.TgtColumn = None,
    limit: Annotated[int | None, typer.Option(help="Rows of the bitext that are read.")] = None,
    min_count: Annotated[int, typer.Option(help="transtok: links that a pair of words needs to count.")] = 10,
    match: Annotated[
        str, typer.Option(help="Same tokens: exact; symbols (without regard to spaces before symbols); loose (all).")
    ] = "symbols",
    copy_shared: Annotated[
        bool,
        typer.Option("--copy-shared/--no-copy-shared", help="Copy the rows of shared tokens; special ones always so."),
    ] = True,
    mean_of: Annotated[
        str, typer.Option(help="mean: of the vocabulary, or of the pieces that spell the token.")
    ] = "vocabulary",
    ridge: Annotated[
        float, typer.Option(help="salt: ridge over the mean squared norm of helper rows; 0: minimum norm.")
    ] = 0.0,
    neighbours: Annotated[int, typer.Option(help="wechsel, ofa: source tokens in a new row.")] = 10,
    temperature: Annotated[float, typer.Option(help="wechsel, ofa: of the softmax over cosines.")] = 0.1,
    rank: Annotated[int | None, typer.Option(help="ofa: coordinates kept of the source embedding; 400.")] = None,
    sample: Annotated[int, typer.Option(help="New tokens whose nearest source tokens are reported.")] = 20,
    seed: Annotated[int, typer.Option(help="Of the rows that are drawn and the vectors that are learned.")] = 0,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:1.")] = "auto",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the plan and its memory, write nothing.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Start anew where a model stands.")] = False,
    trust_remote_code: opt.TrustRemoteCode = False,
    config: opt.Config = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the manifest as one line.")] = False,
) -> None:
    """Give a language model a new vocabulary: every token gets an embedding made of the old ones.

    Needs memory for the model, both embeddings and a few blocks; never for all similarities.

    Example: cscl-data init-embeddings --method salt --model EN --tokenizer KO --helper-model KO --train-vectors ko.txt
    --out out/en-ko
    """
    from cscl_data.embeddings import MixSettings
    from cscl_data.embeddings.vector_training import VectorSettings
    from cscl_data.errors import ConfigError
    from cscl_data.io.bitext import BitextSpec
    from cscl_data.pipelines.embeddings.settings import EmbeddingJob

    if bitext and not (src_lang and tgt_lang):
        raise ConfigError("--bitext needs its languages", hint="--src-lang en --tgt-lang ko")
    trust_code(trust_remote_code)
    job = EmbeddingJob(
        method=method,
        model=model,
        out=out,
        tokenizer=tokenizer,
        train_tokenizer=train_tokenizer,
        tokenizer_kind=tokenizer_kind,
        vocab_size=vocab_size,
        extend=extend,
        helper_model=helper_model,
        static_vectors=static_vectors,
        source_vectors=source_vectors,
        train_vectors=train_vectors,
        train_source_vectors=train_source_vectors,
        text_column=text_column,
        vectors=VectorSettings(width=vector_dim, epochs=vector_epochs, min_count=vector_min_count, seed=seed),
        save_vectors=None if save_vectors is None else str(save_vectors),
        lexicon=lexicon,
        bitext=None
        if not bitext
        else BitextSpec(
            src_lang=str(src_lang),
            tgt_lang=str(tgt_lang),
            paths=tuple(bitext),
            src_column=src_column,
            tgt_column=tgt_column,
            limit=limit,
        ),
        min_count=min_count,
        src_lang=src_lang,
        tgt_lang=tgt_lang,
        match=match,
        copy_shared=copy_shared,
        mean_of=mean_of,
        rank=rank,
        numbers=MixSettings(ridge=ridge, neighbours=neighbours, temperature=temperature, device=device),
        seed=seed,
        sample=sample,
    )
    if dry_run:
        _show_plan(job)
        return
    from cscl_data.pipelines.embeddings.reporting import summary_lines
    from cscl_data.pipelines.embeddings.run import run_embeddings

    with listening() as listener:
        done = run_embeddings(job, argv=opt.recorded_argv(), overwrite=overwrite, listener=listener)
    lines = ["the same model was there already"] if done.was_there else []
    lines += summary_lines(done.manifest["report"], method)
    lines += [f"{done.elapsed_s:.1f} s", f"sig {done.manifest['sig']}", f"model {out}, its card {out / 'README.md'}"]
    tell("\n".join(lines))
    if as_json:
        print_json({**done.manifest, "elapsed_s": round(done.elapsed_s, 3)})


def _show_plan(job: EmbeddingJob) -> None:
    from cscl_data.pipelines.embeddings.outlook import outlook

    found = outlook(job)
    lines = ["nothing is written now", f"sig {found.sig}"]
    lines += [f"input {item['path']}  {item['bytes']:,} bytes  {item['role']}" for item in found.inputs]
    lines.append(f"memory: about {size(found.memory_bytes)} beside Python and its packages")
    show("\n".join(lines))
