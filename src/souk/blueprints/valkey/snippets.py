"""Connecting from a program: a few lines to copy, in the languages that customers write."""

from __future__ import annotations

from souk.blueprints.valkey.probing import PORT
from souk.provisioning.contract import Snippet

AUTHORITY = "souk-ca.pem"
"""What the authority's certificate is called when it is downloaded; the snippets expect it in their folder."""


def snippets(host: str, username: str, port: int = PORT) -> tuple[Snippet, ...]:
    """Programs that connect with TLS verified in full. The password comes from the environment, as `VALKEY_PASSWORD`;
    valkey-cli itself reads it from `REDISCLI_AUTH`.
    """
    filled = {"host": host, "port": port, "user": username, "authority": AUTHORITY}
    return tuple(Snippet(language, text.format(**filled)) for language, text in _TEXTS)


_TEXTS = (
    (
        "valkey-cli",
        "REDISCLI_AUTH=$VALKEY_PASSWORD valkey-cli -h {host} -p {port} --tls --cacert {authority} --user {user}",
    ),
    (
        "Python",
        """\
import os

import valkey  # redis-py is used the same way

client = valkey.Valkey(
    host="{host}",
    port={port},
    username="{user}",
    password=os.environ["VALKEY_PASSWORD"],
    ssl=True,
    ssl_ca_certs="{authority}",
)
client.set("greeting", "marhaba", ex=60)
print(client.get("greeting"))""",
    ),
    (
        "PHP",
        """\
<?php // with the redis extension
$client = new Redis();
$client->connect("tls://{host}", {port}, 3, null, 0, 0, ["stream" => ["cafile" => "{authority}"]]);
$client->auth(["{user}", getenv("VALKEY_PASSWORD")]);
$client->set("greeting", "marhaba", ["ex" => 60]);
echo $client->get("greeting");""",
    ),
    (
        "Node.js",
        """\
const Redis = require("ioredis");

const client = new Redis({{
  host: "{host}",
  port: {port},
  username: "{user}",
  password: process.env.VALKEY_PASSWORD,
  tls: {{ ca: require("fs").readFileSync("{authority}", "utf8") }},
}});
client
  .set("greeting", "marhaba", "EX", 60)
  .then(() => client.get("greeting"))
  .then(console.log)
  .finally(() => client.quit());""",
    ),
    (
        "Java (Lettuce)",
        """\
var uri = RedisURI.builder()
    .withHost("{host}")
    .withPort({port})
    .withSsl(true)
    .withAuthentication("{user}", System.getenv("VALKEY_PASSWORD").toCharArray())
    .build();
var client = RedisClient.create(uri);
client.setOptions(ClientOptions.builder()
    .sslOptions(SslOptions.builder().trustManager(new java.io.File("{authority}")).build())
    .build());
try (var connection = client.connect()) {{
    connection.sync().setex("greeting", 60, "marhaba");
    System.out.println(connection.sync().get("greeting"));
}}""",
    ),
)
