"""Runs on a member: at port 8080 it says its name, at 8443 the same over TLS, at 8666 it answers with garbage, and at
8667 it takes connections and never answers.
"""

import asyncio
import json
import os
import ssl
import sys


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Requests, one after another, as long as the client goes on."""
    try:
        while head := (await reader.readuntil(b"\r\n\r\n")).decode("latin-1"):
            first, *lines = head.strip().split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
            sent = await reader.readexactly(int(headers.get("content-length", 0)))
            path = first.split()[1]
            if path.startswith("/slow"):
                await asyncio.sleep(1.5)
            body = json.dumps({"name": sys.argv[1], "path": path, "headers": headers, "body": len(sent)}).encode()
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(body) + body)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def garbage(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1000)
    writer.write(os.urandom(50) + b"\r\n\r\n" * 20)
    writer.close()


async def never(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    del writer
    while await reader.read(1000):
        await asyncio.sleep(600)


async def main() -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain("/root/server.pem")
    await asyncio.start_server(answer, "", 8080, backlog=1024)
    await asyncio.start_server(answer, "", 8443, ssl=context)
    await asyncio.start_server(garbage, "", 8666)
    await asyncio.start_server(never, "", 8667)
    await asyncio.Event().wait()


asyncio.run(main())
