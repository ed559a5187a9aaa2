from __future__ import annotations

import pytest

from cscl_data.text.in_language import foreign

CODE = "`docker run --name web nginx:latest --restart always`"


@pytest.mark.parametrize(
    ("text", "expected", "other", "reason"),
    [
        ("이 명령은 디렉터리를 만듭니다.", "ko", "en", None),
        ("Docker Compose 파일을 만듭니다.", "ko", "en", None),
        ("This command makes a directory.", "ko", "en", "guard_script"),
        ("이 명령은 디렉터리를 만듭니다.", "en", "ko", "guard_script"),
        ("この コマンドは ディレクトリを作ります。", "ko", "en", "guard_script"),
        (f"{CODE}를 실행하세요.", "ko", "en", None),
        (CODE, "ko", "en", None),
        ("Python", "ko", "en", None),
        ("42", "ko", "en", None),
        ("このコマンドは新しいディレクトリを作ります。", "ja", "en", None),
        ("此命令在当前位置创建一个新的目录。", "ja", "en", "guard_language"),
        ("このコマンドは新しいディレクトリを作ります。", "zh", "en", "guard_script"),
        ("新機能追加後は必ず再起動処理を実行", "zh", "en", "guard_language"),
        ("此命令在当前位置创建一个新的目录。", "zh", "en", None),
        ("Perintah ini membuat sebuah direktori yang baru.", "id", "en", None),
        ("This command makes a new directory for you.", "id", "en", "guard_language"),
        ("Perintah ini membuat sebuah direktori yang baru dari yang lama.", "en", "id", "guard_language"),
        ("Open file menu settings Docker", "id", "en", None),
        ("Der Befehl legt ein neues Verzeichnis an.", "de", "en", None),
        ("The command makes a new directory for all of you.", "de", "en", "guard_language"),
        ("This is the same language and the words are shared.", "en-GB", "en-US", None),
    ],
)
def test_text_in_another_language_is_told(text: str, expected: str, other: str, reason: str | None) -> None:
    found = foreign(text, expected, other)
    assert (found and found.reason) == reason, found


def test_detail_says_what_was_seen() -> None:
    found = foreign("This command makes a directory.", "ko", "en")
    assert found is not None
    assert found.detail == "0% of its letters are Hangul, most are Latin"
