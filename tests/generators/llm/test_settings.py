"""What is refused before anything is asked, and what stands in a row's signature."""

from __future__ import annotations

import pytest

from cscl_data.errors import ConfigError
from cscl_data.generators.llm.prompts import prompt_hash
from cscl_data.generators.llm.settings import LlmRun, LlmSettings

URL = "http://127.0.0.1:8000/v1"


def settings(**values: object) -> LlmSettings:
    return LlmSettings(**{"endpoint": URL, "model": "m", **values})


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"endpoint": "localhost:8000"}, "must be a URL such as"),
        ({"endpoint": "file:///etc/passwd"}, "must be a URL such as"),
        ({"endpoint": "https://me:secret@api.example/v1"}, "neither a password nor a query"),
        ({"endpoint": "https://api.example/v1?key=secret"}, "neither a password nor a query"),
        ({"mode": "guidde"}, "unknown value of --llm-mode 'guidde'. Available: free, guided"),
        ({"fallback": "drop"}, "unknown value of --llm-fallback 'drop'. Available: align, reject"),
        ({"max_answer_tokens": 0}, "--llm-answer-tokens must be at least 1"),
        ({"extra": "{"}, "not JSON"),
        ({"extra": '{"messages": []}'}, "must be a JSON object without messages"),
        ({"ratio_bounds": (0.5, 0.2)}, "--llm-ratio-bounds must be LOW,HIGH"),
    ],
)
def test_wrong_setting_is_refused(values: dict[str, object], says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        settings(**values)
    assert says in caught.value.message
    assert "secret" not in f"{caught.value.message} {caught.value.hint}"


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"concurrency": 0}, "--llm-concurrency must be at least 1, not 0"),
        ({"requests_per_minute": 0}, "--requests-per-minute must be above 0, not 0"),
        ({"max_requests": 0}, "--max-requests must be above 0"),
        ({"max_tokens_total": -5}, "--max-tokens-total must be above 0, not -5"),
        ({"timeout_s": 0.0}, "--llm-timeout must be above 0"),
        ({"prices": (1.0, -1.0)}, "--price-in and --price-out must not be below 0"),
    ],
)
def test_wrong_way_to_run_is_refused(values: dict[str, object], says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        LlmRun(**values)
    assert says in caught.value.message


def test_signature_names_model_prompt_and_what_is_not_the_default() -> None:
    assert settings().sig_parts() == {"llm": "m", "prompt": prompt_hash("free"), "mode": "free"}
    parts = settings(mode="guided", extra='{"seed": 1}', ratio_bounds=(0.2, 0.4), max_answer_tokens=9).sig_parts()
    assert parts["prompt"] != prompt_hash("free")
    assert (parts["answer-tokens"], parts["bounds"], len(parts["request"])) == ("9", "0.2,0.4", 8)


def test_host_is_what_the_user_gave() -> None:
    assert settings(endpoint="https://api.example:444/v1/").host == "api.example:444"
    assert settings(endpoint="https://api.example/v1/").url == "https://api.example/v1/chat/completions"
