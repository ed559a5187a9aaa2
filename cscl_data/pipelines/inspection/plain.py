"""`mono/1`, `sft/1`, `preferences/1` and `preferences_chat/1` under inspection."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from cscl_data.evaluation.distribution import Distribution
from cscl_data.pipelines.inspection.counts import shares, summary_values
from cscl_data.pipelines.inspection.shown import Line, ShownRow, plain_line
from cscl_data.records import Message, plain_prompt


class MonoLook:
    """Checks that no text is empty, and counts the languages."""

    def __init__(self, manifest: Mapping[str, Any]) -> None:
        report = manifest.get("report") or {}
        used, unused = report.get("used", {}), report.get("unused", {})
        self._weighed = {lang: int(amount["tokens"]) for lang, amount in used.items()}
        self._left_over = {lang: int(unused[lang]["tokens"]) for lang in used if lang in unused}
        self._characters = Distribution(1)
        self._rows: Counter[str] = Counter()
        self._by_characters: Counter[str] = Counter()
        self._by_bytes: Counter[str] = Counter()

    def row_id(self, row: Mapping[str, Any]) -> str:
        """Return the row's id."""
        return str(row["id"])

    def take(self, row: Mapping[str, Any]) -> list[str]:
        """Count a row and return what is wrong with it."""
        text, lang = row["text"], row["lang"]
        self._characters.add(len(text))
        self._rows[lang] += 1
        self._by_characters[lang] += len(text)
        self._by_bytes[lang] += len(text.encode())
        return [] if text.strip() else ["the text is empty"]

    def end_shard(self) -> list[str]:
        """Nothing concerns a shard as a whole."""
        return []

    def statistics(self) -> dict[str, Any]:
        """Return lengths and the languages' shares; and as the manifest states them, tokens used and left over."""
        return {
            "characters": summary_values(self._characters.summary()),
            "languages_by_rows": shares(self._rows),
            "languages_by_characters": shares(self._by_characters),
            "languages_by_bytes": shares(self._by_bytes),
            "tokens_used": shares(self._weighed),
            "tokens_left_over": shares(self._left_over),
        }

    def show(self, rows: Sequence[Mapping[str, Any]]) -> list[ShownRow]:
        """Return rows with their language."""
        return [
            ShownRow(row["id"], {"lang": row["lang"]}, (plain_line("text", row["lang"], row["text"]),)) for row in rows
        ]


class SftLook:
    """Checks that prompt and response hold text, and counts the languages."""

    def __init__(self, manifest: Mapping[str, Any]) -> None:
        self._prompt, self._response = Distribution(1), Distribution(1)
        self._langs: Counter[str] = Counter()

    def row_id(self, row: Mapping[str, Any]) -> str:
        """Return the row's id."""
        return str(row["id"])

    def take(self, row: Mapping[str, Any]) -> list[str]:
        """Count a row and return what is wrong with it."""
        self._prompt.add(len(row["prompt"]))
        self._response.add(len(row["response"]))
        self._langs[row["lang"]] += 1
        return [f"the {name} is empty" for name in ("prompt", "response") if not row[name].strip()]

    def end_shard(self) -> list[str]:
        """Nothing concerns a shard as a whole."""
        return []

    def statistics(self) -> dict[str, Any]:
        """Return lengths in characters and the languages' shares."""
        return {
            "prompt_characters": summary_values(self._prompt.summary()),
            "response_characters": summary_values(self._response.summary()),
            "languages_by_rows": shares(self._langs),
        }

    def show(self, rows: Sequence[Mapping[str, Any]]) -> list[ShownRow]:
        """Return prompts with their responses; all messages where there are any."""
        return [
            ShownRow(
                row["id"],
                {"lang": row["lang"]},
                _lines("", row["lang"], row["messages"])
                if row["messages"]
                else tuple(plain_line(name, row["lang"], row[name]) for name in ("prompt", "response")),
            )
            for row in rows
        ]


class PreferenceLook:
    """Checks that a record's rows are neighbours in one shard, and counts the languages."""

    def __init__(self, manifest: Mapping[str, Any]) -> None:
        self._lengths = {name: Distribution(1) for name in ("prompt", "chosen", "rejected")}
        self._langs: Counter[str] = Counter()
        self._open: str | None = None
        self._closed: set[str | None] = set()

    def row_id(self, row: Mapping[str, Any]) -> str:
        """Return the row's id."""
        return str(row["id"])

    def take(self, row: Mapping[str, Any]) -> list[str]:
        """Count a row and return what is wrong with it."""
        texts = {name: text_of(row[name]) for name in self._lengths}
        for name, lengths in self._lengths.items():
            lengths.add(len(texts[name]))
        self._langs[f"{row['prompt_lang']}: {row['chosen_lang']} over {row['rejected_lang']}"] += 1
        faults = [f"the {name} is empty" for name in self._lengths if not texts[name].strip()]
        if texts["chosen"] == texts["rejected"]:
            faults.append("chosen and rejected are the same text")
        record = row["record_id"]
        if record != self._open:
            if record in self._closed:
                faults.append(f"record {record} comes back; its rows must be neighbours")
            self._closed.add(self._open)
            self._open = record
        return faults

    def end_shard(self) -> list[str]:
        """Forget the shard's records but the last, which may not go on in the next shard."""
        self._closed = set() if self._open is None else {self._open}
        self._open = None
        return []

    def statistics(self) -> dict[str, Any]:
        """Return lengths in characters, and rows by language of prompt, chosen and rejected text."""
        lengths = {f"{name}_characters": summary_values(d.summary()) for name, d in self._lengths.items()}
        return {**lengths, "languages_by_rows": shares(self._langs)}

    def show(self, rows: Sequence[Mapping[str, Any]]) -> list[ShownRow]:
        """Return prompts with both answers."""
        names = ("prompt", "chosen", "rejected")
        return [
            ShownRow(
                row["id"], {}, tuple(line for name in names for line in _lines(name, row[f"{name}_lang"], row[name]))
            )
            for row in rows
        ]


def text_of(said: str | Sequence[Mapping[str, str]]) -> str:
    """Return a text, or the contents of messages, a blank line between them."""
    return said if isinstance(said, str) else plain_prompt(tuple(Message(**message) for message in said))


def _lines(name: str, lang: str, said: str | Sequence[Mapping[str, str]]) -> tuple[Line, ...]:
    """Return a line for a text, or one for each message with its role."""
    if isinstance(said, str):
        return (plain_line(name, lang, said),)
    return tuple(plain_line(f"{name} {message['role']}".strip(), lang, message["content"]) for message in said)
