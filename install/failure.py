"""The one way an installer's stage fails: a sentence for the person at the keyboard, and what to do next."""

from __future__ import annotations


class Failure(Exception):
    """A stage can't go on. `sentence` says why, `remedy` what to do, `detail` shows the evidence."""

    def __init__(self, sentence: str, remedy: str = "", detail: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.remedy = remedy
        self.detail = detail
