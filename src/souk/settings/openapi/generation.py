"""Every file of the client that is generated."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from souk import client
from souk.settings.openapi.methods import files

FOLDER = Path(client.__file__).parent
OPERATIONS = FOLDER / "operations"


def document() -> dict[str, Any]:
    """The API's document as its readers get it."""
    from souk.doors.rest.api import api

    plain: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(), default=str))
    return plain


def generated() -> dict[Path, str]:
    """The text of each generated file, by its path."""
    source = document()
    texts = {OPERATIONS / name: text for name, text in files(source).items()}
    return {path: _formatted(text) for path, text in {FOLDER / "models.py": _models(source), **texts}.items()}


def stale(wanted: dict[Path, str]) -> list[Path]:
    """The files that are not as wanted, and those that should not be there any more."""
    there = {FOLDER / "models.py", *OPERATIONS.glob("*.py")}
    return sorted(path for path in there | set(wanted) if not path.exists() or path.read_text() != wanted.get(path))


def write(wanted: dict[Path, str]) -> None:
    """Have the files as wanted, and no others."""
    for path in stale(wanted):
        if path in wanted:
            path.write_text(wanted[path])
        else:
            path.unlink()


def _models(source: dict[str, Any]) -> str:
    """A TypedDict for each schema: JSON stays JSON, dates and identifiers are texts."""
    from datamodel_code_generator import InputFileType, generate
    from datamodel_code_generator.enums import DataModelType
    from datamodel_code_generator.format import Formatter, PythonVersion
    from datamodel_code_generator.parser import LiteralType

    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "models.py"
        generate(
            json.dumps(source),
            input_file_type=InputFileType.OpenAPI,
            output=target,
            output_model_type=DataModelType.TypingTypedDict,
            target_python_version=PythonVersion.PY_311,
            use_schema_description=True,
            use_single_line_docstring=True,
            use_standard_collections=True,
            use_union_operator=True,
            enum_field_as_literal=LiteralType.All,
            strict_nullable=True,
            disable_timestamp=True,
            custom_file_header='"""The API\'s schemas. Written by `souk-manage client`; change the API instead."""',
            formatters=[Formatter.BUILTIN],
        )
        return target.read_text()


def _formatted(text: str) -> str:
    ruff = Path(sys.executable).with_name("ruff")
    told: dict[str, Any] = {"check": True, "capture_output": True, "text": True, "cwd": FOLDER}
    sorted_ = subprocess.run([ruff, "check", "--quiet", "--fix", "--select=I", "-"], input=text, **told).stdout
    done: str = subprocess.run([ruff, "format", "--quiet", "-"], input=sorted_, **told).stdout
    return done
