"""The entry point of `souk`."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import httpx
from cyclopts.exceptions import CycloptsError

from souk.cli import language
from souk.cli.app import build, sentence
from souk.cli.context import Context
from souk.cli.errors import Stopped
from souk.cli.errors import sentence as told
from souk.cli.output import Output
from souk.client import Failed

INTERRUPTED = 130
MISUSED = 2


def main() -> None:
    """Run this process's command line."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str], *, transport: httpx.BaseTransport | None = None) -> int:
    """Run a command line. Its exit status: 0; 1 when something was refused; 2 when the command line is wrong."""
    language.install(language.choose(arguments))
    context = Context(Output(), transport)
    try:
        result = build(context).meta(
            list(arguments), exit_on_error=False, print_error=False, result_action="return_value"
        )
    except Stopped as stopped:
        context.output.remark(str(stopped))
        return stopped.exit_code
    except Failed as failed:
        context.output.remark(told(failed))
        return Stopped.exit_code
    except CycloptsError as error:
        context.output.remark(sentence(error))
        return MISUSED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output, `head` for one, has seen enough.
        sys.stderr.close()
        return 0
    finally:
        context.close()
    return result if isinstance(result, int) else 0


if __name__ == "__main__":
    main()
