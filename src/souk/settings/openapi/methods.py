"""One method for each operation of the document, one file for each of its tags."""

from __future__ import annotations

import re
import textwrap
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from souk.settings.openapi.kinds import kind

_SAID = '"""{about} Written by `souk-manage client`; change the API instead."""\n\n'
_PAGING = {"after", "limit"}
_HEADERS = {"Idempotency-Key": "key"}
_WIDTH = 116


def files(document: dict[str, Any]) -> dict[str, str]:
    """The text of each file by its name, `__init__.py` among them."""
    by_tag: dict[str, list[str]] = defaultdict(list)
    for path, operations in document["paths"].items():
        for verb, operation in operations.items():
            by_tag[operation["tags"][0]].append(_Method(document, path, verb, operation).text())
    texts = {f"{_snake(tag)}.py": _file(tag, methods) for tag, methods in by_tag.items()}
    tags = sorted(by_tag)
    imports = "".join(f"from souk.client.operations.{_snake(tag)} import {tag}\n" for tag in tags)
    texts["__init__.py"] = (
        _SAID.format(about="Every operation of the API.")
        + f'{imports}\n\nclass Operations({", ".join(tags)}):\n    """Every operation of the API."""\n'
    )
    return texts


def _file(tag: str, methods: list[str]) -> str:
    body = "\n".join(methods)
    needed = [
        ("collections.abc", "Iterator", "Iterator["),
        ("pathlib", "Path", ": Path"),
        ("typing", "Any", "Any"),
        ("typing", "Literal", "Literal["),
        ("souk.client.transport", "Download", "Download:"),
        ("souk.client.transport", "path", "path("),
    ]
    imports = "".join(f"from {module} import {name}\n" for module, name, used in needed if used in body)
    return (
        _SAID.format(about=f"Operations of the API: {tag.lower()}.")
        + f"from __future__ import annotations\n\n{imports}"
        + ("from souk.client import models\n" if "models." in body else "")
        + "from souk.client.transport import Transport\n\n\n"
        + f'class {tag}(Transport):\n    """{tag}."""\n\n{body}'
    )


class _Method:
    """One operation, on its way to Python."""

    def __init__(self, document: dict[str, Any], path: str, verb: str, operation: dict[str, Any]) -> None:
        self.document, self.verb, self.operation = document, verb.upper(), operation
        self.path = path.removeprefix("/api/v1")
        self.parameters = operation.get("parameters", [])
        codes = [code for code in operation["responses"] if code.startswith("2")]
        self.resumable = "206" in codes
        self.perhaps = len(codes) > 1 and "204" in codes
        self.content = operation["responses"][codes[0]].get("content", {})
        self.answer = self.content.get("application/json", {}).get("schema")
        if not self.content and self.verb == "GET":
            said = f"Say what {operation['operationId']} answers: a response, or souk.doors.rest.document.file(…)."
            raise ValueError(said)
        self.row = self._row()

    def text(self) -> str:
        """The method."""
        arguments = ", ".join(self._arguments())
        description = " ".join(self.operation.get("description", self.operation["summary"]).split())
        said = textwrap.fill(f'"""{description}"""', _WIDTH - 4, break_on_hyphens=False, break_long_words=False)
        head = f"def {_snake(self.operation['operationId'])}({arguments}) -> {self._returns()}:"
        return textwrap.indent(
            f"{head}\n{textwrap.indent(said, '    ')}\n{textwrap.indent(self._work(), '    ')}", " " * 4
        )

    def _row(self) -> str | None:
        """What a list that comes in pages is made of."""
        name = (self.answer or {}).get("$ref", "").rpartition("/")[2]
        properties = self.document["components"]["schemas"].get(name, {}).get("properties", {})
        asked = {each["name"] for each in self.parameters}
        paged = asked >= _PAGING and set(properties) == {"items", "next"}
        return kind(properties["items"]["items"]) if paged else None

    def _arguments(self) -> Iterator[str]:
        yield "self"
        yield from (f"{name}: str" for name in re.findall(r"{(\w+)}", self.path))
        if self.resumable:
            yield from ("target: Path", "tag: str")
        if body := self.operation.get("requestBody"):
            wanted = kind(body["content"]["application/json"]["schema"])
            yield f"body: {wanted}" if body.get("required") else f"body: {wanted} = None"
        named = [
            each for each in self.parameters if each["in"] != "path" and not (self.row and each["name"] == "after")
        ]
        if named:
            yield "*"
        for each in named:
            if self.row and each["name"] == "limit":
                yield "limit: int = 100"
            elif each.get("required"):
                yield f"{_argument(each)}: {kind(each['schema'])}"
            else:
                yield f"{_argument(each)}: {kind(each['schema']).removesuffix(' | None')} | None = None"

    def _returns(self) -> str:
        if self.resumable or not self.content:
            return "None"
        if self.row:
            return f"Iterator[{self.row}]"
        if not self.answer:
            return "Download"
        return f"{kind(self.answer)} | None" if self.perhaps else kind(self.answer)

    def _work(self) -> str:
        parts = self.path.strip("/").split("/")
        where = ", ".join(part[1:-1] if part.startswith("{") else f'"{part}"' for part in parts)
        query = [each for each in self.parameters if each["in"] == "query"]
        if self.row:
            query = [each for each in query if each["name"] not in _PAGING]
            return f"return self._rows(path({where}), limit, {_dict(query)})\n"
        if self.resumable:
            return f"self._save(path({where}), target, tag)\n"
        if self.content and not self.answer:
            return f"return self._file(path({where}){f', {_dict(query)}' if query else ''})\n"
        told = [f'"{self.verb}"', f"path({where})"]
        if query:
            told.append(f"query={_dict(query)}")
        if "requestBody" in self.operation:
            told.append("body=body")
        headers = [each for each in self.parameters if each["in"] == "header"]
        if any(each["name"] == "Idempotency-Key" for each in headers):
            told.append("key=key")
        if others := [each for each in headers if each["name"] not in _HEADERS]:
            told.append(f"headers={_dict(others)}")
        call = f"self._call({', '.join(told)})"
        return f"found: {self._returns()} = {call}\nreturn found\n" if self.answer else f"{call}\n"


def _dict(parameters: list[dict[str, Any]]) -> str:
    return "{" + ", ".join(f'"{each["name"]}": {_argument(each)}' for each in parameters) + "}"


def _argument(parameter: dict[str, Any]) -> str:
    name: str = parameter["name"]
    return _HEADERS.get(name, name.replace("-", "_").lower())


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
