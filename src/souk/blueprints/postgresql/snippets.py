"""Connecting from a program: a few lines to copy, in the languages that customers write."""

from __future__ import annotations

from souk.blueprints.postgresql.probing import PORT
from souk.provisioning.contract import Snippet

AUTHORITY = "souk-ca.pem"
"""What the authority's certificate is called when it is downloaded; the snippets expect it in their folder."""


def snippets(host: str, username: str, database: str, port: int = PORT) -> tuple[Snippet, ...]:
    """Programs that connect with TLS verified in full. The password comes from the environment, as `PGPASSWORD`."""
    filled = {"host": host, "port": port, "user": username, "database": database, "authority": AUTHORITY}
    return tuple(Snippet(language, text.format(**filled)) for language, text in _TEXTS)


_TEXTS = (
    (
        "psql",
        'psql "host={host} port={port} dbname={database} user={user} sslmode=verify-full sslrootcert={authority}"',
    ),
    (
        "Python",
        """\
import psycopg  # the password is read from PGPASSWORD

with psycopg.connect(
    host="{host}",
    port={port},
    dbname="{database}",
    user="{user}",
    sslmode="verify-full",
    sslrootcert="{authority}",
) as connection:
    print(connection.execute("SELECT version()").fetchone()[0])""",
    ),
    (
        "Java (JDBC)",
        """\
var settings = new java.util.Properties();
settings.setProperty("user", "{user}");
settings.setProperty("password", System.getenv("PGPASSWORD"));
settings.setProperty("sslmode", "verify-full");
settings.setProperty("sslrootcert", "{authority}");
try (var connection = java.sql.DriverManager.getConnection(
        "jdbc:postgresql://{host}:{port}/{database}", settings)) {{
    System.out.println(connection.getMetaData().getDatabaseProductVersion());
}}""",
    ),
    (
        "Node.js",
        """\
const {{ Client }} = require("pg"); // the password is read from PGPASSWORD

const client = new Client({{
  host: "{host}",
  port: {port},
  database: "{database}",
  user: "{user}",
  ssl: {{ ca: require("fs").readFileSync("{authority}", "utf8") }},
}});
client
  .connect()
  .then(() => client.query("SELECT version()"))
  .then(({{ rows }}) => console.log(rows[0].version))
  .finally(() => client.end());""",
    ),
    (
        "PHP",
        """\
<?php
$connection = new PDO(
    "pgsql:host={host};port={port};dbname={database};sslmode=verify-full;sslrootcert={authority}",
    "{user}",
    getenv("PGPASSWORD"),
);
echo $connection->query("SELECT version()")->fetchColumn();""",
    ),
)
