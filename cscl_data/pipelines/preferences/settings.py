"""What a `make-preferences` job is told: where prompts and responses stand, and what is made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cscl_data.errors import ConfigError, unknown_name
from cscl_data.io.recordfile import RecordSpec
from cscl_data.pipelines.align_settings import AlignSettings
from cscl_data.pipelines.bundle_settings import BundleSettings, ModelSettings
from cscl_data.pipelines.plan import Basics
from cscl_data.text.languages import language

CLO, PLUG, HANDHOLD, REORDER = "clo", "plug", "handhold", "reorder"
SCHEMES = (CLO, "sft-target", "sft-english", "sft-both", PLUG, HANDHOLD, REORDER)
FORMS = ("plain", "chat")
_BOTH = (CLO, "sft-both")
_WITH_CUES = (PLUG, HANDHOLD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where the texts of a record stand, as dotted paths.

    Attributes:
        prompt: the parts of the prompt, in order; those that a record lacks are left out, but for the first.
        response: the response.
        messages: a list of objects with `role` and `content`, in place of both.
        tgt_prompt: the parts of the prompt in the target language, if the records hold them.
        tgt_response: the response in the target language, if they hold it.

    Raises:
        ConfigError: only one of both target fields is given, or they have other parts than the prompt.
    """

    prompt: tuple[str, ...] = ("prompt",)
    response: str = "response"
    messages: str | None = None
    tgt_prompt: tuple[str, ...] = ()
    tgt_response: str | None = None

    def __post_init__(self) -> None:
        if not self.prompt or (self.translated and not self.tgt_prompt):
            raise ConfigError("a prompt field is empty", hint="--prompt-field and --tgt-prompt-field name columns")
        if bool(self.tgt_prompt) != (self.tgt_response is not None):
            raise ConfigError("--tgt-prompt-field and --tgt-response-field go together")
        if self.translated and len(self.tgt_prompt) != len(self.prompt):
            raise ConfigError(
                f"--prompt-field names {len(self.prompt)} fields, --tgt-prompt-field {len(self.tgt_prompt)}",
                hint="name the same parts in the same order",
            )

    @property
    def translated(self) -> bool:
        """Whether the records hold the texts in both languages."""
        return self.tgt_response is not None

    @property
    def source(self) -> tuple[str, ...]:
        """The paths of the texts in the source language."""
        return (*self.prompt, self.response) if self.messages is None else (f"{self.messages}.*.content",)

    @property
    def target(self) -> tuple[str, ...]:
        """The paths of the texts in the target language; empty where a model writes them."""
        return (*self.tgt_prompt, str(self.tgt_response)) if self.translated else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferenceSettings:
    """What is made of records and their translations.

    Attributes:
        scheme: one of `SCHEMES`.
        form: `plain` (texts) or `chat` (messages).
        systems: system texts, by the tag of the prompt's language; they stand in place of a record's own.
        cues: cues before responses, by language tag, in place of those of `text.plug`.
        pivot_instruction: whether the pivot's instruction stands before its answer (`plug`).

    Raises:
        ConfigError: an unknown scheme or form, or cues and instructions where the scheme has none.
    """

    scheme: str = CLO
    form: str = "plain"
    systems: tuple[tuple[str, str], ...] = ()
    cues: tuple[tuple[str, str], ...] = ()
    pivot_instruction: bool = False

    def __post_init__(self) -> None:
        for kind, name, known in (("scheme", self.scheme, SCHEMES), ("form", self.form, FORMS)):
            if name not in known:
                raise unknown_name(kind, name, known)
        if self.cues and self.scheme not in _WITH_CUES:
            raise ConfigError(f"--cue is for --scheme plug and handhold, and it is {self.scheme}", hint="leave it out")
        if self.pivot_instruction and self.scheme != PLUG:
            raise ConfigError(f"--pivot-instruction is for --scheme plug, and it is {self.scheme}")

    @property
    def chat(self) -> bool:
        """Whether rows hold messages."""
        return self.form == "chat"

    @property
    def schema(self) -> str:
        """Schema of the rows."""
        return "sft/1" if self.scheme != CLO else "preferences_chat/1" if self.chat else "preferences/1"

    def prompt_langs(self, src_lang: str, tgt_lang: str) -> tuple[str, ...]:
        """Return the language of the prompt of each item that a record makes."""
        if self.scheme in _BOTH:
            return src_lang, tgt_lang
        return (src_lang,) if self.scheme == "sft-english" else (tgt_lang,)


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferenceJob:
    """A whole `make-preferences` job; the model `default` becomes the one that has its languages.

    `bundles` says how records are translated; its fields are those of `places`. `alignment` is for `reorder` alone.

    Raises:
        ConfigError: the ladder ends with `keep-source`, the aligner of `reorder` has nothing to learn from, or no model
            that ships has the languages.
    """

    source: RecordSpec
    places: Places
    settings: PreferenceSettings
    bundles: BundleSettings
    model: ModelSettings
    alignment: AlignSettings
    basics: Basics

    def __post_init__(self) -> None:
        if self.bundles.ladder().rungs[-1] != "reject":
            raise ConfigError(
                f"--fallback {self.bundles.fallback}: a source text is no translation", hint="end it with reject"
            )
        if self.settings.scheme == REORDER and not (self.alignment.fit_on or self.alignment.load_model):
            raise ConfigError(
                "--scheme reorder aligns words, and has nothing to learn them from",
                hint="give --fit-on BITEXT, or --load-model FILE of align --save-model",
            )
        if not self.places.translated:
            object.__setattr__(self, "model", self.model.chosen_for(self.bundles.src_lang, [self.bundles.tgt_lang]))

    @property
    def langs(self) -> tuple[str, str]:
        """Source and target tag, in their usual form."""
        return language(self.bundles.src_lang).tag, language(self.bundles.tgt_lang).tag


def by_language(flag: str, values: Sequence[str], langs: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Read `LANG=TEXT` values of an option that may be repeated.

    Args:
        flag: the option, for messages.
        values: as given.
        langs: the tags of both languages.

    Returns:
        Tags in their usual form with their texts, in the order of `langs`.

    Raises:
        ConfigError: a value is of another form, or names another language or one of them twice.
    """
    known = [language(tag).tag for tag in langs]
    found: dict[str, str] = {}
    for value in values:
        name, equals, text = value.partition("=")
        if not (name.strip() and equals and text.strip()):
            raise ConfigError(f"{flag} {value!r}: expected LANG=TEXT", hint=f"as in {flag} '{known[0]}=...'")
        tag = language(name.strip()).tag
        if tag not in known:
            raise ConfigError(f"{flag} {value!r}: the languages are {' and '.join(known)}")
        if tag in found:
            raise ConfigError(f"{flag}: {tag} is given twice")
        found[tag] = text
    return tuple((tag, found[tag]) for tag in known if tag in found)


def as_mapping(pairs: Sequence[tuple[str, str]]) -> Mapping[str, str]:
    """Return pairs as a mapping."""
    return dict(pairs)
